import Foundation
import Ground
public import Storage

/// The engines on which a test runs: `@Test(arguments: EngineCase.available)`.
public enum EngineCase: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case sqlite
    case postgres

    public var description: String { rawValue }

    /// SQLite always. PostgreSQL when `GEWU_TEST_POSTGRES` names a server on which databases may be made, or when
    /// `GEWU_TEST_REQUIRE_POSTGRES=1` demands it: without a server each such test then fails and says so.
    public static var available: [EngineCase] {
        server != nil || isPostgresRequired ? [.sqlite, .postgres] : [.sqlite]
    }

    private static var server: String? {
        ProcessInfo.processInfo.environment["GEWU_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static var isPostgresRequired: Bool {
        ProcessInfo.processInfo.environment["GEWU_TEST_REQUIRE_POSTGRES"] == "1"
    }

    /// A database of the test's own, with the schema of `migrations`; gone afterwards.
    nonisolated(nonsending) public func withDatabase<Value>(
        migrations: [Migration] = [], options: DatabaseOptions? = nil,
        _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        try await withLocation { location in
            let database = try openDatabase(location, options: options ?? Self.smallOptions)
            do {
                if !migrations.isEmpty { try await Migrator.migrate(database, migrations) }
                let value = try await body(database)
                await database.close()
                return value
            } catch {
                await database.close()
                throw error
            }
        }
    }

    /// A place where no database was opened yet: for tests that open it several times.
    nonisolated(nonsending) public func withLocation<Value>(
        _ body: (DatabaseLocation) async throws -> Value
    ) async throws -> Value {
        switch self {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            return try await body(DatabaseLocation("sqlite:\(folder.path)/test.sqlite"))
        case .postgres:
            guard let server = Self.server else { throw MissingServer() }
            let base = try DatabaseLocation(server)
            let name = "gewu_test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
            try createTestDatabase(named: name, on: base)
            defer { try? dropTestDatabase(named: name, on: base) }
            return try await body(base.replacingDatabase(with: name))
        }
    }

    /// Many tests run at once on one server.
    private static var smallOptions: DatabaseOptions {
        var options = DatabaseOptions()
        options.readers = 2
        options.pipes = 1
        return options
    }

    private struct MissingServer: Error, CustomStringConvertible {
        var description: String {
            "GEWU_TEST_REQUIRE_POSTGRES=1 but GEWU_TEST_POSTGRES names no server; see script/postgres-for-tests"
        }
    }
}
