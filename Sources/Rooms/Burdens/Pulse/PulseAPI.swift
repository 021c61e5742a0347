import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/pulse-rounds` and `/api/v1/pulse-answers`: what the pages do.
struct PulseAPI: Sendable {
    let burdens: Burdens
    private static let tag = "burdens"
    private static let count = Schema.integer(minimum: 0)

    private struct Asked: Decodable {
        var code: String
        var choices: [String: String]
    }

    func add(to routes: Routes) {
        let round = Schema.named(
            "PulseRound",
            .object([
                .init("id", .identifier), .init("openedAt", .instant), .init("closesOn", .string(format: "date")),
                .init("isOpen", .boolean),
            ]))
        routes.api(
            APIOperation(
                .get, "/pulse-rounds", id: "listPulseRounds", tag: Self.tag,
                summary: LocalizedText("各轮匿名问卷", "Rounds of the anonymous pulse, the newest first"),
                query: [.init("after", .identifier, required: false)],
                response: .object([.init("items", .array(round)), .init("next", .nullable(.text))])),
            right: .readWorkload
        ) { staff, _ in
            let after = staff.visit.query.filled("after")
            let today = staff.visit.now.local().day
            let found = try await burdens.house.database.read {
                try PulseStore.rounds(for: staff.scope, after: after, limit: 51, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(50)) { writer, one in
                        writer.object { writer in
                            writer.member("id", one.id)
                            writer.member("openedAt", one.openedAt)
                            writer.member("closesOn", one.closesOn.description)
                            writer.member("isOpen", one.isOpen(on: today))
                        }
                    }
                    writer.member("next", found.count > 50 ? found[49].id.text : nil)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/pulse-rounds/{id}", id: "readPulseRound", tag: Self.tag,
                summary: LocalizedText(
                    "一轮问卷的合计（结束后）", "Sums of a round that is over; only groups that are large enough"),
                response: .object([
                    .init("id", .identifier), .init("hiddenGroups", Self.count),
                    .init(
                        "groups",
                        .array(
                            .object([
                                .init("places", .array(.text)), .init("answers", Self.count),
                                .init(
                                    "shares",
                                    .array(
                                        .object([
                                            .init("question", .text), .init("choice", .text), .init("share", .text),
                                        ]))),
                            ]))),
                ])), right: .readWorkload
        ) { staff, _ in
            let id: PulseRoundID = try staff.visit.identifier()
            let today = staff.visit.now.local().day
            let (round, counts) = try await burdens.house.database.read { transaction in
                guard let round = try PulseStore.find(id, for: staff.scope, in: transaction) else {
                    throw Refusal.nothingHere
                }
                return (round, try PulseStore.counts(of: id, in: transaction))
            }
            let smallest = burdens.pulse.smallest
            let shown = round.isOpen(on: today) ? [] : counts.filter { $0.isShown(smallest: smallest) }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("id", round.id)
                    writer.member("hiddenGroups", Int64(counts.count - shown.count))
                    writer.key("groups")
                    writer.array(shown) { writer, one in
                        writer.object { writer in
                            writer.key("places")
                            writer.array(one.group.places) { $0.value($1) }
                            writer.member("answers", Int64(one.answers))
                            writer.key("shares")
                            writer.array(shares(one, round)) { writer, share in
                                writer.object { writer in
                                    writer.member("question", share.question)
                                    writer.member("choice", share.choice)
                                    writer.member("share", share.text)
                                }
                            }
                        }
                    }
                }
            ).response
        }
        routes.openAPI(
            APIOperation(
                .post, "/pulse-answers", id: "answerPulse", tag: Self.tag,
                summary: LocalizedText("凭纸条作答；不登录，不记录是谁", "Use a slip; nobody is logged in, and no sender is recorded"),
                request: .named(
                    "PulseAnswer",
                    .object([
                        .init("code", .string(maximum: 20)),
                        .init(
                            "choices",
                            .object(
                                burdens.pulse.questions.map { question in
                                    .init(question.key, .string(values: question.choices.map(\.key)))
                                })),
                    ])), response: .object([.init("counted", .boolean)]))
        ) { visit, submission in
            let asked = try submission.decode(Asked.self)
            let (burdens, now) = (burdens, visit.now)
            try await burdens.house.database.write {
                try burdens.answerPulse(asked.code, asked.choices, at: now, in: $0)
            }
            return Answer.json(JSONWriter.object { $0.member("counted", true) }).response
        }
    }

    private func shares(_ one: PulseCounts, _ round: PulseRound) -> [(question: String, choice: String, text: String)] {
        burdens.pulse.questions.filter { round.questions.contains($0.key) }.flatMap { question in
            question.choices.map { (question.key, $0.key, one.share(question.key, $0.key).text.english) }
        }
    }
}
