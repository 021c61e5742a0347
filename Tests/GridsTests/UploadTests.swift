import Desk
import Foundation
import Geo
import Ground
import Identity
import Storage
import StorageTesting
import Testing
import Uploads
import Web

@testable import Grids

@Suite("Large files, taken over while nobody waits")
struct UploadTests {
    private static func table(_ count: Int, _ more: String = "") -> [UInt8] {
        let rows = (0..<count).map { "b\($0),甲社区,\(120.13 + Double($0) * 1e-5),30.27,40" }
        return Array((["编号,社区,经度,纬度,户数"] + rows + [more]).joined(separator: "\n").utf8)
    }

    private func send(
        _ content: [UInt8], as name: String = "buildings.csv", of subject: FeatureUpload.Subject = .buildings,
        _ office: GridsOffice, by scope: Scope? = nil
    ) async throws -> Upload {
        let (scope, now, grids) = (scope ?? office.leader, office.now, office.grids)
        return try await office.house.database.write {
            try grids.takeUpload(
                content, named: name, of: subject, GridUpload.Options(isPartial: true), language: .english, by: scope,
                at: now, in: $0)
        }
    }

    private func state(
        of upload: Upload, _ office: GridsOffice, for scope: Scope? = nil
    ) async throws -> Upload {
        let scope = scope ?? office.leader
        let grids = office.grids
        return try await office.house.database.read { try grids.upload(upload.id, for: scope, in: $0) }
    }

    private func report(of upload: Upload) throws -> GridUpload.Report? {
        try upload.report(as: GridUpload.Report.self)
    }

    private func acts(_ office: GridsOffice) async throws -> [String] {
        try await office.rows("SELECT act FROM ledger_entries WHERE act LIKE 'grids.%' ORDER BY id").map {
            try $0.text(0)
        }
    }

    private func held(_ office: GridsOffice) async throws -> Int {
        try await office.grids.buildings(in: GridsOffice.county, limit: 5_000).count
    }

    @Test(
        "A file is kept, answered at once and taken over later, with what was left out; the file itself goes",
        arguments: EngineCase.available)
    func whole(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let upload = try await send(Self.table(1_203, ",甲社区,120.13,30.27,40"), office)
            #expect(try await held(office) == 0)
            #expect(try await state(of: upload, office).state == .waiting)
            #expect(try await office.grids.uploads.takeOver() == 1)
            let done = try await state(of: upload, office)
            #expect(done.state == .done && done.progress.rows == 1_204 && done.hasErrors)
            #expect(done.progress.done == 1_203 && done.progress.percent == 100)
            let told = try report(of: done)?.buildings
            #expect(told?.created == 1_203 && told?.rejected == 1)
            #expect(told?.problems.map(\.kind) == [.noID])
            let errors = String(
                decoding: try await office.grids.errors(of: upload.id, for: office.leader), as: UTF8.self)
            #expect(errors.contains("grids.buildings.noID"))
            #expect(try await office.rows("SELECT id FROM uploads WHERE content IS NOT NULL").isEmpty)
            #expect(try await held(office) == 1_203)
            #expect(try await office.grids.uploads.takeOver() == 0)
            #expect(
                try await acts(office) == ["grids.uploaded"] + Array(repeating: "grids.buildings-written", count: 3)
                    + ["grids.buildings"])
        }
    }

    @Test(
        "What broke off goes on with the next; what was written is not written twice, and is on the ledger",
        arguments: EngineCase.available)
    func restart(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let content = Self.table(900)
            let upload = try await send(content, office)
            // A server wrote one batch and was gone.
            let file = try FeatureUpload.keep(content, named: "buildings.csv", of: .buildings)
            defer { file.remove() }
            await #expect(throws: UploadWork.Stopped.self) {
                _ = try await BuildingImport(grids: office.grids).run(
                    BuildingImport.Order(path: file.path, name: file.name, isPartial: true), within: upload.area,
                    by: upload.actor, written: { done, _, _ in if done > 500 { throw UploadWork.Stopped() } })
            }
            #expect(try await held(office) == 500)
            #expect(try await acts(office) == ["grids.uploaded", "grids.buildings-written"])
            #expect(try await office.grids.uploads.takeOver() == 1)
            let done = try await state(of: upload, office)
            let told = try report(of: done)?.buildings
            #expect(done.state == .done && told?.created == 400 && told?.unchanged == 500)
            #expect(try await held(office) == 900)
            let written = try await office.rows(
                "SELECT facts FROM ledger_entries WHERE act = 'grids.buildings-written' ORDER BY id")
            let counts = try written.map { row in
                try JSONDecoder().decode([String: Fact].self, from: Data(try row.blob(0)))["created"]?.count
            }
            #expect(counts.compactMap { $0 }.reduce(0, +) == 900)
        }
    }

    /// Of an entry on the ledger: a number, or anything else.
    private struct Fact: Decodable {
        var count: Int?

        init(from decoder: any Decoder) throws {
            count = try? decoder.singleValueContainer().decode(Int.self)
        }
    }

    @Test("A street cancels its own file only", arguments: EngineCase.available)
    func cancelled(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let (grids, leader, now) = (office.grids, office.leader, office.now)
            let upload = try await send(Self.table(10), office)
            let cancel = { (scope: Scope) in
                try await office.house.database.write { try grids.cancelUpload(upload.id, by: scope, at: now, in: $0) }
            }
            await #expect(throws: Refusal.self) { try await cancel(office.stranger) }
            try await cancel(leader)
            #expect(try await grids.uploads.takeOver() == 0)
            #expect(try await state(of: upload, office).state == .cancelled)
            #expect(try await held(office) == 0)
            #expect(try await acts(office) == ["grids.uploaded", "grids.upload-cancelled"])
            let again = await #expect(throws: Refusal.self) { try await cancel(leader) }
            #expect(again?.code == "uploads.over")
        }
    }

    @Test(
        "What was sent before all rooms shared one queue stays to be seen; what waited is to be sent again",
        arguments: EngineCase.available)
    func former(engine: EngineCase) async throws {
        let all = GridsOffice.migrations
        let joining = try #require(all.firstIndex { $0.name == "grids.0008-uploads-in-one-queue" })
        var told = BuildingReport()
        told.created = 7
        let outcome = String(
            decoding: try JSONEncoder().encode(GridUpload.Report(buildings: told)), as: UTF8.self)
        try await engine.withDatabase(migrations: Array(all[..<joining])) { database in
            for (id, state) in [("00000000000000000000000001", "done"), ("00000000000000000000000002", "waiting")] {
                try await database.write {
                    try $0.execute(
                        """
                        INSERT INTO grid_uploads (id, subject, file_name, options, area, actor_kind, actor_id, actor_name,
                            language, state, uploaded_at, seen_at, rows_read, written, outcome)
                        VALUES (\(id), 'buildings', 'a.csv', '{"isPartial":true,"place":"same"}', '330106001', 'staff', 'x', '甲',
                            'zh', \(state), 1, 2, 10, 10, \(state == "done" ? outcome : nil))
                        """)
                }
            }
            try await Migrator.migrate(database, all)
            let clock = TestClock(GridsOffice.start)
            let office = try await GridsOffice.founded(
                try GridsOffice.house(database, clock, outbox: "/dev/null"), clock)
            let uploads = try await database.read {
                try office.grids.uploads.page(of: "buildings", in: GridsOffice.county, limit: 9, transaction: $0)
            }
            #expect(uploads.map(\.state) == [.failed, .done])
            #expect(uploads.first?.failure?.text.chinese.contains("请重新上传") == true)
            #expect(try uploads.last.flatMap { try report(of: $0) }?.buildings?.created == 7)
            #expect(try await office.grids.uploads.takeOver() == 0)
        }
    }

    @Test("A file that cannot be used says why; barriers come by the same way; others see nothing of it")
    func others() async throws {
        try await GridsOffice.with(.sqlite) { office in
            let officer = try await BarrierFileTests.officer(of: office)
            let metres = try await send(
                Array("id,community,longitude,latitude,households\na,甲社区,516000,3350000,3".utf8), office)
            let road = """
                {"type":"Feature","properties":{"class":"road"},"geometry":{"type":"LineString","coordinates":[[120.1,30.2],[120.2,30.2]]}}
                """
            let roads = try await send(
                Array(road.utf8), as: "C:\\data\\roads.geojson", of: .barriers, office, by: officer)
            #expect(roads.fileName == "roads.geojson")
            #expect(try await office.grids.uploads.takeOver() == 2)
            let failed = try await state(of: metres, office)
            #expect(failed.state == .failed && failed.failure?.code == "grids.buildings.plane")
            #expect(failed.failure?.text.english.contains("EPSG:4490") == true)
            let done = try await state(of: roads, office, for: officer)
            #expect(try done.state == .done && report(of: done)?.barriers?.barriers == 1)
            for scope in [office.stranger, office.worker] {
                await #expect(throws: Refusal.self) { _ = try await state(of: metres, office, for: scope) }
                await #expect(throws: Refusal.self) {
                    _ = try await office.grids.errors(of: metres.id, for: scope)
                }
            }
            // A street brings in buildings of its own, but no barriers.
            await #expect(throws: Refusal.self) {
                _ = try await send(Array(road.utf8), as: "roads.geojson", of: .barriers, office)
            }
            await #expect(throws: Refusal.self) { _ = try await send([], office) }
            await #expect(throws: Refusal.self) { _ = try await send([1], as: "a.exe", office) }
            let grids = office.grids
            #expect(
                try await office.house.database.read {
                    try grids.latestUploads(of: .buildings, for: office.leader, limit: 9, in: $0)
                }.map(\.id) == [metres.id])
        }
    }
}
