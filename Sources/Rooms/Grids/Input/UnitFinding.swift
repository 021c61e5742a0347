public import Ground

/// What was found about one feature of a file of units: repaired where that is safe, else left out.
public struct UnitFinding: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        // Repaired, and kept.
        /// A polygon crossed itself; its parts were kept.
        case selfCrossing
        /// Longitude and latitude stood in each other's place.
        case swapped
        /// Given in GCJ-02 or BD-09; converted to CGCS2000.
        case datumConverted
        // Kept as it is.
        case zeroHouseholds
        /// More households than a grid may have: it becomes a grid of its own.
        case aboveNorm
        /// It belongs to a grid here; the file says another one. Only a plan moves it.
        case gridKept
        /// It belongs to a grid here; the file puts it into another community. Only a plan moves it.
        case communityKept
        /// More than some five kilometres from the middle of any grid here.
        case farAway
        // Left out.
        case unreadable
        /// Neither a place nor an area.
        case noPlace
        case duplicateID
        case noHouseholds
        case negative
        case unknownDatum
        /// Degrees among metres, metres among degrees, or no place on earth.
        case elsewhere
        /// No id of its own, or one that is too long: the next file could not tell which building it is.
        case noID
        /// Neither a community of the county, nor a place whose community is known.
        case unknownCommunity
        /// It stands, or would stand, outside the area of whoever brings it in.
        case outside
    }

    public var kind: Kind
    /// Counted from 1 in the order of the file.
    public var feature: Int
    /// Its id, or what was wrong.
    public var subject: String

    /// Whether the unit stayed.
    public var isKept: Bool { kind.isKept }

    public var text: LocalizedText {
        LocalizedText(
            "第 \(feature) 个要素（\(subject)）：\(what.chinese)", "feature \(feature) (\(subject)): \(what.english)")
    }

    /// What was found, without of which feature.
    public var what: LocalizedText {
        switch kind {
        case .selfCrossing: LocalizedText("多边形自相交，已修复", "the polygon crossed itself and was mended")
        case .swapped: LocalizedText("经纬度颠倒，已调正", "longitude and latitude were mixed up and set right")
        case .datumConverted: LocalizedText("坐标系已转为 CGCS2000", "converted to CGCS2000")
        case .zeroHouseholds: LocalizedText("户数为 0，保留", "no households; kept")
        case .aboveNorm: LocalizedText("单栋超过网格上限，将单独成格", "above the norm alone; it becomes a grid of its own")
        case .gridKept: LocalizedText("已属其他网格，未随文件变动", "belongs to another grid, which only a plan changes; kept")
        case .communityKept:
            LocalizedText("已属其他社区的网格，未随文件变动", "belongs to a grid of another community, which only a plan changes; kept")
        case .farAway: LocalizedText("离本地任何网格都在五公里以上，保留", "over five kilometres from every grid here; kept")
        case .unreadable: LocalizedText("无法读取，未采用", "cannot be read; left out")
        case .noPlace: LocalizedText("没有位置或面积，未采用", "no place and no area; left out")
        case .duplicateID: LocalizedText("编号重复，以首次出现为准", "the id came before; the first counts")
        case .noHouseholds: LocalizedText("户数不是数字，未采用", "the households are no number; left out")
        case .negative: LocalizedText("户数或工作量为负，未采用", "negative households or workload; left out")
        case .unknownDatum: LocalizedText("坐标系不认识，未采用", "an unknown datum; left out")
        case .elsewhere:
            LocalizedText("位置与其余要素不在同一坐标系或不在地球上，未采用", "its place is in another system than the rest; left out")
        case .noID: LocalizedText("没有编号，或编号超过 64 个字符，未采用", "no id, or one of over 64 characters; left out")
        case .unknownCommunity:
            LocalizedText("社区不认识，位置也不在任何网格内，未采用", "no known community, and its place is in no grid; left out")
        case .outside: LocalizedText("不在您的辖区内，未采用", "outside your area; left out")
        }
    }
}

extension UnitFinding.Kind {
    /// Whether a unit of which this was found stayed.
    public var isKept: Bool {
        switch self {
        case .selfCrossing, .swapped, .datumConverted, .zeroHouseholds, .aboveNorm, .gridKept, .communityKept, .farAway:
            true
        case .unreadable, .noPlace, .duplicateID, .noHouseholds, .negative, .unknownDatum, .elsewhere, .noID,
            .unknownCommunity, .outside:
            false
        }
    }
}
