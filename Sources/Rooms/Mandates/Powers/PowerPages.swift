import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Storage
import Web

/// `/powers`: the menu, who holds what, and the way from an order to a grant and back.
struct PowerPages: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/powers", right: .readMandates) { try await menu($0) }
        routes.page("/powers/export", right: .readMandates) { try await export($0) }
        routes.page("/powers/:code", right: .readMandates) { try await show($0) }
        routes.form("/powers/:code/order", right: .answerDemand) { try await order($0, $1) }
        routes.form("/powers/grants/:id/:act", right: .readMandates) { try await act($0, $1) }
    }

    struct Line: Sendable {
        var power: Power
        var grants: [PowerGrant]

        var held: Int { grants.filter(\.stage.isHeld).count }
        var onTheWay: Int { grants.filter { $0.stage == .ordered || $0.stage == .training }.count }
        var returned: Int { grants.filter { $0.stage == .returned || $0.stage == .exchanged }.count }
    }

    private func lines(_ staff: StaffVisit) async throws -> [Line] {
        let grants = try await mandates.house.database.read {
            try PowerStore.all(for: staff.scope, limit: 5_000, in: $0)
        }
        let byPower = Dictionary(grouping: grants, by: \.power)
        return mandates.menuOfPowers.powers.map { Line(power: $0, grants: byPower[$0.code] ?? []) }
    }

    private var columns: [Column<Line>] {
        let mandates = mandates
        return [
            .text("编码", "Code", html: { line, _ in "<a href=\"/powers/\(line.power.code)\">\(line.power.code)</a>" }) {
                line, _ in line.power.code
            },
            Column("权力", "Power", .longText, cell: { line, visit in .text(visit(line.power.title)) }),
            .text("批次", "Batch") { line, visit in
                mandates.menuOfPowers.batch(of: line.power.code).map { "\(visit($0.title)) · \($0.from)" }
            },
            .text("现由", "Now with") { line, visit in visit(mandates.lines.title(line.power.line)) },
            .text(
                "下放建议", "Advice",
                html: { line, visit in
                    let isAdvised = mandates.menuOfPowers.advice(on: line.power).isAdvised
                    let tone: HTML = isAdvised ? "ok" : "caution"
                    return "<span class=\"tag \(tone)\">\(visit(Self.advised(isAdvised)))</span>"
                }
            ) { line, visit in visit(Self.advised(mandates.menuOfPowers.advice(on: line.power).isAdvised)) },
            .number("已赋权街道", "Streets that hold it") { Int64($0.held) },
            .number("准备中", "On the way") { Int64($0.onTheWay) },
            .number("退回或换", "Given back") { Int64($0.returned) },
        ]
    }

    private static func advised(_ isAdvised: Bool) -> LocalizedText {
        isAdvised ? LocalizedText("适合下放", "Better devolved") : LocalizedText("不宜下放", "Better kept above")
    }

    private func menu(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let listing = Listing(
            caption: visit(MandateTexts.powers), columns: columns, items: try await lines(staff),
            whenEmpty: "<p>\(visit("县里还没有公布赋权菜单。", "The county has published no menu yet."))</p>")
        return visit.page(
            Page(
                visit(MandateTexts.powers), breadcrumb: [(visit(MandateTexts.powers), nil)],
                """
                <p class="lead">\(visit("基层点单、县级赋权、先培训后下放、先试行后赋权；任何时候可退可换，不计考核。", "A street orders, the county grants; first training, then a trial, then the grant. It can be returned or exchanged at any time, and that counts nowhere."))</p>\
                <div class="bar">\(exportLink(visit, path: "/powers/export"))</div>\(listing.html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let lines = try await lines(staff)
        return try await SheetExport.workbook(named: staff(MandateTexts.powers), columns: columns, for: staff) { _ in
            (lines, nil)
        }
    }

    private func show(_ staff: StaffVisit, code: String? = nil, refusal: Refusal? = nil) async throws -> Response {
        let visit = staff.visit
        let code = try code ?? visit.parameter("code")
        guard let power = mandates.menuOfPowers[code] else { throw Refusal.nothingHere }
        let now = visit.now
        let (grants, others) = try await mandates.house.database.read { transaction in
            let grants = try PowerStore.all(for: staff.scope, power: code, limit: 1_000, in: transaction)
            return (grants, try beside(grants, at: now, in: transaction))
        }
        let advice = mandates.menuOfPowers.advice(on: power)
        let isOwnAlive = grants.contains { $0.area == staff.scope.area && $0.stage.isAlive }
        let order: HTML =
            staff.scope.may(.answerDemand) && staff.scope.area.level == .street && !isOwnAlive
            ? """
            <form method="post" action="/powers/\(code)/order">\(visit.formFields)\(Field.submit(visit("点单", "Order it")))</form>
            """ : HTML()
        let needs = power.needs
        return visit.page(
            Page(
                "\(code) \(visit(power.title))",
                breadcrumb: [(visit(MandateTexts.powers), "/powers"), (code, nil)], notice: refusal?.notice(visit),
                """
                \(order)<section class="panel"><dl class="facts"><dt>\(visit("现由", "Now with"))</dt><dd>\(visit(mandates.lines.title(power.line)))</dd>\
                <dt>\(visit("依据（待当地核实）", "Ground (check locally)"))</dt><dd>\(power.basis.joined(separator: visit("；", "; ")))</dd>\
                <dt>\(visit("承接条件", "What is needed"))</dt><dd>\(visit("\(needs.staff) 人（其中持证 \(needs.qualified) 人），培训 \(needs.trainingHours) 学时", "\(needs.staff) staff (\(needs.qualified) qualified), \(needs.trainingHours) hours of training"))\
                \(needs.equipment.isEmpty ? "" : visit("，设备：", ", equipment: ") + needs.equipment.joined(separator: visit("、", ", ")))</dd>\
                <dt>\(visit("下放建议", "Advice"))</dt><dd>\(visit(Self.advised(advice.isAdvised)))<ul>\(advice.reasons.html { "<li>\($0.isFor ? "＋" : "－") \(visit($0.text))</li>" })</ul></dd></dl></section>\
                \(grants.isEmpty ? "<div class=\"panel empty\"><p>\(visit("还没有街道点单。", "No street has ordered it yet."))</p></div>" : HTML())\
                \(grants.html { panel($0, power, others[$0.id] ?? Beside(), staff) })
                """), status: refusal?.kind.status ?? .ok)
    }

    private func panel(_ grant: PowerGrant, _ power: Power, _ beside: Beside, _ staff: StaffVisit) -> HTML {
        let visit = staff.visit
        let tone: HTML = grant.stage.isHeld ? "ok" : grant.stage.isAlive ? "warn" : ""
        let lacks = grant.stage == .training || grant.stage == .trial ? PowerMenu.lacks(power, grant.readiness) : []
        return """
            <section class="panel"><h2>\(mandates.areaName(grant.area)) <span class="tag \(tone)">\(visit(grant.stage.title))</span></h2>\
            <p class="hint">\(visit("点单于", "Ordered")) \(visit.instantText(grant.orderedAt))\(grant.dueAt.map { " · \(visit("时限", "limit")) \(visit.instantText($0))" } ?? "")\
            \(grant.instrument.isEmpty ? "" : " · \(visit("文书", "Instrument")) \(grant.instrument)")</p>\
            \(lacks.isEmpty ? HTML() : "<p class=\"notice warn\">\(visit("还缺：", "Lacks: "))\(lacks.map { visit($0) }.joined(separator: visit("；", "; ")))</p>")\
            \(compared(grant, power, beside.known, visit))\(helpLine(grant, power, beside.asks, staff))\
            <div class="cards">\(acts(grant, staff))</div></section>
            """
    }

    private func acts(_ grant: PowerGrant, _ staff: StaffVisit) -> [HTML] {
        let visit = staff.visit
        let isStreet = staff.scope.may(.answerDemand) && staff.scope.area == grant.area
        let isCounty = staff.scope.may(.decideDemand)
        var forms: [HTML] = []
        func form(_ act: String, _ text: String, tone: StaticString = "p", _ fields: HTML = HTML()) {
            forms.append(
                """
                <form method="post" action="/powers/grants/\(grant.id)/\(act)">\(visit.formFields)<input type="hidden" name="_version" value="\(grant.version)">\(fields)<p>\(Field.submit(text, tone: tone))</p></form>
                """)
        }
        func line(_ name: String, _ label: String, _ value: String = "", numeric: Bool = false) -> HTML {
            Field.text(
                "\(name)-\(grant.id)", label, value: value, maximum: 60, inputMode: numeric ? "numeric" : nil,
                formName: name)
        }
        let ready = grant.readiness
        if isCounty, grant.stage == .ordered {
            form("prepare", visit("同意准备", "Let it get ready"))
            form("refuse", visit("不予赋权", "Refuse"), tone: "", line("words", visit("理由", "Reason")))
        }
        if isStreet, grant.stage == .training {
            form(
                "ready", visit("填报承接条件", "Tell what is there"),
                line("staff", visit("人员", "Staff"), "\(ready.staff)", numeric: true)
                    + line("qualified", visit("其中持证", "Qualified"), "\(ready.qualified)", numeric: true)
                    + line(
                        "trainingHours", visit("已完成培训学时", "Hours of training done"), "\(ready.trainingHours)",
                        numeric: true)
                    + line(
                        "equipment", visit("设备（顿号分开）", "Equipment (with 、 between)"),
                        ready.equipment.joined(separator: "、"))
                    + Field.text(
                        "reason-\(grant.id)", visit("多于平台登记的原因", "Why more than known here"), value: ready.reason,
                        maximum: 300, hint: visit("与平台登记一致时不必填写", "Only where it differs"), formName: "reason"))
        }
        if isCounty, grant.stage == .training {
            form("trial", visit("批准试行", "On trial"), line("instrument", visit("赋权文书编号", "Number of the instrument")))
        }
        if isCounty, grant.stage == .trial {
            form(
                "grant", visit("正式赋权", "Grant"),
                line("instrument", visit("赋权文书编号", "Number of the instrument"), grant.instrument))
        }
        if isCounty, grant.stage.isHeld {
            form("withdraw", visit("收回", "Withdraw"), tone: "", line("words", visit("理由", "Reason")))
        }
        if isStreet, grant.stage.isAlive {
            form("return", visit("退回（不计考核）", "Return it (counts nowhere)"), tone: "")
            let others = mandates.menuOfPowers.powers.filter { $0.code != grant.power }
            form(
                "exchange", visit("换一项", "Exchange it"), tone: "",
                Field.choice(
                    "power-\(grant.id)", visit("换为", "For"),
                    others.map { Field.Choice($0.code, "\($0.code) \(visit($0.title))") },
                    formName: "power"))
        }
        return forms
    }

    static func command(
        _ act: String, words: String, instrument: String, power: String, readiness: PowerMenu.Readiness?,
        help: String?
    ) throws(Refusal) -> PowerCommand {
        switch act {
        case "prepare": return .prepare
        case "refuse": return .refuse(words: words)
        case "ready":
            guard let readiness else { throw ListAPI.wrong("staff") }
            return .ready(readiness)
        case "trial": return .trial(instrument: instrument)
        case "grant": return .grant(instrument: instrument)
        case "return": return .giveBack
        case "exchange": return .exchange(power: power)
        case "withdraw": return .withdraw(words: words)
        case "ask-help": return .askHelp(words: words)
        case "answer-help": return .answerHelp(try ask(help), words: words)
        case "take-back-help": return .takeBackHelp(try ask(help))
        default: throw Refusal.nothingHere
        }
    }

    private static func ask(_ help: String?) throws(Refusal) -> HelpAskID {
        guard let ask = help.flatMap({ HelpAskID(parsing: $0) }) else { throw ListAPI.wrong("help") }
        return ask
    }

    private func order(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let code = try staff.visit.parameter("code")
        let (mandates, scope, now) = (mandates, staff.scope, staff.visit.now)
        guard mandates.menuOfPowers[code] != nil else { throw Refusal.nothingHere }
        do {
            return try await staff.visit.write(submission) { transaction in
                _ = try mandates.order(code, by: scope, at: now, in: transaction)
                return .seeOther("/powers/\(code)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, code: code, refusal: refusal)
        }
    }

    private func act(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: PowerGrantID = try staff.visit.identifier()
        let (mandates, scope, now) = (mandates, staff.scope, staff.visit.now)
        let fields = submission.fields
        let seen = submission.seenVersion
        let power = try await mandates.house.database.read { try PowerStore.find(id, for: scope, in: $0)?.power }
        guard let power else { throw Refusal.nothingHere }
        do {
            let numbers = ["staff", "qualified", "trainingHours"].map { fields.filled($0).flatMap { Int64($0) } }
            var readiness: PowerMenu.Readiness?
            if let staffed = numbers[0], let qualified = numbers[1], let hours = numbers[2] {
                readiness = PowerMenu.Readiness(
                    staff: staffed, qualified: qualified, trainingHours: hours,
                    equipment: (fields["equipment"] ?? "").split(whereSeparator: { "、,，".contains($0) }).map {
                        String($0).trimmingSpaces()
                    }.filter { !$0.isEmpty }, reason: fields["reason"])
            }
            let command = try Self.command(
                try staff.visit.parameter("act"), words: fields["words"] ?? "", instrument: fields["instrument"] ?? "",
                power: fields["power"] ?? "", readiness: readiness, help: fields.filled("help"))
            return try await staff.visit.write(submission) { transaction in
                let grant = try mandates.act(command, on: id, seen: seen, by: scope, at: now, in: transaction)
                return .seeOther("/powers/\(grant.power)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, code: power, refusal: refusal)
        }
    }
}
