import Desk
import Foundation
import Ground
import HTTPTypes
import Ledger
import Mandates
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Workload

/// What a test says that matters' acts were.
final class InventedActs: RecordedActs {
    let pairs = Mutex<[ActPair]>([])

    func has(_ act: String) -> Bool { ["accept", "dispatch", "sign", "finish"].contains(act) }

    func pairs(
        from: String, to: String, categories: [String], since: Instant, before: Instant, limit: Int,
        in transaction: any Transaction
    ) throws -> [ActPair] {
        categories == ["020404"] ? pairs.withLock { $0.filter { $0.from >= since && $0.until < before } } : []
    }
}

@Suite("Standard times corrected by what records show")
struct TimeCorrectionTests {
    static let shipped =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Rules"
    private static let figures = RecordedTime.Figures(
        lower: 1, middle: 5, upper: 90, records: 40, people: 6, afterwards: 0)

    private static func correction(
        _ task: DutyTask, to minutes: Int64, month: Int, standard: Int64? = nil
    ) -> TimeCorrection {
        TimeCorrection(
            item: "B0402", task: task.key, standard: standard ?? task.minutes ?? 0, minutes: minutes,
            from: (LoadCounty.first + month).first, reason: "记录", figures: figures)
    }

    private static func tasks(_ random: inout SeededRandom) -> [DutyTask] {
        (0..<5).map { number in
            let isByHousehold = Bool.random(using: &random)
            return DutyTask(
                key: "t\(number)", zh: "事", en: "Task",
                at: [.street, .community, .grid].randomElement(using: &random) ?? .grid,
                roles: ["grid_worker", "community_clerk", "street_handler"],
                minutes: Int64.random(in: 1...120, using: &random), times: Int64.random(in: 1...60, using: &random),
                households: isByHousehold ? Int64.random(in: 1...50, using: &random) : nil,
                months: Bool.random(using: &random)
                    ? (0..<12).map { _ in Int64.random(in: 0...3, using: &random) } + [] : nil)
        }
    }

    @Test("Before its month nothing changes; from then on a task weighs as if the list said so; only that task")
    func stretches() {
        var random = SeededRandom(seed: 11)
        for seed in 0..<100 as Range<UInt64> {
            let county = LoadCounty(seed: seed)
            let tasks = Self.tasks(&random)
            let month = Int.random(in: 0..<12, using: &random)
            let minutes = Int64.random(in: 1...120, using: &random)
            var changed = tasks
            changed[2].minutes = minutes
            func sheet(_ tasks: [DutyTask], _ corrections: [TimeCorrection] = []) -> LoadSheet {
                LoadSheet(
                    first: LoadCounty.first, posts: county.posts, units: county.units,
                    capacityOfMonth: LoadCounty.capacity,
                    works: tasks.enumerated().flatMap {
                        LoadWork.works($1, of: "B0402", corrected: corrections, source: $0, first: LoadCounty.first)
                    }, sources: tasks.count)
            }
            let corrections = [Self.correction(tasks[2], to: minutes, month: month)]
            let (listed, other, found) = (sheet(tasks), sheet(changed), sheet(tasks, corrections))
            for position in found.load.indices {
                #expect(found.load[position] == (position % 12 < month ? listed : other).load[position])
            }
            #expect(found.load.reduce(0, +) == found.bySource.reduce(0, +))
            for source in tasks.indices where source != 2 { #expect(found.bySource[source] == listed.bySource[source]) }
            let asked = found.bySource[2] + found.unstaffed[2]
            let works = LoadWork.works(
                tasks[2], of: "B0402", corrected: corrections, source: 0, first: LoadCounty.first)
            #expect(works.reduce(0) { $0 + listed.minutes(of: $1) } == asked)
            #expect(works.count <= 2)
            #expect(works.map(\.months).joined().sorted() == Array(0..<12))
        }
    }

    @Test("The last correction that has begun counts; a revised list ends it; another task’s is none of its business")
    func whichCounts() {
        let task = DutyTask(key: "handle", zh: "处置", en: "Handling", minutes: 45, times: 60)
        let corrections = [
            Self.correction(task, to: 30, month: 2), Self.correction(task, to: 20, month: 5),
            Self.correction(task, to: 25, month: 5), Self.correction(task, to: 10, month: 0, standard: 60),
            Self.correction(DutyTask(key: "other", zh: "", en: "", minutes: 45), to: 1, month: 0),
        ]
        let counted = (0..<12).map { corrections.minutes(of: task, of: "B0402", on: (LoadCounty.first + $0).first) }
        #expect(counted == [45, 45, 30, 30, 30, 25, 25, 25, 25, 25, 25, 25])
        // Made later, for an earlier month: the one of the later month still follows it.
        let late = corrections + [Self.correction(task, to: 40, month: 1)]
        #expect(late.minutes(of: task, of: "B0402", on: (LoadCounty.first + 1).first) == 40)
        #expect(late.minutes(of: task, of: "B0402", on: (LoadCounty.first + 2).first) == 30)
        var revised = task
        revised.minutes = 60
        #expect(corrections.minutes(of: revised, of: "B0402", on: LoadCounty.first.first) == 10)
        #expect(corrections.minutes(of: task, of: "B0403", on: (LoadCounty.first + 9).first) == 45)
    }

    /// Ten records of each of so many clerks, of 8, 9, 10, 11 and 12 minutes in turn.
    private static func fill(_ acts: InventedActs, _ world: StaffingWorld, people: Int) throws {
        let names = ["clerk"] + (1...6).map { "south\($0)" }
        let scopes = try names.prefix(people).map { try world.scope($0) }
        acts.pairs.withLock { pairs in
            pairs = scopes.flatMap { scope in
                (0..<10).map { number in
                    let from = StaffingWorld.start - .days(4) + .minutes(Int64(number) * 5)
                    return ActPair(
                        staff: scope.staff, post: scope.post, from: from,
                        until: from + .minutes(Int64(8 + number % 5)))
                }
            }
        }
    }

    private static func minutes(_ world: StaffingWorld) async throws -> Int64 {
        let sheet = try await world.workload.forecast.sheet(
            from: LoadMonth(of: StaffingWorld.start.local().day), at: world.clock.now()
        ).sheet
        return sheet.bySource.reduce(0, +) + sheet.unstaffed.reduce(0, +)
    }

    private static func line(_ text: String) -> Substring? {
        text.firstMatch(of: /\{"item":"B0303","task":"apply"[^}]*\}/)?.output
    }

    private static let question = """
        {"item":"B0303","task":"apply","minutes":10,"from":"2026-04-01","reason":"窗口受理已改为免填表"}
        """

    @Test(
        "Seen beside the records, corrected from a month on, laid on posts, and taken back",
        arguments: EngineCase.available)
    func course(engine: EngineCase) async throws {
        let acts = InventedActs()
        try await StaffingWorld.with(engine, records: acts) { world in
            try Self.fill(acts, world, people: 7)
            let address = "/api/v1/workload/standard-times"
            let before = try await Self.minutes(world)
            let seen = try await world.call(.get, address, as: "coordination")
            #expect(seen.status == 200)
            let line = try #require(Self.line(seen.text))
            #expect(
                line
                    == """
                    {"item":"B0303","task":"apply","standard":15,"counted":15,"recorded":"figures","lower":9,"middle":10,\
                    "upper":11,"records":70,"people":5,"reading":"too-long","load":2400,"difference":-800}
                    """)
            let made = try await world.call(.post, address + "/corrections", Self.question, as: "coordination")
            #expect(made.status == 200, "\(made.text)")
            // A year of 40 times 10 minutes is 33, 33, 34 … a month: 366 from April to February in place of 550; four communities.
            #expect(try await Self.minutes(world) == before - 4 * (550 - 366))
            let after = try await world.call(.get, address, as: "coordination").text
            #expect(Self.line(after)?.contains("\"standard\":15,\"counted\":15") == true, "it is still March")
            let isListed = after.contains("\"standard\":15,\"minutes\":10,\"from\":\"2026-04-01\"")
            #expect(isListed)
            let id = try #require(made.text.firstMatch(of: /"id":"([0-9a-z]{26})"/)).output.1
            #expect(try await world.call(.delete, "\(address)/corrections/\(id)", as: "northhead").status == 403)
            #expect(try await world.call(.delete, "\(address)/corrections/\(id)", as: "coordination").status == 204)
            #expect(try await world.call(.delete, "\(address)/corrections/\(id)", as: "coordination").status == 404)
            #expect(try await Self.minutes(world) == before)
            let isKept = try await world.call(.get, address, as: "coordination").text.contains("\"withdrawn\":true")
            #expect(isKept)
            let entries = try await world.house.database.read {
                try Ledger.timeline(of: "time-correction", String(id), in: $0)
            }
            #expect(entries.map(\.act) == ["workload.standard-time", "workload.standard-time-withdrawn"])
            let facts = String(decoding: entries.first?.facts ?? [], as: UTF8.self)
            #expect(facts.contains("\"why\":\"窗口受理已改为免填表\""))
        }
    }

    @Test("An act of the present month changes no figure until the month is over")
    func wholeMonths() async throws {
        let acts = InventedActs()
        try await StaffingWorld.with(.sqlite, records: acts) { world in
            try Self.fill(acts, world, people: 7)
            let address = "/api/v1/workload/standard-times"
            let before = try #require(Self.line(try await world.call(.get, address, as: "coordination").text))
            let clerk = try world.scope("clerk")
            acts.pairs.withLock {
                $0.append(
                    ActPair(
                        staff: clerk.staff, post: clerk.post, from: StaffingWorld.start + .minutes(30),
                        until: StaffingWorld.start + .minutes(60)))
            }
            world.clock.advance(.days(1))
            #expect(Self.line(try await world.call(.get, address, as: "coordination").text) == before)
            world.clock.advance(.days(30))
            let april = try #require(Self.line(try await world.call(.get, address, as: "coordination").text))
            #expect(april.contains("\"records\":71,"))
        }
    }

    @Test("Once April has come the corrected time is what counts", arguments: EngineCase.available)
    func begun(engine: EngineCase) async throws {
        let acts = InventedActs()
        try await StaffingWorld.with(engine, records: acts) { world in
            try Self.fill(acts, world, people: 7)
            let address = "/api/v1/workload/standard-times"
            _ = try await world.call(.post, address + "/corrections", Self.question, as: "coordination")
            world.clock.advance(.days(31))
            let line = try #require(Self.line(try await world.call(.get, address, as: "coordination").text))
            // Beside what counts now the records have no objection, and nothing would change.
            #expect(line.contains("\"standard\":15,\"counted\":10"))
            #expect(line.contains("\"reading\":\"no-objection\",\"load\":1600,\"difference\":0"))
        }
    }

    @Test("Figures of four people are shown nowhere and carry no correction", arguments: EngineCase.available)
    func few(engine: EngineCase) async throws {
        let acts = InventedActs()
        try await StaffingWorld.with(engine, records: acts) { world in
            try Self.fill(acts, world, people: 4)
            let address = "/api/v1/workload/standard-times"
            let line = try #require(Self.line(try await world.call(.get, address, as: "coordination").text))
            #expect(
                line.contains(
                    "\"recorded\":\"few-people\",\"lower\":null,\"middle\":null,\"upper\":null,\"records\":null"))
            let refused = try await world.call(.post, address + "/corrections", Self.question, as: "coordination")
            #expect(refused.status == 422 && refused.text.contains("workload.standard-time-no-records"))
        }
    }

    @Test("What cannot be is refused, and so is who may not", arguments: EngineCase.available)
    func refused(engine: EngineCase) async throws {
        let acts = InventedActs()
        try await StaffingWorld.with(engine, records: acts) { world in
            try Self.fill(acts, world, people: 7)
            let address = "/api/v1/workload/standard-times/corrections"
            func body(
                _ minutes: String = "10", _ from: String = "2026-04-01", _ reason: String = "按记录",
                task: String = "apply"
            ) -> String {
                """
                {"item":"B0303","task":"\(task)","minutes":\(minutes),"from":"\(from)","reason":"\(reason)"}
                """
            }
            for (wrong, status) in [
                (body("0"), 422), (body("-5"), 422), (body("12"), 422), (body("15"), 422),
                (body("10", "2026-04-02"), 422),
                (body("10", "2026-02-01"), 422), (body("10", "2027-03-01"), 422), (body("10", "soon"), 422),
                (body("10", "2026-04-01", ""), 422),
                (body("10", "2026-04-01", String(repeating: "长", count: 201)), 422),
                (body(task: "none"), 404), (body(task: "contact"), 422), ("{}", 400),
            ] {
                let answer = try await world.call(.post, address, wrong, as: "coordination")
                #expect(answer.status == status, "\(wrong): \(answer.text)")
            }
            for name in ["clerk", "northhead", "fire"] {
                #expect(try await world.call(.post, address, body(), as: name).status == 403, "\(name)")
            }
            #expect(try await world.call(.post, address, body(), as: "coordination").status == 200)
            // The same again changes nothing.
            #expect(try await world.call(.post, address, body(), as: "coordination").status == 422)
        }
    }

    @Test("A rule file that names an act which matters do not have is refused at start")
    func unknownAct() async throws {
        try await StaffingWorld.with(.sqlite, records: InventedActs()) { world in
            struct Fewer: RecordedActs {
                func has(_ act: String) -> Bool { act != "finish" }
                func pairs(
                    from: String, to: String, categories: [String], since: Instant, before: Instant, limit: Int,
                    in transaction: any Transaction
                ) throws -> [ActPair] { [] }
            }
            #expect(throws: Refusal.self) {
                try Workload(
                    house: world.house, identity: world.identity, places: world.workload.places,
                    mandates: world.workload.mandates, forecast: world.workload.forecast, records: Fewer())
            }
        }
    }
}
