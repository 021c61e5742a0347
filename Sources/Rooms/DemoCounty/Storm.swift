import Desk
import Emergencies
import Ground
import Storage

/// Who is on duty in the streets, and a storm exercise that was played through and ended: through the same rules as a
/// real one.
struct Storm: Sendable {
    let stage: Stage
    let emergencies: Emergencies
    let house: House

    /// Two weeks behind and two ahead, from eight to eight.
    func roster(around day: Day) async throws {
        for street in stage.streets {
            guard let leader = street.leaders.first, !street.dispatchers.isEmpty else { continue }
            let hands = street.dispatchers + street.handlers
            try await house.database.write { transaction in
                for offset in -7...14 {
                    let from = Instant(LocalTime(day: day + offset, hour: 8))
                    let index = offset + 7
                    for (kind, people) in [("lead", street.leaders), ("duty", hands)] {
                        _ = try emergencies.plan(
                            PlannedShift(
                                area: street.area, kind: kind, person: people[index % people.count].post.text,
                                from: from, until: from + .hours(24)),
                            by: leader, at: Instant(LocalTime(day: day - 8, hour: 9)), in: transaction)
                    }
                }
            }
        }
    }

    func exercise(on day: Day) async throws {
        guard let street = stage.streets.first, let command = stage.coordination.first,
            let community = street.communities.first, let leader = street.leaders.first,
            let dispatcher = street.dispatchers.first, let hand = community.handlers.first
        else { return }
        @Sendable func at(_ hour: Int, _ minute: Int) throws -> Occurrence {
            let instant = Instant(LocalTime(day: day, hour: hour, minute: minute))
            return try Occurrence(instant, at: instant)
        }
        try await house.database.write { transaction in
            let event = try emergencies.start(
                plan: "storm", level: .third, area: street.area, title: "防台风转移安置演练", isExercise: true, try at(9, 0),
                by: command, in: transaction)
            for (position, scope) in ([command, leader] + street.communities.compactMap(\.handlers.first)).enumerated()
            {
                for number in try emergencies.calls(of: scope.staff, in: event.id, transaction) {
                    _ = try emergencies.reached(
                        number, of: event.id, try at(9, 2 + min(position, 8)), by: scope, in: transaction)
                }
            }
            let now = try at(9, 10).receivedAt
            let home = try emergencies.addSite(
                community.name, area: community.area, to: event.id, by: command, at: now, in: transaction)
            let shelter = try emergencies.addSite(
                "街道文体中心安置点", area: street.area, to: event.id, by: command, at: now, in: transaction)
            let people = try emergencies.register(
                .people, label: "沿河低洼处住户", unit: "人", count: 46, at: home.id, of: event.id, try at(9, 20), by: hand,
                in: transaction)
            let beds = try emergencies.register(
                .goods, label: "折叠床", unit: "张", count: 60, at: shelter.id, of: event.id, try at(9, 25),
                by: dispatcher, in: transaction)
            try move(
                event.id, 24, people.id, home.id, shelter.id, hand, dispatcher, 24, try at(9, 40), try at(10, 5),
                transaction)
            try move(
                event.id, 22, people.id, home.id, shelter.id, hand, dispatcher, 21, try at(9, 55), try at(10, 25),
                transaction)
            _ = try emergencies.settle(
                2, reason: "elsewhere", of: event.id, try at(10, 40), by: command, in: transaction)
            try move(
                event.id, 10, beds.id, shelter.id, home.id, dispatcher, hand, 10, try at(10, 30), try at(10, 50),
                transaction)
            _ = try emergencies.report(
                "转移完成，人数核清，安置点运转正常。", of: event.id, try at(11, 0), by: command, in: transaction)
            _ = try emergencies.end(event.id, try at(11, 30), by: command, in: transaction)
        }
    }

    private func move(
        _ event: EventID, _ count: Int64, _ lot: LotID, _ from: SiteID, _ to: SiteID, _ giver: Scope, _ receiver: Scope,
        _ received: Int64, _ sentAt: Occurrence, _ receivedAt: Occurrence, _ transaction: any Transaction
    ) throws {
        let sent = try emergencies.take(
            HandOverReport(.send, lot: lot, from: from, to: to, count: count), of: event, sentAt, by: giver,
            in: transaction)
        guard case .done(let one) = sent else { return }
        _ = try emergencies.take(
            HandOverReport(.receive, slip: one.slip, count: received), of: event, receivedAt, by: receiver,
            in: transaction)
    }
}
