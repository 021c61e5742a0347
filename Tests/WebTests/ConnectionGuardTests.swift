import Ground
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import Web

@Suite("Connections that use up a server are ended")
struct ConnectionGuardTests {
    private static func server(
        _ change: (inout ConnectionLimits) -> Void
    ) -> some ApplicationProtocol {
        var limits = ConnectionLimits()
        change(&limits)
        let router = Router()
        router.get("/small") { _, _ in "small" }
        router.get("/large") { _, _ in
            Response(status: .ok, body: .init(byteBuffer: ByteBuffer(repeating: 0x61, count: 64 << 20)))
        }
        router.post("/take") { request, _ in "\(try await request.bytes(atMost: 8 << 20, within: 60).count)" }
        router.post("/refuse") { _, _ in Response(status: .contentTooLarge) }
        return Application(
            router: router, server: .guarded(limits),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func connected(
        _ change: (inout ConnectionLimits) -> Void = { _ in }, receiveBuffer: Int32? = nil,
        _ body: @escaping @Sendable (RawConnection) async throws -> Void
    ) async throws {
        try await Self.server(change).test(.live) { client in
            let port = try #require(client.port)
            try await body(RawConnection(port: port, receiveBuffer: receiveBuffer))
        }
    }

    @Test("A body that comes too slowly is answered 408")
    func slowBody() async throws {
        try await connected {
            $0.graceSeconds = 1
            $0.lingerSeconds = 1
        } _: { connection in
            await connection.send("POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nslow")
            let answer = try #require(await connection.textToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 408"))
            #expect(answer.contains("web.too-slow"))
            #expect(answer.lowercased().contains("connection: close"))
        }
    }

    @Test("After its answer a client of HTTP/1.0 sees the end of the connection")
    func oldVersion() async throws {
        try await connected { _ in
        } _: { connection in
            await connection.send("GET /small HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let answer = try #require(await connection.textToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.hasSuffix("small"))
        }
    }

    @Test("A body that drips along fast enough still ends at the deadline")
    func deadline() async throws {
        try await connected {
            $0.graceSeconds = 1
            $0.requestSeconds = 2
            $0.minimumRate = 1
            $0.lingerSeconds = 1
        } _: { connection in
            await connection.send("POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
            let dripping = Task {
                while await connection.send("0123456789") { try await Task.sleep(for: .milliseconds(100)) }
            }
            let answer = try #require(await connection.textToEnd())
            dripping.cancel()
            #expect(answer.hasPrefix("HTTP/1.1 408"))
        }
    }

    @Test("A body of several megabytes that comes at once is taken, and the connection goes on")
    func quickBody() async throws {
        try await connected {
            $0.graceSeconds = 1
        } _: { connection in
            let size = 4 << 20
            await connection.send("POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            await connection.send([UInt8](repeating: 0x61, count: size))
            await connection.send("GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = try #require(await connection.textToEnd())
            #expect(answer.contains("\(size)"))
            #expect(answer.hasSuffix("small"))
        }
    }

    @Test("A connection without a word is closed")
    func silence() async throws {
        try await connected {
            $0.idleSeconds = 1
        } _: { connection in
            #expect(await connection.readToEnd() == [])
        }
    }

    @Test("A head that never ends is closed")
    func drippingHead() async throws {
        try await connected {
            $0.idleSeconds = 1
        } _: { connection in
            await connection.send("GET /small HTTP/1.1\r\nHost: a\r\nX-Slow: ")
            let dripping = Task {
                while await connection.send("x") { try await Task.sleep(for: .milliseconds(200)) }
            }
            let answer = await connection.textToEnd()
            dripping.cancel()
            #expect(answer?.contains("200 OK") == false)
        }
    }

    @Test("A head of more than 16 KiB, or of more than 100 fields, is refused", arguments: [true, false])
    func largeHead(isLong: Bool) async throws {
        try await connected { connection in
            let fields =
                isLong
                ? "X-Long: " + String(repeating: "x", count: 17 * 1024) + "\r\n"
                : (0...100).map { "X-\($0): y\r\n" }.joined()
            await connection.send("GET /small HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
            let answer = try #require(await connection.textToEnd())
            #expect(!answer.contains("200 OK"))
            #expect(!answer.hasSuffix("small"))
        }
    }

    @Test("A head just below the limits is served")
    func allowedHead() async throws {
        try await connected { connection in
            let fields = (0..<90).map { "X-\($0): \(String(repeating: "y", count: 100))\r\n" }.joined()
            await connection.send("GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(fields)\r\n")
            let answer = try #require(await connection.textToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("A reader that takes nothing is cut off")
    func slowReader() async throws {
        try await connected({ $0.graceSeconds = 1 }, receiveBuffer: 4096) { connection in
            await connection.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            try await Task.sleep(for: .seconds(4))
            let answer = try #require(await connection.readToEnd())
            #expect(answer.count < 64 << 20)
        }
    }

    @Test("A reader that takes all is served all")
    func quickReader() async throws {
        try await connected {
            $0.graceSeconds = 1
        } _: { connection in
            await connection.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = try #require(await connection.readToEnd())
            #expect(answer.count > 64 << 20)
        }
    }

    @Test("An answer before the end of the body ends the connection, though the sender goes on")
    func earlyAnswer() async throws {
        try await connected {
            $0.lingerSeconds = 1
        } _: { connection in
            await connection.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 2147483648\r\n\r\n")
            let sending = Task {
                let piece = [UInt8](repeating: 0x61, count: 65536)
                while await connection.send(piece) { try Task.checkCancellation() }
            }
            let answer = try #require(await connection.textToEnd())
            sending.cancel()
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.lowercased().contains("connection: close"))
        }
    }
}
