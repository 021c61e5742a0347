import Desk
import Forms
import Ground
import HTTPTypes
import Registry
import Storage
import StorageTesting
import Testing

@testable import Visits

/// How answers become facts, and what becomes of those that cannot.
struct AnsweringTests {
    @Test(
        "An answer is a fact with true since, seen at and known since, and its forms are current",
        arguments: EngineCase.available)
    func fact(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            try await world.forms.compute()
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let seen = world.clock.now()
            world.clock.advance(.hours(5))
            let received = world.clock.now()
            try await world.report(
                home.id,
                [.init(subject: old.id, element: "lives-alone", act: .now, value: "是", since: Day("2026-09-01"))],
                seenAt: seen)
            let (registry, scope) = (world.registry, try world.scope("worker"))
            let entry = try #require(
                try await world.house.database.read { try registry.entries(of: old.id, for: scope, in: $0) }.last)
            #expect(entry.seenAt == seen && entry.knownSince == received && entry.source == .visit)
            #expect(entry.staff == scope.staff)
            #expect(entry.content["lives-alone"].first?.since == Day("2026-09-01"))
            let figures = try await world.call(.get, "/api/v1/forms/old/figures", as: "clerk")
            #expect(figures.text.contains("\"counts\":[1,1]"), "\(figures.text)")
            let acts = try await world.house.database.query(
                "SELECT act, happened_at, received_at FROM ledger_entries WHERE act = 'visits.made'")
            #expect(try acts.map { [try $0.instant(1), try $0.instant(2)] } == [[seen, received]])
        }
    }

    @Test(
        "Two phones that saw a fact differently: both are kept, the later sighting stands, somebody decides",
        arguments: EngineCase.available, [false, true])
    func conflict(engine: EngineCase, laterArrivesFirst: Bool) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            world.clock.advance(.hours(1))
            let loaded = world.clock.now()
            world.clock.advance(.hours(6))
            let reports = [
                (by: "worker", value: "是", seen: loaded + .hours(1)),
                (by: "second", value: "否", seen: loaded + .hours(3)),
            ]
            var conflicts: [QueuedAnswer] = []
            for one in laterArrivesFirst ? reports.reversed() : reports {
                world.clock.advance(.minutes(5))
                let result = try await world.report(
                    home.id, [.init(subject: old.id, element: "lives-alone", act: .now, value: one.value)],
                    seenAt: one.seen, knownAt: loaded, by: one.by)
                #expect(result.written == 1)
                conflicts += result.conflicts
            }
            #expect(conflicts.count == 1)
            #expect(try await world.value(old.id, "lives-alone") == "0")
            let view = try #require(try await world.queue().first)
            #expect(view.earlier?.value == "1" && view.later?.value == "0")
            #expect(view.earlier?.staff == (try world.scope("worker")).staff)
            // A worker does not decide; the community does, and the history keeps both.
            await #expect(throws: Refusal.self) { try await world.decide(view.queued.id, .earlier, by: "worker") }
            await #expect(throws: Refusal.self) { try await world.decide(view.queued.id, .write) }
            try await world.decide(view.queued.id, .earlier)
            #expect(try await world.value(old.id, "lives-alone") == "1")
            #expect(try await world.queue().isEmpty)
            try await world.decide(view.queued.id, .later)
            #expect(try await world.value(old.id, "lives-alone") == "1", "decided once")
        }
    }

    @Test(
        "The same answer from two phones, or a second thought of one, is no conflict", arguments: EngineCase.available)
    func noConflict(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            world.clock.advance(.hours(1))
            let loaded = world.clock.now()
            world.clock.advance(.hours(6))
            for (by, value) in [("worker", "1"), ("second", "是"), ("second", "0")] {
                world.clock.advance(.minutes(5))
                let result = try await world.report(
                    home.id, [.init(subject: old.id, element: "lives-alone", act: .now, value: value)],
                    knownAt: by == "second" && value == "0" ? world.clock.now() : loaded, by: by)
                #expect(result.conflicts.isEmpty, "\(by) \(value)")
            }
        }
    }

    @Test("Whatever arrives in whatever order, the latest sighting stands", arguments: EngineCase.available, 1...8)
    func latestStands(engine: EngineCase, seed: Int) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            var random = SeededRandom(seed: UInt64(seed))
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let begin = world.clock.now()
            world.clock.advance(.days(20))
            let sightings = (1...6).map { hour -> (seen: Instant, value: String, since: Day?) in
                let seen = begin + .days(Int64(hour * 3))
                let since =
                    Bool.random(using: &random) ? nil : seen.local().day - Int.random(in: 0...40, using: &random)
                return (seen, String(Int.random(in: 0...1, using: &random)), since)
            }
            for index in Array(sightings.indices).shuffled(using: &random) {
                let one = sightings[index]
                world.clock.advance(.minutes(1))
                try await world.report(
                    home.id,
                    [.init(subject: old.id, element: "lives-alone", act: .now, value: one.value, since: one.since)],
                    seenAt: one.seen, knownAt: begin, by: index.isMultiple(of: 2) ? "worker" : "second")
            }
            #expect(try await world.value(old.id, "lives-alone") == sightings.last?.value)
        }
    }

    @Test(
        "An answer that cannot be a fact harms no other: it is kept, mended and written",
        arguments: EngineCase.available)
    func kept(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let stranger: SubjectID = world.house.identifiers.next(at: world.clock.now())
            let result = try await world.report(
                home.id,
                [
                    .init(subject: old.id, element: "phone", act: .now, value: "12"),
                    .init(subject: old.id, element: "lives-alone", act: .now, value: "是"),
                    .init(subject: old.id, element: "religion", act: .now, value: "x"),
                    .init(subject: old.id, element: "care-ability", act: .still),
                    .init(subject: old.id, element: "no-such-thing", act: .declined),
                    .init(subject: stranger, element: "phone", act: .now, value: "13800138000"),
                ])
            #expect(result.written == 1)
            #expect(
                Set(result.kept.compactMap(\.code)).isSuperset(of: [
                    "registry.no-basis", "visits.nothing-known", "registry.unknown-element", "desk.nothing-here",
                ]))
            #expect(result.kept.count == 5)
            #expect(try await world.value(old.id, "lives-alone") == "1")
            let phone = try #require(result.kept.first { $0.element == "phone" && $0.subject == old.id })
            await #expect(throws: Refusal.self) { try await world.decide(phone.id, .write, by: "worker") }
            await #expect(throws: Refusal.self) {
                try await world.decide(phone.id, .write, value: "13800138000", by: "second")
            }
            try await world.decide(phone.id, .write, value: "13800138000", by: "worker")
            #expect(try await world.value(old.id, "phone") == "13800138000")
            for one in try await world.queue() { try await world.decide(one.queued.id, .discard) }
            #expect(try await world.queue().isEmpty)
            let left = try await world.house.database.query(
                "SELECT COUNT(*) FROM visit_queue WHERE content IS NOT NULL")
            #expect(try left.first?.int(0) == 0)
        }
    }

    @Test("A visit of tomorrow, or of last year, is none")
    func times() async throws {
        try await VisitsWorld.with(.sqlite, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            for seen in [world.clock.now() + .hours(2), world.clock.now() - .days(40)] {
                await #expect(throws: Refusal.self) {
                    try await world.report(home.id, [], seenAt: seen, knownAt: world.clock.now())
                }
            }
        }
    }
}
