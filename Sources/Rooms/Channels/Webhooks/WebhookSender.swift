import Glibc
import Ground
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix
import NIOSSL

/// What is told, ready to be sent.
struct OutgoingMessage: Sendable, Hashable {
    var id: String
    var seconds: Int64
    var signature: String
    var body: [UInt8]
}

/// Sends one message to one address.
protocol WebhookSending: Sendable {
    /// - Returns: the status that came back.
    func send(_ message: OutgoingMessage, to url: WebhookURL) async throws -> Int
}

/// Why nothing came back.
enum SendingFailure: Error, Hashable, CustomStringConvertible {
    case unknownHost
    case notAllowed(String)
    case timeout
    case noAnswer

    var description: String {
        switch self {
        case .unknownHost: "the name of the host is not known"
        case .notAllowed(let address): "the address \(address) is not public and not allowed in webhooks.yaml"
        case .timeout: "no answer in time"
        case .noAnswer: "the connection was closed without an answer"
        }
    }
}

/// One `POST` over a connection of its own, HTTP/1.1, with TLS as the address says. The name is resolved once, every
/// address that it stands for is checked, and the connection goes to a checked one; redirections are not followed.
struct NetworkSender: WebhookSending {
    let rules: WebhookRules

    func send(_ message: OutgoingMessage, to url: WebhookURL) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { try await exchange(message, url) }
            group.addTask {
                try await Task.sleep(for: .milliseconds(rules.timeout.milliseconds))
                throw SendingFailure.timeout
            }
            defer { group.cancelAll() }
            guard let status = try await group.next() else { throw SendingFailure.noAnswer }
            return status
        }
    }

    private func exchange(_ message: OutgoingMessage, _ url: WebhookURL) async throws -> Int {
        let address = try await allowedAddress(of: url)
        let tls = url.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        let isName = WebhookRules.bytes(of: url.host) == nil
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.milliseconds(rules.timeout.milliseconds))
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: isName ? url.host : nil))
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(HTTP1ToHTTPClientCodec())
                    return try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(
                            inboundType: HTTPResponsePart.self, outboundType: HTTPRequestPart.self))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(.head(Self.head(message, url)))
            try await outbound.write(.body(ByteBuffer(bytes: message.body)))
            try await outbound.write(.end(nil))
            for try await part in inbound {
                // What stands in the answer does not matter.
                if case .head(let head) = part, head.status.kind != .informational { return head.status.code }
            }
            throw SendingFailure.noAnswer
        }
    }

    private static func head(_ message: OutgoingMessage, _ url: WebhookURL) -> HTTPRequest {
        HTTPRequest(
            method: .post, scheme: url.isSecure ? "https" : "http", authority: url.authority, path: url.target,
            headerFields: [
                .contentType: "application/json", .contentLength: String(message.body.count), .userAgent: "gewu",
                .connection: "close", .webhookID: message.id, .webhookTime: String(message.seconds),
                .webhookSignature: message.signature,
            ])
    }

    /// One that may be reached; if the name stands for any that may not, none is.
    private func allowedAddress(of url: WebhookURL) async throws -> SocketAddress {
        let (host, port) = (url.host, url.port)
        let addresses = try await NIOThreadPool.singleton.runIfActive { Self.resolve(host, port) }
        guard let first = addresses.first else { throw SendingFailure.unknownHost }
        for address in addresses {
            let text = address.ipAddress ?? "?"
            guard let network = WebhookRules.bytes(of: text).flatMap({ NetworkAddress(bytes: $0) }),
                rules.mayReach(network)
            else { throw SendingFailure.notAllowed(text) }
        }
        return first
    }

    /// Blocks until the name is resolved.
    private static func resolve(_ host: String, _ port: Int) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let item = next {
            switch item.pointee.ai_family {
            case AF_INET:
                item.pointee.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    found.append(SocketAddress($0.pointee))
                }
            case AF_INET6:
                item.pointee.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    found.append(SocketAddress($0.pointee))
                }
            default: break
            }
            next = item.pointee.ai_next
        }
        return found
    }
}
