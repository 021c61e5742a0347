public import Desk
public import Ground
public import Identity
public import Mandates
public import Places
import Storage
import WorkCalendar

/// Reads posts, areas and work, and lays them together. What the gate asks before it lets anything through.
public struct Forecast: LoadForecast {
    let house: House
    let identity: Identity
    let places: Places
    let rules: WorkloadRules
    let time: WorkingTime
    let matters: any MatterCounts

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(
        house: House, identity: Identity, places: Places, matters: any MatterCounts = NoMatterCounts()
    ) throws(Refusal) {
        self.house = house
        self.matters = matters
        self.identity = identity
        self.places = places
        let roles = identity.roles
        rules = try WorkloadRules.load(from: house.rules) { roles[$0] != nil }
        let calendar = try house.rules.file("calendars/cn.yaml")
        let hours = try house.rules.file("calendars/hours.yaml")
        do {
            time = WorkingTime(
                calendar: WorkCalendar(holidays: try HolidayList(yaml: calendar.text, file: calendar.name)),
                hours: try WorkingHours(yaml: hours.text, file: hours.name))
        } catch {
            throw Refusal(.fault, "rules.wrong", LocalizedText(error.text(.chinese), error.text(.english)))
        }
    }

    public func effect(of work: PlannedWork, at now: Instant) async throws -> LoadEffect {
        var effect = try await whatIf(work, at: now).effect
        // The picture of the load ends after twelve months; a year that begins within a month touches a thirteenth, whose
        // hours are asked for and paid all the same.
        effect.minutes = effect.areas.values.reduce(0, +) * work.minutes * work.times
        return effect
    }

    func whatIf(_ work: PlannedWork, at now: Instant) async throws -> WhatIf {
        let first = LoadMonth(of: work.from)
        let sheet = try await sheet(from: first, at: now).sheet
        return sheet.whatIf(LoadWork(work, source: 0, first: first))
    }

    /// All posts of the county in the twelve months from the given one.
    func sheet(from first: LoadMonth, at now: Instant) async throws -> (sheet: LoadSheet, work: [CountedWork]) {
        let basis = try await basis(from: first, at: now)
        return (basis.sheet, basis.work)
    }

    /// A sheet with what it was made from.
    struct Basis: Sendable {
        var sheet: LoadSheet
        var work: [CountedWork]
        /// Of each source, as it was laid.
        var works: [LoadWork]
        /// In the order of the sheet's posts.
        var records: [PostRecord]
        var capacityOfMonth: [Int64]
        /// Of standard times, in the order in which they were made.
        var corrections: [TimeCorrection]
    }

    func basis(from first: LoadMonth, at now: Instant) async throws -> Basis {
        let county = house.settings.area
        let (identity, rules) = (identity, rules)
        let (records, work, entries, corrections) = try await house.database.read { transaction in
            (
                try Self.records(within: county, rules.roles.map(\.role), identity, in: transaction),
                try Mandates.work(on: now.local().day, in: transaction),
                try CapacityStore.entries(
                    within: county, from: first.first, until: (first + 11).last, in: transaction),
                try TimeCorrectionStore.standing(in: transaction)
            )
        }
        let units = try await units(of: county)
        let works = work.enumerated().flatMap { position, one -> [LoadWork] in
            if let task = one.task, case .item(let code, _, _, _) = one.source {
                return LoadWork.works(task, of: code, corrected: corrections, source: position, first: first)
            }
            return one.planned.map { [LoadWork($0, source: position, first: first)] } ?? []
        }
        let capacity = rules.capacity(time, first: first)
        let sheet = LoadSheet(
            first: first, posts: rules.posts(Self.posts(records, rules), knowing: entries, time, first: first),
            units: units, capacityOfMonth: capacity, works: works, sources: work.count)
        return Basis(
            sheet: sheet, work: work, works: works, records: records, capacityOfMonth: capacity,
            corrections: corrections)
    }

    /// What the next month may bring; nil while too few months are on record.
    func nextMonth(in area: AreaPrefix, of basis: Basis, for scope: Scope) async throws -> MonthForecast? {
        let sheet = basis.sheet
        let (first, last) = (sheet.first + -MonthForecast.months, sheet.first + 1)
        let (works, begin) = try await house.database.read { transaction in
            (
                try Mandates.admitted(from: first.first, until: last.last, in: transaction),
                try Mandates.firstDemand(in: transaction)
            )
        }
        guard let begin, var forecast = MonthForecast(area, of: sheet, admitted: works, since: begin) else {
            return nil
        }
        forecast.take(try await taskVolumes(in: area, of: basis, for: scope))
        return forecast
    }

    private static let page = 5_000
    /// A county of more posts than this is several installations.
    private static let mostPosts = 200_000

    static func records(
        within county: AreaPrefix, _ roles: [String], _ identity: Identity, in transaction: any Transaction
    ) throws -> [PostRecord] {
        var records: [PostRecord] = []
        while records.count < mostPosts {
            let more = try identity.directory.heldPosts(
                within: county, roles: roles, after: records.last, limit: page, in: transaction)
            records += more
            if more.count < page { break }
        }
        return records
    }

    private static func posts(_ records: [PostRecord], _ rules: WorkloadRules) -> [LoadPost] {
        // One person has one time, however many posts (一肩挑).
        let ofPerson = records.reduce(into: [StaffID: Int64]()) { $0[$1.staff, default: 0] += rules.share(of: $1.role) }
        return records.map { post in
            let share = rules.share(of: post.role)
            let all = ofPerson[post.staff] ?? share
            return LoadPost(area: post.area, role: post.role, share: all > 1000 ? share * 1000 / all : share)
        }
    }

    /// Streets, communities and grids, with the households that are known of them.
    private func units(of county: AreaPrefix) async throws -> [AreaLevel: [LoadUnit]] {
        var units: [AreaLevel: [LoadUnit]] = [.county: [LoadUnit(area: county, households: 0)]]
        var open = [county]
        while let area = open.popLast() {
            for child in places.children(of: area.code).compactMap({ AreaPrefix($0.code) }) where child.level < .grid {
                units[child.level, default: []].append(LoadUnit(area: child, households: 0))
                if child.level < .community { open.append(child) }
            }
        }
        units[.grid] = try await places.grids(in: county).filter { $0.kind != .functional }.compactMap { grid in
            AreaPrefix(grid.code).map { LoadUnit(area: $0, households: grid.households) }
        }
        for level in [AreaLevel.county, .street, .community] {
            let length = level == .county ? 6 : level == .street ? 9 : 12
            let sums = (units[.grid] ?? []).reduce(into: [Substring: Int64]()) {
                $0[$1.area.code.prefix(length), default: 0] += $1.households
            }
            units[level] = units[level]?.sorted { $0.area.code < $1.area.code }.map {
                LoadUnit(area: $0.area, households: sums[$0.area.code[...]] ?? 0)
            }
        }
        return units
    }
}
