import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Places
import Storage
import Web

/// `/contracts`: what was bought of the streets, from the offer to the payment.
struct ContractPages: Sendable {
    let mandates: Mandates

    private static let pageSize = 50

    func add(to routes: Routes) {
        routes.page("/contracts", right: .readMandates) { try await list($0) }
        routes.page("/contracts/export", right: .readMandates) { try await export($0) }
        routes.page("/contracts/:id", right: .readMandates) { try await show($0) }
        routes.form("/contracts/:id/:act", right: .readMandates) { try await act($0, $1) }
    }

    /// What an address narrows the list to.
    private static func filter(_ query: QueryParameters) throws(Refusal) -> ContractFilter {
        var filter = ContractFilter()
        if let text = query.filled("buyer") {
            guard let buyer = BodyID(parsing: text) else { throw ListAPI.wrong("buyer") }
            filter.buyer = buyer
        }
        filter.days = try AskedQuestion.days(query)
        for text in (query.filled("stage") ?? "").split(separator: ",") {
            guard let stage = ContractStage(rawValue: String(text)) else { throw ListAPI.wrong("stage") }
            filter.stages.append(stage)
        }
        return filter
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let after = visit.query.filled("after")
        let filter = try Self.filter(visit.query)
        let found = try await mandates.house.database.read {
            try ContractStore.page(for: staff.scope, filter, after: after, limit: Self.pageSize + 1, in: $0)
        }
        let listing = Listing(
            caption: visit(MandateTexts.contracts), columns: columns, items: Array(found.prefix(Self.pageSize)),
            next: found.count > Self.pageSize ? found[Self.pageSize - 1].id.text : nil,
            whenEmpty: """
                <p>\(visit("还没有购买合同。清单外的工作通过准入、提出单位接受价格后，在这里逐街道签订。", "No contracts yet. Work that is on no list becomes one with each street, once its sender has accepted the price at the gate."))</p>
                """)
        return visit.page(
            Page(
                visit(MandateTexts.contracts),
                breadcrumb: [(visit(MandateTexts.gate), "/demands"), (visit(MandateTexts.contracts), nil)],
                """
                <p class="lead">\(visit("清单外的工作只能购买：双方平等，街道可以不接受，无需理由、不计考核；验收后付款，钱随事走。", "Work on no list can only be bought. Both sides are equal: a street may decline without a reason and without a mark; what is accepted is paid."))</p>\
                <div class="bar">\(exportLink(visit, path: "/contracts/export"))</div>\(listing.html(visit))
                """))
    }

    private var columns: [Column<Contract>] {
        let mandates = mandates
        return [
            .text("编号", "Number", html: { one, _ in "<a href=\"/contracts/\(one.id)\">\(one.number)</a>" }) { one, _ in
                one.number
            },
            Column("工作", "Work", .longText, cell: { one, _ in .text(one.title) }),
            .text("购买单位", "Buyer") { one, _ in one.buyerName },
            .text("街道", "Street") { one, _ in mandates.areaName(one.area) },
            .number("数量", "Quantity") { $0.quantity }, .number("已验收", "Accepted") { $0.accepted },
            .number("金额（元）", "Yuan") { $0.yuan }, .number("已付（元）", "Paid") { $0.paid },
            .number("已验收金额（元）", "Accepted, yuan") { $0.worth($0.accepted) },
            .number("已验收未付（元）", "Owed, yuan") { $0.owed },
            .text("期限", "Period") { one, _ in "\(one.from) – \(one.until)" },
            .text(
                "环节", "Stage",
                html: { one, visit in
                    "<span class=\"tag \(HTML(trusted: "\(MandateTexts.tone(one.stage))"))\">\(visit(one.stage.title))</span>"
                }
            ) { one, visit in visit(one.stage.title) },
        ]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let mandates = mandates
        let filter = try Self.filter(staff.visit.query)
        return try await SheetExport.workbook(named: staff(MandateTexts.contracts), columns: columns, for: staff) {
            after in
            let found = try await mandates.house.database.read {
                try ContractStore.page(for: staff.scope, filter, after: after, limit: 1_001, in: $0)
            }
            return (Array(found.prefix(1_000)), found.count > 1_000 ? found[999].id.text : nil)
        }
    }

    private func show(_ staff: StaffVisit, refusal: Refusal? = nil, typed: QueryParameters? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let id: ContractID = try visit.identifier()
        let (contract, entries) = try await mandates.house.database.read { transaction in
            guard let contract = try ContractStore.find(id, for: staff.scope, in: transaction) else {
                throw Refusal.nothingHere
            }
            return (contract, try Ledger.timeline(of: "contract", id.text, limit: 200, in: transaction))
        }
        let words = Mandates.ledgerWords
        return visit.page(
            Page(
                contract.title,
                breadcrumb: [(visit(MandateTexts.contracts), "/contracts"), (contract.number, nil)],
                notice: refusal?.notice(visit),
                """
                <p><span class="tag \(HTML(trusted: "\(MandateTexts.tone(contract.stage))"))">\(visit(contract.stage.title))</span> \(contract.number) · <a href="/demands/\(contract.demand)">\(visit(MandateTexts.gate))</a>\
                \(contract.dueAt.map { "<span class=\"hint\"> · \(visit("时限", "Limit")) <time datetime=\"\($0.iso8601)\">\(visit.instantText($0))</time></span>" })</p>\
                \(acts(contract, staff, typed))<section class="panel"><dl class="facts">\
                <dt>\(visit("购买单位", "Buyer"))</dt><dd>\(contract.buyerName)</dd><dt>\(visit("承接街道", "Street"))</dt><dd>\(mandates.areaName(contract.area))</dd>\
                <dt>\(visit("范围", "Scope"))</dt><dd>\(visit("每个", "each ")) \(visit(MandateTexts.title(contract.level))) \(contract.minutes)′ × \(contract.times)\(contract.isByHired ? visit("，另行聘人", ", by hired people") : "")</dd>\
                <dt>\(visit("数量", "Quantity"))</dt><dd>\(contract.quantity)</dd><dt>\(visit("金额（元）", "Price (yuan)"))</dt><dd>\(contract.yuan)</dd>\
                <dt>\(visit("期限", "Period"))</dt><dd>\(contract.from.description) – \(contract.until.description)</dd>\
                \(contract.conditions.isEmpty ? HTML() : "<dt>\(visit("街道提出的条件", "What the street asks for besides"))</dt><dd>\(contract.conditions)</dd>")\
                <dt>\(visit("完成 / 验收", "Done / accepted"))</dt><dd>\(contract.delivered) / \(contract.accepted)</dd>\
                <dt>\(visit("预留 / 已付（元）", "Set aside / paid (yuan)"))</dt><dd>\(contract.reserved) / \(contract.paid)</dd></dl></section>\
                <section class="panel"><h2>\(visit("经过", "What happened"))</h2><ol class="timeline">\(entries.html { entry in
                    let title = words.acts.first { $0.code == entry.act }.map { visit($0.title) } ?? entry.act
                    return "<li><span class=\"when\"><time datetime=\"\(entry.happenedAt.iso8601)\">\(visit.instantText(entry.happenedAt))</time></span> <strong>\(title)</strong> <span class=\"hint\">\(entry.actor.kind == .system ? visit("平台", "the platform") : entry.actor.name)</span></li>"
                })</ol></section>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func acts(_ contract: Contract, _ staff: StaffVisit, _ typed: QueryParameters?) -> HTML {
        let visit = staff.visit
        let scope = staff.scope
        let isSeller = scope.may(.answerDemand) && scope.area == contract.area
        let isBuyer = scope.may(.fileDemand) && scope.body == contract.buyer
        var forms: [HTML] = []
        func form(_ act: String, _ text: String, tone: StaticString = "p", _ fields: HTML = HTML()) {
            forms.append(
                """
                <form method="post" action="/contracts/\(contract.id)/\(act)">\(visit.formFields)<input type="hidden" name="_version" value="\(contract.version)">\(fields)<p>\(Field.submit(text, tone: tone))</p></form>
                """)
        }
        func words(_ id: String, _ label: String, required: Bool) -> HTML {
            Field.longText(
                id, label, value: typed?["words"], required: required, maximum: Mandates.longestWords, rows: 2,
                formName: "words")
        }
        func quantity(_ id: String) -> HTML {
            Field.text(
                id, visit("数量（0–\(contract.quantity)）", "Quantity (0–\(contract.quantity))"),
                value: typed?["quantity"] ?? "\(contract.delivered > 0 ? contract.delivered : contract.quantity)",
                required: true, maximum: 12, inputMode: "numeric", formName: "quantity")
        }
        switch contract.stage {
        case .offered where isSeller:
            form(
                "agree", visit("接受", "Agree"),
                words("conditions", visit("另需的条件（培训、材料等，可不填）", "What is needed besides, if anything"), required: false))
            form(
                "decline", visit("不接受", "Decline"), tone: "",
                "<p class=\"hint\">\(visit("无需理由，不计考核。", "No reason is asked for, and it counts nowhere."))</p>")
        case .agreed where isSeller:
            form("deliver", visit("报告完成", "Report as done"), quantity("done"))
            form("end", visit("终止合同", "End the contract"), tone: "")
        case .delivered where isBuyer:
            form("accept", visit("验收", "Accept"))
            form(
                "contest", visit("数量有异议", "Contest"), tone: "",
                words("contested", visit("理由", "Reason"), required: true))
        case .disputed where scope.may(.decideDemand):
            form(
                "settle", visit("裁定", "Settle"),
                quantity("settled") + words("why", visit("理由", "Reason"), required: true))
        case .accepted where isBuyer:
            form(
                "pay",
                visit("付款 \(contract.worth(contract.accepted)) 元", "Pay \(contract.worth(contract.accepted)) yuan"))
        case .offered, .agreed, .delivered, .disputed, .accepted, .paid, .declined, .ended: break
        }
        guard !forms.isEmpty else { return HTML() }
        return
            "<section class=\"panel\"><h2>\(visit("现在可以", "What can be done now"))</h2><div class=\"cards\">\(forms)</div></section>"
    }

    static func command(_ act: String, words: String, quantity: Int64?) throws(Refusal) -> ContractCommand {
        func needed() throws(Refusal) -> Int64 {
            guard let quantity else { throw ListAPI.wrong("quantity") }
            return quantity
        }
        return switch act {
        case "agree": .agree(conditions: words)
        case "decline": .decline
        case "deliver": .deliver(quantity: try needed())
        case "accept": .accept
        case "contest": .contest(words: words)
        case "settle": .settle(quantity: try needed(), words: words)
        case "pay": .pay
        case "end": .end
        default: throw Refusal.nothingHere
        }
    }

    private func act(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: ContractID = try staff.visit.identifier()
        let (mandates, scope, now) = (mandates, staff.scope, staff.visit.now)
        let fields = submission.fields
        let seen = submission.seenVersion
        do {
            let command = try Self.command(
                try staff.visit.parameter("act"), words: fields["words"] ?? "",
                quantity: fields.filled("quantity").flatMap { Int64($0) })
            return try await staff.visit.write(submission) { transaction in
                _ = try mandates.act(command, on: id, seen: seen, by: scope, at: now, in: transaction)
                return .seeOther("/contracts/\(id)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await show(staff, refusal: refusal, typed: fields)
        }
    }
}
