import Ground
import Hummingbird
import NIOCore
import Web

/// How a caller wants its answer: the ending of the path says it, else the header `Accept`; XML is what the standard
/// asks every server for.
enum GeoFormat: String, Sendable, Hashable {
    case xml, json

    var contentType: String {
        switch self {
        case .xml: "text/xml; charset=utf-8"
        case .json: "application/json; charset=utf-8"
        }
    }

    /// `requests.json` → `requests`, JSON.
    static func split(_ name: String, accept: String?) -> (name: String, format: GeoFormat) {
        if name.hasSuffix(".json") { return (String(name.dropLast(5)), .json) }
        if name.hasSuffix(".xml") { return (String(name.dropLast(4)), .xml) }
        return (name, accept?.contains("application/json") == true ? .json : .xml)
    }

    func bytes(_ value: GeoValue, root: String) -> [UInt8] {
        switch self {
        case .xml: value.xml(root: root)
        case .json: value.json()
        }
    }

    func response(_ value: GeoValue, root: String, status: HTTPResponse.Status = .ok) -> Response {
        response(bytes(value, root: root), status: status)
    }

    func response(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// The standard's own form of a refusal: a list of codes with descriptions.
    func refusal(_ refusal: Refusal, _ language: Language) -> Response {
        let status = refusal.kind.geoStatus
        let words = [refusal.message(language), refusal.wayOn?(language)].compactMap { $0 }.joined(separator: " ")
        let error = GeoValue.object([
            .init("code", .whole(Int64(status.code))), .init("description", .text(words)),
            .init("reason", .text(refusal.code)), .init("field", .text(refusal.field)),
        ])
        var response = response(.list(item: "error", [error]), root: "errors", status: status)
        if let seconds = refusal.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        return response
    }
}

extension Refusal.Kind {
    /// GeoReport knows 400, 403 and 404; what is about load or a fault keeps its own status.
    fileprivate var geoStatus: HTTPResponse.Status {
        switch self {
        case .malformed, .ruleBroken, .conflict, .changedMeanwhile: .badRequest
        case .unauthenticated, .forbidden: .forbidden
        case .notFound: .notFound
        case .tooLarge: .contentTooLarge
        case .tooOften: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .fault: .internalServerError
        }
    }
}
