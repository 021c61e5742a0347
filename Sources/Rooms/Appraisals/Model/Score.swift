import Cases

/// What the record of a department comes to: a weighed mean of shares, of 100. A pure function of the record, so that
/// one changed outcome changes it once, and asking again changes nothing.
struct Score: Sendable, Hashable {
    struct Part: Sendable, Hashable {
        var measure: Measure
        var weight: Int64
        var share: Share
        /// False where it is made of too few to say anything.
        var isCounted: Bool
    }

    var parts: [Part]

    /// - Parameter withExcluded: with the matters that were left out.
    init(_ record: DepartmentRecord, _ rules: AppraisalRules, withExcluded: Bool = false) {
        parts = rules.measures.map { weighed in
            let share = weighed.measure.share(of: record, withExcluded: withExcluded)
            return Part(
                measure: weighed.measure, weight: weighed.weight, share: share,
                isCounted: share.sample >= rules.fewest && share.whole > 0)
        }
    }

    /// In hundredths, rounded half up; nil when nothing counts.
    var hundredths: Int64? {
        let counted = parts.filter(\.isCounted)
        let weights = counted.reduce(0) { $0 + $1.weight }
        guard weights > 0 else { return nil }
        let sum = counted.reduce(0) { $0 + $1.weight * ($1.share.basisPoints ?? 0) }
        return (sum * 2 + weights) / (weights * 2)
    }

    /// `87.35`; nil when nothing counts.
    var text: String? {
        hundredths.map { value in
            let rest = value % 100
            return "\(value / 100).\(rest < 10 ? "0" : "")\(rest)"
        }
    }
}
