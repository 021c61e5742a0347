import Cipher
import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Storage
import Web

/// `/duty`: the roster of an area for a week, its gaps, in and out as a table; `/duty/mine`: one's own shifts.
struct DutyPages: Sendable {
    let emergencies: Emergencies

    func add(to routes: Routes) {
        routes.page("/duty", right: .readEmergencies) { try await week($0) }
        routes.page("/duty/export", right: .readEmergencies) { try await export($0) }
        routes.page("/duty/export.ics", right: .readEmergencies) { try await exportCalendar($0) }
        routes.page("/duty/mine", right: .readEmergencies) { try await mine($0) }
        routes.form("/duty/shifts", right: .manageRoster) { try await add($0, $1) }
        routes.form("/duty/shifts/:id/remove", right: .manageRoster) { try await remove($0, $1) }
        routes.form("/duty/import", right: .manageRoster) { try await take($0, $1) }
        routes.form("/duty/shifts/:id/offer", right: .readEmergencies) { try await offer($0, $1) }
        routes.form("/duty/shifts/:id/take", right: .readEmergencies) { try await takeOver($0, $1) }
        routes.form("/duty/calendars", right: .readEmergencies) { try await makeKey($0, $1) }
        routes.form("/duty/calendars/:id/revoke", right: .readEmergencies) { try await revokeKey($0, $1) }
    }

    struct Line: Sendable {
        var shift: ShiftRecord
        var name: String
    }

    /// The area that is asked for within one's own, and the Monday of the week.
    func question(_ staff: StaffVisit) throws -> (area: AreaPrefix, monday: Day) {
        var area = staff.scope.area
        if let text = staff.visit.query.filled("area") {
            area = try parsedArea(text)
            guard staff.scope.area.contains(area) else { throw Refusal.nothingHere }
        }
        var day = staff.visit.now.local().day
        if let text = staff.visit.query.filled("week") {
            guard let asked = Day(text) else {
                throw Refusal(
                    .malformed, "duty.no-day", LocalizedText("日期须如 2026-11-21", "A day is written 2026-11-21"),
                    field: "week")
            }
            day = asked
        }
        return (area, day - (day.weekday - 1))
    }

    func lines(_ area: AreaPrefix, _ monday: Day) async throws -> [Line] {
        let from = Instant(LocalTime(day: monday))
        let directory = emergencies.identity.directory
        return try await emergencies.house.database.read { transaction in
            let shifts = try ShiftStore.shifts(in: area, from: from, until: from + .days(7), in: transaction)
            let names = try directory.staffNames(shifts.map(\.staff), in: transaction)
            return shifts.map { Line(shift: $0, name: names[$0.staff] ?? "—") }
        }
    }

    // MARK: The week

    private func week(
        _ staff: StaffVisit, typed: QueryParameters? = nil, refusal: Refusal? = nil, faults: [RosterImport.Fault] = [],
        planned: Int? = nil
    ) async throws -> Response {
        let visit = staff.visit
        let (area, monday) = try question(staff)
        let lines = try await lines(area, monday)
        let from = Instant(LocalTime(day: monday))
        let gaps = emergencies.gaps(in: area, from: max(from, visit.now), until: from + .days(7), lines.map(\.shift))
        let controls = EmergencyControls(emergencies: emergencies, visit: visit)
        let areas = Set(lines.map(\.shift.area)).sorted { $0.code < $1.code }
        let days = (0..<7).map { monday + $0 }
        var notice = refusal?.notice(visit)
        if let planned { notice = Page.Notice(.ok, visit("已排 \(planned) 班", "\(planned) shifts planned")) }
        if !faults.isEmpty {
            notice = Page.Notice(
                .danger, visit("表格有误，一行也没有采纳", "The table has mistakes; nothing of it was taken"))
        }
        let manages = staff.scope.may(.manageRoster)
        func address(_ day: Day) -> String {
            visit.query.setting("week", day.description).setting("after", nil).address("/duty")
        }
        let table: HTML =
            lines.isEmpty
            ? "<div class=\"panel empty\"><p>\(visit("这一周还没有排班。可以逐班添加，或导入表格。", "Nobody is on the roster this week. Add shifts, or import a table."))</p></div>"
            : controls.table(
                visit("值班表", "Roster"),
                [visit(EmergencyTexts.area)] + days.map { dayTitle($0, visit) },
                areas.html { area in
                    """
                    <tr><td data-label="\(visit(EmergencyTexts.area))">\(emergencies.areaName(area))</td>\(days.html { day in
                        "<td data-label=\"\(dayTitle(day, visit))\">\(cell(lines, area, day, manages, visit))</td>"
                    })</tr>
                    """
                })
        let missing: HTML =
            gaps.isEmpty
            ? HTML()
            : """
            <section class="panel"><h2>\(visit("空班", "Gaps"))</h2><ul class="rows">\(gaps.prefix(50).html { gap in
                "<li>\(controls.tag(visit("无人值班", "nobody"), "danger")) \(emergencies.areaName(gap.area)) · \(kind(gap.kind, visit)) · \(gap.from.local().minuteText) – \(gap.until.local().minuteText)</li>"
            })</ul></section>
            """
        let wrong: HTML =
            faults.isEmpty
            ? HTML()
            : """
            <section class="panel"><h2>\(visit("有误的行", "Rows with mistakes"))</h2><ul>\(faults.html { "<li>\(visit("第 \($0.row) 行", "Row \($0.row)")): \(visit($0.reason))</li>" })</ul></section>
            """
        let page = Page(
            visit(EmergencyTexts.duty), breadcrumb: [(visit(EmergencyTexts.duty), nil)], notice: notice,
            """
            <form class="filter" method="get" action="/duty">\(controls.areas("area", within: staff.scope.area, value: area.code))\
            \(Field.text("week", visit("周", "Week of"), value: monday.description, type: "date"))\(Field.submit(visit("查看", "Show"), tone: ""))</form>\
            <p class="bar"><a class="btn" href="\(address(monday - 7))">\(visit("上一周", "Week before"))</a><a class="btn" href="\(address(monday + 7))">\(visit("下一周", "Next week"))</a>\
            <a class="btn" href="/duty/mine">\(visit("我的值班", "My duty"))</a>\(exportLink(visit, path: "/duty/export"))\
            <a class="btn" href="\(visit.query.address("/duty/export.ics"))" download>\(symbol("calendar-days"))<span>\(visit("导出日历", "As a calendar"))</span></a></p>\
            \(wrong)\(missing)\(table)\(manages ? forms(area, typed, refusal, controls, visit) : HTML())
            """)
        return visit.page(page, status: refusal?.kind.status ?? (faults.isEmpty ? .ok : .unprocessableContent))
    }

    private func dayTitle(_ day: Day, _ visit: Visit) -> String {
        let names =
            visit.language == .chinese
            ? ["一", "二", "三", "四", "五", "六", "日"] : ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        return "\(day.description.suffix(5)) \(names[day.weekday - 1])"
    }

    func kind(_ key: String, _ visit: Visit) -> String {
        emergencies.rules.duty.kinds.first { $0.key == key }.map { visit($0.title) } ?? key
    }

    private func cell(_ lines: [Line], _ area: AreaPrefix, _ day: Day, _ manages: Bool, _ visit: Visit) -> HTML {
        lines.filter { $0.shift.area == area && $0.shift.from.local().day == day }.html { line in
            let until = line.shift.until.local()
            let remove: HTML =
                manages && !visit.isWall && line.shift.state == .planned && line.shift.from > visit.now
                ? """
                <form method="post" action="/duty/shifts/\(line.shift.id)/remove" class="inline noprint">\(visit.formFields)\
                <button class="link" aria-label="\(visit("撤销 \(line.name) \(day) 的班", "Remove the shift of \(line.name) on \(day)"))">\(visit("撤销", "Remove"))</button></form>
                """ : HTML()
            return """
                <p>\(kind(line.shift.kind, visit)) \(line.name)<br><span class="hint">\(line.shift.from.local().minuteText.suffix(5))–\(until.day == day ? HTML() : "<span>\(until.day.description.suffix(5)) </span>")\(until.minuteText.suffix(5))</span>\(handOver(line.shift, visit))\(remove)</p>
                """
        }
    }

    /// How the hand-over of a shift stands, where there is something to say.
    private func handOver(_ shift: ShiftRecord, _ visit: Visit, own: Bool = false) -> HTML {
        guard let title = shift.state.title else { return HTML() }
        let controls = EmergencyControls(emergencies: emergencies, visit: visit)
        let isOwn = own && shift.state == .offered
        return
            " \(controls.tag(isOwn ? visit("待接班，您仍负责", "not taken yet: you still answer") : visit(title), shift.state == .taken ? "ok" : shift.state == .offered ? "warn" : "danger"))"
    }

    private func forms(
        _ area: AreaPrefix, _ typed: QueryParameters?, _ refusal: Refusal?, _ controls: EmergencyControls,
        _ visit: Visit
    ) -> HTML {
        func error(_ name: String) -> String? {
            refusal?.field == name ? refusal.map { visit($0.message) } : nil
        }
        return """
            <details class="act"\(flag: "open", typed != nil)><summary>\(visit("排一班", "Plan a shift"))</summary>\
            <form method="post" action="/duty/shifts" data-draft="duty-shift">\(visit.formFields)\
            \(controls.areas("shift-area", within: area, value: typed?["area"], error: error("area")))\
            \(Field.choice("shift-kind", visit("值班类别", "Kind of duty"), emergencies.rules.duty.kinds.map { Field.Choice($0.key, visit($0.title)) }, value: typed?["kind"], required: true, error: error("kind"), formName: "kind"))\
            \(Field.text("shift-person", visit("人员姓名", "Person"), value: typed?["person"], required: true, maximum: 60, error: error("person"), formName: "person"))\
            \(Field.text("shift-from", visit("开始", "From"), value: typed?["from"], required: true, maximum: 20, error: error("from"), placeholder: "2026-11-21 08:00", formName: "from"))\
            \(Field.text("shift-until", visit("结束", "Until"), value: typed?["until"], required: true, maximum: 20, error: error("until"), placeholder: "2026-11-22 08:00", formName: "until"))\
            <p>\(Field.submit(visit("排班", "Plan")))</p></form></details>\
            <details class="act"><summary>\(visit("导入表格", "Import a table"))</summary>\
            <form method="post" action="/duty/import" enctype="multipart/form-data">\(visit.formFields)\
            \(Field.file("roster", visit("值班表", "Roster"), accept: ".csv,.xlsx", required: true, hint: visit("CSV 或 XLSX，列：区域代码、值班类别、人员、开始、结束；有一行错就都不采纳", "CSV or XLSX with the columns area, kind, person, from, until; one bad row and nothing is taken")))\
            <p>\(Field.submit(visit("导入", "Import")))</p></form></details>
            """
    }

    private func add(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
        do {
            let shift = PlannedShift(
                area: try parsedArea(fields["area"] ?? ""), kind: fields["kind"] ?? "", person: fields["person"] ?? "",
                from: try parsedInstant(fields.filled("from"), field: "from") ?? now,
                until: try parsedInstant(fields.filled("until"), field: "until") ?? now)
            return try await staff.visit.write(submission) { transaction in
                let made = try emergencies.plan(shift, by: scope, at: now, in: transaction)
                return .seeOther("/duty?week=\(made.from.local().day)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await week(staff, typed: fields, refusal: refusal)
        }
    }

    private func remove(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: ShiftID = try staff.visit.identifier()
        let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            try emergencies.removeShift(id, by: scope, at: now, in: transaction)
            return .seeOther("/duty")
        }
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        do {
            let bytes = submission.files.first { $0.field == "roster" }?.bytes ?? []
            let result = try await RosterImport(emergencies: emergencies).take(
                bytes, by: staff.scope, at: staff.visit.now)
            return try await week(
                staff, faults: result.faults, planned: result.faults.isEmpty ? result.planned : nil)
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await week(staff, refusal: refusal)
        }
    }

    // MARK: One's own

    private func mine(
        _ staff: StaffVisit, secret: String? = nil, refusal: Refusal? = nil, typed: QueryParameters? = nil
    )
        async throws -> Response
    {
        let visit = staff.visit
        let now = visit.now
        let emergencies = emergencies
        struct Own: Sendable {
            var shifts: [ShiftRecord]
            var offered: [(ShiftRecord, String, String)]
            var next: [ShiftID: [(StaffID, String)]]
            var keys: [CalendarKey]
        }
        let own = try await emergencies.house.database.read { transaction -> Own in
            let staffID = staff.scope.staff
            let shifts = try ShiftStore.shifts(of: staffID, from: now - .days(2), in: transaction)
            let around = try ShiftStore.shifts(
                in: staff.scope.area, from: now - .days(1), until: now + .days(2), in: transaction)
            let names = try emergencies.identity.directory.staffNames(around.map(\.staff), in: transaction)
            let offered = try around.filter { $0.offeredTo == staffID && $0.state == .offered }.map { shift in
                let note = try ShiftStore.note(of: shift.id, in: transaction).map {
                    try emergencies.house.keys.vault.open($0, for: "duty-note")
                }
                return (shift, names[shift.staff] ?? "—", note ?? "")
            }
            var next: [ShiftID: [(StaffID, String)]] = [:]
            for shift in shifts where shift.from <= now && now < shift.until + .hours(12) {
                var seen: Set<StaffID> = [staffID]
                next[shift.id] = around.filter {
                    $0.area == shift.area && $0.until > now && seen.insert($0.staff).inserted
                }
                .map { ($0.staff, names[$0.staff] ?? "—") }
            }
            return Own(
                shifts: shifts, offered: offered, next: next, keys: try ShiftStore.keys(of: staffID, in: transaction))
        }
        let scheme = visit.house.settings.secureCookies ? "https" : "http"
        let base = "\(scheme)://\(visit.request.head.authority ?? "localhost")"
        let shown: HTML =
            secret.map {
                """
                <section class="panel"><h2>\(visit("订阅地址（只显示一次）", "Address, shown once"))</h2>\
                <p><code>\(base)/calendars/duty.ics?key=\($0)</code></p>\
                <p class="hint">\(visit("只含您本人的值班，可随时停用。", "Only your own shifts; revoke it at any time."))</p></section>
                """
            } ?? HTML()
        let title = visit("我的值班", "My duty")
        return visit.page(
            Page(
                title, breadcrumb: [(visit(EmergencyTexts.duty), "/duty"), (title, nil)],
                notice: refusal?.notice(visit),
                """
                \(shown)\(own.offered.html { shift, name, note in
                    """
                    <form class="panel" method="post" action="/duty/shifts/\(shift.id)/take">\(visit.formFields)<h2>\(visit("\(name) 向您交班", "\(name) hands over to you"))</h2>\
                    <p>\(note)</p><p>\(Field.submit(visit("接班", "Take over")))</p></form>
                    """
                })\(own.shifts.isEmpty ? "<div class=\"panel empty\"><p>\(visit("您近期没有值班。", "You have no shifts soon."))</p></div>" : HTML())\
                \(own.shifts.html { shift in
                    """
                    <section class="panel"><p><strong>\(kind(shift.kind, visit))</strong> · \(emergencies.areaName(shift.area)) · \(shift.from.local().minuteText) – \(shift.until.local().minuteText)\
                    \(handOver(shift, visit, own: true))</p>\
                    \(offerForm(shift, own.next[shift.id] ?? [], typed, visit))</section>
                    """
                })\
                <section class="panel"><h2>\(visit("日历订阅", "Calendar"))</h2><p class="hint">\(visit("把自己的值班订阅到手机日历（iCalendar）。", "Read your own shifts in a calendar program (iCalendar)."))</p>\
                <ul class="rows">\(own.keys.html { key in
                    """
                    <li>\(visit("生成于", "Made")) \(key.madeAt.local().minuteText) <form method="post" action="/duty/calendars/\(key.id)/revoke" class="inline">\(visit.formFields)\
                    \(Field.submit(visit("停用", "Revoke"), tone: ""))</form></li>
                    """
                })</ul><form method="post" action="/duty/calendars">\(visit.formFields)\(Field.submit(visit("生成订阅地址", "Make an address"), tone: ""))</form></section>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func offerForm(
        _ shift: ShiftRecord, _ next: [(StaffID, String)], _ typed: QueryParameters?, _ visit: Visit
    ) -> HTML {
        guard !next.isEmpty, shift.state == .planned else { return HTML() }
        return """
            <details class="raw"><summary>\(visit("交班", "Hand over"))</summary><form method="post" action="/duty/shifts/\(shift.id)/offer">\(visit.formFields)\
            \(Field.choice("to-\(shift.id)", visit("接班人", "To"), next.map { Field.Choice($0.0.text, $0.1) }, value: typed?["to"], required: true, formName: "to"))\
            \(Field.longText("note-\(shift.id)", visit("未了事项", "What is open"), value: typed?["note"], required: true, maximum: 1000, rows: 3, formName: "note"))\
            <p>\(Field.submit(visit("交班", "Hand over")))</p></form></details>
            """
    }

    private func offer(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: ShiftID = try staff.visit.identifier()
        let fields = submission.fields
        let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
        do {
            guard let next = fields.filled("to").flatMap({ StaffID(parsing: $0) }) else {
                throw emergencies.missing("to", "请选择接班人", "Choose who takes over")
            }
            return try await staff.visit.write(submission) { transaction in
                _ = try emergencies.offerShift(
                    id, to: next, note: fields["note"] ?? "", by: scope, at: now, in: transaction)
                return .seeOther("/duty/mine")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await mine(staff, refusal: refusal, typed: fields)
        }
    }

    private func takeOver(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: ShiftID = try staff.visit.identifier()
        let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            _ = try emergencies.takeShift(id, by: scope, at: now, in: transaction)
            return .seeOther("/duty/mine")
        }
    }

    /// Not kept with an idempotency key: the secret is shown once and stored nowhere.
    private func makeKey(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
        do {
            let secret = try await emergencies.house.database.write {
                try emergencies.makeCalendarKey(by: scope, at: now, in: $0)
            }
            return try await mine(staff, secret: secret)
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await mine(staff, refusal: refusal)
        }
    }

    private func revokeKey(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: CalendarKey.ID = try staff.visit.identifier()
        let (emergencies, scope, now) = (emergencies, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            try emergencies.revokeCalendarKey(id, by: scope, at: now, in: transaction)
            return .seeOther("/duty/mine")
        }
    }
}
