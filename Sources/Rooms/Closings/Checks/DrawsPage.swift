import Desk
import Ground
import Hummingbird
import Storage
import Web

/// `/site-checks/draws`: how each sample was drawn, and that anybody can draw it again.
struct DrawsPage: Sendable {
    let closings: Closings

    private static let pageLength = 50

    func add(to routes: Routes) {
        routes.page("/site-checks/draws", right: .caseVerify) { try await list($0) }
        routes.page("/site-checks/draws/:id", right: .caseVerify) { try await show($0) }
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let after = visit.query.filled("after").flatMap { Identifier<SiteDraw>(parsing: $0) }
        let found = try await closings.house.database.read {
            try CheckStore.draws(after: after, limit: Self.pageLength + 1, in: $0)
        }
        let draws = Array(found.prefix(Self.pageLength))
        let listing = Listing(
            caption: visit(ClosingTexts.draws),
            columns: [
                .text(
                    "办结时段", "Closed",
                    html: { draw, _ in "<a href=\"/site-checks/draws/\(draw.id)\">\(Self.period(draw))</a>" }
                ) { draw, _ in Self.period(draw) },
                .number("办结件数", "Closed then") { $0.population },
                .number("抽中", "Drawn") { $0.drawn },
                .number("账本区块", "Block of the ledger") { $0.block },
                .instant("抽取时间", "Drawn at") { $0.at },
            ] as [Column<SiteDraw>], items: draws, next: found.count > Self.pageLength ? draws.last?.id.text : nil,
            whenEmpty:
                "<p>\(visit("还没有抽过样。每期结束后，账本封存下一个区块时自动抽取。", "Nothing was drawn yet. It is drawn by itself after each period, once the ledger has sealed its next block."))</p>"
        )
        return visit.page(
            Page(
                visit(ClosingTexts.draws),
                breadcrumb: [(visit(ClosingTexts.checks), "/site-checks"), (visit(ClosingTexts.draws), nil)],
                listing.html(visit)))
    }

    static func period(_ draw: SiteDraw) -> String { "\(draw.from) – \(draw.until - 1)" }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let id: Identifier<SiteDraw> = try visit.identifier()
        let (draw, checks, again) = try await closings.house.database.read { transaction in
            guard let draw = try CheckStore.draw(id, in: transaction) else { throw Refusal.nothingHere }
            return (
                draw, try CheckStore.checks(of: id, in: transaction),
                try CheckWork(closings: closings).drawnAgain(draw, in: transaction)
            )
        }
        let isSame = again == Set(checks.map(\.closing.text))
        let done = Dictionary(grouping: checks.compactMap(\.outcome)) { $0 }.mapValues(\.count)
        let rows: [(String, HTML)] =
            [
                (visit("办结时段", "Closed"), HTML(text: Self.period(draw))),
                (visit("办结件数", "Closed then"), "\(draw.population)"),
                (visit("抽中", "Drawn"), "\(draw.drawn)"),
                (visit("待核查", "Still to look at"), "\(checks.count - done.values.reduce(0, +))"),
            ]
            + CheckOutcome.allCases.map {
                (visit(ClosingTexts.title(of: $0)), HTML(text: String(done[$0] ?? 0)))
            } + [
                (
                    visit("种子", "Seed"),
                    "<code>\(draw.seed)</code> \(visit("（账本第 \(draw.block) 区块的根，期满之后才封存）", "(the root of block \(draw.block) of the ledger, sealed after the period had ended)"))"
                ),
                (
                    visit("重算", "Drawn again"),
                    HTML(
                        text: isSame
                            ? visit("与抽取时一致", "the same matters")
                            : visit("与抽取时不一致：抽样记录被改动过", "not the same: the record of the draw was changed"))
                ),
            ]
        return visit.page(
            Page(
                visit(ClosingTexts.draws),
                breadcrumb: [
                    (visit(ClosingTexts.checks), "/site-checks"), (visit(ClosingTexts.draws), "/site-checks/draws"),
                    (Self.period(draw), nil),
                ],
                notice: isSame
                    ? nil : Page.Notice(.danger, visit("样本与种子不符", "The sample does not follow from the seed")),
                """
                <section class="panel"><dl class="facts">\(rows.html { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl></section>\
                <p class="hint">\(visit("每层（街道×一级类别）内，把“种子＋办结编号”的 SHA-256 从小到大排，取前几个。", "Within each stratum (street × first level of the category) the SHA-256 of seed and id is sorted, and the first are taken."))</p>
                """))
    }
}
