import Desk
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Burdens

@Suite("The anonymous pulse")
struct PulseTests {
    @Test("No group has fewer people than the least, and everybody is in one")
    func groups() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<500 {
            var people: [String: Int] = [:]
            for place in 0..<Int.random(in: 0...8, using: &random) {
                people["33010600\(place)"] = Int.random(in: 0...20, using: &random)
            }
            let all = people.values.reduce(0, +)
            let groups = PulseGroup.groups(of: people, smallest: 8)
            #expect(groups.allSatisfy { $0.size >= 8 })
            #expect(groups.reduce(0) { $0 + $1.size } == (all >= 8 ? all : 0) || groups.isEmpty && all < 8)
            let places = groups.flatMap(\.places)
            #expect(Set(places).count == places.count)
        }
    }

    @Test("A share says nothing of each: nearly all and nearly nobody are told no closer, the rest in steps of five")
    func shares() {
        #expect(PulseCounts.Share(8, of: 8) == .most && PulseCounts.Share(0, of: 8) == .few)
        #expect(PulseCounts.Share(1, of: 8) == .percent(15) && PulseCounts.Share(7, of: 8) == .percent(90))
        for whole in 8...60 {
            for count in 0...whole {
                if case .percent(let percent) = PulseCounts.Share(count, of: whole) {
                    #expect(percent % 5 == 0 && (10...90).contains(percent))
                }
            }
        }
    }

    @Test("Groups that are not shown stand in no sum, so no difference gives them away")
    func sum() throws {
        func counts(_ place: String, _ answers: Int) -> PulseCounts {
            PulseCounts(
                group: PulseGroup(places: [place], size: 12), answers: answers, counts: ["load": ["fine": answers]])
        }
        let all = [counts("a", 9), counts("b", 7), counts("c", 8)]
        let sum = try #require(PulseCounts.sum(all, smallest: 8))
        #expect(sum.answers == 17 && sum.counts["load"]?["fine"] == 17)
        // A sum of one group would say nothing more, and one of none nothing.
        #expect(PulseCounts.sum([counts("a", 9), counts("b", 7)], smallest: 8) == nil)
    }

    private func open(_ world: BurdenWorld) async throws -> Burdens.OpenedPulse {
        let (burdens, scope, now) = (world.burdens, try world.scope("coordination"), world.clock.now())
        return try await world.house.database.write { try burdens.openPulse(by: scope, at: now, in: $0) }
    }

    private static let choices =
        #"{"load":"much","pressure":"many","evenings":"weekly","forms":"third","better":"lighter"}"#

    private func answer(_ world: BurdenWorld, _ code: String, _ choices: String = choices) async throws -> Int {
        try await world.call(.post, "/api/v1/pulse-answers", #"{"code":"\#(code)","choices":\#(choices)}"#).status
    }

    @Test(
        "A slip counts once, without log-in; afterwards the database holds sums and nothing of who or when",
        arguments: EngineCase.available)
    func counted(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            let opened = try await open(world)
            // The small street is asked together with another.
            #expect(opened.groups.map(\.group.size).reduce(0, +) == 24)
            #expect(opened.groups.allSatisfy { $0.group.size >= 8 && $0.codes.count == $0.group.size })
            let code = opened.groups[0].codes[3]
            func rows(_ table: StaticString) async throws -> Int64 {
                try await world.house.database.read {
                    try $0.first("SELECT COUNT(*) FROM \(trusted: table)")?.int(0) ?? 0
                }
            }
            let (ledger, answers) = (try await rows("ledger_entries"), try await rows("answers"))
            #expect(try await answer(world, code.lowercased()) == 200)
            #expect(try await answer(world, code) == 404, "a slip counts once")
            #expect(try await answer(world, "AAAAA-AAAAA") == 404)
            let other = opened.groups[0].codes[4]
            #expect(try await answer(world, other, #"{"load":"much"}"#) == 422, "each question has an answer")
            #expect(try await rows("ledger_entries") == ledger)
            #expect(try await rows("answers") == answers)
            #expect(try await rows("pulse_slips") == 23)
            let counts = try await world.house.database.read { try PulseStore.counts(of: opened.round.id, in: $0) }
            #expect(counts.map(\.answers).reduce(0, +) == 1)
            #expect(counts[0].counts["pressure"] == ["many": 1] || counts[1].counts["pressure"] == ["many": 1])
        }
    }

    @Test(
        "Nothing is shown while a round is open, nor of groups with few answers, and one round is open at a time",
        arguments: EngineCase.available)
    func shown(engine: EngineCase) async throws {
        try await BurdenWorld.with(engine) { world in
            let opened = try await open(world)
            let second = await #expect(throws: Refusal.self) { try await open(world) }
            #expect(second?.code == "pulse.open")
            for code in opened.groups[0].codes.prefix(8) { #expect(try await answer(world, code) == 200) }
            for code in opened.groups[1].codes.prefix(7) { #expect(try await answer(world, code) == 200) }
            let address = "/api/v1/pulse-rounds/\(opened.round.id)"
            let during = try await world.call(.get, address, as: "northhead")
            #expect(during.status == 200 && !during.text.contains("\"share\""))
            world.clock.advance(.days(11))
            let after = try await world.call(.get, address, as: "northhead")
            #expect(after.text.contains("over 90%"))
            #expect(after.text.contains("\"answers\":8") && !after.text.contains("\"answers\":7"))
            #expect(try await answer(world, opened.groups[0].codes[8]) == 404, "the round is over")
            let today = world.clock.now().local().day
            try await world.house.database.write { try PulseStore.forgetSlips(closedBefore: today, in: $0) }
            let left = try await world.house.database.read {
                try $0.first("SELECT COUNT(*) FROM pulse_slips")?.int(0)
            }
            #expect(left == 0)
            let id = opened.round.id.text
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "pulse", id, in: $0).map(\.act)
            }
            #expect(acts == ["pulse.opened"])
        }
    }
}
