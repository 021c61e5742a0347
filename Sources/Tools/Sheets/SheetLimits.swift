/// What a table may ask of the machine. The defaults suit a server with little memory.
public struct SheetLimits: Sendable {
    /// Longest cell of a text file or workbook, in bytes of UTF-8.
    public var cellBytes = 1 << 20
    public var columns = 16_384
    /// All that a compressed file may unpack to, in bytes.
    public var unpackedBytes: Int64 = 8 << 30
    /// How many times larger than packed a part of a workbook may be, once it is larger than `ratioFreeBytes`.
    public var unpackingRatio: Int64 = 250
    /// Parts up to this size may be packed as tightly as they are.
    public var ratioFreeBytes: Int64 = 32 << 20
    /// The texts a workbook keeps in one place (shared strings) stay in memory while it is read, up to so many bytes.
    public var sharedTextBytes = 256 << 20
    /// Parts of a workbook.
    public var parts: Int64 = 10_000

    public init() {}
}
