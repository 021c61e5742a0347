import Cipher
import Desk
import Ground
import Hummingbird
import NationalCodes
import Storage
import Web

/// Staff of an area: the list, one person, entering and changing them, giving and ending posts.
struct StaffPages: Sendable {
    let house: House
    let bodies: any BodyLookup
    let roles: Roles
    let commands: StaffCommands

    static let pageLength = 50

    func add(to routes: Routes) {
        routes.page("/staff", right: .manageStaff) { try await list($0) }
        routes.page("/staff/export", right: .manageStaff) { try await export($0) }
        routes.page("/staff/new", right: .manageStaff) { try await newPage($0, typed: $0.visit.query, wrong: nil) }
        routes.form("/staff", right: .manageStaff) { try await enter($0, $1) }
        routes.page("/staff/:id", right: .manageStaff) { try await person($0, id: try $0.visit.identifier()) }
        routes.form("/staff/:id", right: .manageStaff) { try await change($0, $1) }
        routes.form("/staff/:id/posts", right: .manageStaff) { try await give($0, $1) }
        routes.form("/staff/:id/posts/:post/end", right: .manageStaff) { try await end($0, $1) }
        routes.form("/staff/:id/password", right: .manageStaff) { try await resetPassword($0, $1) }
        routes.form("/staff/:id/leave", right: .manageStaff) { staff, submission in
            try await commands.leave(try staff.visit.identifier(), by: staff.scope, once: submission.once).response
        }
        routes.form("/staff/:id/reveal", right: .revealPersonal) { try await reveal($0, $1) }
    }

    // MARK: List

    private func filter(_ query: QueryParameters) -> StaffFilter {
        StaffFilter(
            body: query.filled("body").flatMap { BodyID(parsing: $0) }, role: query.filled("role"),
            text: query.filled("q").map { String($0.prefix(60)) },
            area: query.filled("area").flatMap { AreaPrefix($0) },
            holding: query["holding"].flatMap(StaffFilter.Holding.init(rawValue:)) ?? .current)
    }

    private func lines(_ staff: StaffVisit, after: String?, limit: Int) async throws -> ([StaffLine], String?) {
        let filter = filter(staff.visit.query)
        let scope = staff.scope
        let now = staff.visit.now
        let bodies = bodies
        var lines = try await house.database.read { transaction in
            try StaffList.lines(
                filter, scope: scope, bodies: bodies, at: now, after: after, limit: limit + 1, in: transaction)
        }
        guard lines.count > limit else { return (lines, nil) }
        lines.removeLast()
        return (lines, lines.last?.key)
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let query = visit.query
        let bodies = bodies
        let (lines, next) = try await lines(staff, after: query.filled("after"), limit: Self.pageLength)
        let choices = try await house.database.read { try bodies.bodies(in: scope.area, limit: 500, in: $0) }
        let listing = Listing(
            caption: visit("工作人员", "Staff"), columns: columns, items: lines, next: next,
            whenEmpty: """
                <p>\(visit("没有符合条件的人员。", "Nobody fits."))</p><p><a href="/staff">\(visit("清除筛选", "Clear the filter"))</a></p>
                """)
        let holdings: [Field.Choice] = [
            .init("current", visit("在任岗位", "Posts held")), .init("ended", visit("已卸任岗位", "Posts ended")),
            .init("none", visit("无岗位人员", "People without a post")),
        ]
        return visit.page(
            Page(
                visit("工作人员", "Staff"),
                """
                <form method="get" action="/staff" class="filter">\
                \(Field.text("q", visit("姓名或登录名", "Name or log-in name"), value: query["q"], type: "search"))\
                \(Field.choice("body", visit("单位", "Body"), choices.map { Field.Choice($0.id.text, visit($0.title)) }, value: query["body"], none: visit("全部", "All")))\
                \(Field.choice("role", visit("角色", "Role"), roles.all.map { Field.Choice($0.key, visit($0.name)) }, value: query["role"], none: visit("全部", "All")))\
                \(Field.choice("holding", visit("状态", "State"), holdings, value: query["holding"]))\
                \(Field.submit(visit("筛选", "Filter")))</form>\
                <div class="bar"><a class="btn p" href="/staff/new">\(symbol("user-plus"))<span>\(visit("新增人员", "Enter a person"))</span></a>\
                \(exportLink(visit, path: "/staff/export"))</div>\(listing.html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        try await SheetExport.workbook(named: staff.visit("工作人员", "Staff"), columns: columns, for: staff) { after in
            let (items, next) = try await lines(staff, after: after, limit: 1000)
            return (items, next)
        }
    }

    private var columns: [Column<StaffLine>] {
        let vault = house.keys.vault
        let roles = roles
        let bodies = bodies
        return [
            .text(
                "姓名", "Name",
                html: { line, visit in
                    "<a href=\"/staff/\(line.staff)\">\(line.name)</a>\(line.isActive ? HTML() : " <span class=\"badge\">\(visit("离职", "left"))</span>")"
                }, { line, _ in line.name }),
            .text("登录名", "Log-in name") { line, _ in line.login },
            .text("电话", "Phone") { line, _ in
                line.phoneSealed.flatMap { try? vault.open($0, for: StaffStore.phonePurpose) }.map(Mask.phoneNumber)
            },
            .text("单位", "Body") { line, visit in line.body.map { visit($0.title) } },
            .text("岗位", "Post") { line, visit in line.post.map { visit($0.title) } },
            .text("角色", "Role") { line, visit in
                line.post.map { post in roles[post.role].map { visit($0.name) } ?? post.role }
            },
            .text(
                "辖区", "Area",
                html: { line, _ in
                    line.post.map {
                        "<span title=\"\($0.area.code)\">\(bodies.areaName($0.area) ?? $0.area.code)</span>"
                    }
                        ?? HTML()
                },
                { line, _ in line.post.map { bodies.areaName($0.area) ?? $0.area.code } }),
            .instant("任职", "Since") { $0.post?.from },
            .instant("卸任", "Until") { $0.post?.until },
        ]
    }

    // MARK: One person

    private func person(
        _ staff: StaffVisit, id: StaffID, notice: Page.Notice? = nil, phone: String? = nil, above: HTML = HTML(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let now = visit.now
        let bodies = bodies
        let commands = commands
        let found = try await house.database.read {
            transaction -> (StaffRecord, [(PostRecord, BodyFacts?)], [BodyFacts])? in
            guard let record = try StaffStore.staff(id, in: transaction),
                try commands.isSeen(record, by: scope, at: now, in: transaction)
            else { return nil }
            let posts = try PostStore.posts(of: id, in: transaction).map {
                ($0, try bodies.body($0.body, in: transaction))
            }
            return (record, posts, try bodies.bodies(in: scope.area, limit: 500, in: transaction))
        }
        guard let (record, posts, choices) = found else { throw Refusal.nothingHere }
        let base = "/staff/\(id)"
        let stored = record.phoneSealed.flatMap { try? house.keys.vault.open($0, for: StaffStore.phonePurpose) }
        let reveal: HTML =
            phone == nil && stored != nil && scope.may(.revealPersonal)
            ? """
            <form method="post" action="\(base)/reveal" class="inline">\(visit.formFields)\
            \(Field.text("purpose", visit("查看目的", "What for"), required: true, maximum: 200, hint: visit("目的会记入台账", "The purpose is kept in the ledger")))\
            \(Field.submit(visit("查看原文", "Show in full"), tone: "ghost"))</form>
            """ : HTML()
        return visit.page(
            Page(
                record.name,
                breadcrumb: [(visit("工作人员", "Staff"), "/staff"), (record.name, nil)], notice: notice,
                """
                \(above)<section class="panel"><h2>\(visit("基本信息", "Person"))</h2><dl class="facts">\
                <dt>\(visit("登录名", "Log-in name"))</dt><dd>\(record.login)</dd>\
                <dt>\(visit("电话", "Phone"))</dt><dd>\(phone ?? stored.map(Mask.phoneNumber) ?? "—") \(reveal)</dd>\
                <dt>\(visit("状态", "State"))</dt><dd>\(record.state == .active ? visit("在职", "active") : visit("离职", "left"))</dd>\
                <dt>\(visit("动态口令", "Second step"))</dt><dd>\(record.totpSecret == nil ? visit("未登记", "not enrolled") : visit("已登记", "enrolled"))</dd></dl></section>\
                <section class="panel"><h2>\(visit("岗位（含交叉任职）", "Posts, cross-appointments included"))</h2><ul class="rows">\
                \(posts.html { post, body in postRow(visit, post, body, base: base, scope: scope, now: now) })</ul>\
                <details><summary>\(visit("任命新岗位", "Give a post"))</summary><form method="post" action="\(base)/posts">\(visit.formFields)\
                \(postFields(visit, choices, typed: QueryParameters()))\(Field.submit(visit("任命", "Give")))</form></details></section>\
                <section class="panel"><h2>\(visit("修改", "Change"))</h2><form method="post" action="\(base)">\(visit.formFields)\
                <input type="hidden" name="_version" value="\(record.version)">\
                \(Field.text("name", visit("姓名", "Name"), value: record.name, required: true, maximum: 60))\
                \(Field.text("phone", visit("新电话", "New number"), type: "tel", maximum: 20, hint: visit("不填保持不变；填“-”删除", "Leave empty to keep it; “-” removes it")))\
                \(Field.choice("language", visit("语言", "Language"), [.init("zh-Hans", "中文"), .init("en", "English")], value: record.language?.rawValue, none: visit("随浏览器", "As the browser")))\
                \(Field.submit(visit("保存", "Save")))</form>\
                <form method="post" action="\(base)/password" class="inline">\(visit.formFields)\
                \(Field.checkbox("secondStep", visit("同时清除动态口令", "Also remove the second step")))\
                \(Field.submit(visit("重置密码", "Reset the password"), tone: "ghost"))</form>\
                \(record.state == .active ? "<form method=\"post\" action=\"\(base)/leave\" class=\"inline\">\(visit.formFields)\(Field.submit(visit("办理离职", "Has left"), tone: "danger"))</form>" : HTML())</section>
                """), status: status)
    }

    private func postRow(
        _ visit: Visit, _ post: PostRecord, _ body: BodyFacts?, base: String, scope: Scope, now: Instant
    ) -> HTML {
        let isCurrent = post.isCurrent(at: now)
        let canEnd = isCurrent && scope.area.contains(post.area) && post.id != scope.post
        let until: HTML = post.until.map { " – \(visit.instantText($0))" } ?? HTML()
        let end: HTML =
            canEnd
            ? """
            <form method="post" action="\(base)/posts/\(post.id)/end" class="inline">\(visit.formFields)\
            \(Field.submit(visit("卸任", "End"), tone: "ghost"))</form>
            """ : HTML()
        return """
            <li><strong>\(visit(post.title))</strong> \(body.map { visit($0.title) } ?? "—") \
            <span class="hint" title="\(post.area.code)">\(bodies.areaName(post.area) ?? post.area.code) · \(roles[post.role].map { visit($0.name) } ?? post.role) · \(visit.instantText(post.from))\(until)</span>\
            \(isCurrent ? HTML() : " <span class=\"badge\">\(visit("已卸任", "ended"))</span>") \(end)</li>
            """
    }

    private func postFields(_ visit: Visit, _ choices: [BodyFacts], typed: QueryParameters, wrong: Refusal? = nil)
        -> HTML
    {
        func error(_ field: String) -> String? { wrong?.field == field ? wrong.map { visit($0.message) } : nil }
        return """
            \(Field.choice("body", visit("单位", "Body"), choices.map { Field.Choice($0.id.text, "\(visit($0.title)) · \(bodies.areaName($0.area) ?? $0.area.code)") }, value: typed["body"], required: true, none: visit("请选择", "Choose"), error: error("body")))\
            \(Field.choice("role", visit("角色", "Role"), roles.all.map { Field.Choice($0.key, visit($0.name)) }, value: typed["role"], required: true, none: visit("请选择", "Choose"), error: error("role")))\
            \(Field.text("area", visit("辖区代码", "Area code"), value: typed["area"], maximum: 15, hint: visit("不填即单位所在辖区", "Empty: the body's own area"), error: error("area"), inputMode: "numeric"))\
            \(Field.text("titleZh", visit("岗位名称", "Title (Chinese)"), value: typed["titleZh"], maximum: 60, hint: visit("不填即角色名称", "Empty: the role's name")))\
            \(Field.text("titleEn", visit("岗位英文名", "Title (English)"), value: typed["titleEn"], maximum: 60))
            """
    }

    // MARK: Acts

    private func newPage(_ staff: StaffVisit, typed: QueryParameters, wrong: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let bodies = bodies
        let choices = try await house.database.read { try bodies.bodies(in: scope.area, limit: 500, in: $0) }
        func error(_ field: String) -> String? { wrong?.field == field ? wrong.map { visit($0.message) } : nil }
        return visit.page(
            Page(
                visit("新增人员", "Enter a person"),
                breadcrumb: [(visit("工作人员", "Staff"), "/staff"), (visit("新增人员", "Enter a person"), nil)],
                notice: wrong.map { notice(visit, $0) },
                """
                <div class="panel narrow"><form method="post" action="/staff">\(visit.formFields)\
                \(Field.text("name", visit("姓名", "Name"), value: typed["name"], required: true, maximum: 60, error: error("name")))\
                \(Field.text("login", visit("登录名", "Log-in name"), value: typed["login"], required: true, maximum: 60, error: error("login")))\
                \(Field.text("phone", visit("手机", "Phone"), value: typed["phone"], type: "tel", maximum: 20, error: error("phone")))\
                \(postFields(visit, choices, typed: typed, wrong: wrong))\(Field.submit(visit("新增", "Enter")))</form></div>
                """), status: wrong?.kind.status ?? .ok)
    }

    private func enter(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        do {
            guard let body = fields.filled("body").flatMap({ BodyID(parsing: $0) }) else {
                throw StaffCommands.wrong("body", "请选择单位", "Choose a body")
            }
            let (answer, password) = try await commands.enterWithPassword(
                StaffCommands.Entering(
                    name: fields["name"] ?? "", login: fields["login"] ?? "", phone: fields.filled("phone"), body: body,
                    role: fields.filled("role") ?? "", area: fields.filled("area"), titleZh: fields.filled("titleZh"),
                    titleEn: fields.filled("titleEn")), by: staff.scope, once: submission.once)
            guard let id = answer.location?.split(separator: "/").last.flatMap({ StaffID(parsing: $0) }) else {
                return .seeOther("/staff")
            }
            return try await person(staff, id: id, above: shown(password, staff.visit))
        } catch let refusal as Refusal where refusal.field != nil || refusal.kind == .forbidden {
            return try await newPage(staff, typed: fields, wrong: refusal)
        }
    }

    private func change(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: StaffID = try staff.visit.identifier()
        let fields = submission.fields
        do {
            return try await commands.change(
                id, name: fields["name"] ?? "", phone: fields["phone"],
                language: fields["language"].flatMap(Language.init(rawValue:)),
                seen: submission.seenVersion, by: staff.scope, once: submission.once
            ).response
        } catch let refusal as Refusal where refusal.kind != .notFound {
            return try await refused(staff, id, refusal)
        }
    }

    private func give(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: StaffID = try staff.visit.identifier()
        let fields = submission.fields
        do {
            guard let body = fields.filled("body").flatMap({ BodyID(parsing: $0) }) else {
                throw StaffCommands.wrong("body", "请选择单位", "Choose a body")
            }
            _ = try await commands.give(
                StaffCommands.Giving(
                    staff: id, body: body, role: fields.filled("role") ?? "", area: fields.filled("area"),
                    titleZh: fields.filled("titleZh"), titleEn: fields.filled("titleEn")), by: staff.scope,
                once: submission.once)
            return .seeOther("/staff/\(id)")
        } catch let refusal as Refusal where refusal.kind != .notFound {
            return try await refused(staff, id, refusal)
        }
    }

    private func end(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: StaffID = try staff.visit.identifier()
        let post: PostID = try staff.visit.identifier("post")
        do {
            _ = try await commands.end(post, by: staff.scope, once: submission.once)
            return .seeOther("/staff/\(id)")
        } catch let refusal as Refusal where refusal.kind != .notFound {
            return try await refused(staff, id, refusal)
        }
    }

    private func resetPassword(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: StaffID = try staff.visit.identifier()
        let password = try await commands.resetPassword(
            id, alsoSecondStep: submission.fields["secondStep"] == "yes", by: staff.scope, once: submission.once)
        return try await person(staff, id: id, above: shown(password.isFirst ? password.value : nil, staff.visit))
    }

    private func reveal(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: StaffID = try staff.visit.identifier()
        do {
            let phone = try await commands.reveal(id, purpose: submission.fields["purpose"] ?? "", by: staff.scope)
            return try await person(staff, id: id, phone: phone)
        } catch let refusal as Refusal where refusal.kind != .notFound {
            return try await refused(staff, id, refusal)
        }
    }

    private func refused(_ staff: StaffVisit, _ id: StaffID, _ refusal: Refusal) async throws -> Response {
        try await person(staff, id: id, notice: notice(staff.visit, refusal), status: refusal.kind.status)
    }

    private func shown(_ password: String?, _ visit: Visit) -> HTML {
        guard let password else {
            return """
                <p class="notice warn">\(visit("此操作已执行过，一次性密码不再显示；需要时请再次重置。", "This was done before; the one-time password is not shown again. Reset it once more if needed."))</p>
                """
        }
        return """
            <section class="panel"><h2>\(visit("一次性密码（只显示这一次）", "One-time password (shown this once)"))</h2>\
            <p><code>\(password)</code></p><p class="hint">\(visit("请当面告知本人；首次登录须改成自己的密码。", "Tell the person face to face; they choose their own at the first log-in."))</p></section>
            """
    }
}
