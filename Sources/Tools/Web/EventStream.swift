public import HTTPTypes
public import Hummingbird
import HummingbirdCore
import NIOCore
import ServiceLifecycle

/// One event of a stream of server-sent events (HTML Living Standard, 9.2).
public struct ServerEvent: Sendable, Hashable {
    /// What the browser gives back as `Last-Event-ID` when it comes again.
    public var id: String?
    /// The name under which scripts listen; nil for `message`.
    public var name: String?
    public var data: String

    public init(id: String? = nil, name: String? = nil, data: String) {
        self.id = id
        self.name = name
        self.data = data
    }

    /// As it goes over the wire. A line end in the data begins another `data` line; in a name or an id it cannot be.
    public var text: String {
        var text = ""
        if let id { text += "id: \(Self.oneLine(id))\n" }
        if let name { text += "event: \(Self.oneLine(name))\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            text += "data: \(line)\n"
        }
        return text + "\n"
    }

    private static func oneLine(_ text: String) -> String { text.filter { !$0.isNewline && $0 != "\0" } }
}

extension Response {
    /// An answer that goes on: each new state of a broadcast becomes an event.
    ///
    /// A reader who is slow gets only the newest state, never a queue of old ones: while one event is being sent, only
    /// the last state that came meanwhile is kept. It ends when the listener does, when the server stops, or when
    /// `isAllowed` says so, which is asked before each sending.
    ///
    /// - Parameters:
    ///   - most: it ends after so many events; nil for never.
    ///   - retry: milliseconds after which a browser whose stream was cut comes again.
    ///   - event: what to send for a state; nil sends a comment, which keeps proxies from cutting a silent stream. It may
    ///     keep something from one call to the next, such as what was sent last.
    public static func events<State: Sendable, Memory: Sendable>(
        _ states: AsyncStream<State>, from memory: Memory, most: Int? = nil, retry: Int,
        isAllowed: @escaping @Sendable () async -> Bool,
        event: @escaping @Sendable (State, inout Memory) -> ServerEvent?
    ) -> Response {
        let body = ResponseBody { writer in
            var memory = memory
            var left = most ?? .max
            try await writer.write(ByteBuffer(string: "retry: \(retry)\n\n"))
            for await state in states.cancelOnGracefulShutdown() {
                guard await isAllowed() else { break }
                let text = event(state, &memory)?.text ?? ":\n\n"
                try await writer.write(ByteBuffer(string: text))
                left -= 1
                if left <= 0 { break }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store, no-transform",
                // Proxies of the nginx kind hold answers back unless they are told not to.
                .accelBuffering: "no",
            ], body: body)
    }
}

extension HTTPField.Name {
    fileprivate static let accelBuffering = literal("X-Accel-Buffering")
    public static let lastEventID = literal("Last-Event-ID")

    private static func literal(_ name: String) -> HTTPField.Name {
        // Both names here are tokens of RFC 9110, for which the initializer never fails.
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return field
    }
}
