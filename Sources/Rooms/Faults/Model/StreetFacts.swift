import Cases
import Desk
import Ground
import Mandates
import Workload

/// What the records say of one street; all that the three faults are judged by.
struct StreetFacts: Sendable, Hashable {
    var street: AreaPrefix
    var held: [HeldPower] = []
    /// Matters that came up in the street, of categories that some power decides.
    var matters: [GivenMatter] = []
    /// What the street said by the reasons of its acts, and what it asked those above to decide.
    var symptoms: [SymptomRecord] = []
    var load: StreetLoad?
    /// What was accepted and not paid.
    var debts: [UnpaidContract] = []

    /// The faults of the street. Pure: the same facts give the same findings.
    func findings(_ rules: FaultRules, on day: Day) -> [Finding] {
        rules.powers.flatMap { scope -> [Finding] in
            let matters = matters.filter { matter in scope.categories.contains { matter.category.hasPrefix($0) } }
            return [
                notReal(scope, matters, rules), inconsistent(scope, matters, rules),
            ].compactMap { $0 }
        } + unmatched(rules, on: day)
    }

    private func power(_ code: String) -> HeldPower? { held.first { $0.code == code } }

    /// 不真放: since the street holds it, most matters still went to a department.
    /// Or the street still asked those above to decide.
    private func notReal(
        _ scope: FaultRules.PowerScope, _ matters: [GivenMatter], _ rules: FaultRules
    ) -> Finding? {
        let code = scope.power
        guard let power = power(code) else { return nil }
        let since = matters.filter { $0.receivedAt >= power.since && $0.body != nil }
        let above = since.filter { $0.isAbove(street) }
        let asked = symptoms.filter { one in
            one.symptom == nil && one.step.at >= power.since
                && since.contains { $0.id == one.step.matter && !$0.isAbove(street) }
        }
        let decided = above.count + Set(asked.map(\.step.matter)).count
        guard since.count >= rules.fewest, decided * 1_000 > rules.decidedAbove * since.count else { return nil }
        let also = LocalizedText(
            asked.isEmpty ? "" : "，\(decided - above.count) 件仍提请上级决定",
            asked.isEmpty ? "" : ", and \(decided - above.count) were still put to those above")
        return Finding(
            fault: .notReal, street: street, power: code,
            text: LocalizedText(
                "“\(power.title.chinese)”赋权后 \(since.count) 件相关事项中，\(above.count) 件仍由上级部门办理\(also.chinese)",
                "Since “\(power.title.english)” was given, \(above.count) of \(since.count) matters still went to a department\(also.english)"
            ),
            evidence: [power.evidence] + above.map(\.evidence) + asked.map(\.evidence))
    }

    /// 不一致: the street itself was given matters that need a power which it did not hold then.
    private func inconsistent(
        _ scope: FaultRules.PowerScope, _ matters: [GivenMatter], _ rules: FaultRules
    ) -> Finding? {
        let code = scope.power
        let since = power(code)?.since
        let without = matters.filter { matter in
            matter.body != nil && !matter.isAbove(street) && (since.map { matter.receivedAt < $0 } ?? true)
        }
        // What was before the grant is mended by it.
        let kept = Set(without.map(\.id))
        let lacking = symptoms(.powerless, scope.categories).filter { !kept.contains($0.step.matter) }
        let count = without.count + Set(lacking.map(\.step.matter)).count
        guard since == nil, count >= rules.fewest else { return nil }
        return Finding(
            fault: .inconsistent, street: street, power: code,
            text: LocalizedText(
                "\(count) 件须有权力 \(code) 才能办的事项派给了没有这项权力的街道",
                "\(count) matters that need the power \(code) were given to a street that does not hold it"),
            evidence: without.map(\.evidence) + lacking.map(\.evidence))
    }

    /// 不配套: people, money, what a power needs.
    private func unmatched(_ rules: FaultRules, on day: Day) -> [Finding] {
        var findings: [Finding] = []
        if let load, let saturation = load.saturation, saturation > rules.saturation {
            findings.append(
                Finding(
                    fault: .unmatched, street: street, power: nil,
                    text: LocalizedText(
                        "任务需要的工时是可用工时的 \(Self.percent(saturation))，\(load.over) 个岗位有月份超负荷",
                        "Tasks need \(Self.percent(saturation)) of the hours there are; \(load.over) posts are over in some month"
                    ), evidence: [load.evidence]))
        }
        let late = debts.filter { $0.until + rules.unpaidDays < day }
        if !late.isEmpty {
            let yuan = late.map(\.yuan).reduce(0, +)
            findings.append(
                Finding(
                    fault: .unmatched, street: street, power: nil,
                    text: LocalizedText(
                        "\(late.count) 份合同已验收，期满 \(rules.unpaidDays) 天后仍欠 \(yuan) 元",
                        "\(late.count) contracts were accepted and \(yuan) yuan are still owed \(rules.unpaidDays) days after they ended"
                    ), evidence: late.map(\.evidence)))
        }
        let unable = symptoms.filter { $0.symptom == .unable }
        let stood = Set(unable.map(\.step.matter)).count
        if stood >= rules.fewest {
            findings.append(
                Finding(
                    fault: .unmatched, street: street, power: nil,
                    text: LocalizedText(
                        "街道在 \(stood) 件事项中说明缺人、缺钱或缺设备（接不住）",
                        "In \(stood) matters the street said it lacks people, money or equipment"),
                    evidence: unable.map(\.evidence)))
        }
        for power in held where !power.lacks.isEmpty {
            findings.append(
                Finding(
                    fault: .unmatched, street: street, power: power.code,
                    text: LocalizedText(
                        "“\(power.title.chinese)”条件不足：" + power.lacks.map(\.chinese).joined(separator: "；"),
                        "“\(power.title.english)” lacks: " + power.lacks.map(\.english).joined(separator: "; ")),
                    evidence: [power.evidence]))
        }
        return findings
    }

    private static func percent(_ perMille: Int64) -> String { "\(perMille / 10).\(perMille % 10)%" }
}

extension GivenMatter {
    /// Whether somebody above the street has it.
    func isAbove(_ street: AreaPrefix) -> Bool { bodyLine != nil || bodyArea.map { $0.level < street.level } ?? false }

    var evidence: Evidence {
        Evidence(
            kind: .matter, name: number, address: "/cases/\(id)",
            text: LocalizedText("承办：\(bodyName ?? "—")", "Given to \(bodyName ?? "—")"))
    }
}

extension HeldPower {
    var evidence: Evidence {
        Evidence(
            kind: .power, name: code, address: "/powers/\(code)",
            text: LocalizedText("赋权文书 \(instrument)", "Instrument \(instrument)"))
    }
}

extension UnpaidContract {
    var evidence: Evidence {
        Evidence(
            kind: .contract, name: number, address: "/contracts/\(id)",
            text: LocalizedText("欠 \(yuan) 元", "\(yuan) yuan owed"))
    }
}

extension StreetLoad {
    var evidence: Evidence {
        Evidence(
            kind: .load, name: area.code, address: "/workload?area=\(area.code)",
            text: LocalizedText(
                "需 \(load / 60) 小时，有 \(capacity / 60) 小时，\(posts) 个岗位",
                "\(load / 60) hours needed, \(capacity / 60) there, \(posts) posts"))
    }
}
