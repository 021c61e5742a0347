import Desk
import Faults
import Ground
import Hummingbird
import Identity
import Web

/// `/accounts/streets`: powers, duties, money and posts of each street, and whether they fit each other.
struct StreetPages: Sendable {
    let accounts: Accounts

    func add(to routes: Routes) {
        routes.page("/accounts/streets", right: .readWorkload) { try await list($0) }
        routes.page("/accounts/streets/export", right: .readWorkload) { try await export($0) }
        routes.page("/accounts/streets/:code", right: .readWorkload) { try await show($0) }
        routes.api(Self.operation, right: .readWorkload) { staff, _ in
            let streets = try await accounts.streets(for: staff.scope, at: staff.visit.now)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(streets) { Self.write($1, to: &$0) }
                }
            ).response
        }
    }

    private static let operation = APIOperation(
        .get, "/street-accounts", id: "listStreetAccounts", tag: "accounts",
        summary: LocalizedText("街道一本账", "Powers, duties, money and posts of each street"),
        response: .object([
            .init(
                "items",
                .array(
                    .object([
                        .init("street", .text), .init("heldPowers", .integer(minimum: 0)),
                        .init("unreadyPowers", .integer(minimum: 0)), .init("neededMinutes", .integer(minimum: 0)),
                        .init("minutes", .integer(minimum: 0)), .init("posts", .integer(minimum: 0)),
                        .init("overPosts", .integer(minimum: 0)),
                        .init("allottedYuan", .nullable(.integer(minimum: 0))),
                        .init("spentYuan", .nullable(.integer(minimum: 0))), .init("owedYuan", .integer(minimum: 0)),
                        .init("faults", .integer(minimum: 0)),
                        .init(
                            "outOfBalance",
                            .array(.string(values: StreetAccount.Side.allCases.map(\.rawValue)))),
                    ])))
        ]))

    private static func write(_ one: StreetAccount, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("street", one.street.code)
            writer.member("heldPowers", one.heldPowers)
            writer.member("unreadyPowers", one.unreadyPowers)
            writer.member("neededMinutes", one.neededMinutes)
            writer.member("minutes", one.minutes)
            writer.member("posts", one.posts)
            writer.member("overPosts", one.overPosts)
            writer.key("allottedYuan")
            if let money = one.money { writer.value(money.allotted) } else { writer.null() }
            writer.key("spentYuan")
            if let money = one.money { writer.value(money.spent) } else { writer.null() }
            writer.member("owedYuan", one.owed)
            writer.member("faults", one.faults.count)
            writer.key("outOfBalance")
            writer.array(one.outOfBalance) { $0.value($1.rawValue) }
        }
    }

    // MARK: List

    private static func tag(_ one: StreetAccount, _ visit: Visit) -> HTML {
        let sides = one.outOfBalance
        guard !sides.isEmpty else { return "<span class=\"tag ok\">\(visit("平衡", "In balance"))</span>" }
        let names = sides.map { visit($0.title) }.joined(separator: visit("、", ", "))
        return "<span class=\"tag warn\">\(visit("失衡：\(names)", "Out of balance: \(names)"))</span>"
    }

    private static func percent(_ perMille: Int64?) -> String {
        perMille.map { "\($0 / 10).\($0 % 10)%" } ?? "—"
    }

    private var columns: [Column<StreetAccount>] {
        let accounts = accounts
        return [
            .text(
                "街道", "Street",
                html: { one, _ in
                    "<a href=\"/accounts/streets/\(one.street.code)\">\(accounts.areaName(one.street))</a>"
                }
            ) { one, _ in accounts.areaName(one.street) },
            .number("权：持有权力", "Powers held") { Int64($0.heldPowers) },
            .number("责：十二个月需要工时", "Duties: hours in 12 months") { $0.neededMinutes / 60 },
            .number("人：岗位", "Posts") { Int64($0.posts) },
            .text("饱和度", "Saturation") { one, _ in Self.percent(one.saturation) },
            .number("钱：本年下达（元）", "Money this year (yuan)") { $0.money?.allotted },
            .number("欠付（元）", "Owed (yuan)") { $0.owed },
            .number("三不问题", "Faults") { Int64($0.faults.count) },
            .text(
                "结论", "Verdict", html: { one, visit in Self.tag(one, visit) }
            ) { one, visit in
                one.outOfBalance.isEmpty
                    ? visit("平衡", "In balance")
                    : one.outOfBalance.map { visit($0.title) }.joined(separator: visit("、", ", "))
            },
        ]
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let title = visit(AccountTexts.streets)
        let listing = Listing(
            caption: title, columns: columns, items: try await accounts.streets(for: staff.scope, at: visit.now),
            whenEmpty: "<p>\(visit("还没有有岗位的街道。", "No street has posts yet."))</p>")
        return visit.page(
            Page(
                title, breadcrumb: [(visit(AccountTexts.year), "/accounts/year"), (title, nil)],
                """
                <p class="lead">\(visit("给了多少责，就要给多少权、钱和人。四样放在一张账上，不匹配的写明是哪一样；问题在安排，不在街道。", "As much power, money and people as there is duty: the four on one account, and which of them does not fit. It is how things were arranged, never a mark against a street."))</p>\
                <div class="bar">\(exportLink(visit, path: "/accounts/streets/export"))</div>\(listing.html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let streets = try await accounts.streets(for: staff.scope, at: staff.visit.now)
        return try await SheetExport.workbook(named: staff(AccountTexts.streets), columns: columns, for: staff) { _ in
            (streets, nil)
        }
    }

    // MARK: One street

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let code = try visit.parameter("code")
        let streets = try await accounts.streets(for: staff.scope, at: visit.now)
        guard let one = streets.first(where: { $0.street.code == code }) else { throw Refusal.nothingHere }
        let title = accounts.areaName(one.street)
        let year = visit.now.local().day.parts.year
        func row(_ side: StreetAccount.Side, _ text: String, _ address: String, _ link: String) -> HTML {
            let isFine = one.isInBalance(side)
            return """
                <tr><th scope="row">\(visit(side.title))</th><td class="t" data-label="\(visit("账上", "On the account"))">\(text)</td><td data-label="\(visit("记录", "Records"))"><a href="\(address)">\(link)</a></td>\
                <td data-label="\(visit("结论", "Verdict"))"><span class="tag \(isFine ? "ok" : "warn")">\(isFine ? visit("平衡", "In balance") : visit("失衡", "Out of balance"))</span></td></tr>
                """
        }
        let hours = (one.neededMinutes / 60, one.minutes / 60)
        let money =
            one.money.map {
                visit(
                    "\(year) 年下达 \($0.allotted) 元，已用 \($0.spent) 元；",
                    "\($0.allotted) yuan in \(year), \($0.spent) spent; ")
            } ?? ""
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(AccountTexts.year), "/accounts/year"), (visit(AccountTexts.streets), "/accounts/streets"),
                    (title, nil),
                ],
                """
                <p>\(Self.tag(one, visit))</p>\(card(one.street, staff))\
                <section class="panel scroll" tabindex="0" role="region" aria-label="\(title)"><table class="list"><caption>\(visit("权、责、钱、人", "Powers, duties, money, posts"))</caption>\
                <thead><tr><th scope="col">\(visit("项", "Side"))</th><th scope="col">\(visit("账上", "On the account"))</th><th scope="col">\(visit("记录", "Records"))</th><th scope="col">\(visit("结论", "Verdict"))</th></tr></thead><tbody>\
                \(row(.powers, visit("持有 \(one.heldPowers) 项权力，其中 \(one.unreadyPowers) 项条件不足", "\(one.heldPowers) powers held, \(one.unreadyPowers) of them lack something"), "/powers", visit("赋权", "Powers")))\
                \(row(.duties, visit("十二个月需要 \(hours.0) 小时，岗位共有 \(hours.1) 小时（\(Self.percent(one.saturation))）", "\(hours.0) hours needed in twelve months, posts have \(hours.1) (\(Self.percent(one.saturation)))"), "/workload", visit("工作量", "Workload")))\
                \(row(.money, money + visit("购买服务已验收未付 \(one.owed) 元", "\(one.owed) yuan owed for bought work"), one.money == nil ? "/contracts" : "/funds", one.money == nil ? visit("购买服务", "Bought work") : visit("经费", "Funds")))\
                \(row(.posts, visit("\(one.posts) 个岗位，\(one.overPosts) 个有月份超负荷", "\(one.posts) posts, \(one.overPosts) over capacity in some month"), "/workload", visit("工作量", "Workload")))\
                </tbody></table></section>\(faults(one, visit))
                """))
    }

    private func card(_ street: AreaPrefix, _ staff: StaffVisit) -> HTML {
        guard Accounts.seesCard(of: street, staff.scope) else { return HTML() }
        return CardPages.link(.street(street), AccountTexts.streetCard, staff.visit)
    }

    private func faults(_ one: StreetAccount, _ visit: Visit) -> HTML {
        guard !one.faults.isEmpty else {
            return "<p class=\"hint\">\(visit("没有发现三不问题。", "None of the three faults was found."))</p>"
        }
        return """
            <section class="panel"><h2>\(visit("三不问题", "The three faults"))</h2><ul>\(one.faults.html { fault in
                "<li><a href=\"/faults/\(fault.key)\">\(visit(fault.title))</a> \(visit(fault.text))</li>"
            })</ul></section>
            """
    }
}
