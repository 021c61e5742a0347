import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/targets`: what grows on its way down, 10 → 12 → 15 %, and who asks for the same in different figures.
struct TargetPages: Sendable {
    let burdens: Burdens

    func add(to routes: Routes) {
        routes.page("/targets", right: .readMandates) { try await list($0) }
        routes.form("/targets", right: .readMandates) { try await set($0, $1) }
        routes.page("/targets/export", right: .readMandates) { try await export($0) }
        routes.page("/targets/:id", right: .readMandates) { try await show($0) }
        routes.form("/targets/:id/withdraw", right: .readMandates) { try await withdraw($0, $1) }
    }

    static func year(_ visit: Visit) throws(Refusal) -> Int {
        guard let text = visit.query.filled("year") else { return visit.now.local().day.parts.year }
        guard let year = Int(text), (2000...2200).contains(year) else {
            throw Refusal(.malformed, "targets.year", LocalizedText("年份有误", "That is no year"), field: "year")
        }
        return year
    }

    static func chains(_ targets: [Target]) -> [TargetChain] {
        Dictionary(grouping: targets, by: \.root).compactMap { root, own in
            let chain = TargetChain(root: root, targets: own)
            return chain.links.first.map { !$0.target.isWithdrawn } ?? false ? chain : nil
        }.sorted { ($1.worst, $0.links[0].target.id) < ($0.worst, $1.links[0].target.id) }
    }

    private var columns: [Column<TargetChain>] {
        let pages = self
        return [
            .text(
                "指标", "Indicator",
                html: { chain, _ in
                    "<a href=\"/targets/\(chain.links[0].target.id)\">\(chain.links[0].target.indicator)</a>"
                }
            ) { chain, _ in chain.links[0].target.indicator },
            .text("提出单位", "Asked by") { chain, _ in chain.links[0].target.bodyName },
            .text("逐级要求", "On the way down") { chain, _ in pages.steps(chain) },
            Column(
                "最多加码 %", "Most laid on top, %", .number, cell: { chain, _ in .number(Double(chain.worst) / 10) },
                html: { chain, visit in
                    chain.isMarkedUp
                        ? "<span class=\"tag danger\">\(visit("加码", "marked up")) \(permilleText(chain.worst))</span>"
                        : "<span class=\"tag ok\">\(visit("未加码", "as it was"))</span>"
                }),
        ]
    }

    /// `10% → 12% → 15%`: the strictest of each step.
    func steps(_ chain: TargetChain) -> String {
        let levels = Dictionary(grouping: chain.links, by: \.depth).sorted { $0.key < $1.key }
        return levels.compactMap { _, links in
            let target = links.map(\.target).max { left, right in
                left.isAtMost ? left.value > right.value : left.value < right.value
            }
            return target.map { $0.valueText + $0.unit }
        }.joined(separator: " → ")
    }

    private func list(_ staff: StaffVisit, refusal: Refusal? = nil, typed: QueryParameters? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let year = try Self.year(visit)
        let targets = try await burdens.house.database.read {
            try TargetStore.ofYear(year, for: staff.scope, in: $0)
        }
        let listing = Listing(
            caption: visit("\(year) 年指标链条", "Chains of \(year)"), columns: columns, items: Self.chains(targets),
            whenEmpty:
                "<p>\(visit("这一年还没有登记指标要求。上级提出、逐级转下来的数字要求在这里登记，加了多少码一目了然。", "No targets of this year yet. What is asked in figures is registered here, so that everybody sees what was laid on top."))</p>"
        )
        return visit.page(
            Page(
                visit(BurdenTexts.targets), breadcrumb: [(visit(BurdenTexts.targets), nil)],
                notice: refusal.map { Page.Notice(.danger, visit($0.message)) },
                """
                <p class="lead">\(visit("上级要 10%，县里要 12%，街道要 15%：每一级登记自己的要求并指明上级要求，系统算出每一级加了多少。", "10 % from above, 12 % from the county, 15 % from the street: each level registers what it asks and on what it rests, and what was added is computed."))</p>\
                <div class="bar">\(exportLink(visit, path: "/targets/export"))</div>\(listing.html(visit))\(conflicts(targets, visit))\(form(staff, year, targets, refusal, typed))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func conflicts(_ targets: [Target], _ visit: Visit) -> HTML {
        let conflicts = TargetChain.conflicts(targets)
        guard !conflicts.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(visit("多头要求不一致", "Several heads, different figures"))</h2><ul>\(conflicts.prefix(50).html { group in
                "<li>\(place(group[0].area)) · \(group[0].indicator)：\(group.map { "\($0.bodyName) \($0.valueText)\($0.unit)" }.joined(separator: "；"))</li>"
            })</ul></section>
            """
    }

    private func place(_ area: AreaPrefix) -> String { burdens.areaName(area) }

    private func form(
        _ staff: StaffVisit, _ year: Int, _ targets: [Target], _ refusal: Refusal?, _ typed: QueryParameters?
    ) -> HTML {
        let visit = staff.visit
        let scope = staff.scope
        guard scope.may(.fileDemand) || scope.may(.decideDemand) || scope.may(.answerDemand) else { return HTML() }
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        var areas: [Field.Choice] = []
        if scope.may(.decideDemand) {
            for length in [2, 4] where scope.area.code.utf8.count > length {
                let code = String(scope.area.code.prefix(length))
                areas.append(Field.Choice(code, burdens.places.name(of: code) ?? code))
            }
        }
        areas.append(Field.Choice(scope.area.code, burdens.areaName(scope.area)))
        for child in burdens.places.children(of: scope.area.code).prefix(300) {
            areas.append(Field.Choice(child.code, "\u{3000}" + child.name))
        }
        let above = targets.filter { !$0.isWithdrawn }.prefix(300).map { target in
            Field.Choice(
                target.id.text, "\(target.indicator) · \(place(target.area)) · \(target.valueText)\(target.unit)")
        }
        return """
            <form class="panel narrow" method="post" action="/targets"><h2>\(visit("登记一条要求", "Register a target"))</h2>\(visit.formFields)\
            \(Field.text("indicator", visit("指标", "Indicator"), value: typed?["indicator"], required: true, maximum: 80, error: error("indicator")))\
            \(Field.choice("parent", visit("依据的上级要求", "The target above on which it rests"), above, value: typed?["parent"], none: visit("没有（链条的起点）", "None: the first of a chain"), error: error("parent")))\
            \(Field.choice("area", visit("由谁完成", "Who has to reach it"), areas, value: typed?["area"], required: true, error: error("area")))\
            \(Field.text("value", visit("要求", "Value"), value: typed?["value"], required: true, maximum: 14, error: error("value"), inputMode: "decimal"))\
            \(Field.text("unit", visit("单位", "Unit"), value: typed?["unit"] ?? "%", maximum: 12, error: error("unit")))\
            \(Field.checkbox("atMost", visit("不得超过（如天数），否则为不得低于", "At most (as with days); otherwise at least"), isOn: typed?["atMost"] == "yes"))\
            \(Field.text("year", visit("年份", "Year"), value: typed?["year"] ?? "\(year)", required: true, maximum: 4, error: error("year"), inputMode: "numeric"))\
            <p>\(Field.submit(visit("登记", "Register")))</p></form>
            """
    }

    private func set(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (burdens, scope, now, fields) = (burdens, staff.scope, staff.visit.now, submission.fields)
        let asked = TargetAsked(
            parent: fields.filled("parent").map { TargetID($0) }, indicator: fields["indicator"] ?? "",
            area: fields["area"] ?? "", value: fields["value"] ?? "", unit: fields["unit"] ?? "",
            isAtMost: fields["atMost"] == "yes", year: fields.filled("year").flatMap { Int($0) } ?? 0)
        do {
            return try await staff.visit.write(submission) { transaction in
                let target = try burdens.set(asked, by: scope, at: now, in: transaction)
                return .seeOther("/targets/\(target.root)")
            }
        } catch let refusal as Refusal where refusal.field != nil || refusal.kind == .forbidden {
            return try await list(staff, refusal: refusal, typed: fields)
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let id: TargetID = try visit.identifier()
        let chain = try await burdens.house.database.read { transaction in
            guard let target = try TargetStore.find(id, for: staff.scope, in: transaction) else {
                throw Refusal.nothingHere
            }
            return TargetChain(
                root: target.root, targets: try TargetStore.chain(target.root, for: staff.scope, in: transaction))
        }
        guard let first = chain.links.first?.target else { throw Refusal.nothingHere }
        let pages = self
        let mine = staff.scope.bodyName
        let listing = Listing<TargetChain.Link>(
            caption: visit("逐级要求", "On the way down"),
            columns: [
                .text(
                    "由谁完成", "Who has to reach it",
                    html: { link, _ in
                        HTML(text: String(repeating: "\u{3000}", count: link.depth) + pages.place(link.target.area))
                    }
                ) { link, _ in pages.place(link.target.area) },
                .text("提出单位", "Asked by") { link, _ in link.target.bodyName },
                .text("要求", "Value") { link, visit in
                    (link.target.isAtMost ? visit("不超过 ", "at most ") : visit("不低于 ", "at least "))
                        + link.target.valueText + link.target.unit
                },
                Column(
                    "比上一级加码", "On top of the level above", .number,
                    cell: { link, _ in link.markUp.map { .number(Double($0) / 10) } ?? .empty },
                    html: { link, _ in
                        link.markUp.map { markUp in
                            "<span class=\"tag \(markUp > 0 ? "danger" : "ok")\">\(markUp > 0 ? "+" : "")\(permilleText(markUp))</span>"
                        } ?? HTML()
                    }),
                Column(
                    "比起点加码", "On top of the first", .number,
                    cell: { link, _ in link.whole.map { .number(Double($0) / 10) } ?? .empty },
                    html: { link, _ in HTML(text: link.whole.map { ($0 > 0 ? "+" : "") + permilleText($0) } ?? "") }),
                Column(
                    "办理", "Act", .text, cell: { _, _ in .empty },
                    html: { link, visit in
                        link.target.bodyName == mine && !link.target.isWithdrawn
                            ? "<form method=\"post\" action=\"/targets/\(link.target.id)/withdraw\">\(visit.formFields)\(Field.submit(visit("撤销", "Take back"), tone: ""))</form>"
                            : HTML()
                    }),
            ], items: chain.links, whenEmpty: HTML())
        return visit.page(
            Page(
                first.indicator,
                breadcrumb: [(visit(BurdenTexts.targets), "/targets?year=\(first.year)"), (first.indicator, nil)],
                """
                <p class="notice \(chain.isMarkedUp ? "warn" : "ok")">\(chain.isMarkedUp ? visit("层层加码：\(steps(chain))，最多加了 \(permilleText(chain.worst))。", "Marked up on its way down: \(steps(chain)), \(permilleText(chain.worst)) at most.") : visit("没有加码。", "Nothing was laid on top."))</p>\(listing.html(visit))
                """))
    }

    private func withdraw(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: TargetID = try staff.visit.identifier()
        let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            try burdens.withdraw(id, by: scope, at: now, in: transaction)
            return .seeOther("/targets")
        }
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let year = try Self.year(staff.visit)
        let targets = try await burdens.house.database.read {
            try TargetStore.ofYear(year, for: staff.scope, in: $0)
        }
        let chains = Self.chains(targets)
        return try await SheetExport.workbook(named: staff(BurdenTexts.targets), columns: columns, for: staff) { _ in
            (chains, nil)
        }
    }
}

/// Per mille as per cent with one decimal.
func permilleText(_ value: Int64) -> String {
    let size = abs(value)
    return (value < 0 ? "-" : "") + (size % 10 == 0 ? "\(size / 10)%" : "\(size / 10).\(size % 10)%")
}
