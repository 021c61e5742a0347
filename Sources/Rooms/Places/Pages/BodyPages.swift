import Desk
import Ground
import Hummingbird
import Storage
import Web

/// Bodies (departments, streets' offices, committees …): the list, one of them, and the forms that enter, change and end
/// one, under the same right and the same checks as the interface.
struct BodyPages: Sendable {
    let places: Places

    private var house: House { places.house }

    static let pageLength = 50

    func add(to routes: Routes) {
        routes.page("/places/bodies", right: .placesRead) { try await list($0) }
        routes.page("/places/bodies/new", right: .bodiesManage) { staff in
            try await newPage(staff, typed: staff.visit.query, wrong: nil)
        }
        routes.form("/places/bodies", right: .bodiesManage) { try await enter($0, $1) }
        routes.page("/places/bodies/export.xlsx", right: .placesRead) { try await export($0) }
        routes.page("/places/bodies/:id", right: .placesRead) { try await show($0) }
        routes.form("/places/bodies/:id", right: .bodiesManage) { try await change($0, $1) }
        routes.form("/places/bodies/:id/end", right: .bodiesManage) { try await end($0, $1) }
    }

    // MARK: The list

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let filter = try BodyFilter(visit.query, staff.scope, today: places.today)
        var bodies = try await house.database.read { transaction in
            try BodyStore.list(
                filter, after: visit.query.filled("after"), limit: Self.pageLength + 1, in: transaction)
        }
        let hasMore = bodies.count > Self.pageLength
        if hasMore { bodies.removeLast() }
        let listing = Listing(
            caption: visit(PlacesTexts.allBodies), columns: BodyRow.pageColumns(places), items: bodies,
            next: hasMore ? bodies.last.map(BodyStore.key) : nil,
            whenEmpty: """
                <p>\(visit("没有符合条件的机构。", "No body fits."))</p><p><a href="/places/bodies">\(visit("清除筛选", "Clear the filter"))</a></p>
                """)
        let new: HTML =
            staff.scope.may(.bodiesManage)
            ? "<a class=\"btn p\" href=\"/places/bodies/new\">\(symbol("file-pen"))<span>\(visit(PlacesTexts.enterBody))</span></a>"
            : HTML()
        return visit.page(
            Page(
                visit(PlacesTexts.allBodies),
                breadcrumb: [(visit(PlacesTexts.places), "/places"), (visit(PlacesTexts.allBodies), nil)],
                notice: done(visit),
                """
                \(BodyForm(places: places, visit: visit).filter(filter))\
                <div class="bar">\(new)\(exportLink(visit, path: "/places/bodies/export.xlsx"))</div>\
                \(listing.html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let filter = try BodyFilter(staff.visit.query, staff.scope, today: places.today)
        return try await SheetExport.workbook(
            named: staff(PlacesTexts.allBodies), columns: BodyRow.columns, for: staff
        ) { after in
            var bodies = try await house.database.read {
                try BodyStore.list(filter, after: after, limit: 1001, in: $0)
            }
            let hasMore = bodies.count > 1000
            if hasMore { bodies.removeLast() }
            return (bodies, hasMore ? bodies.last.map(BodyStore.key) : nil)
        }
    }

    // MARK: One body

    private struct Model: Sendable {
        var body: BodyRecord
        var byArea: [BodyRecord]
        var byLine: [BodyRecord]
        var above: [BodyRecord]
        var people: BodyPeopleList
    }

    private func show(
        _ staff: StaffVisit, typed: QueryParameters? = nil, wrong: Refusal? = nil
    ) async throws -> Response {
        let visit = staff.visit
        let id: BodyID = try visit.identifier()
        let scope = staff.scope
        let today = places.today
        let model = try await house.database.read { transaction -> Model? in
            guard let body = try BodyStore.body(id, in: transaction) else { return nil }
            return Model(
                body: body, byArea: try BodyStore.chain(of: id, by: .area, in: transaction),
                byLine: try BodyStore.chain(of: id, by: .line, in: transaction),
                above: try BodyStore.acting(in: scope.area, at: today, limit: 1000, transaction: transaction),
                people: try BodyPeopleList(of: id, places, in: transaction))
        }
        guard let model else { throw Refusal.nothingHere }
        let body = model.body
        let form = BodyForm(places: places, visit: visit, above: model.above, wrong: wrong)
        let mayChange = scope.may(.bodiesManage) && scope.area.contains(body.area)
        let panels = try await places.bodyPanels.html(body, staff)
        let ended = body.validTo.map { $0 <= today } ?? false
        let forms: HTML =
            mayChange
            ? """
            <details class="act"\(flag: "open", wrong != nil && typed?["validTo"] == nil)><summary>\(visit("修改", "Change"))</summary>\
            <form method="post" action="/places/bodies/\(id)">\(visit.formFields)<input type="hidden" name="_version" value="\(body.version)">\
            \(form.fields(typed ?? BodyForm.typed(body), within: scope.area, besides: id))\(Field.submit(visit("保存", "Save")))</form></details>\
            \(ended ? HTML() : endForm(body, visit, isOpen: wrong != nil && typed?["validTo"] != nil, wrong))
            """ : HTML()
        return visit.page(
            Page(
                body.name(visit.language),
                breadcrumb: [
                    (visit(PlacesTexts.places), "/places"), (visit(PlacesTexts.allBodies), "/places/bodies"),
                    (body.name(visit.language), nil),
                ], notice: wrong.map { notice($0, visit) } ?? done(visit),
                "\(facts(model, visit, ended: ended))\(panels)\(model.people.html(visit))\(forms)"),
            status: wrong?.kind.status ?? .ok)
    }

    private func facts(_ model: Model, _ visit: Visit, ended: Bool) -> HTML {
        let body = model.body
        let path = places.path(of: body.area.code).map(\.name).joined(separator: " › ")
        let line = body.line.map { code in BodyForm.lineNames(house.rules)[code].map { visit($0) } ?? code }
        func chain(_ bodies: [BodyRecord]) -> HTML {
            let links = bodies.dropFirst().map { above -> HTML in
                "<a href=\"/places/bodies/\(above.id)\">\(above.name(visit.language))</a>"
            }
            return links.isEmpty ? "—" : links.joined(separator: " › ")
        }
        return """
            <section class="panel"><dl class="facts"><dt>\(visit("名称", "Name"))</dt><dd>\(body.name) \(body.englishName.map { "<span class=\"hint\" lang=\"en\">\($0)</span>" })\
            \(ended ? " <span class=\"badge\">\(visit(PlacesTexts.ended))</span>" : HTML())</dd>\
            <dt>\(visit("类别", "Kind"))</dt><dd>\(visit(PlacesTexts.kind(body.kind)))</dd>\
            <dt>\(visit("级别", "Level"))</dt><dd>\(visit(PlacesTexts.level(body.level)))</dd>\
            <dt>\(visit("履职区域", "Acts in"))</dt><dd><a href="/places/\(body.area.code)">\(path.isEmpty ? body.area.code : path)</a></dd>\
            <dt>\(visit("条线", "Line"))</dt><dd>\(line ?? "—")</dd>\
            <dt>\(visit("区域上级（块）", "Above it by area"))</dt><dd>\(chain(model.byArea))</dd>\
            <dt>\(visit("条线上级（条）", "Above it by line"))</dt><dd>\(chain(model.byLine))</dd>\
            <dt>\(visit("值班电话", "Duty desk"))</dt><dd>\(body.phone.map { "<a href=\"tel:\(address: $0)\">\($0)</a>" } ?? "—")</dd>\
            <dt>\(visit("起止", "From, until"))</dt><dd>\(body.validFrom.description) – \(body.validTo?.description ?? "")</dd></dl></section>
            """
    }

    private func endForm(_ body: BodyRecord, _ visit: Visit, isOpen: Bool, _ wrong: Refusal?) -> HTML {
        let error = wrong?.field == "validTo" ? wrong.map { visit($0.message) } : nil
        return """
            <details class="act"\(flag: "open", isOpen)><summary>\(visit("撤销机构", "End it"))</summary>\
            <form method="post" action="/places/bodies/\(body.id)/end">\(visit.formFields)<input type="hidden" name="_version" value="\(body.version)">\
            <p class="hint">\(visit("撤销后不再接收派单，历史记录保留；请先将在办事项转出、岗位卸任。", "It is given no more matters, its past stays; hand on what it handles and end its posts first."))</p>\
            \(Field.text("end-validTo", visit("自此日起不再履职", "No longer from this day"), value: places.today.description, type: "date", required: true, error: error, formName: "validTo"))\
            \(Field.submit(visit("撤销机构", "End it"), tone: "danger"))</form></details>
            """
    }

    // MARK: Writing

    private func newPage(_ staff: StaffVisit, typed: QueryParameters, wrong: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let today = places.today
        let above = try await house.database.read {
            try BodyStore.acting(in: scope.area, at: today, limit: 1000, transaction: $0)
        }
        let form = BodyForm(places: places, visit: visit, above: above, wrong: wrong)
        return visit.page(
            Page(
                visit(PlacesTexts.enterBody),
                breadcrumb: [
                    (visit(PlacesTexts.places), "/places"), (visit(PlacesTexts.allBodies), "/places/bodies"),
                    (visit(PlacesTexts.enterBody), nil),
                ], notice: wrong.map { notice($0, visit) },
                """
                <form method="post" action="/places/bodies" class="panel narrow" data-draft="new-body">\(visit.formFields)\
                \(form.fields(typed, within: scope.area))\(Field.submit(visit("登记", "Enter")))</form>
                """),
            status: wrong?.kind.status ?? .ok)
    }

    private func enter(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let now = staff.visit.now
        let scope = staff.scope
        do {
            let record = try BodyForm.record(
                submission.fields, id: house.identifiers.next(at: now), today: places.today, version: 1)
            let entry = house.identifiers.nextText(at: now)
            return try await staff.visit.write(submission) { transaction in
                try Places.create(record, by: scope, at: now, entry: Identifier(entry), in: transaction)
                return .seeOther("/places/bodies/\(record.id)?done=entered")
            }
        } catch let refusal as Refusal where refusal.kind != .fault {
            return try await newPage(staff, typed: submission.fields, wrong: refusal)
        }
    }

    private func change(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: BodyID = try staff.visit.identifier()
        do {
            let today = places.today
            return try await write(staff, submission, id, done: "changed") { stored in
                var record = try BodyForm.record(
                    submission.fields, id: id, today: today, version: submission.seenVersion ?? 0)
                // The form of changes does not end a body; that has a form of its own.
                record.validTo = stored.validTo
                return record
            }
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .notFound {
            return try await show(staff, typed: submission.fields.setting("validTo", nil), wrong: refusal)
        }
    }

    private func end(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: BodyID = try staff.visit.identifier()
        do {
            guard let day = try submission.fields.day("validTo") else { throw BodyForm.noDay("validTo") }
            return try await write(staff, submission, id, done: "ended") { stored in
                var record = stored
                record.validTo = day
                record.version = submission.seenVersion ?? 0
                return record
            }
        } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .notFound {
            let typed = QueryParameters([("validTo", submission.fields["validTo"] ?? "")])
            return try await show(staff, typed: typed, wrong: refusal)
        }
    }

    private func write(
        _ staff: StaffVisit, _ submission: Submission, _ id: BodyID, done: String,
        _ changed: @escaping @Sendable (BodyRecord) throws -> BodyRecord
    ) async throws -> Response {
        let now = staff.visit.now
        let scope = staff.scope
        let entry = house.identifiers.nextText(at: now)
        return try await staff.visit.write(submission) { transaction in
            guard let stored = try BodyStore.body(id, in: transaction) else { throw Refusal.nothingHere }
            try Places.update(try changed(stored), by: scope, at: now, entry: Identifier(entry), in: transaction)
            return .seeOther("/places/bodies/\(id)?done=\(done)")
        }
    }

    // MARK: Notices

    private func done(_ visit: Visit) -> Page.Notice? {
        switch visit.query["done"] {
        case "entered": Page.Notice(.ok, visit("已登记。", "Entered."))
        case "changed": Page.Notice(.ok, visit("已保存。", "Saved."))
        case "ended": Page.Notice(.ok, visit("已撤销。", "Ended."))
        default: nil
        }
    }

    private func notice(_ refusal: Refusal, _ visit: Visit) -> Page.Notice {
        Page.Notice(.danger, visit(refusal.message) + (refusal.wayOn.map { visit("。", ". ") + visit($0) } ?? ""))
    }
}
