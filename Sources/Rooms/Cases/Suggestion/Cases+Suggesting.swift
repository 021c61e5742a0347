import Desk
import Ground
import Identity
import Storage

extension Cases {
    /// What the platform proposes for a matter as it stands. Where people decided already, the rest follows from that.
    /// - Parameter choices: the bodies it could be given to.
    func suggestion(for record: CaseRecord, among choices: [BodyFacts], in transaction: any Transaction) throws
        -> MatterSuggestion
    {
        let category = suggester.category(title: record.title, detail: record.detail)
        let area = suggester.area(of: record)
        let place = area.candidates.first { $0.confidence >= suggester.rules.prefill.area }?.value ?? record.area
        var suggestion = MatterSuggestion(
            category: category, area: .init(candidates: area.candidates, words: area.words), location: area.location,
            body: .init(candidates: [], words: []), past: nil)
        guard !choices.isEmpty, let kind = record.category ?? category.best?.value else { return suggestion }
        let now = house.clock.now()
        let ruling = try RulingWork(cases: self).deciding(
            record, category: kind, area: place, at: now, in: transaction)
        let (body, past) = suggester.rules.body(
            for: place, line: rules.categories[kind]?.line, past: try DispatchStore.past(of: kind, in: transaction),
            among: choices)
        suggestion.body = body
        suggestion.past = past
        if let ruling, choices.contains(where: { $0.id == ruling.body }) {
            // Ruled on: what was done before says no more about it.
            suggestion.body = .init(candidates: [.init(value: ruling.body, confidence: 1)], words: [])
            suggestion.past = nil
            suggestion.ruling = ruling
        }
        if suggestion.ruling == nil, let best = choices.first(where: { $0.id == suggestion.body.best?.value }) {
            let peers = FairShare.peers(
                of: best, among: choices.filter { $0.area.contains(place) || place.contains($0.area) })
            let candidates = choices.filter { $0.id == best.id || peers.contains($0.id) }
            suggestion.fair = suggester.rules.fair.finding(
                for: best.id, peers: peers, open: try CaseStore.open(of: candidates.map(\.id), in: transaction),
                saturation: fullness(of: candidates))
        }
        // For whom it is depends on what it is: no surer than that.
        if record.category == nil, let share = category.best?.confidence {
            suggestion.body.candidates = suggestion.body.candidates.map {
                .init(value: $0.value, confidence: $0.confidence * share)
            }
        }
        return suggestion
    }

    /// A department's posts stand at the county with everybody else's there: only what it has open is known of it.
    private func fullness(of bodies: [BodyFacts]) -> [BodyID: Int64] {
        bodies.reduce(into: [:]) { found, body in
            guard body.line == nil else { return }
            found[body.id] = saturation.saturation(of: body.area)
        }
    }

    var suggestionJobs: [Job] {
        [
            Job("suggestions", every: .seconds(20)) { [suggester] in try await suggester.refresh() },
            Job("count-decisions", every: .seconds(30)) { try await countDecisions() },
        ]
    }
}
