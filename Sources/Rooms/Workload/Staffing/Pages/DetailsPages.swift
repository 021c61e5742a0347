import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/staffing/posts`: grade and qualifications of the posts that proposals count with; a street enters those of its own.
struct DetailsPages: Sendable {
    let workload: Workload
    private static let pageSize = 100

    func add(to routes: Routes) {
        routes.page("/staffing/posts", right: .readWorkload) { try await list($0) }
        routes.page("/staffing/posts/export", right: .readWorkload) { try await export($0) }
        routes.page("/staffing/posts/:id", right: .readWorkload) { try await edit($0) }
        routes.form("/staffing/posts/:id", right: .readWorkload) { try await save($0, $1) }
    }

    /// A post with what was entered of it.
    struct Line: Sendable {
        var holder: PostHolder
        var details: StaffingDetails?
    }

    private var rules: StaffingRules { workload.staffing }

    private func area(_ staff: StaffVisit) throws(Refusal) -> AreaPrefix {
        try workload.requireEntering(staff.scope)
        guard let text = staff.visit.query.filled("area") else { return staff.scope.area }
        guard let area = AreaPrefix(text), staff.scope.area.contains(area) else { throw Refusal.nothingHere }
        return area
    }

    private func lines(in area: AreaPrefix) async throws -> [Line] {
        let (workload, today) = (workload, workload.house.clock.now().local().day)
        let roles = rules.kinds.flatMap(\.roles)
        return try await workload.house.database.read { transaction in
            let holders = try workload.identity.directory.allPostHolders(within: area, roles: roles, in: transaction)
            let people = Dictionary(holders.map { ($0.post.id, $0.post.staff) }) { first, _ in first }
            let known = try StaffingStore.details(within: area, on: today, holders: people, in: transaction)
            return holders.map { Line(holder: $0, details: known[$0.post.id]) }
        }
    }

    private var columns: [Column<Line>] {
        let (workload, rules) = (workload, rules)
        return [
            .text("区域", "Place") { line, _ in workload.areaName(line.holder.post.area) },
            .text(
                "岗位", "Post",
                html: { line, visit in
                    "<a href=\"/staffing/posts/\(line.holder.post.id)\">\(visit(line.holder.post.title))</a>"
                }
            ) { line, visit in visit(line.holder.post.title) },
            .text("姓名", "Name") { line, _ in line.holder.staffName },
            .text("等级", "Grade") { line, visit in
                line.details?.grade.map { "\($0)" } ?? visit("未登记", "not entered")
            },
            .text("资格", "Qualifications") { line, visit in
                rules.qualifications.filter { line.details?.qualifications.contains($0.key) == true }
                    .map { visit($0.title) }.joined(separator: visit("、", ", "))
            },
        ]
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let area = try area(staff)
        let all = try await lines(in: area)
        let begin = min(max(0, visit.query["after"].flatMap { Int($0) } ?? 0), all.count)
        let end = min(begin + Self.pageSize, all.count)
        let entered = all.count { $0.details?.grade != nil }
        let listing = Listing(
            caption: visit("岗位", "Posts"), columns: columns, items: Array(all[begin..<end]),
            next: end < all.count ? "\(end)" : nil,
            whenEmpty: "<p>\(visit("这里没有参与调配计算的在岗岗位。", "No staffed posts here that proposals count with."))</p>")
        let below = workload.places.children(of: area.code).prefix(300)
        let places: HTML =
            below.isEmpty || area.level >= .community
            ? HTML()
            : """
            <nav class="tabs" aria-label="\(visit("下级区域", "Places below"))">\(below.html { "<a href=\"/staffing/posts?area=\($0.code)\">\($0.name)</a>" })</nav>
            """
        return visit.page(
            Page(
                visit(WorkloadTexts.details), breadcrumb: trail(visit) + [(visit(WorkloadTexts.details), nil)],
                """
                <p class="lead">\(visit("\(workload.areaName(area))：\(all.count) 个岗位，已登记等级 \(entered) 个。未登记的按 staffing.yaml 中该类岗位的等级计算（待当地核实），不视为具备任何资格。", "\(workload.areaName(area)): \(all.count) posts, grades entered of \(entered). The others count with the grade of their kind in staffing.yaml (check locally), and with no qualification."))</p>\
                <div class="bar">\(exportLink(visit, path: "/staffing/posts/export"))</div>\(places)\(listing.html(visit))
                """))
    }

    private func trail(_ visit: Visit) -> [(text: String, address: String?)] {
        [(visit(WorkloadTexts.workload), "/workload"), (visit(WorkloadTexts.staffing), "/staffing")]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let area = try area(staff)
        let lines = try await lines(in: area)
        try await workload.recordExport(of: lines.count, in: area, by: staff.scope, at: staff.visit.now)
        return try await SheetExport.workbook(
            named: staff(WorkloadTexts.details), columns: columns, for: staff, filter: workload.areaName(area)
        ) { _ in (lines, nil) }
    }

    private func edit(_ staff: StaffVisit, refusal: Refusal? = nil, typed: QueryParameters? = nil) async throws
        -> Response
    {
        let visit = staff.visit
        let id: PostID = try visit.identifier()
        try workload.requireEntering(staff.scope)
        let workload = workload
        let post = try await workload.house.database.read { transaction -> PostRecord in
            guard let post = try workload.identity.directory.post(id, in: transaction),
                staff.scope.area.contains(post.area)
            else { throw Refusal.nothingHere }
            return post
        }
        guard let line = try await lines(in: post.area).first(where: { $0.holder.post.id == id }) else {
            throw Refusal.nothingHere
        }
        let title = "\(workload.areaName(post.area)) · \(visit(post.title)) · \(line.holder.staffName)"
        let chosen = typed.map { Set($0.all("qualifications")) } ?? line.details?.qualifications ?? []
        let grade = typed?["grade"] ?? line.details?.grade.map { "\($0)" }
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        return visit.page(
            Page(
                title,
                breadcrumb: trail(visit) + [(visit(WorkloadTexts.details), "/staffing/posts"), (title, nil)],
                notice: refusal?.notice(visit),
                """
                <p class="lead">\(visit("登记岗位上这个人的等级和资格，只用于计算调配方案，写入台账，不进入考核。", "Grade and qualifications of who holds the post: for proposals only, on the ledger, in no assessment."))</p>\
                <form class="panel narrow" method="post" action="/staffing/posts/\(id)">\(visit.formFields)\
                \(Field.choice("grade", visit("等级（1 最低）", "Grade (1 is the lowest)"), (1...rules.grades).map { Field.Choice("\($0)", "\($0)") }, value: grade, required: true, none: visit("请选择", "Choose"), error: error("grade")))\
                <fieldset><legend>\(visit("资格", "Qualifications"))</legend>\(rules.qualifications.html { one in
                    "<div class=\"field check\"><label><input type=\"checkbox\" name=\"qualifications\" value=\"\(one.key)\"\(flag: "checked", chosen.contains(one.key))> \(visit(one.title))</label></div>"
                })</fieldset>\
                <p>\(Field.submit(visit("保存", "Save"))) <a class="btn" href="/staffing/posts">\(visit("返回", "Back"))</a></p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func save(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
        let id: PostID = try staff.visit.identifier()
        let fields = submission.fields
        do {
            // What is no number is no grade either.
            let grade = fields.filled("grade").flatMap { Int($0) } ?? 0
            return try await staff.visit.write(submission) { transaction in
                try workload.setDetails(
                    of: id, grade: grade, qualifications: fields.all("qualifications"), by: scope, at: now,
                    in: transaction)
                return .seeOther("/staffing/posts")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await edit(staff, refusal: refusal, typed: fields)
        }
    }
}
