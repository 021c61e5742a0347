public import Ground

/// What was found about one feature of a file of barriers: set right where that is safe, else left out.
public struct BarrierFinding: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        // Set right, and kept.
        /// Longitude and latitude stood in each other's place.
        case swapped
        /// Given in GCJ-02 or BD-09; converted to CGCS2000.
        case datumConverted
        // Left out.
        case unreadable
        /// No line, or for a bridge no place.
        case noCourse
        /// Of no class of `Rules/grid-norms.yaml`.
        case unknownClass
        case unknownDatum
        /// No place on earth.
        case elsewhere
        /// Two of its points after one another are so far apart that one of them is wrong.
        case torn

        /// Whether a barrier of which this was found stayed.
        public var isKept: Bool {
            switch self {
            case .swapped, .datumConverted: true
            case .unreadable, .noCourse, .unknownClass, .unknownDatum, .elsewhere, .torn: false
            }
        }
    }

    public var kind: Kind
    /// Counted from 1 in the order of the file; in a table the row.
    public var feature: Int
    /// What it is called, or what was wrong.
    public var subject: String

    public var text: LocalizedText {
        LocalizedText(
            "第 \(feature) 个要素（\(subject)）：\(what.chinese)", "feature \(feature) (\(subject)): \(what.english)")
    }

    /// What was found, without of which feature.
    public var what: LocalizedText {
        switch kind {
        case .swapped: LocalizedText("经纬度颠倒，已调正", "longitude and latitude were mixed up and set right")
        case .datumConverted: LocalizedText("坐标系已转为 CGCS2000", "converted to CGCS2000")
        case .unreadable: LocalizedText("无法读取，未采用", "cannot be read; left out")
        case .noCourse: LocalizedText("没有线形（桥梁没有位置），未采用", "no line, or for a bridge no place; left out")
        case .unknownClass: LocalizedText("类别不认识，未采用", "of no known class; left out")
        case .unknownDatum: LocalizedText("坐标系不认识，未采用", "an unknown datum; left out")
        case .elsewhere: LocalizedText("位置不在地球上或与其余不在同一坐标系，未采用", "its place is no degrees like the rest; left out")
        case .torn:
            LocalizedText(
                "相邻两点相距超过半度（约五十千米），其中一点有误，未采用",
                "two points after one another are more than half a degree apart, so one is wrong; left out")
        }
    }
}
