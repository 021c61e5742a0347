import Cipher
import Desk
import Foundation
import Ground
import Hummingbird
import Logging
import Storage
import StorageTesting
import Web

@testable import gewu

/// A whole server over a database of its own, as `gewu serve` builds it.
enum TestHouse {
    static func with<Value>(
        engine: EngineCase = .sqlite, demonstration: Bool = false, area: AreaPrefix = .everywhere,
        settings: ServerSettings = ServerSettings(),
        clock: any WallClock = SystemClock(),
        _ body: (House, any ApplicationProtocol) async throws -> Value
    ) async throws -> Value {
        try await engine.withDatabase(migrations: Assembly.migrations) { database in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: RuleFiles(shipped: try Resources.folder("Rules")),
                assets: try StaticFiles(folders: [try assets(in: folder)]),
                settings: House.Settings(
                    area: area, outboxFile: folder.path + "/outbox.jsonl", isDemonstration: demonstration),
                grounds: GroundsOfMandates())
            // A machine that runs many tests at once may be slow to answer; it is not silent.
            let readiness = Readiness(house: house, patience: .seconds(120))
            return try await body(
                house, buildApplication(house: house, settings: settings, logger: .silent, readiness: readiness))
        }
    }

    /// One style sheet, so that tests need no files fetched from elsewhere.
    private static func assets(in folder: URL) throws -> String {
        let assets = folder.appendingPathComponent("assets")
        try FileManager.default.createDirectory(at: assets, withIntermediateDirectories: true)
        try String(repeating: "body { color: black }\n", count: 200).write(
            to: assets.appendingPathComponent("gewu.css"), atomically: true, encoding: .utf8)
        return assets.path
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
