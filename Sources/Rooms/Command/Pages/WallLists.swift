import Cases
import Desk
import Emergencies
import Ground
import Hummingbird
import Identity
import Ledger
import Storage
import Web

/// The lists behind the figures: what a number counts is what its list holds, and the list can be taken along as a sheet.
struct WallLists: Sendable {
    let command: UnifiedCommand

    private static let pageSize = 50
    private static let chunk = 1_000

    func add(to routes: Routes) {
        add("matters", MatterList(command: command), right: Right("case.read"), to: routes)
        add("hand-overs", HandOverList(command: command), right: .readEmergencies, to: routes)
        add("alarms", AlarmList(command: command), right: .readEmergencies, to: routes)
        add("emergencies", EventList(command: command), right: .readEmergencies, to: routes)
        add("shifts", ShiftList(command: command), right: .readEmergencies, to: routes)
    }

    private func add<List: WallList>(_ name: String, _ list: List, right: Right, to routes: Routes) {
        routes.page("/command/\(name)", right: .seeCommand) { staff in
            try staff.scope.require(right)
            return try await show(list, name, staff)
        }
        routes.page("/command/\(name)/export", right: .seeCommand) { staff in
            try staff.scope.require(right)
            if List.holdsMatters { try staff.scope.require(Right("case.export")) }
            return try await export(list, name, staff)
        }
    }

    private func show<List: WallList>(_ list: List, _ name: String, _ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let question = try list.question(staff)
        let after = visit.query.filled("after")
        let now = visit.now
        let found = try await command.house.database.read {
            try list.items(question, after: after, limit: Self.pageSize + 1, for: staff.scope, at: now, in: $0)
        }
        let items = Array(found.prefix(Self.pageSize))
        let title = list.title(question, visit)
        let listing = Listing(
            caption: title, columns: list.columns, items: items,
            next: found.count > Self.pageSize ? items.last.map { list.key($0) } : nil,
            whenEmpty: """
                <p>\(visit("现在没有。", "There is none now."))</p>\
                <p><a class="btn" href="/command">\(visit("回到统一指挥", "Back to command"))</a></p>
                """)
        let area = list.area(question)
        let mayExport = !List.holdsMatters || staff.scope.may(Right("case.export"))
        var page = Page(
            title,
            breadcrumb: [
                (visit(CommandTexts.command), QueryParameters([("area", area.code)]).address("/command")),
                (command.areaName(area), nil),
            ],
            """
            <div class="bar noprint">\(mayExport ? exportLink(visit, path: "/command/\(name)/export") : copyLink(visit))</div>\
            \(listing.html(visit))
            """)
        page.wall = nil
        return visit.page(page)
    }

    private func export<List: WallList>(_ list: List, _ name: String, _ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let question = try list.question(staff)
        let (scope, now, command) = (staff.scope, visit.now, command)
        var count = 0
        let response = try await SheetExport.workbook(
            // A link has no use on paper.
            named: list.title(question, visit), columns: list.columns.filter { $0.title != CommandTexts.nearest },
            for: staff
        ) { after in
            let found = try await command.house.database.read {
                try list.items(question, after: after, limit: Self.chunk + 1, for: scope, at: now, in: $0)
            }
            let items = Array(found.prefix(Self.chunk))
            count += items.count
            return (items, found.count > Self.chunk ? items.last.map { list.key($0) } : nil)
        }
        // Nobody gets the sheet before the ledger knows who took it.
        let id: Identifier<LedgerEntry> = command.house.identifiers.next(at: now)
        let rows = count
        try await command.house.database.write {
            try Ledger.record(
                LedgerEntry(
                    id: id, act: "command.exported", subjectKind: "export", subjectID: id.text, actor: Actor(scope),
                    happenedAt: now, receivedAt: now, area: scope.area.code,
                    facts: JSONWriter.object { writer in
                        writer.member("list", name)
                        writer.member("filter", visit.query.setting("after", nil).text)
                        writer.member("rows", rows)
                    }), in: $0)
        }
        return response
    }
}

/// One kind of list: how an address asks for it, what stands in it, and how it goes on.
protocol WallList: Sendable {
    associatedtype Question: Sendable
    associatedtype Item: Sendable
    /// Whoever takes it along needs the right to take matters along.
    static var holdsMatters: Bool { get }
    var columns: [Column<Item>] { get }
    func question(_ staff: StaffVisit) throws -> Question
    func area(_ question: Question) -> AreaPrefix
    func title(_ question: Question, _ visit: Visit) -> String
    func items(
        _ question: Question, after: String?, limit: Int, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [Item]
    /// After which the next page begins.
    func key(_ item: Item) -> String
}

extension Refusal {
    static func filter(_ field: String) -> Refusal {
        Refusal(
            .malformed, "command.filter",
            LocalizedText("筛选条件 \(field) 有误", "The filter \(field) cannot be understood"), field: field)
    }
}

/// Open matters of a kind, most pressing first.
struct MatterList: WallList {
    let command: UnifiedCommand
    static let holdsMatters = true

    func question(_ staff: StaffVisit) throws -> OpenQuestion {
        let query = staff.visit.query
        let of = query.filled("of") ?? "matter"
        var question = OpenQuestion(area: try WallPage.area(staff) ?? staff.scope.area)
        question.isSensed = of == WallAddress.sensed
        if !question.isSensed {
            guard command.cases.rules.workflow(named: of) != nil else { throw Refusal.filter("of") }
            question.kind = of
        }
        if let due = query.filled("due") {
            guard let pressure = OpenPressure(rawValue: due) else { throw Refusal.filter("due") }
            question.pressure = pressure
        }
        switch query.filled("unplaced") {
        case nil, "false": break
        case "true": question.isUnplaced = true
        default: throw Refusal.filter("unplaced")
        }
        return question
    }

    func area(_ question: OpenQuestion) -> AreaPrefix { question.area }

    func title(_ question: OpenQuestion, _ visit: Visit) -> String {
        let kind =
            question.isSensed
            ? CommandTexts.sensed
            : command.cases.rules.workflow(named: question.kind)?.shortTitle ?? CommandTexts.matters
        return visit(kind) + (question.pressure.map { " · " + visit($0.title) } ?? "")
    }

    func items(
        _ question: OpenQuestion, after: String?, limit: Int, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [CaseRecord] {
        var question = question
        question.limit = limit
        if let after { question.after = try Self.key(after) }
        return try command.cases.openMatters(question, for: scope, at: now, in: transaction)
    }

    func key(_ item: CaseRecord) -> String { "\(item.due?.at.milliseconds.description ?? "")-\(item.id)" }

    private static func key(_ text: String) throws(Refusal) -> OpenQuestion.Key {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = CaseID(parsing: parts[1]) else { throw Refusal.filter("after") }
        guard !parts[0].isEmpty else { return .init(due: nil, id: id) }
        guard let due = Int64(parts[0]) else { throw Refusal.filter("after") }
        return .init(due: Instant(milliseconds: due), id: id)
    }

    var columns: [Column<CaseRecord>] {
        let command = command
        let rules = command.cases.rules
        return [
            .text(
                "编号", "Number",
                html: { record, _ in "<a href=\"/cases/\(record.id)\">\(record.number)</a>" }
            ) { record, _ in record.number },
            .text("标题", "Title") { record, _ in record.title },
            .text("区域", "Area") { record, _ in command.areaName(record.area) },
            .text("类别", "Category") { record, visit in
                record.category.map { code in rules.categories[code].map { visit($0.title) } ?? code }
            },
            .text("状态", "State") { record, visit in rules.state(record.state).map { visit($0.title) } },
            .text(
                "时限", "Due",
                html: { record, visit in
                    WallParts(command: command, language: visit.language, isWall: false)
                        .due(record.due?.at, visit.now)
                }
            ) { record, _ in record.due.map { $0.at.local().minuteText + ($0.isProvisional ? "（暂定）" : "") } },
            .text(
                "就近力量", "Nearest units",
                html: { record, visit in
                    """
                    <a href="/command/nearest?matter=\(record.id)">\(visit(CommandTexts.nearest))</a>
                    """
                }
            ) { _, _ in nil },
        ]
    }
}

/// Hand-overs that wait for somebody.
struct HandOverList: WallList {
    let command: UnifiedCommand
    static let holdsMatters = false

    struct Question: Sendable {
        var which: OpenHandOvers
        var area: AreaPrefix
    }

    func question(_ staff: StaffVisit) throws -> Question {
        let text = staff.visit.query.filled("which") ?? OpenHandOvers.unacknowledged.rawValue
        guard let which = OpenHandOvers(rawValue: text) else { throw Refusal.filter("which") }
        return Question(which: which, area: try WallPage.area(staff) ?? staff.scope.area)
    }

    func area(_ question: Question) -> AreaPrefix { question.area }

    func title(_ question: Question, _ visit: Visit) -> String {
        switch question.which {
        case .unacknowledged: visit(CommandTexts.handOvers)
        case .late: visit(CommandTexts.late)
        case .differences: visit(CommandTexts.differences)
        }
    }

    func items(
        _ question: Question, after: String?, limit: Int, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [OpenHandOver] {
        let key = try after.map { try Self.key($0) }
        return try command.emergencies.openHandOvers(
            question.which, in: question.area, for: scope, at: now, after: key, limit: limit, in: transaction)
    }

    func key(_ item: OpenHandOver) -> String { "\(item.handOver.expectedBy.milliseconds)-\(item.handOver.id)" }

    private static func key(_ text: String) throws(Refusal) -> (expectedBy: Instant, id: HandOverID) {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let expected = Int64(parts[0]), let id = HandOverID(parsing: parts[1]) else {
            throw Refusal.filter("after")
        }
        return (Instant(milliseconds: expected), id)
    }

    var columns: [Column<OpenHandOver>] {
        let command = command
        return [
            .text(
                "交接", "Hand-over",
                html: { one, _ in "<a href=\"/emergencies/\(one.handOver.event)\">\(one.handOver.slip)</a>" }
            ) { one, _ in String(one.handOver.slip) },
            .text("事件", "Emergency") { one, visit in
                one.eventTitle + (one.isExercise ? "（\(visit(CommandTexts.exercise))）" : "")
            },
            .text("移出点", "From") { one, _ in one.fromName },
            .text("接收点", "To") { one, _ in one.toName },
            .number("在途", "On the way") { $0.handOver.outstanding },
            .text("状态", "State") { one, visit in visit(one.handOver.state.title) },
            .text(
                "应签收", "Acknowledge by",
                html: { one, visit in
                    WallParts(command: command, language: visit.language, isWall: false)
                        .due(one.handOver.expectedBy, visit.now)
                }
            ) { one, _ in one.handOver.expectedBy.local().minuteText },
            .text(
                "就近力量", "Nearest units",
                html: { one, visit in
                    """
                    <a href="/command/nearest?hand-over=\(one.handOver.id)">\(visit(CommandTexts.nearest))</a>
                    """
                }
            ) { _, _ in nil },
        ]
    }
}

/// Emergencies and exercises that run.
struct EventList: WallList {
    let command: UnifiedCommand
    static let holdsMatters = false

    func question(_ staff: StaffVisit) throws -> AreaPrefix { try WallPage.area(staff) ?? staff.scope.area }
    func area(_ question: AreaPrefix) -> AreaPrefix { question }
    func title(_ question: AreaPrefix, _ visit: Visit) -> String {
        visit(CommandTexts.emergencies) + " · " + visit(CommandTexts.running)
    }

    func items(
        _ question: AreaPrefix, after: String?, limit: Int, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [EventRecord] {
        let key = try after.map { text -> EventID in
            guard let id = EventID(parsing: text) else { throw Refusal.filter("after") }
            return id
        }
        return try command.emergencies.runningEvents(
            in: question, for: scope, after: key, limit: limit, in: transaction)
    }

    func key(_ item: EventRecord) -> String { item.id.text }

    var columns: [Column<EventRecord>] {
        let command = command
        return [
            .text(
                "名称", "Name", html: { event, _ in "<a href=\"/emergencies/\(event.id)\">\(event.title)</a>" }
            ) { event, _ in event.title },
            .text("预案", "Plan") { event, visit in visit(command.emergencies.title(of: event).plan) },
            .text("级别", "Level") { event, visit in visit(command.emergencies.title(of: event).level) },
            .text("区域", "Area") { event, _ in command.areaName(event.area) },
            .text("演练", "Exercise") { event, visit in
                event.isExercise ? visit(CommandTexts.exercise) : visit("否", "no")
            },
            .instant("启动", "Started") { $0.startedAt },
        ]
    }
}

/// Shifts that run now.
struct ShiftList: WallList {
    let command: UnifiedCommand
    static let holdsMatters = false

    func question(_ staff: StaffVisit) throws -> AreaPrefix { try WallPage.area(staff) ?? staff.scope.area }
    func area(_ question: AreaPrefix) -> AreaPrefix { question }
    func title(_ question: AreaPrefix, _ visit: Visit) -> String { visit(CommandTexts.onShift) }

    struct Item: Sendable {
        var shift: WallModel.Shift
        /// Who it is: at a desk, where somebody is to be called, not on a wall.
        var name: String
    }

    func items(
        _ question: AreaPrefix, after: String?, limit: Int, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [Item] {
        let all = try command.emergencies.onShift(in: question, for: scope, at: now, in: transaction)
            .sorted { Self.order($0) < Self.order($1) }
        let rest = after.map { key in all.drop { Self.order($0) <= key } } ?? all[...]
        let page = Array(rest.prefix(limit))
        let names = try command.identity.directory.staffNames(page.map(\.staff), in: transaction)
        return try page.map {
            Item(shift: try command.shift($0, in: transaction), name: names[$0.staff] ?? "—")
        }
    }

    private static func order(_ shift: ShiftRecord) -> String { "\(shift.area.code)-\(shift.kind)-\(shift.id)" }
    func key(_ item: Item) -> String { Self.order(item.shift.record) }

    var columns: [Column<Item>] {
        let command = command
        return [
            .text("区域", "Area") { item, _ in command.areaName(item.shift.record.area) },
            .text("班次", "Duty") { item, visit in
                command.emergencies.dutyKinds.first { $0.key == item.shift.record.kind }.map { visit($0.title) }
                    ?? item.shift.record.kind
            },
            .text("姓名", "Name") { item, _ in item.name },
            .text("岗位", "Post") { item, visit in visit(item.shift.post) },
            .text("单位", "Body") { item, visit in item.shift.body.map { visit($0) } },
            .instant("自", "From") { $0.shift.record.from },
            .instant("至", "Until") { $0.shift.record.until },
        ]
    }
}
