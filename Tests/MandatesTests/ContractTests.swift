import Desk
import Ground
import HTTPTypes
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Mandates

@Suite("Bought work")
struct ContractTests {
    @Test("Every run of a contract ends, and the proof finds what would not")
    func proof() {
        #expect(ContractCourse.faults().isEmpty)
        var circle = ContractCourse.moves
        circle.append(.init(act: .end, from: .delivered, to: .agreed, by: .receiver))
        #expect(ContractCourse.faults(circle).contains { $0.contains("comes round") })
        let silent = ContractCourse.moves.filter { $0.act != .acceptanceLapses }
        #expect(ContractCourse.faults(silent).contains { $0.contains("delivered") })
    }

    @Test("Parts of the work are worth parts of the price; all of it exactly the price, none of it nothing")
    func worth() throws {
        var random = SeededRandom(seed: 9)
        var contract = try Self.sample()
        for _ in 0..<500 {
            contract.quantity = Int64.random(in: 1...5_000, using: &random)
            contract.yuan = Int64.random(in: 0...1_000_000, using: &random)
            let part = Int64.random(in: 0...contract.quantity, using: &random)
            #expect(contract.worth(contract.quantity) == contract.yuan && contract.worth(0) == 0)
            #expect((0...contract.yuan).contains(contract.worth(part)))
            #expect(contract.worth(part) <= contract.worth(part + 1))
        }
    }

    private static func sample() throws -> Contract {
        let ids = IdentifierSource(seed: 1)
        return Contract(
            id: ids.next(at: DutyWorld.start), number: "购买2026-0001", demand: ids.next(at: DutyWorld.start),
            title: "夜查",
            buyer: Departments.id("fire"), buyerName: "fire", area: try #require(AreaPrefix(DutyWorld.north)),
            quantity: 24, yuan: 240, from: DutyWorld.today, until: DutyWorld.today + 30, conditions: "",
            stage: .offered, delivered: 0, accepted: 0, paid: 0, isByHired: false, minutes: 60, times: 4, level: .grid,
            roles: ["grid_worker"], dueAt: nil, version: 1)
    }

    @Test(
        "A price that its sender accepts becomes a contract with each street; the parts add up to the price",
        arguments: EngineCase.available)
    func opened(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let contracts = try await world.bought()
            // Ten grids, six of them in the north; 400 yuan; four times each.
            #expect(contracts.map(\.yuan) == [240, 160])
            #expect(contracts.map(\.quantity) == [24, 16])
            #expect(contracts.map(\.number) == ["购买2026-0001", "购买2026-0002"])
            #expect(contracts.allSatisfy { $0.stage == .offered && $0.reserved == 0 })
        }
    }

    @Test(
        "Work may be sent only where the street agreed, and the admission alone carries none",
        arguments: EngineCase.available)
    func ground(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let contracts = try await world.bought()
            let north = try await world.act(.agree(conditions: "配备手电"), on: contracts[0], by: "northhead")
            #expect(north.stage == .agreed && north.conditions == "配备手电" && north.reserved == 240)
            try await world.act(.decline, on: contracts[1], by: "southhead")
            let day = north.from
            let areas = try [DutyWorld.north, DutyWorld.south].map { try #require(AreaPrefix($0)) }
            try await world.house.database.read { transaction in
                try Mandates.requireGround(.contract(contracts[0].number), area: areas[0], on: day, in: transaction)
                for (ground, area) in [
                    (WorkGround.contract(contracts[0].number), areas[1]), (.contract(contracts[1].number), areas[1]),
                    (.admission("准入2026-0001"), areas[0]), (.contract("购买2026-0099"), areas[0]),
                    (.item("X1"), areas[0]), (.item("R0401"), areas[0]),
                ] {
                    let refusal = #expect(throws: Refusal.self) {
                        try Mandates.requireGround(ground, area: area, on: day, in: transaction)
                    }
                    #expect(refusal?.code == "mandates.no-ground")
                }
                try Mandates.requireGround(.item("C0101"), area: areas[0], on: day, in: transaction)
            }
        }
    }

    @Test(
        "Both sides accept, then it is paid; what was set aside is paid or goes back, to the yuan",
        arguments: EngineCase.available)
    func paid(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            var contract = try await world.bought()[0]
            contract = try await world.act(.agree(conditions: ""), on: contract, by: "northhead")
            let early = await #expect(throws: Refusal.self) { try await world.act(.pay, on: contract, by: "fire") }
            #expect(early?.code == "contracts.stage")
            contract = try await world.act(.deliver(quantity: 20), on: contract, by: "northhead")
            // One side alone closes nothing.
            let alone = await #expect(throws: Refusal.self) {
                try await world.act(.accept, on: contract, by: "northhead")
            }
            #expect(alone?.kind == .forbidden)
            contract = try await world.act(.accept, on: contract, by: "fire")
            contract = try await world.act(.pay, on: contract, by: "fire")
            #expect(contract.stage == .paid && contract.paid == 200 && contract.reserved == 0)
            let id = contract.id.text
            let acts = try await world.house.database.read {
                try Ledger.timeline(of: "contract", id, in: $0).map(\.act)
            }
            #expect(
                acts == [
                    "contracts.offered", "contracts.agree", "contracts.deliver", "contracts.accept", "contracts.pay",
                ])
        }
    }

    @Test("Silence takes no contract, and does not keep who delivered waiting", arguments: EngineCase.available)
    func silence(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let contracts = try await world.bought()
            var north = try await world.act(.agree(conditions: ""), on: contracts[0], by: "northhead")
            try await world.pass(days: 10)
            let scope = try world.scope("coordination")
            func now(_ one: Contract) async throws -> Contract {
                try #require(try await world.house.database.read { try ContractStore.find(one.id, for: scope, in: $0) })
            }
            #expect(try await now(contracts[1]).stage == .declined)
            north = try await world.act(.deliver(quantity: 24), on: try await now(north), by: "northhead")
            try await world.pass(days: 10)
            #expect(try await now(north).stage == .disputed)
            try await world.pass(days: 10)
            let settled = try await now(north)
            #expect(settled.stage == .accepted && settled.accepted == 24)
            // A debt stays one, and is told again and again.
            try await world.pass(days: 10)
            try await world.pass(days: 10)
            #expect(try await now(north).stage == .accepted)
            let reminders = try await world.house.database.query(
                "SELECT 1 FROM ledger_entries WHERE act = 'contracts.unpaid'")
            #expect(reminders.count == 2)
        }
    }

    @Test(
        "More than was bought cannot be delivered, nor less than nothing; a settlement needs its reason",
        arguments: EngineCase.available)
    func quantities(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            var contract = try await world.bought()[0]
            contract = try await world.act(.agree(conditions: ""), on: contract, by: "northhead")
            for quantity in [-1, 25] as [Int64] {
                let refusal = await #expect(throws: Refusal.self) {
                    try await world.act(.deliver(quantity: quantity), on: contract, by: "northhead")
                }
                #expect(refusal?.code == "contracts.quantity")
            }
            contract = try await world.act(.deliver(quantity: 24), on: contract, by: "northhead")
            contract = try await world.act(.contest(words: "只看到一半"), on: contract, by: "fire")
            let wordless = await #expect(throws: Refusal.self) {
                try await world.act(.settle(quantity: 12, words: " "), on: contract, by: "coordination")
            }
            #expect(wordless?.code == "contracts.words")
            contract = try await world.act(.settle(quantity: 12, words: "核对记录"), on: contract, by: "coordination")
            contract = try await world.act(.pay, on: contract, by: "fire")
            #expect(contract.paid == 120)
        }
    }

    @Test("Each side sees its own contracts only; pages and interface do the same", arguments: EngineCase.available)
    func scope(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let contracts = try await world.bought()
            let id = contracts[0].id
            for name in ["coordination", "fire", "northhead"] {
                #expect(try await world.call(.get, "/contracts/\(id)", as: name).status == 200, "\(name)")
                #expect(try await world.call(.get, "/api/v1/contracts/\(id)", as: name).status == 200, "\(name)")
            }
            for name in ["health", "southhead"] {
                #expect(try await world.call(.get, "/contracts/\(id)", as: name).status == 404, "\(name)")
                let list = try await world.call(.get, "/api/v1/contracts", as: name)
                #expect(!list.text.contains(contracts[0].number), "\(name)")
            }
            for path in ["/contracts", "/contracts/export"] {
                #expect(try await world.call(.get, path, as: "northhead").status == 200)
            }
            let agreed = try await world.call(
                .post, "/api/v1/contracts/\(id)/acts", "{\"act\":\"agree\"}", as: "northhead")
            #expect(agreed.status == 200 && agreed.text.contains("\"stage\":\"agreed\""))
            let wrong = try await world.call(
                .post, "/api/v1/contracts/\(id)/acts", "{\"act\":\"deliver\"}", as: "northhead")
            #expect(wrong.status == 422)
        }
    }
}
