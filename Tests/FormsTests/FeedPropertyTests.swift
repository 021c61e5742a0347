import Desk
import Ground
import Registry
import Storage
import StorageTesting
import Testing
import Web

@testable import Forms

struct FeedPropertyTests {
    /// What a subscriber holds: whom, and what stands in the line.
    private typealias Held = [SubjectID: [String]]

    @Test(
        "Whatever is written, moved, ended or grown old: a subscriber who asks now and then holds the list",
        arguments: EngineCase.available, [1, 2])
    func replay(engine: EngineCase, seed: UInt64) async throws {
        try await FormsWorld.with(engine) { world in
            var random = SeededRandom(seed: seed)
            var homes: [StoredSubject] = []
            for grid in FormsWorld.grids { homes.append(try await world.household(in: grid)) }
            var people: [SubjectID] = []
            func born() -> String {
                "\(Int.random(in: 1938...1950, using: &random))-11-0\(Int.random(in: 1...9, using: &random))"
            }
            for index in 0..<6 {
                let home = homes[Int.random(in: 0..<3, using: &random)]
                people.append(
                    try await world.resident("王\(["一", "二", "三", "四", "五", "六"][index])", born: born(), in: home).id)
            }
            try await world.forms.compute()
            let (forms, scope, form) = (world.forms, try world.scope("data"), try world.form("oldest-people"))
            let now = world.clock.now()
            var mark = try await world.house.database.write { try forms.subscribe(to: form, at: now, in: $0) }
            var held = try await list(world, form, scope)
            for step in 0..<24 {
                let person = people[Int.random(in: 0..<people.count, using: &random)]
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    try await world.write(
                        .person, person, ["phone": "1380013800\(Int.random(in: 0...9, using: &random))"])
                case 1:
                    let home = homes[Int.random(in: 0..<3, using: &random)]
                    try await world.write(.person, person, ["household": home.id.text], since: world.today)
                case 2:
                    let home = homes[Int.random(in: 0..<3, using: &random)]
                    let dwelling = try #require(
                        home.record.value(CoreElement.dwelling, at: world.today).flatMap { SubjectID(parsing: $0) })
                    try await world.write(.dwelling, dwelling, ["address": "文三路 \(step + 2) 号"])
                case 3: try await world.write(.person, person, ["birth-day": born()], correction: true)
                case 4: world.clock.advance(.days(Int64.random(in: 1...3, using: &random)))
                default:
                    let home = homes[Int.random(in: 0..<3, using: &random)]
                    people.append(try await world.resident("新来", born: born(), in: home, since: world.today).id)
                }
                world.clock.advance(.seconds(1))
                guard Int.random(in: 0..<3, using: &random) == 0 || step == 23 else { continue }
                var isAll = false
                while !isAll {
                    let (since, at) = (mark, world.clock.now())
                    let told = try await world.house.database.read {
                        try forms.changes(of: form, since: since, for: scope, at: at, in: $0)
                    }
                    for item in told.items {
                        held[item.subject] = item.listed.map { line($0, world, form) }
                    }
                    (mark, isAll) = (told.next, told.isAll)
                }
                #expect(held == (try await list(world, form, scope)), "after step \(step)")
            }
        }
    }

    private func line(_ item: ListedSubject, _ world: FormsWorld, _ form: CompiledForm) -> [String] {
        form.definition.columns.map { key in
            if key == "area" { return item.area }
            // Who is told of on their birthdays only when that changes the list; an age follows from the day of birth.
            let element = key == "age" ? CoreElement.birthDay : key
            let kind = world.registry.dictionary[element]?.kind ?? .person
            return item.record(of: kind)?.value(element, at: world.today) ?? ""
        }
    }

    private func list(_ world: FormsWorld, _ form: CompiledForm, _ scope: Scope) async throws -> Held {
        let forms = world.forms
        let question = try FormQuestion(
            .init(), within: scope, today: world.today, origin: forms.engine.origin)
        let page = try await world.house.database.read {
            try forms.listed(form, question, for: scope, limit: 1_000, in: $0)
        }
        return Dictionary(page.items.map { ($0.subject.id, line($0, world, form)) }) { first, _ in first }
    }
}
