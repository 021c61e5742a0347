/// A file of any size read from front to end, unpacked on the way if it is gzip, without holding it.
public enum FilePieces {
    /// What a packed file may unpack to where nobody says less, in bytes.
    public static let usualLimit: Int64 = 64 << 30

    /// Hands over the file piece by piece.
    ///
    /// - Parameter limit: what it may unpack to, in bytes; of a file that came over the network it is to be small.
    /// - Throws: `Refusal` if it cannot be read; what `body` throws.
    public static func read(
        _ path: String, limit: Int64 = usualLimit, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var limits = SheetLimits()
        limits.unpackedBytes = limit
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
