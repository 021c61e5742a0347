import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Emergencies

struct HandOverTests {
    @Test(
        "Who sends counts out, who receives counts in, and the sums agree at every step",
        arguments: EngineCase.available)
    func whole(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            guard case .done(let sent) = try await world.send(chain, 12) else {
                Issue.record("not sent")
                return
            }
            var state = try await world.state(chain.event.id)
            #expect(state.holdings.map(\.count) == [18])
            #expect(sent.outstanding == 12)
            #expect(state.imbalances.isEmpty)
            _ = try await world.take(
                HandOverReport(.receive, slip: sent.slip, count: 12), chain, by: "southduty")
            state = try await world.state(chain.event.id)
            #expect(Set(state.holdings.map(\.count)) == [18, 12])
            #expect(state.handOvers.map(\.state) == [.received])
            #expect(state.imbalances.isEmpty)
        }
    }

    @Test("The same people cannot be sent twice, and who sends cannot acknowledge", arguments: EngineCase.available)
    func once(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            _ = try await world.send(chain, 20)
            let twice = await #expect(throws: Refusal.self) { _ = try await world.send(chain, 20) }
            #expect(twice?.code == "emergencies.not-there")
            _ = try await world.send(chain, 10, by: "coordination")
            let own = await #expect(throws: Refusal.self) {
                _ = try await world.take(HandOverReport(.receive, slip: 2, count: 10), chain, by: "coordination")
            }
            #expect(own?.code == "emergencies.own-hand-over")
            let other = await #expect(throws: Refusal.self) {
                _ = try await world.take(HandOverReport(.receive, slip: 1, count: 20), chain, by: "northhand")
            }
            #expect(other?.code == "emergencies.other-site")
        }
    }

    @Test(
        "An unacknowledged hand-over alarms the receiver's head, then coordination, until it is acknowledged",
        arguments: EngineCase.available)
    func alarms(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            _ = try await world.send(chain, 12)
            try await world.watch()
            #expect(try await world.notices("southhead", "emergencies.alarm", about: "第 1 号交接") == 0)
            world.clock.advance(.minutes(91))
            try await world.watch()
            try await world.watch()
            #expect(try await world.notices("southhead", "emergencies.alarm", about: "第 1 号交接") == 1)
            let before = try await world.notices("coordination", "emergencies.alarm", about: "第 1 号交接")
            world.clock.advance(.minutes(16))
            try await world.watch()
            #expect(try await world.notices("coordination", "emergencies.alarm", about: "第 1 号交接") > before)
            var mine = try await world.state(chain.event.id).alarms.filter { $0.subject.hasPrefix("hand-over:") }
            #expect(mine.map(\.level) == [2, 1])
            _ = try await world.take(HandOverReport(.receive, slip: 1, count: 12), chain, by: "southduty")
            mine = try await world.state(chain.event.id).alarms.filter { $0.subject.hasPrefix("hand-over:") }
            #expect(mine.allSatisfy { $0.endedAt != nil })
            world.clock.advance(.hours(2))
            try await world.watch()
            #expect(
                try await world.state(chain.event.id).alarms.filter { $0.subject.hasPrefix("hand-over:") }.count == 2)
        }
    }

    @Test("A difference stays in the hand-over until the commander explains it", arguments: EngineCase.available)
    func difference(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            _ = try await world.send(chain, 12)
            guard
                case .done(let short) = try await world.take(
                    HandOverReport(.receive, slip: 1, count: 10), chain, by: "southduty")
            else {
                Issue.record("not received")
                return
            }
            #expect(short.state == .difference && short.outstanding == 2)
            let coordination = try world.scope("coordination")
            let when = try world.when()
            let early = await #expect(throws: Refusal.self) {
                _ = try await world.write { try $0.end(chain.event.id, when, by: coordination, in: $1) }
            }
            #expect(early?.code == "emergencies.still-open")
            world.clock.advance(.minutes(31))
            try await world.watch()
            #expect(try await world.notices("southhead", "emergencies.alarm", about: "第 1 号交接") == 1)
            let later = try world.when()
            let settled = try await world.write {
                try $0.settle(1, reason: "hospital", of: chain.event.id, later, by: coordination, in: $1)
            }
            #expect(settled.state == .settled && settled.writtenOff == 2)
            #expect(try await world.state(chain.event.id).imbalances.isEmpty)
            let ended = try await world.write { try $0.end(chain.event.id, later, by: coordination, in: $1) }
            #expect(!ended.isRunning)
        }
    }

    @Test(
        "What comes late and contradicts what stands is kept beside it, and the commander decides",
        arguments: EngineCase.available)
    func conflict(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            _ = try await world.send(chain, 12)
            world.clock.advance(.minutes(30))
            _ = try await world.take(HandOverReport(.receive, slip: 1, count: 12), chain, by: "southduty")
            world.clock.advance(.minutes(60))
            // The head wrote eleven on paper half an hour ago.
            let report = HandOverReport(.receive, slip: 1, count: 11)
            let paper = try world.when(55, paper: true)
            guard case .queued(let id, _) = try await world.take(report, chain, by: "southhead", paper) else {
                Issue.record("not queued")
                return
            }
            guard case .queued(let again, _) = try await world.take(report, chain, by: "southhead", paper) else {
                Issue.record("not queued again")
                return
            }
            #expect(again == id)
            #expect(try await world.state(chain.event.id).handOvers.map(\.received) == [12])
            let coordination = try world.scope("coordination")
            let now = world.clock.now()
            try await world.write {
                try $0.decide(id, of: chain.event.id, takes: true, why: "复点为 11", by: coordination, at: now, in: $1)
            }
            let state = try await world.state(chain.event.id)
            #expect(state.handOvers.map(\.received) == [11])
            #expect(state.handOvers.map(\.state) == [.difference])
            #expect(state.conflicts.map(\.state) == ["taken"])
            #expect(state.imbalances.isEmpty)
        }
    }

    @Test("A receipt that comes in before its sending waits for it and then counts", arguments: EngineCase.available)
    func outOfOrder(engine: EngineCase) async throws {
        try await EmergencyWorld.with(engine) { world in
            let chain = try await world.chain()
            let (north, now) = (try world.scope("northduty"), world.clock.now())
            let slips = try await world.write {
                try $0.reserveSlips(5, of: chain.event.id, by: north, at: now, in: $1)
            }
            world.clock.advance(.minutes(60))
            let receipt = HandOverReport(.receive, slip: slips.lowerBound, count: 9)
            guard case .queued = try await world.take(receipt, chain, by: "southduty", try world.when(20)) else {
                Issue.record("not queued")
                return
            }
            guard
                case .done(let matched) = try await world.send(
                    chain, 9, slip: slips.lowerBound, try world.when(50, paper: true))
            else {
                Issue.record("not sent")
                return
            }
            #expect(matched.state == .received && matched.received == 9)
            guard
                case .same = try await world.send(chain, 9, slip: slips.lowerBound, try world.when(50, paper: true))
            else {
                Issue.record("counted twice")
                return
            }
            let state = try await world.state(chain.event.id)
            #expect(state.conflicts.map(\.state) == ["matched"])
            #expect(state.holdings.map(\.count).reduce(0, +) == 30)
            #expect(state.imbalances.isEmpty)
            let unknown = await #expect(throws: Refusal.self) { _ = try await world.send(chain, 1, slip: 999) }
            #expect(unknown?.code == "emergencies.no-such-number")
        }
    }

    @Test(
        "In any run of acts, late and early ones among them, everybody is at one site or in one open hand-over",
        arguments: EngineCase.available, [UInt64(1), 2, 3])
    func conservation(engine: EngineCase, seed: UInt64) async throws {
        try await EmergencyWorld.with(engine) { world in
            var random = SeededRandom(seed: seed)
            let chain = try await world.chain(40)
            let coordination = try world.scope("coordination")
            for _ in 0..<120 {
                world.clock.advance(.minutes(Int64.random(in: 0...20, using: &random)))
                let slip = Int64.random(in: 1...12, using: &random)
                let count = Int64.random(in: 0...15, using: &random)
                let back = Bool.random(using: &random)
                let when = try world.when(
                    Int64.random(in: 0...40, using: &random), paper: Bool.random(using: &random))
                let name = ["northduty", "southduty", "southhead", "coordination"].randomElement(using: &random)
                let known = Bool.random(using: &random) ? slip : nil
                let report: HandOverReport =
                    switch Int.random(in: 0...3, using: &random) {
                    case 0:
                        HandOverReport(
                            .send, slip: known, lot: chain.lot, from: back ? chain.there : chain.here,
                            to: back ? chain.here : chain.there, count: count)
                    case 1, 2: HandOverReport(.receive, slip: slip, count: count)
                    default: HandOverReport(.giveBack, slip: slip, count: count)
                    }
                do { _ = try await world.take(report, chain, by: name ?? "northduty", when) } catch is Refusal {}
                var state = try await world.state(chain.event.id)
                #expect(state.imbalances.isEmpty)
                if let waiting = state.conflicts.first(where: { $0.state == "waiting" }), back {
                    let now = world.clock.now()
                    let takes = Bool.random(using: &random)
                    do {
                        try await world.write {
                            try $0.decide(
                                waiting.id, of: chain.event.id, takes: takes, why: "核定", by: coordination, at: now,
                                in: $1)
                        }
                    } catch is Refusal {}
                }
                state = try await world.state(chain.event.id)
                #expect(state.imbalances.isEmpty)
                let lot = try #require(state.lots.first)
                let there = state.holdings.map(\.count).reduce(0, +)
                let way = state.handOvers.map(\.outstanding).reduce(0, +)
                #expect(there + way == lot.registered + lot.surplus - lot.writtenOff)
            }
        }
    }
}
