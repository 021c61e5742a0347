import Desk
import Ground
import Hummingbird
import Identity
import Web

/// `/faults/symptoms` (症状码): of each power, how often streets said by their own acts that it does not move, that they lack
/// the power, or that they cannot take it on, and how often they asked those above to decide.
struct SymptomPages: Sendable {
    let faults: Faults

    func add(to routes: Routes) {
        routes.page("/faults/symptoms", right: .readWorkload) { try await show($0) }
        routes.page("/faults/symptoms/export", right: .readWorkload) { try await export($0) }
        routes.api(
            APIOperation(
                .get, "/fault-symptoms", id: "listFaultSymptoms", tag: "faults",
                summary: LocalizedText(
                    "症状码分布：按街道和权力", "What streets said by their acts, by street and power"),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("street", .text), .init("power", .text), .init("stuck", .integer(minimum: 0)),
                                .init("powerless", .integer(minimum: 0)), .init("unable", .integer(minimum: 0)),
                                .init("approvals", .integer(minimum: 0)),
                            ])))
                ])), right: .readWorkload
        ) { staff, _ in
            let counts = try await counts(staff)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(counts) { writer, one in
                        writer.object { writer in
                            writer.member("street", one.street.code)
                            writer.member("power", one.power)
                            writer.member("stuck", one.counts[.stuck] ?? 0)
                            writer.member("powerless", one.counts[.powerless] ?? 0)
                            writer.member("unable", one.counts[.unable] ?? 0)
                            writer.member("approvals", one.approvals)
                        }
                    }
                }
            ).response
        }
    }

    private func counts(_ staff: StaffVisit) async throws -> [SymptomCount] {
        try await faults.facts(for: staff.scope, at: staff.visit.now).flatMap { $0.symptomCounts(faults.rules) }
    }

    private var columns: [Column<SymptomCount>] {
        let faults = faults
        let symptoms = (faults.rules.symptoms ?? []).map { symptom in
            Column<SymptomCount>.number(symptom.zh, symptom.en) { $0.counts[symptom.key] ?? 0 }
        }
        let approvals: [Column<SymptomCount>] =
            (faults.rules.approvalActs ?? []).isEmpty
            ? [] : [.number("提请上级决定", "Put to those above") { $0.approvals }]
        return [
            .text("街道", "Street") { one, _ in faults.areaName(one.street) },
            .text("权力", "Power", html: { one, _ in "<a href=\"/powers/\(one.power)\">\(one.power)</a>" }) { one, _ in
                one.power
            },
        ] + symptoms + approvals
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let listing = Listing(
            caption: visit(FaultTexts.symptoms), columns: columns, items: try await counts(staff),
            whenEmpty: "<p>\(visit("没有这样的记录。", "Nothing of the kind is on record."))</p>")
        return visit.page(
            Page(
                visit(FaultTexts.symptoms),
                breadcrumb: [(visit(FaultTexts.title), "/faults"), (visit(FaultTexts.symptoms), nil)],
                """
                <p class="lead">\(visit("街道退回、申请延期、挂账时选的原因，说的是推不动、权不够，还是接不住；按权力分布，供定位问题和安排培训。近 \(faults.rules.windowDays) 天，只计次数，不计入考核。", "What the reasons say that streets chose when they returned a matter, asked for time or listed it: by power, over \(faults.rules.windowDays) days. Counts only, and no mark against anybody."))</p>\
                <div class="bar">\(exportLink(visit, path: "/faults/symptoms/export"))<a class="btn" href="/faults">\(visit(FaultTexts.title))</a></div>\
                \(listing.html(visit))
                """))
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let counts = try await counts(staff)
        return try await SheetExport.workbook(named: staff(FaultTexts.symptoms), columns: columns, for: staff) { _ in
            (counts, nil)
        }
    }
}
