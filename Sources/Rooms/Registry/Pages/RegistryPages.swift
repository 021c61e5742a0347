import Cipher
import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/registry`: the homes of an area, and the one field that finds a person, a household or a dwelling in one step.
struct RegistryPages: Sendable {
    let registry: Registry

    func add(to routes: Routes) {
        routes.page("/registry", right: .registryRead) { try await list($0) }
        routes.form("/registry/search", right: .registryRead) { try await search($0, $1) }
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let (registry, scope, visit) = (registry, staff.scope, staff.visit)
        let question = try SubjectQuestion(visit.query, within: scope)
        if let point = question.near { return try await near(staff, point, question.kind) }
        let page = try await registry.house.database.read { transaction in
            let page = try question.page(registry, scope, in: transaction)
            return (page.items, page.next, try registry.names(around: page.items, in: transaction))
        }
        let trail = AreaTrail(
            from: scope.area, to: question.area, name: registry.places.name(of:),
            children: registry.places.children(of:),
            address: { visit.query.setting("area", $0).setting("after", nil).address("/registry") })
        let listing = Listing(
            caption: visit(question.kind.title), columns: columns(question.kind, page.2), items: page.0, next: page.1,
            whenEmpty: """
                <p>\(visit("此处还没有登记\(question.kind.title.chinese)。", "No \(question.kind.rawValue) is registered here yet."))</p>\
                \(newLink(staff, question.kind))
                """)
        var shown = Page(
            visit(RegistryTexts.registry), breadcrumb: [(visit(RegistryTexts.registry), "/registry")] + trail.crumbs,
            """
            \(finder(visit, text: nil))\(tabs(visit, question.kind))\
            <p class="bar">\(newLink(staff, question.kind))\(exchangeLink(staff))\(copyLink(visit))</p>\(listing.html(visit))
            """)
        shown.besides = Dictionary(uniqueKeysWithValues: trail.besides.map { ($0.key + 1, $0.value) })
        return visit.page(shown)
    }

    /// Whoever pressed a building on the map comes here: who lives there, each a way to the card.
    private func near(_ staff: StaffVisit, _ point: PlacePoint, _ kind: SubjectKind) async throws -> Response {
        let (registry, scope, visit) = (registry, staff.scope, staff.visit)
        let (near, names) = try await registry.house.database.read { transaction in
            let near = try registry.near(
                point, kind, limit: SubjectQuestion.pageSize, for: scope, in: transaction)
            return (near, try registry.names(around: near.found.map(\.subject), in: transaction))
        }
        let metres = Dictionary(near.found.map { ($0.subject.id, $0.metres) }) { first, _ in first }
        let distance = Column<StoredSubject>("距离（米）", "Distance, m", .number) { one, _ in
            metres[one.id].map { .number(Double($0)) } ?? .empty
        }
        let listing = Listing(
            caption: visit("图上此处的\(kind.title.chinese)，由近及远", "\(kind.title.english) around this place, nearest first"),
            columns: [distance] + columns(kind, names), items: near.found.map(\.subject),
            whenEmpty: """
                <p>\(visit("此处所在网格还没有标出位置的\(kind.title.chinese)，或不在您的辖区。", "None of its grid is on the map yet, or it is not in your area."))</p>
                """)
        let unplaced: HTML =
            near.unplaced == 0
            ? HTML()
            : """
            <p class="hint">\(visit("本网格另有 \(near.unplaced) 个没有位置，不在此列。", "\(near.unplaced) more of this grid have no place on the map and are not listed."))</p>
            """
        let map: HTML =
            scope.may(.placesRead)
            ? "<p class=\"bar\"><a class=\"btn\" href=\"/map?at=\(point.text),17\">\(visit("在地图上看", "Show on the map"))</a></p>"
            : HTML()
        return visit.page(
            Page(
                visit("图上此处", "Around this place"),
                breadcrumb: [(visit(RegistryTexts.registry), "/registry"), (visit("图上此处", "Around this place"), nil)],
                "\(tabs(visit, kind, of: [.household, .dwelling, .building]))\(map)\(listing.html(visit))\(unplaced)"))
    }

    private func newLink(_ staff: StaffVisit, _ kind: SubjectKind) -> HTML {
        guard staff.scope.may(.registryWrite),
            [.dwelling, .building, .organisation].contains(kind)
        else { return HTML() }
        let title = staff.visit("登记\(kind.title.chinese)", "Register: \(kind.title.english.lowercased())")
        return "<a class=\"btn p\" href=\"/registry/new?kind=\(kind.rawValue)\">\(title)</a>"
    }

    private func exchangeLink(_ staff: StaffVisit) -> HTML {
        guard staff.scope.may(.registryManage), staff.scope.area.contains(registry.house.settings.area) else {
            return HTML()
        }
        return "<a class=\"btn\" href=\"\(ExchangePages.path)\">\(staff.visit(ExchangePages.title))</a>"
    }

    private func tabs(
        _ visit: Visit, _ present: SubjectKind,
        of kinds: [SubjectKind] = [.household, .person, .dwelling, .building, .organisation]
    ) -> HTML {
        """
        <nav class="tabs" aria-label="\(visit("类别", "Kinds"))">\(kinds.html { kind in
            "<a href=\"\(visit.query.setting("kind", kind.rawValue).setting("after", nil).address("/registry"))\"\(attribute: "aria-current", kind == present ? "page" : nil)>\(visit(kind.title))</a>"
        })</nav>
        """
    }

    /// Sent as a form: what people are looked up by stands in no address.
    private func finder(_ visit: Visit, text: String?, error: String? = nil) -> HTML {
        """
        <form class="filter" method="post" action="/registry/search">\(visit.formFields)\
        \(Field.text("text", visit("查找", "Find"), value: text, required: true, maximum: 200, hint: visit("姓名、单位名、拼音首字母、电话、身份证号、信用代码或完整地址", "Name, initials in pinyin, telephone, identity number, credit code or whole address"), error: error, autocomplete: "off"))\
        \(Field.submit(visit("查找", "Find")))</form>
        """
    }

    private func search(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (registry, visit) = (registry, staff.visit)
        let text = submission.fields["text"] ?? ""
        var found: [StoredSubject] = []
        var refusal: Refusal?
        do { found = try await registry.searched(text, by: staff.scope, at: visit.now) } catch let error as Refusal
            where error.kind == .ruleBroken
        {
            refusal = error
        }
        // One step: who is the only one is shown at once.
        if found.count == 1, let only = found.first { return .seeOther("/registry/subjects/\(only.id)") }
        let items = found
        let names = try await registry.house.database.read { try registry.names(around: items, in: $0) }
        let listing = Listing(
            caption: visit("查找结果", "Found"), columns: columns(nil, names), items: found,
            whenEmpty: """
                <p>\(visit("没有找到。姓名、电话须完整输入；辖区外的人员在此查不到。", "Nobody was found. Type whole names and numbers; people outside your area are not found here."))</p>
                """)
        return visit.page(
            Page(
                visit("查找结果", "Found"),
                breadcrumb: [(visit(RegistryTexts.registry), "/registry"), (visit("查找结果", "Found"), nil)],
                "\(finder(visit, text: nil, error: refusal.map { visit($0.message) }))\(refusal == nil ? listing.html(visit) : HTML())"
            ),
            status: refusal?.kind.status ?? .ok)
    }

    /// - Parameter kind: nil where kinds are mixed.
    private func columns(_ kind: SubjectKind?, _ names: SubjectNames) -> [Column<StoredSubject>] {
        let registry = registry
        var columns: [Column<StoredSubject>] = [
            .text(
                "名称", "Name",
                html: { one, visit in
                    "<a href=\"/registry/subjects/\(one.id)\">\(names.title(of: one, registry.dictionary, visit.language))</a>"
                }
            ) { one, visit in names.title(of: one, registry.dictionary, visit.language) }
        ]
        if kind == nil { columns.append(.text("类别", "Kind") { one, visit in visit(one.kind.title) }) }
        if kind == nil || kind == .person || kind == .household {
            columns.append(.text("住址", "Home") { one, _ in names.home(of: one) ?? "" })
        }
        columns += [
            .text("区域", "Area") { one, _ in registry.areaName(one.area) },
            .text("户籍", "Registered") { one, _ in
                one.registeredArea.flatMap { $0 == one.area ? nil : registry.areaName($0) } ?? ""
            },
            .instant("更新于", "Changed") { $0.changedAt },
        ]
        return columns
    }
}

/// What subjects are called, masked.
struct SubjectNames: Sendable {
    /// By household: the masked name of the head, or of whoever was entered first, and how many live there.
    var heads: [SubjectID: (name: String, count: Int)] = [:]
    /// By dwelling: its address, masked.
    var addresses: [SubjectID: String] = [:]
    /// By household: its dwelling. By person: the dwelling of the household.
    var homes: [SubjectID: SubjectID] = [:]
    let day: Day

    func home(of subject: StoredSubject) -> String? {
        let dwelling = subject.kind == .dwelling ? subject.id : homes[subject.id]
        return dwelling.flatMap { addresses[$0] }
    }

    func title(of subject: StoredSubject, _ dictionary: DataDictionary, _ language: Language) -> String {
        switch subject.kind {
        case .person: Self.masked(CoreElement.name, subject.record, day, dictionary, language)
        case .dwelling: Self.masked(CoreElement.address, subject.record, day, dictionary, language)
        case .building: Self.masked(CoreElement.buildingName, subject.record, day, dictionary, language)
        case .organisation: Self.masked(CoreElement.organisationName, subject.record, day, dictionary, language)
        case .household:
            heads[subject.id].map { head in
                language == .chinese ? "\(head.name)户（\(head.count) 人）" : "\(head.name), \(head.count) people"
            } ?? (language == .chinese ? "空户" : "Nobody registered")
        }
    }

    static func masked(
        _ key: String, _ record: SubjectRecord, _ day: Day, _ dictionary: DataDictionary, _ language: Language
    ) -> String {
        guard let element = dictionary[key] else { return "—" }
        let shown = dictionary.shown(record.value(key, at: day), of: element, for: nil).text(language)
        return shown.isEmpty ? "—" : shown
    }
}

extension Registry {
    /// What a list has to call by name: a bounded number of queries, whatever its length.
    func names(around subjects: [StoredSubject], in transaction: any Transaction) throws -> SubjectNames {
        let day = today
        let vault = house.keys.vault
        var names = SubjectNames(day: day)
        func reference(_ key: String, _ record: SubjectRecord) -> SubjectID? {
            record.value(key, at: day).flatMap { SubjectID(parsing: $0) }
        }
        let people = subjects.filter { $0.kind == .person }
        let named = people.compactMap { reference(CoreElement.household, $0.record) }
        var households = Dictionary(
            subjects.filter { $0.kind == .household }.map { ($0.id, $0) }
        ) { first, _ in first }
        households.merge(
            try SubjectStore.find(Set(named).subtracting(households.keys).sorted(), vault: vault, in: transaction)
        ) { first, _ in first }
        for (id, household) in households { names.homes[id] = reference(CoreElement.dwelling, household.record) }
        for person in people {
            if let home = reference(CoreElement.household, person.record).flatMap({ names.homes[$0] }) {
                names.homes[person.id] = home
            }
        }
        let dwellings = Set(names.homes.values).union(subjects.filter { $0.kind == .dwelling }.map(\.id))
        for (id, dwelling) in try SubjectStore.find(dwellings.sorted(), vault: vault, in: transaction) {
            names.addresses[id] = SubjectNames.masked(
                CoreElement.address, dwelling.record, day, dictionary, .chinese)
        }
        let listed = subjects.filter { $0.kind == .household }.map(\.id)
        for (id, members) in try members(of: listed, at: day, in: transaction) {
            guard let head = members.first(where: { $0.record.value("relation", at: day) == "01" }) ?? members.first
            else { continue }
            names.heads[id] = (
                SubjectNames.masked(CoreElement.name, head.record, day, dictionary, .chinese), members.count
            )
        }
        return names
    }
}

extension Registry {
    /// Who lives in each of these households on a day, in the order of their registration: two queries.
    func members(of households: [SubjectID], at day: Day, in transaction: any Transaction) throws
        -> [SubjectID: [StoredSubject]]
    {
        let wanted = Set(households)
        var members: [SubjectID: [StoredSubject]] = [:]
        for one in try referrers(toAny: households, by: CoreElement.household, in: transaction)
        where one.record.endDay.map({ day < $0 }) ?? true {
            guard let home = one.record.value(CoreElement.household, at: day).flatMap({ SubjectID(parsing: $0) }),
                wanted.contains(home)
            else { continue }
            members[home, default: []].append(one)
        }
        return members
    }
}

extension Refusal {
    func notice(_ visit: Visit) -> Page.Notice {
        Page.Notice(.danger, [visit(message), wayOn.map { visit($0) }].compactMap { $0 }.joined(separator: " "))
    }

    var isForTheSender: Bool {
        [.ruleBroken, .malformed, .conflict, .forbidden, .changedMeanwhile].contains(kind)
    }
}
