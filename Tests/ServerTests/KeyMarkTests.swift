import Cipher
import Desk
import Foundation
import Ground
import Storage
import StorageTesting
import Testing

@testable import gewu

@Suite("A database knows its key file")
struct KeyMarkTests {
    private static func with(
        _ engine: EngineCase, _ body: (_ database: any Database, _ path: String) async throws -> Void
    ) async throws {
        try await TestHouse.with(engine: engine) { house, _ in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID())").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await body(house.database, folder + "/gewu.keys")
        }
    }

    @Test("The first start makes the keys, and later ones take the same", arguments: EngineCase.available)
    func first(engine: EngineCase) async throws {
        try await Self.with(engine) { database, path in
            #expect(try KeyMark.present(at: path) == nil)
            let made = try await KeyMark.keys(nil, at: path, for: database)
            let present = try #require(try KeyMark.present(at: path))
            let taken = try await KeyMark.keys(present, at: path, for: database)
            #expect(taken.session == made.session)
        }
    }

    @Test("A missing key file is told, and no new one is made", arguments: EngineCase.available)
    func missing(engine: EngineCase) async throws {
        try await Self.with(engine) { database, path in
            _ = try await KeyMark.keys(nil, at: path, for: database)
            try FileManager.default.removeItem(atPath: path)
            let refusal = await #expect(throws: Refusal.self) {
                try await KeyMark.keys(try KeyMark.present(at: path), at: path, for: database)
            }
            #expect(refusal?.code == "keys.missing")
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("The keys of another database are refused", arguments: EngineCase.available)
    func other(engine: EngineCase) async throws {
        try await Self.with(engine) { database, path in
            _ = try await KeyMark.keys(nil, at: path, for: database)
            let refusal = await #expect(throws: Refusal.self) {
                try await KeyMark.keys(.forTests("another"), at: path, for: database)
            }
            #expect(refusal?.code == "keys.other")
        }
    }
}
