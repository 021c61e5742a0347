import Cases
import Desk
import Ground

/// What a street said by its acts about matters that some power decides.
struct SymptomRecord: Sendable, Hashable {
    var step: GivenStep
    /// Nil for an act that asks those above to decide.
    var symptom: FaultRules.Symptom.Key?

    var evidence: Evidence {
        Evidence(
            kind: .matter, name: step.number, address: "/cases/\(step.matter)",
            text: LocalizedText(
                "街道\(step.actTitle.chinese)（\(step.at.local().day)）",
                "The street: \(step.actTitle.english), \(step.at.local().day)"))
    }
}

/// How often each symptom was told of one power in one street.
struct SymptomCount: Sendable, Hashable {
    var street: AreaPrefix
    var power: String
    var counts: [FaultRules.Symptom.Key: Int64]
    /// Asked of those above.
    var approvals: Int64
}

extension StreetFacts {
    func symptoms(_ key: FaultRules.Symptom.Key, _ categories: [String]) -> [SymptomRecord] {
        symptoms.filter { one in
            one.symptom == key && categories.contains { one.step.category.hasPrefix($0) }
        }
    }

    /// By power; those of which nothing was said are left out.
    func symptomCounts(_ rules: FaultRules) -> [SymptomCount] {
        rules.powers.compactMap { scope in
            let own = symptoms.filter { one in scope.categories.contains { one.step.category.hasPrefix($0) } }
            guard !own.isEmpty else { return nil }
            let counts = Dictionary(grouping: own.compactMap(\.symptom)) { $0 }.mapValues { Int64($0.count) }
            return SymptomCount(
                street: street, power: scope.power, counts: counts,
                approvals: Int64(own.filter { $0.symptom == nil }.count))
        }
    }
}
