import Cipher
import Desk
import Foundation
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

@Suite("Matters in the store")
struct CaseStoreTests {
    private let now = CasesFixture.start

    @Test(
        "A matter goes from report to archive, and everything about it is stored together",
        arguments: EngineCase.available)
    func wholeWay(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let record = try await world.report("路面有坑，已有三天", phone: "19900001234")
            let id = record.id
            try await world.act(id, Command("accept", category: world.leaf), by: world.dispatcher)
            try await world.act(id, Command("dispatch", body: world.department), by: world.dispatcher)
            try await world.act(id, Command("sign"), by: world.handler)
            try await world.act(id, Command("finish", result: "已修补，现场已清理"), by: world.handler)
            try await world.act(id, Command("pass"), by: world.verifier)
            let end = try await world.rate(id, Command("rate", isSolved: true, satisfaction: 5))
            #expect(end.state == "archived")
            let (steps, entries, texts) = try await world.house.database.read { transaction in
                (
                    try CaseStore.steps(of: id, in: transaction),
                    try transaction.query("SELECT act FROM ledger_entries WHERE subject_id = \(id) ORDER BY id").map {
                        try $0.text(0)
                    },
                    try transaction.query("SELECT COUNT(*) FROM texts")[0].int(0)
                )
            }
            #expect(steps.map(\.act.rawValue) == ["report", "accept", "dispatch", "sign", "finish", "pass", "rate"])
            #expect(entries == steps.map { "cases." + $0.act.rawValue })
            #expect(texts == 2)
        }
    }

    @Test("The counts of the tabs are those of a recount, after any acts", arguments: EngineCase.available)
    func counts(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            var random = SeededRandom(seed: 5)
            for number in 0..<25 {
                let record = try await world.report("第 \(number) 件")
                for _ in 0..<Int.random(in: 0...6, using: &random) {
                    let acts = world.cases.rules.workflow.acts
                    guard let act = acts.randomElement(using: &random),
                        let scope = [world.dispatcher, world.handler, world.verifier].randomElement(using: &random)
                    else { continue }
                    let command = Command(
                        act.name, opinion: "意见", reason: world.reason(act), body: world.department,
                        category: world.leaf, result: "结果", workdays: 2)
                    _ = try? await world.act(record.id, command, by: scope)
                }
            }
            let (kept, recounted) = try await world.house.database.read { transaction in
                (
                    try CaseStore.counts(for: world.dispatcher, in: transaction).filter { $0.value != 0 },
                    try transaction.query("SELECT state, COUNT(*) FROM cases GROUP BY state")
                        .map { (StateName(rawValue: try $0.text(0)), try $0.int(1)) }
                )
            }
            #expect(kept == Dictionary(uniqueKeysWithValues: recounted))
            #expect(kept.values.reduce(0, +) == 25)
        }
    }

    @Test("Of two who act on the same version, one is told that it changed", arguments: EngineCase.available)
    func versions(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let record = try await world.report("噪声扰民")
            try await world.act(
                record.id, Command("accept", category: world.leaf), by: world.dispatcher, seen: record.version)
            let refusal = try await #require(throws: Refusal.self) {
                try await world.act(
                    record.id, Command("decline", opinion: "x", reason: "x"), by: world.dispatcher, seen: record.version
                )
            }
            #expect(refusal.code == "cases.changed-meanwhile")
        }
    }

    @Test(
        "A matter is seen by its own area and by the department it was given to, by no neighbour",
        arguments: EngineCase.available)
    func visibility(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let record = try await world.report("占道经营")
            let neighbour = CasesFixture.scope("neighbour", AreaPrefix("330106010") ?? .everywhere)
            let id = record.id
            let handler = world.handler
            let dispatcher = world.dispatcher
            func sees(_ scope: Scope) async throws -> (one: Bool, list: Int, counted: Int64) {
                try await world.house.database.read { transaction in
                    (
                        try CaseStore.find(id, for: scope, in: transaction) != nil,
                        try CaseStore.page(CaseFilter(), for: scope, limit: 50, in: transaction).count,
                        try CaseStore.counts(for: scope, in: transaction).values.reduce(0, +)
                    )
                }
            }
            #expect(try await sees(dispatcher) == (true, 1, 1))
            #expect(try await sees(neighbour) == (false, 0, 0))
            #expect(try await sees(handler) == (false, 0, 0))
            try await world.act(id, Command("accept", category: world.leaf), by: dispatcher)
            try await world.act(id, Command("dispatch", body: world.department), by: dispatcher)
            #expect(try await sees(handler) == (true, 1, 1))
            let refusal = try await #require(throws: Refusal.self) {
                try await world.act(id, Command("remark", opinion: "看看"), by: neighbour)
            }
            #expect(refusal.code == Refusal.nothingHere.code)
        }
    }

    @Test(
        "When a limit passes those in charge are told once, and what waits for the resident is archived",
        arguments: EngineCase.available)
    func limits(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let waiting = try await world.report("井盖缺失")
            let done = try await world.report("路灯不亮")
            for (command, scope) in [
                (Command("accept", category: world.leaf), world.dispatcher),
                (Command("dispatch", body: world.department), world.dispatcher),
                (Command("sign"), world.handler), (Command("finish", result: "已修"), world.handler),
                (Command("pass"), world.verifier),
            ] { try await world.act(done.id, command, by: scope) }
            world.clock.advance(.days(20))
            #expect(try await world.cases.watchLimits() == 2)
            #expect(try await world.cases.watchLimits() == 0)
            let (archived, told) = try await world.house.database.read { transaction in
                (
                    try CaseStore.find(done.id, in: transaction)?.state,
                    try transaction.query("SELECT act FROM ledger_entries WHERE subject_id = \(waiting.id) ORDER BY id")
                        .map { try $0.text(0) }
                )
            }
            #expect(archived == "archived")
            #expect(told == ["cases.report", "cases.limit-passed"])
        }
    }

    @Test(
        "The same request sent twice reports one matter; the same key with other content is refused",
        arguments: EngineCase.available)
    func once(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let once = Once(owner: "phone", key: "k1", content: [1])
            func send(_ once: Once) async throws -> Answer {
                try await world.house.database.write { transaction in
                    try once.perform(in: transaction, at: world.clock.now()) { transaction in
                        let record = try world.cases.report(
                            Report(detail: "垃圾未清", area: CasesFixture.community, channel: .resident), by: .system,
                            scope: nil,
                            at: world.clock.now(), in: transaction)
                        return .json(CaseJSON.object(record), status: 201)
                    }
                }
            }
            let first = try await send(once)
            #expect(try await send(once) == first)
            #expect(try await world.house.database.query("SELECT COUNT(*) FROM cases")[0].int(0) == 1)
            let refusal = try await #require(throws: Refusal.self) {
                try await send(Once(owner: "phone", key: "k1", content: [2]))
            }
            #expect(refusal.code == "desk.key-reused")
        }
    }

    @Test("Nothing of the reporter stands readable in any table", arguments: EngineCase.available)
    func sealed(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let record = try await world.report("漏水", phone: "19900004321", name: "测试甲")
            let tables = ["cases", "case_steps", "ledger_entries", "texts", "notices"]
            for table in tables {
                let rows = try await world.house.database.query(SQL(stringLiteral: "SELECT * FROM \(table)"))
                for value in rows.flatMap(\.values) {
                    switch value {
                    case .text(let text): #expect(!text.contains("19900004321") && !text.contains("测试甲"), "\(table)")
                    case .blob(let bytes):
                        #expect(!String(decoding: bytes, as: UTF8.self).contains("19900004321"), "\(table)")
                    default: continue
                    }
                }
            }
            let sealed = try #require(record.reporter.nameSealed)
            #expect(try world.house.keys.vault.open(sealed, for: Cases.namePurpose) == "测试甲")
        }
    }

    @Test("Each queue is served by the index that is meant for it, never by walking an area")
    func plans() async throws {
        try await CasesHouse.with(.sqlite) { world in
            let states = world.cases.rules.workflow.states.map(\.name)
            var state = CaseFilter()
            state.states = ["handling"]
            var all = CaseFilter()
            all.knownStates = states
            var due = CaseFilter()
            due.isByDue = true
            var number = CaseFilter()
            number.numberEnd = "123456"
            var phone = CaseFilter()
            phone.phoneIndex = "abc"
            let county = CasesFixture.scope("county", CasesFixture.county)
            let expected: [(String, CaseFilter, Scope, String)] = [
                ("state of a street", state, world.dispatcher, "cases_by_street (street=? AND state=?"),
                ("all of a street", all, world.dispatcher, "cases_by_street (street=? AND state=?"),
                ("state of a department", state, world.handler, "cases_by_body (body=? AND state=?"),
                ("state of the county", state, county, "cases_by_state (state=?"),
                ("due in a street", due, world.dispatcher, "cases_by_due"),
                ("due in a department", due, world.handler, "cases_by_due"),
                (
                    "number in a street", number, world.dispatcher,
                    "cases_by_number (number_reversed>? AND number_reversed<?)"
                ),
                ("phone in a street", phone, world.dispatcher, "cases_by_phone (phone_index=?"),
            ]
            for (name, filter, scope, index) in expected {
                let query = CaseStore.pageQuery(filter, for: scope, limit: 50)
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                #expect(plan.contains { $0.contains(index) }, "\(name): \(plan)")
                #expect(!plan.contains { $0 == "SCAN cases" }, "\(name): \(plan)")
            }
        }
    }

    @Test("A resident's list has their own matters, page after page", arguments: EngineCase.available)
    func ownMatters(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let first = try await world.report("第一件", phone: "19900001234")
            let second = try await world.report("第二件", phone: "19900001234")
            _ = try await world.report("别人的", phone: "19900005678")
            let index = try #require(first.reporter.phoneIndex)
            let (all, older) = try await world.house.database.read { transaction in
                (
                    try CaseStore.reported(byPhone: index, after: nil, limit: 10, in: transaction),
                    try CaseStore.reported(byPhone: index, after: second.id, limit: 10, in: transaction)
                )
            }
            #expect(all.map(\.id) == [second.id, first.id])
            #expect(older.map(\.id) == [first.id])
        }
    }

    @Test("A list over all states has the newest of each, in order, page after page", arguments: EngineCase.available)
    func pages(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            var reported: [CaseID] = []
            for number in 0..<23 {
                let record = try await world.report("第 \(number) 件")
                reported.append(record.id)
                if number.isMultiple(of: 3) {
                    try await world.act(record.id, Command("accept", category: world.leaf), by: world.dispatcher)
                }
            }
            var filter = CaseFilter()
            filter.knownStates = world.cases.rules.workflow.states.map(\.name)
            var seen: [CaseID] = []
            while true {
                let wanted = filter
                let page = try await world.house.database.read {
                    try CaseStore.page(wanted, for: world.dispatcher, limit: 5, in: $0)
                }
                guard let last = page.last else { break }
                seen += page.map(\.id)
                filter.after = last.id
            }
            #expect(seen == reported.sorted(by: >))
        }
    }
}

/// A house with one street, one department, and four people.
struct CasesHouse: Sendable {
    let house: House
    let cases: Cases
    let clock: ManualClock
    let department = CasesFixture.departmentBody
    let dispatcher: Scope
    let verifier: Scope
    let handler: Scope
    let leaf: String

    static func with(_ engine: EngineCase, _ body: (CasesHouse) async throws -> Void) async throws {
        let migrations =
            Once.migrations + Ledger.migrations + Messages.migrations + Places.migrations + Identity.migrations
            + Cases.migrations
        try await engine.withDatabase(migrations: migrations) { database in
            let clock = ManualClock(CasesFixture.start)
            let house = House(
                database: database, clock: clock, identifiers: IdentifierSource(), keys: .forTests(),
                rules: CasesFixture.ruleFiles,
                assets: try StaticFiles(folders: []), settings: House.Settings(area: CasesFixture.county),
                grounds: AnyGround())
            let bodies = FewBodies()
            let known = Set(Cases.rights + Identity.rights + Ledger.rights + Places.rights + Messages.rights)
            let identity = try Identity(house: house, knownRights: known, bodies: bodies)
            let cases = try Cases(
                house: house, identity: identity, bodies: bodies, areas: NoAreas())
            let dispatcher = CasesFixture.scope("dispatcher")
            let world = CasesHouse(
                house: house, cases: cases, clock: clock, dispatcher: dispatcher,
                verifier: CasesFixture.scope("verifier"),
                handler: CasesFixture.scope(
                    "handler", CasesFixture.county, body: CasesFixture.departmentBody, line: "housing"),
                leaf: try #require(cases.rules.categories.leaves.first?.code))
            try await world.hire()
            try await body(world)
        }
    }

    private func hire() async throws {
        let people = [(dispatcher, "street_dispatcher"), (verifier, "verifier"), (handler, "department_handler")]
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

    func report(_ text: String, phone: String? = nil, name: String? = nil) async throws -> CaseRecord {
        let report = Report(
            detail: text, area: CasesFixture.community, channel: .resident, reporterName: name,
            reporterPhone: phone.flatMap { PhoneNumber($0) })
        let actor = Actor(kind: .resident, id: "index", post: nil, name: "199****1234")
        return try await house.database.write {
            try cases.report(report, by: actor, scope: nil, at: clock.now(), in: $0)
        }
    }

    @discardableResult
    func act(_ id: CaseID, _ command: Command, by scope: Scope, seen: Int64? = nil) async throws -> CaseRecord {
        clock.advance(.minutes(5))
        return try await house.database.write {
            try cases.act(
                id, command, by: .staff(scope), actor: Actor(scope), seenVersion: seen, at: clock.now(), in: $0)
        }
    }

    func rate(_ id: CaseID, _ command: Command) async throws -> CaseRecord {
        let actor = Actor(kind: .resident, id: "index", post: nil, name: "199****1234")
        return try await house.database.write {
            try cases.act(id, command, by: .reporter, actor: actor, at: clock.now(), in: $0)
        }
    }

    func reason(_ act: Workflow.Act) -> String? { act.reasons.flatMap { cases.rules.reasons[$0]?.first?.code } }
}

struct FewBodies: BodyLookup {
    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? {
        switch id {
        case CasesFixture.streetBody: BodyFacts(id: id, name: "某街道", line: nil, area: CasesFixture.street)
        case CasesFixture.departmentBody: BodyFacts(id: id, name: "住建局", line: "housing", area: CasesFixture.county)
        default: nil
        }
    }

    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] {
        try [CasesFixture.streetBody, CasesFixture.departmentBody].compactMap { try body($0, in: transaction) }
    }
}

struct NoAreas: AreaLookup {
    func name(of area: AreaPrefix) -> String? { nil }
    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] { [] }
    func area(at location: Location) -> AreaPrefix? { nil }
}

@Suite("Numbers that several servers give")
struct CaseNumberTests {
    @Test(
        "Of two servers that give the same number, the second gives another, and nobody is refused",
        arguments: EngineCase.available)
    func meeting(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let now = world.clock.now()
            // Two sources of one seed give the same numbers at the same instant.
            var numbers: [String] = []
            for _ in 0..<2 {
                let source = CaseNumberSource(seed: 3)
                for _ in 0..<3 {
                    numbers.append(
                        try await world.house.database.write { transaction in
                            var record = CasesFixture.record(world.cases.rules, at: now)
                            record.number = source.next(at: now)
                            try CaseStore.insert(&record, numbers: source, in: transaction)
                            return record.number
                        })
                }
            }
            #expect(Set(numbers).count == 6)
            let stored = try await world.house.database.query("SELECT number FROM cases").map { try $0.text(0) }
            #expect(Set(stored) == Set(numbers))
        }
    }
}
