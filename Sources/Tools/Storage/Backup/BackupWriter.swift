import Glibc
import Ground

/// Writes a backup beside its final name, which it gets only when it is whole and on the disk.
final class BackupWriter {
    private let path: String
    private let partial: String
    private let file: Int32
    private var buffer: [UInt8] = []
    private var checksum = Checksum()
    private var isFinished = false

    private static let bufferBytes = 256 << 10

    init(path: String) throws(Refusal) {
        self.path = path
        partial = path + ".partial"
        // Only the owner may read it: it holds everything about everybody.
        file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Self.refusal(partial) }
        buffer.reserveCapacity(Self.bufferBytes + 4096)
    }

    deinit {
        if file >= 0 { close(file) }
        if !isFinished { unlink(partial) }
    }

    func line(_ text: String) throws(Refusal) { try line(Array(text.utf8)) }

    func line(_ bytes: [UInt8]) throws(Refusal) {
        buffer += bytes
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Writes the trailer and gives the file its name.
    func finish(rows: Int) throws(Refusal) {
        try line("R\t\(rows)")
        checksum.update(buffer)
        let trailer = Array("E\t\(checksum.hexadecimal())\n".utf8)
        try write(buffer + trailer)
        buffer.removeAll()
        guard fsync(file) == 0, rename(partial, path) == 0 else { throw Self.refusal(path) }
        isFinished = true
        // The name itself must be on the disk too.
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw Self.refusal(folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw Self.refusal(folder) }
    }

    private func flush() throws(Refusal) {
        checksum.update(buffer)
        try write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: [UInt8]) throws(Refusal) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: done), $0.count - done) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.refusal(partial) }
            done += count
        }
    }

    private static func refusal(_ path: String) -> Refusal {
        let reason = String(cString: strerror(errno))
        return Refusal(
            .unavailable, "storage.backup.not-written",
            LocalizedText("备份文件 \(path) 无法写入：\(reason)。", "The backup \(path) could not be written: \(reason)."),
            wayOn: LocalizedText("请检查磁盘空间和目录权限。", "Check the disk's space and the folder's permissions."))
    }
}
