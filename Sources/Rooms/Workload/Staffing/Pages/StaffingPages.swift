import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/staffing`: least-cost proposals that clear the overload, each kept as it was made.
struct StaffingPages: Sendable {
    let workload: Workload
    private static let pageSize = 50

    func add(to routes: Routes) {
        routes.page("/staffing", right: .readWorkload) { try await list($0) }
        routes.form("/staffing", right: .decideDemand) { try await propose($0, $1) }
        routes.page("/staffing/:id", right: .readWorkload) { try await show($0) }
        routes.page("/staffing/:id/export", right: .readWorkload) { try await export($0) }
    }

    private func list(_ staff: StaffVisit, refusal: Refusal? = nil) async throws -> Response {
        let visit = staff.visit
        let after = visit.query.filled("after")
        let found = try await workload.house.database.read {
            try StaffingStore.page(for: staff.scope, after: after, limit: Self.pageSize + 1, in: $0)
        }
        let listing = Listing<KeptProposal>(
            caption: visit("历次方案", "Proposals"),
            columns: [
                Column(
                    "时间", "Made", .instant, cell: { one, _ in .instant(one.at) },
                    html: { one, visit in "<a href=\"/staffing/\(one.id)\">\(visit.instantText(one.at))</a>" }),
                .text("意愿", "Consent") { one, visit in
                    one.content.assumesConsent ? visit("按全员同意推算", "As if all agreed") : visit("按已作出的同意", "As given")
                },
                Column(
                    "超负荷（小时）", "Over (hours)", .number, cell: { one, _ in .number(Double(one.content.over) / 60) },
                    html: { one, _ in HTML(text: hoursText(one.content.over)) }),
                Column(
                    "仍缺（小时）", "Still missing (hours)", .number,
                    cell: { one, _ in .number(Double(one.content.missing) / 60) },
                    html: { one, _ in HTML(text: hoursText(one.content.missing)) }),
                .number("费用（元）", "Cost (yuan)") { $0.content.yuan },
                .text("与最优相差", "Gap") { one, visit in gapText(one.content, visit) },
            ], items: Array(found.prefix(Self.pageSize)),
            next: found.count > Self.pageSize ? found[Self.pageSize - 1].id.text : nil,
            whenEmpty: """
                <p>\(visit("还没有方案。统筹办可在上方计算一份；只计算，不调动任何人。", "None yet. The coordination office can compute one above; it moves nobody."))</p>
                """)
        let form: HTML =
            staff.scope.may(.decideDemand)
            ? """
            <form class="panel narrow" method="post" action="/staffing">\(visit.formFields)\
            \(Field.checkbox("assumesConsent", visit("按全员同意推算（用来看该征求谁的意愿）", "As if everybody agreed (to see whom it is worth asking)")))\
            <p>\(Field.submit(visit("计算方案", "Compute a proposal")))</p></form>
            """ : HTML()
        return visit.page(
            Page(
                visit(WorkloadTexts.staffing),
                breadcrumb: [(visit(WorkloadTexts.workload), "/workload"), (visit(WorkloadTexts.staffing), nil)],
                notice: refusal?.notice(visit),
                """
                <p class="lead">\(visit("超负荷怎样消除最省：岗位之间、街道之间调配，县直支援街道，到期自动终止的临时聘用，事项购买或退回部门。遵守等级、资格、编制上限和本人同意；消除不了的，说明还缺多少、为什么。", "What clears the overload at least cost: moves between posts and streets, from the county to streets, temporary people whose contract ends by itself, items bought or returned. Grades, qualifications, ceilings and people’s own consent hold; what cannot be cleared is told, with the reason."))</p>\
                <div class="bar"><a class="btn" href="/staffing/consent">\(visit(WorkloadTexts.consent))</a>\(staff.scope.may(.decideDemand) || staff.scope.may(.answerDemand) ? "<a class=\"btn\" href=\"/staffing/posts\">\(visit(WorkloadTexts.details))</a>" : HTML())</div>\(form)\(listing.html(visit))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func propose(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
        do {
            let proposal = try await workload.propose(
                assumesConsent: submission.fields["assumesConsent"] == "yes", by: scope, at: now)
            return try await staff.visit.write(submission) { transaction in
                .seeOther("/staffing/\(try workload.keep(proposal, by: scope, at: now, in: transaction).id)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await list(staff, refusal: refusal)
        }
    }

    private func load(_ staff: StaffVisit) async throws -> KeptProposal {
        let id: StaffingProposalID = try staff.visit.identifier()
        return try await workload.house.database.read { transaction in
            guard let found = try StaffingStore.find(id, for: staff.scope, in: transaction) else {
                throw Refusal.nothingHere
            }
            return found
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let kept = try await load(staff)
        let one = kept.content
        let title = visit("调配方案 \(visit.instantText(kept.at))", "Proposal of \(visit.instantText(kept.at))")
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(WorkloadTexts.workload), "/workload"), (visit(WorkloadTexts.staffing), "/staffing"),
                    (visit.instantText(kept.at), nil),
                ],
                """
                <p class="notice \(one.missing == 0 ? "ok" : "warn")">\(verdict(one, visit))</p>\
                <p class="hint">\(visit("从 \(one.first) 起十二个月；\(one.assumesConsent ? "按全员同意推算，征得本人同意前不得调动" : "只含本人已同意的调动")。方案只供决定，不自动调动任何人；数字待当地核实（staffing.yaml）。", "Twelve months from \(one.first); \(one.assumesConsent ? "as if all agreed: nobody is moved before they have" : "only moves to which people have agreed"). It is for those who decide and moves nobody. Figures: check locally (staffing.yaml)."))</p>\
                <div class="bar noprint">\(exportLink(visit, path: "/staffing/\(kept.id)/export"))</div>\(kpi(one, visit))\(reasons(one, visit))\
                \(lines(one, visit))\(stations(one, visit))
                """))
    }

    private func verdict(_ one: StaffingProposal, _ visit: Visit) -> String {
        if one.over == 0 { return visit("没有超负荷，不需要调配。", "Nothing is over capacity; nothing to do.") }
        guard one.isPlan else {
            return visit(
                "规定时间内没有算出方案，超负荷 \(hoursText(one.over)) 小时照旧；可在 staffing.yaml 中放宽 seconds 后重算。",
                "No plan was found in the time that is set: \(hoursText(one.over)) hours stay over capacity. Allow more seconds in staffing.yaml and compute again."
            )
        }
        if one.missing == 0 {
            return visit(
                "超负荷 \(hoursText(one.over)) 小时可全部消除，费用 \(one.yuan) 元。",
                "All \(hoursText(one.over)) hours over capacity can be cleared, for \(one.yuan) yuan.")
        }
        return visit(
            "超负荷 \(hoursText(one.over)) 小时，最多消除 \(hoursText(one.over - one.missing)) 小时（\(one.yuan) 元），仍缺 \(hoursText(one.missing)) 小时。",
            "Of \(hoursText(one.over)) hours over capacity \(hoursText(one.over - one.missing)) can be cleared (\(one.yuan) yuan); \(hoursText(one.missing)) are still missing."
        )
    }

    private func kpi(_ one: StaffingProposal, _ visit: Visit) -> HTML {
        func figure(_ name: String, _ value: String, _ tone: String? = nil) -> HTML {
            "<div\(attribute: "class", tone)><dt>\(name)</dt><dd><strong>\(value)</strong></dd></div>"
        }
        return """
            <dl class="kpi">\(figure(visit("超负荷（小时）", "Over (hours)"), hoursText(one.over)))\
            \(figure(visit("仍缺（小时）", "Still missing"), hoursText(one.missing), one.missing > 0 ? "warn" : nil))\
            \(figure(visit("费用（元）", "Cost (yuan)"), "\(one.yuan)"))\
            \(figure(visit("费用下界（元）", "No plan costs less than"), "\(one.yuanBound)"))\
            \(figure(visit("与最优相差", "Gap"), gapText(one, visit)))\
            \(figure(visit("调动人数", "People moved"), "\(one.moves.reduce(0) { $0 + $1.count })"))\
            \(figure(visit("临时聘用", "Temporary people"), "\(one.contracts.reduce(0) { $0 + $1.count })"))</dl>
            """
    }

    /// Why something is still missing: what would be, were an obstacle not there.
    private func reasons(_ one: StaffingProposal, _ visit: Visit) -> HTML {
        guard one.missing > 0 else { return HTML() }
        let freed = StaffingCase.Obstacle.allCases.compactMap { obstacle in
            one.freed[obstacle.rawValue].map { (obstacle, $0) }
        }
        let text: HTML =
            freed.isEmpty
            ? "<p>\(visit("单独放开任何一项限制都不能减少缺口：需要同时放开，或减少工作本身。", "No single limit explains it: several together do, or the work itself has to become less."))</p>"
            : "<ul>\(freed.html { "<li>\(visit("若不受“\(visit(WorkloadTexts.title($0.0)))”限制，缺口由 \(hoursText(one.missing)) 小时减为 \(hoursText($0.1)) 小时。", "Without “\(visit(WorkloadTexts.title($0.0)))” \(hoursText($0.1)) of \(hoursText(one.missing)) hours would be missing."))</li>" })</ul>"
        return "<section class=\"panel\"><h2>\(visit("为什么还缺", "Why hours are still missing"))</h2>\(text)</section>"
    }

    /// One line of what is proposed, of whichever sort.
    struct Line: Sendable {
        var what: LocalizedText
        var from: String
        var to: String
        var count: Int64?
        var minutes: Int64?
        var until: String
        var yuan: Int64
    }

    private func kindTitle(_ key: String, _ visit: Visit) -> String {
        workload.staffing.kind(key).map { visit(workload.staffing.kinds[$0].title) } ?? key
    }

    private func place(_ code: String) -> String { AreaPrefix(code).map { workload.areaName($0) } ?? code }

    private func allLines(_ one: StaffingProposal, _ visit: Visit) -> [Line] {
        one.moves.map { move in
            Line(
                what: move.from.utf8.count == 6
                    ? LocalizedText("县直到街道", "County to street") : LocalizedText("调配", "Move"),
                from: place(move.from) + " · " + kindTitle(move.fromKind, visit),
                to: place(move.to) + " · " + kindTitle(move.toKind, visit), count: Int64(move.count), until: "",
                yuan: move.yuan)
        }
            + one.contracts.map { contract in
                Line(
                    what: LocalizedText("临时聘用", "Temporary"), from: "",
                    to: place(contract.place) + " · " + kindTitle(contract.kind, visit), count: Int64(contract.count),
                    until: "\(contract.from) – \(contract.until)", yuan: contract.yuan)
            }
            + one.reliefs.map { relief in
                Line(
                    what: WorkloadTexts.title(relief.how), from: place(relief.place),
                    to: "\(relief.code) \(visit(relief.title))", minutes: relief.minutes, until: "", yuan: relief.yuan)
            }
    }

    private static let lineColumns: [Column<Line>] = [
        .text("措施", "What") { line, visit in visit(line.what) }, .text("从", "From") { line, _ in line.from },
        .text("到 / 事项", "To, or item") { line, _ in line.to }, .number("人数", "People") { $0.count },
        Column(
            "小时", "Hours", .number, cell: { line, _ in line.minutes.map { .number(Double($0) / 60) } ?? .empty },
            html: { line, _ in HTML(text: line.minutes.map(hoursText) ?? "") }),
        .text("期限（到期自动终止）", "Ends by itself") { line, _ in line.until },
        .number("费用（元）", "Yuan") { $0.yuan },
    ]

    private func lines(_ one: StaffingProposal, _ visit: Visit) -> HTML {
        Listing<Line>(
            caption: visit("方案", "What is proposed"), columns: Self.lineColumns, items: allLines(one, visit),
            whenEmpty: "<p>\(visit("没有可行的措施。", "There is nothing that could be done."))</p>"
        ).html(visit)
    }

    private func stations(_ one: StaffingProposal, _ visit: Visit) -> HTML {
        let pages = self
        return Listing<StaffingProposal.Station>(
            caption: visit("各街道各类岗位", "Kinds of posts, street by street"),
            columns: [
                .text("区域", "Place") { station, _ in pages.place(station.place) },
                .text("岗位类别", "Kind") { station, visit in pages.kindTitle(station.kind, visit) },
                .number("可调配人数", "People who could move") { Int64($0.people) },
                Column(
                    "需要（小时）", "Needed (hours)", .number, cell: { one, _ in .number(Double(one.need) / 60) },
                    html: { one, _ in HTML(text: hoursText(one.need)) }),
                Column(
                    "现有（小时）", "There (hours)", .number, cell: { one, _ in .number(Double(one.capacity) / 60) },
                    html: { one, _ in HTML(text: hoursText(one.capacity)) }),
                Column(
                    "逐月超出（小时）", "Over, month by month", .number, cell: { one, _ in .number(Double(one.over) / 60) },
                    html: { one, _ in
                        one.over > 0 ? "<span class=\"tag warn\">\(hoursText(one.over))</span>" : "0"
                    }),
                Column(
                    "方案后仍缺（小时）", "Still missing (hours)", .number,
                    cell: { one, _ in .number(Double(one.missing) / 60) },
                    html: { one, _ in
                        one.missing > 0 ? "<span class=\"tag danger\">\(hoursText(one.missing))</span>" : "0"
                    }),
            ], items: one.stations, whenEmpty: "<p>\(visit("没有岗位。", "No posts."))</p>"
        ).html(visit)
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let kept = try await load(staff)
        let lines = allLines(kept.content, staff.visit)
        return try await SheetExport.workbook(
            named: staff(WorkloadTexts.staffing), columns: Self.lineColumns, for: staff, filter: kept.id.text
        ) { _ in (lines, nil) }
    }
}

func gapText(_ one: StaffingProposal, _ visit: Visit) -> String {
    if one.isProved { return visit("0（已证明最优）", "0 (proved best)") }
    return one.gapOfPlan.map(permille) ?? visit("没有算出方案", "No plan was found")
}

extension Refusal {
    func notice(_ visit: Visit) -> Page.Notice {
        Page.Notice(.danger, [visit(message), wayOn.map { visit($0) }].compactMap { $0 }.joined(separator: " "))
    }

    /// Whether the form is shown again with what was typed.
    var isForTheSender: Bool {
        switch kind {
        case .ruleBroken, .malformed, .conflict, .forbidden, .changedMeanwhile, .unavailable: true
        case .unauthenticated, .notFound, .tooLarge, .tooOften, .fault: false
        }
    }
}
