import Desk
import Ground
import Registry
import Storage

/// Computes forms from the facts: new ones from the start, all of them once a year a year further. Subjects are gone through
/// by their id in small transactions, while people go on writing; who was passed already is kept current by the writes, who
/// comes later is found as they are then.
struct FormBuilding: Sendable {
    let engine: FormEngine
    let registry: Registry
    let house: House

    /// Ages are computed so many days ahead at least.
    private static let leastAhead = 90
    static let chunk = 2_000

    /// Does what is to be done, to its end.
    /// - Returns: how many subjects were gone through.
    @discardableResult
    func run(chunk: Int = Self.chunk) async throws -> Int {
        try await begin()
        var passed = 0
        for kind in SubjectKind.allCases {
            while true {
                let count = try await step(kind, chunk: chunk)
                passed += count ?? 0
                if count == nil { break }
                await Task.yield()
                try Task.checkCancellation()
            }
        }
        return passed
    }

    /// The first day of the year after next: nobody looks further ahead, and the yearly run has a year's time.
    static func horizon(after day: Day) -> Day {
        Day(year: day.parts.year + 2, month: 1, day: 1) ?? day + 400
    }

    private func begin() async throws {
        let (engine, now) = (engine, house.clock.now())
        try await house.database.write { transaction in
            let today = now.local().day
            let states = try engine.states(in: transaction)
            var isChanged = false
            for form in engine.library.forms {
                var state =
                    states[form.instance]
                    ?? FormState(form: form.instance, kind: form.definition.kind, settled: today)
                let needed = state.horizon.map { $0 < today + Self.leastAhead } ?? true
                guard needed, state.nextHorizon == nil else { continue }
                state.nextHorizon = Self.horizon(after: today)
                state.cursor = nil
                try FormStateStore.write(state, at: now, in: transaction)
                isChanged = true
            }
            if isChanged { try FormStateStore.bump(in: transaction) }
        }
    }

    /// The next subjects of a kind, for all forms that stand at the same place.
    /// - Returns: nil when no form of this kind is being computed.
    private func step(_ kind: SubjectKind, chunk: Int) async throws -> Int? {
        let (engine, registry, now) = (engine, registry, house.clock.now())
        return try await house.database.write { transaction -> Int? in
            let states = try engine.states(in: transaction)
            let waiting = engine.library.forms.filter {
                $0.definition.kind == kind && states[$0.instance]?.nextHorizon != nil
            }
            guard
                let cursor = waiting.map({ states[$0.instance]?.cursor }).min(by: {
                    ($0?.text ?? "") < ($1?.text ?? "")
                })
            else { return nil }
            let forms = waiting.filter { states[$0.instance]?.cursor == cursor }
            let subjects = try registry.records(of: kind, after: cursor, limit: chunk, in: transaction)
            var effect = FormEffect(today: now.local().day)
            for (id, record) in subjects {
                for form in forms {
                    guard let state = states[form.instance], let next = state.nextHorizon else { continue }
                    let before =
                        state.horizon.map { form.stretches(of: record, from: engine.origin, until: $0) } ?? []
                    let after = form.stretches(of: record, from: engine.origin, until: next)
                    effect.add(form, id, before: before, after: after)
                }
            }
            try effect.write(states, in: transaction)
            for form in forms {
                guard var state = states[form.instance] else { continue }
                if let last = subjects.last?.id {
                    state.cursor = last
                } else {
                    state.horizon = state.nextHorizon
                    state.nextHorizon = nil
                    state.cursor = nil
                    state.builtAt = now
                }
                try FormStateStore.write(state, at: now, in: transaction)
            }
            try FormStateStore.bump(in: transaction)
            return subjects.count
        }
    }

    /// Brings the totals to today, so that opening a form sums few steps. Right without it, only slower.
    func settle() async throws {
        let (engine, now) = (engine, house.clock.now())
        let today = now.local().day
        for form in engine.library.forms {
            try await house.database.write { transaction in
                guard var state = try engine.states(in: transaction)[form.instance], state.settled < today else {
                    return
                }
                try transaction.later(
                    """
                    INSERT INTO form_totals (form, area, cell, count)
                    SELECT form, area, cell, SUM(delta) FROM form_steps
                    WHERE form = \(form.instance) AND day > \(state.settled) AND day <= \(today)
                    GROUP BY form, area, cell
                    ON CONFLICT (form, area, cell) DO UPDATE SET count = form_totals.count + excluded.count
                    """)
                state.settled = today
                try FormStateStore.write(state, at: now, in: transaction)
                try FormStateStore.bump(in: transaction)
            }
        }
    }
}
