import Desk
import Ground
import Hummingbird
import Ledger
import Storage
import Web

/// The queue as an Excel workbook: all rows of the filter, personal elements masked, and a line in the ledger.
struct QueueExport: Sendable {
    let cases: Cases

    private static let chunk = 2_000

    func add(to routes: Routes) {
        routes.page("/cases/export", right: .caseExport) { try await export($0) }
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        var (filter, _) = try QueuePage.filter(cases, staff, staff.visit.query)
        let scope = staff.scope
        var count = 0
        let response = try await SheetExport.workbook(
            named: staff(CaseTexts.cases), columns: CaseRow.exportColumns(cases), for: staff
        ) { after in
            if let after { _ = filter.setKey(after) }
            let asked = filter
            let (rows, next) = try await cases.house.database.read { transaction in
                let records = try CaseStore.page(asked, for: scope, limit: Self.chunk + 1, in: transaction)
                let kept = Array(records.prefix(Self.chunk))
                let next = records.count > Self.chunk ? kept.last.map(asked.key(after:)) : nil
                return (try CaseRow.rows(kept, cases, in: transaction), next)
            }
            count += rows.count
            return (rows, next)
        }
        try await record(
            count, filter: staff.visit.query.setting("after", nil).text, isSelection: false, staff)
        return response
    }

    /// Nobody gets the file before the ledger knows who took what.
    /// - Parameter isSelection: only some rows of the filter, chosen one by one or as all its results.
    func record(_ count: Int, filter: String, isSelection: Bool, _ staff: StaffVisit) async throws {
        let now = staff.visit.now
        let id: Identifier<LedgerEntry> = cases.house.identifiers.next(at: now)
        let entry = LedgerEntry(
            id: id, act: "cases.export", subjectKind: "export", subjectID: id.text, actor: Actor(staff.scope),
            happenedAt: now, receivedAt: now, area: staff.scope.area.code,
            facts: JSONWriter.object { writer in
                writer.member("filter", filter)
                writer.member("rows", count)
                if isSelection { writer.member("selection", true) }
            })
        try await cases.house.database.write { try Ledger.record(entry, in: $0) }
    }
}
