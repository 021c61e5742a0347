import Desk
import Ground
import Hummingbird
import Storage
import Web

/// Rulings as rules, for programs.
extension Cases {
    private struct Ending: Decodable {
        var reason: String?
    }

    func addRulingsAPI(to routes: Routes) {
        let work = RulingWork(cases: self)
        routes.api(Self.listRulings, right: .caseRead) { staff, _ in
            let after = staff.visit.query.filled("after").flatMap { Identifier<RoutingRule>(parsing: $0) }
            let found = try await house.database.read { try RoutingRuleStore.page(after: after, limit: 51, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("rules")
                    writer.array(found.prefix(50)) { Self.write($1, to: &$0) }
                    writer.member("next", found.count > 50 ? found[49].id.text : nil)
                })
        }
        routes.api(Self.previewRuling, right: .caseRule) { staff, submission in
            let request = try submission.decode(RulingRequest.self)
            let scope = staff.scope
            let now = staff.visit.now
            let (rule, conflicts, count) = try await house.database.read { transaction in
                let rule = try work.rule(request, by: scope, at: now, in: transaction)
                return (
                    rule, try work.conflicts(of: rule, in: transaction),
                    try RoutingRuleStore.changedCount(
                        by: rule, leaves: work.leaves(of: rule), at: now, for: scope, most: 1_000, in: transaction)
                )
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("rule")
                    Self.write(rule, to: &writer)
                    writer.key("conflicts")
                    writer.array(conflicts) { Self.write($1, to: &$0) }
                    writer.member("changed", Int64(count))
                })
        }
        routes.api(Self.adoptRuling, right: .caseRule) { staff, submission in
            let request = try submission.decode(RulingRequest.self)
            let scope = staff.scope
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                var writer = JSONWriter()
                Self.write(try work.adopt(request, by: scope, at: now, in: transaction), to: &writer)
                return .json(writer.finish(), status: 201)
            }
        }
        routes.api(Self.endRuling, right: .caseRule) { staff, submission in
            let id: Identifier<RoutingRule> = try staff.visit.identifier()
            let reason = try submission.decode(Ending.self).reason ?? ""
            let scope = staff.scope
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                try work.end(id, reason: reason, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
        routes.api(Self.undoRuling, right: .caseRule) { staff, submission in
            let id: Identifier<RoutingRule> = try staff.visit.identifier()
            let scope = staff.scope
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                try work.undo(id, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
        routes.api(Self.changedByRuling, right: .caseRead) { staff, _ in
            let id: Identifier<RoutingRule> = try staff.visit.identifier()
            let after = staff.visit.query.filled("after").flatMap { CaseID(parsing: $0) }
            let scope = staff.scope
            let now = staff.visit.now
            let found = try await house.database.read { transaction in
                guard let rule = try RoutingRuleStore.find(id, in: transaction) else { throw Refusal.nothingHere }
                return try RoutingRuleStore.changed(
                    by: rule, leaves: work.leaves(of: rule), at: now, for: scope, after: after, limit: 51,
                    in: transaction)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("cases")
                    writer.array(found.prefix(50)) { CaseJSON.write($1, to: &$0) }
                    writer.member("next", found.count > 50 ? found[49].id.text : nil)
                })
        }
    }

    static func write(_ rule: RoutingRule, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", rule.id)
            writer.member("version", Int64(rule.version))
            writer.member("matter", rule.matter)
            writer.member("number", rule.number)
            writer.member("ruledAt", rule.ruledAt)
            writer.member("reason", rule.reason)
            writer.member("category", rule.category)
            writer.member("area", rule.area.code)
            writer.key("words")
            writer.array(rule.words) { $0.value($1) }
            writer.member("body", rule.body)
            writer.member("from", rule.from.description)
            writer.member("until", rule.until?.description)
            writer.member("replaces", rule.replaces)
            writer.member("adoptedAt", rule.adoptedAt)
            writer.member("endedAt", rule.endedAt)
        }
    }

    static let routingRule = Schema.named(
        "RoutingRule",
        .object([
            .init("id", .identifier), .init("version", .integer(minimum: 1)), .init("matter", .identifier),
            .init("number", .text), .init("ruledAt", .instant), .init("reason", .text), .init("category", .text),
            .init("area", .text), .init("words", .array(.text)), .init("body", .identifier),
            .init("from", .string(format: "date")), .init("until", .nullable(.string(format: "date"))),
            .init("replaces", .nullable(.identifier)), .init("adoptedAt", .instant),
            .init("endedAt", .nullable(.instant)),
        ]))

    private static let asked = Schema.object([
        .init("matter", .identifier, "the matter that was ruled on"),
        .init(
            "category", .nullable(.string(pattern: "^([0-9]{2}){1,3}$")), required: false, "the matter's own without"),
        .init("area", .nullable(.text), required: false, "the matter's own without"),
        .init("words", .nullable(.array(.string(maximum: RoutingRule.longestWord))), required: false),
        .init("from", .nullable(.string(format: "date")), required: false),
        .init("until", .nullable(.string(format: "date")), required: false),
        .init("replaces", .nullable(.identifier), required: false),
        .init("seen", .nullable(.array(.identifier)), required: false, "rules in conflict that were looked at"),
    ])

    private static let listRulings = APIOperation(
        .get, "/rulings", id: "listRulings", tag: "cases",
        summary: LocalizedText("采纳为规则的裁定", "Rulings that hold as rules"),
        query: [.init("after", .identifier, required: false)],
        response: .object([.init("rules", .array(routingRule)), .init("next", .nullable(.text))]))

    private static let previewRuling = APIOperation(
        .post, "/rulings/preview", id: "previewRuling", tag: "cases",
        summary: LocalizedText("采纳前看冲突与影响（不写入）", "Conflicts and effect before a ruling is adopted; nothing is written"),
        request: asked,
        response: .object([
            .init("rule", routingRule), .init("conflicts", .array(routingRule)),
            .init("changed", .integer(minimum: 0), "of the last 90 days, at most 1,000 are counted"),
        ]))

    private static let adoptRuling = APIOperation(
        .post, "/rulings", id: "adoptRuling", tag: "cases",
        summary: LocalizedText("把裁定采纳为派单规则", "Make a ruling a rule"), request: asked, status: 201,
        response: routingRule)

    private static let endRuling = APIOperation(
        .post, "/rulings/{id}/end", id: "endRuling", tag: "cases", summary: LocalizedText("终止规则", "End a rule"),
        request: .object([.init("reason", .string(minimum: 2, maximum: 200))]), status: 204)

    private static let undoRuling = APIOperation(
        .post, "/rulings/{id}/undo", id: "undoRuling", tag: "cases",
        summary: LocalizedText("撤销采纳（10 分钟内）", "Take an adoption back, within 10 minutes"), status: 204)

    private static let changedByRuling = APIOperation(
        .get, "/rulings/{id}/changed", id: "listChangedByRuling", tag: "cases",
        summary: LocalizedText("近 90 天会改派的件", "Matters of the last 90 days that would have gone elsewhere"),
        query: [.init("after", .identifier, required: false)], response: CaseJSON.page)
}
