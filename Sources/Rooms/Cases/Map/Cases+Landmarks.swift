public import Desk
public import Geo
public import Storage

/// A landmark of the county with its place.
public struct PlacedLandmark: Sendable, Hashable {
    /// The smaller of longitude first: the order of the index.
    public struct Key: Sendable, Hashable {
        public var longitude: Double
        public var name: String
        public var area: String

        /// As it stands in an address: the name last, since it may hold anything.
        public var text: String { "\(longitude)_\(area)_\(name)" }

        public init?(_ text: String) {
            let parts = text.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let longitude = Double(parts[0]), longitude.isFinite,
                AreaPrefix(parts[1]) != nil
            else { return nil }
            self.init(longitude: longitude, name: String(parts[2]), area: String(parts[1]))
        }

        init(longitude: Double, name: String, area: String) {
            self.longitude = longitude
            self.name = name
            self.area = area
        }
    }

    public var name: String
    public var kind: String
    public var area: AreaPrefix
    public var location: Location

    public var key: Key { Key(longitude: location.longitude, name: name, area: area.code) }
}

extension Cases {
    /// Landmarks with a place, from west to east, in an area.
    public func landmarks(
        in box: Box?, within area: AreaPrefix, after: PlacedLandmark.Key?, limit: Int, in transaction: any Transaction
    ) throws -> [PlacedLandmark] {
        try transaction.query(LandmarkStore.placed(in: box, within: area, after: after, limit: limit))
            .compactMap(LandmarkStore.placed)
    }

    public func landmark(_ key: PlacedLandmark.Key, within area: AreaPrefix, in transaction: any Transaction) throws
        -> PlacedLandmark?
    {
        guard area.contains(code: key.area) else { return nil }
        return try transaction.first(LandmarkStore.one(key.name, key.area)).flatMap(LandmarkStore.placed)
    }
}

extension LandmarkStore {
    static func placed(in box: Box?, within area: AreaPrefix, after: PlacedLandmark.Key?, limit: Int) -> SQL {
        var conditions: [SQL] = ["longitude IS NOT NULL", "latitude IS NOT NULL"]
        if !area.code.isEmpty {
            conditions.append("area || '' >= \(area.code) AND area || '' < \(area.upperBound)")
        }
        if let box {
            conditions.append("longitude >= \(box.west) AND longitude <= \(box.east)")
            conditions.append("latitude >= \(box.south) AND latitude <= \(box.north)")
        }
        if let after {
            conditions.append("(longitude, name, area) > (\(after.longitude), \(after.name), \(after.area))")
        }
        return """
            SELECT name, kind, area, longitude, latitude FROM case_landmarks WHERE \(SQL.all(conditions))
            ORDER BY longitude, name, area LIMIT \(limit)
            """
    }

    static func one(_ name: String, _ area: String) -> SQL {
        "SELECT name, kind, area, longitude, latitude FROM case_landmarks WHERE name = \(name) AND area = \(area)"
    }

    static func placed(_ row: Row) throws -> PlacedLandmark? {
        guard let longitude = try row.doubleIfAny(3), let latitude = try row.doubleIfAny(4),
            let location = Location(longitude: longitude, latitude: latitude), let area = AreaPrefix(try row.text(2))
        else { return nil }
        return PlacedLandmark(name: try row.text(0), kind: try row.text(1), area: area, location: location)
    }
}
