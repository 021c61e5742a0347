public import Ground

/// A picture as it may be kept: of a known kind, without what the camera wrote into it (place, owner, time).
public struct Photo: Sendable, Hashable {
    public var name: String
    public var contentType: String
    public var bytes: [UInt8]

    public static let mostBytes = 5 * 1024 * 1024
    public static let mostPerStep = 9

    /// - Throws: a refusal when it is no JPEG or PNG picture, or too large.
    public init(name: String, bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= Self.mostBytes else {
            throw Refusal(
                .tooLarge, "cases.photo-too-large",
                LocalizedText("照片“\(name.prefix(60))”超过 5 MB", "The photo “\(name.prefix(60))” has more than 5 MB"),
                wayOn: LocalizedText("请压缩后再传", "Make it smaller and try again"), field: "photos")
        }
        let cleaned: [UInt8]?
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            contentType = "image/jpeg"
            cleaned = Self.cleanedJPEG(bytes)
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            contentType = "image/png"
            cleaned = Self.cleanedPNG(bytes)
        } else {
            contentType = ""
            cleaned = nil
        }
        guard let cleaned else {
            throw Refusal(
                .ruleBroken, "cases.no-photo",
                LocalizedText(
                    "“\(name.prefix(60))”不是可用的照片（仅 JPEG、PNG），或文件已损坏",
                    "“\(name.prefix(60))” is no picture we can keep (JPEG or PNG), or it is damaged"),
                wayOn: LocalizedText("请重新拍摄或另存为 JPEG", "Take it again or save it as JPEG"), field: "photos")
        }
        self.name = String(name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last?.suffix(80) ?? "photo")
        self.bytes = cleaned
    }

    /// Drops the application segments (EXIF, XMP, ICC but JFIF) and comments.
    private static func cleanedJPEG(_ bytes: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = [0xFF, 0xD8]
        var index = 2
        while index + 4 <= bytes.count {
            guard bytes[index] == 0xFF else { return nil }
            let marker = bytes[index + 1]
            if marker == 0xFF {
                index += 1
                continue
            }
            let length = Int(bytes[index + 2]) << 8 | Int(bytes[index + 3])
            guard length >= 2, index + 2 + length <= bytes.count else { return nil }
            let isKept = !((0xE1...0xEF).contains(marker) || marker == 0xFE)
            if isKept { result += bytes[index..<index + 2 + length] }
            index += 2 + length
            // After the start of the scan come the picture's own bytes, to the end.
            if marker == 0xDA {
                result += bytes[index...]
                return result
            }
        }
        return nil
    }

    /// Keeps only the chunks that make the picture.
    private static func cleanedPNG(_ bytes: [UInt8]) -> [UInt8]? {
        let kept: Set<[UInt8]> = Set(["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "sRGB"].map { Array($0.utf8) })
        var result = Array(bytes.prefix(8))
        var index = 8
        while index + 12 <= bytes.count {
            let length = bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - index - 12 else { return nil }
            let kind = Array(bytes[index + 4..<index + 8])
            if kept.contains(kind) { result += bytes[index..<index + 12 + length] }
            if kind == Array("IEND".utf8) { return result }
            index += 12 + length
        }
        return nil
    }
}
