import Desk
import Funds
import Ground
import Identity
import Mandates
import Places
import Storage

/// What streets were given to do their duties with: powers from the menu, money that goes straight down, what they own.
struct Means: Sendable {
    let stage: Stage
    let mandates: Mandates
    let funds: Funds
    let house: House

    init(stage: Stage, mandates: Mandates, places: Places, house: House) throws {
        self.stage = stage
        self.mandates = mandates
        self.house = house
        funds = try Funds(house: house, places: places)
    }

    /// The first street takes two powers that are used every day; the others have ordered none yet.
    func powers(on day: Day) async throws {
        guard let county = stage.coordination.first, let street = stage.streets.first?.leaders.first else { return }
        let now = Instant(LocalTime(day: day, hour: 9, minute: 40))
        try await house.database.write { transaction in
            for (index, code) in ["P01", "P02"].enumerated() {
                try mandates.playPower(
                    code, to: street, by: county, instrument: "区政发〔2026〕\(index + 3)号", at: now, in: transaction)
            }
        }
    }

    /// Departments pay in; streets spend, let and receive.
    func money(on day: Day) async throws {
        guard let fire = stage.departments["fire"]?.handlers.first,
            let civil = stage.departments["civil_affairs"]?.handlers.first, let county = stage.coordination.first,
            let street = stage.streets.first, let holder = street.leaders.first
        else { return }
        let now = Instant(LocalTime(day: day, hour: 10, minute: 5))
        let community = street.communities.first
        let payers = [fire, civil].map { $0.may(.allotFunds) ? $0 : county }
        try await house.database.write { transaction in
            try funds.playMoney(
                to: community?.area ?? street.area, "微型消防站器材", ground: "C0101", yuan: 30_000,
                spent: [(12_600, "灭火器 60 具"), (4_800, "应急灯 40 盏")], from: payers[0], held: holder, at: now,
                in: transaction)
            try funds.playMoney(
                to: community?.grids.first.flatMap { AreaPrefix($0.code) } ?? street.area, "独居老人探访", ground: "B0303",
                yuan: 18_000, spent: [(3_000, "志愿者交通补助")], from: payers[1], held: holder, at: now, in: transaction)
            try funds.playMoney(
                to: street.area, "应急队伍演练", ground: "B0604", yuan: 20_000, spent: [], from: county, held: holder,
                at: now, in: transaction)
            try funds.playAsset(
                "沿街门面 3 间", kind: "shop", yuan: 860_000, tenant: "便民超市有限公司", from: day - 300, until: day + 40,
                rent: 72_000, received: [36_000, 36_000], by: holder, at: now, in: transaction)
            try funds.playAsset(
                "社区活动中心二楼", kind: "building", yuan: 1_200_000, tenant: "社区食堂服务有限公司", from: day - 60,
                until: day + 670, rent: 24_000, received: [12_000], by: holder, at: now, in: transaction)
            try funds.playAsset(
                "旧仓库", kind: "building", yuan: 150_000, tenant: nil, from: day, until: day, rent: 0, received: [],
                by: holder, at: now, in: transaction)
        }
    }
}
