import Cases
import Cipher
import Desk
import Ground
import Hummingbird
import Identity
import Places
import Registry
import Storage
import Web

/// `/visits/care`: who is looked after in an area, when the next visit is due, and the form in which it is noted. A label is
/// read by those who may know of it, a sensitive one for its purpose only; everybody else sees a mask.
struct CarePages: Sendable {
    let visits: Visits

    static let path = "/visits/care"
    private static let pageLength = 60

    func add(to routes: Routes) {
        routes.page(Self.path, right: .registryRead) { try await list($0) }
        routes.form(Self.path, right: .registryReveal) { try await listInClear($0, $1) }
        routes.page(Self.path + "/export", right: .registryRead) { try await export($0) }
        routes.page(Self.path + "/new", right: .registryManage) { try await blank($0) }
        routes.form(Self.path + "/new", right: .registryManage) { try await enter($0, $1) }
        routes.page(Self.path + "/tasks/:id", right: .registryRead) { try await task($0) }
        routes.page(Self.path + "/members/:id", right: .registryRead) { try await show($0) }
        routes.form(Self.path + "/members/:id", right: .registryWrite) { try await act($0, $1) }
    }

    // MARK: The list

    private func listInClear(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
        let purpose = submission.fields.filled("purpose") ?? ""
        let area = try QueuePage.area(staff.visit, within: scope)
        do {
            try await visits.house.database.write {
                try visits.noteCareLook(in: area, purpose: purpose, by: scope, at: now, in: $0)
            }
        } catch let refusal as Refusal where refusal.kind == .ruleBroken {
            return try await list(staff, refusal: refusal)
        }
        return try await list(staff, purpose: purpose)
    }

    private func list(_ staff: StaffVisit, purpose: String? = nil, refusal: Refusal? = nil) async throws -> Response {
        let visit = staff.visit
        let (visits, scope) = (visits, staff.scope)
        let area = try QueuePage.area(visit, within: scope)
        let after = try visit.query.filled("after").map { text throws(Refusal) in
            guard let id = CareMember.ID(parsing: text) else { throw Refusal.nothingHere }
            return id
        }
        let page = try await visits.house.database.read {
            try visits.cared(
                in: area, for: scope, purpose: purpose, after: after, limit: Self.pageLength, language: visit.language,
                in: $0)
        }
        let day = visit.now.local().day
        let items = page.items.sorted { ($0.member.dueOn, $0.member.id) < ($1.member.dueOn, $1.member.id) }
        let columns = columns(on: day)
        let new: HTML =
            scope.may(.registryManage)
            ? "<a class=\"btn p\" href=\"\(Self.path)/new?area=\(area.code)\">\(visit("列入", "Enter somebody"))</a>"
            : HTML()
        return visit.page(
            Page(
                visit(VisitTexts.care),
                breadcrumb: [(visit(VisitTexts.visits), "/visits"), (visit(VisitTexts.care), nil)],
                notice: refusal.map { Page.Notice(.danger, visit($0.message)) } ?? done(visit),
                """
                <p class="hint">\(visit("群体名称只对知悉范围内的岗位显示，敏感的还须说明用途；其他人看到的是遮盖。到期未走访的自动成为任务。", "A group's name is shown to posts that may know of it, a sensitive one for its purpose only; others see a mask. A visit that was missed becomes a task by itself."))</p>\
                <p class="bar">\(new)\(exportLink(visit, path: "\(Self.path)/export"))</p>\(purposeForm(purpose, area, staff))\
                \(Listing(caption: visit(VisitTexts.care), columns: columns, items: items, next: page.next?.text, whenEmpty: "<p>\(visit("这里还没有人列入关怀群体。", "Nobody here is in a group yet."))</p>").html(visit))
                """))
    }

    private func columns(on day: Day) -> [Column<CareView>] {
        let visits = visits
        return [
            .text(
                "姓名", "Name",
                html: { view, visit in
                    "<a href=\"\(Self.path)/members/\(view.member.id)\">\(view.name ?? Self.mask)</a>"
                }
            ) { view, _ in view.name ?? Self.mask },
            .text("群体", "Group") { view, visit in view.group.map { visit($0.title) } ?? Self.mask },
            .text("区域", "Area") { view, _ in visits.registry.areaName(view.member.area) },
            .text("责任人", "In charge") { view, _ in view.responsible },
            .text("上次走访", "Last seen") { view, _ in view.member.lastSeenAt?.local().day.description ?? "" },
            .text(
                "应走访", "Due",
                html: { view, visit in Self.due(view.member, on: day, visit) }
            ) { view, _ in view.member.dueOn.description },
        ]
    }

    /// The whole list as it is shown without a purpose: masks stay masks.
    private func export(_ staff: StaffVisit) async throws -> Response {
        let (visits, scope, visit) = (visits, staff.scope, staff.visit)
        let area = try QueuePage.area(visit, within: scope)
        return try await SheetExport.workbook(
            named: visit(VisitTexts.care), columns: columns(on: visit.now.local().day), for: staff
        ) { after in
            let page = try await visits.house.database.read {
                try visits.cared(
                    in: area, for: scope, purpose: nil, after: after.flatMap { CareMember.ID(parsing: $0) }, limit: 500,
                    language: visit.language, in: $0)
            }
            return (page.items, page.next?.text)
        }
    }

    static let mask = "＊＊＊"

    private static func due(_ member: CareMember, on day: Day, _ visit: Visit) -> HTML {
        let tag: HTML =
            member.task != nil || member.missedOn <= day
            ? "<span class=\"tag danger\">\(visit("逾期", "missed"))</span>"
            : member.isDue(on: day) ? "<span class=\"tag warn\">\(visit("到期", "due"))</span>" : HTML()
        return "<time datetime=\"\(member.dueOn.description)\">\(member.dueOn.description)</time> \(tag)"
    }

    private func done(_ visit: Visit) -> Page.Notice? {
        visit.query.filled("done") == nil ? nil : Page.Notice(.ok, visit("已保存。", "Saved."))
    }

    private func purposeForm(_ purpose: String?, _ area: AreaPrefix, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        if let purpose = purpose.flatMap({ visits.registry.dictionary.purpose($0) }) {
            return """
                <p class="notice ok" role="status">\(visit("按用途“\(purpose.zh)”显示，已记入台账", "Shown for “\(purpose.en)”; the ledger has noted it"))</p>
                """
        }
        guard staff.scope.may(.registryReveal) else { return HTML() }
        let choices = visits.registry.dictionary.purposes.filter { purpose in
            visits.care.all.contains { $0.purpose == purpose.key }
        }.map { Field.Choice($0.key, visit($0.title)) }
        return """
            <form class="filter" method="post" action="\(Self.path)?area=\(area.code)">\(visit.formFields)\
            \(Field.choice("purpose", visit("查看原文的用途", "See it in clear, for"), choices, required: true, none: visit("请选择", "Choose")))\
            \(Field.submit(visit("按用途查看", "Show"), tone: ""))</form>
            """
    }

    // MARK: One of them

    /// From the task of a missed visit to whom it is about.
    private func task(_ staff: StaffVisit) async throws -> Response {
        let id: Identifier<CareTask> = try staff.visit.identifier()
        let scope = staff.scope
        let member = try await visits.house.database.read { try CareStore.find(task: id, for: scope, in: $0) }
        guard let member else { throw Refusal.nothingHere }
        return .seeOther("\(Self.path)/members/\(member.id)")
    }

    private func show(_ staff: StaffVisit, refusal: Refusal? = nil, typed: QueryParameters? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let id: CareMember.ID = try visit.identifier()
        let (visits, scope) = (visits, staff.scope)
        struct Read: Sendable {
            var view: CareView
            var past: [CareVisit]
            var names: [StaffID: String]
            var candidates: [PostHolder]
        }
        let read = try await visits.house.database.read { transaction in
            let member = try visits.careMember(id, for: scope, in: transaction)
            let view = try visits.views(
                [member], for: scope, purpose: nil, language: visit.language, in: transaction)[0]
            // What was noted is for those who may know why somebody comes.
            let mayRead = view.isMine || visits.care[member.group]?.isKnown(to: scope) == true
            let past =
                mayRead
                ? try CareStore.visits(of: id, limit: 20, vault: visits.house.keys.vault, in: transaction) : []
            return Read(
                view: view, past: past,
                names: try visits.identity.directory.staffNames(past.map(\.staff), in: transaction),
                candidates: scope.may(.registryManage) ? try visits.candidates(for: member.area, in: transaction) : [])
        }
        let member = read.view.member
        let group = visits.care[member.group]
        let mayAct = read.view.isMine || group?.isKnown(to: scope) == true
        let title = read.view.name ?? visit("关怀对象", "Somebody looked after")
        let basis: HTML =
            read.view.group.map { group in
                """
                <dt>\(visit("群体", "Group"))</dt><dd>\(visit(group.title))</dd><dt>\(visit("依据", "Basis"))</dt><dd>\(group.basis.map { visit($0) } ?? "—") <span class="hint">\(visit("待当地核实", "to be checked locally"))</span></dd>\
                <dt>\(visit("走访频次", "Rhythm"))</dt><dd>\(visit("每 \(group.everyDays) 天", "every \(group.everyDays) days"))</dd>
                """
            } ?? "<dt>\(visit("群体", "Group"))</dt><dd>\(Self.mask)</dd>"
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(VisitTexts.visits), "/visits"), (visit(VisitTexts.care), Self.path), (title, nil),
                ],
                notice: refusal.map {
                    Page.Notice(
                        .danger,
                        [visit($0.message), $0.wayOn.map { visit($0) }].compactMap { $0 }.joined(separator: " "))
                }
                    ?? done(visit),
                """
                <section class="panel"><dl class="facts">\(basis)\
                <dt>\(visit("区域", "Area"))</dt><dd>\(visits.registry.areaName(member.area))</dd>\
                <dt>\(visit("责任人", "In charge"))</dt><dd>\(read.view.responsible)</dd>\
                <dt>\(visit("列入于", "Since"))</dt><dd>\(member.since.description)</dd>\
                <dt>\(visit("应走访", "Due"))</dt><dd>\(Self.due(member, on: visit.now.local().day, visit))</dd></dl>\
                <p><a class="btn" href="/registry/subjects/\(member.subject)">\(visit("人员档案", "Record of the person"))</a></p></section>\
                \(mayAct && scope.may(.registryWrite) ? lookForm(typed, visit, member) : HTML())\
                \(past(read.past, read.names, visit))\(handing(read.candidates, member, staff))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func lookForm(_ typed: QueryParameters?, _ visit: Visit, _ member: CareMember) -> HTML {
        let choices = CareOutcome.allCases.map { Field.Choice($0.rawValue, visit($0.title)) }
        return """
            <form class="panel" method="post" action="\(Self.path)/members/\(member.id)">\(visit.formFields)<h2>\(visit("记录走访", "Note a visit"))</h2>\
            \(Field.choice("outcome", visit("情况", "How it stands"), choices, value: typed?["outcome"], required: true, none: visit("请选择", "Choose")))\
            \(Field.longText("note", visit("备注（可不填）", "Note, if you like"), value: typed?["note"], maximum: 1_000, rows: 3))\
            \(Field.submit(visit("记下", "Save"), name: "act", value: "look"))</form>
            """
    }

    private func past(_ past: [CareVisit], _ names: [StaffID: String], _ visit: Visit) -> HTML {
        guard !past.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(visit("走访记录", "Visits so far"))</h2><ol class="timeline">\(past.html { one in
                "<li><span class=\"when\">\(visit.instantText(one.seenAt))</span> <span class=\"who\">\(names[one.staff] ?? "—")</span><p>\(visit(one.outcome.title))\(one.note.map { "：" + $0 } ?? "")</p></li>"
            })</ol></section>
            """
    }

    private func handing(_ candidates: [PostHolder], _ member: CareMember, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        guard staff.scope.may(.registryManage) else { return HTML() }
        return """
            <details class="act"><summary>\(visit("更换责任人、停止关怀", "Hand over, or end it"))</summary>\
            <form method="post" action="\(Self.path)/members/\(member.id)">\(visit.formFields)\(posts(candidates, member.post, visit))\
            \(Field.submit(visit("更换责任人", "Hand over"), name: "act", value: "hand", tone: ""))</form>\
            <form method="post" action="\(Self.path)/members/\(member.id)">\(visit.formFields)\
            <button class="btn danger" name="act" value="end" data-confirm="\(visit("不再走访此人？", "Nobody looks in any more?"))">\(visit("停止关怀", "End it"))</button></form></details>
            """
    }

    private func posts(_ candidates: [PostHolder], _ post: PostID?, _ visit: Visit) -> HTML {
        Field.choice(
            "post", visit("责任人", "In charge"),
            candidates.map { Field.Choice($0.post.id.text, "\($0.staffName)（\(visit($0.post.title))）") },
            value: post?.text, required: true, none: visit("请选择", "Choose"))
    }

    private func act(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: CareMember.ID = try staff.visit.identifier()
        let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
        let fields = submission.fields
        do {
            return try await staff.visit.write(submission) { transaction in
                switch fields["act"] {
                case "hand":
                    guard let post = PostID(parsing: fields["post"] ?? "") else { throw Self.noPost }
                    _ = try visits.hand(id, to: post, by: scope, at: now, in: transaction)
                case "end":
                    _ = try visits.end(id, by: scope, at: now, in: transaction)
                    return .seeOther(Self.path + "?done=yes")
                default:
                    guard let outcome = CareOutcome(rawValue: fields["outcome"] ?? "") else { throw Self.noOutcome }
                    _ = try visits.look(
                        in: id, outcome: outcome, note: fields["note"], seenAt: now, by: scope, at: now,
                        in: transaction)
                }
                return .seeOther("\(Self.path)/members/\(id)?done=yes")
            }
        } catch let refusal as Refusal where [.ruleBroken, .malformed, .conflict].contains(refusal.kind) {
            return try await show(staff, refusal: refusal, typed: fields)
        }
    }

    static let noPost = Refusal(
        .malformed, "visits.care-no-post", LocalizedText("请选择责任人", "Choose who is in charge"), field: "post")
    static let noOutcome = Refusal(
        .malformed, "visits.care-no-outcome", LocalizedText("请选择情况", "Say how it stands"), field: "outcome")

    // MARK: Entering

    private func blank(_ staff: StaffVisit, refusal: Refusal? = nil, typed: QueryParameters? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let (visits, scope) = (visits, staff.scope)
        let given = typed ?? visit.query
        let area = try QueuePage.area(visit, within: scope)
        let groups = visits.care.all.filter { !$0.isOff && $0.isKnown(to: scope) }
        let group = given.filled("group").flatMap { visits.care[$0] }
        let subject = given.filled("subject").flatMap { SubjectID(parsing: $0) }
        let day = visit.now.local().day
        let (people, candidates) = try await visits.house.database.read { transaction in
            let people: [StoredSubject] =
                if let subject {
                    [try visits.registry.subject(subject, for: scope, in: transaction)]
                } else if let group {
                    try visits.proposals(for: group, in: area, limit: 50, for: scope, at: day, in: transaction)
                } else { [] }
            let place = people.first?.area ?? area
            return (people, try visits.candidates(for: place, in: transaction))
        }
        let off = visits.care.all.filter(\.isOff)
        let choose: HTML = """
            <form class="filter" method="get" action="\(Self.path)/new"><input type="hidden" name="area" value="\(area.code)">\
            \(subject.map { "<input type=\"hidden\" name=\"subject\" value=\"\($0)\">" } ?? HTML())\
            \(Field.choice("group", visit("群体", "Group"), groups.map { Field.Choice($0.key, visit($0.title)) }, value: group?.key, required: true, none: visit("请选择", "Choose")))\
            \(Field.submit(visit("下一步", "Go on"), tone: ""))</form>
            """
        let people2: HTML =
            group.map { group in
                people.isEmpty
                    ? "<div class=\"panel empty\"><p>\(visit("没有可列入的人：依据事实，表中无人，或都已列入。可在人员档案页逐人列入。", "Nobody to enter: the facts list nobody, or all are in. Somebody can also be entered from the page of a person."))</p></div>"
                    : entering(group, people, candidates, area, visit)
            } ?? HTML()
        return visit.page(
            Page(
                visit("列入关怀群体", "Enter somebody in a group"),
                breadcrumb: [
                    (visit(VisitTexts.visits), "/visits"), (visit(VisitTexts.care), Self.path),
                    (visit("列入", "Enter"), nil),
                ],
                notice: refusal.map { Page.Notice(.danger, visit($0.message)) },
                """
                \(choose)\(people2)\
                \(off.isEmpty ? HTML() : "<p class=\"hint\">\(visit("未录入法律依据、已关闭的敏感群体：", "Sensitive groups without a legal basis, which are off: "))\(off.map { visit($0.title) }.joined(separator: visit("、", ", ")))</p>")
                """), status: refusal?.kind.status ?? .ok)
    }

    private func entering(
        _ group: CareGroup, _ people: [StoredSubject], _ candidates: [PostHolder], _ area: AreaPrefix, _ visit: Visit
    ) -> HTML {
        let day = visit.now.local().day
        let choices = people.map { person in
            let name = visits.registry.dictionary[CoreElement.name].map {
                visits.shown(person.record.value(CoreElement.name, at: day), $0, visit)
            }
            return Field.Choice(person.id.text, "\(name ?? "—") · \(visits.registry.areaName(person.area))")
        }
        return """
            <form class="panel" method="post" action="\(Self.path)/new?area=\(area.code)">\(visit.formFields)<input type="hidden" name="group" value="\(group.key)">\
            <p class="hint">\(visit("依据：", "Basis: "))\(group.basis.map { visit($0) } ?? "—") · \(visit("每 \(group.everyDays) 天走访一次", "a visit every \(group.everyDays) days"))</p>\
            \(Field.choice("subject", visit("人员（由事实提出，须逐人决定）", "Who; proposed by the facts, decided one by one"), choices, value: people.count == 1 ? people[0].id.text : nil, required: true, none: visit("请选择", "Choose")))\
            \(posts(candidates, nil, visit))\(Field.submit(visit("列入", "Enter")))</form>
            """
    }

    private func enter(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (visits, scope, now) = (visits, staff.scope, staff.visit.now)
        let fields = submission.fields
        do {
            return try await staff.visit.write(submission) { transaction in
                guard let subject = SubjectID(parsing: fields["subject"] ?? "") else { throw Self.nobody }
                guard let post = PostID(parsing: fields["post"] ?? "") else { throw Self.noPost }
                let member = try visits.enter(
                    subject, in: fields["group"] ?? "", post: post, by: scope, at: now, in: transaction)
                return .seeOther("\(Self.path)/members/\(member.id)?done=yes")
            }
        } catch let refusal as Refusal where [.ruleBroken, .malformed, .conflict].contains(refusal.kind) {
            return try await blank(staff, refusal: refusal, typed: fields)
        }
    }

    static let nobody = Refusal(
        .malformed, "visits.care-nobody", LocalizedText("请选择人员", "Choose a person"), field: "subject")
}
