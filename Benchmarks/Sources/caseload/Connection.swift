import Foundation
import Glibc

/// One keep-alive connection over HTTP/1.1, blocking: a user who waits for each answer.
final class Connection {
    private let port: UInt16
    private var descriptor: Int32 = -1
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)

    init(port: UInt16) { self.port = port }
    deinit { if descriptor >= 0 { close(descriptor) } }

    struct Answer {
        var status: Int
        var body: ArraySlice<UInt8>
    }

    /// - Returns: nil when the connection failed; the next request opens a new one.
    func send(_ method: String, _ path: String, token: String, body: String = "", key: String? = nil) -> Answer? {
        if descriptor < 0, !open() { return nil }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(token)\r\n"
        if let key { head += "Idempotency-Key: \(key)\r\n" }
        if !body.isEmpty || method == "POST" {
            head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
        }
        let request = Array((head + "\r\n" + body).utf8)
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: sent), request.count - sent)
            }
            guard count > 0 else { return fail() }
            sent += count
        }
        return read()
    }

    private func read() -> Answer? {
        var filled = 0
        var headEnd: Int?
        var length = 0
        while true {
            let count = buffer.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            guard count > 0 else { return fail() }
            filled += count
            if headEnd == nil, let end = Self.headEnd(buffer[..<filled]) {
                headEnd = end
                let head = String(decoding: buffer[..<end], as: UTF8.self).lowercased()
                length =
                    head.range(of: "content-length: ").flatMap { range in
                        Int(head[range.upperBound...].prefix { $0.isNumber })
                    } ?? 0
                if end + length > buffer.count { buffer += [UInt8](repeating: 0, count: end + length - buffer.count) }
            }
            if let headEnd, filled >= headEnd + length {
                let status = Int(String(decoding: buffer[9..<12], as: UTF8.self)) ?? 0
                return Answer(status: status, body: buffer[headEnd..<headEnd + length])
            }
        }
    }

    private static func headEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
        var index = bytes.startIndex
        while index + 3 < bytes.endIndex {
            if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private func fail() -> Answer? {
        close(descriptor)
        descriptor = -1
        return nil
    }

    private func open() -> Bool {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        // Only this machine is ever a target.
        var address = sockaddr_in(
            sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian,
            sin_addr: in_addr(s_addr: UInt32(0x7F00_0001).bigEndian),
            sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if connected != 0 { _ = fail() }
        return connected == 0
    }
}
