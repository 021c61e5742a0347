import Desk
import Forms
import Ground
import Hummingbird
import Identity
import Places
import Registry
import Storage
import Web

/// `/api/v1/visits`: what is to be asked in a grid and at a home, what was seen there, and what waits for a decision.
struct VisitsAPI: Sendable {
    let visits: Visits
    private static let tag = "visits"

    func add(to routes: Routes) {
        reading(routes)
        answering(routes)
        deciding(routes)
    }

    // MARK: What is to be asked

    private static let question = Schema.named(
        "VisitQuestion",
        .object([
            .init("subject", .identifier), .init("of", .text), .init("element", .text), .init("name", .text),
            .init("reason", .string(values: ["missing", "stale"])), .init("seenAt", .nullable(.instant)),
            .init("shown", .nullable(.text), "what held, as far as it is shown without a purpose"),
            .init("forms", .array(.text), "the forms that wait for it"),
        ]))

    private func reading(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/visits", id: "listVisits", tag: Self.tag,
                summary: LocalizedText("一个网格要上门的户，按路线排列", "The homes of a grid to be visited, in the order of a walk"),
                query: [
                    .init("area", .string(maximum: 15), required: false, "a grid; one's own when not said")
                ],
                response: .object([
                    .init("area", .text), .init("knownAt", .instant, "send it back with the answers"),
                    .init("homes", .integer(minimum: 0)), .init("questions", .integer(minimum: 0)),
                    .init("metres", .nullable(.integer(minimum: 0))),
                    .init("notAgainYet", .integer(minimum: 0), "homes where nobody was some days ago"),
                    .init(
                        "visits",
                        .array(
                            .object([
                                .init("home", .identifier), .init("of", .text),
                                .init("questions", .integer(minimum: 1)),
                                .init("forms", .integer(minimum: 1)), .init("nobodyAt", .nullable(.instant)),
                            ]))),
                ])), right: .registryWrite
        ) { staff, _ in
            let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
            guard let area = try visits.grid(staff.visit.query.filled("area"), for: scope) else {
                throw Self.noGrid
            }
            let start = try await visits.start(of: area)
            let list = try await visits.house.database.read {
                try visits.list(in: area, start: start, for: scope, at: now, in: $0)
            }
            return .json(JSONWriter.object { Self.write(list, to: &$0) })
        }
        routes.api(
            APIOperation(
                .get, "/visits/homes/{id}", id: "readVisit", tag: Self.tag,
                summary: LocalizedText("一户要问的：各表要用而未登记或过期的", "What is to be asked at one home"),
                response: .object([
                    .init("home", .identifier), .init("knownAt", .instant), .init("questions", .array(Self.question)),
                ])), right: .registryWrite
        ) { staff, _ in
            let id: SubjectID = try staff.visit.identifier()
            let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
            let home = try await visits.house.database.read { try visits.home(id, for: scope, at: now, in: $0) }
            let forms = VisitForms(visits: visits, staff: staff, knownAt: now, formNames: [:])
            return .json(
                JSONWriter.object { writer in
                    writer.member("home", home.id)
                    writer.member("knownAt", now)
                    writer.key("questions")
                    writer.array(home.questions) { writer, question in
                        writer.object { Self.write(question, forms, staff.visit.language, to: &$0) }
                    }
                })
        }
    }

    private static let noGrid = Refusal(
        .ruleBroken, "visits.no-grid",
        LocalizedText("上门按网格走，请用 area 指明一个网格", "Visits go grid by grid: name one as `area`"), field: "area")

    private static func write(_ list: VisitList, to writer: inout JSONWriter) {
        writer.member("area", list.area.code)
        writer.member("knownAt", list.knownAt)
        writer.member("homes", list.homes)
        writer.member("questions", list.questions)
        writer.key("metres")
        if let metres = list.plan.metres { writer.value(Int(metres)) } else { writer.null() }
        writer.member("notAgainYet", list.waiting)
        writer.key("visits")
        writer.array(list.plan.homes) { writer, home in
            writer.object { writer in
                writer.member("home", home.id)
                writer.member("of", home.home.kind.rawValue)
                writer.member("questions", home.questions.count)
                writer.member("forms", home.questions.reduce(into: Set<String>()) { $0.formUnion($1.forms) }.count)
                writer.member("nobodyAt", home.nobodyAt)
            }
        }
    }

    private static func write(
        _ question: Question, _ forms: VisitForms, _ language: Language, to writer: inout JSONWriter
    ) {
        writer.member("subject", question.subject)
        writer.member("of", question.element.kind.rawValue)
        writer.member("element", question.element.key)
        writer.member("name", question.element.name(language))
        switch question.reason {
        case .missing:
            writer.member("reason", "missing")
            writer.member("seenAt", nil as Instant?)
        case .stale(let seen):
            writer.member("reason", "stale")
            writer.member("seenAt", seen)
        }
        writer.member("shown", forms.heldText(question))
        writer.key("forms")
        writer.array(question.forms.sorted()) { $0.value($1) }
    }

    // MARK: What was seen

    private func answering(_ routes: Routes) {
        let waiting = Schema.array(
            .object([
                .init("id", .identifier), .init("subject", .identifier), .init("element", .text),
                .init("code", .nullable(.text)), .init("detail", .text),
            ]))
        routes.api(
            APIOperation(
                .post, "/visits/homes/{id}/answers", id: "sendVisit", tag: Self.tag,
                summary: LocalizedText(
                    "上传一次上门（可离线）：回答成为事实，只生效一次",
                    "What was seen at a home, perhaps without a network; answers become facts, once"),
                request: .named(
                    "VisitReport",
                    .object([
                        .init(
                            "outcome", .string(values: VisitReport.Outcome.allCases.map(\.rawValue)), required: false),
                        .init(
                            "seenAt", .nullable(.instant), required: false, "when somebody was there; now when not said"
                        ),
                        .init("knownAt", .nullable(.instant), required: false, "as the list said it"),
                        .init(
                            "answers",
                            .array(
                                .object([
                                    .init("subject", .identifier), .init("element", .string(minimum: 1, maximum: 40)),
                                    .init("act", .string(values: VisitReport.Act.allCases.map(\.rawValue))),
                                    .init("value", .nullable(.string(maximum: 1_000)), required: false),
                                    .init("since", .nullable(.string(format: "date")), required: false),
                                ])), required: false),
                    ])),
                response: .object([
                    .init("written", .integer(minimum: 0)), .init("declined", .integer(minimum: 0)),
                    .init("conflicts", waiting, "seen differently by two; what was seen later holds"),
                    .init("kept", waiting, "could not become facts; kept"),
                ])), right: .registryWrite
        ) { staff, submission in
            let home: SubjectID = try staff.visit.identifier()
            let (visits, visit, scope, now) = (visits, staff.visit, staff.scope, staff.visit.now)
            let report = try VisitReport(try submission.decode(VisitReport.Sent.self), receivedAt: now)
            return try await visit.write(submission) { transaction in
                let result = try visits.take(report, at: home, by: scope, at: now, in: transaction)
                return .json(
                    JSONWriter.object { writer in
                        writer.member("written", result.written)
                        writer.member("declined", result.declined)
                        for (name, all) in [("conflicts", result.conflicts), ("kept", result.kept)] {
                            writer.key(name == "kept" ? "kept" : "conflicts")
                            writer.array(all) { Self.write($1, visit, to: &$0) }
                        }
                    })
            }
        }
    }

    private static func write(_ queued: QueuedAnswer, _ visit: Visit, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", queued.id)
            writer.member("subject", queued.subject)
            writer.member("element", queued.element)
            writer.member("code", queued.code)
            let detail =
                queued.kind == .conflict
                ? LocalizedText("他人所见不同", "Somebody else saw it differently") : VisitTexts.reason(queued.code)
            writer.member("detail", visit(detail))
        }
    }

    // MARK: What waits

    private func deciding(_ routes: Routes) {
        let side = Schema.nullable(
            .object([
                .init("shown", .text), .init("since", .string(format: "date")), .init("seenAt", .instant),
                .init("knownSince", .instant),
            ]))
        routes.api(
            APIOperation(
                .get, "/visits/answers", id: "listWaitingAnswers", tag: Self.tag,
                summary: LocalizedText("待核定的回答", "Answers that wait for a decision"),
                query: [
                    .init("area", .string(maximum: 15), required: false), .init("after", .identifier, required: false),
                ],
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("id", .identifier),
                                .init("kind", .string(values: QueuedAnswer.Kind.allCases.map(\.rawValue))),
                                .init("subject", .identifier), .init("element", .text), .init("code", .nullable(.text)),
                                .init("seenAt", .instant), .init("receivedAt", .instant), .init("earlier", side),
                                .init("later", side),
                            ]))), .init("next", .nullable(.identifier)),
                ])), right: .registryWrite
        ) { staff, _ in
            let (visits, scope, visit) = (visits, staff.scope, staff.visit)
            let area = try QueuePage.area(visit, within: scope)
            let after = try QueuePage.after(visit)
            let page = try await visits.house.database.read {
                try visits.queue(in: area, for: scope, after: after, limit: 50, in: $0)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(page.items) { writer, view in
                        writer.object { write(view, visit, to: &$0) }
                    }
                    writer.member("next", page.next)
                })
        }
        routes.api(
            APIOperation(
                .post, "/visits/answers/{id}", id: "decideAnswer", tag: Self.tag,
                summary: LocalizedText("决定一个待核定的回答", "Decide on an answer that waits"),
                request: .object([
                    .init("decision", .string(values: QueuedAnswer.Decision.allCases.map(\.rawValue))),
                    .init("value", .nullable(.string(maximum: 1_000)), required: false, "a kept answer, mended"),
                ]), response: .object([.init("decision", .text)])), right: .registryWrite
        ) { staff, submission in
            struct Asked: Decodable {
                var decision: String
                var value: String?
            }
            let id: QueuedAnswer.ID = try staff.visit.identifier()
            let asked = try submission.decode(Asked.self)
            guard let decision = QueuedAnswer.Decision(rawValue: asked.decision) else { throw Visits.noDecision }
            let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try visits.decide(id, decision, value: asked.value, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { $0.member("decision", decision.rawValue) })
            }
        }
    }

    private func write(_ view: QueuedView, _ visit: Visit, to writer: inout JSONWriter) {
        let queued = view.queued
        writer.member("id", queued.id)
        writer.member("kind", queued.kind.rawValue)
        writer.member("subject", queued.subject)
        writer.member("element", queued.element)
        writer.member("code", queued.code)
        writer.member("seenAt", queued.seenAt)
        writer.member("receivedAt", queued.receivedAt)
        for isLater in [false, true] {
            writer.key(isLater ? "later" : "earlier")
            guard let side = isLater ? view.later : view.earlier,
                let element = visits.registry.dictionary[queued.element]
            else {
                writer.null()
                continue
            }
            writer.object { writer in
                writer.member("shown", visits.shown(side.value, element, visit))
                writer.member("since", side.since.description)
                writer.member("seenAt", side.seenAt)
                writer.member("knownSince", side.knownSince)
            }
        }
    }
}
