public import Ground

/// A form with files (`multipart/form-data`, RFC 7578), read from bytes that are already here.
public struct Multipart: Sendable {
    public struct File: Sendable {
        public var field: String
        public var name: String
        public var contentType: String
        public var bytes: [UInt8]
    }

    public private(set) var fields = QueryParameters()
    public private(set) var files: [File] = []

    /// - Throws: a refusal (malformed) naming what is wrong with the form.
    public init(_ body: [UInt8], contentType: String) throws(Refusal) {
        guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty, boundary.utf8.count <= 200
        else {
            throw Self.malformed("no boundary")
        }
        let delimiter = Array("--\(boundary)".utf8)
        var position = try Self.find(delimiter, in: body, from: 0) + delimiter.count
        while true {
            guard position + 2 <= body.count else { throw Self.malformed("it ends too early") }
            if body[position] == UInt8(ascii: "-"), body[position + 1] == UInt8(ascii: "-") { return }
            guard body[position] == 0x0D, body[position + 1] == 0x0A else {
                throw Self.malformed("no line end after a boundary")
            }
            position += 2
            let headerEnd = try Self.find([0x0D, 0x0A, 0x0D, 0x0A], in: body, from: position - 2)
            guard headerEnd - position < 8_192 else { throw Self.malformed("a header is too long") }
            let headerBytes = headerEnd > position ? body[position..<headerEnd] : []
            try Refusal.requireText(headerBytes, field: "Content-Disposition")
            let header = String(decoding: headerBytes, as: UTF8.self)
            let contentStart = headerEnd + 4
            let next = try Self.find([0x0D, 0x0A] + delimiter, in: body, from: contentStart)
            try take(header, Array(body[contentStart..<next]))
            position = next + 2 + delimiter.count
            guard fields.pairs.count + files.count <= 2_000 else { throw Self.malformed("too many parts") }
        }
    }

    private mutating func take(_ header: String, _ content: [UInt8]) throws(Refusal) {
        var disposition = ""
        var type = "text/plain"
        for line in header.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "content-disposition": disposition = String(parts[1])
            case "content-type": type = String(parts[1]).trimmingSpaces()
            default: continue
            }
        }
        guard let field = Self.parameter("name", of: disposition) else { throw Self.malformed("a part without a name") }
        if let name = Self.parameter("filename", of: disposition) {
            // A file field that was left empty comes as a file without name and content.
            if !name.isEmpty || !content.isEmpty {
                files.append(File(field: field, name: name, contentType: type, bytes: content))
            }
        } else {
            try Refusal.requireText(content, field: field)
            fields.append(field, String(decoding: content, as: UTF8.self))
        }
    }

    private static func find(_ pattern: [UInt8], in body: [UInt8], from start: Int) throws(Refusal) -> Int {
        guard start >= 0, body.count >= pattern.count, start <= body.count - pattern.count else {
            throw malformed("it ends too early")
        }
        let found: Int? = body.withUnsafeBufferPointer { body in
            pattern.withUnsafeBufferPointer { pattern in
                var index = start
                while index <= body.count - pattern.count {
                    if body[index] == pattern[0], (1..<pattern.count).allSatisfy({ body[index + $0] == pattern[$0] }) {
                        return index
                    }
                    index += 1
                }
                return nil
            }
        }
        guard let found else { throw malformed("it ends too early") }
        return found
    }

    private static func parameter(_ name: String, of header: String) -> String? {
        var quoted = false
        var parts: [String] = [""]
        var escaped = false
        for character in header {
            if escaped {
                parts[parts.count - 1].append(character)
                escaped = false
            } else if character == "\\", quoted {
                escaped = true
            } else if character == "\"" {
                quoted.toggle()
            } else if character == ";", !quoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        for part in parts {
            let trimmed = part.trimmingSpaces()
            if trimmed.lowercased().hasPrefix(name + "=") { return String(trimmed.dropFirst(name.count + 1)) }
        }
        return nil
    }

    private static func malformed(_ reason: String) -> Refusal {
        Refusal(
            .malformed, "web.form-unreadable",
            LocalizedText("提交的表单无法读取（\(reason)）", "The submitted form cannot be read: \(reason)"),
            wayOn: LocalizedText("请重新提交；如反复出现，请换用其他浏览器", "Submit it again; if it happens again, try another browser"))
    }
}
