import Cipher
import Foundation
import Ground
public import Hummingbird

/// The browser's files, read and compressed once at start. Each has an address with its own hash in it, so browsers may
/// keep it for ever and still get a new one when it changes.
public struct StaticFiles: Sendable {
    struct File: Sendable {
        var plain: ByteBuffer
        var compressed: ByteBuffer?
        var contentType: String
        var hash: String
    }

    private var files: [String: File] = [:]

    /// - Parameter folders: later folders add to earlier ones. A folder that is missing is simply empty.
    public init(folders: [String]) throws {
        for folder in folders {
            guard let names = FileManager.default.enumerator(atPath: folder) else { continue }
            for case let name as String in names where !name.hasPrefix(".") {
                var isFolder: ObjCBool = false
                let path = folder + "/" + name
                guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
                    let type = Self.contentType(name), let data = FileManager.default.contents(atPath: path)
                else { continue }
                let bytes = [UInt8](data)
                let compressed = Compression.gzip(bytes, level: 9).map { ByteBuffer(bytes: $0) }
                files[name] = File(
                    plain: ByteBuffer(bytes: bytes), compressed: compressed, contentType: type,
                    hash: String(Digest.sha256(bytes).hexadecimal.prefix(12)))
            }
        }
    }

    /// The address to write into a page.
    public func address(_ name: String) -> String { "/assets/\(files[name]?.hash ?? "0")/\(name)" }

    public func contains(_ name: String) -> Bool { files[name] != nil }

    /// The text of a small file that a page takes in whole (the icon sprite).
    public func text(_ name: String) -> String? { files[name].map { String(buffer: $0.plain) } }

    /// Answers `/assets/HASH/NAME`; an old hash gets the present file, but is not kept.
    public func response(hash: String, name: String, request: Request) -> Response? {
        guard let file = files[name] else { return nil }
        var headers: HTTPFields = [
            .contentType: file.contentType, .eTag: "\"\(file.hash)\"", .vary: "Accept-Encoding",
            .cacheControl: hash == file.hash ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if request.headers[.ifNoneMatch] == "\"\(file.hash)\"" {
            return Response(status: .notModified, headers: headers)
        }
        if let compressed = file.compressed, request.headers[.acceptEncoding]?.contains("gzip") == true {
            headers[.contentEncoding] = "gzip"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: compressed))
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.plain))
    }

    private static func contentType(_ name: String) -> String? {
        switch name.split(separator: ".").last.map({ $0.lowercased() }) {
        case "css": "text/css; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "webmanifest": "application/manifest+json"
        default: nil
        }
    }
}
