import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Identity

@Suite("Roles and the directory")
struct RolesAndDirectoryTests {
    private func refusal(_ roles: String) throws -> Refusal? {
        let folder = try RulesFolder(roles: roles)
        defer { folder.remove() }
        do {
            _ = try Roles.load(
                from: RuleFiles(shipped: RulesFolder.shipped, own: folder.path), knownRights: Office.knownRights)
            return nil
        } catch {
            return error
        }
    }

    @Test("A role with a right that no room knows is refused with file and line")
    func unknownRight() throws {
        let refusal = try #require(
            try refusal(
                """
                - key: clerk
                  zh: 受理员
                  en: Clerk
                  rights:
                    - case.accept
                    - case.acept
                """))
        #expect(refusal.message.english.contains("roles.yaml:6:"))
        #expect(refusal.message.english.contains("case.acept"))
    }

    @Test(
        "Other mistakes in the file are told with their line",
        arguments: [
            ("- { key: a, zh: 甲, en: A, rights: [] }\n- { key: a, zh: 乙, en: B, rights: [] }", 2, "stands twice"),
            ("- { key: a, zh: 甲, en: A, level: planet, rights: [] }", 1, "planet"),
            ("- { key: a, zh: 甲, rights: [] }", 1, "“en”"),
            ("- { key: a, zh: 甲, en: A, decides: perhaps, rights: [] }", 1, "true or false"),
            ("- { key: a, zh: 甲, en: A, right: [] }", 1, "“right” is not known"),
        ])
    func mistakes(_ roles: String, _ line: Int, _ words: String) throws {
        let refusal = try #require(try refusal(roles))
        #expect(refusal.message.english.contains("roles.yaml:\(line):"))
        #expect(refusal.message.english.contains(words))
    }

    @Test("Who holds a right for an area: the nearest first, siblings never", arguments: EngineCase.available)
    func holders(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("county", [("administrator", Office.county)])
            try await office.person("street", [("clerk", Office.street)])
            try await office.person("sibling", [("clerk", Office.sibling)])
            let gone = try await office.person("gone", [("clerk", Office.street)])
            let now = office.clock.now()
            _ = try await office.database.write { try PostStore.end(gone.posts[0], at: now, in: $0) }
            let directory = office.identity.directory
            let (right, body, role) = try await office.database.read { transaction in
                (
                    try directory.postHolders(
                        right: Right("case.accept"), area: AreaPrefix(Office.street + "003"), in: transaction),
                    try directory.postHolders(body: Bodies.id(of: Office.sibling), in: transaction),
                    try directory.postHolders(role: "judge", in: transaction)
                )
            }
            #expect(right.map(\.staffName) == ["测试·street", "测试·county"])
            #expect(body.map(\.staffName) == ["测试·sibling"])
            #expect(role.isEmpty)
        }
    }

    @Test("All holders within an area are found, however many go into one query", arguments: EngineCase.available)
    func allHolders(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            for number in 0..<7 {
                try await office.person("p\(number)", [("clerk", number < 4 ? Office.street : Office.sibling)])
            }
            let (directory, county) = (office.identity.directory, try #require(AreaPrefix(Office.county)))
            for limit in [1, 3, 7, 8] {
                let found = try await office.database.read {
                    try directory.allPostHolders(within: county, roles: ["clerk"], atOnce: limit, in: $0)
                }
                #expect(found.count == 7 && Set(found.map(\.post.id)).count == 7, "\(limit)")
            }
        }
    }

    @Test(
        "Whoever holds posts of two bodies stands with both, and with each of them the other",
        arguments: EngineCase.available)
    func crossAppointments(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            let both = try await office.person("both", [("clerk", Office.street), ("clerk", Office.sibling)])
            let one = try await office.person("one", [("clerk", Office.street)])
            let now = office.clock.now()
            let (street, sibling) = (Bodies.id(of: Office.street), Bodies.id(of: Office.sibling))
            func people(_ body: BodyID) async throws -> [PersonOfBody] {
                try await office.database.read { try Identity.people(of: body, at: now, in: $0) }
            }
            let here = try await people(street)
            #expect(Set(here.map(\.staff)) == [both.id, one.id] && here.count == 2)
            #expect(here.first { $0.staff == both.id }?.elsewhere.map(\.body) == [sibling])
            #expect(here.first { $0.staff == one.id }?.elsewhere == [])
            let there = try await people(sibling)
            #expect(there.map(\.staff) == [both.id] && there.first?.elsewhere.map(\.body) == [street])
            // A post that ended is no post.
            let ended = both.posts[0]
            _ = try await office.database.write { try PostStore.end(ended, at: now, in: $0) }
            #expect(try await people(street).map(\.staff) == [one.id])
            #expect(try await people(sibling).first?.elsewhere == [])
        }
    }

    @Test("A new name is shown at once", arguments: EngineCase.available)
    func names(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.person("admin", [("administrator", Office.county)])
            let wang = try await office.person("wang", [("clerk", Office.street)])
            let directory = office.identity.directory
            #expect(try await office.database.read { try directory.staffName(wang.id, in: $0) } == "测试·wang")
            _ = try await office.identity.staffCommands.change(
                wang.id, name: "王五", phone: nil, language: .chinese, seen: nil, by: try await office.scope("admin"),
                once: office.once)
            #expect(try await office.database.read { try directory.staffName(wang.id, in: $0) } == "王五")
            #expect(
                try await office.database.read { try directory.staffName(StaffID("nobody"), in: $0) } == "—")
        }
    }

    @Test("The first administrator can log in, and only one may have the name", arguments: EngineCase.available)
    func firstAdministrator(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            try await office.identity.createAdministrator(login: "root", password: Office.password)
            let scope = try await office.scope("root")
            #expect(scope.role == "administrator")
            #expect(scope.area.code == Office.county)
            #expect(scope.rights == Office.knownRights.filter { !$0.isSealed })
            #expect(
                await office.refusal {
                    try await office.identity.createAdministrator(login: "Root", password: Office.password)
                }
                    == "identity.login-taken")
            #expect(
                await office.refusal { try await office.identity.createAdministrator(login: "r2", password: "short") }
                    == "identity.password-short")
        }
    }
}
