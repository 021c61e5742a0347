import Cases
import Desk
import Ground
import Storage
import StorageTesting
import Testing
import Workload

@testable import Faults
@testable import Mandates

@Suite("The three faults: not really given, duty without power, task without means")
struct FaultTests {
    @Test("A county in order has none", arguments: EngineCase.available)
    func sound(engine: EngineCase) async throws {
        try await FaultCounty.with(engine, nil) { county in
            let found = try await county.findings()
            #expect(found.isEmpty, "\(found)")
        }
    }

    @Test(
        "Each of three made counties has exactly its own fault, and the finding cites records that are there",
        arguments: EngineCase.available, Fault.allCases)
    func one(engine: EngineCase, fault: Fault) async throws {
        try await FaultCounty.with(engine, fault) { county in
            let found = try await county.findings()
            #expect(found.map(\.fault) == [fault], "\(found)")
            let one = try #require(found.first)
            #expect(one.street == FaultCounty.north)
            let matters = one.evidence.filter { $0.kind == .matter }
            #expect(matters.count == (fault == .unmatched ? 0 : 6))
            for matter in matters {
                let id = try #require(CaseID(parsing: String(matter.address.dropFirst("/cases/".count))))
                let rows = try await county.house.database.query("SELECT number FROM cases WHERE id = \(id)")
                #expect(try rows.map { try $0.text(0) } == [matter.name])
            }
            switch fault {
            case .notReal: #expect(one.power == "P01" && one.evidence.first?.kind == .power)
            case .inconsistent: #expect(one.power == "P01")
            case .unmatched: #expect(one.evidence.map(\.kind) == [.load])
            }
        }
    }

    @Test("Handing the matters over mends what was not really given", arguments: EngineCase.available)
    func mended(engine: EngineCase) async throws {
        try await FaultCounty.with(engine, .notReal) { county in
            for _ in 0..<6 { try await county.matter(givenTo: "north") }
            // Six of twelve: no longer most of them.
            #expect(try await county.findings().isEmpty)
        }
        try await FaultCounty.with(engine, .inconsistent) { county in
            try await county.grantPower()
            #expect(try await county.findings().isEmpty)
        }
    }

    @Test(
        "A returned power sends the open work back that came with it, and nothing else", arguments: EngineCase.available
    )
    func returned(engine: EngineCase) async throws {
        try await FaultCounty.with(engine, nil) { county in
            try await county.matter(givenTo: "north", category: "010301")
            let (mandates, street, now) = (county.mandates, try county.scope("northhead"), county.clock.now())
            try await county.house.database.write { transaction in
                let grant = try #require(try PowerStore.alive("P01", in: FaultCounty.north, in: transaction))
                _ = try mandates.act(.giveBack, on: grant.id, by: street, at: now, in: transaction)
            }
            let states = try await county.house.database.query(
                "SELECT category, state, COUNT(*) FROM cases GROUP BY category, state ORDER BY category")
            #expect(
                try states.map { "\(try $0.text(0)) \(try $0.text(1)) \(try $0.int(2))" } == [
                    "010203 returned 6", "010301 dispatched 1",
                ])
            let why = try await county.house.database.query(
                "SELECT COUNT(*) FROM case_steps WHERE act = 'return' AND reason = 'power-returned'")
            #expect(try why.first?.int(0) == 6)
        }
    }

    @Test(
        "With a power that the county withdraws, or whose trial runs out, no open matter of it stays with the street",
        arguments: EngineCase.available)
    func withdrawn(engine: EngineCase) async throws {
        for isWithdrawn in [true, false] {
            try await FaultCounty.with(engine, nil) { county in
                try await county.matter(givenTo: "north", category: "010301")
                try await county.matter(givenTo: "city")
                // Bound by a ruling, it could not be returned by the street itself.
                let bound = try await county.house.database.query(
                    "SELECT id FROM cases WHERE category = '010203' AND state = 'dispatched' ORDER BY id LIMIT 1")
                let id: CaseID = try #require(try bound.first?.identifier(0))
                try await county.bind(id)
                let (mandates, scope, now) = (county.mandates, try county.scope("coordinator"), county.clock.now())
                if isWithdrawn {
                    try await county.house.database.write { transaction in
                        let grant = try #require(try PowerStore.alive("P01", in: FaultCounty.north, in: transaction))
                        _ = try mandates.act(
                            .withdraw(words: "县级统一行使"), on: grant.id, by: scope, at: now, in: transaction)
                    }
                } else {
                    county.clock.advance(.days(Int64(mandates.menuOfPowers.trialDays) + 1))
                    try await GateWatch(mandates: mandates).run()
                }
                let states = try await county.house.database.query(
                    "SELECT category, state, COUNT(*) FROM cases GROUP BY category, state ORDER BY category, state")
                #expect(
                    try states.map { "\(try $0.text(0)) \(try $0.text(1)) \(try $0.int(2))" } == [
                        "010203 dispatched 1", "010203 returned 6", "010301 dispatched 1",
                    ], "the department keeps its own, and what no power decides stays")
                let steps = try await county.house.database.query(
                    "SELECT COUNT(*) FROM case_steps WHERE act = 'power-gone'")
                #expect(try steps.first?.int(0) == 6)
                // It counts as no return of the street's, and the street gives it on.
                let scopeOfDuty = try county.scope("northduty")
                let (cases, city, later) = (county.cases, try #require(county.bodies["city"]), county.clock.now())
                let next = try await county.house.database.write {
                    try cases.act(
                        id, Command("dispatch", body: city), by: .staff(scopeOfDuty), actor: Actor(scopeOfDuty),
                        at: later, in: $0)
                }
                #expect(next.state == "dispatched" && next.body == city && !next.isBound)
            }
        }
    }

    @Test(
        "What hangs, and what is with mediation, goes back with the power too: nothing resumes with a street without it",
        arguments: EngineCase.available)
    func waiting(engine: EngineCase) async throws {
        try await FaultCounty.with(engine, nil) { county in
            let rows = try await county.house.database.query(
                "SELECT id FROM cases WHERE category = '010203' ORDER BY id")
            let ids: [CaseID] = try rows.map { try $0.identifier(0) }
            let sign = (Command("sign"), "northhand")
            try await county.follow(
                ids[0], [sign, (Command("hang", opinion: "已列入改造计划", reason: "plan"), "northhead")])
            var mediate = Command("mediate", opinion: "双方愿意调解")
            mediate.variant = "neighbours"
            try await county.follow(ids[1], [sign, (mediate, "northhand")])
            let (mandates, street, now) = (county.mandates, try county.scope("northhead"), county.clock.now())
            try await county.house.database.write { transaction in
                let grant = try #require(try PowerStore.alive("P01", in: FaultCounty.north, in: transaction))
                _ = try mandates.act(.giveBack, on: grant.id, by: street, at: now, in: transaction)
            }
            let states = try await county.house.database.query(
                "SELECT state, COUNT(*) FROM cases WHERE category = '010203' AND kind = 'matter' GROUP BY state")
            #expect(try states.map { "\(try $0.text(0)) \(try $0.int(1))" } == ["returned 6"])
            let acts = try await county.house.database.query(
                "SELECT from_state FROM case_steps WHERE act = 'power-gone' ORDER BY from_state")
            #expect(try acts.map { try $0.text(0) } == ["hanging", "mediating"])
        }
    }

    @Test(
        "What a ruling bound to the street goes back too when the street gives its power back",
        arguments: EngineCase.available)
    func returnedBound(engine: EngineCase) async throws {
        try await FaultCounty.with(engine, nil) { county in
            let rows = try await county.house.database.query(
                "SELECT id FROM cases WHERE category = '010203' ORDER BY id LIMIT 1")
            try await county.bind(try #require(try rows.first?.identifier(0)))
            let (mandates, street, now) = (county.mandates, try county.scope("northhead"), county.clock.now())
            try await county.house.database.write { transaction in
                let grant = try #require(try PowerStore.alive("P01", in: FaultCounty.north, in: transaction))
                _ = try mandates.act(.giveBack, on: grant.id, by: street, at: now, in: transaction)
            }
            let acts = try await county.house.database.query(
                "SELECT act, COUNT(*) FROM case_steps WHERE act IN ('return', 'power-gone') GROUP BY act ORDER BY act")
            #expect(
                try acts.map { "\(try $0.text(0)) \(try $0.int(1))" } == ["power-gone 1", "return 6"],
                "one return came before the ruling")
        }
    }

    @Test(
        "Matters put to those above are evidence that a power is not really given; reasons of acts are counted by power",
        arguments: EngineCase.available)
    func symptoms(engine: EngineCase) async throws {
        try await FaultCounty.with(engine, nil, approvalActs: "[refer]") { county in
            let rows = try await county.house.database.query(
                "SELECT id FROM cases WHERE category = '010203' ORDER BY id")
            let ids: [CaseID] = try rows.map { try $0.identifier(0) }
            // Three of six are half, and half is not most; the fourth is.
            for (position, id) in ids.prefix(4).enumerated() {
                #expect(try await county.findings().isEmpty, "\(position)")
                try await county.bind(id)
            }
            let found = try #require(try await county.findings().first)
            #expect(found.fault == .notReal && found.text.chinese.contains("4 件仍提请上级决定"))
            #expect(found.evidence.filter { $0.kind == .matter }.count == 4)
            let listed = try await county.get("/api/v1/fault-symptoms", as: "coordinator")
            let counts = #""power":"P01","stuck":0,"powerless":4,"unable":0,"approvals":4"#
            #expect(listed.text == #"{"items":[{"street":"330106001",\#(counts)}]}"#, "\(listed.text)")
            let other = try await county.get("/api/v1/fault-symptoms", as: "southhead")
            #expect(other.text == #"{"items":[]}"#)
            let page = try await county.get("/faults/symptoms", as: "northhead")
            #expect(page.status == 200 && page.text.contains("权不够") && page.text.contains("/powers/P01"))
            #expect(page.text.contains("提请上级决定"))
            let table = try await county.get("/faults/symptoms/export", as: "coordinator")
            #expect(table.status == 200 && table.type.contains("spreadsheet"))
            #expect(try await county.get("/faults/symptoms", as: "worker").status == 403)
        }
    }

    @Test("To ask for a ruling who leads is not to ask for approval: it proves nothing of a power")
    func referred() async throws {
        try await FaultCounty.with(.sqlite, nil) { county in
            let rows = try await county.house.database.query(
                "SELECT id FROM cases WHERE category = '010203' ORDER BY id")
            for row in rows { try await county.bind(try row.identifier(0)) }
            #expect(try await county.findings().isEmpty)
            let listed = try await county.get("/api/v1/fault-symptoms", as: "coordinator")
            #expect(listed.text.contains(#""approvals":0"#), "\(listed.text)")
            let page = try await county.get("/faults/symptoms", as: "northhead")
            #expect(page.status == 200 && !page.text.contains("提请上级决定"))
        }
    }

    @Test("A street sees its own faults only; the page, the table and the interface say the same")
    func doors() async throws {
        try await FaultCounty.with(.sqlite, .notReal) { county in
            #expect(try await county.findings(as: "northhead").count == 1)
            #expect(try await county.findings(as: "southhead").isEmpty)
            let page = try await county.get("/faults", as: "coordinator")
            #expect(page.status == 200 && page.text.contains("不真放") && page.text.contains("6 件仍由上级部门办理"))
            let key = try #require(try await county.findings().first?.key)
            let one = try await county.get("/faults/\(key)", as: "northhead")
            #expect(one.status == 200 && one.text.contains("/powers/P01") && one.text.contains("西政发"))
            #expect(try await county.get("/faults/\(key)", as: "southhead").status == 404)
            let table = try await county.get("/faults/export", as: "coordinator")
            #expect(table.status == 200 && table.type.contains("spreadsheet"))
            let listed = try await county.get("/api/v1/faults?fault=not-real", as: "coordinator")
            #expect(listed.status == 200 && listed.text.contains(#""fault":"not-real""#))
            #expect(listed.text.contains(#""kind":"matter""#))
            #expect(try await county.get("/api/v1/faults?fault=unmatched", as: "coordinator").text == #"{"items":[]}"#)
            #expect(try await county.get("/api/v1/faults?fault=nonsense", as: "coordinator").status == 422)
            #expect(try await county.get("/faults", as: "worker").status == 403)
        }
    }
}

/// The judgement itself, at its edges.
@Suite("The three faults, judged") struct FaultJudgementTests {
    private let street = FaultCounty.north
    private let rules = FaultRules(
        windowDays: 180, fewest: 3, decidedAbove: 500, saturation: 1_000, unpaidDays: 30,
        powers: [.init(power: "P01", categories: ["0102"])])
    private let day = FaultCounty.start.local().day

    private func held(lacks: [LocalizedText] = []) -> HeldPower {
        HeldPower(
            id: id(), code: "P01", title: LocalizedText("处罚", "Penalties"), line: "city_management", street: street,
            since: FaultCounty.start, instrument: "1号", lacks: lacks)
    }

    private func id<Entity>() -> Identifier<Entity> { IdentifierSource(seed: 1).next(at: FaultCounty.start) }

    private func matters(above: Int, below: Int, after: Bool = true, category: String = "010203") -> [GivenMatter] {
        (0..<above + below).map { index in
            GivenMatter(
                id: id(), number: "\(index)", category: category, street: street,
                receivedAt: FaultCounty.start + (after ? .days(1) : -.days(1)), body: id(), bodyName: "—",
                bodyLine: index < above ? "city_management" : nil,
                bodyArea: index < above ? FaultCounty.county : street)
        }
    }

    private func faults(_ facts: StreetFacts) -> [Fault] { facts.findings(rules, on: day).map(\.fault) }

    @Test("Half is not most, two prove nothing, and what was before the grant does not count")
    func notReal() {
        func found(_ matters: [GivenMatter]) -> [Fault] {
            faults(StreetFacts(street: street, held: [held()], matters: matters))
        }
        #expect(found(matters(above: 3, below: 2)) == [.notReal])
        #expect(found(matters(above: 3, below: 3)).isEmpty)
        #expect(found(matters(above: 2, below: 0)).isEmpty)
        #expect(found(matters(above: 9, below: 0, after: false)).isEmpty)
        #expect(found(matters(above: 9, below: 0, category: "020402")).isEmpty)
    }

    @Test("A street without the power may pass matters on; only what it was given itself is a duty without power")
    func inconsistent() {
        func found(_ matters: [GivenMatter]) -> [Fault] { faults(StreetFacts(street: street, matters: matters)) }
        #expect(found(matters(above: 9, below: 0)).isEmpty)
        #expect(found(matters(above: 9, below: 2)).isEmpty)
        #expect(found(matters(above: 0, below: 3)) == [.inconsistent])
    }

    private func said(_ symptom: FaultRules.Symptom.Key?, _ number: Int, days: Int64 = 2) -> SymptomRecord {
        SymptomRecord(
            step: GivenStep(
                matter: CaseID(IdentifierSource(seed: UInt64(number)).nextText(at: FaultCounty.start)),
                number: "\(number)", category: "010203", street: street, act: "return", reason: nil,
                at: FaultCounty.start + .days(days), actTitle: LocalizedText("退回", "Return")), symptom: symptom)
    }

    @Test("Who says three times that the power lacks has a duty without power; three times unable lacks the means")
    func symptoms() {
        func found(_ symptom: FaultRules.Symptom.Key, _ count: Int, held power: HeldPower? = nil) -> [Fault] {
            let said = (1..<count + 1).map { self.said(symptom, $0) }
            return faults(StreetFacts(street: street, held: power.map { [$0] } ?? [], symptoms: said))
        }
        #expect(found(.powerless, 2).isEmpty && found(.powerless, 3) == [.inconsistent])
        #expect(found(.powerless, 3, held: held()).isEmpty, "with the power it is no duty without it")
        #expect(found(.unable, 2).isEmpty && found(.unable, 3) == [.unmatched])
        #expect(found(.stuck, 9).isEmpty)
        // One matter that was returned three times is one matter.
        let same = (0..<3).map { said(.powerless, 1, days: $0) }
        #expect(faults(StreetFacts(street: street, symptoms: same)).isEmpty)
    }

    @Test("Exactly full is not over; a debt has its days of grace; what a power lacks is named")
    func unmatched() {
        func load(_ minutes: Int64) -> StreetFacts {
            StreetFacts(
                street: street, load: StreetLoad(area: street, posts: 1, capacity: 1_000, load: minutes, over: 0))
        }
        #expect(faults(load(1_000)).isEmpty)
        #expect(faults(load(1_001)) == [.unmatched])
        #expect(
            faults(StreetFacts(street: street, load: StreetLoad(area: street, posts: 0, capacity: 0, load: 9, over: 0)))
                .isEmpty)
        func debt(_ until: Day) -> StreetFacts {
            StreetFacts(
                street: street, debts: [UnpaidContract(id: id(), number: "购买1", street: street, until: until, yuan: 5)])
        }
        #expect(faults(debt(day - 30)).isEmpty)
        #expect(faults(debt(day - 31)) == [.unmatched])
        let lacking = StreetFacts(street: street, held: [held(lacks: [LocalizedText("设备：缺执法记录仪", "Equipment")])])
        #expect(lacking.findings(rules, on: day).first?.text.chinese.contains("执法记录仪") == true)
        // Three kinds at once have three names.
        var all = debt(day - 90)
        all.load = load(2_000).load
        all.held = [held(lacks: [LocalizedText("少", "less")])]
        #expect(Set(all.findings(rules, on: day).map(\.key)).count == 3)
    }

    @Test("Rules that name a power or a category that is not there are refused with the file")
    func rulesFile() throws {
        let files = RuleFiles(
            shipped: [#filePath.split(separator: "/").dropLast(3).joined(separator: "/")].map { "/" + $0 + "/Rules" }[0]
        )
        #expect(throws: Never.self) {
            _ = try FaultRules.load(from: files, isPower: { _ in true }, isCategory: { _ in true })
        }
        #expect(throws: Refusal.self) {
            _ = try FaultRules.load(
                from: files, isPower: { _ in true }, isCategory: { _ in true }, isReason: { $0 != "policy" })
        }
        #expect(throws: Refusal.self) {
            _ = try FaultRules.load(from: files, isPower: { _ in false }, isCategory: { _ in true })
        }
        #expect(throws: Refusal.self) {
            _ = try FaultRules.load(from: files, isPower: { _ in true }, isCategory: { _ in false })
        }
    }
}
