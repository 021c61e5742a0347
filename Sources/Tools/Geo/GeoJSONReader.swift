/// Reads GeoJSON given in pieces of any size, one feature at a time: a file of any length needs the memory of its largest
/// feature. Takes a FeatureCollection, a single feature or geometry, and features one after another (RFC 8142, also
/// without the record separators).
///
/// A feature that cannot be read is told and left out; the rest goes on.
///
/// Source: RFC 7946, RFC 8142; the member `crs` of the 2008 specification is kept in `namedReferenceSystem`.
public struct GeoJSONReader {
    /// No feature may be longer than this, in bytes.
    public static let largestFeature = 64 << 20

    /// Features that came so far, those left out among them.
    public private(set) var featuresSeen = 0
    /// The coordinate reference system the file names, such as `urn:ogc:def:crs:EPSG::4490`; nil if it names none, which
    /// means WGS 84 longitude and latitude.
    public private(set) var namedReferenceSystem: String?

    private enum Place {
        /// Between top-level objects.
        case outside
        /// In a top-level object that may turn out to be a collection.
        case object
        /// In the list of features of a collection.
        case list
    }

    private var place = Place.outside
    /// Open braces and brackets, the top-level object's own counted.
    private var depth = 0
    private var inString = false
    private var escaped = false
    private var buffer: [UInt8] = []
    private var overflowing = false
    private var sawList = false
    /// The last string at depth 1 of the top-level object, where it began in the buffer.
    private var stringStart = 0
    private var lastKey: [UInt8] = []
    private var afterColon = false
    private var isNotJSON = false

    public init() {}

    /// Takes the next piece; `body` is called with each feature that is complete, or with what is wrong with it.
    public mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (Result<Feature, FeatureProblem>) throws -> Void
    ) rethrows {
        var index = 0
        while index < bytes.count, !isNotJSON {
            switch place {
            case .outside: index = readOutside(bytes, index)
            case .object: index = try readObject(bytes, index, body)
            case .list: index = try readList(bytes, index, body)
            }
        }
    }

    /// Ends the file.
    public mutating func finish(_ body: (Result<Feature, FeatureProblem>) throws -> Void) rethrows {
        if isNotJSON {
            try body(.failure(FeatureProblem(.notJSON, feature: 0)))
        } else if place != .outside {
            if !buffer.isEmpty, place == .list { featuresSeen += 1 }
            try body(.failure(FeatureProblem(.endsEarly, feature: buffer.isEmpty ? 0 : featuresSeen)))
        } else if featuresSeen == 0, !sawList {
            try body(.failure(FeatureProblem(.empty, feature: 0)))
        }
    }

    private mutating func readOutside(_ bytes: UnsafeRawBufferPointer, _ from: Int) -> Int {
        var index = from
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "{"):
                place = .object
                depth = 1
                buffer = [byte]
                lastKey = []
                afterColon = false
                overflowing = false
                return index
            // Blanks, record separators, commas between features, and the byte order mark.
            case 0x20, 0x09, 0x0A, 0x0D, 0x1E, UInt8(ascii: ","), 0xEF, 0xBB, 0xBF: continue
            default:
                isNotJSON = true
                return index
            }
        }
        return index
    }

    /// Reads a top-level object until it ends or turns out to have a list of features.
    private mutating func readObject(
        _ bytes: UnsafeRawBufferPointer, _ from: Int, _ body: (Result<Feature, FeatureProblem>) throws -> Void
    ) rethrows -> Int {
        var index = from
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            append(byte)
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                    if depth == 1, !afterColon { lastKey = Array(buffer[stringStart...].dropLast()) }
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                inString = true
                stringStart = buffer.count
            case UInt8(ascii: ":"):
                if depth == 1 { afterColon = true }
            case UInt8(ascii: ","):
                if depth == 1 { afterColon = false }
            case UInt8(ascii: "["):
                if depth == 1, afterColon, lastKey.elementsEqual("features".utf8) {
                    // What came before, closed: the members of the collection.
                    readMembers(buffer.dropLast() + Array("null}".utf8))
                    buffer = []
                    sawList = true
                    place = .list
                    depth = 2
                    return index
                }
                depth += 1
            case UInt8(ascii: "{"):
                depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 {
                    place = .outside
                    try endObject(body)
                    return index
                }
            default: continue
            }
        }
        return index
    }

    private mutating func endObject(_ body: (Result<Feature, FeatureProblem>) throws -> Void) rethrows {
        defer { buffer = [] }
        if sawList, Self.isRest(buffer) {
            readMembers(buffer[...])
            return
        }
        featuresSeen += 1
        try body(read(buffer))
    }

    /// The rest of a collection, after its list, was put together with a mark of ours.
    private static func isRest(_ bytes: [UInt8]) -> Bool { bytes.starts(with: restMark) }
    private static let restMark = Array("{\"\":null".utf8)

    /// Reads the list of features: each object in it whole.
    private mutating func readList(
        _ bytes: UnsafeRawBufferPointer, _ from: Int, _ body: (Result<Feature, FeatureProblem>) throws -> Void
    ) rethrows -> Int {
        var index = from
        var start = depth > 2 ? from : -1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth == 3 { start = index - 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 2 {
                    append(bytes[start..<index])
                    start = -1
                    featuresSeen += 1
                    try body(read(buffer))
                    buffer.removeAll(keepingCapacity: true)
                    overflowing = false
                } else if depth == 1 {
                    place = .object
                    buffer = Self.restMark
                    lastKey = []
                    afterColon = true
                    return index
                }
            default: continue
            }
        }
        if start >= 0 { append(bytes[start..<index]) }
        return index
    }

    private mutating func append(_ byte: UInt8) {
        if buffer.count < Self.largestFeature { buffer.append(byte) } else { overflowing = true }
    }

    private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) {
        if buffer.count + bytes.count <= Self.largestFeature {
            buffer.append(contentsOf: bytes)
        } else {
            overflowing = true
        }
    }

    private func read(_ bytes: [UInt8]) -> Result<Feature, FeatureProblem> {
        if overflowing { return .failure(FeatureProblem(.tooLarge, feature: featuresSeen)) }
        do throws(FeatureProblem) {
            return .success(
                try bytes.withUnsafeBufferPointer { pointer throws(FeatureProblem) in
                    try GeoJSONParser.feature(pointer, ordinal: featuresSeen)
                })
        } catch {
            return .failure(error)
        }
    }

    private mutating func readMembers(_ bytes: ArraySlice<UInt8>) {
        guard
            let name = bytes.withUnsafeBufferPointer({ GeoJSONParser.referenceSystem($0) })
        else { return }
        namedReferenceSystem = name
    }
}

extension GeoJSONReader {
    /// Everything in a text that is at hand as a whole.
    public static func features(_ text: [UInt8]) -> (features: [Feature], problems: [FeatureProblem]) {
        var reader = GeoJSONReader()
        var features: [Feature] = []
        var problems: [FeatureProblem] = []
        let take = { (result: Result<Feature, FeatureProblem>) in
            switch result {
            case .success(let feature): features.append(feature)
            case .failure(let problem): problems.append(problem)
            }
        }
        text.withUnsafeBytes { reader.read($0, take) }
        reader.finish(take)
        return (features, problems)
    }
}
