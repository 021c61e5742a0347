import Cipher
import Desk
import Ground
import Identity
import Ledger
import Storage

/// What somebody wants a ruling to become.
struct RulingRequest: Decodable, Sendable {
    /// The matter that was ruled on.
    var matter: String?
    var category: String?
    var area: String?
    /// Words, one of which must stand in the matter.
    var words: [String]?
    var from: String?
    var until: String?
    /// The rule that this one takes the place of.
    var replaces: String?
    /// The conflicting rules that were shown before.
    var seen: [String]?
}

/// Turns rulings into rules, ends them, and says beforehand what they change.
struct RulingWork: Sendable {
    let cases: Cases

    // MARK: Reading

    /// The latest ruling of a matter: the step whose act binds the body that it names.
    func ruling(of record: CaseRecord, in transaction: any Transaction) throws -> CaseStep? {
        let binding = Set(cases.rules.workflow(of: record).acts.filter(\.binds).map(\.name))
        return try CaseStore.steps(of: record.id, in: transaction).last {
            binding.contains($0.act) && $0.givenTo != nil
        }
    }

    /// The rule that a request asks for, as it would stand. Nothing is stored.
    func rule(
        _ request: RulingRequest, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> RoutingRule {
        guard let matter = request.matter.flatMap({ CaseID(parsing: $0) }),
            let record = try CaseStore.find(matter, for: scope, in: transaction)
        else { throw wrong("matter", "没有这一件", "There is no such matter") }
        guard let step = try ruling(of: record, in: transaction), let body = step.givenTo else {
            throw wrong("matter", "该件没有裁定过由谁主办", "Nobody has ruled on this matter")
        }
        let category = request.category?.trimmed ?? record.category ?? ""
        guard cases.rules.categories[category] != nil else {
            throw wrong("category", "没有这个类别", "There is no such category")
        }
        guard let area = AreaPrefix((request.area ?? record.area.code).trimmed), scope.area.contains(area) else {
            throw wrong("area", "请选择本辖区内的区域", "Choose an area within your own")
        }
        guard try bodyActs(body, in: area, transaction) else {
            throw wrong("area", "裁定的承办单位不管这一区域", "The body of the ruling does not act in that area")
        }
        let words = (request.words ?? []).map(\.trimmed).filter { !$0.isEmpty }
        guard words.count <= RoutingRule.mostWords, words.allSatisfy({ $0.count <= RoutingRule.longestWord }) else {
            throw wrong(
                "words", "最多 \(RoutingRule.mostWords) 个词，每个不超过 \(RoutingRule.longestWord) 字",
                "At most \(RoutingRule.mostWords) words of \(RoutingRule.longestWord) characters")
        }
        let today = now.local().day
        let from = try day(request.from, "from") ?? today
        let until = try day(request.until, "until")
        guard from >= today else { throw wrong("from", "不能从过去的日子起算", "It cannot hold from a day that has passed") }
        guard until.map({ $0 >= from }) ?? true else {
            throw wrong("until", "终止日早于起始日", "It would end before it begins")
        }
        var replaced: RoutingRule?
        if let text = request.replaces, !text.isEmpty {
            replaced = try Identifier<RoutingRule>(parsing: text).flatMap {
                try RoutingRuleStore.find($0, in: transaction)
            }
            guard replaced?.endedAt == nil, replaced != nil else {
                throw wrong("replaces", "被替换的规则已不存在或已终止", "The rule to replace is not there or has ended")
            }
        }
        return RoutingRule(
            id: cases.house.identifiers.next(at: now), version: (replaced?.version ?? 0) + 1, category: category,
            area: area, words: words, body: body, matter: record.id, number: record.number, ruledAt: step.at,
            reason: step.opinion ?? "", from: from, until: until, adoptedBy: scope.staff, adoptedAt: now,
            replaces: replaced?.id)
    }

    private func bodyActs(_ body: BodyID, in area: AreaPrefix, _ transaction: any Transaction) throws -> Bool {
        guard let facts = try cases.bodies.body(body, in: transaction) else { return false }
        return facts.area.contains(area) || area.contains(facts.area)
    }

    private func day(_ text: String?, _ field: String) throws -> Day? {
        guard let text, !text.isEmpty else { return nil }
        guard let day = Day(text) else { throw wrong(field, "日期请写 2026-11-21", "Write the day as 2026-11-21") }
        return day
    }

    private func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "cases.ruling-\(field)", LocalizedText(chinese, english), field: field)
    }

    /// Rules in force that send some of the same matters elsewhere; the one that is replaced is none.
    func conflicts(of rule: RoutingRule, in transaction: any Transaction) throws -> [RoutingRule] {
        try RoutingRuleStore.inForce(in: transaction).filter { $0.id != rule.replaces && rule.conflicts(with: $0) }
    }

    func leaves(of rule: RoutingRule) -> [String] {
        cases.rules.categories.leaves.map(\.code).filter { $0.hasPrefix(rule.category) }
    }

    /// By ruling: the rule that decides a matter of this category there.
    func deciding(
        _ record: CaseRecord, category: String, area: AreaPrefix, at now: Instant, in transaction: any Transaction
    ) throws -> RoutingRule? {
        RoutingRule.deciding(
            try RoutingRuleStore.inForce(for: category, in: transaction), category: category, area: area,
            text: record.title + "\n" + record.detail, on: now.local().day)
    }

    // MARK: Writing

    /// Makes a ruling a rule: one act. A conflict that was not shown before stops it.
    func adopt(
        _ request: RulingRequest, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> RoutingRule {
        let rule = try rule(request, by: scope, at: now, in: transaction)
        let unseen = try conflicts(of: rule, in: transaction).filter { request.seen?.contains($0.id.text) != true }
        guard unseen.isEmpty else {
            throw Refusal(
                .conflict, "cases.ruling-conflict",
                LocalizedText(
                    "与 \(unseen.count) 条现行规则不一致：\(unseen.map(\.number).prefix(5).joined(separator: "、"))",
                    "It disagrees with \(unseen.count) rule(s) in force: \(unseen.map(\.number).prefix(5).joined(separator: ", "))"
                ),
                wayOn: LocalizedText(
                    "请先查看冲突，再确认采纳；更具体的规则优先", "Look at them first, then adopt it; the more specific rule decides"),
                rule: unseen.first?.id.text, field: "seen")
        }
        if let replaced = rule.replaces {
            try RoutingRuleStore.end(replaced, reason: Self.replaced, at: now, in: transaction)
        }
        try RoutingRuleStore.insert(rule, in: transaction)
        try record("cases.ruling-adopted", rule, by: scope, at: now, in: transaction)
        return rule
    }

    static let replaced = "replaced"
    static let undone = "undone"

    func end(
        _ id: Identifier<RoutingRule>, reason text: String, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let rule = try inForce(id, by: scope, in: transaction)
        let reason = text.trimmed
        guard (2...200).contains(reason.count) else {
            throw wrong("reason", "请写明终止的理由（2–200 字）", "Say why it ends, in 2 to 200 characters")
        }
        try RoutingRuleStore.end(id, reason: reason, at: now, in: transaction)
        try record("cases.ruling-ended", rule, by: scope, at: now, in: transaction)
    }

    /// As if it had never been adopted: the rule that it replaced holds again.
    func undo(_ id: Identifier<RoutingRule>, by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        let rule = try inForce(id, by: scope, in: transaction)
        guard rule.adoptedBy == scope.staff, now <= rule.adoptedAt + RoutingRule.undoable else {
            throw Refusal(
                .conflict, "cases.ruling-too-late",
                LocalizedText("只有采纳人可在 10 分钟内撤销", "Only who adopted it can take it back, within 10 minutes"),
                wayOn: LocalizedText("请改为终止，并写明理由", "End it instead, with a reason"))
        }
        try RoutingRuleStore.end(id, reason: Self.undone, at: now, in: transaction)
        if let replaced = rule.replaces { try RoutingRuleStore.revive(replaced, in: transaction) }
        try record("cases.ruling-undone", rule, by: scope, at: now, in: transaction)
    }

    private func inForce(_ id: Identifier<RoutingRule>, by scope: Scope, in transaction: any Transaction) throws
        -> RoutingRule
    {
        guard let rule = try RoutingRuleStore.find(id, in: transaction), scope.area.contains(rule.area) else {
            throw Refusal.nothingHere
        }
        guard rule.endedAt == nil else {
            throw Refusal(
                .conflict, "cases.ruling-ended", LocalizedText("该规则已终止", "This rule has ended"),
                wayOn: LocalizedText("请刷新查看", "Reload and look again"))
        }
        return rule
    }

    private func record(
        _ act: String, _ rule: RoutingRule, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "routing-rule", rule.id, by: Actor(scope), at: now, id: cases.house.identifiers.next(at: now),
                area: rule.area.code
            ) { writer in
                writer.member("case", rule.matter.text)
                writer.member("category", rule.category)
                writer.member("body", rule.body.text)
                writer.member("fromDay", rule.from.description)
                writer.member("untilDay", rule.until?.description)
                writer.member("replaces", rule.replaces?.text)
                if !rule.words.isEmpty {
                    writer.member("words", Digest.sha256(rule.words.joined(separator: "\n")).hexadecimal)
                }
            }, in: transaction)
    }
}
