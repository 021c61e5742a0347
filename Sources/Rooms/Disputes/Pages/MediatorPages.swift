import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/mediators`: who mediates where, and in what. A register, not a ranking: in the order of entry.
struct MediatorPages: Sendable {
    let disputes: Disputes

    private static let pageSize = 100

    func add(to routes: Routes) {
        routes.page("/mediators", right: .readDisputes) { try await list($0) }
        routes.page("/mediators/export", right: .readDisputes) { try await export($0) }
        routes.page("/mediators/new", right: .manageMediators) { form($0, nil) }
        routes.form("/mediators/new", right: .manageMediators) { try await send($0, $1, nil) }
        routes.page("/mediators/:id", right: .manageMediators) { form($0, try await one($0)) }
        routes.form("/mediators/:id", right: .manageMediators) { try await send($0, $1, try await one($0)) }
    }

    private func one(_ staff: StaffVisit) async throws -> Mediator {
        let id: MediatorID = try staff.visit.identifier()
        let scope = staff.scope
        let found = try await disputes.house.database.read { try MediatorStore.find(id, in: $0) }
        guard let found, scope.area.contains(found.area) else { throw Refusal.nothingHere }
        return found
    }

    private func page(_ scope: Scope, after: MediatorID?, limit: Int) async throws -> (items: [Mediator], next: String?)
    {
        let found = try await disputes.house.database.read {
            try MediatorStore.mediators(of: scope.area, andAbove: true, after: after, limit: limit + 1, in: $0)
        }
        return (Array(found.prefix(limit)), found.count > limit ? found[limit - 1].id.text : nil)
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let after = visit.query.filled("after").flatMap { MediatorID(parsing: $0) }
        let (items, next) = try await page(staff.scope, after: after, limit: Self.pageSize)
        let listing = Listing(
            caption: visit(DisputeTexts.mediators), columns: columns(staff.scope), items: items, next: next,
            whenEmpty: "<p>\(visit("还没有登记调解员，纠纷无人可推荐。", "No mediators yet, so nobody can be proposed."))</p>")
        let new: HTML =
            staff.scope.may(.manageMediators)
            ? "<a class=\"btn p\" href=\"/mediators/new\">\(visit("登记调解员", "Enter a mediator"))</a>" : HTML()
        return visit.page(
            Page(
                visit(DisputeTexts.mediators),
                breadcrumb: [(visit(DisputeTexts.disputes), "/disputes"), (visit(DisputeTexts.mediators), nil)],
                "<div class=\"bar\">\(new)\(exportLink(visit, path: "/mediators/export"))</div>\(listing.html(visit))"))
    }

    private func columns(_ scope: Scope) -> [Column<Mediator>] {
        let disputes = disputes
        @Sendable func titles(_ keys: Set<String>, _ known: [String: DisputeRules.Named], _ visit: Visit) -> String {
            keys.sorted().compactMap { known[$0].map { visit($0.title) } }.joined(separator: visit("、", ", "))
        }
        return [
            .text(
                "姓名", "Name",
                html: { one, _ in
                    scope.may(.manageMediators) && scope.area.contains(one.area)
                        ? "<a href=\"/mediators/\(one.id)\">\(one.name)</a>" : HTML(text: one.name)
                }
            ) { one, _ in one.name },
            .text("调解组织", "Organisation") { one, _ in one.organisation },
            .text("层级", "Level") { one, visit in visit(disputes.levelTitle(one.level)) },
            .text("区域", "Area") { one, _ in disputes.areaName(one.area) },
            .text("专长", "Fields") { one, visit in titles(one.fields, disputes.rules.fields, visit) },
            .text("语言", "Languages") { one, visit in titles(one.languages, disputes.rules.languages, visit) },
            .number("在办", "In hand") { $0.openCount },
            .text("状态", "State") { one, visit in one.isActive ? visit("在任", "Active") : visit("停用", "Not any more") },
        ]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        try await SheetExport.workbook(
            named: staff.visit(DisputeTexts.mediators), columns: columns(staff.scope), for: staff
        ) { try await page(staff.scope, after: $0.flatMap { MediatorID(parsing: $0) }, limit: 500) }
    }

    private func form(
        _ staff: StaffVisit, _ one: Mediator?, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil
    ) -> Response {
        let visit = staff.visit
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        func boxes(_ prefix: String, _ legend: String, _ known: [String: DisputeRules.Named], _ chosen: Set<String>)
            -> HTML
        {
            let items = known.sorted { $0.key < $1.key }.html { key, named in
                let isOn = typed.map { $0["\(prefix)-\(key)"] == "yes" } ?? chosen.contains(key)
                return Field.checkbox("\(prefix)-\(key)", visit(named.title), isOn: isOn)
            }
            return "<fieldset><legend>\(legend)</legend>\(items)</fieldset>"
        }
        let title = one?.name ?? visit("登记调解员", "Enter a mediator")
        let controls = DisputeControls(disputes: disputes, visit: visit)
        let area: HTML =
            one == nil
            ? controls.areas("area", within: staff.scope.area, value: typed?["area"], error: error("area")) : HTML()
        let levels = disputes.rules.levels.map { Field.Choice($0.key, visit($0.title)) }
        let active: HTML =
            one == nil
            ? HTML()
            : "<input type=\"hidden\" name=\"_version\" value=\"\(one?.version ?? 1)\">\(Field.checkbox("active", visit("在任", "Active"), isOn: typed.map { $0["active"] == "yes" } ?? one?.isActive ?? true))"
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(DisputeTexts.disputes), "/disputes"), (visit(DisputeTexts.mediators), "/mediators"),
                    (title, nil),
                ], notice: refusal?.notice(visit),
                """
                <form class="panel narrow" method="post" action="/mediators/\(one?.id.text ?? "new")">\(visit.formFields)\
                \(Field.text("name", visit(DisputeTexts.name), value: typed?["name"] ?? one?.name, required: true, maximum: 40, error: error("name")))\
                \(Field.text("organisation", visit("调解组织", "Organisation"), value: typed?["organisation"] ?? one?.organisation, required: true, maximum: 60, error: error("organisation")))\
                \(area)\(Field.choice("level", visit(DisputeTexts.level), levels, value: typed?["level"] ?? one?.level, required: true, none: visit(DisputeTexts.choose), error: error("level")))\
                \(boxes("field", visit("专长", "Fields"), disputes.rules.fields, one?.fields ?? []))\
                \(boxes("language", visit("语言", "Languages"), disputes.rules.languages, one?.languages ?? []))\
                \(Field.text("phone", visit("电话（只用于识别本人是当事人，不显示）", "Phone (only to see that they are no party; never shown)"), type: "tel", maximum: 20, error: error("phone"), autocomplete: "off"))\
                \(active)<p>\(Field.submit(visit("保存", "Keep")))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func send(_ staff: StaffVisit, _ submission: Submission, _ one: Mediator?) async throws -> Response {
        let (disputes, scope, now, fields) = (disputes, staff.scope, staff.visit.now, submission.fields)
        func chosen(_ prefix: String, _ known: [String: DisputeRules.Named]) -> Set<String> {
            Set(known.keys.filter { fields["\(prefix)-\($0)"] == "yes" })
        }
        do {
            let entry = MediatorEntry(
                name: fields["name"] ?? "", organisation: fields["organisation"] ?? "",
                area: try one?.area ?? parsedArea(fields["area"] ?? ""), level: fields["level"] ?? "",
                fields: chosen("field", disputes.rules.fields), languages: chosen("language", disputes.rules.languages),
                phone: fields["phone"], isActive: one == nil || fields["active"] == "yes")
            return try await staff.visit.write(submission) { transaction in
                if let one {
                    _ = try disputes.change(
                        one.id, to: entry, seenVersion: submission.seenVersion, by: scope, at: now, in: transaction)
                } else {
                    _ = try disputes.enter(entry, by: scope, at: now, in: transaction)
                }
                return .seeOther("/mediators")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return form(staff, one, fields, refusal)
        }
    }
}
