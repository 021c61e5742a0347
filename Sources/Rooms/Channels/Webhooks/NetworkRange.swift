/// An address of the Internet, as its 4 or 16 bytes. An IPv4 address inside an IPv6 one counts as IPv4.
struct NetworkAddress: Sendable, Hashable {
    let bytes: [UInt8]

    init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.bytes = bytes
        case 16:
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            let isTranslated = Array(bytes[..<12]) == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
            self.bytes = isMapped || isTranslated ? Array(bytes[12...]) : bytes
        default: return nil
        }
    }
}

/// A range of addresses: `10.0.0.0/8`, `fc00::/7`.
struct NetworkRange: Sendable, Hashable {
    let bytes: [UInt8]
    let length: Int

    /// - Parameter parse: makes bytes of an address's text; nil when it is none.
    init?(_ text: String, parse: (String) -> [UInt8]?) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let first = parts.first, let bytes = parse(String(first)) else { return nil }
        self.bytes = bytes
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else { return nil }
            self.length = length
        } else {
            length = bytes.count * 8
        }
    }

    init(_ bytes: [UInt8], _ length: Int) {
        self.bytes = bytes
        self.length = length
    }

    func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        for bit in 0..<length {
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            if address.bytes[bit / 8] & mask != bytes[bit / 8] & mask { return false }
        }
        return true
    }

    /// Addresses that are nobody's on the open Internet: one's own machine, one's own network, several at once, none
    /// (IANA's registries of special-purpose addresses).
    static let notPublic: [NetworkRange] = [
        NetworkRange([0, 0, 0, 0], 8), NetworkRange([10, 0, 0, 0], 8), NetworkRange([100, 64, 0, 0], 10),
        NetworkRange([127, 0, 0, 0], 8), NetworkRange([169, 254, 0, 0], 16), NetworkRange([172, 16, 0, 0], 12),
        NetworkRange([192, 0, 0, 0], 24), NetworkRange([192, 0, 2, 0], 24), NetworkRange([192, 168, 0, 0], 16),
        NetworkRange([198, 18, 0, 0], 15), NetworkRange([198, 51, 100, 0], 24), NetworkRange([203, 0, 113, 0], 24),
        NetworkRange([224, 0, 0, 0], 4), NetworkRange([240, 0, 0, 0], 4),
        // Everything of IPv6 outside the global unicast range is special.
        six([0x00], 3), six([0x40], 2), six([0x80], 1),
        six([0x20, 0x01, 0x00], 23), six([0x20, 0x01, 0x0D, 0xB8], 32), six([0x20, 0x02], 16),
    ]

    private static func six(_ start: [UInt8], _ length: Int) -> NetworkRange {
        NetworkRange(start + [UInt8](repeating: 0, count: 16 - start.count), length)
    }
}
