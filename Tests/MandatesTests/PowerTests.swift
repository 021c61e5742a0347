import Desk
import Foundation
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Mandates

@Suite("Powers from the menu")
struct PowerTests {
    private static let full = PowerMenu.Readiness(staff: 3, qualified: 2, trainingHours: 24, equipment: ["执法记录仪"])

    @Test("Every power that is on its way can be given back at any moment, and no silence gives one")
    func course() {
        for stage in PowerStage.allCases where stage.isAlive {
            #expect(PowerCourse.move(.giveBack, from: stage)?.to == .returned)
            #expect(PowerCourse.move(.exchange, from: stage)?.to == .exchanged)
        }
        for move in PowerCourse.moves {
            #expect(move.from.isAlive, "\(move) leaves an end")
            if move.to.isHeld { #expect(move.by == .coordination) }
        }
        // Nothing comes round: each move goes on in this order, or to an end.
        let order: [PowerStage] = [.ordered, .training, .trial, .granted]
        for move in PowerCourse.moves where move.to.isAlive {
            #expect((order.firstIndex(of: move.from) ?? 9) < (order.firstIndex(of: move.to) ?? 0))
        }
    }

    @Test("What lacks is named, one by one")
    func lacks() throws {
        let rules = RuleFiles(shipped: DutyWorld.root + "/Rules")
        let lines = try rules.decode(LineNames.self, from: "lines.yaml")
        let menu = try PowerMenu.load(from: rules, lines: Set(lines.lines.map(\.code)))
        let power = try #require(menu["P01"])
        #expect(PowerMenu.lacks(power, Self.full).isEmpty)
        #expect(PowerMenu.lacks(power, PowerMenu.Readiness()).count == 4)
        for spoil in [
            { $0.staff = 1 }, { $0.qualified = 1 }, { $0.trainingHours = 23 }, { $0.equipment = [] },
        ] as [(inout PowerMenu.Readiness) -> Void] {
            var ready = Self.full
            spoil(&ready)
            #expect(PowerMenu.lacks(power, ready).count == 1)
        }
    }

    @Test("The advice gives each reason: often used and learnt in training is for it, specialists' work is against it")
    func advice() throws {
        let rules = RuleFiles(shipped: DutyWorld.root + "/Rules")
        let lines = try rules.decode(LineNames.self, from: "lines.yaml")
        let menu = try PowerMenu.load(from: rules, lines: Set(lines.lines.map(\.code)))
        let advised = menu.powers.filter { menu.advice(on: $0).isAdvised }.map(\.code)
        #expect(advised == ["P01", "P02", "P03"])
        let lifts = try #require(menu["P05"])
        let reasons = menu.advice(on: lifts).reasons
        #expect(reasons.filter { !$0.isFor }.count == 3)
        #expect(reasons.allSatisfy { !$0.text.chinese.isEmpty && !$0.text.english.isEmpty })
    }

    @Test("A power without a ground in law cannot stand on the menu, and the file is told with its line")
    func noBasis() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let shipped = DutyWorld.root + "/Rules"
        let text = try String(contentsOfFile: shipped + "/powers.yaml", encoding: .utf8)
        try text.replacingOccurrences(of: "basis: [《社会救助暂行办法》（国务院令第649号）]", with: "basis: []").write(
            to: folder.appendingPathComponent("powers.yaml"), atomically: true, encoding: .utf8)
        let refusal = #expect(throws: Refusal.self) {
            _ = try PowerMenu.load(
                from: RuleFiles(shipped: shipped, own: folder.path),
                lines: ["city_management", "civil_affairs", "market"])
        }
        #expect(refusal?.message.english.contains("powers.yaml:") == true)
        #expect(refusal?.message.english.contains("P03") == true)
    }

    @Test("The next batch waits for its day, and for what was ordered of the one before; nothing else holds it up")
    func batches() throws {
        let rules = RuleFiles(shipped: DutyWorld.root + "/Rules")
        let lines = try rules.decode(LineNames.self, from: "lines.yaml")
        var menu = try PowerMenu.load(from: rules, lines: Set(lines.lines.map(\.code)))
        let day = DutyWorld.today
        func refusal(_ alive: [String: PowerStage]) -> String? {
            menu.refusal(ofOrdering: "P04", on: day, alive: alive)?.code
        }
        #expect(refusal([:]) == nil && refusal(["P01": .trial, "P02": .granted]) == nil)
        #expect(
            refusal(["P01": .ordered]) == "powers.batch-unripe" && refusal(["P03": .training]) == "powers.batch-unripe")
        #expect(menu.refusal(ofOrdering: "P01", on: day, alive: ["P04": .training]) == nil)
        menu.batches?[1].from = day + 1
        #expect(refusal([:]) == "powers.batch-later")
        menu.batches?[1].powers = ["P01"]
        #expect(menu.batchFault != nil)
        menu.batches = nil
        #expect(refusal(["P01": .ordered]) == nil && menu.batchFault == nil)
    }

    @Test("A street that is getting ready for one batch is refused the next", arguments: EngineCase.available)
    func unripe(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let first = try await ordered(world)
            let early = await #expect(throws: Refusal.self) { try await ordered(world, "P04") }
            #expect(early?.code == "powers.batch-unripe" && early?.rule == "渐进推进：成熟一批下放一批")
            try await act(.giveBack, on: first, by: "northhead", world)
            #expect(try await ordered(world, "P04").stage == .ordered)
        }
    }

    @Test(
        "In a past that is played, a power whose batch has not opened is left out, and the play goes on",
        arguments: EngineCase.available)
    func playedEarly(engine: EngineCase) async throws {
        try await DutyWorld.with(engine, means: ChangingMeans(KnownMeans(staff: 2, qualified: 2))) { world in
            let (mandates, street, county) = (
                world.mandates, try world.scope("northhead"), try world.scope("coordination")
            )
            let opens = try #require(mandates.menuOfPowers.batch(of: "P01")?.from)
            for (day, isPlayed) in [(opens - 1, false), (opens, true)] {
                let now = Instant(LocalTime(day: day, hour: 16))
                let found = try await world.house.database.write {
                    try mandates.playPower(
                        "P01", to: street, by: county, instrument: "区政发〔2026〕20号", at: now, in: $0)
                }
                let rows = try await world.house.database.query("SELECT COUNT(*) FROM power_grants")
                #expect(try found == isPlayed && rows.first?.int(0) == (isPlayed ? 1 : 0), "\(day)")
            }
        }
    }

    private func ordered(_ world: DutyWorld, _ code: String = "P01", by name: String = "northhead") async throws
        -> PowerGrant
    {
        let (mandates, scope, now) = (world.mandates, try world.scope(name), world.clock.now())
        return try await world.house.database.write { try mandates.order(code, by: scope, at: now, in: $0) }
    }

    @discardableResult
    private func act(_ command: PowerCommand, on grant: PowerGrant, by name: String, _ world: DutyWorld) async throws
        -> PowerGrant
    {
        let (mandates, scope, now) = (world.mandates, try world.scope(name), world.clock.now())
        return try await world.house.database.write {
            try mandates.act(command, on: grant.id, by: scope, at: now, in: $0)
        }
    }

    @Test("Ordered, made ready, tried, granted; before it is ready nothing is granted", arguments: EngineCase.available)
    func granted(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            var grant = try await ordered(world)
            let early = await #expect(throws: Refusal.self) {
                try await act(.trial(instrument: "区政发1号"), on: grant, by: "coordination", world)
            }
            #expect(early?.code == "powers.not-ready")
            #expect(early?.message.chinese.contains("人员") == true && early?.message.chinese.contains("执法记录仪") == true)
            grant = try await act(.prepare, on: grant, by: "coordination", world)
            let own = await #expect(throws: Refusal.self) {
                try await act(.trial(instrument: "区政发1号"), on: grant, by: "northhead", world)
            }
            #expect(own?.kind == .forbidden)
            grant = try await act(.ready(Self.full), on: grant, by: "northhead", world)
            let wordless = await #expect(throws: Refusal.self) {
                try await act(.trial(instrument: " "), on: grant, by: "coordination", world)
            }
            #expect(wordless?.code == "powers.instrument")
            grant = try await act(.trial(instrument: "区政发1号"), on: grant, by: "coordination", world)
            grant = try await act(.grant(instrument: "区政发2号"), on: grant, by: "coordination", world)
            #expect(grant.stage == .granted && grant.dueAt == nil)
            let id = grant.id.text
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "power-grant", id, in: $0).map(\.act)
            }
            #expect(acts == ["powers.order", "powers.prepare", "powers.ready", "powers.trial", "powers.grant"])
        }
    }

    @Test("A power is not given twice; given back, it can be ordered again", arguments: EngineCase.available)
    func twice(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let grant = try await ordered(world)
            let again = await #expect(throws: Refusal.self) { try await ordered(world) }
            #expect(again?.code == "powers.twice")
            _ = try await ordered(world, by: "southhead")
            try await act(.giveBack, on: grant, by: "northhead", world)
            let new = try await ordered(world)
            #expect(new.id != grant.id && new.stage == .ordered)
            let exchanged = try await act(.exchange(power: "P02"), on: new, by: "northhead", world)
            #expect(exchanged.power == "P02" && exchanged.stage == .ordered)
            let unknown = await #expect(throws: Refusal.self) { try await ordered(world, "P99") }
            #expect(unknown?.code == "powers.unknown")
        }
    }

    @Test("A trial that nobody confirms ends; nothing is held by silence", arguments: EngineCase.available)
    func trialEnds(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            var grant = try await ordered(world)
            grant = try await act(.prepare, on: grant, by: "coordination", world)
            grant = try await act(.ready(Self.full), on: grant, by: "northhead", world)
            grant = try await act(.trial(instrument: "区政发1号"), on: grant, by: "coordination", world)
            let north = try #require(AreaPrefix(DutyWorld.north))
            #expect(try await world.house.database.read { try PowerStore.held(in: north, in: $0) } == ["P01"])
            try await world.pass(days: 91)
            #expect(try await world.house.database.read { try PowerStore.held(in: north, in: $0) }.isEmpty)
        }
    }

    @Test("What a street tells is compared with what is known, one by one; where nothing is known nothing differs")
    func compared() {
        let told = Self.full
        #expect(PowerMenu.differences(told, KnownMeans()).isEmpty)
        let enough = KnownMeans(staff: 3, qualified: 2, trainingHours: 72, equipment: ["执法记录仪（2 台）"])
        #expect(PowerMenu.differences(told, enough).isEmpty)
        for spoil in [
            { $0.staff = 2 }, { $0.qualified = 1 }, { $0.trainingHours = 71 }, { $0.equipment = ["电脑"] },
        ] as [(inout KnownMeans) -> Void] {
            var known = enough
            spoil(&known)
            #expect(PowerMenu.differences(told, known).count == 1)
        }
        #expect(PowerMenu.differences(PowerMenu.Readiness(), KnownMeans(staff: 9, qualified: 9)).isEmpty)
    }

    @Test(
        "More than the platform knows needs a reason, and what was known then is looked at again before the trial",
        arguments: EngineCase.available)
    func differs(engine: EngineCase) async throws {
        let means = ChangingMeans(KnownMeans(staff: 2, qualified: 0))
        try await DutyWorld.with(engine, means: means) { world in
            var grant = try await ordered(world)
            grant = try await act(.prepare, on: grant, by: "coordination", world)
            var told = Self.full
            for reason in [nil, "  ", String(repeating: "长", count: 301)] {
                told.reason = reason
                let bare = await #expect(throws: Refusal.self) {
                    try await act(.ready(told), on: grant, by: "northhead", world)
                }
                #expect(bare?.field == "reason")
                if reason?.count != 301 { #expect(bare?.message.chinese.contains("平台在岗 2 人") == true) }
            }
            told.reason = "一人为借调，证书原件已核对"
            grant = try await act(.ready(told), on: grant, by: "northhead", world)
            let page = try await world.call(.get, "/powers/P01", as: "coordination").text
            #expect(page.contains("平台登记 0 人") && page.contains("一人为借调，证书原件已核对"))
            let listed = try await world.call(.get, "/api/v1/power-grants", as: "coordination").text
            #expect(listed.contains(#""known":{"staff":2,"qualified":0,"trainingHours":null,"equipment":null}"#))
            // As told as known: no reason is kept, and none is asked for, until a post goes.
            means.set(KnownMeans(staff: 3, qualified: 2))
            grant = try await act(.ready(told), on: grant, by: "northhead", world)
            #expect(grant.readiness.reason == nil)
            means.set(KnownMeans(staff: 1, qualified: 1))
            let since = await #expect(throws: Refusal.self) {
                try await act(.trial(instrument: "区政发1号"), on: grant, by: "coordination", world)
            }
            #expect(since?.code == "powers.unexplained")
            means.set(KnownMeans(staff: 3, qualified: 2))
            grant = try await act(.trial(instrument: "区政发1号"), on: grant, by: "coordination", world)
            #expect(grant.stage == .trial)
        }
    }

    private func tried(_ world: DutyWorld) async throws -> PowerGrant {
        var grant = try await ordered(world)
        grant = try await act(.prepare, on: grant, by: "coordination", world)
        grant = try await act(.ready(Self.full), on: grant, by: "northhead", world)
        return try await act(.trial(instrument: "区政发1号"), on: grant, by: "coordination", world)
    }

    private func asks(_ grant: PowerGrant, _ world: DutyWorld) async throws -> [HelpAsk] {
        try await world.house.database.read { try HelpStore.asks(of: [grant.id], in: $0) }
    }

    @Test("A trial is not confirmed while a question for help is open", arguments: EngineCase.available)
    func help(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let first = try await ordered(world)
            let early = await #expect(throws: Refusal.self) {
                try await act(.askHelp(words: "文书怎么填"), on: first, by: "northhead", world)
            }
            #expect(early?.code == "powers.no-help")
            try await act(.giveBack, on: first, by: "northhead", world)
            var grant = try await tried(world)
            let other = await #expect(throws: Refusal.self) {
                try await act(.askHelp(words: "代问"), on: grant, by: "southhead", world)
            }
            #expect(other?.kind == .notFound)
            grant = try await act(.askHelp(words: "听证告知书用哪个格式"), on: grant, by: "northhead", world)
            let ask = try #require(try await asks(grant, world).first)
            #expect(ask.state == .open && ask.dueAt > world.clock.now())
            let barred = await #expect(throws: Refusal.self) {
                try await act(.grant(instrument: "区政发2号"), on: grant, by: "coordination", world)
            }
            #expect(barred?.code == "powers.help-open" && barred?.message.chinese.contains("听证告知书") == true)
            // Neither another department nor, before its limit, coordination answers for those who help.
            for name in ["fire", "coordination", "northhead"] {
                let wrong = await #expect(throws: Refusal.self, "\(name)") {
                    try await act(.answerHelp(ask.id, words: "用新格式"), on: grant, by: name, world)
                }
                #expect(wrong?.code == "powers.not-helper")
            }
            grant = try await act(.answerHelp(ask.id, words: "用 2026 版"), on: grant, by: "city", world)
            let twice = await #expect(throws: Refusal.self) {
                try await act(.answerHelp(ask.id, words: "再答"), on: grant, by: "city", world)
            }
            #expect(twice?.code == "powers.help-ended")
            grant = try await act(.askHelp(words: "又一问"), on: grant, by: "northhead", world)
            let second = try #require(try await asks(grant, world).last)
            grant = try await act(.takeBackHelp(second.id), on: grant, by: "northhead", world)
            #expect(try await asks(grant, world).map(\.state) == [.answered, .takenBack])
            grant = try await act(.grant(instrument: "区政发2号"), on: grant, by: "coordination", world)
            #expect(grant.stage == .granted)
        }
    }

    @Test(
        "Where a page has room for so many questions, an open one comes before all that have ended",
        arguments: EngineCase.available)
    func openFirst(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            var grant = try await tried(world)
            for words in ["第一问", "第二问", "第三问"] {
                world.clock.advance(.minutes(1))
                grant = try await act(.askHelp(words: words), on: grant, by: "northhead", world)
            }
            let all = try await asks(grant, world)
            for ask in all.prefix(2) {
                grant = try await act(.answerHelp(ask.id, words: "见附件"), on: grant, by: "city", world)
            }
            let id = grant.id
            for (most, words) in [(1, ["第三问"]), (2, ["第二问", "第三问"]), (9, ["第一问", "第二问", "第三问"])] {
                let found = try await world.house.database.read { try HelpStore.asks(of: [id], most: most, in: $0) }
                #expect(found.map(\.words) == words, "\(most)")
            }
            grant = try await act(.takeBackHelp(all[2].id), on: grant, by: "northhead", world)
            grant = try await act(.askHelp(words: "第四问"), on: grant, by: "northhead", world)
            let one = try await world.house.database.read { try HelpStore.asks(of: [id], most: 1, in: $0) }
            #expect(one.map(\.words) == ["第四问"])
        }
    }

    @Test(
        "A late answer is told once; then coordination may answer; with the power its questions end",
        arguments: EngineCase.available)
    func lateHelp(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            var grant = try await tried(world)
            grant = try await act(.askHelp(words: "罚款怎么缴"), on: grant, by: "northhead", world)
            try await world.pass(days: 10)
            try await world.pass(days: 1)
            let id = grant.id.text
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "power-grant", id, in: $0).map(\.act)
            }
            #expect(acts.filter { $0 == "powers.help-late" }.count == 1)
            let ask = try #require(try await asks(grant, world).first)
            #expect(ask.isLate(at: world.clock.now()))
            grant = try await act(.answerHelp(ask.id, words: "到银行缴"), on: grant, by: "coordination", world)
            grant = try await act(.askHelp(words: "还有一问"), on: grant, by: "northhead", world)
            grant = try await act(.giveBack, on: grant, by: "northhead", world)
            #expect(try await asks(grant, world).map(\.state) == [.answered, .gone])
        }
    }

    @Test(
        "The page and the interface say who helps, and take a question and its answer", arguments: EngineCase.available)
    func helpDoors(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let grant = try await tried(world)
            let page = try await world.call(.get, "/powers/P01", as: "northhead").text
            #expect(page.contains("tel:0571-00000001") && page.contains("ask-help"))
            let path = "/api/v1/power-grants/\(grant.id)/acts"
            let blank = try await world.call(.post, path, #"{"act":"ask-help","words":" "}"#, as: "northhead")
            #expect(blank.status == 422)
            let asked = try await world.call(.post, path, #"{"act":"ask-help","words":"怎么填"}"#, as: "northhead")
            #expect(asked.status == 200 && asked.text.contains(#""state":"open""#))
            let ask = try #require(try await asks(grant, world).first)
            #expect(try await world.call(.post, path, #"{"act":"answer-help","words":"x"}"#, as: "city").status == 422)
            let answer = #"{"act":"answer-help","help":"\#(ask.id)","words":"照样张填"}"#
            #expect(try await world.call(.post, path, answer, as: "fire").status == 403)
            let answered = try await world.call(.post, path, answer, as: "city")
            #expect(answered.status == 200 && answered.text.contains("照样张填"))
            #expect(try await world.call(.get, "/powers/P01", as: "city").text.contains("照样张填"))
            #expect(try await !world.call(.get, "/powers/P01", as: "southhead").text.contains("照样张填"))
        }
    }

    @Test(
        "Work that needs a power is admitted only where every street concerned holds it",
        arguments: EngineCase.available)
    func gate(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            var grant = try await ordered(world)
            grant = try await act(.prepare, on: grant, by: "coordination", world)
            grant = try await act(.ready(Self.full), on: grant, by: "northhead", world)
            func bars(_ area: String) async throws -> Bool {
                var content = DutyWorld.content(item: "C0101", basis: nil, area: area, minutes: 40, times: 1)
                content.power = "P01"
                let answer = try await world.mandates.answer(
                    to: content, by: try world.scope("fire"), at: world.clock.now())
                return answer.findings.contains { $0.question == .power && $0.weight == .bar }
            }
            #expect(try await bars(DutyWorld.north))
            try await act(.trial(instrument: "区政发1号"), on: grant, by: "coordination", world)
            #expect(try await !bars(DutyWorld.north))
            #expect(try await bars(DutyWorld.county))
        }
    }

    @Test(
        "Pages and interface show a street its own, and take bad input with its reason", arguments: EngineCase.available
    )
    func pages(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let grant = try await ordered(world)
            for path in ["/powers", "/powers/P01", "/powers/export", "/api/v1/powers", "/api/v1/power-grants"] {
                #expect(try await world.call(.get, path, as: "northhead").status == 200, "\(path)")
            }
            #expect(!(try await world.call(.get, "/api/v1/power-grants", as: "southhead").text.contains(grant.id.text)))
            let path = "/api/v1/power-grants/\(grant.id)/acts"
            #expect(try await world.call(.post, path, "{\"act\":\"return\"}", as: "southhead").status == 404)
            try await act(.prepare, on: grant, by: "coordination", world)
            let negative = try await world.call(.post, path, "{\"act\":\"ready\",\"staff\":-1}", as: "northhead")
            #expect(negative.status == 422 && negative.text.contains("powers.readiness"))
            let told = try await world.call(
                .post, path, "{\"act\":\"ready\",\"staff\":2,\"qualified\":1,\"trainingHours\":3}", as: "northhead")
            #expect(told.status == 200 && told.text.contains("\"lacks\":["))
            let twice = try await world.call(.post, "/api/v1/power-grants", "{\"power\":\"P01\"}", as: "northhead")
            #expect(twice.status == 409)
        }
    }
}

/// What is known of a street, as a test says and changes it.
final class ChangingMeans: MeansLookup {
    private let known: Mutex<KnownMeans>

    init(_ known: KnownMeans) { self.known = Mutex(known) }

    func set(_ known: KnownMeans) { self.known.withLock { $0 = known } }

    func means(
        of street: AreaPrefix, for compared: ComparedMeans, at now: Instant, in transaction: any Transaction
    ) throws -> KnownMeans { known.withLock { $0 } }
}
