import Desk
import Foundation
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Places

/// A day of the first list, and one of the second.
let firstDay = Day(number: 18_000)
let secondDay = Day(number: 19_000)

/// An empty database with the tables of the room, and lists written by hand.
struct PlacesFixture: Sendable {
    let database: any Database
    let folder: String
    let clock = ManualClock(Instant(milliseconds: 1_790_000_000_000))
    let identifiers = IdentifierSource(seed: 5)

    static func with<Value: Sendable>(
        _ engine: EngineCase, _ body: (PlacesFixture) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("places-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await engine.withDatabase(migrations: Ledger.migrations + Places.migrations) { database in
            try await body(PlacesFixture(database: database, folder: folder.path))
        }
    }

    func path(_ name: String) -> String { folder + "/" + name }

    /// - Parameter lines: below the header `code,name`.
    func importList(
        _ lines: [String], from day: Day, header: String = "code,name", errorFile: String? = nil,
        changeFile: String? = nil
    ) async throws -> DivisionImport.Report {
        let file = path("list.csv")
        try Data(([header] + lines).joined(separator: "\r\n").utf8).write(to: URL(fileURLWithPath: file))
        return try await importFile(file, from: day, errorFile: errorFile, changeFile: changeFile)
    }

    func importFile(
        _ file: String, from day: Day, errorFile: String? = nil, changeFile: String? = nil
    ) async throws -> DivisionImport.Report {
        try await DivisionImport(database: database, clock: clock, identifiers: identifiers).run(
            DivisionImport.Order(
                file: file, validFrom: day, source: "test", errorFile: errorFile, changeFile: changeFile,
                language: .english), by: .system)
    }

    func area(_ code: String, at day: Day) async throws -> Area? {
        try await database.read { try AreaStore.area(code, at: day, in: $0) }
    }

    func ancestors(of code: String, at day: Day) async throws -> [String] {
        try await database.read { try AreaStore.ancestors(of: code, at: day, in: $0) }.map(\.name)
    }

    func children(of code: String?, at day: Day) async throws -> [String] {
        try await database.read { try AreaStore.children(of: code, at: day, in: $0) }.map(\.code)
    }

    /// Every row of the table of divisions, to see that nothing changed.
    func rows() async throws -> [Row] {
        try await database.query(
            "SELECT code, valid_from, valid_to, name, parent, source FROM divisions ORDER BY code, valid_from")
    }

    func scope(_ area: String, rights: Set<Right> = [.placesRead, .bodiesManage]) -> Scope {
        Scope(
            staff: identifiers.next(at: clock.now()), staffName: "甲", post: identifiers.next(at: clock.now()),
            postName: LocalizedText("管理员", "Administrator"), role: "administrator", rights: rights,
            area: AreaPrefix(area) ?? .everywhere, body: identifiers.next(at: clock.now()), bodyName: "街道")
    }

    /// A province, a prefecture, a county with three streets, and two communities.
    static let county = [
        "33,浙江省", "3301,杭州市", "330106,西湖区", "330106001,北山街道", "330106002,西溪街道", "330106003,灵隐街道",
        "330106001001,宝石社区", "330106001002,友谊社区",
    ]
}
