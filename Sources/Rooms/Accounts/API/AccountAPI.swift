import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Mandates
import Web

/// The burden year, pairs and flows for programs.
struct AccountAPI: Sendable {
    let accounts: Accounts
    private static let tag = "accounts"

    func add(to routes: Routes) {
        year(routes)
        pairs(routes)
        flows(routes)
    }

    private static let pair = Schema.named(
        "OutcomePair",
        .object([
            .init("outcome", .string(values: OutcomeKind.allCases.map(\.rawValue))),
            .init("before", .nullable(.integer(minimum: 0)), "hundredths of a per cent"),
            .init("beforeMatters", .integer(minimum: 0)),
            .init("after", .nullable(.integer(minimum: 0)), "hundredths of a per cent"),
            .init("afterMatters", .integer(minimum: 0)),
            .init("verdict", .string(values: OutcomeVerdict.allCases.map(\.rawValue))),
        ]))

    private static func write(_ pairs: [BurdenYear.Pair], to writer: inout JSONWriter) {
        writer.key("outcomes")
        writer.array(pairs) { writer, pair in
            writer.object { writer in
                writer.member("outcome", pair.kind.rawValue)
                writer.key("before")
                if let points = pair.before.basisPoints { writer.value(points) } else { writer.null() }
                writer.member("beforeMatters", pair.before.sample)
                writer.key("after")
                if let points = pair.after.basisPoints { writer.value(points) } else { writer.null() }
                writer.member("afterMatters", pair.after.sample)
                writer.member("verdict", pair.verdict.rawValue)
            }
        }
    }

    private func year(_ routes: Routes) {
        let sides: [Schema.Member] = [
            .init("minutesBefore", .integer(minimum: 0)), .init("minutesAfter", .integer(minimum: 0)),
        ]
        routes.api(
            APIOperation(
                .get, "/burden-year", id: "readBurdenYear", tag: Self.tag,
                summary: LocalizedText("减负前后的工时与成效", "Hours by source and outcomes, before and after a day"),
                query: [
                    .init("turn", .string(format: "date"), required: false),
                    .init(
                        "days",
                        .integer(
                            minimum: Int64(Periods.lengths.lowerBound), maximum: Int64(Periods.lengths.upperBound)),
                        required: false),
                    .init("area", .string(pattern: "^([0-9]{6}|[0-9]{9})$"), required: false),
                ],
                response: .object([
                    .init("area", .text), .init("turn", .string(format: "date")), .init("days", .integer(minimum: 28)),
                    .init("posts", .integer(minimum: 0)),
                    .init(
                        "sources",
                        .array(
                            .object(
                                [.init("source", .string(values: DemandKind.allCases.map(\.rawValue)))] + sides))),
                    .init(
                        "kinds",
                        .array(
                            .object([.init("kind", .string(values: BurdenKind.allCases.map(\.rawValue)))] + sides))),
                    .init("outcomes", .array(Self.pair)),
                ])), right: .readWorkload
        ) { staff, _ in
            let question = try YearQuestion(staff.visit.query, for: staff.scope)
            let year = try await accounts.burdenYear(question, for: staff.scope, at: staff.visit.now)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("area", year.area.code)
                    writer.member("turn", year.periods.turn.description)
                    writer.member("days", year.periods.length)
                    writer.member("posts", year.posts)
                    writer.key("sources")
                    writer.array(year.lines) { writer, line in
                        writer.object { writer in
                            writer.member("source", line.source.rawValue)
                            writer.member("minutesBefore", line.minutes.before)
                            writer.member("minutesAfter", line.minutes.after)
                        }
                    }
                    writer.key("kinds")
                    writer.array(year.kinds) { writer, line in
                        writer.object { writer in
                            writer.member("kind", line.kind.rawValue)
                            writer.member("minutesBefore", line.minutes.before)
                            writer.member("minutesAfter", line.minutes.after)
                        }
                    }
                    Self.write(year.pairs, to: &writer)
                }
            ).response
        }
    }

    private func pairs(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/burden-pairs", id: "listBurdenPairs", tag: Self.tag,
                summary: LocalizedText("每项减负措施及其成效", "Each measure beside its outcomes, the newest first"),
                query: [
                    .init("after", .identifier, required: false),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("id", .identifier), .init("demand", .identifier), .init("number", .text),
                                .init("kind", .string(values: BurdenKind.allCases.map(\.rawValue))),
                                .init("measure", .string(values: BurdenMeasure.allCases.map(\.rawValue))),
                                .init("day", .string(format: "date")), .init("freedMinutes", .integer(minimum: 0)),
                                .init("outcomes", .array(Self.pair)),
                            ]))), .init("next", .nullable(.text)),
                ])), right: .readWorkload
        ) { staff, _ in
            var limit = 50
            if let text = staff.visit.query.filled("limit") {
                guard let number = Int(text), (1...200).contains(number) else { throw YearQuestion.wrong("limit") }
                limit = number
            }
            let after = staff.visit.query.filled("after")
            if let after, Identifier<CutPair>(parsing: after) == nil { throw YearQuestion.wrong("after") }
            let found = try await accounts.cutPairs(
                after: after, limit: limit, for: staff.scope, at: staff.visit.now)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.pairs) { writer, pair in
                        writer.object { writer in
                            writer.member("id", pair.measure.id)
                            writer.member("demand", pair.source.id)
                            writer.member("number", pair.source.number)
                            writer.member("kind", pair.source.kind.rawValue)
                            writer.member("measure", pair.measure.measure.rawValue)
                            writer.member("day", pair.measure.day.description)
                            writer.member("freedMinutes", pair.measure.freedMinutes)
                            Self.write(pair.outcomes, to: &writer)
                        }
                    }
                    writer.member("next", found.next)
                }
            ).response
        }
    }

    private func flows(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/burden-flows", id: "readBurdenFlows", tag: Self.tag,
                summary: LocalizedText("一年工时的来源与去向", "Hours of a year from lines by source to streets"),
                query: [.init("year", .integer(minimum: 2000, maximum: 2200), required: false)],
                response: .object([
                    .init("year", .integer(minimum: 2000)),
                    .init(
                        "flows",
                        .array(
                            .object([
                                .init("line", .text, "- for none, … for the smaller ones together"),
                                .init("source", .string(values: DemandKind.allCases.map(\.rawValue))),
                                .init("street", .text), .init("minutes", .integer(minimum: 0)),
                            ]))),
                ])), right: .readWorkload
        ) { staff, _ in
            let year = try FlowPages.year(staff.visit)
            let flows = try await FlowPages(accounts: accounts).flows(year, for: staff.scope)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("year", year)
                    writer.key("flows")
                    writer.array(flows.flows) { writer, flow in
                        writer.object { writer in
                            writer.member("line", flow.sender)
                            writer.member("source", flow.source)
                            writer.member("street", flow.street)
                            writer.member("minutes", flow.minutes)
                        }
                    }
                }
            ).response
        }
    }
}
