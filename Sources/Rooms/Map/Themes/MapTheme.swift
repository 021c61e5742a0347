public import Desk
public import Ground

/// One more thing that the map can be about: who looks after which grid, how full posts are, what is warned of. Whoever knows
/// it says it of areas and places; the map draws it, lists it beside and takes it out, all alike.
public struct MapTheme: Sendable {
    /// What it says is shown on the ground of its areas, or as marks at its places.
    public enum Form: Sendable { case ground, marks }

    /// A word and a number for each column of the list, in the order of ``MapMark/values``.
    public struct Column: Sendable {
        public enum Kind: Sendable { case text, number }

        public var name: String
        public var title: LocalizedText
        public var kind: Kind

        public init(_ name: String, _ chinese: String, _ english: String, _ kind: Kind = .text) {
            self.name = name
            title = LocalizedText(chinese, english)
            self.kind = kind
        }
    }

    /// Who asks, and of which day.
    public struct Question: Sendable {
        public var scope: Scope
        public var now: Instant
        /// Nil for now.
        public var day: Day?
    }

    /// As it stands in addresses and names of layers.
    public var name: String
    public var title: LocalizedText
    /// Who may see it.
    public var right: Right
    public var form: Form
    /// Whether it can say how it was on a past day.
    public var isDated: Bool
    public var columns: [Column]
    /// What the tones mean here, the most pressing first.
    public var legend: [(tone: MapMark.Tone, text: LocalizedText)]
    /// Shown below the list: what the figures rest on.
    public var note: LocalizedText
    let read: @Sendable (Question) async throws -> [MapMark]

    public init(
        name: String, title: LocalizedText, right: Right, form: Form, isDated: Bool = false, columns: [Column],
        legend: [(tone: MapMark.Tone, text: LocalizedText)], note: LocalizedText,
        read: @escaping @Sendable (Question) async throws -> [MapMark]
    ) {
        self.name = name
        self.title = title
        self.right = right
        self.form = form
        self.isDated = isDated
        self.columns = columns
        self.legend = legend
        self.note = note
        self.read = read
    }
}

/// One thing that a theme says: of an area, or of a place in it.
public struct MapMark: Sendable {
    /// How pressing it is, with the colours of the pages.
    public enum Tone: String, Sendable, Hashable, CaseIterable, Comparable {
        case plain, primary, caution, warn, danger

        private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
        public static func < (left: Tone, right: Tone) -> Bool { left.order < right.order }
    }

    public enum Value: Sendable, Hashable {
        case text(LocalizedText)
        case number(Double)
        case nothing
    }

    public var id: String
    public var area: AreaPrefix
    /// Nil for what is said of the area as a whole.
    public var longitude: Double?
    public var latitude: Double?
    public var tone: Tone
    /// What stands on the map: a figure, in a few characters.
    public var figure: String
    /// As many as the theme has columns.
    public var values: [Value]
    /// The page where it goes on.
    public var address: String?

    public init(
        id: String, area: AreaPrefix, longitude: Double? = nil, latitude: Double? = nil, tone: Tone, figure: String,
        values: [Value], address: String? = nil
    ) {
        self.id = id
        self.area = area
        self.longitude = longitude
        self.latitude = latitude
        self.tone = tone
        self.figure = figure
        self.values = values
        self.address = address
    }
}
