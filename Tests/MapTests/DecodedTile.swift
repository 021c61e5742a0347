/// A vector tile read back, by the text of the specification alone: shares nothing with what writes it.
struct DecodedTile {
    struct Feature {
        var id: UInt64?
        var kind: UInt64 = 0
        var parts: [[SIMD2<Int>]] = []
        var properties: [String: String] = [:]
    }

    var layers: [String: [Feature]] = [:]

    init?(_ bytes: [UInt8]) {
        guard let fields = Self.fields(bytes[...]) else { return nil }
        for case (3, .bytes(let content)) in fields {
            guard let layer = Self.fields(content) else { return nil }
            var (name, keys, values) = ("", [String](), [String]())
            for case let (number, .bytes(part)) in layer {
                switch number {
                case 1: name = String(decoding: part, as: UTF8.self)
                case 3: keys.append(String(decoding: part, as: UTF8.self))
                case 4: values.append(Self.value(part))
                default: break
                }
            }
            var features: [Feature] = []
            for case (2, .bytes(let part)) in layer {
                guard let feature = Self.feature(part, keys, values) else { return nil }
                features.append(feature)
            }
            layers[name] = features
        }
    }

    private enum Field {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
        case eight(UInt64)
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var (value, shift) = (UInt64(0), UInt64(0))
        while let byte = bytes.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private static func fields(_ bytes: ArraySlice<UInt8>) -> [(UInt64, Field)]? {
        var (bytes, found) = (bytes, [(UInt64, Field)]())
        while !bytes.isEmpty {
            guard let tag = varint(&bytes) else { return nil }
            switch tag & 7 {
            case 0:
                guard let value = varint(&bytes) else { return nil }
                found.append((tag >> 3, .number(value)))
            case 1:
                guard bytes.count >= 8 else { return nil }
                let value = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                bytes = bytes.dropFirst(8)
                found.append((tag >> 3, .eight(value)))
            case 2:
                guard let length = varint(&bytes), bytes.count >= Int(length) else { return nil }
                found.append((tag >> 3, .bytes(bytes.prefix(Int(length)))))
                bytes = bytes.dropFirst(Int(length))
            default: return nil
            }
        }
        return found
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> String {
        switch fields(bytes)?.first {
        case (1, .bytes(let text))?: String(decoding: text, as: UTF8.self)
        case (3, .eight(let bits))?: "\(Double(bitPattern: bits))"
        case (6, .number(let number))?: "\(signed(number))"
        case (7, .number(let number))?: "\(number == 1)"
        default: "?"
        }
    }

    private static func signed(_ number: UInt64) -> Int { Int(number >> 1) ^ -Int(number & 1) }

    private static func feature(_ bytes: ArraySlice<UInt8>, _ keys: [String], _ values: [String]) -> Feature? {
        guard let fields = fields(bytes) else { return nil }
        var feature = Feature()
        for (number, field) in fields {
            switch (number, field) {
            case (1, .number(let id)): feature.id = id
            case (3, .number(let kind)): feature.kind = kind
            case (2, .bytes(var tags)):
                while !tags.isEmpty {
                    guard let key = varint(&tags), let value = varint(&tags) else { return nil }
                    feature.properties[keys[Int(key)]] = values[Int(value)]
                }
            case (4, .bytes(var commands)):
                var point = SIMD2(0, 0)
                while !commands.isEmpty {
                    guard let command = varint(&commands) else { return nil }
                    if command & 7 == 7 { continue }
                    for _ in 0..<(command >> 3) {
                        guard let x = varint(&commands), let y = varint(&commands) else { return nil }
                        point = SIMD2(point.x + signed(x), point.y + signed(y))
                        if command & 7 == 1 {
                            feature.parts.append([point])
                        } else {
                            feature.parts[feature.parts.count - 1].append(point)
                        }
                    }
                }
            default: break
            }
        }
        return feature
    }
}
