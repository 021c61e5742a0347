import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/duty`: rosters for programs.
struct DutyAPI: Sendable {
    let emergencies: Emergencies
    private static let tag = "duty"

    func add(to routes: Routes) {
        reading(routes)
        planning(routes)
        handingOver(routes)
        calendars(routes)
    }

    private static let span: [Schema.Member] = [
        .init("area", .string(maximum: 15), required: false), .init("from", .string(maximum: 40), required: false),
        .init("until", .string(maximum: 40), required: false),
    ]

    private func span(_ staff: StaffVisit) throws -> (AreaPrefix, Instant, Instant) {
        let query = staff.visit.query
        let area = try query.filled("area").map { try parsedArea($0) } ?? staff.scope.area
        guard staff.scope.area.contains(area) else { throw Refusal.nothingHere }
        let from = try parsedInstant(query.filled("from"), field: "from") ?? staff.visit.now
        let until = try parsedInstant(query.filled("until"), field: "until") ?? from + .days(7)
        guard from < until, until - from <= .days(62) else {
            throw emergencies.missing("until", "时间段须在 62 天以内", "A span of at most 62 days")
        }
        return (area, from, until)
    }

    private func reading(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/duty/shifts", id: "listShifts", tag: Self.tag,
                summary: LocalizedText(
                    "值班表", "Who is on duty in a span of time; now and the next week when none is named"),
                query: Self.span, response: .object([.init("items", .array(EmergencyJSON.shift))])),
            right: .readEmergencies
        ) { staff, _ in
            let (area, from, until) = try span(staff)
            let shifts = try await emergencies.house.database.read {
                try ShiftStore.shifts(in: area, from: from, until: until, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(shifts) { writer, one in writer.object { EmergencyJSON.write(one, to: &$0) } }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/duty/gaps", id: "listDutyGaps", tag: Self.tag,
                summary: LocalizedText("空班", "Where nobody is on duty"), query: Self.span,
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("area", .text), .init("kind", .text), .init("from", .instant),
                                .init("until", .instant),
                            ])))
                ])), right: .readEmergencies
        ) { staff, _ in
            let (area, from, until) = try span(staff)
            let shifts = try await emergencies.house.database.read {
                try ShiftStore.shifts(in: area, from: from, until: until, in: $0)
            }
            let gaps = emergencies.gaps(in: area, from: from, until: until, shifts)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(gaps) { writer, gap in
                        writer.object { writer in
                            writer.member("area", gap.area.code)
                            writer.member("kind", gap.kind)
                            writer.member("from", gap.from)
                            writer.member("until", gap.until)
                        }
                    }
                }
            ).response
        }
    }

    private struct Planning: Decodable {
        var area: String
        var kind: String
        var person: String
        var from: String
        var until: String
    }

    private func planning(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/duty/shifts", id: "planShift", tag: Self.tag, summary: LocalizedText("排班", "Plan a shift"),
                request: .named(
                    "NewShift",
                    .object([
                        .init("area", .text), .init("kind", .string(values: emergencies.rules.duty.kinds.map(\.key))),
                        .init("person", .string(minimum: 1, maximum: 60), "the name, or the id of the post"),
                        .init("from", .instant), .init("until", .instant),
                    ])), status: 201, response: EmergencyJSON.shift), right: .manageRoster
        ) { staff, submission in
            let asked = try submission.decode(Planning.self)
            guard let from = try parsedInstant(asked.from, field: "from"),
                let until = try parsedInstant(asked.until, field: "until")
            else { throw emergencies.missing("from", "请填写起止时间", "Give both times") }
            let shift = PlannedShift(
                area: try parsedArea(asked.area), kind: asked.kind, person: asked.person, from: from, until: until)
            let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let made = try emergencies.plan(shift, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { EmergencyJSON.write(made, to: &$0) }, status: 201)
            }
        }
        routes.api(
            APIOperation(
                .delete, "/duty/shifts/{id}", id: "removeShift", tag: Self.tag,
                summary: LocalizedText("撤销排班", "Remove a shift"), status: 204), right: .manageRoster
        ) { staff, submission in
            let id: ShiftID = try staff.visit.identifier()
            let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try emergencies.removeShift(id, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
    }

    private func handingOver(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/duty/shifts/{id}/hand-over", id: "handShiftOver", tag: Self.tag,
                summary: LocalizedText("交班", "Hand one's shift over"),
                request: .named(
                    "ShiftHandOver",
                    .object([.init("to", .identifier), .init("note", .string(minimum: 1, maximum: 1_000))])),
                response: EmergencyJSON.shift), right: .readEmergencies
        ) { staff, submission in
            struct Asked: Decodable {
                var to: StaffID
                var note: String
            }
            let asked = try submission.decode(Asked.self)
            let id: ShiftID = try staff.visit.identifier()
            let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let shift = try emergencies.offerShift(
                    id, to: asked.to, note: asked.note, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { EmergencyJSON.write(shift, to: &$0) })
            }
        }
        routes.api(
            APIOperation(
                .post, "/duty/shifts/{id}/take", id: "takeShiftOver", tag: Self.tag,
                summary: LocalizedText("接班", "Take a shift over"), response: EmergencyJSON.shift),
            right: .readEmergencies
        ) { staff, submission in
            let id: ShiftID = try staff.visit.identifier()
            let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let shift = try emergencies.takeShift(id, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { EmergencyJSON.write(shift, to: &$0) })
            }
        }
    }

    private func calendars(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/duty/calendars", id: "listDutyCalendars", tag: Self.tag,
                summary: LocalizedText("我的日历订阅", "My calendar addresses"),
                response: .object([
                    .init("items", .array(.object([.init("id", .identifier), .init("madeAt", .instant)])))
                ])), right: .readEmergencies
        ) { staff, _ in
            let keys = try await emergencies.house.database.read { try ShiftStore.keys(of: staff.scope.staff, in: $0) }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(keys) { writer, key in
                        writer.object { writer in
                            writer.member("id", key.id)
                            writer.member("madeAt", key.madeAt)
                        }
                    }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/duty/calendars", id: "makeDutyCalendar", tag: Self.tag,
                summary: LocalizedText("生成日历订阅地址（只显示一次）", "Make an address of one's own roster, shown once"),
                status: 201,
                response: .object([.init("path", .text)])), right: .readEmergencies
        ) { staff, submission in
            let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
            // The secret is stored nowhere, so a repeat makes another one.
            let secret = try await emergencies.house.database.write {
                try emergencies.makeCalendarKey(by: scope, at: now, in: $0)
            }
            return Answer.json(
                JSONWriter.object { $0.member("path", "/calendars/duty.ics?key=" + secret) }, status: 201
            ).response
        }
        routes.api(
            APIOperation(
                .delete, "/duty/calendars/{id}", id: "revokeDutyCalendar", tag: Self.tag,
                summary: LocalizedText("停用日历订阅地址", "Revoke an address"), status: 204), right: .readEmergencies
        ) { staff, submission in
            let id: CalendarKey.ID = try staff.visit.identifier()
            let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try emergencies.revokeCalendarKey(id, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
    }
}
