import Foundation
public import Ground

/// One text on its way out, with the number in clear.
public struct OutgoingText: Sendable, Hashable {
    /// The same for every attempt: a provider that knows it can refuse a second delivery.
    public var id: String
    public var phone: String
    public var text: String
    public var at: Instant
}

/// Who carries texts to residents: a county's SMS gateway, or a file.
public protocol ResidentSender: Sendable {
    /// Returns when the text was taken over. Throws when it was not; it is tried again later.
    func send(_ text: OutgoingText) async throws
}

/// Appends each text to a file, one JSON object a line, for a gateway to pick up (and for demonstrations).
public actor OutboxFileSender: ResidentSender {
    private let path: String

    public init(path: String) { self.path = path }

    public func send(_ text: OutgoingText) throws {
        var line = JSONWriter.object { writer in
            writer.member("id", text.id)
            writer.member("at", text.at.iso8601)
            writer.member("phone", text.phone)
            writer.member("text", text.text)
        }
        line.append(UInt8(ascii: "\n"))
        // Only its owner may read it: it holds numbers.
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(path) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        // A kill in the middle of a line must not swallow the next one.
        var last: UInt8 = 0
        if end > 0, pread(descriptor, &last, 1, end - 1) == 1, last != UInt8(ascii: "\n") {
            line.insert(UInt8(ascii: "\n"), at: 0)
        }
        guard write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else {
            // On a full disk half of the line may stand there; the text is sent again as a whole.
            ftruncate(descriptor, end)
            throw Self.unwritable(path)
        }
    }

    /// The last texts of a file, newest first; for demonstrations. A line that is no text is left out.
    package static func lastTexts(of path: String, count: Int) -> [WrittenText] {
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        guard let end = try? file.seekToEnd() else { return [] }
        // A line is far below 2 KB.
        try? file.seek(toOffset: end - min(end, UInt64(count) * 2048))
        let data = (try? file.readToEnd()) ?? Data()
        return data.split(separator: UInt8(ascii: "\n")).suffix(count).reversed().compactMap {
            try? JSONDecoder().decode(WrittenText.self, from: Data($0))
        }
    }

    /// A text as it stands in the file.
    package struct WrittenText: Decodable, Sendable {
        /// As `Instant.iso8601` writes it.
        package var at: String
        package var phone: String
        package var text: String
    }

    private static func unwritable(_ path: String) -> Refusal {
        Refusal(
            .unavailable, "messages.outbox-unwritable",
            LocalizedText("无法写入短信外发文件 \(path)", "The outbox file \(path) cannot be written"),
            wayOn: LocalizedText("请检查磁盘空间与目录权限", "Check the disk's space and the folder's permissions"))
    }
}
