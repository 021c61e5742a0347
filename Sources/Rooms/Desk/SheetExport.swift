import Foundation
import Ground
package import Hummingbird
import Sheets
import Web

/// A list as an Excel workbook: the columns of the page, the rows of the filter, and a sheet that says what it is.
package enum SheetExport {
    /// More rows than this are no list for a person; the interface gives them in pages.
    package static let rowLimit = 100_000

    /// - Parameters:
    ///   - filter: what was asked for, where the address does not say it.
    ///   - pages: gives the rows after a key, and the key after which the next ones begin, as the list itself does.
    package static func workbook<Item: Sendable>(
        named title: String, columns: [Column<Item>], for staff: StaffVisit, filter: String? = nil,
        pages: (_ after: String?) async throws -> (items: [Item], next: String?)
    ) async throws -> Response {
        try await workbook(
            named: title, columns: columns, for: staff.visit,
            by: "\(staff.scope.staffName)（\(staff.visit(staff.scope.postName))）", filter: filter, pages: pages)
    }

    /// The same for somebody who is no staff: a resident's own list.
    /// - Parameter by: who takes it out, as the sheet says it; masked where it is a person's.
    package static func workbook<Item: Sendable>(
        named title: String, columns: [Column<Item>], for visit: Visit, by taker: String, filter: String? = nil,
        pages: (_ after: String?) async throws -> (items: [Item], next: String?)
    ) async throws -> Response {
        let columns = columns.filter { $0.isShown(onWall: false) }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-export-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("export.xlsx").path
        let writer = try WorkbookWriter(path: path)
        try writer.addSheet(named: title, columns: columns.map { SheetColumn(visit($0.title), $0.kind.sheetKind) })
        var after: String?
        var count = 0
        repeat {
            let page = try await pages(after)
            for item in page.items { try writer.addRow(columns.map { $0.cell(item, visit).sheetCell }) }
            count += page.items.count
            after = page.next
        } while after != nil && count < rowLimit
        var facts: [(name: String, value: String)] = [
            (visit("导出时间", "Exported at"), visit.now.local().secondText),
            (visit("导出人", "By"), taker),
            (
                visit("筛选条件", "Filter"),
                filter ?? (visit.query.text.isEmpty ? visit("无", "none") : visit.address)
            ),
            (visit("行数", "Rows"), String(count)),
        ]
        if after != nil {
            facts.append(
                (visit("注意", "Note"), visit("已达行数上限，请缩小范围", "The limit of rows was reached; narrow the filter")))
        }
        try writer.addFacts(facts, named: visit("说明", "About"))
        try writer.close()
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Refusal(
                .fault, "export.unreadable",
                LocalizedText("导出文件无法读取", "The exported file cannot be read"),
                wayOn: LocalizedText("请重试", "Try again"))
        }
        return .download(
            Array(data), name: "\(title)-\(visit.now.local().day).xlsx",
            contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    }
}

extension Cell {
    fileprivate var sheetCell: SheetCell {
        switch self {
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .instant(let instant): .instant(instant)
        case .empty: .empty
        }
    }
}

extension Column.Kind {
    fileprivate var sheetKind: SheetColumn.Kind {
        switch self {
        case .text: .text
        case .longText: .longText
        case .number: .number
        case .instant: .instant
        }
    }
}
