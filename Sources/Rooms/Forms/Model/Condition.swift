import Ground

/// What must hold of a subject on a day: `age >= 80 and (lives-alone = yes or employment in (2, 6))`.
///
/// A comparison with something that is not known is false, and so is its opposite; whoever means the unknown says so with
/// `is unknown`.
indirect enum Condition: Sendable, Hashable {
    enum Term: Sendable, Hashable {
        /// The element in this slot of the form.
        case slot(Int)
        /// Full years on the day; the birthday counts, and who was born on 29 February has it on 1 March of common years.
        case age
    }

    enum Order: Sendable, Hashable { case less, atMost, equal, notEqual, atLeast, more }

    case always
    case compare(Term, Order, Operand)
    case among(Term, Set<String>)
    case known(Term)
    case unknown(Term)
    case not(Condition)
    case all([Condition])
    case any([Condition])

    enum Operand: Sendable, Hashable {
        case number(Int)
        /// Texts of equal form: codes, days.
        case text(String)
    }

    /// - Parameters:
    ///   - values: by slot, as they hold on the day.
    ///   - age: on the day; nil when the birth day is not known.
    func holds(_ values: [String?], age: Int?) -> Bool {
        switch self {
        case .always: true
        case .compare(let term, let order, let operand): Self.compare(term, order, operand, values, age)
        case .among(.slot(let slot), let codes): values[slot].map(codes.contains) ?? false
        case .among(.age, let ages): age.map { ages.contains(String($0)) } ?? false
        case .known(.slot(let slot)): values[slot] != nil
        case .known(.age): age != nil
        case .unknown(.slot(let slot)): values[slot] == nil
        case .unknown(.age): age == nil
        case .not(let inner): !inner.holds(values, age: age)
        case .all(let parts): parts.allSatisfy { $0.holds(values, age: age) }
        case .any(let parts): parts.contains { $0.holds(values, age: age) }
        }
    }

    private static func compare(
        _ term: Term, _ order: Order, _ operand: Operand, _ values: [String?], _ age: Int?
    ) -> Bool {
        switch operand {
        case .number(let right):
            let left: Int? =
                switch term {
                case .age: age
                case .slot(let slot): values[slot].flatMap { Int($0) }
                }
            return left.map { order.holds($0, right) } ?? false
        case .text(let right):
            guard case .slot(let slot) = term, let left = values[slot] else { return false }
            return order.holds(left, right)
        }
    }

    /// The ages at which the answer may change.
    var ages: Set<Int> {
        switch self {
        case .compare(.age, let order, .number(let age)):
            switch order {
            case .less, .atLeast: [age]
            case .more, .atMost: [age + 1]
            case .equal, .notEqual: [age, age + 1]
            }
        case .among(.age, let ages): Set(ages.compactMap { Int($0) }.flatMap { [$0, $0 + 1] })
        case .not(let inner): inner.ages
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.ages) }
        case .always, .compare, .among, .known, .unknown: []
        }
    }
}

extension Condition.Order {
    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .less: left < right
        case .atMost: left <= right
        case .equal: left == right
        case .notEqual: left != right
        case .atLeast: left >= right
        case .more: left > right
        }
    }
}
