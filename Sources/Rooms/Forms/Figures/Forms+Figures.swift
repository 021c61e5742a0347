import Desk
import Ground
import Identity
import Registry
import Storage

/// The figures of a form as a viewer sees them; nil where one is withheld.
struct ShownFigures: Sendable, Hashable {
    var whole: [Int?]
    /// By the code of each part of the area.
    var parts: [String: [Int?]] = [:]

    var isPartlyWithheld: Bool {
        whole.contains { $0 == nil } || parts.values.contains { $0.contains { $0 == nil } }
    }
}

extension Forms {
    /// What stands in place of a figure that is withheld.
    static let withheldMark = "＊"

    /// The figures of an area and of its parts, as this viewer may see them: every page, sheet and answer takes them here.
    func figures(
        _ form: CompiledForm, _ state: FormState, _ question: FormQuestion, for scope: Scope,
        in transaction: any Transaction
    ) throws -> ShownFigures {
        let size = form.cells.count + 1
        func read(_ area: AreaPrefix, _ level: AreaLevel?) throws -> [String: [Int]] {
            try FormReadingStore.figures(
                form, state, in: area, by: level, at: question.day, knownOn: question.knownOn, for: scope,
                in: transaction
            ).counts
        }
        let nothing = Array(repeating: 0, count: size)
        let whole = try read(question.area, nil)[question.area.code] ?? nothing
        let parts = try question.parts.map { try read(question.area, $0) } ?? [:]
        guard isProtected(form, for: scope) else {
            return ShownFigures(whole: whole, parts: parts.mapValues { $0.map { $0 } })
        }
        let protection = FigureProtection(form, least: statistics.leastGroup)
        // What is withheld above is withheld here, whoever looks: so the way from the top is gone down each time.
        let way = wayDown(to: question.area)
        var levels: [FigureProtection.Level] = []
        for area in way.dropLast() {
            var above = question
            above.area = area
            let found = try FormReadingStore.figures(
                form, state, in: area, by: above.parts, at: question.day, knownOn: question.knownOn,
                // Only to decide what is withheld; nothing of it is shown.
                for: scope.reaching(area), in: transaction)
            levels.append(.init(whole: Self.sum(found.counts.values, size), parts: found.counts))
        }
        levels.append(.init(whole: whole, parts: parts))
        let withheld = protection.withheld(levels, way: way.dropFirst().map(\.code))
        return ShownFigures(
            whole: protection.shown(whole, withheld: withheld.whole),
            parts: Dictionary(
                uniqueKeysWithValues: parts.map { code, counts in
                    (code, protection.shown(counts, withheld: withheld.parts[code] ?? []))
                }))
    }

    private static func sum(_ all: some Sequence<[Int]>, _ size: Int) -> [Int] {
        all.reduce(into: Array(repeating: 0, count: size)) { sum, counts in
            for (index, count) in counts.enumerated() { sum[index] += count }
        }
    }

    /// From the installation's own area down to the one that is asked for, level by level.
    private func wayDown(to area: AreaPrefix) -> [AreaPrefix] {
        let top = house.settings.area.contains(area) ? house.settings.area : area
        let lengths = [2, 4, 6, 9, 12, 15].filter { $0 > top.code.utf8.count && $0 <= area.code.utf8.count }
        return [top] + lengths.compactMap { AreaPrefix(area.code.prefix($0)) }
    }

    /// Whether a form tells of people what this viewer could not see of each of them.
    func isProtected(_ form: CompiledForm, for scope: Scope) -> Bool {
        let isPersonal =
            !form.ages.isEmpty
            || form.slots.contains { (registry.dictionary[$0]?.sensitivity ?? .open) != .open }
        guard isPersonal else { return false }
        guard scope.may(.registryReveal) else { return true }
        // The bodies of an area and the data bureau hold the people themselves; a department only those of its lists.
        return scope.line != nil && scope.line != "data" && !form.definition.isList
    }
}

extension Scope {
    fileprivate func reaching(_ area: AreaPrefix) -> Scope {
        var scope = self
        scope.area = area
        return scope
    }
}
