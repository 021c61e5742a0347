import Glibc
import Ground

/// Reads a backup line by line in constant memory, and knows at the end whether it is whole and unchanged.
final class BackupReader {
    private let path: String
    private let file: Int32
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    private var checksum = Checksum()

    private static let chunkBytes = 256 << 10
    /// No row of ours is larger; a file that is no backup may be one endless line.
    private static let longestLine = 512 << 20

    init(path: String) throws(Refusal) {
        self.path = path
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let reason = String(cString: strerror(errno))
            throw Refusal(
                .notFound, "storage.backup.not-read",
                LocalizedText("备份文件 \(path) 无法读取：\(reason)。", "The backup \(path) could not be read: \(reason)."))
        }
    }

    deinit { if file >= 0 { close(file) } }

    /// - Returns: the next line without its end; nil after the trailer has been found right.
    /// - Throws: a refusal when the file ends before, goes on after it, or its checksum is another.
    func next() throws(Refusal) -> ArraySlice<UInt8>? {
        guard let line = try rawLine() else { throw damaged() }
        guard line.starts(with: Array("E\t".utf8)) else {
            checksum.update(line)
            checksum.update(CollectionOfOne(UInt8(ascii: "\n")))
            return line
        }
        guard String(decoding: line.dropFirst(2), as: UTF8.self) == checksum.hexadecimal() else { throw damaged() }
        guard try rawLine() == nil else { throw damaged() }
        return nil
    }

    func damaged() -> Refusal {
        Refusal(
            .malformed, "storage.backup.damaged",
            LocalizedText(
                "备份文件 \(path) 不完整或被改动过，没有恢复任何数据。",
                "The backup \(path) is incomplete or was changed; nothing was restored."),
            wayOn: LocalizedText("请使用另一份备份。", "Use another copy."))
    }

    private func rawLine() throws(Refusal) -> ArraySlice<UInt8>? {
        var searched = position
        while true {
            let end = buffer.withUnsafeBufferPointer { bytes in
                bytes[searched...].firstIndex(of: UInt8(ascii: "\n"))
            }
            if let end {
                defer { position = end + 1 }
                return buffer[position..<end]
            }
            searched = buffer.count
            if isAtEnd {
                // A last line without its end was cut off.
                guard position == buffer.count else { throw damaged() }
                return nil
            }
            guard buffer.count - position < Self.longestLine else { throw damaged() }
            searched -= position
            buffer.removeFirst(position)
            position = 0
            try fill()
        }
    }

    private func fill() throws(Refusal) {
        let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { space, count in
            var got = read(file, space.baseAddress, Self.chunkBytes)
            while got < 0, errno == EINTR { got = read(file, space.baseAddress, Self.chunkBytes) }
            count = max(0, got)
        }
        isAtEnd = chunk.isEmpty
        buffer += chunk
    }
}
