import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/appraisals`: the cards of departments, and the records behind each figure, for programs.
struct AppraisalAPI: Sendable {
    let appraisals: Appraisals

    private static let tag = "appraisals"
    private static let period = Schema.Member(
        "period", .string(pattern: "^20[0-9]{2}(-(0[1-9]|1[0-2]|Q[1-4]))?$"), required: false,
        "a month 2026-07, a quarter 2026-Q3 or a year 2026; the present one of the usual kind without it")
    private static let percent = Schema.nullable(.string(pattern: "^[0-9]+\\.[0-9]{2}$"))

    private static let card = Schema.named(
        "Appraisal",
        .object([
            .init("body", .identifier), .init("name", .text), .init("line", .nullable(.text)),
            .init("period", .text), .init("from", .string(format: "date")), .init("until", .string(format: "date")),
            .init("fromBelow", .integer(minimum: 0), "residents' matters and calls of streets"),
            .init("sentDown", .integer(minimum: 0), "demands that went down"),
            .init("score", percent, "of 100; null when nothing counts"),
            .init("scoreWithExcluded", percent),
            .init(
                "measures",
                .array(
                    .object([
                        .init("measure", .string(values: Measure.allCases.map(\.rawValue))),
                        .init("weight", .integer(minimum: 1, maximum: 100)), .init("percent", percent),
                        .init("sample", .integer(minimum: 0)), .init("counts", .boolean),
                    ]))),
            .init(
                "figures",
                .array(
                    .object([
                        .init("figure", .string(values: Figure.allCases.map(\.rawValue))), .init("amount", .number),
                    ]))),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/appraisals", id: "listAppraisals", tag: Self.tag,
                summary: LocalizedText("部门解决情况考核（按条线）", "How departments are appraised by what they solved, by line"),
                query: [Self.period], response: .object([.init("items", .array(Self.card))])), right: .readAppraisals
        ) { staff, _ in
            let period = try AppraisalQuestion(staff, appraisals.rules).period
            let (appraisals, scope, now) = (appraisals, staff.scope, staff.visit.now)
            let cards = try await appraisals.house.database.read {
                try appraisals.cards(period, for: scope, at: now, in: $0)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(cards) { writer, card in writer.object { Self.write(card, to: &$0) } }
                })
        }
        routes.api(
            APIOperation(
                .get, "/appraisals/{body}", id: "readAppraisal", tag: Self.tag,
                summary: LocalizedText("一个部门的考核", "The card of one department"), query: [Self.period],
                response: Self.card), right: .readAppraisals
        ) { staff, _ in
            let period = try AppraisalQuestion(staff, appraisals.rules).period
            let body: BodyID = try staff.visit.identifier("body")
            let (appraisals, scope, now) = (appraisals, staff.scope, staff.visit.now)
            let card = try await appraisals.house.database.read {
                try appraisals.card(of: body, period, for: scope, at: now, in: $0)
            }
            return .json(JSONWriter.object { Self.write(card, to: &$0) })
        }
        trace(routes)
    }

    private func trace(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/appraisals/{body}/records", id: "listAppraisedRecords", tag: Self.tag,
                summary: LocalizedText("某个数字所计的记录", "The records that a figure counts, the oldest first"),
                query: [
                    .init("figure", .string(values: Figure.allCases.map(\.rawValue))), Self.period,
                    .init("after", .string(maximum: 60), required: false, "`next` of the page before"),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("number", .text), .init("address", .nullable(.text)), .init("at", .instant),
                                .init("text", .text),
                            ]))), .init("next", .nullable(.text)),
                ])), right: .readAppraisals
        ) { staff, _ in
            let query = staff.visit.query
            guard let figure = query.filled("figure").flatMap(Figure.init(rawValue:)) else {
                throw Refusal.filter("figure")
            }
            var limit = 50
            if let text = query.filled("limit") {
                guard let wanted = Int(text), (1...200).contains(wanted) else { throw Refusal.filter("limit") }
                limit = wanted
            }
            let period = try AppraisalQuestion(staff, appraisals.rules).period
            let body: BodyID = try staff.visit.identifier("body")
            let (appraisals, scope, now, most) = (appraisals, staff.scope, staff.visit.now, limit)
            let after = query.filled("after")
            let found = try await appraisals.house.database.read {
                try appraisals.trace(
                    figure, of: body, period, for: scope, at: now, after: after, limit: most + 1, in: $0)
            }
            let items = Array(found.prefix(most))
            let language = staff.visit.language
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(items) { writer, line in
                        writer.object { writer in
                            writer.member("number", line.number)
                            writer.member("address", line.address)
                            writer.member("at", line.at)
                            writer.member("text", line.text(language))
                        }
                    }
                    writer.member("next", found.count > most ? items.last?.key : nil)
                })
        }
    }

    private static func write(_ card: AppraisalCard, to writer: inout JSONWriter) {
        writer.member("body", card.body)
        writer.member("name", card.name)
        writer.member("line", card.line)
        writer.member("period", card.period.text)
        writer.member("from", card.period.days.lowerBound.description)
        writer.member("until", card.period.days.upperBound.description)
        writer.member("fromBelow", card.fromBelow)
        writer.member("sentDown", card.sentDown)
        writer.member("score", card.score.text)
        writer.member("scoreWithExcluded", card.scoreWithExcluded.text)
        writer.key("measures")
        writer.array(card.score.parts) { writer, part in
            writer.object { writer in
                writer.member("measure", part.measure.rawValue)
                writer.member("weight", part.weight)
                writer.member("percent", part.share.percent)
                writer.member("sample", part.share.sample)
                writer.member("counts", part.isCounted)
            }
        }
        writer.key("figures")
        writer.array(Figure.allCases) { writer, figure in
            writer.object { writer in
                writer.member("figure", figure.rawValue)
                writer.member("amount", figure.amount(in: card))
            }
        }
    }
}
