/// What can be said of a condition when some values are not known, or were seen too long ago to rely on.
enum Certainty: Sendable, Hashable {
    case holds
    case fails
    /// It depends on what nobody knows.
    case open

    init(_ holds: Bool) { self = holds ? .holds : .fails }
}

extension Condition {
    /// - Parameters:
    ///   - values: by slot, as they hold on the day; nil for what is known not to hold.
    ///   - isCertain: by slot, whether the value, or that there is none, can be relied on.
    ///   - age: on the day; nil when the birth day is not known.
    func certainty(_ values: [String?], _ isCertain: [Bool], age: Int?) -> Certainty {
        switch self {
        case .always: .holds
        case .compare(let term, _, _), .among(let term, _), .known(let term), .unknown(let term):
            Self.isCertain(term, isCertain, age) ? Certainty(holds(values, age: age)) : .open
        case .not(let inner):
            switch inner.certainty(values, isCertain, age: age) {
            case .holds: .fails
            case .fails: .holds
            case .open: .open
            }
        case .all(let parts):
            Self.joined(parts.map { $0.certainty(values, isCertain, age: age) }, decisive: .fails, otherwise: .holds)
        case .any(let parts):
            Self.joined(parts.map { $0.certainty(values, isCertain, age: age) }, decisive: .holds, otherwise: .fails)
        }
    }

    private static func isCertain(_ term: Term, _ certain: [Bool], _ age: Int?) -> Bool {
        switch term {
        case .slot(let slot): certain[slot]
        case .age: age != nil
        }
    }

    private static func joined(_ parts: [Certainty], decisive: Certainty, otherwise: Certainty) -> Certainty {
        if parts.contains(decisive) { return decisive }
        return parts.contains(.open) ? .open : otherwise
    }

    /// The slots on which an open answer depends: those of parts that are open themselves.
    func openSlots(_ values: [String?], _ isCertain: [Bool], age: Int?) -> Set<Int> {
        guard certainty(values, isCertain, age: age) == .open else { return [] }
        switch self {
        case .compare(.slot(let slot), _, _), .among(.slot(let slot), _), .known(.slot(let slot)),
            .unknown(.slot(let slot)):
            return [slot]
        case .always, .compare(.age, _, _), .among(.age, _), .known(.age), .unknown(.age): return []
        case .not(let inner): return inner.openSlots(values, isCertain, age: age)
        case .all(let parts), .any(let parts):
            return parts.reduce(into: []) { $0.formUnion($1.openSlots(values, isCertain, age: age)) }
        }
    }
}
