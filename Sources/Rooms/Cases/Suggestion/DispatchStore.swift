import Desk
import Ground
import Identity
import Storage

/// To which bodies matters of a category were given, by street: maintained with every dispatch.
enum DispatchStore {
    struct Past: Sendable {
        var street: String
        var body: BodyID
        var total: Int64
    }

    static func note(_ record: CaseRecord, in transaction: any Transaction) throws {
        guard let category = record.category, let body = record.body else { return }
        try transaction.later(
            """
            INSERT INTO case_dispatches (category, street, body, total)
            VALUES (\(category), \(record.area.street ?? ""), \(body), \(1 as Int64))
            ON CONFLICT (category, street, body) DO UPDATE SET total = case_dispatches.total + excluded.total
            """)
    }

    /// Those of a category in all streets of the county: at most a few bodies for each.
    static func past(of category: String, in transaction: any Transaction) throws -> [Past] {
        try transaction.query(
            """
            SELECT street, body, total FROM case_dispatches WHERE category = \(category)
            ORDER BY street, body LIMIT 2000
            """
        ).map { Past(street: try $0.text(0), body: try $0.identifier(1), total: try $0.int(2)) }
    }
}

extension SuggestionRules {
    /// Whom a matter is mostly given to: by past dispatches of the category, those of the same street counting most, and
    /// by the category's own line, which stands for a few of them.
    func body(
        for area: AreaPrefix, line: String?, past: [DispatchStore.Past], among choices: [BodyFacts]
    ) -> (proposal: MatterSuggestion.Proposal<BodyID>, past: (given: Int64, of: Int64)?) {
        let able = choices.filter { $0.area.contains(area) || area.contains($0.area) }
        var weights: [BodyID: Double] = [:]
        var given: [BodyID: Int64] = [:]
        var all: Int64 = 0
        for dispatch in past {
            all += dispatch.total
            given[dispatch.body, default: 0] += dispatch.total
            let isHere = area.street == nil || dispatch.street == area.street
            // A body that cannot act here still says that this kind of matter does not always go to one of these.
            weights[dispatch.body, default: 0] += Double(dispatch.total) * (isHere ? 1 : dispatches.elsewhere)
        }
        if let line, let own = able.first(where: { $0.line == line }) { weights[own.id, default: 0] += dispatches.line }
        // One matter that went to somebody unknown: nothing is ever quite sure.
        let whole = weights.values.reduce(1, +)
        let candidates = able.compactMap { body -> MatterSuggestion.Candidate<BodyID>? in
            guard let weight = weights[body.id], weight / whole >= mention else { return nil }
            return .init(value: body.id, confidence: weight / whole)
        }.sorted { $0.confidence != $1.confidence ? $0.confidence > $1.confidence : $0.value < $1.value }
        let best = candidates.first.flatMap { given[$0.value] }
        return (
            .init(candidates: Array(candidates.prefix(self.candidates)), words: []), best.map { (given: $0, of: all) }
        )
    }
}
