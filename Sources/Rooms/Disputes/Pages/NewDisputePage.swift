import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/disputes/new`: a dispute is entered with both sides.
struct NewDisputePage: Sendable {
    let disputes: Disputes

    func add(to routes: Routes) {
        routes.page("/disputes/new", right: .beginDisputes) { show($0) }
        routes.form("/disputes/new", right: .beginDisputes) { try await send($0, $1) }
    }

    private func show(_ staff: StaffVisit, _ typed: QueryParameters? = nil, _ refusal: Refusal? = nil) -> Response {
        let visit = staff.visit
        let controls = DisputeControls(disputes: disputes, visit: visit)
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        func side(_ side: Party.Side) -> HTML {
            let key = side.rawValue
            return """
                <fieldset><legend>\(visit(DisputeTexts.title(side)))</legend>\
                \(Field.text("\(key)-name", visit("姓名或单位", "Name or organisation"), value: typed?["\(key)-name"], required: true, maximum: 40, error: error("name"), autocomplete: "off"))\
                \(Field.text("\(key)-phone", visit("电话（可留空）", "Phone (may stay empty)"), value: typed?["\(key)-phone"], type: "tel", maximum: 20, error: error("phone"), autocomplete: "off"))</fieldset>
                """
        }
        let title = visit(DisputeTexts.begin)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(DisputeTexts.disputes), "/disputes"), (title, nil)],
                notice: refusal?.notice(visit),
                """
                <form class="panel narrow" method="post" action="/disputes/new">\(visit.formFields)\
                <input type="hidden" name="follows" value="\(typed?["follows"] ?? visit.query["follows"] ?? "")">\
                \(controls.kinds("kind", value: typed?["kind"] ?? visit.query["kind"], error: error("variant")))\
                \(Field.text("title", visit(DisputeTexts.title), value: typed?["title"], required: true, maximum: DisputeWords.longestTitle, hint: visit("一句话说明争的是什么，不写姓名", "In one line what it is about, without names"), error: error("title")))\
                \(Field.longText("detail", visit(DisputeTexts.detail), value: typed?["detail"], required: true, maximum: DisputeWords.longestDetail, rows: 6, error: error("detail")))\
                \(controls.areas("area", within: staff.scope.area, value: typed?["area"], error: error("area")))\
                \(side(.first))\(side(.second))\
                <p class="hint">\(visit("内容和当事人加密保存，默认只显示部分；登记后自动通知本级调解员。", "What is written here is sealed and masked; the mediators of the level are told at once."))</p>\
                <p>\(Field.submit(visit("登记", "Enter")))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func send(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (disputes, scope, now, fields) = (disputes, staff.scope, staff.visit.now, submission.fields)
        do {
            let new = NewDispute(
                kind: fields["kind"] ?? "", title: fields["title"] ?? "", detail: fields["detail"] ?? "",
                area: try parsedArea(fields["area"] ?? ""),
                parties: [.first, .second].map { (side: Party.Side) in
                    NewParty(
                        side: side, name: fields["\(side.rawValue)-name"] ?? "",
                        phone: fields["\(side.rawValue)-phone"])
                }, follows: fields.filled("follows").flatMap { CaseID(parsing: $0) })
            return try await staff.visit.write(submission) { transaction in
                let dispute = try disputes.enter(new, by: scope, at: now, in: transaction)
                return .seeOther(scope.may(.readDisputes) ? "/disputes/\(dispute.id)?done=entered" : "/home")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return show(staff, fields, refusal)
        }
    }
}
