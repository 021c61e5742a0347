import Desk
import Ground
import Identity
import Mandates

/// What is known of a post's holder for staffing: entered by the street, and what they agreed to themselves.
struct StaffingDetails: Sendable, Hashable {
    var grade: Int?
    var qualifications: Set<String> = []
    var consent: Consent?

    /// Where somebody would go, in their own words on the ledger.
    struct Consent: Sendable, Hashable {
        /// Nine-digit codes of streets; the county's six digits for anywhere.
        var places: Set<String>
        /// Also to another kind of post.
        var isForOtherKinds: Bool

        func covers(_ place: String) -> Bool { places.contains(place) || places.contains(String(place.prefix(6))) }
    }
}

/// A county as a staffing case, with the names of its positions.
struct StaffingPicture: Sendable {
    struct StationName: Sendable, Hashable {
        var place: String
        var kind: Int
    }

    private(set) var one: StaffingCase
    private(set) var places: [String] = []
    private(set) var stations: [StationName] = []
    let rules: StaffingRules

    private var stationOf: [StationName: Int] = [:]

    /// - Parameters:
    ///   - posts: in the order of the sheet's posts, and after them those that carry no load, as of the county's offices.
    ///   - candidates: work that may leave, with the list it is of; positions of `LoadWork.source` name it.
    init(
        sheet: LoadSheet, posts: [PostRecord], idle: [PostRecord], details: [PostID: StaffingDetails],
        candidates: [(work: [LoadWork], list: MandateList, isLedByLine: Bool)], capacityOfMonth: [Int64],
        rules: StaffingRules
    ) {
        self.rules = rules
        one = StaffingCase(
            months: 12, places: [], stations: [], groups: [], hires: [], reliefs: [], hireBudget: rules.hireBudget)
        addStations(sheet, idle)
        addNeeds(sheet)
        addPeople(sheet, posts, idle, details, capacityOfMonth)
        addHires(capacityOfMonth)
        addReliefs(sheet, candidates)
    }

    private static func place(_ area: AreaPrefix) -> String { String(area.code.prefix(9)) }

    private mutating func addStations(_ sheet: LoadSheet, _ idle: [PostRecord]) {
        let streets = Set((sheet.units[.street] ?? []).map(\.area.code))
            .union(sheet.posts.map { Self.place($0.area) }).union(idle.map { Self.place($0.area) })
        places = streets.sorted()
        for (position, place) in places.enumerated() {
            one.places.append(
                .init(ceiling: 0, mostHires: place.utf8.count > 6 ? rules.mostHires : 0))
            for kind in rules.kinds.indices where rules.kinds[kind].isCounty == (place.utf8.count == 6) {
                let name = StationName(place: place, kind: kind)
                stationOf[name] = stations.count
                stations.append(name)
                let none = Array(repeating: Int64(0), count: 12)
                one.stations.append(.init(place: position, need: none, fixed: none, keep: 0))
            }
        }
    }

    private func station(_ area: AreaPrefix, _ role: String) -> Int? {
        rules.kind(ofRole: role).flatMap { stationOf[StationName(place: Self.place(area), kind: $0)] }
    }

    private mutating func addNeeds(_ sheet: LoadSheet) {
        for (position, post) in sheet.posts.enumerated() {
            guard let station = station(post.area, post.role) else { continue }
            for month in 0..<12 { one.stations[station].need[month] += sheet.load[position * 12 + month] }
        }
        for (lack, minutes) in sheet.lacking {
            guard let area = AreaPrefix(lack.area), let station = station(area, lack.role) else { continue }
            for month in 0..<12 { one.stations[station].need[month] += minutes[month] }
        }
    }

    private mutating func addPeople(
        _ sheet: LoadSheet, _ posts: [PostRecord], _ idle: [PostRecord], _ details: [PostID: StaffingDetails],
        _ capacityOfMonth: [Int64]
    ) {
        let held = (posts + idle).reduce(into: [StaffID: Int]()) { $0[$1.staff, default: 0] += 1 }
        let ways = Ways(self)
        var counts = Array(repeating: 0, count: stations.count)
        func add(_ record: PostRecord, _ each: [Int64], _ share: Int64) {
            guard let kind = rules.kind(ofRole: record.role), let station = station(record.area, record.role) else {
                return
            }
            // With a second post, or a part of a full time, nobody is moved: half a person cannot be.
            guard held[record.staff] == 1, share == 1000 else {
                for month in 0..<12 { one.stations[station].fixed[month] += each[month] }
                return
            }
            // What is entered of these posts' time (leave, people sent down) stays with the place, whoever moves; so people
            // are alike, and the program is small.
            for month in 0..<12 { one.stations[station].fixed[month] += each[month] - capacityOfMonth[month] }
            let known = details[record.id] ?? StaffingDetails()
            let all = ways.of(kind, place: places[one.stations[station].place], known)
            one.groups.append(
                .init(
                    station: station, count: 1, each: capacityOfMonth, ways: all.ways, unasked: all.unasked,
                    unfit: all.unfit))
            counts[station] += 1
        }
        for (position, record) in posts.enumerated() {
            add(record, Array(sheet.capacity[position * 12..<position * 12 + 12]), sheet.posts[position].share)
        }
        for record in idle { add(record, capacityOfMonth, 1000) }
        for position in stations.indices {
            one.stations[position].keep = (counts[position] * rules.kinds[stations[position].kind].keep + 999) / 1000
        }
        one = one.merged
        let heads = one.headcount
        for position in places.indices {
            one.places[position].ceiling =
                rules.ceilings[places[position]] ?? (heads[position] * rules.ceilingPerMille + 999) / 1000
        }
    }

    /// Where people of a kind may go, by what they agreed to and what they are able to; remembered, since many are alike.
    private final class Ways {
        struct Found {
            var ways: [StaffingCase.Way] = []
            var unasked: [StaffingCase.Way] = []
            var unfit: [StaffingCase.Way] = []
        }

        private struct Key: Hashable {
            var kind: Int
            var place: String
            var details: StaffingDetails
        }

        private let picture: StaffingPicture
        private var found: [Key: Found] = [:]

        init(_ picture: StaffingPicture) { self.picture = picture }

        func of(_ kind: Int, place: String, _ details: StaffingDetails) -> Found {
            // The own place matters only to whom another kind of post in it is no move between streets.
            let key = Key(kind: kind, place: details.consent == nil ? "" : place, details: details)
            if let known = found[key] { return known }
            let rules = picture.rules
            let grade = details.grade ?? rules.unknownGrade[rules.kinds[kind].key] ?? 1
            var result = Found()
            for move in rules.moves where move.from == rules.kinds[kind].key {
                guard let to = rules.kind(move.to), !rules.kinds[to].isCounty else { continue }
                let wanted = rules.kinds[to]
                let isFit = grade >= wanted.grade && details.qualifications.isSuperset(of: wanted.qualifications)
                for (station, name) in picture.stations.enumerated() where name.kind == to {
                    let way = StaffingCase.Way(station: station, yuan: move.yuan)
                    let agrees =
                        details.consent.map { $0.covers(name.place) && (to == kind || $0.isForOtherKinds) } ?? false
                    if isFit && agrees {
                        result.ways.append(way)
                    } else if isFit {
                        result.unasked.append(way)
                    } else if agrees {
                        result.unfit.append(way)
                    }
                }
            }
            found[key] = result
            return result
        }
    }

    private mutating func addHires(_ capacityOfMonth: [Int64]) {
        for hire in rules.hires {
            guard let kind = rules.kind(hire.kind) else { continue }
            for (station, name) in stations.enumerated() where name.kind == kind {
                for length in hire.months {
                    for from in 0...(12 - length) {
                        one.hires.append(
                            .init(
                                station: station, from: from, length: length,
                                each: (0..<12).map { (from..<from + length).contains($0) ? capacityOfMonth[$0] : 0 },
                                yuan: hire.yuan * Int64(length)))
                    }
                }
            }
        }
    }

    private mutating func addReliefs(
        _ sheet: LoadSheet, _ candidates: [(work: [LoadWork], list: MandateList, isLedByLine: Bool)]
    ) {
        for (source, candidate) in candidates.enumerated() {
            var byPlace: [Int: [Int: [Int64]]] = [:]
            for work in candidate.work {
                sheet.lay(work) { area, role, month, minutes in
                    guard let station = station(area, role) else { return }
                    byPlace[one.stations[station].place, default: [:]][
                        station, default: Array(repeating: 0, count: 12)][month] += minutes
                }
            }
            for (place, minutes) in byPlace.sorted(by: { $0.key < $1.key }) {
                let whole = minutes.values.reduce(0) { $0 + $1.reduce(0, +) }
                guard whole > 0 else { continue }
                func add(_ how: StaffingCase.Relief.How, _ rule: StaffingRules.Relief) {
                    guard rule.lists.contains(candidate.list) else { return }
                    one.reliefs.append(
                        .init(
                            how: how, source: source, place: place, yuan: (whole * rule.yuan + 59) / 60,
                            minutes: minutes))
                }
                add(.bought, rules.bought)
                if candidate.isLedByLine { add(.returned, rules.returned) }
            }
        }
    }
}
