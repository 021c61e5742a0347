import Desk
import Ground
import Places
import Web

enum PlaqueEntity {}
typealias PlaqueID = Identifier<PlaqueEntity>
enum AssessmentEntity {}
typealias AssessmentID = Identifier<AssessmentEntity>

/// 挂牌: what hangs where, who asked for it and on what ground.
struct Plaque: Sendable, Hashable {
    var id: PlaqueID
    /// The street or community where it hangs.
    var area: AreaPrefix
    /// What it says.
    var title: String
    /// Who asked for it.
    var askedBy: BodyID
    var askedName: String
    /// The item, admission or contract that carries it.
    var ground: String
    var hungOn: Day
    /// Nil while it hangs.
    var downOn: Day?
    var downWhy: String
    var version: Int64
    /// Whether the gate has counted what carries it. Entries from before the gate had to are not, and stay.
    var isByGate = false
}

/// 考核: who is assessed by whom, by which indicators, each with its weight.
struct Assessment: Sendable, Hashable {
    struct Indicator: Sendable, Hashable, Codable {
        var name: String
        /// Of a hundred.
        var weight: Int64
    }

    var id: AssessmentID
    var title: String
    var body: BodyID
    var bodyName: String
    var ground: String
    var year: Int64
    var indicators: [Indicator]
    /// Streets and communities, by code.
    var areas: [AreaPrefix]
    /// Nil while it stands.
    var endedWhy: String?
    /// Nil while it stands.
    var endedOn: Day?
    var version: Int64
    /// Whether the gate has counted what carries it. Entries from before the gate had to are not, and stay.
    var isByGate = false

    var isStanding: Bool { endedWhy == nil }

    /// Whether it is one of its year's: it stands, or its year had begun before it ended. Ending one makes no room for
    /// another.
    var isCounted: Bool { isStanding || (endedOn.map { Int64($0.parts.year) >= year } ?? true) }

    /// One indicator a line, its weight at the end: `群众满意率 40`.
    /// - Returns: nil when a line has no weight.
    static func indicators(_ text: String) -> [Indicator]? {
        var found: [Indicator] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = String(line).trimmingSpaces()
            guard !line.isEmpty else { continue }
            guard let cut = line.lastIndex(where: { $0.isWhitespace }),
                let weight = Int64(line[line.index(after: cut)...])
            else { return nil }
            found.append(Indicator(name: String(line[..<cut]).trimmingSpaces(), weight: weight))
        }
        return found
    }
}
