import Desk
import Forms
import Ground
import Hummingbird
import Identity
import Places
import Registry
import Storage
import Web

/// `/systems`: the list with what it costs; `/systems/KEY`: one of them, its fields, its import file and its standing.
struct SystemPages: Sendable {
    let systems: Systems

    func add(to routes: Routes) {
        routes.page("/systems", right: .formsRead) { try await all($0) }
        routes.page("/systems/export", right: .formsRead) { try await export($0) }
        routes.page("/systems/:key", right: .formsRead) { try await show($0) }
        routes.form("/systems/:key", right: .formsDecide) { try await decide($0, $1) }
        routes.page("/systems/:key/file", right: .formsRead) { try await file($0, inClear: false) }
        routes.form("/systems/:key/file", right: .registryReveal) { staff, _ in try await file(staff, inClear: true) }
    }

    struct Line: Sendable {
        var system: GovernmentSystem
        var decision: SystemDecision?
        /// How many other systems that are still typed want one of its fields, too.
        var overlap: Int

        var standing: Standing { decision?.standing ?? .typed }
    }

    func lines(_ staff: StaffVisit) async throws -> [Line] {
        let (systems, today) = (systems, staff.visit.now.local().day)
        let decisions = try await systems.house.database.read { try systems.standings(at: today, in: $0) }
        return systems.list.systems.map { system in
            let own = Set(system.fields)
            let overlap = systems.list.systems.count { other in
                other.key != system.key && (decisions[other.key]?.standing ?? .typed) == .typed
                    && !own.isDisjoint(with: other.fields)
            }
            return Line(system: system, decision: decisions[system.key], overlap: overlap)
        }
    }

    private func columns(isLinked: Bool) -> [Column<Line>] {
        let lines = systems.lineNames
        return [
            .text(
                "系统", "System",
                html: { line, visit in "<a href=\"/systems/\(line.system.key)\">\(visit(line.system.name))</a>" }
            ) { line, visit in visit(line.system.name) },
            .text("归口部门", "Owner") { line, visit in lines[line.system.owner].map { visit($0) } ?? line.system.owner },
            .text("层级", "Level") { line, visit in visit(line.system.level.title) },
            .text("使用人", "Users") { line, visit in visit(line.system.users.title) },
            .number("本平台已有的栏目", "Fields held here") { Int64($0.system.fields.count) },
            .number("本平台没有的栏目", "Fields not held") { Int64($0.system.others.count) },
            .number("栏目重复的其他系统", "Others that ask the same") { Int64($0.overlap) },
            .number("每人每月分钟", "Minutes a month") { Int64($0.system.minutesAMonth) },
            .text(
                "现状", "Standing",
                html: { line, visit in "<span class=\"tag\">\(visit(line.standing.title))</span>" }
            ) { line, visit in visit(line.standing.title) },
            .text("起始日期", "Since") { line, _ in line.decision?.since.description },
        ]
    }

    private func all(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let lines = try await lines(staff)
        func count(_ standing: Standing) -> Int { lines.count { $0.standing == standing } }
        let standing = Dictionary(lines.map { ($0.system.key, $0.standing) }) { first, _ in first }
        func retyping(_ users: GovernmentSystem.Users) -> RetypingFigures {
            RetypingFigures(systems.list.systems, users: users) { standing[$0] ?? .typed }
        }
        let figures: [(String, String)] =
            Standing.allCases.map { (visit($0.title), String(count($0))) }
            + GovernmentSystem.Users.allCases.flatMap { users -> [(String, String)] in
                let figures = retyping(users)
                return [
                    (visit(users.title) + visit("：每人要录的系统", ": systems each"), String(figures.systems)),
                    (visit(users.title) + visit("：重复录入的栏目", ": fields typed again"), String(figures.fields)),
                    (visit(users.title) + visit("：每月分钟", ": minutes a month"), String(figures.minutesAMonth)),
                ]
            }
        return visit.page(
            Page(
                visit(SystemTexts.systems), breadcrumb: [(visit(SystemTexts.systems), nil)],
                """
                <p class="hint">\(visit("基层要录入的每个系统一行：能由本平台导出代填的不再手工录入，没有必要的停用。清单为示例，待当地核实。", "A line for each system that the grassroots types into: what can be served from here is not typed any more, what is not needed is retired. The list is an example, to be checked locally."))</p>\
                <dl class="facts">\(figures.html { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl>\
                <p class="bar"><a class="btn" href="/systems/avoided">\(visit(SystemTexts.avoided))</a>\(exportLink(visit, path: "/systems/export"))</p>\
                \(Listing(caption: visit(SystemTexts.systems), columns: columns(isLinked: true), items: lines, whenEmpty: "<p>\(visit("清单是空的，请在 Rules/systems.yaml 登记。", "The list is empty; write systems into Rules/systems.yaml."))</p>").html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let lines = try await lines(staff)
        return try await SheetExport.workbook(
            named: staff(SystemTexts.systems), columns: columns(isLinked: false), for: staff
        ) { _ in (lines, nil) }
    }

    // MARK: One

    private func system(_ staff: StaffVisit) throws(Refusal) -> GovernmentSystem {
        guard let system = systems.list[try staff.visit.parameter("key")] else { throw .nothingHere }
        return system
    }

    private struct FieldLine: Sendable {
        var name: LocalizedText
        var isHeld: Bool
        var also: [LocalizedText]
    }

    private func show(_ staff: StaffVisit, typed: QueryParameters? = nil, refusal: Refusal? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let system = try system(staff)
        let systems = systems
        let decisions = try await systems.house.database.read {
            try SystemStore.decisions(about: system.key, in: $0)
        }
        let today = visit.now.local().day
        let standing = decisions.first { $0.since <= today }?.standing ?? .typed
        let dictionary = systems.registry.dictionary
        let fields =
            system.fields.map { key in
                FieldLine(
                    name: dictionary[key]?.name ?? LocalizedText(key, key), isHeld: true,
                    also: systems.list.systems.filter { $0.key != system.key && $0.fields.contains(key) }.map(\.name))
            } + system.others.map { FieldLine(name: LocalizedText($0, $0), isHeld: false, also: []) }
        let columns: [Column<FieldLine>] = [
            .text("栏目", "Field") { line, visit in visit(line.name) },
            .text("本平台", "Here") { line, visit in
                line.isHeld ? visit("已有，不应再录", "held, not to be typed again") : visit("没有", "not held")
            },
            .number("同样要录的其他系统", "Others that ask it") { Int64($0.also.count) },
        ]
        let owner = systems.lineNames[system.owner].map { visit($0) } ?? system.owner
        return visit.page(
            Page(
                visit(system.name),
                breadcrumb: [(visit(SystemTexts.systems), "/systems"), (visit(system.name), nil)],
                notice: refusal.map { refusal in
                    Page.Notice(
                        .danger,
                        [visit(refusal.message), refusal.wayOn.map { visit($0) }].compactMap { $0 }.joined(
                            separator: " "))
                },
                """
                <p class="hint">\(owner) · \(visit(system.level.title)) · \(visit(system.users.title)) · \(visit(system.typing.title)) · \(visit("每人每月 \(system.minutesAMonth) 分钟", "\(system.minutesAMonth) minutes a month each"))</p>\
                <p><span class="tag">\(visit(standing.title))</span></p>\(files(system, standing, staff))\
                \(Listing(caption: visit("要录入的栏目", "What is typed in"), columns: columns, items: fields, whenEmpty: "<p>\(visit("没有登记栏目。", "No field is listed."))</p>").html(visit))\
                \(decisionForm(system, standing, staff, typed, refusal))\(history(decisions, visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func files(_ system: GovernmentSystem, _ standing: Standing, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        guard system.canBeServed else {
            return "<p class=\"notice\">\(visit("还没有它的导入版式，暂不能代填。", "There is no import layout for it yet."))</p>"
        }
        guard standing == .served else { return HTML() }
        let address = "/systems/\(system.key)/file"
        let clear: HTML =
            staff.scope.may(.registryReveal)
            ? "<form method=\"post\" action=\"\(address)\" class=\"inline\">\(visit.formFields)\(Field.submit(visit("导出原文供导入", "File in clear, to import")))</form>"
            : HTML()
        return """
            <div class="panel"><p>\(visit("按该系统的导入版式生成，直接导入，不必再录。", "In the layout that it imports; nothing is typed again."))</p>\
            <p class="hint">\(system.layout.map(\.title).joined(separator: visit("、", ", ")))</p>\
            <p class="bar"><a class="btn" href="\(address)" download>\(symbol("download"))<span>\(visit("先看打码的样张", "A masked sample first"))</span></a>\(clear)</p></div>
            """
    }

    private func decisionForm(
        _ system: GovernmentSystem, _ standing: Standing, _ staff: StaffVisit, _ typed: QueryParameters?,
        _ refusal: Refusal?
    ) -> HTML {
        guard staff.scope.may(.formsDecide) else { return HTML() }
        let visit = staff.visit
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        return """
            <details class="act"\(flag: "open", typed != nil)><summary>\(visit("改变现状", "Change how it stands"))</summary>\
            <form method="post" action="/systems/\(system.key)">\(visit.formFields)\
            \(Field.choice("standing", visit(SystemTexts.standing), Standing.allCases.map { Field.Choice($0.rawValue, visit($0.title)) }, value: typed?["standing"] ?? standing.rawValue, required: true, error: error("standing")))\
            \(Field.text("since", visit(SystemTexts.since), value: typed?["since"] ?? visit.now.local().day.description, type: "date", required: true, error: error("since")))\
            \(Field.text("reason", visit("说明", "Reason"), value: typed?["reason"], maximum: 200, error: error("reason")))\
            <p>\(Field.submit(visit("保存", "Save")))</p></form></details>
            """
    }

    private func history(_ decisions: [SystemDecision], _ visit: Visit) -> HTML {
        guard !decisions.isEmpty else { return HTML() }
        return """
            <h2>\(visit("经过", "History"))</h2><ul>\(decisions.html { one in
                "<li>\(one.since.description) \(visit(one.standing.title)) · \(one.staffName)\(one.reason.map { " · \($0)" as HTML })</li>"
            })</ul>
            """
    }

    private func decide(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let system = try system(staff)
        let (systems, scope, now, fields) = (systems, staff.scope, staff.visit.now, submission.fields)
        do {
            guard let since = fields.filled("since").flatMap({ Day($0) }) else {
                throw Refusal(
                    .ruleBroken, "systems.since", LocalizedText("日期须如 2026-11-21", "A day is written 2026-11-21"),
                    field: "since")
            }
            return try await staff.visit.write(submission) { transaction in
                try systems.decide(
                    system.key, fields["standing"] ?? "", since: since, reason: fields["reason"], by: scope, at: now,
                    in: transaction)
                return .seeOther("/systems/\(system.key)")
            }
        } catch let refusal as Refusal where refusal.kind == .ruleBroken {
            return try await show(staff, typed: fields, refusal: refusal)
        }
    }

    private func file(_ staff: StaffVisit, inClear: Bool) async throws -> Response {
        let system = try system(staff)
        return try await systems.file(of: system, inClear: inClear, for: staff)
    }
}

extension Systems {
    /// The import file of a system that is served from here.
    func file(of system: GovernmentSystem, inClear: Bool, for staff: StaffVisit) async throws -> Response {
        let (systems, today) = (self, staff.visit.now.local().day)
        let standing = try await house.database.read { try systems.standings(at: today, in: $0)[system.key]?.standing }
        guard let form = system.form, standing == .served else {
            throw Refusal(
                .conflict, "systems.not-served",
                LocalizedText("此系统现在不由本平台代填", "This system is not served from here now"),
                wayOn: LocalizedText("由数据局先改变它的现状", "The data bureau decides that first"))
        }
        return try await forms.importFile(
            of: form, system.layout, system: system.key, named: staff(system.name), inClear: inClear, for: staff)
    }
}
