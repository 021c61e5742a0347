import Cipher
import Desk
import Foundation
import Ground
import Registry
import Storage
import StorageTesting
import Testing
import Web

@testable import Forms

/// Not a test of what is right, but a measurement, run by `script/bench forms` with a release build: what it costs to keep
/// forms current, to open one, and to compute all of them from nothing. Writes the facts and the forms' conditions for
/// DuckDB and PostgreSQL, which compute the same in the same run (`Benchmarks/forms_peers.py`).
struct FormMeasurement {
    private static let environment = ProcessInfo.processInfo.environment
    private static let residents = environment["GEWU_MEASURE_FORMS"].flatMap { Int($0) }

    private static func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }

    private static func middle(_ times: [Double]) -> String {
        let sorted = times.sorted()
        guard !sorted.isEmpty else { return "-" }
        func at(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
        return String(format: "p50 %.3f ms, p95 %.3f ms, n %d", at(0.5), at(0.95), sorted.count)
    }

    /// Variants of the shipped forms, until there are so many: the same kinds of conditions over other ages.
    private static func forms(_ count: Int) throws -> FormLibrary {
        let dictionary = try ConditionTests.dictionary()
        let shipped = try FormLibrary.load(from: RuleFiles(shipped: ConditionTests.shipped), dictionary).forms.filter {
            $0.definition.kind == .person
        }
        var forms: [CompiledForm] = []
        for index in 0..<count {
            var definition = shipped[index % shipped.count].definition
            let round = index / shipped.count
            if round > 0 {
                definition.key += "-\(round)"
                let narrower = "age >= \(round)"
                definition.filter = definition.filter == "all" ? narrower : "(\(definition.filter)) and \(narrower)"
            }
            do { forms.append(try CompiledForm.compile(definition, dictionary)) } catch {
                throw Refusal(.fault, "measure.form", error.text)
            }
        }
        return FormLibrary(forms)
    }

    @Test(
        "Measured: a change, an opening, a rebuild", .enabled(if: Self.residents != nil),
        arguments: EngineCase.available, [20, 200])
    func measure(engine: EngineCase, count: Int) async throws {
        let residents = Self.residents ?? 0
        try await FormsWorld.with(engine) { world in
            let clock = ContinuousClock()
            let dictionary = world.registry.dictionary
            func say(_ what: String, _ figure: String) {
                var loads = [0.0, 0.0, 0.0]
                getloadavg(&loads, 3)
                print(
                    "FORMS | \(engine) | \(count) forms | \(residents) residents | \(what) | \(figure) | load \(String(format: "%.1f", loads[0]))"
                )
            }
            let bare = try Registry(
                house: world.house, identity: world.identity, places: world.forms.places, dictionary: dictionary)
            var start = clock.now
            let persons = try await Self.load(residents, into: bare, world.house)
            say("load of facts, without forms", "\(Int(Self.milliseconds(clock.now - start))) ms")
            let library = try Self.forms(count)
            let formEngine = FormEngine(library: library, dictionary: dictionary)
            let followed = try Registry(
                house: world.house, identity: world.identity, places: world.forms.places, dictionary: dictionary,
                followers: [formEngine])
            let forms = try Forms(
                house: world.house, registry: followed, places: world.forms.places, engine: formEngine)
            start = clock.now
            try await forms.compute()
            say("all forms from nothing", "\(Int(Self.milliseconds(clock.now - start))) ms")
            if count == 20, case .sqlite = engine { try await Self.export(library, persons, bare, world) }

            let scope = try world.scope("head")
            func writes(_ registry: Registry, _ step: Int) async throws -> [Double] {
                var times: [Double] = []
                for index in 0..<400 {
                    let id = persons[(index * step) % persons.count]
                    let entry = NewEntry(
                        .person, id, facts: [.init("employment", String(1 + index % 3))], seenAt: world.clock.now(),
                        source: .visit)
                    let now = world.clock.now()
                    let begin = clock.now
                    _ = try await world.house.database.write { try registry.write(entry, by: scope, at: now, in: $0) }
                    times.append(Self.milliseconds(clock.now - begin))
                }
                return times
            }
            say("a durable change, forms not kept", Self.middle(try await writes(bare, 7_919)))
            say("a durable change, every form kept", Self.middle(try await writes(followed, 7_907)))
            let changes = try await Self.together(followed, persons, scope, world)
            say("changes from 32 writers at once", String(format: "%.0f a second", changes))

            let states = try await world.house.database.read { try formEngine.states(in: $0) }
            let grid = try #require(AreaPrefix(FormsWorld.grids[0]))
            let today = world.today
            var times: [Double] = []
            for _ in 0..<50 {
                let begin = clock.now
                try await world.house.database.read { transaction in
                    for form in library.forms.prefix(20) {
                        guard let state = states[form.instance] else { continue }
                        _ = try FormReadingStore.figures(
                            form, state, in: grid, by: nil, at: today, for: scope, in: transaction)
                    }
                }
                times.append(Self.milliseconds(clock.now - begin))
            }
            say("a grid's 20 forms", Self.middle(times))
            times = []
            for index in 0..<60 {
                let form = library.forms[index % library.forms.count]
                let question = try FormQuestion(
                    .init([("area", index % 2 == 0 ? FormsWorld.county : FormsWorld.east)]),
                    within: try world.scope("data"),
                    today: today, origin: formEngine.origin)
                let data = try world.scope("data")
                let begin = clock.now
                try await world.house.database.read { transaction in
                    guard let state = states[form.instance] else { return }
                    _ = try forms.figures(form, state, question, for: data, in: transaction)
                    _ = try forms.listed(form, question, for: data, in: transaction)
                }
                times.append(Self.milliseconds(clock.now - begin))
            }
            say("any form of any area, figures and first page", Self.middle(times))
            say("peak memory", "\(Self.peakMegabytes()) MB")
        }
    }

    private static func peakMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }

    /// One of 2,000 in twenty communities of the test's street.
    private static func grid(_ number: Int) -> String {
        func digits(_ number: Int) -> String { String(String(1_000 + number).suffix(3)) }
        return FormsWorld.street + digits(number / 100 + 1) + digits(number % 100 + 1)
    }

    /// Households of one to four, two hundred in a grid and then the next.
    private static func load(_ residents: Int, into registry: Registry, _ house: House) async throws -> [SubjectID] {
        var random = SeededRandom(seed: 1)
        let now = house.clock.now()
        let since = try #require(Day("2015-01-01"))
        var persons: [SubjectID] = []
        var made = 0
        while persons.count < residents {
            var batch: [LoadedSubject] = []
            let grid = Self.grid(made / 200 % 2_000)
            func subject(_ kind: SubjectKind, _ facts: [(String, String)]) -> LoadedSubject {
                var record = SubjectRecord(kind: kind)
                for (key, value) in facts { record.state(key, Statement(since: since, value: value, seenAt: now)) }
                return LoadedSubject(
                    id: house.identifiers.next(at: now), record: record, seenAt: now, source: .imported)
            }
            for _ in 0..<200 where persons.count < residents {
                made += 1
                let dwelling = subject(
                    .dwelling, [("address", "路 \(made) 号"), ("grid", grid), ("occupancy", "1"), ("floor", "3")])
                let household = subject(
                    .household, [("dwelling", dwelling.id.text), ("tenure", "1"), ("dogs", "0")])
                batch += [dwelling, household]
                for index in 0..<Int.random(in: 1...4, using: &random) {
                    func coin(_ share: Int) -> String { Int.random(in: 0..<100, using: &random) < share ? "1" : "0" }
                    let birth = Day(number: Int64.random(in: -12_000..<20_000, using: &random))
                    let person = subject(
                        .person,
                        [
                            ("name", "王小\(["明", "红", "伟", "芳"][index])"), ("sex", ["1", "2"][index % 2]),
                            ("birth-day", birth.description), ("household", household.id.text),
                            ("employment", String(Int.random(in: 1...4, using: &random))), ("education", "70"),
                            ("marital", "20"), ("ethnic", "01"), ("phone", "138\(10_000_000 + made * 4 + index)"),
                            ("lives-alone", coin(8)), ("medical-insurance", "2"), ("pension-insurance", "2"),
                            ("chronic-illness", coin(20)), ("hypertension", coin(15)), ("low-income", coin(3)),
                            ("veteran", coin(2)), ("flow", "1"),
                        ])
                    batch.append(person)
                    persons.append(person.id)
                }
            }
            let ready = batch
            let area = try #require(AreaPrefix(grid))
            try await registry.database.write { try registry.load(ready, in: area, at: now, in: $0) }
        }
        return persons
    }

    private static func together(_ registry: Registry, _ persons: [SubjectID], _ scope: Scope, _ world: FormsWorld)
        async throws -> Double
    {
        let (each, now) = (100, world.clock.now())
        let begin = ContinuousClock().now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<32 {
                group.addTask {
                    for index in 0..<each {
                        let id = persons[((writer * each + index) * 7_901) % persons.count]
                        let entry = NewEntry(
                            .person, id, facts: [.init("chronic-illness", String(index % 2))], seenAt: now,
                            source: .visit)
                        try await world.house.database.write {
                            _ = try registry.write(entry, by: scope, at: now, in: $0)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return Double(32 * each) / (milliseconds(ContinuousClock().now - begin) / 1_000)
    }

    // MARK: The same for others

    private static func export(
        _ library: FormLibrary, _ persons: [SubjectID], _ registry: Registry, _ world: FormsWorld
    )
        async throws
    {
        guard let folder = environment["GEWU_MEASURE_EXPORT"] else { return }
        let slots = Set(library.forms.flatMap(\.slots)).sorted()
        let today = world.today
        #expect(FileManager.default.createFile(atPath: folder + "/residents.csv", contents: nil))
        let file = try #require(FileHandle(forWritingAtPath: folder + "/residents.csv"))
        try file.write(contentsOf: Data("grid_code,age,\(slots.map(column).joined(separator: ","))\n".utf8))
        var cursor: SubjectID?
        while true {
            let after = cursor
            let page = try await world.house.database.read {
                try registry.records(of: .person, after: after, limit: 5_000, in: $0)
            }
            guard let last = page.last else { break }
            cursor = last.id
            var text = ""
            for (_, record) in page {
                let age = record.value(CoreElement.birthDay, at: today).flatMap { Day($0) }.map {
                    CompiledForm.age(of: $0, at: today)
                }
                let place = library.forms[0].placeElement
                text += "\(record.value(place, at: today) ?? ""),\(age.map { String($0) } ?? "")"
                for slot in slots { text += "," + (record.value(slot, at: today) ?? "") }
                text += "\n"
            }
            try file.write(contentsOf: Data(text.utf8))
        }
        try file.close()
        let queries = library.forms.map { form -> String in
            let cells = form.cells.enumerated().map { ", count(*) FILTER (WHERE \(sql($1, form))) AS c\($0 + 1)" }
            return
                "SELECT grid_code, count(*) AS c0\(cells.joined()) FROM residents WHERE grid_code <> '' AND \(sql(form.filter, form)) GROUP BY grid_code;"
        }
        let table =
            "CREATE TABLE residents (grid_code TEXT, age INT, \(slots.map { column($0) + " TEXT" }.joined(separator: ", ")));"
        try table.write(toFile: folder + "/table.sql", atomically: true, encoding: .utf8)
        try queries.joined(separator: "\n").write(toFile: folder + "/forms.sql", atomically: true, encoding: .utf8)
    }

    private static func column(_ element: String) -> String { "e_" + element.replacing("-", with: "_") }

    private static func sql(_ condition: Condition, _ form: CompiledForm) -> String {
        func name(_ term: Condition.Term) -> String {
            switch term {
            case .age: "age"
            case .slot(let slot): column(form.slots[slot])
            }
        }
        func sign(_ order: Condition.Order) -> String {
            switch order {
            case .less: "<"
            case .atMost: "<="
            case .equal: "="
            case .notEqual: "<>"
            case .atLeast: ">="
            case .more: ">"
            }
        }
        switch condition {
        case .always: return "TRUE"
        case .compare(.age, let order, .number(let number)): return "coalesce(age \(sign(order)) \(number), FALSE)"
        case .compare(let term, let order, .number(let number)):
            return "coalesce(CAST(\(name(term)) AS INT) \(sign(order)) \(number), FALSE)"
        case .compare(let term, let order, .text(let text)):
            return "coalesce(\(name(term)) \(sign(order)) '\(text)', FALSE)"
        case .among(let term, let codes):
            return
                "coalesce(CAST(\(name(term)) AS TEXT) IN (\(codes.sorted().map { "'\($0)'" }.joined(separator: ","))), FALSE)"
        case .known(let term): return "\(name(term)) IS NOT NULL"
        case .unknown(let term): return "\(name(term)) IS NULL"
        case .not(let inner): return "NOT (\(sql(inner, form)))"
        case .all(let parts): return "(" + parts.map { sql($0, form) }.joined(separator: " AND ") + ")"
        case .any(let parts): return "(" + parts.map { sql($0, form) }.joined(separator: " OR ") + ")"
        }
    }
}
