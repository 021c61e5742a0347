import Cases
import Desk
import Funds
import Ground
import Identity
import Mandates
import Places
import Storage
import Workload

/// Lower rooms do not know each other; these answer the one's question with the other's answer.
struct BodiesOfPlaces: BodyLookup {
    let clock: any WallClock
    let places: Places

    func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyFacts? {
        try Places.body(id, in: transaction).map(Self.facts)
    }

    func bodies(in area: AreaPrefix, limit: Int, in transaction: any Transaction) throws -> [BodyFacts] {
        let today = clock.now().local().day
        return try Places.bodies(within: area, at: today, limit: limit, in: transaction).map(Self.facts)
    }

    private static func facts(_ body: BodyRecord) -> BodyFacts {
        BodyFacts(
            id: body.id, name: body.name, englishName: body.englishName, line: body.line, area: body.area)
    }

    func areaName(_ area: AreaPrefix) -> String? { places.name(of: area.code) }
}

/// Who stands on the page of a body: those with a post of it, and with it their posts of others.
struct PeopleOfPosts: BodyPeople {
    let clock: any WallClock

    func people(of body: BodyID, in transaction: any Transaction) throws -> [BodyPerson] {
        try Identity.people(of: body, at: clock.now(), in: transaction).map { person in
            BodyPerson(
                name: person.name, titles: person.here.map(\.title),
                elsewhere: person.elsewhere.map { BodyPerson.Elsewhere(body: $0.body, title: $0.title) })
        }
    }
}

struct AreasOfPlaces: AreaLookup {
    let places: Places

    func name(of area: AreaPrefix) -> String? { places.name(of: area.code) }

    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
        places.children(of: area.code).compactMap { child in
            AreaPrefix(child.code).map { ($0, child.name) }
        }
    }

    func isElsewhere(_ location: Location) -> Bool { places.hasGridCentres && area(at: location) == nil }

    func area(at location: Location) -> AreaPrefix? {
        places.grid(longitude: location.longitude, latitude: location.latitude).flatMap { AreaPrefix($0.code) }
    }
}

/// What carries work that goes down, as the lists, the gate and the contracts have it.
struct GroundsOfMandates: Grounds {
    func require(_ ground: String?, for area: AreaPrefix, on day: Day, in transaction: any Transaction) throws {
        guard let ground, let named = WorkGround(ground) else {
            throw Refusal.noGround(LocalizedText("没有写明依据", "No ground was named"))
        }
        try Mandates.requireGround(named, area: area, on: day, in: transaction)
    }

    func requireCounted(_ ground: String?, _ entry: RegisterEntry, in transaction: any Transaction) throws {
        guard let ground, let named = WorkGround(ground) else {
            throw Refusal.noGround(LocalizedText("没有写明依据", "No ground was named"))
        }
        try Mandates.requireCounted(named, entry, in: transaction)
    }

    func counted(
        _ grounds: Set<String>, as kind: RegisterEntry.Kind, in transaction: any Transaction
    ) throws -> Set<String> {
        try Mandates.counted(grounds, as: kind, in: transaction)
    }
}

/// What standard times are held against: acts on matters.
struct ActsOfCases: RecordedActs {
    let cases: Cases

    func has(_ act: String) -> Bool { cases.hasAct(act) }

    func pairs(
        from: String, to: String, categories: [String], since: Instant, before: Instant, limit: Int,
        in transaction: any Transaction
    ) throws -> [ActPair] {
        try cases.pairedActs(
            from: from, to: to, categories: categories, since: since, before: before, limit: limit, in: transaction
        ).map { ActPair(staff: $0.staff, post: $0.post, from: $0.from, until: $0.until) }
    }
}

/// From what the number of matters is forecast.
struct CountsOfCases: MatterCounts {
    let cases: Cases

    func firstMonth(in transaction: any Transaction) throws -> Day? { try cases.firstCountedMonth(in: transaction) }

    func byPlace(
        _ months: [Day], within area: AreaPrefix, digits: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [[MatterCount]] {
        try cases.monthlyCounts(months, within: area, by: .place(digits: digits), for: scope, in: transaction).map {
            $0.map { MatterCount(area: $0.key, category: "", count: $0.count) }
        }
    }

    func byCategory(
        _ months: [Day], within area: AreaPrefix, for scope: Scope, in transaction: any Transaction
    ) throws -> [[MatterCount]] {
        try cases.monthlyCounts(months, within: area, by: .category, for: scope, in: transaction).map {
            $0.map { MatterCount(area: area.code, category: $0.key, count: $0.count) }
        }
    }
}

/// What a street has for a power: posts, qualifications and training by the load sheet's room, equipment by the assets'.
struct MeansOfStreets: MeansLookup {
    let forecast: Forecast

    func means(
        of street: AreaPrefix, for compared: ComparedMeans, at now: Instant, in transaction: any Transaction
    ) throws -> KnownMeans {
        var known = try forecast.means(of: street, for: compared, at: now, in: transaction)
        known.equipment = try Funds.equipment(in: street, in: transaction)
        return known
    }
}

/// How full posts are, for whoever dispatches.
struct SaturationOfPosts: SaturationLookup {
    let board: SaturationBoard

    func saturation(of area: AreaPrefix) -> Int64? { board.saturation(of: area) }
}
