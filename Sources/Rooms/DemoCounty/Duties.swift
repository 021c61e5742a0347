import Desk
import Ground
import Identity
import Mandates
import Places
import Storage
import Workload

/// The lists of the county, and what departments asked of the grassroots: through the same gate as everything.
struct Duties: Sendable {
    let stage: Stage
    let mandates: Mandates
    let house: House

    init(stage: Stage, identity: Identity, places: Places, house: House) throws {
        self.stage = stage
        self.house = house
        mandates = try Mandates(
            house: house, identity: identity, places: places,
            forecast: Forecast(house: house, identity: identity, places: places))
    }

    /// The example lists become the first revision.
    func adopt(on day: Day) async throws {
        guard let coordination = stage.coordination.first else { return }
        let now = Instant(LocalTime(day: day, hour: 9, minute: 10))
        try await house.database.write { try mandates.adoptShipped(by: coordination, at: now, in: $0) }
    }

    /// Four demands, as they come: one on the list, one that needs its price, one that a rule bars, one still heard.
    func demands(on day: Day) async throws {
        guard let street = stage.streets.first, let coordination = stage.coordination.first else { return }
        let begin = day + 20
        let night = try await file(
            "fire", "沿街小餐饮夜间消防排查", "秋冬火灾多发，夜间用火用电隐患排查", item: "C0101", area: street.area, minutes: 40, times: 2,
            from: begin, until: begin + 89, at: Instant(LocalTime(day: day, hour: 10)))
        let census = try await file(
            "agriculture", "家庭阳台种植情况统计", "掌握家庭园艺底数", basis: "区农发〔2026〕17号", kind: .form, area: stage.county,
            minutes: 15, times: 6, from: begin, until: begin + 179, evidence: 2,
            at: Instant(LocalTime(day: day, hour: 10, minute: 20)))
        _ = try await file(
            "commerce", "消费券小程序推广注册", "提高注册人数", item: "R0401", kind: .app, area: stage.county, minutes: 30, times: 12,
            from: begin, until: begin + 89, at: Instant(LocalTime(day: day, hour: 10, minute: 40)))
        _ = try await file(
            "health", "流感疫苗接种摸底", "为预约接种安排疫苗", item: "C0301", area: street.area, minutes: 30, times: 2, from: begin,
            until: begin + 60, at: Instant(LocalTime(day: day, hour: 15)))
        for (hour, demand) in [(11, night), (13, census)] {
            guard let demand else { continue }
            let now = Instant(LocalTime(day: day, hour: hour))
            for heard in stage.streets where demand.area.contains(heard.area) {
                guard let leader = heard.leaders.first else { continue }
                let agrees = demand.content.item != nil
                try await act(
                    .hear(agrees: agrees, words: agrees ? "" : "与基层治理关系不大，没有人手"), on: demand, by: leader, at: now)
            }
        }
        guard let night else { return }
        try await act(
            night.answer.verdict == .admitted ? .admit(words: "属清单内，频次在标准内") : .offer(words: "按审查结论调整"), on: night,
            by: coordination, at: Instant(LocalTime(day: day, hour: 14)))
    }

    private func file(
        _ line: String, _ title: String, _ purpose: String, item: String? = nil, basis: String? = nil,
        kind: DemandKind = .task, area: AreaPrefix, minutes: Int64, times: Int64, from: Day, until: Day,
        evidence: Int64 = 0, at now: Instant
    ) async throws -> Demand? {
        guard let sender = stage.departments[line]?.handlers.first else { return nil }
        let content = DemandContent(
            kind: kind, title: title, purpose: purpose, item: item, basis: basis, area: area.code, level: .grid,
            minutes: minutes, times: times, from: from, until: until, evidence: evidence)
        let answer = try await mandates.answer(to: content, by: sender, at: now)
        return try await house.database.write {
            try mandates.file(content, answer: answer, by: sender, at: now, in: $0)
        }
    }

    private func act(_ command: DemandCommand, on demand: Demand, by scope: Scope, at now: Instant) async throws {
        _ = try await house.database.write {
            try mandates.act(command, on: demand.id, by: scope, at: now, in: $0)
        }
    }
}
