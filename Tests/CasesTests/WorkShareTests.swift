import Cipher
import Desk
import Ground
import Identity
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("Within a body, who has much in hand already is not given everything") struct WorkShareTests {
    private let share = WorkShare(acts: ["sign"], leastOpen: 20, timesOfMedian: 2, urgent: [.emergency])
    private let ids: [StaffID] = {
        let source = IdentifierSource(seed: 3)
        return (0..<8).map { _ in source.next(at: Instant(milliseconds: 1)) }
    }()

    private func colleagues(_ open: [Int64]) -> [(staff: StaffID, open: Int64)] {
        zip(ids, open).map { (staff: $0, open: $1) }
    }

    // MARK: The rule

    @Test("Twice the median is still fair, one more is not, and those who have room are named")
    func twice() throws {
        #expect(share.finding(for: 24, among: colleagues([12, 3, 30])) == nil)
        let found = try #require(share.finding(for: 25, among: colleagues([12, 3, 30])))
        #expect(found.open == 25 && found.median == 12 && found.roomy == [ids[0], ids[1]])
        // Of an even number the mean of the middle two.
        #expect(share.finding(for: 21, among: colleagues([10, 11])) == nil)
        #expect(share.finding(for: 22, among: colleagues([10, 11]))?.median == 10.5)
    }

    @Test("Below the least nobody has too much, whatever the others have; alone nobody has too much at all")
    func least() {
        #expect(share.finding(for: 19, among: colleagues([0, 0, 0])) == nil)
        #expect(share.finding(for: 20, among: colleagues([0, 0, 0])) != nil)
        #expect(share.finding(for: 500, among: []) == nil)
    }

    @Test("It never stops anybody where nobody has room, and names nobody who has as much")
    func room() {
        var random = SeededRandom(seed: 11)
        var found = 0
        for _ in 0..<3_000 {
            let open = Int64.random(in: 0...80, using: &random)
            let others = (0..<Int.random(in: 0...7, using: &random)).map { _ in Int64.random(in: 0...80, using: &random)
            }
            guard let finding = share.finding(for: open, among: colleagues(others)) else { continue }
            found += 1
            #expect(!finding.roomy.isEmpty)
            for (staff, theirs) in colleagues(others) where finding.roomy.contains(staff) {
                #expect(theirs < open, "\(open) among \(others)")
            }
            #expect(share.finding(for: open, among: colleagues(others.map { max($0, open) })) == nil)
        }
        #expect(found > 300)
    }

    @Test("More in one's own hand never makes it fairer, more in a colleague's never less fair")
    func monotone() {
        var random = SeededRandom(seed: 12)
        for _ in 0..<3_000 {
            let open = Int64.random(in: 10...60, using: &random)
            var others = (0..<Int.random(in: 1...7, using: &random)).map { _ in Int64.random(in: 0...40, using: &random)
            }
            let before = share.finding(for: open, among: colleagues(others)) != nil
            if before { #expect(share.finding(for: open + 1, among: colleagues(others)) != nil) }
            others[Int.random(in: others.indices, using: &random)] += Int64.random(in: 1...20, using: &random)
            if !before { #expect(share.finding(for: open, among: colleagues(others)) == nil, "\(open), \(others)") }
        }
    }

    @Test("The shipped rule names acts by which a body's person takes a matter, and its reasons")
    func shipped() throws {
        let rules = try CaseRules(reading: CasesFixture.ruleFiles)
        let shipped = try WorkShare.load(from: CasesFixture.ruleFiles, rules)
        #expect(shipped.acts.contains("sign") && shipped.leastOpen >= 10 && shipped.timesOfMedian >= 1.5)
        for act in shipped.acts.compactMap({ rules.act(ActName(rawValue: $0)) }) {
            #expect(act.right == Right("case.handle") && act.to != nil && act.reasons == nil)
        }
    }

    // MARK: In the room

    @Test(
        "Taking one more asks for a reason, which stays on the step and the ledger with what stood against it",
        arguments: EngineCase.available)
    func reason(engine: EngineCase) async throws {
        try await Bureau.with(engine) { bureau in
            try await bureau.give(20, to: bureau.busy)
            try await bureau.give(10, to: bureau.free)
            let fair = try await bureau.dispatched()
            try await bureau.world.act(fair.id, Command("sign", reason: "agreed"), by: bureau.busy)
            let plain = try await bureau.world.house.database.read { try CaseStore.steps(of: fair.id, in: $0).last }
            #expect(plain?.act == "sign" && plain?.reason == nil, "what is fair needs no reason and keeps none")
            let next = try await bureau.dispatched()
            let refusal = try await #require(throws: Refusal.self) {
                try await bureau.world.act(next.id, Command("sign"), by: bureau.busy)
            }
            #expect(refusal.code == "cases.beyond-share" && refusal.kind == .ruleBroken && refusal.field == "reason")
            #expect(refusal.wayOn?.chinese.contains(bureau.free.staffName) == true)
            #expect(refusal.wayOn?.english.contains("reason") == true)
            let unknown = try await #require(throws: Refusal.self) {
                try await bureau.world.act(next.id, Command("sign", reason: "court"), by: bureau.busy)
            }
            #expect(unknown.code == "cases.beyond-share")
            let taken = try await bureau.world.act(next.id, Command("sign", reason: "agreed"), by: bureau.busy)
            #expect(taken.handler == bureau.busy.staff && taken.state == "handling")
            let (step, facts) = try await bureau.world.house.database.read { transaction in
                (
                    try CaseStore.steps(of: next.id, in: transaction).last,
                    try transaction.query(
                        "SELECT facts FROM ledger_entries WHERE subject_id = \(next.id) AND act = 'cases.sign'")
                )
            }
            #expect(step?.reason == "agreed")
            #expect(facts.count == 1)
            let text = String(decoding: try facts[0].blob(0), as: UTF8.self)
            // The ledger is read beyond the body: it keeps the reason, and nothing of what anybody has in hand.
            #expect(text.contains("agreed") && !text.contains("inHand") && !text.contains("medianInHand"), "\(text)")
            // Whoever has room takes it without a word.
            let other = try await bureau.dispatched()
            try await bureau.world.act(other.id, Command("sign"), by: bureau.free)
        }
    }

    @Test(
        "Nothing is limited at night, for what is urgent, or where nobody else of the role is in the body",
        arguments: EngineCase.available)
    func exempt(engine: EngineCase) async throws {
        try await Bureau.with(engine) { bureau in
            try await bureau.give(40, to: bureau.busy)
            let cases = bureau.world.cases
            let record = try await bureau.dispatched()
            let board = try await bureau.world.house.database.read {
                try cases.takingBoard(
                    of: try #require(cases.rules.act("sign")), on: record, for: bureau.busy, in: $0)
            }
            #expect(board.people.map(\.name) == [bureau.busy.staffName, bureau.free.staffName].sorted())
            #expect(board.people.first { $0.staff == bureau.busy.staff }?.open == 40)
            #expect(board.finding?.roomy == [bureau.free.staff])

            var urgent = record
            urgent.category = cases.rules.categories.leaves.first { $0.urgency == .emergency }?.code
            #expect(urgent.category != nil)
            #expect(!cases.isWeighed(urgent, at: bureau.world.clock.now()))
            // Another role of the same body is no colleague here.
            try await bureau.end(bureau.free)
            try await bureau.world.act(record.id, Command("sign"), by: bureau.busy)

            let night = try await bureau.dispatched()
            try await bureau.hire("third")
            _ = try await #require(throws: Refusal.self) {
                try await bureau.world.act(night.id, Command("sign"), by: bureau.busy)
            }
            bureau.world.clock.set(CasesFixture.start + .hours(14))
            try await bureau.world.act(night.id, Command("sign"), by: bureau.busy)
        }
    }

    @Test("What was taken where there was no network is in work and is not sent back", arguments: EngineCase.available)
    func offline(engine: EngineCase) async throws {
        try await Bureau.with(engine) { bureau in
            try await bureau.give(40, to: bureau.busy)
            let record = try await bureau.dispatched()
            let (cases, now) = (bureau.world.cases, bureau.world.clock.now())
            let beyond = try await bureau.world.house.database.read {
                try cases.beyondShare([record], for: bureau.busy, at: now, in: $0)
            }
            #expect(beyond == [record.id])
            let act = try #require(cases.simpleActs(on: record, for: bureau.busy, at: now, beyondShare: true).first)
            #expect(act.name == "sign" && act.needs == [.reason] && act.reasons.contains { $0.code == "agreed" })
            #expect(cases.simpleActs(on: record, for: bureau.busy, at: now).first?.needs == [])
            _ = try await #require(throws: Refusal.self) {
                try await bureau.world.house.database.write {
                    try cases.act(record.id, Command("sign"), by: bureau.busy, happenedAt: now, at: now, in: $0)
                }
            }
            _ = try await bureau.world.house.database.write {
                try cases.act(
                    record.id, Command("sign"), by: bureau.busy, happenedAt: now - .hours(1), at: now, in: $0)
            }
        }
    }

    @Test(
        "Handing over who answers for it counts what the other answers for, within the giver's body",
        arguments: EngineCase.available)
    func handOver(engine: EngineCase) async throws {
        try await Bureau.with(engine) { bureau in
            let world = bureau.world
            let giver = bureau.withRole(world.dispatcher, "street_dispatcher")
            let busy = try await bureau.hire("busy-dispatcher", like: giver)
            let free = try await bureau.hire("free-dispatcher", like: giver)
            try await bureau.answer(25, by: busy)
            var record = try await bureau.reported(answerable: giver)
            func hand(to scope: Scope, _ reason: String? = nil) async throws -> CaseRecord {
                var command = Command("hand-over", opinion: "休假", reason: reason)
                command.post = scope.post
                return try await world.act(record.id, command, by: giver)
            }
            let refusal = try await #require(throws: Refusal.self) { try await hand(to: busy) }
            #expect(refusal.code == "cases.beyond-share" && refusal.wayOn?.chinese.contains(free.staffName) == true)
            #expect(try await hand(to: busy, "agreed").offeredStaff == busy.staff)
            record = try await bureau.reported(answerable: giver)
            #expect(try await hand(to: free).offeredStaff == free.staff)
        }
    }

    @Test("What people have in hand is read from an index of open matters alone")
    func plan() async throws {
        try await Bureau.with(.sqlite) { bureau in
            let states = bureau.world.cases.statesInHand
            #expect(states.contains("handling") && !states.contains("hanging") && !states.contains("verifying"))
            for query in [
                WorkShareStore.inHandQuery(of: bureau.busy.body, in: states),
                WorkShareStore.ownQuery(20, bureau.busy.staff, of: bureau.busy.body, in: states),
            ] {
                let plan = try await bureau.world.house.database.query("EXPLAIN QUERY PLAN \(query)").map {
                    try $0.text(3)
                }
                #expect(plan.contains { $0.contains("COVERING INDEX cases_in_hand (body=?") }, "\(plan)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }
}

/// A department with two people of one role.
private struct Bureau: Sendable {
    let world: CasesHouse
    let busy: Scope
    let free: Scope

    static func with(_ engine: EngineCase, _ body: (Bureau) async throws -> Void) async throws {
        try await CasesHouse.with(engine) { world in
            var busy = world.handler
            busy.role = "department_handler"
            let free = try await hire("colleague", like: busy, world)
            try await body(Bureau(world: world, busy: busy, free: free))
        }
    }

    func withRole(_ scope: Scope, _ role: String) -> Scope {
        var scope = scope
        scope.role = role
        return scope
    }

    @discardableResult
    func hire(_ name: String, like: Scope? = nil) async throws -> Scope {
        try await Self.hire(name, like: like ?? busy, world)
    }

    private static func hire(_ name: String, like: Scope, _ world: CasesHouse) async throws -> Scope {
        var scope = CasesFixture.scope(name, like.area, body: like.body, line: like.line)
        scope.role = like.role
        let post = PostRecord(
            id: scope.post, staff: scope.staff, body: scope.body, role: scope.role, area: scope.area,
            title: scope.postName, from: world.clock.now() - .days(1))
        let staff = NewStaff(id: scope.staff, name: name, login: name, passwordHash: nil, area: scope.area)
        let (vault, now) = (world.house.keys.vault, world.clock.now())
        try await world.house.database.write {
            try Identity.register(staff: [staff], posts: [post], vault: vault, at: now, in: $0)
        }
        return scope
    }

    func end(_ scope: Scope) async throws {
        let now = world.clock.now()
        try await world.house.database.write {
            _ = try $0.execute("UPDATE posts SET until_at = \(now) WHERE id = \(scope.post)")
        }
    }

    /// Matters that stand as if they had been taken long ago.
    func give(_ count: Int, to scope: Scope) async throws {
        try await insert(count, "handling") {
            $0.body = scope.body
            $0.handler = scope.staff
        }
    }

    func answer(_ count: Int, by scope: Scope) async throws {
        try await insert(count, "accepted") {
            $0.answerable = scope.staff
            $0.answerablePost = scope.post
        }
    }

    func dispatched() async throws -> CaseRecord {
        try await insert(1, "dispatched") { $0.body = busy.body }
    }

    func reported(answerable scope: Scope) async throws -> CaseRecord {
        try await insert(1, "accepted") {
            $0.answerable = scope.staff
            $0.answerablePost = scope.post
        }
    }

    @discardableResult
    private func insert(
        _ count: Int, _ state: StateName, _ change: @Sendable (inout CaseRecord) -> Void
    ) async throws -> CaseRecord {
        let (rules, now) = (world.cases.rules, world.clock.now())
        let numbers = CaseNumberSource()
        var last = CasesFixture.record(rules, state: state, at: now)
        for _ in 0..<count {
            var record = CasesFixture.record(rules, state: state, at: now)
            record.id = CaseID(CasesFixture.identifiers.nextText(at: now))
            record.number = numbers.next(at: now)
            change(&record)
            let final = record
            last = try await world.house.database.write { transaction in
                var record = final
                try CaseStore.insert(&record, numbers: numbers, in: transaction)
                return record
            }
        }
        return last
    }
}
