import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Registry
import Storage
import Web

/// `/api/v1/visits/homes/ID/matters`: what the card of a home shows of matters and visits.
struct HomeAPI: Sendable {
    let visits: Visits
    private static let tag = "visits"

    private static let around = Schema.named(
        "HomeAround",
        .object([
            .init(
                "matters",
                .array(
                    .object([
                        .init("id", .identifier), .init("number", .text), .init("category", .text),
                        .init("state", .text), .init("isOpen", .boolean), .init("receivedAt", .instant),
                        .init("isReported", .boolean, "reported from a telephone of this home; else only near it"),
                    ]))),
            .init("lastVisitAt", .nullable(.instant)), .init("nobodyThere", .boolean),
            .init("questions", .nullable(.integer(minimum: 0)), "for the next visit"),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/visits/homes/{id}/matters", id: "listHomeMatters", tag: Self.tag,
                summary: LocalizedText(
                    "一人、一户、一处房屋附近未办结的诉求与走访", "Open matters near a person's or a household's home, and its visits"),
                response: Self.around), right: .registryRead
        ) { staff, _ in
            let id: SubjectID = try staff.visit.identifier()
            let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
            let around = try await visits.house.database.read { transaction in
                let subject = try visits.registry.subject(id, for: scope, in: transaction)
                return try visits.around(subject, people: [], purpose: nil, for: scope, at: now, in: transaction)
            }
            return .json(json(around, staff.visit))
        }
        routes.api(
            APIOperation(
                .post, "/visits/homes/{id}/matters", id: "revealHomeMatters", tag: Self.tag,
                summary: LocalizedText(
                    "同上，并含本人本户反映的（按用途，记入台账）",
                    "The same with what was reported from there; for a purpose, noted on the ledger"),
                request: .object([
                    .init("purpose", .string(values: visits.registry.dictionary.purposes.map(\.key)))
                ]), response: Self.around), right: .registryReveal
        ) { staff, submission in
            struct Asked: Decodable { var purpose: String }
            let purpose = try submission.decode(Asked.self).purpose
            let id: SubjectID = try staff.visit.identifier()
            let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
            let around = try await visits.house.database.write { transaction in
                let card = try visits.registry.card(id, for: scope, at: now.local().day, in: transaction)
                try visits.registry.noteLook(
                    at: card.subject, purpose: purpose, by: scope, at: now, in: transaction)
                let people =
                    switch card.subject.kind {
                    case .person: [card.subject]
                    case .household: card.below
                    case .dwelling, .building, .organisation: [StoredSubject]()
                    }
                return try visits.around(
                    card.subject, people: people, purpose: purpose, for: scope, at: now, in: transaction)
            }
            return .json(json(around, staff.visit))
        }
    }

    private func json(_ around: HomeAround, _ visit: Visit) -> [UInt8] {
        let cases = visits.cases
        return JSONWriter.object { writer in
            writer.key("matters")
            writer.array(around.matters) { writer, one in
                writer.object { writer in
                    writer.member("id", one.matter.id)
                    writer.member("number", one.matter.number)
                    writer.member("category", visit(cases.title(of: one.matter)))
                    writer.member("state", visit(cases.stateTitle(of: one.matter)))
                    writer.member("isOpen", one.matter.isOpen)
                    writer.member("receivedAt", one.matter.receivedAt)
                    writer.member("isReported", one.isReported)
                }
            }
            writer.member("lastVisitAt", around.call?.seenAt)
            writer.member("nobodyThere", around.call?.nobodyThere ?? false)
            writer.key("questions")
            if let questions = around.questions { writer.value(questions) } else { writer.null() }
        }
    }
}
