import Foundation
public import Ground
public import Hummingbird
import NIOCore

extension Request {
    /// The whole body, at most so many bytes and within so many seconds, whatever the speed of the line.
    public func bytes(atMost limit: Int, within seconds: Int = 30) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw Self.tooLarge(limit) }
        let body = self.body
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                var result: [UInt8] = []
                for try await buffer in body {
                    guard result.count + buffer.readableBytes <= limit else { throw Self.tooLarge(limit) }
                    result.append(contentsOf: buffer.readableBytesView)
                }
                return result
            }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw Refusal(
                    .malformed, "web.too-slow",
                    LocalizedText(
                        "上传超过 \(seconds) 秒，已停止接收", "The upload took more than \(seconds) seconds and was stopped"),
                    wayOn: LocalizedText("内容未保存，请在网络好转后重试", "Nothing was kept; try again when the line is better"))
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { return [] }
            return result
        }
    }

    /// Decodes JSON; says which member is wrong when it does not fit.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(Refusal) -> Value {
        try Refusal.requireText(inJSON: bytes)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw Self.malformed(error)
        } catch {
            throw Refusal(.malformed, "web.json-unreadable", LocalizedText("JSON 无法读取", "The JSON cannot be read"))
        }
    }

    public var query: QueryParameters { QueryParameters(parsing: uri.query ?? "") }

    /// Asked once, before anybody looks into the query.
    /// - Throws: a refusal (malformed) naming the field that is no text.
    public func checkQuery() throws(Refusal) {
        if let query = uri.query { _ = try QueryParameters(readingSent: query.utf8) }
    }

    private static func malformed(_ error: DecodingError) -> Refusal {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + [last].compactMap { $0 }).map { $0.intValue.map(String.init) ?? $0.stringValue }
                .joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            let field = path(context, key)
            return Refusal(
                .malformed, "web.json-missing", LocalizedText("缺少“\(field)”", "“\(field)” is missing"), field: field)
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let field = path(context)
            return Refusal(
                .malformed, "web.json-type", LocalizedText("“\(field)”的类型不对", "“\(field)” has the wrong type"),
                field: field)
        case .dataCorrupted(let context):
            let field = path(context)
            return Refusal(
                .malformed, "web.json-unreadable",
                LocalizedText(
                    field.isEmpty ? "JSON 无法读取" : "“\(field)”无法读取",
                    field.isEmpty ? "The JSON cannot be read" : "“\(field)” cannot be read: \(context.debugDescription)"
                ),
                field: field.isEmpty ? nil : field)
        @unknown default:
            return Refusal(.malformed, "web.json-unreadable", LocalizedText("JSON 无法读取", "The JSON cannot be read"))
        }
    }

    private static func tooLarge(_ limit: Int) -> Refusal {
        let size = limit >= 1_048_576 ? "\(limit / 1_048_576) MB" : "\(limit / 1024) KB"
        return Refusal(
            .tooLarge, "web.too-large", LocalizedText("内容超过 \(size)", "More than \(size)"),
            wayOn: LocalizedText(
                "请拆分后再传；大文件请用命令行 gewu import", "Split it; for large files use `gewu import` on the server"))
    }
}
