import Desk
import Foundation
import Ground
import Sheets
import Storage

/// Reads a roster from a table: CSV or XLSX, headings in Chinese or English. All rows or none, so that a week is never
/// half there; every bad row is told.
struct RosterImport: Sendable {
    let emergencies: Emergencies

    struct Fault: Sendable {
        var row: Int
        var reason: LocalizedText
    }

    struct Result: Sendable {
        var planned = 0
        var faults: [Fault] = []
    }

    static let headings: [(field: String, names: [String])] = [
        ("area", ["区域代码", "area"]), ("kind", ["值班类别", "kind"]), ("person", ["人员", "姓名", "person"]),
        ("from", ["开始", "from"]), ("until", ["结束", "until"]),
    ]
    private static let most = 5_000

    func take(_ bytes: [UInt8], by scope: Scope, at now: Instant) async throws -> Result {
        let (rows, faults) = try read(bytes)
        guard faults.isEmpty else { return Result(faults: faults) }
        let emergencies = emergencies
        do {
            return try await emergencies.house.database.write { transaction in
                var found: [Fault] = []
                for (row, shift) in rows {
                    do { _ = try emergencies.plan(shift, by: scope, at: now, in: transaction) } catch let refusal
                        as Refusal
                    {
                        found.append(Fault(row: row, reason: refusal.message))
                        if found.count >= 50 { break }
                    }
                }
                if !found.isEmpty { throw Undone(faults: found) }
                return Result(planned: rows.count)
            }
        } catch let undone as Undone {
            return Result(faults: undone.faults)
        }
    }

    /// Ends the transaction without any effect.
    private struct Undone: Error { var faults: [Fault] }

    private func read(_ bytes: [UInt8]) throws -> ([(Int, PlannedShift)], [Fault]) {
        guard !bytes.isEmpty else {
            throw Refusal(
                .malformed, "duty.no-file", LocalizedText("请选择值班表文件", "Choose a roster file"), field: "roster")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-roster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("roster").path
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw Refusal(
                .unavailable, "duty.no-space",
                LocalizedText("无法暂存上传的文件（磁盘已满？）", "The upload cannot be stored (disk full?)"))
        }
        let reader: SheetReader
        do { reader = try SheetReader.open(path: path) } catch {
            throw Refusal(
                .malformed, "duty.no-table",
                LocalizedText("文件不是可读的 CSV 或 XLSX 表格", "The file is no readable CSV or XLSX table"),
                wayOn: LocalizedText("请用本页导出的表格作模板", "Use the table exported from this page as a pattern"),
                field: "roster")
        }
        var columns: [String: Int] = [:]
        for (field, names) in Self.headings {
            guard let column = names.lazy.compactMap({ reader.column(named: $0) }).first else {
                throw Refusal(
                    .ruleBroken, "duty.no-column",
                    LocalizedText("表格缺少“\(names[0])”列", "The table has no column “\(field)”"),
                    wayOn: LocalizedText("请用本页导出的表格作模板", "Use the table exported from this page as a pattern"),
                    field: "roster")
            }
            columns[field] = column
        }
        var rows: [(Int, PlannedShift)] = []
        var faults: [Fault] = []
        try reader.forEachRow { row in
            func text(_ field: String) -> String {
                guard let column = columns[field], row.cells.indices.contains(column) else { return "" }
                return row.cells[column].trimmed
            }
            guard rows.count < Self.most else { return }
            guard let area = AreaPrefix(text("area")) else {
                faults.append(Fault(row: row.number, reason: LocalizedText("区域代码有误", "No area code")))
                return
            }
            guard let from = Instant(iso8601: text("from")), let until = Instant(iso8601: text("until")) else {
                faults.append(
                    Fault(
                        row: row.number,
                        reason: LocalizedText("时间须如 2026-11-21 08:00", "A time is written 2026-11-21 08:00")))
                return
            }
            let kind = text("kind")
            let key = emergencies.rules.duty.kinds.first { [$0.key, $0.zh, $0.en].contains(kind) }?.key ?? kind
            rows.append(
                (row.number, PlannedShift(area: area, kind: key, person: text("person"), from: from, until: until)))
        }
        return (rows, Array(faults.prefix(50)))
    }
}
