import Desk
import Ground
import Identity
import Storage

/// What was suggested when people decided, and how often they decided otherwise.
enum CorrectionStore {
    enum Kind: String, Sendable, CaseIterable {
        case category, area, body
    }

    struct Correction: Sendable {
        var kind: Kind
        /// Empty when nothing was suggested.
        var suggested: String
        var confidence: Double
        var decided: String
    }

    /// Nothing is undone any more by then.
    static let settling = Span.minutes(2)

    /// Keeps it with the act. Of a matter that is decided again before it was counted the later decision stands; after
    /// that the first, since the second was not made before what was suggested.
    static func keep(
        _ correction: Correction, of id: CaseID, at now: Instant, in transaction: any Transaction
    ) throws(DatabaseError) {
        try transaction.later(
            """
            INSERT INTO case_suggestions (case_id, kind, suggested, confidence, decided, at)
            VALUES (\(id), \(correction.kind.rawValue), \(correction.suggested), \(correction.confidence),
                \(correction.decided), \(now))
            ON CONFLICT (case_id, kind) DO UPDATE SET suggested = excluded.suggested, confidence = excluded.confidence,
                decided = excluded.decided, at = excluded.at
            WHERE case_suggestions.counted_at IS NULL
            """)
    }

    /// Adds what has settled to the counts.
    /// - Returns: how many it counted.
    static func count(at now: Instant, most: Int = 500, in transaction: any Transaction) throws -> Int {
        let rows = try transaction.query(
            """
            SELECT case_id, kind, suggested, decided, at FROM case_suggestions
            WHERE counted_at IS NULL AND at < \(now - settling) ORDER BY at LIMIT \(most)
            """)
        struct Cell: Hashable {
            var month, kind, suggested, decided: String
        }
        var totals: [Cell: Int64] = [:]
        for row in rows {
            let cell = Cell(
                month: month(of: try row.instant(4)), kind: try row.text(1), suggested: try row.text(2),
                decided: try row.text(3))
            totals[cell, default: 0] += 1
            try transaction.later(
                "UPDATE case_suggestions SET counted_at = \(now) WHERE case_id = \(try row.text(0)) AND kind = \(cell.kind)"
            )
        }
        for (cell, total) in totals {
            try transaction.later(
                """
                INSERT INTO case_suggestion_counts (month, kind, suggested, decided, total)
                VALUES (\(cell.month), \(cell.kind), \(cell.suggested), \(cell.decided), \(total))
                ON CONFLICT (month, kind, suggested, decided)
                DO UPDATE SET total = case_suggestion_counts.total + excluded.total
                """)
        }
        return rows.count
    }

    /// `2026-03`.
    static func month(of instant: Instant) -> String { String(instant.local().day.description.prefix(7)) }

    // MARK: Asking

    struct Count: Sendable, Hashable {
        var suggested: String
        var decided: String
        var total: Int64
    }

    /// By what was suggested and what was decided, since a month. A few cells for each category.
    static func counts(_ kind: Kind, since month: String, in transaction: any Transaction) throws -> [Count] {
        try transaction.query(
            """
            SELECT suggested, decided, CAST(SUM(total) AS BIGINT) FROM case_suggestion_counts
            WHERE month >= \(month) AND kind = \(kind.rawValue) GROUP BY suggested, decided
            """
        ).map { Count(suggested: try $0.text(0), decided: try $0.text(1), total: try $0.int(2)) }
    }
}

extension Cases {
    /// Keeps what was suggested beside what a person decided, when the act decided it. One write for each, and no wait.
    func noteDecision(
        _ decision: Decision, by performer: Performer, at now: Instant, in transaction: any Transaction
    ) throws {
        let (before, after) = (decision.before, decision.after)
        let needs = decision.act.needs
        // Parts of a matter are decided with the whole.
        guard case .staff = performer, rules.workflow[before.state] != nil else { return }
        if needs.contains(.category), let decided = after.category {
            let best = suggester.category(title: before.title, detail: before.detail).best
            try CorrectionStore.keep(
                .init(
                    kind: .category, suggested: best?.value ?? "", confidence: best?.confidence ?? 0, decided: decided),
                of: after.id, at: now, in: transaction)
        }
        if needs.contains(.area) {
            let best = suggester.area(of: before).candidates.first
            // By community: grids are for those who know them.
            try CorrectionStore.keep(
                .init(
                    kind: .area, suggested: best.map { $0.value.community ?? $0.value.code } ?? "",
                    confidence: best?.confidence ?? 0, decided: after.area.community ?? after.area.code),
                of: after.id, at: now, in: transaction)
        }
        if needs.contains(.body), let decided = after.body, let category = after.category {
            let ruling = try RulingWork(cases: self).deciding(
                before, category: category, area: after.area, at: now, in: transaction)
            let best =
                try ruling.map { MatterSuggestion.Candidate(value: $0.body, confidence: 1) }
                ?? suggester.rules.body(
                    for: after.area, line: rules.categories[category]?.line,
                    past: try DispatchStore.past(of: category, in: transaction),
                    among: suggester.bodies(actingIn: after.area)
                ).proposal.best
            try CorrectionStore.keep(
                .init(
                    kind: .body, suggested: best?.value.text ?? "", confidence: best?.confidence ?? 0,
                    decided: decided.text),
                of: after.id, at: now, in: transaction)
            try DispatchStore.note(after, in: transaction)
        }
    }

    /// Counts what people decided lately.
    func countDecisions() async throws {
        let now = house.clock.now()
        while try await house.database.write({ try CorrectionStore.count(at: now, in: $0) }) == 500 {}
    }
}
