import Cipher
import Desk
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Identity
import NIOCore
import Storage
import Web

/// What other programs read: one's own shifts as a calendar, events and alarms as CAP.
struct EmergencyFeeds: Sendable {
    let emergencies: Emergencies

    func add(to routes: Routes) {
        routes.foreign(.get, "/calendars/duty.ics") { visit in try await calendar(visit) }
        routes.page("/emergencies/:id/cap.xml", right: .readEmergencies) { staff in try await alert(staff) }
        routes.page("/emergencies/:id/alarms/:alarm", right: .readEmergencies) { staff in
            try await alarm(staff)
        }
    }

    private func calendar(_ visit: Visit) async throws -> Response {
        let secret = visit.query.filled("key") ?? ""
        let now = visit.now
        let found = try await emergencies.house.database.read {
            [emergencies] transaction -> (String, [ShiftRecord])? in
            guard let staff = try ShiftStore.staff(ofSecret: secret, in: transaction) else { return nil }
            return (
                try emergencies.identity.directory.staffName(staff, in: transaction),
                try ShiftStore.shifts(of: staff, from: now - .days(31), in: transaction)
            )
        }
        guard let (name, shifts) = found else {
            throw Refusal(
                .forbidden, "duty.calendar-key",
                LocalizedText("订阅地址无效或已停用", "This address is unknown or was revoked"),
                wayOn: LocalizedText("请在“我的值班”页重新生成", "Make a new one on the page “My duty”"), field: "key")
        }
        let kinds = emergencies.rules.duty.kinds
        let language = visit.language
        let calendar = DutyCalendar(
            name: visit("值班 ", "Duty ") + name, shifts: shifts, now: now
        ) { [emergencies] shift in
            let kind = kinds.first { $0.key == shift.kind }?.title(language) ?? shift.kind
            return kind + " · " + emergencies.areaName(shift.area)
        }
        return file(calendar.bytes, "text/calendar; charset=utf-8")
    }

    private func file(_ bytes: [UInt8], _ type: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: type, .cacheControl: "private, no-cache", .contentLength: String(bytes.count)],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    // MARK: CAP

    private var sender: String { "gewu." + emergencies.house.settings.area.code }

    private func alert(_ staff: StaffVisit) async throws -> Response {
        let id: EventID = try staff.visit.identifier()
        let event = try await emergencies.house.database.read { try EventStore.find(id, for: staff.scope, in: $0) }
        let now = staff.visit.now
        let first = "gewu-\(id)-1"
        let plan = emergencies.rules[plan: event.plan]
        let level = plan?.level(event.level)
        let title = level?.title ?? LocalizedText(event.level.rawValue, event.level.rawValue)
        let acts = level?.firstActs ?? []
        let alert = CapAlert(
            identifier: "gewu-\(id)-\(event.version)", sender: sender,
            sent: event.version == 1 ? event.receivedAt : (event.endedAt ?? now), isExercise: event.isExercise,
            kind: event.version == 1 ? "Alert" : event.isRunning ? "Update" : "Cancel",
            references: event.version == 1
                ? [] : ["\(sender),\(first),\(CapAlert.time(event.receivedAt))"],
            category: plan?.category ?? "Other", event: plan?.title ?? LocalizedText(event.plan, event.plan),
            severity: level?.severity ?? "Unknown", urgency: event.isRunning ? "Immediate" : "Past",
            expires: event.reviewAt ?? event.endedAt ?? now, senderName: emergencies.house.settings.title,
            headline: LocalizedText("\(event.title) \(title.chinese)", "\(event.title), \(title.english)"),
            description: LocalizedText(
                event.isRunning ? "应急响应进行中" : "应急响应已结束", event.isRunning ? "In force" : "Ended"),
            instruction: acts.isEmpty
                ? nil
                : LocalizedText(
                    acts.map(\.chinese).joined(separator: "；"), acts.map(\.english).joined(separator: "; ")),
            areaName: emergencies.areaName(event.area), areaCode: event.area.code)
        return file(alert.bytes, "application/cap+xml; charset=utf-8")
    }

    private func alarm(_ staff: StaffVisit) async throws -> Response {
        let id: EventID = try staff.visit.identifier()
        let name = try staff.visit.parameter("alarm")
        let (event, alarms) = try await emergencies.house.database.read { transaction in
            (
                try EventStore.find(id, for: staff.scope, in: transaction),
                try AlarmStore.all(of: id, limit: 2_000, in: transaction)
            )
        }
        guard let alarm = alarms.first(where: { "\($0.id).xml" == name }) else { throw Refusal.nothingHere }
        let plan = emergencies.rules[plan: event.plan]
        let alert = CapAlert(
            identifier: "gewu-alarm-\(alarm.id)", sender: sender, sent: alarm.at, isExercise: event.isExercise,
            kind: "Alert", references: [], category: plan?.category ?? "Other",
            event: plan?.title ?? LocalizedText(event.plan, event.plan),
            severity: alarm.level > 1 ? "Severe" : "Moderate", urgency: alarm.endedAt == nil ? "Immediate" : "Past",
            expires: alarm.endedAt ?? alarm.at + .hours(24), senderName: emergencies.house.settings.title,
            headline: alarm.text, description: alarm.text, instruction: nil,
            areaName: emergencies.areaName(alarm.area), areaCode: alarm.area.code)
        return file(alert.bytes, "application/cap+xml; charset=utf-8")
    }
}
