import Cipher
import Desk
import Foundation
import Glibc
import Ground
import Identity
import Ledger
import Messages
import Places
import Storage
import StorageTesting
import Testing
import Web

@testable import Cases

/// A county with two streets and three communities, one dispatcher in each street and one officer for the whole county.
struct ImportWorld: Sendable {
    let house: House
    let cases: Cases
    let clock: ManualClock
    let folder: String
    let dispatcher: Scope
    let officer: Scope

    static let streetCode = "330106001"
    static let header =
        "工单编号,工单类型,问题分类,标签,标题,主要内容,工单状态,来电人,电话/账号,被反映区,被反映街乡镇,办理结果,回复内容,受理方式,办结时间,企业名称,是否解决,是否满意,工单性质,村/社区,小区点位"

    static func with(_ engine: EngineCase, _ body: (ImportWorld) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-import-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let migrations =
            Once.migrations + Ledger.migrations + Messages.migrations + Places.migrations + Identity.migrations
            + Cases.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(CasesFixture.start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: CasesFixture.ruleFiles, assets: try StaticFiles(folders: []),
                settings: House.Settings(area: CasesFixture.county), grounds: AnyGround())
            let known = Set(Cases.rights + Identity.rights + Ledger.rights + Places.rights + Messages.rights)
            let identity = try Identity(house: house, knownRights: known, bodies: FewBodies())
            let cases = try Cases(
                house: house, identity: identity, bodies: FewBodies(),
                areas: TwoStreets())
            let world = ImportWorld(
                house: house, cases: cases, clock: clock, folder: folder.path,
                dispatcher: CasesFixture.scope("dispatcher"),
                officer: CasesFixture.scope("officer", CasesFixture.county))
            try await world.hire()
            try await body(world)
        }
    }

    private func hire() async throws {
        let people = [(dispatcher, "street_dispatcher"), (officer, "coordination_officer")]
        let now = clock.now()
        let vault = house.keys.vault
        let staff = people.map {
            NewStaff(id: $0.0.staff, name: $0.0.staffName, login: $0.0.staffName, passwordHash: nil, area: $0.0.area)
        }
        let posts = people.map {
            PostRecord(
                id: $0.0.post, staff: $0.0.staff, body: $0.0.body, role: $0.1, area: $0.0.area, title: $0.0.postName,
                from: now - .days(1))
        }
        try await house.database.write {
            try Identity.register(staff: staff, posts: posts, vault: vault, at: now, in: $0)
        }
    }

    /// One line of the 21 columns, as a hotline writes it.
    static func line(
        _ number: String, title: String = "路面有坑", state: String = "已办结", street: String = "北山街道",
        community: String = "宝石社区", endedAt: String = "2026-02-20 10:30:00", result: String = "已修补",
        phone: String = "19900001234", county: String = "西湖区", satisfied: String = "满意"
    ) -> String {
        "\(number),投诉,城乡建设->道路->路面破损,标签甲,\(title),\(title)，已有三天。,\(state),张某,\(phone),\(county),\(street),"
            + "\(result),,电话,\(endedAt),,是,\(satisfied),主办,\(community),幸福里三幢"
    }

    func file(_ lines: [String], header: String = Self.header, name: String = "orders.csv") throws -> String {
        try file(Array(([header] + lines).joined(separator: "\r\n").utf8), name)
    }

    func file(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = folder + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    func take(_ file: String, mapping: String? = nil, errors: String? = nil, by performer: Performer = .system)
        async throws -> ImportResult
    {
        clock.advance(.minutes(1))
        return try await cases.importCases(
            file: file, mapping: mapping, errors: errors, language: .english, by: performer)
    }

    func record(_ source: String, _ number: String) async throws -> CaseRecord? {
        try await house.database.read { transaction in
            try CaseStore.find(source: source, number: number, in: transaction).flatMap {
                try CaseStore.find($0, in: transaction)
            }
        }
    }

    func count(_ table: StaticString) async throws -> Int64 {
        try await house.database.query("SELECT COUNT(*) FROM \(trusted: table)")[0].int(0)
    }

    /// Every row of every table that an import could touch.
    func everything() async throws -> [[[SQLValue]]] {
        var tables: [[[SQLValue]]] = []
        for query: SQL in [
            "SELECT * FROM cases ORDER BY id", "SELECT * FROM case_steps ORDER BY case_id, version",
            "SELECT * FROM case_counts ORDER BY area, body, state",
            "SELECT * FROM case_imports ORDER BY source, number",
            "SELECT * FROM ledger_entries ORDER BY id", "SELECT * FROM notices ORDER BY id", "SELECT * FROM texts",
        ] {
            tables.append(try await house.database.query(query).map(\.values))
        }
        return tables
    }

    /// The lines of the error file below its header, as their first five cells.
    func problems(in path: String) throws -> [[String]] {
        try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).prefix(5).map(String.init)
        }
    }

    static func gb18030(_ text: String) throws -> [UInt8] {
        let converter = iconv_open("GB18030", "UTF-8")
        defer { iconv_close(converter) }
        var input = text.utf8.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: text.utf8.count * 2 + 16)
        var inputLeft = input.count
        var outputLeft = output.count
        let done = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress
                var to = target.baseAddress
                return iconv(converter, &from, &inputLeft, &to, &outputLeft)
            }
        }
        try #require(done == 0)
        return output.prefix(output.count - outputLeft).map { UInt8(bitPattern: $0) }
    }
}

/// Both streets have a community of the same name.
struct TwoStreets: AreaLookup {
    private static let children: [String: [(String, String)]] = [
        "330106": [("330106001", "北山街道"), ("330106002", "西溪街道")],
        "330106001": [("330106001001", "宝石社区"), ("330106001002", "友谊社区")],
        "330106002": [("330106002001", "友谊社区")],
    ]

    func name(of area: AreaPrefix) -> String? { area.code == "330106" ? "西湖区" : nil }

    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
        (Self.children[area.code] ?? []).compactMap { child in AreaPrefix(child.0).map { ($0, child.1) } }
    }

    func area(at location: Location) -> AreaPrefix? { nil }
}
