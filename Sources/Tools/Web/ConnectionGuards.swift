import HTTPTypes
public import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// How much patience the server has with one connection. A connection that exceeds it is closed, so slow or silent
/// clients cannot use up the server.
public struct ConnectionLimits: Sendable, Hashable {
    /// Largest head of a request, in bytes, and in fields.
    public var headBytes = 16 * 1024
    public var headFields = 100
    /// Seconds without a byte between two requests, or within a head.
    public var idleSeconds: Int64 = 60
    /// Seconds in which a body must have arrived, whatever its size.
    public var requestSeconds: Int64 = 120
    /// Bytes a second that a sender or a reader must manage on average, after `graceSeconds`.
    public var minimumRate = 1024
    public var graceSeconds: Int64 = 10
    /// Seconds that an answer given before the end of the request is left for the sender to read.
    public var lingerSeconds: Int64 = 2

    public init() {}
}

extension HTTPServerBuilder {
    /// HTTP/1.1 with limits on heads, idle time, slow senders and slow readers. Hummingbird itself limits none of the
    /// last two.
    public static func guarded(_ limits: ConnectionLimits = ConnectionLimits()) -> HTTPServerBuilder {
        .http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionGuard(limits)], idleTimeout: .seconds(limits.idleSeconds),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes,
                    maxHeaderFieldCount: limits.headFields)))
    }
}

/// Watches one connection: a body that comes too slowly is answered 408, a reader that takes too slowly is cut off, and
/// an answer that was given before the whole request came ends the connection, so nobody uploads two gigabytes into the
/// void.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits

    // What the sender does.
    private var requestsBegun = 0
    private var bodyIsComing = false
    private var bodyBegan = NIODeadline.now()
    private var bodyBytes = 0
    private var upload: Scheduled<Void>?

    // What the reader does.
    private var answersBegun = 0
    private var answersEnded = 0
    private var bytesWritten = 0
    private var bytesTakenBefore = 0
    private var reading: Scheduled<Void>?

    private var isOver = false
    private var ending: Scheduled<Void>?

    init(_ limits: ConnectionLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        // The version is known only before heads become those of Swift HTTP Types.
        let pipeline = context.pipeline.syncOperations
        if let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) {
            try? pipeline.addHandler(OldVersions(), position: .before(codec))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            requestsBegun += 1
            bodyIsComing = true
            bodyBegan = .now()
            bodyBytes = 0
            scheduleUploadCheck(context)
        case .body(let buffer):
            bodyBytes += buffer.readableBytes
        case .end:
            bodyIsComing = false
            upload?.cancel()
            upload = nil
        }
        if isOver {
            // What comes after the farewell is not for anybody; its end lets us close at once.
            if !bodyIsComing { context.close(promise: nil) }
            return
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // An informational answer (100) is followed by the real one.
            if head.status.kind != .informational { answersBegun += 1 }
            if answersTheComingBody { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let buffer):
            bytesWritten += buffer.readableBytes
            context.write(data, promise: promise)
            scheduleReadingCheck(context)
        case .end:
            let farewell = answersTheComingBody
            answersEnded += 1
            if farewell {
                context.writeAndFlush(data, promise: promise)
                linger(context)
            } else {
                context.write(data, promise: promise)
            }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stopTimers() }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimers()
        context.fireChannelInactive()
    }

    /// Whether the answer being written is the one to the request whose body still comes.
    private var answersTheComingBody: Bool { bodyIsComing && answersBegun == requestsBegun }

    private func stopTimers() {
        for timer in [upload, reading, ending] { timer?.cancel() }
        (upload, reading, ending) = (nil, nil, nil)
    }

    // MARK: Slow senders

    private func scheduleUploadCheck(_ context: ChannelHandlerContext) {
        upload?.cancel()
        let wait = min(limits.graceSeconds, limits.requestSeconds)
        upload = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(wait)) { [self] in
            guard bodyIsComing, !isOver else { return }
            let seconds = (NIODeadline.now() - bodyBegan).nanoseconds / 1_000_000_000
            if seconds >= limits.requestSeconds || bodyBytes < Int(seconds) * limits.minimumRate {
                refuseSlowBody(context)
            } else {
                scheduleUploadCheck(context)
            }
        }
    }

    private func refuseSlowBody(_ context: ChannelHandlerContext) {
        // An answer already under way cannot be replaced by another.
        guard answersBegun == answersEnded, answersBegun == requestsBegun - 1 else {
            context.close(promise: nil)
            return
        }
        let body = context.channel.allocator.buffer(string: Self.slowBody)
        var head = HTTPResponse(status: .requestTimeout)
        head.headerFields[.contentType] = "application/problem+json"
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.connection] = "close"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    /// Both languages at once: which one the sender reads is known only to the rooms.
    static let slowBody = """
        {"type":"urn:gewu:problem:web.too-slow","title":"上传过慢 · Too slow","status":408,\
        "detail":"上传过慢，已停止接收，内容未保存 · The upload was too slow and was stopped; nothing was kept",\
        "code":"web.too-slow"}
        """

    /// Closing at once would reset the connection and take the answer with it, so the sender gets a moment to read it.
    private func linger(_ context: ChannelHandlerContext) {
        isOver = true
        ending = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(limits.lingerSeconds)) {
            context.close(promise: nil)
        }
    }

    // MARK: Slow readers

    private func scheduleReadingCheck(_ context: ChannelHandlerContext) {
        guard reading == nil else { return }
        bytesTakenBefore = bytesTaken(context)
        reading = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(limits.graceSeconds)) { [self] in
            reading = nil
            let waiting = Self.waitingBytes(context)
            // Nothing waits for the reader: then it is we who are slow.
            guard waiting > 0 else { return }
            let taken = bytesTaken(context) - bytesTakenBefore
            if taken < Int(limits.graceSeconds) * limits.minimumRate {
                context.close(promise: nil)
            } else {
                scheduleReadingCheck(context)
            }
        }
    }

    private func bytesTaken(_ context: ChannelHandlerContext) -> Int { bytesWritten - Self.waitingBytes(context) }

    private static func waitingBytes(_ context: ChannelHandlerContext) -> Int {
        // A channel that cannot tell is not a socket, and has no slow reader.
        (try? context.channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)) ?? 0
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}

/// A client of HTTP/1.0 waits for the end of the connection, so its request is taken as one that asks for it.
private final class OldVersions: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(var head) = unwrapInboundIn(data), (head.version.major, head.version.minor) < (1, 1) {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            context.fireChannelRead(wrapInboundOut(.head(head)))
        } else {
            context.fireChannelRead(data)
        }
    }
}

@available(*, unavailable)
extension OldVersions: Sendable {}
