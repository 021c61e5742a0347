import Web

/// A QR code (ISO/IEC 18004) of a short text, in bytes, with the lowest level of correction: screens do not get dirty.
/// Versions 1 to 10, which hold up to 271 bytes.
struct QRCode: Sendable {
    let size: Int
    private var dark: [Bool]
    private var isFunction: [Bool]

    /// Codewords in all, check codewords per block, blocks; by version, level L.
    private static let layout: [(total: Int, check: Int, blocks: Int)] = [
        (26, 7, 1), (44, 10, 1), (70, 15, 1), (100, 20, 1), (134, 26, 1), (172, 18, 2), (196, 20, 2), (242, 24, 2),
        (292, 30, 2), (346, 18, 4),
    ]
    private static let alignment: [[Int]] = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
    ]

    /// - Returns: nil when the text is too long.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let fitting = (1...10).first { version in
            let (total, check, blocks) = Self.layout[version - 1]
            return (total - check * blocks) * 8 >= 4 + (version < 10 ? 8 : 16) + bytes.count * 8
        }
        guard let version = fitting else { return nil }
        size = version * 4 + 17
        dark = Array(repeating: false, count: size * size)
        isFunction = dark
        drawFunctionPatterns(version)
        place(Self.codewords(bytes, version))
        // Any mask is right; the one with the fewest long runs is easiest to read.
        var best = (penalty: Int.max, mask: 0)
        for mask in 0..<8 {
            var copy = self
            copy.apply(mask)
            copy.drawFormat(mask)
            let penalty = copy.penalty
            if penalty < best.penalty { best = (penalty, mask) }
        }
        apply(best.mask)
        drawFormat(best.mask)
    }

    func isDark(x: Int, y: Int) -> Bool { dark[y * size + x] }

    func svg(label: String) -> HTML {
        var path = ""
        for y in 0..<size {
            for x in 0..<size where isDark(x: x, y: y) { path += "M\(x + 4) \(y + 4)h1v1h-1z" }
        }
        let side = size + 8
        return """
            <svg class="qr" role="img" aria-label="\(label)" width="\(side * 5)" height="\(side * 5)" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges">\
            <rect width="\(side)" height="\(side)" fill="#fff"/><path d="\(path)" fill="#000"/></svg>
            """
    }

    // MARK: Content

    private static func codewords(_ bytes: [UInt8], _ version: Int) -> [UInt8] {
        let (total, check, blocks) = layout[version - 1]
        let capacity = total - check * blocks
        var bits: [Bool] = []
        func append(_ value: Int, _ count: Int) {
            for shift in stride(from: count - 1, through: 0, by: -1) { bits.append(value >> shift & 1 == 1) }
        }
        append(4, 4)
        append(bytes.count, version < 10 ? 8 : 16)
        for byte in bytes { append(Int(byte), 8) }
        append(0, min(4, capacity * 8 - bits.count))
        append(0, (8 - bits.count % 8) % 8)
        var data = stride(from: 0, to: bits.count, by: 8).map { start in
            (0..<8).reduce(UInt8(0)) { $0 << 1 | (bits[start + $1] ? 1 : 0) }
        }
        var filler: UInt8 = 0xEC
        while data.count < capacity {
            data.append(filler)
            filler ^= 0xEC ^ 0x11
        }
        // Short blocks come first; the long ones have one more.
        let short = capacity / blocks
        let shortCount = blocks - capacity % blocks
        let divisor = divisor(check)
        var dataBlocks: [[UInt8]] = []
        var start = 0
        for index in 0..<blocks {
            let length = short + (index < shortCount ? 0 : 1)
            dataBlocks.append(Array(data[start..<start + length]))
            start += length
        }
        let checkBlocks = dataBlocks.map { remainder($0, divisor) }
        var result: [UInt8] = []
        for position in 0...short {
            for block in dataBlocks where position < block.count { result.append(block[position]) }
        }
        for position in 0..<check { for block in checkBlocks { result.append(block[position]) } }
        return result
    }

    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var result = 0
        for shift in stride(from: 7, through: 0, by: -1) {
            result = (result << 1) ^ ((result >> 7) * 0x11D)
            if right >> UInt8(shift) & 1 == 1 { result ^= Int(left) }
        }
        return UInt8(truncatingIfNeeded: result)
    }

    private static func divisor(_ degree: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: degree)
        result[degree - 1] = 1
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in 0..<degree {
                result[index] = product(result[index], root)
                if index + 1 < degree { result[index] ^= result[index + 1] }
            }
            root = product(root, 2)
        }
        return result
    }

    private static func remainder(_ data: [UInt8], _ divisor: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: divisor.count)
        for byte in data {
            let factor = byte ^ result.removeFirst()
            result.append(0)
            for index in divisor.indices { result[index] ^= product(divisor[index], factor) }
        }
        return result
    }

    // MARK: Drawing

    private mutating func set(_ x: Int, _ y: Int, _ value: Bool) {
        guard (0..<size).contains(x), (0..<size).contains(y) else { return }
        dark[y * size + x] = value
        isFunction[y * size + x] = true
    }

    private mutating func drawFunctionPatterns(_ version: Int) {
        for index in 0..<size {
            set(6, index, index % 2 == 0)
            set(index, 6, index % 2 == 0)
        }
        for (centreX, centreY) in [(3, 3), (size - 4, 3), (3, size - 4)] {
            for dy in -4...4 {
                for dx in -4...4 {
                    let distance = max(abs(dx), abs(dy))
                    set(centreX + dx, centreY + dy, distance != 2 && distance != 4)
                }
            }
        }
        let positions = Self.alignment[version - 1]
        for (column, x) in positions.enumerated() {
            for (row, y) in positions.enumerated() {
                let last = positions.count - 1
                // Not where the finders stand.
                if (column, row) == (0, 0) || (column, row) == (0, last) || (column, row) == (last, 0) { continue }
                for dy in -2...2 { for dx in -2...2 { set(x + dx, y + dy, max(abs(dx), abs(dy)) != 1) } }
            }
        }
        drawFormat(0)
        if version >= 7 {
            var remainder = version
            for _ in 0..<12 { remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1F25) }
            let bits = version << 12 | remainder
            for index in 0..<18 {
                let value = bits >> index & 1 == 1
                set(size - 11 + index % 3, index / 3, value)
                set(index / 3, size - 11 + index % 3, value)
            }
        }
    }

    private mutating func drawFormat(_ mask: Int) {
        // Level L is 01.
        let data = 1 << 3 | mask
        var remainder = data
        for _ in 0..<10 { remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537) }
        let bits = (data << 10 | remainder) ^ 0x5412
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0...5 { set(8, index, bit(index)) }
        set(8, 7, bit(6))
        set(8, 8, bit(7))
        set(7, 8, bit(8))
        for index in 9..<15 { set(14 - index, 8, bit(index)) }
        for index in 0..<8 { set(size - 1 - index, 8, bit(index)) }
        for index in 8..<15 { set(8, size - 15 + index, bit(index)) }
        set(8, size - 8, true)
    }

    private mutating func place(_ codewords: [UInt8]) {
        var index = 0
        var right = size - 1
        while right >= 1 {
            if right == 6 { right = 5 }
            for step in 0..<size {
                for column in 0..<2 {
                    let x = right - column
                    let isUpward = (right + 1) & 2 == 0
                    let y = isUpward ? size - 1 - step : step
                    guard !isFunction[y * size + x], index < codewords.count * 8 else { continue }
                    dark[y * size + x] = codewords[index / 8] >> UInt8(7 - index % 8) & 1 == 1
                    index += 1
                }
            }
            right -= 2
        }
    }

    private mutating func apply(_ mask: Int) {
        for y in 0..<size {
            for x in 0..<size where !isFunction[y * size + x] {
                let inverts =
                    switch mask {
                    case 0: (x + y) % 2 == 0
                    case 1: y % 2 == 0
                    case 2: x % 3 == 0
                    case 3: (x + y) % 3 == 0
                    case 4: (x / 3 + y / 2) % 2 == 0
                    case 5: x * y % 2 + x * y % 3 == 0
                    case 6: (x * y % 2 + x * y % 3) % 2 == 0
                    default: ((x + y) % 2 + x * y % 3) % 2 == 0
                    }
                if inverts { dark[y * size + x].toggle() }
            }
        }
    }

    /// Long runs of one colour in rows and columns.
    private var penalty: Int {
        var result = 0
        for first in 0..<size {
            for isRow in [true, false] {
                var run = 0
                var colour = false
                for second in 0..<size {
                    let value = isRow ? isDark(x: second, y: first) : isDark(x: first, y: second)
                    run = value == colour ? run + 1 : 1
                    colour = value
                    if run == 5 { result += 3 } else if run > 5 { result += 1 }
                }
            }
        }
        return result
    }
}
