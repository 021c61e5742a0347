/// What a set of matters adds up to. Sums of these are kept with every act, so that a rate over ten million matters is a
/// rate over a few hundred rows.
public struct OutcomeFigures: Sendable, Hashable {
    /// Should have been closed: the day of its final deadline falls into the period.
    public var due: Int64 = 0
    /// Of those due: closed.
    public var closed: Int64 = 0
    /// Of those closed: reported done no later than the final deadline, whenever it was closed after that.
    public var closedOnTime: Int64 = 0
    /// Of those due: the resident was reached within the time for it.
    public var contactedInTime: Int64 = 0
    /// Follow-ups with an answer: the resident said whether it is solved, and how satisfied they are.
    public var followedUp: Int64 = 0
    public var solved: Int64 = 0
    /// In halves, since "basically satisfied" may count half.
    public var satisfiedHalves: Int64 = 0

    public init() {}

    public static func + (left: OutcomeFigures, right: OutcomeFigures) -> OutcomeFigures { combined(left, right, +) }

    public static func - (left: OutcomeFigures, right: OutcomeFigures) -> OutcomeFigures { combined(left, right, -) }

    public var isNothing: Bool { self == OutcomeFigures() }

    private static func combined(
        _ left: OutcomeFigures, _ right: OutcomeFigures, _ combine: (Int64, Int64) -> Int64
    ) -> OutcomeFigures {
        var result = OutcomeFigures()
        for field in fields { result[keyPath: field] = combine(left[keyPath: field], right[keyPath: field]) }
        return result
    }

    /// In the order of the columns that keep them.
    static var fields: [any WritableKeyPath<OutcomeFigures, Int64> & Sendable] {
        [\.due, \.closed, \.closedOnTime, \.contactedInTime, \.followedUp, \.solved, \.satisfiedHalves]
    }
}

/// A part of a whole, told in per cent with two decimals, rounded half up as the published figures are.
public struct Share: Sendable, Hashable {
    public var part: Int64
    public var whole: Int64
    /// How many matters the whole is made of; fewer than the whole where it counts in halves.
    public var sample: Int64

    public init(_ part: Int64, of whole: Int64, sample: Int64? = nil) {
        self.part = part
        self.whole = whole
        self.sample = sample ?? whole
    }

    /// Hundredths of a per cent; nil of nothing.
    public var basisPoints: Int64? { whole > 0 ? (part * 20_000 + whole) / (whole * 2) : nil }

    /// `93.72`; nil of nothing.
    public var percent: String? {
        basisPoints.map { points in
            let hundredths = points % 100
            return "\(points / 100).\(hundredths < 10 ? "0" : "")\(hundredths)"
        }
    }
}

/// The rates by which handling is judged, each over those whom it concerns.
/// - SeeAlso: rules.md §2.2 (closing rates over what should have been closed) and §2.8 (three rates).
public struct Rates: Sendable, Hashable {
    public var figures: OutcomeFigures

    public init(_ figures: OutcomeFigures) { self.figures = figures }

    /// 结案率
    public var closing: Share { Share(figures.closed, of: figures.due) }
    /// 按期结案率
    public var onTimeClosing: Share { Share(figures.closedOnTime, of: figures.due) }
    /// 响应率
    public var response: Share { Share(figures.contactedInTime, of: figures.due) }
    /// 解决率
    public var solution: Share { Share(figures.solved, of: figures.followedUp) }
    /// 满意率
    public var satisfaction: Share {
        Share(figures.satisfiedHalves, of: figures.followedUp * 2, sample: figures.followedUp)
    }
}
