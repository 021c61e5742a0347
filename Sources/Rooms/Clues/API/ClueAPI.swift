import Desk
import Ground
import Hummingbird
import Identity
import Web

/// `/api/v1/clues`: for senders with their code, for the police, and for their auditor. Repeats are known again by
/// ``ClueOnce``: nothing of a clue may lie in the table of answers that other rooms share.
struct ClueAPI: Sendable {
    let clues: Clues

    private static let tag = "clues"
    private static let states = Schema.string(values: Clue.State.allCases.map(\.rawValue))
    private static let standing = Schema.named(
        "ClueStanding",
        .object([
            .init("state", states), .init("receivedAt", .instant),
            .init(
                "notes",
                .array(
                    .object([
                        .init("kind", .string(values: ["addition", "reply"])), .init("text", .text),
                        .init("at", .instant),
                    ]))),
        ]))

    func add(to routes: Routes) {
        for path in [
            "/api/v1/clues", "/api/v1/clues/standing", "/api/v1/clues/additions", "/api/v1/clues/list",
            "/api/v1/clues/journal", "/api/v1/clues/{number}/reading", "/api/v1/clues/{number}/acts",
        ] { routes.keepUntold(path) }
        sending(routes)
        police(routes)
    }

    private struct Sent: Decodable {
        var text: String
        var area: String?
        var contact: String?
    }

    private struct Coded: Decodable {
        var code: String
        var addition: String?
    }

    private func sending(_ routes: Routes) {
        routes.openAPI(
            APIOperation(
                .post, "/clues", id: "sendClue", tag: Self.tag,
                summary: LocalizedText("提供线索，得到查询码（只给一次）", "Tell the police; gives a code, once"),
                request: .object([
                    .init("text", .string(minimum: 1, maximum: Clue.longestText)),
                    .init("area", .nullable(.text), required: false),
                    .init("contact", .nullable(.string(maximum: 100)), required: false),
                ]), status: 201, response: .object([.init("code", .text)]))
        ) { visit, submission in
            let sent = try submission.decode(Sent.self)
            try clues.limit.count(visit.context.clientAddress, at: visit.now)
            let area = try sent.area.map { text throws(Refusal) in try parsedArea(text) }
            let code = try await clues.send(
                sent.text, area: area, contact: sent.contact, key: submission.once.key, at: visit.now)
            return Answer.json(JSONWriter.object { $0.member("code", code.shown) }, status: 201).response
        }
        routes.openAPI(
            APIOperation(
                .post, "/clues/standing", id: "clueStanding", tag: Self.tag,
                summary: LocalizedText("凭查询码查看", "Where it stands, for whoever has the code"),
                request: .object([.init("code", .string(minimum: 1, maximum: 40))]), response: Self.standing)
        ) { visit, submission in
            try clues.limit.count("code:" + visit.context.clientAddress, at: visit.now)
            return Self.answer(try await clues.standing(try submission.decode(Coded.self).code))
        }
        routes.openAPI(
            APIOperation(
                .post, "/clues/additions", id: "addToClue", tag: Self.tag,
                summary: LocalizedText("凭查询码补充", "Add more, with the code"),
                request: .object([
                    .init("code", .string(minimum: 1, maximum: 40)),
                    .init("addition", .string(minimum: 1, maximum: Clue.longestNote)),
                ]), response: Self.standing)
        ) { visit, submission in
            let coded = try submission.decode(Coded.self)
            try clues.limit.count(visit.context.clientAddress, at: visit.now)
            return Self.answer(
                try await clues.add(
                    coded.addition ?? "", to: coded.code, key: submission.once.key, at: visit.now))
        }
    }

    private static func answer(_ clue: Clue) -> Response {
        Answer.json(
            JSONWriter.object { writer in
                writer.member("state", clue.state.rawValue)
                writer.member("receivedAt", clue.receivedAt)
                writer.key("notes")
                writer.array(clue.forSender) { writer, note in
                    writer.object { writer in
                        writer.member("kind", note.kind.rawValue)
                        writer.member("text", note.text)
                        writer.member("at", note.at)
                    }
                }
            }
        ).response
    }

    // MARK: Police

    private static let paging: [Schema.Member] = [
        .init("before", .integer(minimum: 1), required: false),
        .init("limit", .integer(minimum: 1, maximum: 200), required: false),
    ]

    private func paging(_ submission: Submission) throws(Refusal) -> (before: Int64?, limit: Int) {
        let before = try submission.fields.number("before", in: 1...Int.max)
        return (before.map { Int64($0) }, try submission.fields.number("limit", in: 1...200) ?? 50)
    }

    private func police(_ routes: Routes) {
        let line = Schema.object([
            .init("number", .integer(minimum: 1)), .init("state", Self.states), .init("area", .nullable(.text)),
            .init("source", .string(values: ["sender", "matter"])), .init("receivedAt", .instant),
            .init("changedAt", .instant),
        ])
        routes.api(
            APIOperation(
                .get, "/clues/list", id: "listClues", tag: Self.tag,
                summary: LocalizedText("线索列表（不含内容）", "That there are clues, never what they say"), query: Self.paging,
                response: .object([.init("items", .array(line)), .init("next", .nullable(.integer()))])),
            right: .readClues
        ) { staff, submission in
            let (before, limit) = try paging(submission)
            let page = try await clues.list(for: staff.scope, before: before, limit: limit)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(page.items) { writer, line in
                        writer.object { writer in
                            writer.member("number", line.number)
                            writer.member("state", line.clue.state.rawValue)
                            writer.member("area", line.clue.area?.code)
                            writer.member("source", line.clue.source.rawValue)
                            writer.member("receivedAt", line.clue.receivedAt)
                            writer.member("changedAt", line.clue.changedAt)
                        }
                    }
                    Self.write(next: page.next, to: &writer)
                }
            ).response
        }
        let whole = Schema.object([
            .init("number", .integer(minimum: 1)), .init("state", Self.states), .init("text", .text),
            .init("area", .nullable(.text)), .init("contact", .nullable(.text)), .init("matter", .nullable(.text)),
            .init("outcome", .nullable(.text)), .init("files", .integer(minimum: 0)),
            .init(
                "notes", .array(.object([.init("kind", .text), .init("text", .text), .init("at", .instant)]))),
        ])
        routes.api(
            APIOperation(
                .post, "/clues/{number}/reading", id: "readClue", tag: Self.tag,
                summary: LocalizedText("为写明的目的查阅", "Read one, for a purpose that the journal keeps"),
                request: .object([.init("purpose", .string(minimum: 2, maximum: 200))]), response: whole),
            right: .readClues
        ) { staff, submission in
            struct Asked: Decodable { var purpose: String }
            let number = try PolicePages.number(staff)
            let (clue, files) = try await clues.read(
                number, purpose: try submission.decode(Asked.self).purpose, by: staff.scope, at: staff.visit.now)
            return Self.answer(number, clue, files)
        }
        routes.api(
            APIOperation(
                .post, "/clues/{number}/acts", id: "actOnClue", tag: Self.tag,
                summary: LocalizedText("核查、记录、答复、移交、办结", "Take up, note, answer, hand on, end"),
                request: .object([
                    .init("act", .string(values: ClueAct.allCases.map(\.rawValue))),
                    .init("text", .nullable(.string(maximum: Clue.longestNote)), required: false),
                ]), response: .object([.init("state", Self.states)])), right: .actOnClues
        ) { staff, submission in
            struct Asked: Decodable {
                var act: ClueAct
                var text: String?
            }
            let asked = try submission.decode(Asked.self)
            let state = try await clues.act(
                asked.act, on: try PolicePages.number(staff), text: asked.text ?? "", key: submission.once.key,
                by: staff.scope, at: staff.visit.now)
            return Answer.json(JSONWriter.object { $0.member("state", state.rawValue) }).response
        }
        journal(routes)
    }

    private func journal(_ routes: Routes) {
        let line = Schema.object([
            .init("clue", .integer(minimum: 1)),
            .init("act", .string(values: ClueJournalEntry.Act.allCases.map(\.rawValue))), .init("at", .instant),
            .init("staff", .nullable(.text)), .init("purpose", .nullable(.text)),
        ])
        routes.api(
            APIOperation(
                .get, "/clues/journal", id: "clueJournal", tag: Self.tag,
                summary: LocalizedText("线索查阅记录（不含内容）", "Who did what with which clue, never what it says"),
                query: Self.paging,
                response: .object([.init("items", .array(line)), .init("next", .nullable(.integer()))])),
            right: .auditClues
        ) { staff, submission in
            let (before, limit) = try paging(submission)
            let page = try await clues.journal(for: staff.scope, before: before, limit: limit)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(page.items) { writer, line in
                        writer.object { writer in
                            writer.member("clue", line.entry.clue)
                            writer.member("act", line.entry.act.rawValue)
                            writer.member("at", line.entry.at)
                            writer.member("staff", line.entry.staffName)
                            writer.member("purpose", line.entry.purpose)
                        }
                    }
                    Self.write(next: page.next, to: &writer)
                }
            ).response
        }
    }

    private static func write(next: Int64?, to writer: inout JSONWriter) {
        writer.key("next")
        if let next { writer.value(next) } else { writer.null() }
    }

    private static func answer(_ number: Int64, _ clue: Clue, _ files: Int) -> Response {
        Answer.json(
            JSONWriter.object { writer in
                writer.member("number", number)
                writer.member("state", clue.state.rawValue)
                writer.member("text", clue.text)
                writer.member("area", clue.area?.code)
                writer.member("contact", clue.contact)
                writer.member("matter", clue.matter)
                writer.member("outcome", clue.outcome)
                writer.member("files", files)
                writer.key("notes")
                writer.array(clue.notes) { writer, note in
                    writer.object { writer in
                        writer.member("kind", note.kind.rawValue)
                        writer.member("text", note.text)
                        writer.member("at", note.at)
                    }
                }
            }
        ).response
    }
}
