public import Ground

/// All that is believed of one subject, over all days: for each element its statements, in the order of their days.
///
/// It follows from the subject's entries alone, and not from the order in which they arrived: what two phones wrote without
/// a network gives the same record whichever comes in first, and two records of one person join without loss.
public struct SubjectRecord: Sendable, Hashable {
    public let kind: SubjectKind
    public private(set) var statements: [String: [Statement]]

    public init(kind: SubjectKind, statements: [String: [Statement]] = [:]) {
        self.kind = kind
        self.statements = statements
    }

    public subscript(element: String) -> [Statement] { statements[element] ?? [] }

    /// What holds on a day; nil when nothing does.
    public func value(_ element: String, at day: Day) -> String? { statement(element, at: day)?.value }

    public func statement(_ element: String, at day: Day) -> Statement? {
        statements[element]?.last { $0.since <= day }
    }

    public mutating func state(_ element: String, _ new: Statement) {
        var all = statements[element] ?? []
        if all.contains(where: { held in held.overrules.map { held.since <= new.since && new.seenAt < $0 } ?? false }) {
            return
        }
        if let limit = new.overrules { all.removeAll { $0.since >= new.since && $0.seenAt < limit } }
        let place = all.firstIndex { $0.since >= new.since } ?? all.count
        if place < all.count, all[place].since == new.since {
            let held = all[place]
            all[place] = new.beats(held) ? new : held
            all[place].overrules = [held.overrules, new.overrules].compactMap { $0 }.max()
        } else {
            all.insert(new, at: place)
        }
        Self.forgetIdleCorrections(in: &all)
        statements[element] = all
    }

    /// A correction that another one covers, from an earlier day and seen later, says nothing any more.
    private static func forgetIdleCorrections(in all: inout [Statement]) {
        var widest: Instant?
        for index in all.indices {
            guard let own = all[index].overrules else { continue }
            if let limit = widest, own < limit { all[index].overrules = nil }
            widest = max(widest ?? own, own)
        }
    }

    /// Everything that the other record states, too.
    public mutating func join(_ other: SubjectRecord) {
        for (element, all) in other.statements { for statement in all { state(element, statement) } }
    }

    /// Takes an element out of the record as if it had never been stated: for what follows from other subjects.
    mutating func replace(_ element: String, with all: [Statement]) {
        statements[element] = all.isEmpty ? nil : all
    }

    /// Elements of which something holds on the day, sorted.
    public func known(at day: Day) -> [String] { statements.keys.filter { value($0, at: day) != nil }.sorted() }
}
