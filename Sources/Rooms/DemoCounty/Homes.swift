import Desk
import Geo
import Grids
import Ground
import NationalCodes
import Places
import Registry
import Storage

/// Fills the registry: every grid gets its dwellings, households and invented people, as a census and some years of visits
/// would have left them. Shares are rough and nobody's: check: locally.
struct Homes {
    private let plan: DemoCounty.Plan
    private let names: DemoNames
    private let surnames: Weighted<String>
    private let identifiers: IdentifierSource
    private let founded: Instant
    private let today: Day
    private var random: SeededRandom
    private var people = 0
    private var usedNumbers: Set<String> = []

    /// No county has this code, so no generated number is a real person's [M].
    private static let numberArea = "330199"

    init(_ plan: DemoCounty.Plan, _ files: DemoFiles, _ identifiers: IdentifierSource, founded: Instant) {
        self.plan = plan
        names = files.names
        surnames = Weighted(files.names.surnames)
        self.identifiers = identifiers
        self.founded = founded
        today = founded.local().day
        random = SeededRandom(seed: plan.seed ^ 0x484F_4D45)
    }

    /// A building with as many homes as it has households.
    private struct Standing {
        var name: String
        var homes: Int
        var place: String?
    }

    /// All that stands in one grid: dwellings first, then households, then people.
    /// - Parameter buildings: those that the map shows in it; one building has one place and one name, whoever asks.
    mutating func subjects(
        of grid: Grid, buildings: [Building], roads: [String], compounds: [String]
    ) -> [LoadedSubject] {
        var all: [LoadedSubject] = []
        for building in Self.standing(in: grid, buildings, compounds) {
            let made = subject(
                .building,
                [
                    ("building-name", building.name, nil), ("building-grid", grid.code, nil),
                    ("building-place", building.place, nil), ("building-storeys", "8", nil),
                ])
            all.append(made)
            let road = roads.isEmpty ? "" : roads[all.count % roads.count]
            for home in 0..<building.homes {
                let (unit, floor, room) = (home / 16 + 1, home % 16 / 2 + 1, home % 2 + 1)
                let address = "\(road)\(building.name) \(unit) 单元 \(floor)0\(room) 室"
                let isEmpty = random.percent(4)
                let dwelling = subject(
                    .dwelling,
                    [
                        ("address", address, nil), ("grid", grid.code, nil), ("floor", String(floor), nil),
                        ("place", building.place, nil), ("building", made.id.text, nil),
                        ("occupancy", isEmpty ? "2" : random.percent(3) ? "4" : "1", nil),
                    ])
                all.append(dwelling)
                guard !isEmpty else { continue }
                let isTenant = random.percent(24)
                let moved = today - random.number(90...(isTenant ? 1_500 : 5_000))
                let household = subject(
                    .household,
                    [
                        ("dwelling", dwelling.id.text, moved), ("tenure", isTenant ? "2" : "1", moved),
                        ("dogs", random.percent(6) ? "1" : "0", nil),
                    ])
                all.append(household)
                all += family(in: household.id, at: dwelling.id, since: moved, isTenant: isTenant)
            }
        }
        return all
    }

    /// Where no ground was laid, buildings have names and no place.
    private static func standing(in grid: Grid, _ buildings: [Building], _ compounds: [String]) -> [Standing] {
        guard buildings.isEmpty else {
            return buildings.map { building in
                Standing(
                    name: building.name, homes: building.households,
                    place: PlacePoint(longitude: building.place.longitude, latitude: building.place.latitude).text)
            }
        }
        let (count, most) = (Int(grid.households), 48)
        return (0..<(count + most - 1) / most).map { number in
            let compound = compounds.isEmpty ? grid.name : compounds[number % compounds.count]
            return Standing(name: "\(compound)\(number + 1) 幢", homes: min(most, count - number * most))
        }
    }

    private mutating func subject(_ kind: SubjectKind, _ facts: [(String, String?, Day?)]) -> LoadedSubject {
        // Seen some time in the last two years; what is older than it stays fresh waits for a visit.
        let seenAt = founded - .days(Int64(random.number(0...700)))
        var record = SubjectRecord(kind: kind)
        for (element, value, since) in facts {
            guard let value else { continue }
            record.state(element, Statement(since: since ?? Statement.always, value: value, seenAt: seenAt))
        }
        return LoadedSubject(id: identifiers.next(at: founded), record: record, seenAt: seenAt, source: .imported)
    }

    // MARK: People

    private mutating func family(in household: SubjectID, at dwelling: SubjectID, since: Day, isTenant: Bool)
        -> [LoadedSubject]
    {
        let home = Home(household: household, dwelling: dwelling, since: since, isTenant: isTenant)
        let headAge = random.number(isTenant ? 22...50 : 28...84)
        let surname = surnames.pick(&random) ?? "李"
        let isMan = random.percent(64)
        let isAlone = random.percent(headAge > 65 ? 30 : 17)
        var all = [person(surname, headAge, isMan: isMan, "01", home, isAlone: isAlone)]
        guard !isAlone else { return all }
        if random.percent(88) {
            all.append(
                person(
                    nil, max(20, headAge + random.number(-4...4)), isMan: !isMan, "10", home, isAlone: false))
        }
        let children = headAge < 60 ? random.number(0...2) : random.percent(25) ? 1 : 0
        for _ in 0..<children {
            let age = max(0, headAge - random.number(24...34))
            let isSon = random.percent(52)
            all.append(person(surname, age, isMan: isSon, isSon ? "20" : "30", home, isAlone: false))
        }
        if headAge < 62, random.percent(14) {
            all.append(
                person(nil, headAge + random.number(23...32), isMan: random.percent(42), "50", home, isAlone: false))
        }
        return all
    }

    private struct Home {
        var household: SubjectID
        var dwelling: SubjectID
        var since: Day
        var isTenant: Bool
    }

    private mutating func person(
        _ surname: String?, _ age: Int, isMan: Bool, _ relation: String, _ home: Home, isAlone: Bool
    ) -> LoadedSubject {
        people += 1
        let birth = today - (age * 365 + age / 4 + random.number(0...364))
        let since = max(birth, home.since)
        let own = names.person(&random, surnames: surnames)
        let name = surname.map { $0 + own.dropFirst() } ?? own
        let isRegisteredHere = random.percent(home.isTenant ? 12 : 82)
        let isAdult = age >= 18
        var facts: [(String, String?, Day?)] = [
            ("name", name, nil), ("sex", isMan ? "1" : "2", nil), ("birth-day", birth.description, nil),
            ("ethnic", random.percent(94) ? "01" : ["03", "11", "22", "08", "06"][random.number(0...4)], nil),
            ("household", home.household.text, since), ("relation", relation, since),
            ("registered-at", isRegisteredHere ? home.dwelling.text : nil, since),
            (
                "registered-area",
                isRegisteredHere
                    ? nil : ["340123", "360121", "411023", "420583", "330682", "520112"][random.number(0...5)],
                nil
            ),
        ]
        if random.percent(98) { facts.append(("citizen-number", number(birth, isMan: isMan), nil)) }
        if isAdult {
            if random.percent(85) { facts.append(("phone", "1990" + Self.padded(people % 10_000_000, 7), since)) }
            facts.append(
                ("marital", relation == "10" ? "20" : isAlone ? age > 60 ? "30" : "10" : age > 27 ? "20" : "10", since))
            facts.append(
                (
                    "education", ["20", "30", "40", "60", "70", "80"][min(5, max(0, age / 14 - random.number(0...2)))],
                    since
                ))
        }
        if age >= 16, random.percent(93) {
            let work = age < 22 ? "4" : age >= (isMan ? 60 : 55) ? "3" : random.percent(5) ? "2" : "1"
            facts.append(("employment", work, max(since, today - random.number(30...900))))
        }
        if age >= 60 { facts.append(("lives-alone", isAlone ? "1" : "0", since)) }
        if random.percent(1.3) { facts.append(("low-income", "1", max(since, today - 400))) }
        if isMan, isAdult, random.percent(4) { facts.append(("veteran", "1", since)) }
        if random.percent(2.4) { facts.append(("disability", String(random.number(1...7)), since)) }
        if random.percent(Double(age) / 2.2) { facts.append(("chronic-illness", "1", max(since, today - 700))) }
        return subject(.person, facts)
    }

    private mutating func number(_ birth: Day, isMan: Bool) -> String? {
        let day = birth.description.filter { $0 != "-" }
        // The last of the three digits says the sex; one number is one person's.
        for _ in 0..<20 {
            let serial = random.number(0...499) * 2 + (isMan ? 1 : 0)
            if let number = CitizenNumber.completed(Self.numberArea + day + Self.padded(serial, 3)),
                usedNumbers.insert(number).inserted
            {
                return number
            }
        }
        return nil
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
