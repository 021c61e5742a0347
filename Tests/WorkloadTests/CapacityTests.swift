import Desk
import Ground
import HTTPTypes
import Ledger
import Mandates
import Storage
import StorageTesting
import Testing
import WorkCalendar

@testable import Workload

@Suite("The time that there is: leave, training, people lent and sent down")
struct CapacityTests {
    /// From the first of the sheet's months, 2026-03-02.
    private static let today = StaffingWorld.start.local().day

    private static func entry(
        _ kind: CapacityEntry.Kind, _ people: Int64, days: Int, in area: String = StaffingWorld.south + "001",
        role: String = "community_clerk"
    ) throws -> CapacityEntry {
        CapacityEntry(
            kind: kind, area: try #require(AreaPrefix(area)), role: role, people: people, from: today,
            until: today + (days - 1))
    }

    private static func sheet(_ world: StaffingWorld) async throws -> LoadSheet {
        try await world.workload.forecast.sheet(from: LoadMonth(of: today), at: world.clock.now()).sheet
    }

    private static func enter(_ entry: CapacityEntry, _ world: StaffingWorld) async throws -> KeptCapacity {
        let (workload, scope, now) = (world.workload, try world.scope("coordination"), world.clock.now())
        return try await world.house.database.write { try workload.enter(entry, by: scope, at: now, in: $0) }
    }

    /// Minutes of working days in so many days from today.
    private static func minutes(_ people: Int64, days: Int, _ world: StaffingWorld) -> Int64 {
        let time = world.workload.forecast.time
        return people * Int64(time.calendar.workdays(after: today - 1, through: today + (days - 1)))
            * (time.hours.dailyLength / 60_000)
    }

    @Test("How full posts are stands on the board as on the sheet, by area", arguments: EngineCase.available)
    func board(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            let (board, sheet) = (world.workload.board, try await Self.sheet(world))
            let clerk = try #require(AreaPrefix(StaffingWorld.north + "001"))
            #expect(board.saturation(of: clerk) == nil, "nothing is known before the first sheet")
            try await world.workload.refreshBoard()
            for code in [clerk.code, StaffingWorld.south + "001", StaffingWorld.north] {
                let area = try #require(AreaPrefix(code))
                let own = sheet.posts.indices.filter { sheet.posts[$0].area == area }
                #expect(board.saturation(of: area) == sheet.sum(of: own).saturation(ofMonth: 0))
            }
            #expect(board.saturation(of: clerk).map { $0 > 0 } == true)
            #expect(board.saturation(of: try #require(AreaPrefix(StaffingWorld.north + "003"))) == nil)
        }
    }

    @Test(
        "A street’s means are its people in such posts, their qualifications and the training entered, and no others’",
        arguments: EngineCase.available)
    func means(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            let compared = ComparedMeans(
                roles: ["street_handler", "community_clerk"], qualifications: ["enforcement"], trainingDays: 30)
            func known(_ area: String) async throws -> KnownMeans {
                let (forecast, street, now) = (
                    world.workload.forecast, try #require(AreaPrefix(area)), world.clock.now()
                )
                return try await world.house.database.read {
                    try forecast.means(of: street, for: compared, at: now, in: $0)
                }
            }
            #expect(try await known(StaffingWorld.south) == KnownMeans(staff: 7))
            let details = "/api/v1/staffing/posts/"
            for (name, body) in [
                ("handler", #"{"grade":2,"qualifications":["enforcement"]}"#), ("clerk", #"{"grade":2}"#),
            ] {
                let post = try world.scope(name).post
                #expect(try await world.call(.put, details + "\(post)", body, as: "northhead").status == 200)
            }
            #expect(try await known(StaffingWorld.north) == KnownMeans(staff: 2, qualified: 1))
            // Two people for one working day that has been; what is to come does not count yet.
            _ = try await Self.enter(try Self.entry(.training, 2, days: 5), world)
            #expect(try await known(StaffingWorld.south).trainingHours == Self.minutes(2, days: 1, world) / 60)
            world.clock.advance(.days(60))
            #expect(try await known(StaffingWorld.south).trainingHours == nil)
        }
    }

    @Test(
        "Leave that is entered falls where it is, in place of the average: the year's time is the same",
        arguments: EngineCase.available)
    func inPlace(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            let before = try await Self.sheet(world)
            _ = try await Self.enter(try Self.entry(.leave, 2, days: 7), world)
            _ = try await Self.enter(try Self.entry(.training, 1, days: 7), world)
            let after = try await Self.sheet(world)
            #expect(after.capacity.reduce(0, +) == before.capacity.reduce(0, +))
            let (then, now) = (
                before.sum(of: before.posts.indices).capacityOfMonth[0],
                after.sum(of: after.posts.indices).capacityOfMonth[0]
            )
            #expect(now < then)
            #expect(after.load == before.load, "what there is to do does not change")
        }
    }

    @Test(
        "What goes beyond the average is taken besides, to the minute; cadres sent down bring theirs, until taken back",
        arguments: EngineCase.available)
    func exact(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            let rules = world.workload.forecast.rules
            let day = world.workload.forecast.time.hours.dailyLength / 60_000
            let before = try await Self.sheet(world).capacity.reduce(0, +)
            let lent = try await Self.enter(try Self.entry(.lent, 1, days: 20), world)
            #expect(
                try await Self.sheet(world).capacity.reduce(0, +) == before - Self.minutes(1, days: 20, world))
            let sent = try await Self.enter(try Self.entry(.sentDown, 3, days: 20), world)
            #expect(
                try await Self.sheet(world).capacity.reduce(0, +) == before + Self.minutes(2, days: 20, world))
            let (workload, scope, now) = (world.workload, try world.scope("coordination"), world.clock.now())
            for id in [lent.id, sent.id] {
                try await world.house.database.write {
                    try workload.withdraw(capacity: id, by: scope, at: now, in: $0)
                }
            }
            #expect(try await Self.sheet(world).capacity.reduce(0, +) == before)
            // All six on leave for 28 days: 20 working days each, of which the rules have taken ten already.
            _ = try await Self.enter(try Self.entry(.leave, 6, days: 28), world)
            let taken = Self.minutes(6, days: 28, world) - 6 * rules.leaveDays * day
            #expect(taken > 0)
            #expect(try await Self.sheet(world).capacity.reduce(0, +) == before - taken)
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "capacity-entry", lent.id.text, in: $0).map(\.act)
            }
            #expect(acts == ["workload.capacity", "workload.capacity-withdrawn"])
        }
    }

    @Test("Cadres sent down to a crowded street leave less over for a proposal", arguments: EngineCase.available)
    func proposals(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            let before = try await world.propose()
            #expect(before.over > 0)
            _ = try await Self.enter(
                try Self.entry(.sentDown, 2, days: 200, in: StaffingWorld.north, role: "street_handler"), world)
            _ = try await Self.enter(
                try Self.entry(.sentDown, 2, days: 200, in: StaffingWorld.north), world)
            let after = try await world.propose()
            #expect(after.over < before.over)
            #expect((after.missing, after.yuan) < (before.missing, before.yuan))
        }
    }

    @Test("What cannot be is refused, and so is who may not", arguments: EngineCase.available)
    func refused(engine: EngineCase) async throws {
        try await StaffingWorld.with(engine) { world in
            let south = StaffingWorld.south + "001"
            func body(
                _ kind: String = "leave", _ area: String = south, _ role: String = "community_clerk",
                _ people: String = "2", _ from: String = "2026-03-09", _ until: String = "2026-03-13"
            ) -> String {
                """
                {"kind":"\(kind)","area":"\(area)","role":"\(role)","people":\(people),"from":"\(from)","until":"\(until)"}
                """
            }
            let address = "/api/v1/workload/capacity"
            for (wrong, status) in [
                (body("holiday"), 422), (body("leave", "330102001"), 422), (body("leave", south + "001"), 422),
                (body("leave", StaffingWorld.county), 422), (body("leave", south, "street_leader"), 422),
                (body("leave", south, "grid_worker"), 422), (body("leave", south, "community_clerk", "7"), 422),
                (body("leave", south, "community_clerk", "0"), 422),
                (body("leave", south, "community_clerk", "-1"), 422),
                (body("leave", south, "community_clerk", "1", "2026-03-13", "2026-03-09"), 422),
                (body("leave", south, "community_clerk", "1", "2026-01-05", "2026-01-09"), 422),
                (body("leave", south, "community_clerk", "1", "soon"), 422), ("{}", 400),
            ] {
                let answer = try await world.call(.post, address, wrong, as: "coordination")
                #expect(answer.status == status, "\(wrong): \(answer.text)")
            }
            // A clerk enters nothing; the other street's head not here.
            #expect(try await world.call(.post, address, body(), as: "clerk").status == 403)
            #expect(try await world.call(.post, address, body(), as: "northhead").status == 422)
            let made = try await world.call(.post, address, body(), as: "coordination")
            #expect(made.status == 200, "\(made.text)")
            #expect(try await world.call(.get, address, as: "coordination").text.contains("\"people\":2"))
            #expect(!(try await world.call(.get, address, as: "northhead").text.contains("\"people\"")))
            let id = try #require(made.text.firstMatch(of: /"id":"([0-9a-z]{26})"/)).output.1
            #expect(try await world.call(.delete, "\(address)/\(id)", as: "northhead").status == 404)
            #expect(try await world.call(.delete, "\(address)/\(id)", as: "coordination").status == 204)
            #expect(try await world.call(.delete, "\(address)/\(id)", as: "coordination").status == 404)
        }
    }

    @Test("Lists and sums of entries are served by an index")
    func plans() async throws {
        try await StaffingWorld.with(.sqlite) { world in
            let scope = try world.scope("coordination")
            for query in [
                CapacityStore.pageQuery(within: scope.area, for: scope, after: nil, limit: 50),
                CapacityStore.entriesQuery(within: scope.area, from: Self.today, until: Self.today + 300),
            ] {
                let plan = try await world.house.database.read {
                    try $0.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                }
                #expect(plan.contains { $0.contains("SEARCH") } && !plan.contains { $0.contains("SCAN") }, "\(plan)")
            }
        }
    }
}
