import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/demand-burdens`, and the acts of coordination on one source.
struct BurdenAPI: Sendable {
    let mandates: Mandates
    private static let tag = "demands"
    private static let kinds = BurdenKind.allCases.map(\.rawValue)

    func add(to routes: Routes) {
        reading(routes)
        acting(routes)
    }

    private static let source = Schema.named(
        "BurdenSource",
        .object([
            .init("id", .identifier), .init("number", .text),
            .init("source", .string(values: DemandKind.allCases.map(\.rawValue))), .init("title", .text),
            .init("line", .nullable(.text)), .init("body", .text), .init("kind", .string(values: kinds)),
            .init("reason", .text), .init("isCorrected", .boolean), .init("isUnderWay", .boolean),
            .init("minutes", .integer(minimum: 0)),
            .init(
                "measures",
                .array(
                    .object([
                        .init("measure", .string(values: BurdenMeasure.allCases.map(\.rawValue))),
                        .init("day", .string(format: "date")), .init("freedMinutes", .integer(minimum: 0)),
                        .init("other", .nullable(.text)), .init("words", .text),
                    ]))),
        ]))

    private func reading(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/demand-burdens", id: "readDemandBurdens", tag: Self.tag,
                summary: LocalizedText("三类负担及其工时", "Sources of burden by kind, with their hours in a year"),
                query: [
                    .init("year", .integer(minimum: 2000, maximum: 2200), required: false),
                    .init("kind", .string(values: Self.kinds), required: false),
                ],
                response: .object([
                    .init("year", .integer(minimum: 2000)),
                    .init(
                        "shares",
                        .array(
                            .object([
                                .init("kind", .string(values: Self.kinds)), .init("count", .integer(minimum: 0)),
                                .init("minutes", .integer(minimum: 0)),
                                .init("perMille", .nullable(.integer(minimum: 0))),
                            ]))), .init("items", .array(Self.source)),
                ])), right: .readMandates
        ) { staff, _ in
            let visit = staff.visit
            let (year, kind) = (try BurdenPages.year(visit), try BurdenPages.kind(visit))
            let lines = try await BurdenPages(mandates: mandates).lines(year, for: staff.scope)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("year", year)
                    writer.key("shares")
                    writer.array(BurdenPages.shares(lines)) { writer, share in
                        writer.object { writer in
                            writer.member("kind", share.kind.rawValue)
                            writer.member("count", share.count)
                            writer.member("minutes", share.minutes)
                            writer.key("perMille")
                            if let share = share.share { writer.value(share) } else { writer.null() }
                        }
                    }
                    writer.key("items")
                    writer.array(lines.filter { kind == nil || $0.source.kind == kind }) { writer, line in
                        Self.write(line, visit, to: &writer)
                    }
                }
            ).response
        }
    }

    private static func write(_ line: BurdenPages.Line, _ visit: Visit, to writer: inout JSONWriter) {
        let source = line.source
        writer.object { writer in
            writer.member("id", source.id)
            writer.member("number", source.number)
            writer.member("source", source.source.rawValue)
            writer.member("title", source.title)
            writer.member("line", source.line)
            writer.member("body", source.bodyName)
            writer.member("kind", source.kind.rawValue)
            writer.member("reason", visit(source.reason))
            writer.member("isCorrected", source.isCorrected)
            writer.member("isUnderWay", source.isUnderWay)
            writer.member("minutes", line.minutes)
            writer.key("measures")
            writer.array(source.measures) { writer, one in
                writer.object { writer in
                    writer.member("measure", one.measure.rawValue)
                    writer.member("day", one.day.description)
                    writer.member("freedMinutes", one.freedMinutes)
                    writer.member("other", one.other)
                    writer.member("words", one.words)
                }
            }
        }
    }

    private func acting(_ routes: Routes) {
        struct Classified: Decodable {
            var kind: BurdenKind
            var words: String
        }
        struct Measured: Decodable {
            var measure: BurdenMeasure
            var minutes: Int64?
            var times: Int64?
            var other: String?
            var words: String
        }
        let words = Schema.Member("words", .string(minimum: 1, maximum: 300))
        let done = Schema.object([
            .init("id", .identifier), .init("stage", .string(values: DemandStage.allCases.map(\.rawValue))),
            .init("kind", .string(values: Self.kinds)), .init("version", .integer(minimum: 1)),
        ])
        routes.api(
            APIOperation(
                .post, "/demands/{id}/burden-kind", id: "classifyDemand", tag: Self.tag,
                summary: LocalizedText("更正负担类别（写明理由）", "Say of which kind of burden it is, and why"),
                request: .named("BurdenKindAsked", .object([.init("kind", .string(values: Self.kinds)), words])),
                response: done), right: .decideDemand
        ) { staff, submission in
            let asked = try submission.decode(Classified.self)
            let id: DemandID = try staff.visit.identifier()
            let (mandates, scope, now) = (mandates, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let demand = try mandates.classify(
                    id, as: asked.kind, words: asked.words, by: scope, at: now, in: transaction)
                return .json(Self.json(demand, asked.kind), version: demand.version)
            }
        }
        routes.api(
            APIOperation(
                .post, "/demands/{id}/measures", id: "takeMeasure", tag: Self.tag,
                summary: LocalizedText("采取减负措施：取消、并入、重新设计、减少次数", "Cut it, merge it, make it anew, or fewer times"),
                request: .named(
                    "MeasureAsked",
                    .object([
                        .init("measure", .string(values: BurdenMeasure.taken.map(\.rawValue))),
                        .init("minutes", .nullable(.integer(minimum: 1)), required: false, "of one time"),
                        .init("times", .nullable(.integer(minimum: 1)), required: false, "in the whole period"),
                        .init("other", .nullable(.string(maximum: 40)), required: false, "what it joins"), words,
                    ])), response: done), right: .decideDemand
        ) { staff, submission in
            let asked = try submission.decode(Measured.self)
            let id: DemandID = try staff.visit.identifier()
            let (mandates, scope, now, seen) = (mandates, staff.scope, staff.visit.now, submission.seenVersion)
            let measure = MeasureAsked(
                measure: asked.measure, minutes: asked.minutes, times: asked.times, other: asked.other,
                words: asked.words)
            return try await staff.visit.write(submission) { transaction in
                let demand = try mandates.take(measure, on: id, seen: seen, by: scope, at: now, in: transaction)
                let correction = try MeasureStore.correction(of: id, in: transaction)
                return .json(
                    Self.json(demand, mandates.kind(of: demand, correction).kind), version: demand.version)
            }
        }
    }

    private static func json(_ demand: Demand, _ kind: BurdenKind) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("id", demand.id)
            writer.member("stage", demand.stage.rawValue)
            writer.member("kind", kind.rawValue)
            writer.member("version", demand.version)
        }
    }
}
