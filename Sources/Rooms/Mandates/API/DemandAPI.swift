import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/demands`: the gate for programs. A department's own system files here, and gets the same answer as its people.
struct DemandAPI: Sendable {
    let mandates: Mandates
    private static let tag = "demands"

    func add(to routes: Routes) {
        reading(routes)
        filing(routes)
        acting(routes)
    }

    private static let finding = Schema.object([
        .init("question", .string(values: GateAnswer.Question.allCases.map(\.rawValue))),
        .init("weight", .string(values: GateAnswer.Weight.allCases.map(\.rawValue))), .init("text", .text),
        .init("rule", .text),
    ])

    private static let load = Schema.nullable(
        .object(
            [
                "minutes", "unstaffedMinutes", "posts", "overBefore", "overAfter", "before", "after", "offsetMinutes",
                "bearable",
            ].map { .init($0, .integer(minimum: 0)) }))

    private static let answer = Schema.named(
        "GateAnswer",
        .object([
            .init("verdict", .string(values: GateAnswer.Verdict.allCases.map(\.rawValue))),
            .init("priceYuan", .integer(minimum: 0)), .init("missingYuan", .integer(minimum: 0)),
            .init("findings", .array(finding)), .init("load", load),
        ]))

    private static let demand = Schema.named(
        "Demand",
        .object([
            .init("id", .identifier), .init("number", .text),
            .init("kind", .string(values: DemandKind.allCases.map(\.rawValue))), .init("title", .text),
            .init("purpose", .text), .init("item", .nullable(.text)), .init("basis", .nullable(.text)),
            .init("area", .text), .init("level", .text), .init("minutes", .integer(minimum: 0)),
            .init("times", .integer(minimum: 0)), .init("from", .string(format: "date")),
            .init("until", .nullable(.string(format: "date"))), .init("yuan", .integer(minimum: 0)),
            .init("evidence", .integer(minimum: 0)), .init("byHired", .boolean), .init("body", .text),
            .init("stage", .string(values: DemandStage.allCases.map(\.rawValue))), .init("dueAt", .nullable(.instant)),
            .init("version", .integer(minimum: 1)), .init("answer", answer),
            .init(
                "hearings",
                .array(
                    .object([
                        .init("area", .text), .init("answer", .nullable(.text)), .init("words", .text),
                        .init("at", .nullable(.instant)),
                    ]))),
        ]))

    private func reading(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/demands", id: "listDemands", tag: Self.tag,
                summary: LocalizedText("准入事项", "What was asked of the grassroots, the newest first"),
                query: [
                    .init("stage", .string(values: DemandStage.allCases.map(\.rawValue)), required: false),
                    .init("after", .identifier, required: false),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ], response: .object([.init("items", .array(Self.demand)), .init("next", .nullable(.text))])),
            right: .readMandates
        ) { staff, _ in
            let query = staff.visit.query
            let stages = try Self.stages(query)
            let limit = try Self.limit(query)
            let after = query.filled("after")
            let found = try await mandates.house.database.read {
                try DemandStore.page(for: staff.scope, stages: stages, after: after, limit: limit + 1, in: $0)
            }
            let visit = staff.visit
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(limit)) { Self.write($1, [], visit, to: &$0) }
                    writer.member("next", found.count > limit ? found[limit - 1].id.text : nil)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/demands/{id}", id: "readDemand", tag: Self.tag,
                summary: LocalizedText("一件准入事项", "One demand with what the streets said"), response: Self.demand),
            right: .readMandates
        ) { staff, _ in
            let id: DemandID = try staff.visit.identifier()
            let (demand, hearings) = try await mandates.house.database.read { transaction in
                guard let demand = try DemandStore.find(id, for: staff.scope, in: transaction) else {
                    throw Refusal.nothingHere
                }
                return (demand, try DemandStore.hearings(of: id, in: transaction))
            }
            return Answer.json(Self.json(demand, hearings, staff.visit), version: demand.version).response
        }
    }

    private static func stages(_ query: QueryParameters) throws(Refusal) -> [DemandStage] {
        guard let text = query.filled("stage") else { return [] }
        guard let stage = DemandStage(rawValue: text) else { throw ListAPI.wrong("stage") }
        return [stage]
    }

    private static func limit(_ query: QueryParameters) throws(Refusal) -> Int {
        guard let text = query.filled("limit") else { return 50 }
        guard let number = Int(text), (1...200).contains(number) else { throw ListAPI.wrong("limit") }
        return number
    }

    private struct Filed: Decodable {
        var kind: DemandKind
        var title: String
        var purpose: String
        var item: String?
        var basis: String?
        var area: String
        var level: AreaLevel
        var minutes: Int64
        var times: Int64
        var from: Day
        var until: Day?
        var yuan: Int64?
        var evidence: Int64?
        var power: String?
        var byHired: Bool?
        var characters: Int64?
        var veto: String?

        var content: DemandContent {
            DemandContent(
                kind: kind, title: title, purpose: purpose, item: item, basis: basis, area: area, level: level,
                minutes: minutes, times: times, from: from, until: until, yuan: yuan ?? 0, evidence: evidence ?? 0,
                power: power, isByHired: byHired ?? false, characters: characters, veto: veto)
        }
    }

    private static let filed = Schema.named(
        "NewDemand",
        .object([
            .init("kind", .string(values: DemandKind.allCases.map(\.rawValue))),
            .init("title", .string(minimum: 1, maximum: 60)), .init("purpose", .string(minimum: 1, maximum: 500)),
            .init("item", .nullable(.string(maximum: 12)), required: false),
            .init("basis", .nullable(.string(maximum: 200)), required: false), .init("area", .text),
            .init("level", .string(values: ["street", "community", "grid"])),
            .init("minutes", .integer(minimum: 1, maximum: ListCheck.mostMinutes), "of one time in one area"),
            .init("times", .integer(minimum: 1, maximum: ListCheck.mostTimes), "in the whole period, in each area"),
            .init("from", .string(format: "date")), .init("until", .nullable(.string(format: "date")), required: false),
            .init("yuan", .nullable(.integer(minimum: 0, maximum: 1_000_000_000)), required: false),
            .init("evidence", .nullable(.integer(minimum: 0, maximum: 1_000)), required: false),
            .init("power", .nullable(.string(maximum: 40)), required: false),
            .init("byHired", .nullable(.boolean), required: false),
            .init("characters", .nullable(.integer(minimum: 0, maximum: 1_000_000)), required: false, "of a paper"),
            .init("veto", .nullable(.string(maximum: 40)), required: false, "one of the register"),
        ]))

    private func filing(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/demands/answer", id: "askGate", tag: Self.tag,
                summary: LocalizedText("先看审查结论，不提出", "What the gate would say; nothing is filed"), request: Self.filed,
                response: Self.answer), right: .fileDemand
        ) { staff, submission in
            let content = try submission.decode(Filed.self).content
            let answer = try await mandates.answer(to: content, by: staff.scope, at: staff.visit.now)
            let visit = staff.visit
            var writer = JSONWriter()
            Self.write(answer, visit, to: &writer)
            return Answer.json(writer.finish()).response
        }
        routes.api(
            APIOperation(
                .post, "/demands", id: "fileDemand", tag: Self.tag,
                summary: LocalizedText("提出事项；当场给出审查结论", "File a demand; the gate answers at once"), request: Self.filed,
                status: 201, response: Self.demand), right: .fileDemand
        ) { staff, submission in
            let content = try submission.decode(Filed.self).content
            let (mandates, scope, visit) = (mandates, staff.scope, staff.visit)
            let answer = try await mandates.answer(to: content, by: scope, at: visit.now)
            return try await visit.write(submission) { transaction in
                let demand = try mandates.file(content, answer: answer, by: scope, at: visit.now, in: transaction)
                return .json(Self.json(demand, [], visit), status: 201, version: demand.version)
            }
        }
    }

    private func acting(_ routes: Routes) {
        struct Asked: Decodable {
            var act: String
            var words: String?
        }
        let acts = [
            "agree", "object", "admit", "offer", "refuse", "accept", "appeal", "uphold", "overturn", "withdraw",
        ]
        routes.api(
            APIOperation(
                .post, "/demands/{id}/acts", id: "actOnDemand", tag: Self.tag,
                summary: LocalizedText("办理准入事项", "Do what can be done with a demand"),
                request: .named(
                    "DemandAct",
                    .object([
                        .init("act", .string(values: acts)),
                        .init("words", .nullable(.string(maximum: Mandates.longestWords)), required: false),
                    ])), response: Self.demand), right: .readMandates
        ) { staff, submission in
            let asked = try submission.decode(Asked.self)
            guard acts.contains(asked.act) else { throw ListAPI.wrong("act") }
            let command = try DemandPage.command(asked.act, words: asked.words ?? "")
            let id: DemandID = try staff.visit.identifier()
            let (mandates, scope, visit, seen) = (mandates, staff.scope, staff.visit, submission.seenVersion)
            return try await visit.write(submission) { transaction in
                let demand = try mandates.act(command, on: id, seen: seen, by: scope, at: visit.now, in: transaction)
                let hearings = try DemandStore.hearings(of: id, in: transaction)
                return .json(Self.json(demand, hearings, visit), version: demand.version)
            }
        }
    }

    // MARK: Writing

    private static func json(_ demand: Demand, _ hearings: [Hearing], _ visit: Visit) -> [UInt8] {
        var writer = JSONWriter()
        write(demand, hearings, visit, to: &writer)
        return writer.finish()
    }

    private static func write(_ demand: Demand, _ hearings: [Hearing], _ visit: Visit, to writer: inout JSONWriter) {
        let terms = demand.terms
        writer.object { writer in
            writer.member("id", demand.id)
            writer.member("number", demand.number)
            writer.member("kind", terms.kind.rawValue)
            writer.member("title", terms.title)
            writer.member("purpose", terms.purpose)
            writer.member("item", terms.item)
            writer.member("basis", terms.basis)
            writer.member("area", terms.area)
            writer.member("level", terms.level.rawValue)
            writer.member("minutes", terms.minutes)
            writer.member("times", terms.times)
            writer.member("from", terms.from.description)
            writer.member("until", terms.until?.description)
            writer.member("yuan", terms.yuan)
            writer.member("evidence", terms.evidence)
            writer.member("byHired", terms.isByHired)
            writer.member("body", demand.bodyName)
            writer.member("stage", demand.stage.rawValue)
            writer.member("dueAt", demand.dueAt)
            writer.member("version", demand.version)
            writer.key("answer")
            write(demand.answer, visit, to: &writer)
            writer.key("hearings")
            writer.array(hearings) { writer, hearing in
                writer.object { writer in
                    writer.member("area", hearing.area.code)
                    writer.member("answer", hearing.answer?.rawValue)
                    writer.member("words", hearing.words)
                    writer.member("at", hearing.at)
                }
            }
        }
    }

    private static func write(_ answer: GateAnswer, _ visit: Visit, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("verdict", answer.verdict.rawValue)
            writer.member("priceYuan", answer.priceYuan)
            writer.member("missingYuan", answer.missingYuan)
            writer.key("findings")
            writer.array(answer.findings) { writer, finding in
                writer.object { writer in
                    writer.member("question", finding.question.rawValue)
                    writer.member("weight", finding.weight.rawValue)
                    writer.member("text", visit(finding.text))
                    writer.member("rule", finding.rule)
                }
            }
            writer.key("load")
            guard let load = answer.load else { return writer.null() }
            writer.object { writer in
                writer.member("minutes", load.minutes)
                writer.member("unstaffedMinutes", load.unstaffedMinutes)
                writer.member("posts", load.posts)
                writer.member("overBefore", load.overBefore)
                writer.member("overAfter", load.overAfter)
                writer.member("before", load.before)
                writer.member("after", load.after)
                writer.member("offsetMinutes", load.offsetMinutes)
                writer.member("bearable", load.bearable)
            }
        }
    }
}
