import Desk
import Foundation
import Ground
import Registry
import Storage
import StorageTesting
import Testing

@testable import Forms
@testable import Registry

/// Whatever people do, in whatever order: a form that is kept current says what a recomputation from the entries says, in
/// every area, today and on any past day, and as it was known on days gone by.
struct FormPropertyTests {
    private static let forms = """
        forms:
          - { key: everybody, zh: 全部, en: All, line: data, purpose: statistics, of: person, columns: [sex, area],
              counts: [ { zh: 男, en: Men, where: sex = 1 }, { zh: 未知, en: Unknown, where: sex is unknown } ] }
          - { key: old, zh: 老人, en: Old, line: data, purpose: statistics, of: person, filter: age >= 60 and not employment = 3,
              columns: [sex], counts: [ { zh: 独居, en: Alone, where: lives-alone = yes }, { zh: 八十, en: Eighty, where: age >= 80 or age is unknown } ] }
          - { key: ages, zh: 年龄, en: Ages, line: data, purpose: statistics, of: person,
              rows: [ { zh: 小, en: Young, where: age < 18 }, { zh: 中, en: Adult, where: age >= 18 and age <= 59 }, { zh: 老, en: Old, where: age > 59 } ],
              heads: [ { zh: 男, en: Men, where: sex = 1 }, { zh: 女, en: Women, where: sex = 2 } ] }
          - { key: registered, zh: 户籍, en: Registered, line: data, purpose: statistics, of: person, place: registration,
              columns: [sex], counts: [ { zh: 在业, en: Employed, where: employment = 1 } ] }
          - { key: tenants, zh: 租户, en: Tenants, line: data, purpose: statistics, of: household, filter: "tenure in (2, 3)", columns: [tenure] }
          - { key: empty-homes, zh: 空房, en: Empty homes, line: data, purpose: statistics, of: dwelling,
              counts: [ { zh: 空置, en: Empty, where: occupancy = 2 }, { zh: 高层, en: High, where: floor >= 7 } ] }
        """

    @Test(
        "After any sequence of writes, moves, deaths, merges and undos a form equals its recomputation",
        arguments: EngineCase.available, 1...(ProcessInfo.processInfo.environment["GEWU_TEST_SLOW"] == "1" ? 40 : 4))
    func equal(engine: EngineCase, seed: Int) async throws {
        try await FormsWorld.with(engine, forms: Self.forms) { world in
            var county = RandomCounty(world: world, seed: UInt64(seed))
            try await world.forms.compute()
            var snapshots: [(known: Day, day: Day, figures: [String: [String: [Int]]])] = []
            for step in 0..<130 {
                try await county.act()
                if step == 40 {
                    // Half of them are computed anew, in small steps, while writes go on between.
                    try await world.house.database.write { transaction in
                        for key in ["old", "tenants"] {
                            let form = try #require(world.forms.engine.library[key]).instance
                            for table in ["form_states", "form_steps", "form_totals", "form_rows"] {
                                try Self.clear(table, form, in: transaction)
                            }
                        }
                        try FormStateStore.bump(in: transaction)
                    }
                    try await world.forms.compute()
                }
                if step % 25 == 24 {
                    let day = county.pastDay()
                    let recomputed = try await Recomputation(world)
                    for key in ["everybody", "ages", "registered"] {
                        let form = try world.form(key)
                        #expect(
                            try await world.figures(key, at: day, by: .grid) == recomputed.figures(form, at: day),
                            "\(key) on \(day), step \(step)")
                    }
                    snapshots.append(
                        (
                            world.today, day,
                            Dictionary(
                                uniqueKeysWithValues: try ["everybody", "ages"].map {
                                    ($0, recomputed.figures(try world.form($0), at: day))
                                })
                        ))
                    world.clock.advance(.days(1))
                    try await FormBuilding(
                        engine: world.forms.engine, registry: world.registry, house: world.house
                    ).settle()
                }
            }
            let recomputed = try await Recomputation(world)
            var days = [world.today, world.today - 1, FormEngine.usualOrigin]
            for _ in 0..<12 { days.append(county.pastDay()) }
            for form in world.forms.engine.library.forms {
                let key = form.definition.key
                for day in days {
                    let (shown, computed) = (
                        try await world.figures(key, at: day, by: .grid), recomputed.figures(form, at: day)
                    )
                    #expect(shown == computed, "\(key) on \(day), seed \(seed)")
                    guard form.definition.isList else { continue }
                    let (listed, named) = (try await world.listed(key, at: day), recomputed.list(form, at: day))
                    #expect(listed == named, "list \(key) on \(day), seed \(seed)")
                }
            }
            for snapshot in snapshots {
                for (key, figures) in snapshot.figures {
                    #expect(
                        try await world.figures(key, at: snapshot.day, knownOn: snapshot.known, by: .grid) == figures,
                        "\(key) on \(snapshot.day), as known on \(snapshot.known)")
                }
            }
            // Nothing was left of those that were joined, and something did happen.
            #expect(county.done.count > 6)
        }
    }

    private static func clear(_ table: String, _ form: String, in transaction: any Transaction) throws {
        switch table {
        case "form_states": try transaction.execute("DELETE FROM form_states WHERE form = \(form)")
        case "form_steps": try transaction.execute("DELETE FROM form_steps WHERE form = \(form)")
        case "form_totals": try transaction.execute("DELETE FROM form_totals WHERE form = \(form)")
        default: try transaction.execute("DELETE FROM form_rows WHERE form = \(form)")
        }
    }
}

/// People who do all that can be done, at random.
struct RandomCounty {
    let world: FormsWorld
    private var random: SeededRandom
    private var dwellings: [SubjectID] = []
    private var households: [SubjectID] = []
    private var persons: [SubjectID] = []
    private var joined: [SubjectID] = []
    /// What was done, so that a test that does nothing is noticed.
    private(set) var done: [String: Int] = [:]

    init(world: FormsWorld, seed: UInt64) {
        self.world = world
        random = SeededRandom(seed: seed)
    }

    mutating func pastDay() -> Day { world.today - Int.random(in: 0..<2_400, using: &random) }

    mutating func act() async throws {
        let kinds = [
            "dwelling", "household", "person", "person", "fact", "fact", "fact", "fact", "move", "death", "grid",
            "home", "join", "part", "void", "time",
        ]
        let kind = kinds.randomElement(using: &random) ?? "fact"
        do {
            if try await perform(kind) { done[kind, default: 0] += 1 }
        } catch is Refusal {
            done["refused", default: 0] += 1
        }
    }

    private mutating func perform(_ kind: String) async throws -> Bool {
        let since: Day? = Bool.random(using: &random) ? pastDay() : nil
        switch kind {
        case "dwelling":
            let grid = FormsWorld.grids.randomElement(using: &random) ?? ""
            let facts: [String: String?] = [
                "grid": grid, "address": "路 \(dwellings.count) 号",
                "floor": String(Int.random(in: 1...12, using: &random)),
            ]
            dwellings.append(try await world.write(.dwelling, facts, since: since).id)
        case "household":
            guard let home = dwellings.randomElement(using: &random) else { return false }
            households.append(
                try await world.write(.household, ["dwelling": home.text, "tenure": "2"], since: since).id)
        case "person":
            guard let home = households.randomElement(using: &random) else { return false }
            var facts: [String: String?] = ["name": "某人", "household": home.text]
            if Int.random(in: 0..<5, using: &random) > 0 {
                facts["birth-day"] = (Day(number: Int64.random(in: -14_000..<20_000, using: &random))).description
            }
            if Bool.random(using: &random) { facts["sex"] = ["1", "2"].randomElement(using: &random) }
            persons.append(try await world.write(.person, facts, since: since).id)
        case "fact": return try await fact(since)
        case "move":
            guard let person = persons.randomElement(using: &random),
                let home = households.randomElement(using: &random)
            else { return false }
            try await world.write(.person, person, ["household": home.text], since: since)
        case "death":
            guard let person = persons.randomElement(using: &random) else { return false }
            let day = pastDay()
            try await world.write(.person, person, ["death-day": day.description], since: day)
        case "grid":
            guard let home = dwellings.randomElement(using: &random) else { return false }
            let isCorrection = Bool.random(using: &random)
            try await world.write(
                .dwelling, home, ["grid": FormsWorld.grids.randomElement(using: &random) ?? ""], since: since,
                correction: isCorrection)
        case "home":
            guard let household = households.randomElement(using: &random),
                let home = dwellings.randomElement(using: &random)
            else { return false }
            try await world.write(.household, household, ["dwelling": home.text], since: since)
        case "join": return try await join()
        case "part":
            guard let one = joined.randomElement(using: &random) else { return false }
            let (registry, scope, now) = (world.registry, try world.scope("head"), world.clock.now())
            try await world.house.database.write { _ = try registry.part(one, by: scope, at: now, in: $0) }
            joined.removeAll { $0 == one }
        case "void": return try await void()
        default: world.clock.advance(.days(Int64.random(in: 1...40, using: &random)))
        }
        return true
    }

    private mutating func fact(_ since: Day?) async throws -> Bool {
        let isCorrection = Int.random(in: 0..<5, using: &random) == 0
        let seenAt = world.clock.now() - .days(Int64.random(in: 0...60, using: &random))
        let day = since.map { min($0, seenAt.local().day) }
        let kind = SubjectKind.allCases.randomElement(using: &random) ?? .person
        switch kind {
        case .person:
            guard let person = persons.randomElement(using: &random) else { return false }
            let choices: [(String, [String?])] = [
                ("employment", ["1", "2", "3", nil]), ("lives-alone", ["1", "0", nil]), ("sex", ["1", "2", nil]),
                ("birth-day", ["1946-02-28", "1944-02-29", nil]), ("registered-at", dwellings.map(\.text) + [nil]),
                ("household", [nil]),
            ]
            guard let choice = choices.randomElement(using: &random), let value = choice.1.randomElement(using: &random)
            else { return false }
            try await world.write(
                .person, person, [choice.0: value], since: day, seenAt: seenAt, correction: isCorrection)
        case .household:
            guard let household = households.randomElement(using: &random) else { return false }
            let value: String? = ["1", "2", "3", nil].randomElement(using: &random) ?? nil
            try await world.write(
                .household, household, ["tenure": value], since: day, seenAt: seenAt, correction: isCorrection)
        case .dwelling:
            guard let dwelling = dwellings.randomElement(using: &random) else { return false }
            let value: String? = ["1", "2", nil].randomElement(using: &random) ?? nil
            try await world.write(
                .dwelling, dwelling, ["occupancy": value], since: day, seenAt: seenAt, correction: isCorrection)
        case .building, .organisation: return false
        }
        return true
    }

    private mutating func join() async throws -> Bool {
        let all = [persons, households, dwellings].randomElement(using: &random) ?? []
        guard let gone = all.randomElement(using: &random), let kept = all.randomElement(using: &random) else {
            return false
        }
        let (registry, scope, now) = (world.registry, try world.scope("head"), world.clock.now())
        try await world.house.database.write { _ = try registry.join(gone, into: kept, by: scope, at: now, in: $0) }
        joined.append(gone)
        return true
    }

    private mutating func void() async throws -> Bool {
        guard let subject = (persons + households + dwellings).randomElement(using: &random) else { return false }
        let (registry, scope, now) = (world.registry, try world.scope("head"), world.clock.now())
        let entries = try await world.house.database.read { try registry.entries(of: subject, for: scope, in: $0) }
        guard let entry = entries.filter({ $0.voidedAt == nil }).randomElement(using: &random) else { return false }
        try await world.house.database.write {
            _ = try registry.void(entry.id, of: entry.subject, by: scope, at: now, in: $0)
        }
        return true
    }
}

/// Everything anew from the entries, day by day, in the simplest way there is: no steps, no stretches, no stored places.
struct Recomputation {
    private var records: [SubjectID: SubjectRecord] = [:]
    private var mergedInto: [SubjectID: SubjectID] = [:]

    init(_ world: FormsWorld) async throws {
        let registry = world.registry
        let (found, merged) = try await world.house.database.read { transaction in
            var found: [SubjectID: SubjectRecord] = [:]
            var merged: [SubjectID: SubjectID] = [:]
            for row in try transaction.query("SELECT id, kind, merged_into FROM registry_subjects ORDER BY id") {
                let id: SubjectID = try row.identifier(0)
                let kind = try #require(SubjectKind(rawValue: try row.text(1)))
                if let other: SubjectID = try row.identifierIfAny(2) {
                    merged[id] = other
                } else {
                    found[id] = SubjectRecord(
                        kind: kind, entries: try registry.groupEntries(of: id, kind: kind, in: transaction))
                }
            }
            return (found, merged)
        }
        records = found
        mergedInto = merged
    }

    private func value(_ element: String, of id: SubjectID, at day: Day) -> String? {
        records[id]?[element].filter { $0.since <= day }.max { $0.since < $1.since }?.value
    }

    private func reference(_ element: String, of id: SubjectID, at day: Day) -> SubjectID? {
        var found = value(element, of: id, at: day).flatMap { SubjectID(parsing: $0) }
        while let id = found, let other = mergedInto[id] { found = other }
        return found
    }

    private func area(_ id: SubjectID, _ form: CompiledForm, at day: Day) -> String? {
        switch form.definition.kind {
        case .dwelling: return value("grid", of: id, at: day)
        case .building: return value("building-grid", of: id, at: day)
        case .organisation: return value("organisation-grid", of: id, at: day)
        case .household: return reference("dwelling", of: id, at: day).flatMap { value("grid", of: $0, at: day) }
        case .person:
            if let birth = records[id]?["birth-day"].last?.value.flatMap({ Day($0) }), day < birth { return nil }
            if let death = records[id]?["death-day"].last?.value.flatMap({ Day($0) }), day > death { return nil }
            let home =
                form.definition.place == .registration
                ? reference("registered-at", of: id, at: day)
                : reference("household", of: id, at: day).flatMap { reference("dwelling", of: $0, at: day) }
            return home.flatMap { value("grid", of: $0, at: day) }
        }
    }

    private func cells(_ id: SubjectID, _ form: CompiledForm, at day: Day) -> [Int]? {
        let values = form.slots.map { value($0, of: id, at: day) }
        let age = value("birth-day", of: id, at: day).flatMap { Day($0) }.map { CompiledForm.age(of: $0, at: day) }
        guard form.filter.holds(values, age: age) else { return nil }
        return [0] + form.cells.indices.filter { form.cells[$0].holds(values, age: age) }.map { $0 + 1 }
    }

    func figures(_ form: CompiledForm, at day: Day) -> [String: [Int]] {
        var figures: [String: [Int]] = [:]
        for (id, record) in records where record.kind == form.definition.kind {
            guard let area = area(id, form, at: day), let cells = cells(id, form, at: day) else { continue }
            for cell in cells {
                figures[area, default: Array(repeating: 0, count: form.cells.count + 1)][cell] += 1
            }
        }
        return figures
    }

    func list(_ form: CompiledForm, at day: Day) -> [SubjectID] {
        records.filter { $0.value.kind == form.definition.kind && cells($0.key, form, at: day) != nil }
            .compactMap { id, _ in area(id, form, at: day).map { ($0, id) } }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.1)
    }
}
