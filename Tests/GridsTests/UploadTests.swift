import Desk
import Foundation
import Geo
import Ground
import Identity
import Storage
import StorageTesting
import Testing
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
    ) async throws -> GridUpload {
        let (scope, now, grids) = (scope ?? office.leader, office.now, office.grids)
        return try await office.house.database.write {
            try grids.takeUpload(
                content, named: name, of: subject, GridUpload.Options(isPartial: true), language: .english, by: scope,
                at: now, in: $0)
        }
    }

    private func state(
        of upload: GridUpload, _ office: GridsOffice, for scope: Scope? = nil
    ) async throws -> GridUpload {
        let scope = scope ?? office.leader
        return try await office.house.database.read { try GridUploadStore.find(upload.id, for: scope, in: $0) }
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
            #expect(try await office.grids.takeOverUploads() == 1)
            let done = try await state(of: upload, office)
            #expect(done.state == .done && done.rowsRead == 1_204 && done.written == 1_203 && done.hasErrors)
            #expect(done.outcome?.buildings?.created == 1_203 && done.outcome?.buildings?.rejected == 1)
            #expect(done.outcome?.buildings?.problems.map(\.kind) == [.noID])
            let errors = String(
                decoding: try await office.grids.errors(of: upload.id, for: office.leader), as: UTF8.self)
            #expect(errors.contains("grids.buildings.noID"))
            #expect(try await office.rows("SELECT id FROM grid_uploads WHERE content IS NOT NULL").isEmpty)
            #expect(try await held(office) == 1_203)
            #expect(try await office.grids.takeOverUploads() == 0)
            let acts = try await office.rows(
                "SELECT act FROM ledger_entries WHERE act IN ('grids.uploaded', 'grids.buildings') ORDER BY id")
            #expect(try acts.map { try $0.text(0) } == ["grids.uploaded", "grids.buildings"])
            // Thirty days later what was typed is gone, and the figures stay.
            office.clock.advance(.days(31))
            try await office.grids.forgetErrorsOfUploads()
            let later = try await state(of: upload, office)
            #expect(!later.hasErrors && later.outcome?.buildings?.created == 1_203)
        }
    }

    @Test(
        "What a server left lying goes on with another; what was written is not written twice",
        arguments: EngineCase.available)
    func restart(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let upload = try await send(Self.table(900), office)
            let now = office.now
            let claimed = try await office.house.database.write {
                try GridUploadStore.claim(at: now, leftSince: now - .minutes(5), in: $0)
            }
            let content = try #require(claimed?.content)
            // It wrote one batch and was gone.
            let file = try FeatureUpload(content, named: "buildings.csv", of: .buildings)
            defer { file.remove() }
            await #expect(throws: UploadPace.Stopped.self) {
                _ = try await BuildingImport(grids: office.grids).run(
                    BuildingImport.Order(path: file.path, name: file.name, isPartial: true), within: upload.area,
                    by: upload.actor,
                    written: { done, total, transaction in
                        guard done <= 500 else { throw UploadPace.Stopped() }
                        #expect(
                            try GridUploadStore.noteWriting(upload.id, done, of: total, at: now, in: transaction))
                    })
            }
            #expect(try await held(office) == 500)
            // So much is on the ledger even so.
            #expect(try await office.rows("SELECT id FROM ledger_entries WHERE act = 'grids.buildings'").count == 1)
            let broken = try await state(of: upload, office)
            #expect(broken.state == .running && broken.written == 500 && broken.rowsRead == 900)
            // What was read counts no more beside what is to be written.
            let isOn = try await office.house.database.write {
                try GridUploadStore.noteReading(upload.id, 4_000, at: now, in: $0)
            }
            let written = try await state(of: upload, office)
            #expect(isOn && written.rowsRead == 900 && written.written == 500)
            #expect(try await office.grids.takeOverUploads() == 0)
            office.clock.advance(.minutes(6))
            #expect(try await office.grids.takeOverUploads() == 1)
            let done = try await state(of: upload, office)
            #expect(done.state == .done && done.outcome?.buildings?.created == 400)
            #expect(done.outcome?.buildings?.unchanged == 500)
            #expect(try await held(office) == 900)
        }
    }

    @Test(
        "Cancelled before it began, nothing is done; cancelled meanwhile, no further batch is written",
        arguments: EngineCase.available)
    func cancelled(engine: EngineCase) async throws {
        try await GridsOffice.with(engine) { office in
            let (grids, leader, now) = (office.grids, office.leader, office.now)
            let first = try await send(Self.table(10), office)
            let cancel = { (upload: GridUpload, scope: Scope) in
                try await office.house.database.write { try grids.cancelUpload(upload.id, by: scope, at: now, in: $0) }
            }
            await #expect(throws: Refusal.self) { try await cancel(first, office.stranger) }
            try await cancel(first, leader)
            #expect(try await grids.takeOverUploads() == 0)
            #expect(try await state(of: first, office).state == .cancelled)
            #expect(try await held(office) == 0)
            let again = await #expect(throws: Refusal.self) { try await cancel(first, leader) }
            #expect(again?.code == "grids.upload.over")

            let second = try await send(Self.table(10), office)
            let claimed = try await office.house.database.write {
                try GridUploadStore.claim(at: now, leftSince: now - .minutes(5), in: $0)
            }
            #expect(claimed?.upload.id == second.id)
            try await cancel(second, leader)
            let goesOn = try await office.house.database.write {
                (
                    try GridUploadStore.noteWriting(second.id, 5, of: 10, at: now, in: $0),
                    try GridUploadStore.noteReading(second.id, 5, at: now, in: $0)
                )
            }
            #expect(!goesOn.0 && !goesOn.1)
            // Who was about to end it as done does not.
            try await office.house.database.write {
                try GridUploadStore.finish(
                    second.id, .done, GridUpload.Outcome(), rows: 10, errors: nil, at: now, in: $0)
            }
            #expect(try await state(of: second, office).state == .cancelled)
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
            #expect(try await office.grids.takeOverUploads() == 2)
            let failed = try await state(of: metres, office)
            #expect(failed.state == .failed && failed.outcome?.code == "grids.buildings.plane")
            #expect(failed.outcome?.english?.contains("EPSG:4490") == true)
            let done = try await state(of: roads, office, for: officer)
            #expect(done.state == .done && done.outcome?.barriers?.barriers == 1)
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
            #expect(
                try await office.house.database.read {
                    try GridUploadStore.page(of: .buildings, for: office.leader, limit: 9, in: $0)
                }.map(\.id) == [metres.id])
        }
    }
}
