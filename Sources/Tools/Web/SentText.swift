import Foundation
public import Ground

extension Refusal {
    /// Refuses bytes that are no text: not UTF-8, or with the character U+0000, which no database keeps alike.
    /// - Parameter field: the part of the request that they are the value of.
    public static func requireText(_ bytes: some Collection<UInt8>, field: String) throws(Refusal) {
        if bytes.contains(0) { throw nulCharacter(in: field) }
        if String(validating: bytes, as: UTF8.self) == nil { throw noUTF8(in: field) }
    }

    static func nulCharacter(in field: String) -> Refusal {
        let shown = shown(field)
        return Refusal(
            .malformed, "web.nul-character",
            LocalizedText("“\(shown)”含有空字符（U+0000）", "“\(shown)” holds the character U+0000"),
            wayOn: LocalizedText("请删去该字符后重新提交", "Take it out and send it again"), field: shown)
    }

    static func noUTF8(in field: String) -> Refusal {
        let shown = shown(field)
        return Refusal(
            .malformed, "web.no-utf8",
            LocalizedText("“\(shown)”不是 UTF-8 文字", "“\(shown)” is no UTF-8 text"),
            wayOn: LocalizedText("请以 UTF-8 编码重新提交", "Send it again encoded as UTF-8"), field: shown)
    }

    /// A name that someone sent, fit to be said back.
    private static func shown(_ field: String) -> String {
        String(
            String.UnicodeScalarView(field.unicodeScalars.filter { $0.properties.generalCategory != .control }).prefix(
                60))
    }
}

extension Refusal {
    /// Refuses JSON in which some string or name holds U+0000, naming where; and what is no UTF-8.
    static func requireText(inJSON bytes: [UInt8]) throws(Refusal) {
        // A raw 0 has no place in JSON; a decoder that guesses would take it for another encoding.
        if bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil {
            throw Refusal(
                .malformed, "web.no-utf8",
                LocalizedText("提交的 JSON 不是 UTF-8 文字", "The JSON is no UTF-8 text"),
                wayOn: LocalizedText("请以 UTF-8 编码重新提交", "Send it again encoded as UTF-8"))
        }
        // Written only as an escape, so nothing has to be parsed where there is none.
        guard holdsEscapedNul(bytes),
            let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed),
            let path = nulPath(in: value)
        else { return }
        throw nulCharacter(in: path.isEmpty ? "JSON" : path.joined(separator: "."))
    }

    /// Bodies may be 20 MB of pictures, in which there are no backslashes: the C library passes over them fastest.
    private static func holdsEscapedNul(_ bytes: [UInt8]) -> Bool {
        let escape = Array("\\u0000".utf8)
        return bytes.withUnsafeBytes { bytes in
            guard var start = bytes.baseAddress else { return false }
            let end = start + bytes.count
            while let found = memchr(start, Int32(escape[0]), end - start) {
                let found = UnsafeRawPointer(found)
                if end - found >= escape.count, memcmp(found, escape, escape.count) == 0 { return true }
                start = found + 1
            }
            return false
        }
    }

    private static func nulPath(in value: Any) -> [String]? {
        switch value {
        case let text as String: return text.utf8.contains(0) ? [] : nil
        case let members as [String: Any]:
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                if name.utf8.contains(0) { return [name] }
                if let path = nulPath(in: member) { return [name] + path }
            }
            return nil
        case let elements as [Any]:
            for (position, element) in elements.enumerated() {
                if let path = nulPath(in: element) { return [String(position)] + path }
            }
            return nil
        default: return nil
        }
    }
}
