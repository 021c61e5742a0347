import Cases
import Cipher
import Closings
import Clues
public import Desk
import Disputes
import Emergencies
import Forms
import Grids
import Ground
import Identity
import Ledger
import Messages
import Places
import Registry
import Storage
import Systems
import Visits
import WorkCalendar

extension DemoCounty {
    /// Makes the county in an empty database whose schema is up to date.
    ///
    /// The installation's area should be ``area(_:)``; else nobody who logs in later sees the county.
    /// - Throws: a refusal when the database holds a county already, or a rule file is wrong.
    public func create(
        in house: House, progress: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Summary {
        guard plan.playsYear else { return try await create(in: house, year: nil, progress: progress) }
        let script = try YearScript.load(from: house.rules)
        var plan = plan
        plan.days = script.history
        return try await DemoCounty(plan: plan, knownRights: knownRights)
            .create(in: house, year: script, progress: progress)
    }

    private func create(
        in house: House, year script: YearScript?, progress: @Sendable (Progress) -> Void
    ) async throws -> Summary {
        let clock = ContinuousClock()
        let started = clock.now
        let files = try DemoFiles(house.rules)
        let county = try Self.county(of: files)
        try await refuseUnlessEmpty(house)
        progress(Progress(stage: .founding, done: 0, total: 1))
        let firstDay = plan.until.local().day - (plan.days - 1)
        let founded = Instant(LocalTime(day: firstDay - 7, hour: 9))
        let own = ownHouse(house, area: county.prefix, at: founded)
        let identity = try Identity(
            house: own.house, knownRights: knownRights ?? Self.rights, bodies: StagedBodies([]))
        let hash = try await identity.hash(password: plan.password)
        var stage = Founding.stage(
            plan, files, identity.roles, own.house.identifiers, passwordHash: hash, county: county, founded: founded)
        let ground = try await BuiltGround.lay(&stage, files, seed: plan.seed, since: founded.local().day)
        try await found(stage, ground, files.divisions, in: own.house, at: founded)
        let places = Places(house: own.house)
        try await places.refresh()
        let dictionary = try DataDictionary.load(from: own.house.rules)
        let engine = try FormEngine(rules: own.house.rules, dictionary: dictionary)
        let registry = try Registry(
            house: own.house, identity: identity, places: places, dictionary: dictionary, followers: [engine])
        if plan.hasHomes { try await fill(registry, stage, ground, files, at: founded, progress: progress) }
        let cases = try Cases(
            house: own.house, identity: identity, bodies: StagedBodies(stage.bodies),
            areas: NamesOfPlaces(places: places), numbers: CaseNumberSource(seed: plan.seed),
            followers: [try ClosedMatters(house: own.house)])
        try await Landmarks(stage: stage).enter(in: cases)
        let storm = Storm(
            stage: stage,
            emergencies: try Emergencies(house: own.house, identity: identity, places: places),
            house: own.house)
        let peace = Peace(
            stage: stage, files: files, cases: cases,
            disputes: try Disputes(house: own.house, identity: identity, cases: cases, places: places),
            clues: Clues(house: own.house, identity: identity, places: places, cases: cases), house: own.house,
            firstDay: firstDay + (plan.days - recentDays), seed: plan.seed)
        try await peace.found(at: founded + .hours(1))
        let forms = try Forms(house: own.house, registry: registry, places: places, engine: engine)
        let visits = try Visits(
            house: own.house, identity: identity, places: places, registry: registry, forms: forms, cases: cases)
        let caring =
            plan.hasHomes ? Caring(stage: stage, roles: identity.roles, registry: registry, visits: visits) : nil
        let duties = try Duties(stage: stage, identity: identity, places: places, house: own.house)
        let played = try await play(
            stage, files, cases, storm, peace, duties, caring,
            try Means(stage: stage, mandates: duties.mandates, places: places, house: own.house),
            script.map { script in
                PlayedYear(
                    script, stage: stage, mandates: duties.mandates, forms: forms, house: own.house,
                    calendar: cases.rules.time.calendar, from: firstDay, seed: plan.seed)
            }, in: own.house, clock: own.clock, from: firstDay, progress: progress)
        try await close(stage, in: own.house)
        let systems = try Systems(house: own.house, places: places, registry: registry, forms: forms)
        try await Requests(stage: stage, forms: forms, systems: systems, house: own.house).play(at: plan.until)
        try await forms.compute()
        progress(Progress(stage: .sealing, done: 1, total: 1))
        try await Sealing(
            database: own.house.database, key: own.house.keys.signing, clock: own.clock, chain: county.prefix
        ).run()
        var summary = try await counted(stage, county: county, in: own.house)
        summary.refusedActs = played.play.refused
        summary.year = try await played.year?.recounted(in: own.house)
        summary.seconds = (clock.now - started) / .seconds(1)
        return summary
    }

    /// The rights of the rooms below this one.
    static var rights: Set<Right> {
        Set(Ledger.rights + Places.rights + Messages.rights + Identity.rights + Cases.rights)
    }

    /// The house with the past's clock, and with identifiers that follow from the seed.
    private func ownHouse(_ house: House, area: AreaPrefix, at founded: Instant) -> (house: House, clock: ManualClock) {
        let clock = ManualClock(founded)
        var own = house
        own.clock = clock
        own.identifiers = IdentifierSource(seed: plan.seed)
        own.settings.area = area
        return (own, clock)
    }

    private func refuseUnlessEmpty(_ house: House) async throws {
        for query: SQL in [
            "SELECT 1 FROM cases LIMIT 1", "SELECT 1 FROM staff LIMIT 1", "SELECT 1 FROM bodies LIMIT 1",
        ] {
            guard try await house.database.query(query).isEmpty else {
                throw Refusal(
                    .conflict, "demo.not-empty",
                    LocalizedText("数据库中已有数据，不在其上生成演示县", "The database is not empty; no demonstration is made in it"),
                    wayOn: LocalizedText("请换一个数据库，或用 --reset 重新生成", "Name another database, or begin anew with --reset")
                )
            }
        }
    }

    private func found(
        _ stage: Stage, _ ground: BuiltGround, _ divisions: [Area], in house: House, at founded: Instant
    ) async throws {
        let vault = house.keys.vault
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: founded)
        let (seed, households) = (plan.seed, plan.households)
        let (buildings, outlines) = (ground.buildings, ground.outlines)
        try await house.database.write { transaction in
            try Places.register(areas: divisions, in: transaction)
            try Places.register(bodies: stage.bodies, in: transaction)
            try Places.register(grids: stage.grids, in: transaction)
            try Grids.register(buildings: buildings, in: transaction)
            try Grids.register(outlines: outlines, in: transaction)
            try Identity.register(
                staff: stage.staff, posts: stage.posts, vault: vault, at: founded, in: transaction)
            try Ledger.record(
                LedgerEntry(
                    id: entry, act: "demo.county-made", subjectKind: "county", subjectID: stage.county.code,
                    actor: .system, happenedAt: founded, receivedAt: founded, area: stage.county.code,
                    facts: JSONWriter.object { writer in
                        writer.member("seed", Int64(bitPattern: seed))
                        writer.member("households", households)
                    }), in: transaction)
        }
    }

    /// People and homes, grid by grid: one transaction each.
    private func fill(
        _ registry: Registry, _ stage: Stage, _ ground: BuiltGround, _ files: DemoFiles, at founded: Instant,
        progress: @Sendable (Progress) -> Void
    ) async throws {
        var homes = Homes(plan, files, registry.identifiers, founded: founded)
        let standing = Dictionary(grouping: ground.buildings) { $0.grid ?? "" }
        var done = 0
        for street in stage.streets {
            for community in street.communities {
                for grid in community.grids {
                    let subjects = homes.subjects(
                        of: grid, buildings: standing[grid.code] ?? [], roads: street.roads,
                        compounds: community.compounds)
                    guard let area = AreaPrefix(grid.code) else { continue }
                    try await registry.database.write {
                        try registry.load(subjects, in: area, at: founded, in: $0)
                    }
                    done += 1
                    progress(Progress(stage: .filling, done: done, total: stage.grids.count))
                }
            }
        }
    }

    private func play(
        _ stage: Stage, _ files: DemoFiles, _ cases: Cases, _ storm: Storm, _ peace: Peace, _ duties: Duties,
        _ caring: Caring?,
        _ means: Means, _ year: PlayedYear?,
        in house: House, clock: ManualClock,
        from firstDay: Day,
        progress: @Sendable (Progress) -> Void
    ) async throws -> (play: Play, year: PlayedYear?) {
        var reports = Reports(
            stage: stage, files: files, rules: cases.rules, from: Instant(LocalTime(day: firstDay)), days: plan.days,
            seed: plan.seed)
        var year = year
        // Over two years an hour is soon enough.
        var play = Play(
            cases: cases, house: house, clock: clock, look: year == nil ? .minutes(15) : .hours(1))
        let together = Together(stage: stage, cases: cases, house: house)
        let programme = PlayedProgramme(stage: stage, cases: cases, house: house)
        let sealing = Sealing(
            database: house.database, key: house.keys.signing, clock: clock, chain: house.settings.area)
        let days = (0..<plan.days).map { firstDay + $0 }
        let counts = reports.counts(plan.caseCount, days: days)
        let last = reports.last(before: plan.until, ofEach: max(2, plan.caseCount / 800))
        var cared: [(member: String, by: Scope)] = []
        for (index, day) in days.enumerated() {
            play.add(reports.matters(counts[index], of: day).filter { $0.at < plan.until })
            play.add(last.filter { $0.at.local().day == day })
            if index >= days.count - recentDays { try await peace.play(on: day, until: plan.until) }
            if index == days.count - Caring.enteredBefore {
                cared = try await caring?.enter(at: Instant(LocalTime(day: day, hour: 10))) ?? []
            }
            if index == days.count - Caring.visitedBefore {
                try await caring?.look(in: cared, at: Instant(LocalTime(day: day, hour: 15)))
            }
            if index == days.count - 1 { try await caring?.settle(at: Instant(LocalTime(day: day, hour: 1))) }
            if index == 0 { try await duties.adopt(on: day) }
            if index == days.count - recentDays {
                try await means.powers(on: day)
                try await means.money(on: day)
            }
            try await year?.play(on: day, before: days.count - index)
            if index == days.count - 2 { try await duties.demands(on: day) }
            if index == days.count - 3 { try await together.whistle(on: day) }
            if index == days.count - 2 { try await storm.exercise(on: day) }
            try await programme.play(on: day, before: days.count - index)
            try await play.play(until: min(Instant(LocalTime(day: day + 1)), plan.until))
            if index == days.count - 1 {
                try await together.underWay(at: plan.until)
                try await peace.underWay(at: plan.until)
                try await storm.roster(around: day)
            }
            clock.set(min(Instant(LocalTime(day: day + 1)), plan.until))
            try await sealing.run()
            progress(Progress(stage: .playing, done: index + 1, total: days.count))
        }
        return (play, year)
    }

    /// Of the history, those in which everything happens that is no demand and no matter.
    private var recentDays: Int { min(plan.days, Self.usualDays) }

    /// What lies behind is read, and no text of the past is sent.
    private func close(_ stage: Stage, in house: House) async throws {
        let posts = stage.posts.map(\.id)
        let read = plan.until - .days(3)
        try await house.database.write { try Messages.closePast(for: posts, readBefore: read, in: $0) }
    }

    private func counted(
        _ stage: Stage, county: (prefix: AreaPrefix, name: String), in house: House
    ) async throws -> Summary {
        func count(_ query: SQL) async throws -> Int { Int(try await house.database.query(query)[0].int(0)) }
        return Summary(
            area: county.prefix, areaName: county.name, seed: plan.seed, until: plan.until, households: plan.households,
            streets: stage.streets.count, communities: stage.streets.map(\.communities.count).reduce(0, +),
            grids: stage.grids.count, bodies: stage.bodies.count, staff: stage.staff.count, posts: stage.posts.count,
            cases: try await count("SELECT COUNT(*) FROM cases"),
            openCases: try await count("SELECT COUNT(*) FROM cases WHERE ended_at IS NULL"),
            steps: try await count("SELECT COUNT(*) FROM case_steps"),
            ledgerEntries: try await count("SELECT COUNT(*) FROM ledger_entries"), refusedActs: 0,
            accounts: stage.accounts, street: stage.streets.first?.title ?? LocalizedText("—", "—"),
            password: plan.password, year: nil, seconds: 0)
    }
}

/// The bodies of the county in memory: every dispatch asks for one.
private struct StagedBodies: BodyLookup {
    private let facts: [BodyID: BodyFacts]

    init(_ bodies: [BodyRecord]) {
        facts = Dictionary(
            uniqueKeysWithValues: bodies.map {
                ($0.id, BodyFacts(id: $0.id, name: $0.name, englishName: $0.englishName, line: $0.line, area: $0.area))
            })
    }

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? { facts[id] }

    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] {
        Array(
            facts.values.filter { area.contains($0.area) }.sorted { ($0.area.code, $0.id) < ($1.area.code, $1.id) }
                .prefix(limit))
    }
}

/// Playing the past shows no pages: only the gazetteer asks whether there is such an area.
private struct NamesOfPlaces: AreaLookup {
    let places: Places

    func name(of area: AreaPrefix) -> String? { places.name(of: area.code) }
    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] { [] }
    func area(at location: Location) -> AreaPrefix? { nil }
}
