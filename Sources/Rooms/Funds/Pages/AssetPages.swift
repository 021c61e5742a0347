import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/holdings`: what streets and communities own, to whom it is let until when, and what came in.
struct AssetPages: Sendable {
    let funds: Funds

    private static let pageSize = 50

    func add(to routes: Routes) {
        routes.page("/holdings", right: .readFunds) { try await list($0) }
        routes.page("/holdings/export", right: .readFunds) { try await export($0) }
        routes.page("/holdings/new", right: .holdFunds) { form($0) }
        routes.form("/holdings/new", right: .holdFunds) { try await enter($0, $1) }
        routes.page("/holdings/:id", right: .readFunds) { try await show($0) }
        routes.form("/holdings/:id/lease", right: .holdFunds) { try await lease($0, $1) }
        routes.form("/holdings/:id/incomes", right: .holdFunds) { try await receive($0, $1) }
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let after = visit.query.filled("after")
        let found = try await funds.house.database.read {
            try AssetStore.page(for: staff.scope, after: after, limit: Self.pageSize + 1, in: $0)
        }
        let listing = Listing(
            caption: visit(FundTexts.assets), columns: columns(visit.now.local().day),
            items: Array(found.prefix(Self.pageSize)),
            next: found.count > Self.pageSize ? found[Self.pageSize - 1].id.text : nil,
            whenEmpty: "<p>\(visit("还没有登记资产。", "No assets were entered yet."))</p>")
        let new: HTML =
            staff.scope.may(.holdFunds) && staff.scope.area.level == .street
            ? "<a class=\"btn p\" href=\"/holdings/new\">\(visit(FundTexts.newAsset))</a>" : HTML()
        return visit.page(
            Page(
                visit(FundTexts.assets),
                breadcrumb: [(visit(FundTexts.funds), "/funds"), (visit(FundTexts.assets), nil)],
                """
                <p class="lead">\(visit("街道和社区的房屋、场地、门面、设备：租给谁、到什么时候、收了多少，逐笔可查；到期前 \(funds.rules.warnDays) 天提醒。", "Buildings, grounds, shops, equipment of the street and its communities: to whom they are let, until when, what came in; marked \(funds.rules.warnDays) days before a lease ends."))</p>\
                <div class="bar">\(new)\(exportLink(visit, path: "/holdings/export"))</div>\(listing.html(visit))
                """))
    }

    private func columns(_ today: Day) -> [Column<Asset>] {
        let funds = funds
        @Sendable func standing(_ one: Asset) -> Asset.Standing {
            one.standing(on: today, warnDays: funds.rules.warnDays)
        }
        return [
            .text("名称", "Name", html: { one, _ in "<a href=\"/holdings/\(one.id)\">\(one.title)</a>" }) { one, _ in
                one.title
            },
            .text("种类", "Kind") { one, visit in funds.rules.kind(one.kind).map { visit($0.title) } ?? one.kind },
            .text("所在", "Where") { one, _ in funds.areaName(one.area) },
            .number("账面价值（元）", "Book value") { $0.yuan },
            .text(
                "状态", "Standing",
                html: { one, visit in
                    let tone: HTML =
                        switch standing(one) {
                        case .leased: "ok"
                        case .idle: "caution"
                        case .ending: "warn"
                        case .ended: "danger"
                        }
                    return "<span class=\"tag \(tone)\">\(visit(standing(one).title))</span>"
                }
            ) { one, visit in visit(standing(one).title) },
            .text("承租单位", "Let to") { one, _ in one.lease?.tenant },
            .text("到期", "Until") { one, _ in one.lease?.until.description },
            .number("年租金（元）", "Rent a year") { $0.lease?.yuanAYear }, .number("累计收益（元）", "Income in all") { $0.income },
        ]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let (funds, scope) = (funds, staff.scope)
        return try await SheetExport.workbook(
            named: staff(FundTexts.assets), columns: columns(staff.visit.now.local().day), for: staff
        ) { after in
            let found = try await funds.house.database.read {
                try AssetStore.page(for: scope, after: after, limit: 500, in: $0)
            }
            return (found, found.count == 500 ? found.last?.id.text : nil)
        }
    }

    // MARK: Entering

    private func form(_ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) -> Response {
        let visit = staff.visit
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        let own = staff.scope.area
        let areas =
            [Field.Choice(own.code, funds.areaName(own))]
            + funds.places.children(of: own.code).prefix(300).map { Field.Choice($0.code, $0.name) }
        let title = visit(FundTexts.newAsset)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(FundTexts.assets), "/holdings"), (title, nil)],
                notice: refusal.map { Page.Notice(.danger, visit($0.message)) },
                """
                <form class="panel narrow" method="post" action="/holdings/new" data-draft="asset-new">\(visit.formFields)\
                \(Field.text("title", visit("名称", "Name"), value: typed?["title"], required: true, maximum: 60, error: error("title")))\
                \(Field.choice("kind", visit("种类", "Kind"), funds.rules.kinds.map { Field.Choice($0.key, visit($0.title)) }, value: typed?["kind"], required: true, none: visit("请选择", "Choose"), error: error("kind")))\
                \(Field.choice("area", visit("所在", "Where"), areas, value: typed?["area"] ?? own.code, required: true, error: error("area")))\
                \(Field.text("yuan", visit("账面价值（元）", "Book value (yuan)"), value: typed?["yuan"] ?? "0", required: true, maximum: 11, error: error("yuan"), inputMode: "numeric"))\
                <p>\(Field.submit(visit("登记", "Enter")))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func enter(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let (funds, scope, now) = (funds, staff.scope, staff.visit.now)
        do {
            return try await staff.visit.write(submission) { transaction in
                let asset = try funds.enter(
                    title: fields["title"] ?? "", kind: fields["kind"] ?? "", area: fields["area"] ?? "",
                    yuan: Int64(fields["yuan"] ?? "") ?? -1, by: scope, at: now, in: transaction)
                return .seeOther("/holdings/\(asset.id)")
            }
        } catch let refusal as Refusal where refusal.kind == .ruleBroken {
            return form(staff, fields, refusal)
        }
    }

    // MARK: One

    private func show(_ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let id: AssetID = try visit.identifier()
        let (asset, incomes) = try await funds.house.database.read { transaction in
            guard let asset = try AssetStore.find(id, for: staff.scope, in: transaction) else {
                throw Refusal.nothingHere
            }
            return (asset, try AssetStore.incomes(of: id, limit: 500, in: transaction))
        }
        let today = visit.now.local().day
        let listing = Listing(
            caption: visit("收益", "Income"), columns: incomeColumns, items: incomes,
            whenEmpty: "<p>\(visit("还没有收益入账。", "Nothing came in yet."))</p>")
        let lease =
            asset.lease.map { "\($0.tenant) · \($0.from) – \($0.until) · \($0.yuanAYear)" }
            ?? visit("没有出租", "not let")
        let mine = staff.scope.may(.holdFunds) && staff.scope.area.contains(asset.area)
        return visit.page(
            Page(
                asset.title, breadcrumb: [(visit(FundTexts.assets), "/holdings"), (asset.title, nil)],
                notice: refusal.map { Page.Notice(.danger, visit($0.message)) },
                """
                <section class="panel"><dl class="facts"><dt>\(visit("所在", "Where"))</dt><dd>\(funds.areaName(asset.area))</dd>\
                <dt>\(visit("状态", "Standing"))</dt><dd>\(visit(asset.standing(on: today, warnDays: funds.rules.warnDays).title))</dd>\
                <dt>\(visit("租约（单位、期限、年租金）", "Lease: firm, term, rent a year"))</dt><dd>\(lease)</dd>\
                <dt>\(visit("累计收益（元）", "Income in all (yuan)"))</dt><dd>\(asset.income)</dd></dl></section>\
                \(mine ? forms(asset, staff, typed, refusal, today) : HTML())\(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private var incomeColumns: [Column<AssetIncome>] {
        [
            .text("日期", "Day") { one, _ in one.on.description }, .number("金额（元）", "Yuan") { $0.yuan },
            Column("来源", "From what", .longText, cell: { one, _ in .text(one.words) }),
        ]
    }

    private func forms(
        _ asset: Asset, _ staff: StaffVisit, _ typed: QueryParameters?, _ refusal: Refusal?, _ today: Day
    ) -> HTML {
        let visit = staff.visit
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        return """
            <details class="act"\(flag: "open", typed?["tenant"] != nil)><summary>\(visit("出租", "Let it"))</summary>\
            <form method="post" action="/holdings/\(asset.id)/lease">\(visit.formFields)<input type="hidden" name="_version" value="\(asset.version)">\
            \(Field.text("tenant", visit("承租单位", "Firm or organisation"), value: typed?["tenant"], required: true, maximum: 60, error: error("tenant")))\
            \(Field.text("from", visit("开始", "From"), value: typed?["from"] ?? today.description, type: "date", required: true, error: error("from")))\
            \(Field.text("until", visit("到期", "Until"), value: typed?["until"], type: "date", required: true, error: error("until")))\
            \(Field.text("yuanAYear", visit("年租金（元）", "Rent a year (yuan)"), value: typed?["yuanAYear"], required: true, maximum: 9, error: error("yuanAYear"), inputMode: "numeric"))\
            \(Field.submit(visit("保存租约", "Keep the lease")))</form></details>\
            <details class="act"\(flag: "open", typed?["words"] != nil)><summary>\(visit("收益入账", "Write what came in"))</summary>\
            <form method="post" action="/holdings/\(asset.id)/incomes">\(visit.formFields)<input type="hidden" name="_version" value="\(asset.version)">\
            \(Field.text("income-yuan", visit("金额（元）", "Yuan"), value: typed?["yuan"], required: true, maximum: 9, error: error("yuan"), inputMode: "numeric", formName: "yuan"))\
            \(Field.text("on", visit("收款日期", "Day"), value: typed?["on"] ?? today.description, type: "date", required: true, error: error("on")))\
            \(Field.text("words", visit("来源", "From what"), value: typed?["words"], required: true, maximum: 120, error: error("words")))\
            \(Field.submit(visit("入账", "Write it")))</form></details>
            """
    }

    private func lease(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let (funds, scope, now, seen) = (funds, staff.scope, staff.visit.now, submission.seenVersion)
        let id: AssetID = try staff.visit.identifier()
        return try await written(staff, submission) { transaction in
            guard let from = Day(fields["from"] ?? ""), let until = Day(fields["until"] ?? "") else {
                throw funds.wrong("until", "请填写起止日期", "Give both days")
            }
            let lease = Asset.Lease(
                tenant: fields["tenant"] ?? "", from: from, until: until,
                yuanAYear: Int64(fields["yuanAYear"] ?? "") ?? -1)
            _ = try funds.lease(id, lease, seen: seen, by: scope, at: now, in: transaction)
        }
    }

    private func receive(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let (funds, scope, now, seen) = (funds, staff.scope, staff.visit.now, submission.seenVersion)
        let id: AssetID = try staff.visit.identifier()
        return try await written(staff, submission) { transaction in
            guard let on = Day(fields["on"] ?? "") else { throw funds.wrong("on", "请填写日期", "Give the day") }
            let income = AssetIncome(yuan: Int64(fields["yuan"] ?? "") ?? 0, on: on, words: fields["words"] ?? "")
            _ = try funds.receive(id, income, seen: seen, by: scope, at: now, in: transaction)
        }
    }

    private func written(
        _ staff: StaffVisit, _ submission: Submission, _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws -> Response {
        let address = "/holdings/\(try staff.visit.parameter("id"))"
        do {
            return try await staff.visit.write(submission) { transaction in
                try body(transaction)
                return .seeOther(address)
            }
        } catch let refusal as Refusal where [.ruleBroken, .conflict, .changedMeanwhile].contains(refusal.kind) {
            return try await show(staff, submission.fields, refusal)
        }
    }
}
