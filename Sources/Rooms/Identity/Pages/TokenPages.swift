import Desk
import Ground
import Hummingbird
import Storage
import Web

/// The tokens of an area: made, shown once, revoked.
struct TokenPages: Sendable {
    let house: House
    let bodies: any BodyLookup
    let commands: TokenCommands

    func add(to routes: Routes) {
        routes.page("/tokens", right: .manageTokens) {
            try await list($0, made: nil, wrong: nil, typed: QueryParameters())
        }
        routes.page("/tokens/export.xlsx", right: .manageTokens) { try await export($0) }
        routes.form("/tokens", right: .manageTokens) { try await make($0, $1) }
        routes.form("/tokens/:id/revoke", right: .manageTokens) { staff, submission in
            let id: TokenID = try staff.visit.identifier()
            return try await commands.revoke(id, by: staff.scope, once: submission.once).response
        }
    }

    private func make(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let fields = submission.fields
        let making = TokenCommands.Making(
            name: fields["name"] ?? "", rights: fields.all("rights"), area: fields.filled("area"),
            days: fields.filled("days").flatMap { Int64($0) } ?? 0)
        do {
            let made = try await commands.make(making, by: staff.scope, once: submission.once)
            return try await list(staff, made: made, wrong: nil, typed: QueryParameters())
        } catch let refusal as Refusal where refusal.field != nil {
            return try await list(staff, made: nil, wrong: refusal, typed: fields)
        }
    }

    private func list(
        _ staff: StaffVisit, made: TokenCommands.Made?, wrong: Refusal?, typed: QueryParameters
    ) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let tokens = try await house.database.read {
            try TokenStore.tokens(in: scope.area, limit: 500, in: $0)
        }
        let listing = Listing(
            caption: visit("令牌", "Tokens"), columns: columns + [Self.acts], items: tokens,
            whenEmpty: """
                <p>\(visit("还没有令牌。", "No tokens yet."))</p>\
                <p class="hint">\(visit("令牌供其他系统按接口读写，权限与辖区不超出创建者的岗位。", "Tokens let other systems use the interface, within the rights and the area of their maker's post."))</p>
                """)
        let secret: HTML =
            made.map { made in
                if let secret = made.secret {
                    return """
                        <section class="panel"><h2>\(visit("新令牌（只显示这一次）", "The new token (shown this once)"))</h2>\
                        <p><code class="wrap">\(secret)</code></p>\
                        <p class="hint">\(visit("请立即保存；平台只存其摘要，无法找回。", "Keep it now; only its hash is stored and it cannot be found again."))</p></section>
                        """
                }
                return """
                    <p class="notice warn">\(visit("此令牌已创建过，密钥不再显示；若未保存请吊销后新建。", "This token was made before and its secret is not shown again; revoke it and make another if it was lost."))</p>
                    """
            } ?? HTML()
        func error(_ field: String) -> String? { wrong?.field == field ? wrong.map { visit($0.message) } : nil }
        let form: HTML = """
            <section class="panel"><h2>\(visit("新建令牌", "Make a token"))</h2><form method="post" action="/tokens">\(visit.formFields)\
            \(Field.text("name", visit("名称（用途）", "Name (what for)"), value: typed["name"], required: true, maximum: 60, error: error("name")))\
            \(Field.text("area", visit("辖区代码", "Area code"), value: typed["area"] ?? scope.area.code, maximum: 15, hint: visit("只能在您的辖区之内", "Within your own area"), error: error("area"), inputMode: "numeric"))\
            \(Field.text("days", visit("有效天数", "Days"), value: typed["days"] ?? "90", type: "number", required: true, error: error("days")))\
            <fieldset class="field"><legend>\(visit("权限", "Rights"))</legend>\
            \(scope.rights.sorted().html { right in
                "<label class=\"choice\"><input type=\"checkbox\" name=\"rights\" value=\"\(right.rawValue)\"\(flag: "checked", typed.all("rights").contains(right.rawValue))> <code>\(right.rawValue)</code></label>"
            })\(error("rights").map { "<p class=\"error\">\($0)</p>" })</fieldset>\
            \(Field.submit(visit("创建", "Make")))</form></section>
            """
        return visit.page(
            Page(
                visit("令牌", "Tokens"), notice: wrong.map { notice(visit, $0) },
                "\(secret)<div class=\"bar\">\(exportLink(visit, path: "/tokens/export.xlsx"))</div>\(listing.html(visit))\(form)"
            ), status: wrong?.kind.status ?? .ok)
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let scope = staff.scope
        return try await SheetExport.workbook(named: staff.visit("令牌", "Tokens"), columns: columns, for: staff) { _ in
            let tokens = try await house.database.read {
                try TokenStore.tokens(in: scope.area, limit: SheetExport.rowLimit, in: $0)
            }
            return (tokens, nil)
        }
    }

    private var columns: [Column<TokenRecord>] {
        let bodies = bodies
        return [
            .text("名称", "Name") { token, _ in token.name },
            .text(
                "辖区", "Area",
                html: { token, _ in
                    "<span title=\"\(token.area.code)\">\(bodies.areaName(token.area) ?? token.area.code)</span>"
                },
                { token, _ in bodies.areaName(token.area) ?? token.area.code }),
            Column(
                "权限", "Rights", .longText,
                cell: { token, _ in .text(token.rights.map(\.rawValue).joined(separator: " ")) }),
            .instant("创建", "Made") { $0.created },
            .instant("到期", "Expires") { $0.expires },
            .instant("最近使用", "Last used") { $0.lastUsed },
        ]
    }

    private static let acts = Column<TokenRecord>(
        "操作", "Acts", cell: { _, _ in .empty },
        html: { token, visit in
            """
            <form method="post" action="/tokens/\(token.id)/revoke" class="inline">\(visit.formFields)\
            \(Field.submit(visit("吊销", "Revoke"), tone: "ghost"))</form>
            """
        })
}
