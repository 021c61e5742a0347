import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/workload/capacity`: leave, training, people lent and cadres sent down, so that the time that there is can be known.
struct CapacityPages: Sendable {
    let workload: Workload
    private static let pageSize = 50

    func add(to routes: Routes) {
        routes.page("/workload/capacity", right: .readWorkload) { try await show($0) }
        routes.page("/workload/capacity/export", right: .readWorkload) { try await export($0) }
        routes.form("/workload/capacity", right: .readWorkload) { try await enter($0, $1) }
        routes.form("/workload/capacity/:id/withdraw", right: .readWorkload) { try await withdraw($0, $1) }
    }

    private func mayEnter(_ scope: Scope) -> Bool { scope.may(.decideDemand) || scope.may(.answerDemand) }

    private var columns: [Column<KeptCapacity>] {
        let workload = workload
        return [
            .text("区域", "Place") { kept, _ in workload.areaName(kept.entry.area) },
            .text("岗位", "Posts") { kept, visit in workload.roleName(kept.entry.role, visit) },
            .text("变化", "Change") { kept, visit in visit(kept.entry.kind.title) },
            .number("人数", "People") { $0.entry.people },
            .text("自", "From") { kept, _ in kept.entry.from.description },
            .text("至", "Until") { kept, _ in kept.entry.until.description },
        ]
    }

    private func found(
        _ staff: StaffVisit, limit: Int
    ) async throws -> (items: [KeptCapacity], next: String?) {
        let after: CapacityEntryID? = staff.visit.query.filled("after").flatMap { CapacityEntryID(parsing: $0) }
        let found = try await workload.house.database.read { transaction in
            let last = try after.flatMap { try CapacityStore.find($0, for: staff.scope, in: transaction) }
            return try CapacityStore.page(
                within: staff.scope.area, for: staff.scope, after: last, limit: limit + 1, in: transaction)
        }
        return (Array(found.prefix(limit)), found.count > limit ? found[limit - 1].id.text : nil)
    }

    private func show(
        _ staff: StaffVisit, refusal: Refusal? = nil, typed: QueryParameters? = nil
    ) async throws -> Response {
        let visit = staff.visit
        let found = try await found(staff, limit: Self.pageSize)
        let mayEnter = mayEnter(staff.scope)
        var columns = columns
        if mayEnter {
            columns.append(
                .text(
                    "操作", "Act",
                    html: { kept, visit in
                        """
                        <form method="post" action="/workload/capacity/\(kept.id)/withdraw">\(visit.formFields)\
                        <button class="btn" aria-label="\(visit("撤回：\(kept.entry.kind.title.chinese) \(kept.entry.from)", "Take back: \(kept.entry.kind.title.english) \(kept.entry.from)"))">\(visit("撤回", "Take back"))</button></form>
                        """
                    }
                ) { _, _ in nil })
        }
        let listing = Listing(
            caption: visit("已登记的变化", "What is entered"), columns: columns, items: found.items, next: found.next,
            whenEmpty:
                "<p>\(visit("还没有登记。未登记时按规则平均扣除年休假和培训（workload.yaml）。", "Nothing yet. Without entries, leave and training are taken off evenly by the rules (workload.yaml)."))</p>"
        )
        let title = visit(WorkloadTexts.capacity)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(WorkloadTexts.workload), "/workload"), (title, nil)],
                notice: refusal?.notice(visit),
                """
                <p class="lead">\(visit("休假、培训、借调外出减少可用工时，下沉干部增加可用工时；登记后立即计入工作量。只登记岗位类别和人数，不登记姓名、事由和凭证。已登记的天数抵扣规则中的平均天数，不重复扣除。", "Leave, training and people lent take time away; cadres sent down bring some; what is entered counts at once. Only the kind of post and a number: no name, no reason, no certificate. Days entered stand in place of the rules’ average, so none counts twice."))</p>\
                <div class="bar">\(exportLink(visit, path: "/workload/capacity/export"))</div>\
                \(mayEnter ? form(staff, refusal, typed) : HTML())\(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func form(_ staff: StaffVisit, _ refusal: Refusal?, _ typed: QueryParameters?) -> HTML {
        let visit = staff.visit
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        var areas: [Field.Choice] = []
        if staff.scope.area.level >= .street {
            areas.append(Field.Choice(staff.scope.area.code, workload.areaName(staff.scope.area)))
        }
        if staff.scope.area.level < .community {
            for child in workload.places.children(of: staff.scope.area.code).prefix(500) {
                areas.append(Field.Choice(child.code, child.name))
            }
        }
        let roles = workload.forecast.rules.roles.map { Field.Choice($0.role, workload.roleName($0.role, visit)) }
        let kinds = CapacityEntry.Kind.allCases.map { Field.Choice($0.rawValue, visit($0.title)) }
        let today = visit.now.local().day
        return """
            <form class="panel narrow" method="post" action="/workload/capacity">\(visit.formFields)\
            \(Field.choice("area", visit("区域", "Place"), areas, value: typed?["area"], required: true, error: error("area")))\
            \(Field.choice("role", visit("岗位", "Posts"), roles, value: typed?["role"], required: true, error: error("role")))\
            \(Field.choice("kind", visit("变化", "Change"), kinds, value: typed?["kind"], required: true, error: error("kind")))\
            \(Field.text("people", visit("人数", "People"), value: typed?["people"] ?? "1", required: true, maximum: 4, error: error("people"), inputMode: "numeric"))\
            \(Field.text("from", visit("自", "From"), value: typed?["from"] ?? today.description, type: "date", required: true, error: error("from")))\
            \(Field.text("until", visit("至（含当日）", "Until (that day too)"), value: typed?["until"] ?? (today + 4).description, type: "date", required: true, error: error("until")))\
            <p>\(Field.submit(visit("登记", "Enter")))</p></form>
            """
    }

    private func enter(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
        let fields = submission.fields
        do {
            let entry = try CapacityEntry(
                kind: fields.filled("kind"), area: fields.filled("area"), role: fields.filled("role"),
                people: fields.filled("people").flatMap { Int64($0) }, from: fields.filled("from"),
                until: fields.filled("until"))
            return try await staff.visit.write(submission) { transaction in
                _ = try workload.enter(entry, by: scope, at: now, in: transaction)
                return .seeOther("/workload/capacity")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, refusal: refusal, typed: fields)
        }
    }

    private func withdraw(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: CapacityEntryID = try staff.visit.identifier()
        let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            try workload.withdraw(capacity: id, by: scope, at: now, in: transaction)
            return .seeOther("/workload/capacity")
        }
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let items = try await found(staff, limit: 5_000).items
        return try await SheetExport.workbook(
            named: staff(WorkloadTexts.capacity), columns: columns, for: staff,
            filter: workload.areaName(staff.scope.area)
        ) { _ in (items, nil) }
    }
}

extension Workload {
    func roleName(_ role: String, _ visit: Visit) -> String { identity.roles[role].map { visit($0.name) } ?? role }
}

extension CapacityEntry {
    /// From what was typed or sent.
    init(kind: String?, area: String?, role: String?, people: Int64?, from: String?, until: String?) throws(Refusal) {
        func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
            Refusal(.ruleBroken, "workload.capacity-\(field)", LocalizedText(chinese, english), field: field)
        }
        func day(_ text: String?, _ field: String) throws(Refusal) -> Day {
            guard let day = text.flatMap({ Day($0) }), (2000...2200).contains(day.parts.year) else {
                throw wrong(field, "日期须如 2026-03-01", "A date is written 2026-03-01")
            }
            return day
        }
        guard let kind = kind.flatMap({ Kind(rawValue: $0) }) else {
            throw wrong("kind", "没有这种变化", "There is no such change")
        }
        guard let area = area.flatMap({ AreaPrefix($0) }) else { throw wrong("area", "区域代码有误", "That is no area code") }
        guard let people, (1...1_000).contains(people) else {
            throw wrong("people", "人数须为 1–1000 的整数", "A whole number from 1 to 1000")
        }
        self.init(
            kind: kind, area: area, role: role ?? "", people: people, from: try day(from, "from"),
            until: try day(until, "until"))
    }
}
