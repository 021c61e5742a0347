import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// The contact tree, and alarms from the spot.
extension EmergencyAPI {
    func contacts(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/contacts/{number}", id: "confirmContact", tag: Self.tag,
                summary: LocalizedText("确认已联系上，或另行安排", "Confirm a branch as reached, or arranged otherwise"),
                request: .named(
                    "ContactConfirmation",
                    .object([
                        .init("arranged", .nullable(.string(maximum: 200)), required: false),
                        Self.happened, Self.paper,
                    ])), response: EmergencyJSON.contact), right: .readEmergencies
        ) { staff, submission in
            struct Asked: Decodable {
                var arranged: String?
                var happenedAt: String?
                var fromPaper: Bool?
            }
            let asked = try submission.decode(Asked.self)
            let id: EventID = try staff.visit.identifier()
            guard let number = Int64(try staff.visit.parameter("number")) else { throw Refusal.nothingHere }
            let when = try Occurrence(
                parsedInstant(asked.happenedAt, field: "happenedAt"), at: staff.visit.now,
                fromPaper: asked.fromPaper ?? false)
            let (emergencies, scope) = (emergencies, staff.scope)
            return try await staff.visit.write(submission) { transaction in
                let contact =
                    try asked.arranged.map {
                        try emergencies.settleContact(number, note: $0, of: id, when, by: scope, in: transaction)
                    } ?? emergencies.reached(number, of: id, when, by: scope, in: transaction)
                return .json(JSONWriter.object { EmergencyJSON.write(contact, to: &$0) })
            }
        }
    }

    // MARK: Alarms

    func alarms(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/alarms", id: "raiseAlarm", tag: Self.tag,
                summary: LocalizedText("现场报警", "Raise an alarm on the spot"),
                request: .named(
                    "EmergencyAlarmRaised",
                    .object([
                        .init(
                            "text", .string(minimum: 1, maximum: Emergencies.longestAlarm),
                            "what is wrong; nobody's data"),
                        .init("site", .nullable(.identifier), required: false), Self.happened,
                    ])), status: 201, response: .object([.init("alarm", .identifier)])), right: .handOver
        ) { staff, submission in
            struct Asked: Decodable {
                var text: String
                var site: SiteID?
                var happenedAt: String?
            }
            let asked = try submission.decode(Asked.self)
            let id: EventID = try staff.visit.identifier()
            let when = try Occurrence(parsedInstant(asked.happenedAt, field: "happenedAt"), at: staff.visit.now)
            let (emergencies, scope) = (emergencies, staff.scope)
            return try await staff.visit.write(submission) { transaction in
                let alarm = try emergencies.raiseAlarm(
                    asked.text, at: asked.site, of: id, when, by: scope, in: transaction)
                return .json(JSONWriter.object { $0.member("alarm", alarm) }, status: 201)
            }
        }
        routes.api(
            APIOperation(
                .post, "/emergencies/{id}/alarms/{alarm}", id: "answerAlarm", tag: Self.tag,
                summary: LocalizedText("处理现场报警", "Say what was done about an alarm"),
                request: .named(
                    "EmergencyAlarmAnswer",
                    .object([.init("note", .string(minimum: 1, maximum: 500)), Self.happened])),
                response: .object([.init("state", .string(values: ["answered"]))])), right: .command
        ) { staff, submission in
            struct Asked: Decodable {
                var note: String
                var happenedAt: String?
            }
            let asked = try submission.decode(Asked.self)
            let id: EventID = try staff.visit.identifier()
            let alarm: Identifier<EmergencyAlarm> = try staff.visit.identifier("alarm")
            let when = try Occurrence(parsedInstant(asked.happenedAt, field: "happenedAt"), at: staff.visit.now)
            let (emergencies, scope) = (emergencies, staff.scope)
            return try await staff.visit.write(submission) { transaction in
                try emergencies.answerAlarm(alarm, note: asked.note, of: id, when, by: scope, in: transaction)
                return .json(JSONWriter.object { $0.member("state", "answered") })
            }
        }
    }
}
