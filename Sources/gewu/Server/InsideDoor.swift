import DemoCounty
import Desk
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// The server's own routes without a connection: what a demonstration sends goes through the same middleware, log-in and
/// checks as what comes over the network.
struct InsideDoor<Responder: HTTPResponder>: FrontDoor where Responder.Context == DeskContext {
    let responder: Responder
    let logger: Logger

    func answer(_ knock: Knock) async throws -> DoorAnswer {
        var fields = HTTPFields()
        for (name, value) in knock.headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        if !knock.body.isEmpty { fields[.contentLength] = "\(knock.body.count)" }
        let method = HTTPRequest.Method(rawValue: knock.method) ?? .get
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: knock.path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(bytes: knock.body)))
        let response = try await responder.respond(to: request, context: DeskContext(inside: logger))
        let body = Collected()
        try await response.body.write(CollectingWriter(body: body))
        return DoorAnswer(
            status: response.status.code, headers: response.headers.map { ($0.name.rawName, $0.value) },
            body: body.bytes.withLock { $0 })
    }
}

private final class Collected: Sendable {
    let bytes = Mutex<[UInt8]>([])
}

private struct CollectingWriter: ResponseBodyWriter {
    let body: Collected

    mutating func write(_ buffer: ByteBuffer) async throws {
        body.bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
