import Cases
import Desk
import Ground
import Storage
import Testing

@testable import Burdens
@testable import Funds
@testable import Mandates

/// What the report cards tell besides.
extension AccountCounty {
    /// Work on no list goes to the streets at a price: the north does half of it and waits for its money, the south declines.
    func bought() async throws {
        let (mandates, fire, now) = (mandates, try scope("fire"), clock.now())
        let content = DemandContent(
            kind: .task, title: "楼道电动车夜查", purpose: "减少火灾", basis: "《消防法》第五条", area: Self.county.code, level: .grid,
            minutes: 60, times: 4, from: now.local().day + 30, until: now.local().day + 120)
        let answer = try await mandates.answer(to: content, by: fire, at: now)
        let (north, south, coordinator) = (try scope("northhead"), try scope("southhead"), try scope("coordinator"))
        try await house.database.write { transaction in
            let demand = try mandates.file(content, answer: answer, by: fire, at: now, in: transaction)
            for street in [north, south] {
                _ = try mandates.act(
                    .hear(agrees: true, words: ""), on: demand.id, by: street, at: now, in: transaction)
            }
            _ = try mandates.act(.offer(words: "按价提供"), on: demand.id, by: coordinator, at: now, in: transaction)
            _ = try mandates.act(.accept, on: demand.id, by: fire, at: now, in: transaction)
            for contract in try ContractStore.of(demand.id, in: transaction) {
                guard contract.area == Self.north else {
                    _ = try mandates.act(.decline, on: contract.id, by: south, at: now, in: transaction)
                    continue
                }
                for (command, scope) in [
                    (ContractCommand.agree(conditions: ""), north), (.deliver(quantity: contract.quantity / 2), north),
                    (.accept, fire),
                ] {
                    _ = try mandates.act(command, on: contract.id, by: scope, at: now, in: transaction)
                }
            }
        }
    }

    func ordered(_ power: String, thenGivenBack: Bool = false) async throws {
        let (mandates, north, now) = (mandates, try scope("northhead"), clock.now())
        try await house.database.write { transaction in
            let grant = try mandates.order(power, by: north, at: now, in: transaction)
            if thenGivenBack {
                _ = try mandates.act(.giveBack, on: grant.id, by: north, at: now, in: transaction)
            }
        }
    }

    /// A whistle of the north for the fire department, which says nothing.
    func called() async throws {
        let (cases, now, duty, head) = (cases, clock.now(), try scope("northduty"), try scope("northhead"))
        var approve = Command("approve-whistle", opinion: "同意")
        approve.bodies = [try #require(bodies["fire"])]
        let command = approve
        try await house.database.write { transaction in
            let whistle = try cases.begin(
                Beginning(kind: "whistle", variant: "alone", title: "楼道堵塞", detail: "请到场", area: Self.north), by: duty,
                at: now, in: transaction)
            _ = try cases.act(
                whistle.id, command, by: .staff(head), actor: Actor(head), at: now, in: transaction)
        }
    }

    /// Forms of the fire department, cut once, come more often again: people were told.
    func risen() async throws {
        let now = clock.now()
        try await house.database.write { transaction in
            _ = try RiseStore.tell(
                Rebound.Rise(before: 8, lowest: 1, now: 3), "fire", .form, at: now, in: transaction)
        }
    }

    func paidIn() async throws {
        let (funds, fire, north, now) = (funds, try scope("fire"), try scope("northhead"), clock.now())
        try await house.database.write { transaction in
            for yuan in [Int64(800), 300] {
                let line = try funds.allot(
                    NewBudgetLine(area: Self.north.code, title: "消防巡查补助", yuan: yuan, paper: "财 1 号"), by: fire,
                    at: now, in: transaction)
                _ = try funds.write(
                    .spend, 120, words: "购灭火器", paper: "发票 1", on: line.id, by: north, at: now, in: transaction)
            }
        }
    }

    /// 10 % of the county, 12 % of a street: a fifth on top.
    func targets() async throws {
        let (burdens, fire, now) = (burdens, try scope("fire"), clock.now())
        try await house.database.write { transaction in
            let first = try burdens.set(
                TargetAsked(indicator: "隐患整改率", area: Self.county.code, value: "10", unit: "%", year: 2026), by: fire,
                at: now, in: transaction)
            _ = try burdens.set(
                TargetAsked(
                    parent: first.id, indicator: "隐患整改率", area: Self.north.code, value: "12", unit: "%", year: 2026),
                by: fire, at: now, in: transaction)
        }
    }
}
