import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/powers`: the menu and its grants for programs.
struct PowerAPI: Sendable {
    let mandates: Mandates
    private static let tag = "powers"
    private static let count = Schema.integer(minimum: 0)

    private static let grant = Schema.named(
        "PowerGrant",
        .object([
            .init("id", .identifier), .init("power", .text), .init("area", .text),
            .init("stage", .string(values: PowerStage.allCases.map(\.rawValue))), .init("instrument", .text),
            .init("lacks", .array(.text)), .init("differences", .array(.text)),
            .init(
                "told",
                .object([
                    .init("staff", Self.count), .init("qualified", Self.count), .init("trainingHours", Self.count),
                    .init("equipment", .array(.text)), .init("reason", .nullable(.text)),
                ])),
            .init(
                "known",
                .object([
                    .init("staff", .nullable(Self.count)), .init("qualified", .nullable(Self.count)),
                    .init("trainingHours", .nullable(Self.count)), .init("equipment", .nullable(.array(.text))),
                ])),
            .init(
                "help",
                .array(
                    .object([
                        .init("id", .identifier),
                        .init("state", .string(values: HelpAsk.State.allCases.map(\.rawValue))),
                        .init("words", .text), .init("askedAt", .instant), .init("dueAt", .instant),
                        .init("answer", .nullable(.text)), .init("answeredAt", .nullable(.instant)),
                    ]))),
            .init("helpUntil", .nullable(.instant)), .init("dueAt", .nullable(.instant)),
            .init("version", .integer(minimum: 1)),
        ]))

    private static let acts = [
        "prepare", "refuse", "ready", "trial", "grant", "return", "exchange", "withdraw", "ask-help", "answer-help",
        "take-back-help",
    ]

    private struct Asked: Decodable {
        var act: String
        var words: String?
        var instrument: String?
        var power: String?
        var staff: Int64?
        var qualified: Int64?
        var trainingHours: Int64?
        var equipment: [String]?
        var reason: String?
        var help: String?
    }

    private struct Ordered: Decodable { var power: String }

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/powers", id: "listPowers", tag: Self.tag, summary: LocalizedText("赋权菜单", "The menu of powers"),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("code", .text), .init("title", .text), .init("line", .text),
                                .init("basis", .array(.text)), .init("advised", .boolean),
                                .init("batch", .nullable(.text)),
                                .init("from", .nullable(.string(format: "date"))),
                                .init("helper", .nullable(.text)), .init("telephone", .nullable(.text)),
                                .init("reasons", .array(.text)),
                            ])))
                ])), right: .readMandates
        ) { staff, _ in
            let visit = staff.visit
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(mandates.menuOfPowers.powers) { writer, power in
                        let advice = mandates.menuOfPowers.advice(on: power)
                        writer.object { writer in
                            writer.member("code", power.code)
                            writer.member("title", visit(power.title))
                            writer.member("line", power.line)
                            let batch = mandates.menuOfPowers.batch(of: power.code)
                            writer.member("batch", batch?.key)
                            writer.member("from", batch?.from.description)
                            let helper = mandates.menuOfPowers.help.helper(of: power.line)
                            writer.member("helper", helper.map { visit($0.title) })
                            writer.member("telephone", helper?.telephone)
                            writer.key("basis")
                            writer.array(power.basis) { $0.value($1) }
                            writer.member("advised", advice.isAdvised)
                            writer.key("reasons")
                            writer.array(advice.reasons) { $0.value(($1.isFor ? "+ " : "- ") + visit($1.text)) }
                        }
                    }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/power-grants", id: "listPowerGrants", tag: Self.tag,
                summary: LocalizedText("赋权情况", "Powers ordered, held and given back"),
                response: .object([.init("items", .array(Self.grant))])), right: .readMandates
        ) { staff, _ in
            let visit = staff.visit
            let now = visit.now
            let (grants, others) = try await mandates.house.database.read { transaction in
                let grants = try PowerStore.all(for: staff.scope, limit: 1_000, in: transaction)
                return (grants, try pages.beside(grants, at: now, in: transaction))
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(grants) { write($1, others[$1.id] ?? .init(), visit, to: &$0) }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/power-grants", id: "orderPower", tag: Self.tag, summary: LocalizedText("点单", "Order a power"),
                request: .object([.init("power", .string(minimum: 1, maximum: 20))]), status: 201, response: Self.grant),
            right: .answerDemand
        ) { staff, submission in
            let asked = try submission.decode(Ordered.self)
            let (mandates, scope, visit) = (mandates, staff.scope, staff.visit)
            return try await visit.write(submission) { transaction in
                let grant = try mandates.order(asked.power, by: scope, at: visit.now, in: transaction)
                return .json(try json(grant, visit, in: transaction), status: 201, version: grant.version)
            }
        }
        routes.api(
            APIOperation(
                .post, "/power-grants/{id}/acts", id: "actOnPowerGrant", tag: Self.tag,
                summary: LocalizedText("办理赋权", "Do what can be done with a power"),
                request: .named(
                    "PowerAct",
                    .object([
                        .init("act", .string(values: Self.acts)),
                        .init("words", .nullable(.string(maximum: Mandates.longestWords)), required: false),
                        .init("instrument", .nullable(.string(maximum: 60)), required: false),
                        .init("power", .nullable(.string(maximum: 20)), required: false),
                        .init("staff", .nullable(Self.count), required: false),
                        .init("qualified", .nullable(Self.count), required: false),
                        .init("trainingHours", .nullable(Self.count), required: false),
                        .init("equipment", .nullable(.array(.text)), required: false),
                        .init("reason", .nullable(.string(maximum: Mandates.longestWords)), required: false),
                        .init("help", .nullable(.identifier), required: false),
                    ])), response: Self.grant), right: .readMandates
        ) { staff, submission in
            let asked = try submission.decode(Asked.self)
            guard Self.acts.contains(asked.act) else { throw ListAPI.wrong("act") }
            let readiness = PowerMenu.Readiness(
                staff: asked.staff ?? 0, qualified: asked.qualified ?? 0, trainingHours: asked.trainingHours ?? 0,
                equipment: asked.equipment ?? [], reason: asked.reason)
            let command = try PowerPages.command(
                asked.act, words: asked.words ?? "", instrument: asked.instrument ?? "", power: asked.power ?? "",
                readiness: readiness, help: asked.help)
            let id: PowerGrantID = try staff.visit.identifier()
            let (mandates, scope, visit, seen) = (mandates, staff.scope, staff.visit, submission.seenVersion)
            return try await visit.write(submission) { transaction in
                let grant = try mandates.act(command, on: id, seen: seen, by: scope, at: visit.now, in: transaction)
                return .json(try json(grant, visit, in: transaction), version: grant.version)
            }
        }
    }

    private var pages: PowerPages { PowerPages(mandates: mandates) }

    private func json(_ grant: PowerGrant, _ visit: Visit, in transaction: any Transaction) throws -> [UInt8] {
        var writer = JSONWriter()
        let beside = try pages.beside([grant], at: visit.now, in: transaction)[grant.id]
        write(grant, beside ?? .init(), visit, to: &writer)
        return writer.finish()
    }

    private func write(_ grant: PowerGrant, _ beside: PowerPages.Beside, _ visit: Visit, to writer: inout JSONWriter) {
        let lacks = mandates.menuOfPowers[grant.power].map { PowerMenu.lacks($0, grant.readiness) } ?? []
        writer.object { writer in
            writer.member("id", grant.id)
            writer.member("power", grant.power)
            writer.member("area", grant.area.code)
            writer.member("stage", grant.stage.rawValue)
            writer.member("instrument", grant.instrument)
            writer.key("lacks")
            writer.array(lacks) { $0.value(visit($1)) }
            let (ready, known) = (grant.readiness, beside.known)
            writer.key("differences")
            writer.array(PowerMenu.differences(ready, known)) { $0.value(visit($1)) }
            writer.key("told")
            writer.object { writer in
                writer.member("staff", ready.staff)
                writer.member("qualified", ready.qualified)
                writer.member("trainingHours", ready.trainingHours)
                writer.key("equipment")
                writer.array(ready.equipment) { $0.value($1) }
                writer.member("reason", ready.reason)
            }
            writer.key("known")
            writer.object { writer in
                for (key, number) in [
                    ("staff", known.staff), ("qualified", known.qualified), ("trainingHours", known.trainingHours),
                ] as [(StaticString, Int64?)] {
                    writer.key(key)
                    if let number { writer.value(number) } else { writer.null() }
                }
                writer.key("equipment")
                if let equipment = known.equipment {
                    writer.array(equipment) { $0.value($1) }
                } else {
                    writer.null()
                }
            }
            writer.key("help")
            writer.array(beside.asks) { writer, ask in
                writer.object { writer in
                    writer.member("id", ask.id)
                    writer.member("state", ask.state.rawValue)
                    writer.member("words", ask.words)
                    writer.member("askedAt", ask.askedAt)
                    writer.member("dueAt", ask.dueAt)
                    writer.member("answer", ask.answer.isEmpty ? nil : ask.answer)
                    writer.member("answeredAt", ask.answeredAt)
                }
            }
            writer.member("helpUntil", mandates.helped(grant))
            writer.member("dueAt", grant.dueAt)
            writer.member("version", grant.version)
        }
    }
}
