import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Storage
import Web

/// The roster of a week, taken away.
extension DutyPages {
    private func columns() -> [Column<Line>] {
        let emergencies = emergencies
        return [
            .text("区域", "Area") { line, _ in emergencies.areaName(line.shift.area) },
            .text("区域代码", "area") { line, _ in line.shift.area.code },
            .text("值班类别", "kind") { line, visit in
                emergencies.rules.duty.kinds.first { $0.key == line.shift.kind }.map { visit($0.title) }
                    ?? line.shift.kind
            },
            .text("人员", "person") { line, _ in line.name },
            .text("开始", "from") { line, _ in line.shift.from.local().minuteText },
            .text("结束", "until") { line, _ in line.shift.until.local().minuteText },
            .text("交接", "hand-over") { line, visit in line.shift.state.title.map { visit($0) } },
        ]
    }

    func export(_ staff: StaffVisit) async throws -> Response {
        let (area, monday) = try question(staff)
        let lines = try await lines(area, monday)
        try await note(lines, of: area, by: staff)
        return try await SheetExport.workbook(
            named: staff(EmergencyTexts.duty), columns: columns(), for: staff
        ) { _ in (lines, nil) }
    }

    /// The same week for a calendar program (RFC 5545): who answers where, from when to when.
    func exportCalendar(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (area, monday) = try question(staff)
        let lines = try await lines(area, monday)
        try await note(lines, of: area, by: staff)
        let names = Dictionary(lines.map { ($0.shift.id, $0.name) }) { first, _ in first }
        let kinds = Dictionary(lines.map { ($0.shift.kind, kind($0.shift.kind, visit)) }) { first, _ in first }
        let calendar = DutyCalendar(
            name: "\(visit(EmergencyTexts.duty)) \(emergencies.areaName(area))", shifts: lines.map(\.shift),
            now: visit.now
        ) { [emergencies] shift in
            [kinds[shift.kind] ?? shift.kind, names[shift.id] ?? "—", emergencies.areaName(shift.area)]
                .joined(separator: " · ")
        }
        return .download(
            calendar.bytes, name: "\(visit(EmergencyTexts.duty))-\(monday).ics",
            contentType: "text/calendar; charset=utf-8")
    }

    /// A roster that goes out names people: that is on the ledger.
    private func note(_ lines: [Line], of area: AreaPrefix, by staff: StaffVisit) async throws {
        let now = staff.visit.now
        let house = emergencies.house
        let id: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        try await house.database.write { transaction in
            try Ledger.record(
                LedgerEntry(
                    id: id, act: "duty.exported", subjectKind: "export", subjectID: id.text,
                    actor: Actor(staff.scope), happenedAt: now, receivedAt: now, area: area.code,
                    facts: JSONWriter.object { $0.member("rows", lines.count) }), in: transaction)
        }
    }
}
