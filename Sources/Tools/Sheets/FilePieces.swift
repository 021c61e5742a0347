/// A file of any size read from front to end, unpacked on the way if it is gzip, without holding it.
public enum FilePieces {
    /// Hands over the file piece by piece.
    ///
    /// - Throws: `Refusal` if it cannot be read; what `body` throws.
    public static func read(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var limits = SheetLimits()
        limits.unpackedBytes = 64 << 30
        let source = try ByteSource(path: path, limits: limits)
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 20)
        defer { buffer.deallocate() }
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
        }
    }
}
