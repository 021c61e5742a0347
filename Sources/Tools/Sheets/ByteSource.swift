import CZlib
import Glibc
import Ground

/// A file read from front to end, unpacked on the way if it is gzip.
final class ByteSource {
    private let file: gzFile
    private let path: String
    private let limits: SheetLimits
    /// Size of the file as it lies on the disk.
    let byteCount: Int64
    private var unpacked: Int64 = 0

    init(path: String, limits: SheetLimits) throws(Refusal) {
        self.path = path
        self.limits = limits
        byteCount = try fileSize(path)
        guard let opened = gzopen(path, "rb") else { throw SheetRefusals.cannotOpen(path, errno) }
        file = opened
        gzbuffer(file, 128 << 10)
    }

    deinit { gzclose(file) }

    /// Bytes of the file on the disk used so far.
    var bytesRead: Int64 { min(byteCount, max(0, Int64(gzoffset(file)))) }

    /// - Returns: how many bytes were read; 0 at the end.
    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(Refusal) -> Int {
        let count = Int(gzread(file, buffer.baseAddress, UInt32(buffer.count)))
        if count < buffer.count {
            var code: Int32 = 0
            _ = gzerror(file, &code)
            // Z_BUF_ERROR: the packed data stop in the middle.
            if code != Z_OK && code != Z_STREAM_END { throw SheetRefusals.damagedGzip(path, offset: bytesRead) }
        }
        guard count >= 0 else { throw SheetRefusals.damagedGzip(path, offset: bytesRead) }
        unpacked += Int64(count)
        if unpacked > limits.unpackedBytes, gzdirect(file) == 0 {
            throw SheetRefusals.unpacksTooLarge(path, limit: limits.unpackedBytes)
        }
        return count
    }

    /// Goes back to the beginning.
    func rewind() throws(Refusal) {
        unpacked = 0
        guard gzrewind(file) == 0 else { throw SheetRefusals.cannotOpen(path, errno) }
    }
}

/// The size of a regular file in bytes.
func fileSize(_ path: String) throws(Refusal) -> Int64 {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SheetRefusals.cannotOpen(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SheetRefusals.cannotOpen(path, EISDIR) }
    return Int64(status.st_size)
}
