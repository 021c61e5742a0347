import Desk
import Forms
import Foundation
import Ground
import HTTPTypes
import Registry
import Sheets
import Storage
import StorageTesting
import Testing

@testable import Visits

/// A register of residents from a file: once, however often it is run, and what is wrong with it row by row.
struct ResidentImportTests {
    private static let header = "姓名,公民身份号码,联系电话,住址,网格,就业状况\n"
    private static let grid = VisitsWorld.grids[0]

    /// The header and “王𬎆䶮,,,文三路 1 号,330106001001001,在业” in GB 18030, with characters of its third level.
    private static let inGB18030: [UInt8] = {
        let text = """
            d0d5c3fb2cb9abc3f1c9edb7ddbac5c2eb2cc1aacfb5b5e7bbb02cd7a1d6b72ccdf8b8f12cbecdd2b5d7b4bff60acdf59931\
            de30fe9f2c2c2ccec4c8fdc2b7203120bac52c3333303130363030313030313030312cd4dad2b50a
            """
        return stride(from: 0, to: text.count, by: 2).compactMap { index in
            let start = text.index(text.startIndex, offsetBy: index)
            return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16)
        }
    }()

    private func run(
        _ rows: [String], in world: VisitsWorld, bytes: [UInt8]? = nil
    ) async throws -> (result: ResidentImportResult, errors: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, errors) = (
            folder.appendingPathComponent("in.csv").path, folder.appendingPathComponent("errors.csv").path
        )
        let content = bytes ?? Array((Self.header + rows.joined(separator: "\n") + "\n").utf8)
        try Data(content).write(to: URL(fileURLWithPath: file))
        let result = try await world.registry.importResidents(file: file, errors: errors)
        return (result, (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "")
    }

    @Test(
        "A register goes in once, homes follow from addresses, and what is wrong harms nothing else",
        arguments: EngineCase.available)
    func once(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            try await world.forms.compute()
            let rows = [
                "王小明,11010519491231002X,13800138000,文三路 1 号 101 室,\(Self.grid),离退休",
                "李秀英,,,文三路 1 号 101 室,\(Self.grid),",
                "赵五,,12,文三路 2 号,\(Self.grid),失业",
                "钱六,110105194912310021,,文三路 3 号,\(Self.grid),",
                "孙七,11010519491231002x,,文三路 4 号,\(Self.grid),",
                "周八,,,文三路 5 号,330106009009009,",
            ]
            let first = try await run(rows, in: world)
            #expect(first.result.rows == 6 && first.result.created == 3 && first.result.partly == 1)
            #expect(first.result.rejected == 3 && first.result.households == 2 && first.result.dwellings == 2)
            for code in ["registry.import.two-persons-one-number", "registry.value", "5,", "第 2 行"] {
                #expect(first.errors.contains(code), "\(code): \(first.errors)")
            }
            let figures = try await world.call(.get, "/api/v1/forms/old/figures", as: "clerk")
            #expect(figures.text.contains("\"counts\":[1,0]"), "\(figures.text)")
            let entries = "SELECT COUNT(*) FROM registry_entries" as SQL
            let before = try await world.house.database.query(entries).first?.int(0)
            world.clock.advance(.days(3))
            let again = try await run(rows, in: world)
            #expect(again.result.created == 0 && again.result.changed == 0 && again.result.unchanged == 3)
            #expect(again.result.households == 0 && again.result.dwellings == 0)
            #expect(try await world.house.database.query(entries).first?.int(0) == before)
            // What differs is written, and only that.
            let changed = try await run(
                ["王小明,11010519491231002X,13900139000,文三路 1 号 101 室,\(Self.grid),离退休"], in: world)
            #expect(changed.result.changed == 1 && changed.result.created == 0)
            let other = try await run(["王大明,11010519491231002X,,文三路 1 号 101 室,\(Self.grid),"], in: world)
            #expect(other.result.rejected == 1 && other.errors.contains("registry.import.other-name"))
            let acts = try await world.house.database.query(
                "SELECT COUNT(*) FROM ledger_entries WHERE act = 'registry.imported'")
            #expect(try acts.first?.int(0) == 4)
        }
    }

    @Test(
        "Rows of one home are one home: each person once, and all of them where the home is",
        arguments: EngineCase.available)
    func oneHome(engine: EngineCase) async throws {
        let forms = """
            forms:
              - { key: everybody, zh: 全部, en: Everybody, line: labour, purpose: employment, of: person, columns: [name],
                  counts: [ { zh: 失业, en: Jobless, where: employment = 2 } ] }
            """
        try await VisitsWorld.with(engine, forms: forms) { world in
            let (first, second) = (VisitsWorld.grids[0], VisitsWorld.grids[1])
            let rows = [
                "王小明,,,文三路 1 号,\(first),", "李秀英,,,文三路１号,\(first),", "王小明,,,文三路 1 号,\(first),失业",
                "赵五,,,文三路 1 号,\(second),", "李秀英,,,文三路 1 号,\(second),", "赵五,,,文三路 1 号,\(second),离退休",
            ]
            try await world.forms.compute()
            let done = try await run(rows, in: world).result
            #expect(done.rows == 6 && done.created == 3 && done.changed == 2 && done.unchanged == 1)
            #expect(done.dwellings == 1 && done.households == 1 && done.rejected == 0 && done.lookAlikes == 0)
            let places = try await world.house.database.query(
                "SELECT area, COUNT(*) FROM registry_subjects GROUP BY area")
            #expect(places.count == 1)
            #expect(try places.first?.text(0) == second && places.first?.int(1) == 5)
            // Forms were told once for all rows; from nothing they are the same.
            let kept = try await steps(in: world)
            #expect(!kept.isEmpty)
            try await world.house.database.write {
                try $0.batch([
                    "DELETE FROM form_states", "DELETE FROM form_steps", "DELETE FROM form_totals",
                    "DELETE FROM form_rows", "UPDATE form_generation SET number = number + 1 WHERE id = 1",
                ])
            }
            try await world.forms.compute()
            #expect(try await steps(in: world) == kept)
        }
    }

    /// What all forms count, by form, area and cell.
    private func steps(in world: VisitsWorld) async throws -> [String] {
        try await world.house.database.query(
            """
            SELECT form, area, cell, CAST(SUM(delta) AS BIGINT) FROM form_steps GROUP BY form, area, cell
            HAVING SUM(delta) <> 0 ORDER BY form, area, cell
            """
        ).map { row in
            let (form, area, cell, count) = (try row.text(0), try row.text(1), try row.int(2), try row.int(3))
            return "\(form) \(area) \(cell) \(count)"
        }
    }

    @Test("Who may be there already is taken and proposed as a duplicate", arguments: EngineCase.available)
    func lookAlikes(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let known = try await world.resident("王小明", born: "1949-12-31", in: home)
            let done = try await run(["王小明,11010519491231002X,,文三路 8 号,\(Self.grid),"], in: world)
            #expect(done.result.created == 1 && done.result.lookAlikes == 1 && done.result.rejected == 0)
            #expect(done.errors.contains("registry.import.look-alike"))
            let answer = try await world.call(
                .get, "/api/v1/registry/subjects/\(known.id)/look-alikes", as: "clerk")
            #expect(answer.text.contains("\"id\""))
        }
    }

    @Test(
        "What is taken out in open forms goes in again and changes nothing; for a purpose only, and noted",
        arguments: EngineCase.available)
    func takenOut(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            _ = try await run(
                [
                    "王小明,11010519491231002X,13800138000,文三路 1 号 101 室,\(Self.grid),离退休",
                    "李秀英,,,文三路 1 号 101 室,\(Self.grid),", "赵五,,,文三路 2 号,\(Self.grid),失业",
                ], in: world)
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let registry = world.registry
            await #expect(throws: Refusal.self) { _ = try await registry.export(to: folder, purpose: "gossip") }
            #expect(!FileManager.default.fileExists(atPath: folder))
            let done = try await registry.export(to: folder, purpose: "registration")
            #expect(done.residents == 3)
            await #expect(throws: Refusal.self) { _ = try await registry.export(to: folder, purpose: "registration") }
            let again = try await registry.importResidents(file: folder + "/residents.csv")
            #expect(again.rows == 3 && again.unchanged == 3 && again.created == 0, "\(again)")
            let facts = try String(contentsOfFile: folder + "/facts.jsonl", encoding: .utf8).split(separator: "\n")
            #expect(facts.count == done.facts && facts.contains { $0.contains("\"value\":\"13800138000\"") })
            #expect(facts.allSatisfy { $0.contains("\"knownSince\"") && $0.contains("\"seenAt\"") })
            let keys = try String(contentsOfFile: folder + "/elements.csv", encoding: .utf8)
            #expect(keys.contains("citizen-number,person,公民身份号码"))
            let acts = try await world.house.database.query(
                "SELECT purpose FROM ledger_entries WHERE act = 'registry.exported'")
            #expect(try acts.map { try $0.text(0) } == ["registration"])
        }
    }

    @Test("GB 18030 is read like UTF-8, and a household of hundreds is told, not made", arguments: EngineCase.available)
    func encodings(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let done = try await run([], in: world, bytes: Self.inGB18030)
            #expect(done.result.created == 1 && done.result.rows == 1, "\(done.errors)")
            let found = try await world.call(
                .post, "/api/v1/registry/search", "{\"text\":\"王𬎆䶮\"}", as: "clerk")
            #expect(found.text.contains("王**"), "\(found.text)")
            let many = (1...31).map {
                "员工\("一二三四五六七八九十".map(String.init)[$0 % 10])\($0 > 20 ? "甲" : $0 > 10 ? "乙" : "丙"),,,职工宿舍,\(Self.grid),"
            }
            let all = try await run(many + ["吴九,,,文三路 6 号,\(Self.grid),"], in: world)
            #expect(all.result.created == 1 && all.result.rejected == 31)
            #expect(all.errors.contains("registry.import.household-too-large"))
        }
    }
}
