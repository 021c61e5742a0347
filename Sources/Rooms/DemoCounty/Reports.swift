import Cases
import Cipher
import Desk
import Ground
import Messages
import Places
import WorkCalendar

/// Says who reports what, where and when, as often as the mix says.
struct Reports: Sendable {
    private let stage: Stage
    private let files: DemoFiles
    private let rules: CaseRules
    private let office: OfficeTime
    private let surnames: Weighted<String>
    private let leaves: Weighted<Category>
    private let channels: Weighted<String>
    private let times: HandlingTimes
    /// Streets by how many communities they have.
    private let places: Weighted<(street: Int, community: Int)>
    private(set) var random: SeededRandom
    /// Who wrote lately: some of them write again. Bounded, so that a large county needs no more memory.
    private var writers: [(resident: Resident, category: Category, said: DemoTexts.Said)] = []
    private var writerCount = 0
    private var sourceNumber = 0

    private static let remembered = 2_000

    init(stage: Stage, files: DemoFiles, rules: CaseRules, from start: Instant, days: Int, seed: UInt64) {
        self.stage = stage
        self.files = files
        self.rules = rules
        office = OfficeTime(time: rules.time)
        surnames = Weighted(files.names.surnames)
        channels = Weighted(files.mix.assumed.channels)
        let told = rules.categories.leaves.filter { files.texts.matters[$0.code]?.reports.isEmpty == false }
        let leaves = Weighted(told.map { ($0, $0.share) })
        self.leaves = leaves
        places = Weighted(
            stage.streets.enumerated().flatMap { street in
                street.element.communities.enumerated().map {
                    ((street.offset, $0.offset), Double($0.element.grids.count))
                }
            })
        var random = SeededRandom(seed: seed ^ 0x5EED)
        let samples = (0..<2_000).map { index -> HandlingTimes.Sample in
            let at = start + .minutes(Int64(index * days * 1_440 / 2_000))
            let limit = rules.limit(ofCategory: leaves.pick(&random)?.code)
            let due = rules.time.due(from: at, limit: limit).instant
            return HandlingTimes.Sample(reportedAt: at, limit: Double((due - at).milliseconds) / 86_400_000)
        }
        times = HandlingTimes(files.mix, samples: samples, office: office, seed: seed)
        self.random = random
    }

    // MARK: When

    /// How many matters each day has, adding up to `count`.
    func counts(_ count: Int, days: [Day]) -> [Int] {
        let weights = days.map { files.mix.weekdays[$0.weekday - 1] * files.mix.months[$0.parts.month - 1] }
        let sum = weights.reduce(0, +)
        var reached = 0.0
        var given = 0
        return weights.map { weight in
            reached += weight / sum * Double(count)
            let upTo = Int(reached.rounded())
            defer { given = upTo }
            return upTo - given
        }
    }

    private mutating func moment(of day: Day) -> Instant {
        let shares = day.weekday < 6 ? files.mix.hours.workdays : files.mix.hours.weekends
        let hour = Weighted(shares.enumerated().map { ($0.offset, $0.element) }).pick(&random) ?? 9
        return Instant(LocalTime(day: day, hour: hour)) + Span(milliseconds: Int64(random.number(0...3_599_999)))
    }

    /// The matters of one day, in order.
    mutating func matters(_ count: Int, of day: Day) -> [Matter] {
        let moments = (0..<count).map { _ in moment(of: day) }.sorted()
        return moments.compactMap { matter(at: $0, stop: nil) }
    }

    /// Matters of the last hours that end in each state, so that every queue has some.
    mutating func last(before until: Instant, ofEach count: Int) -> [Matter] {
        let start = office.start(fitting: 190, before: until)
        return (0..<count).flatMap { _ in Script.Stop.allCases }.compactMap { stop in
            let at = office.later(start, minutes: random.between(0, 60))
            return matter(at: at, stop: stop)
        }.sorted { $0.at < $1.at }
    }

    // MARK: Who and what

    private mutating func matter(at: Instant, stop: Script.Stop?) -> Matter? {
        let again = random.percent(files.mix.repeats.writtenByEarlierWriter) ? random.pick(writers) : nil
        let sameShare = 100 * files.mix.repeats.sameWriterSameSubject / files.mix.repeats.writtenByEarlierWriter
        guard var category = leaves.pick(&random) else { return nil }
        var said = random.pick(files.texts.matters[category.code]?.reports ?? [])
        if let again, random.percent(sameShare) {
            category = again.category
            said = again.said
        }
        guard let resident = again?.resident ?? newcomer(), let said else { return nil }
        remember(resident, category, said)
        let street = stage.streets[resident.street]
        let community = street.communities[resident.community]
        guard let grid = random.pick(community.grids), let gridArea = AreaPrefix(grid.code) else { return nil }
        let fill = slots(resident, street, community)
        let channel = channels.pick(&random) ?? "resident"
        var report = words(said, category, channel, fill)
        report.category = random.percent(60) ? category.code : nil
        let agent = random.pick(stage.hotline)
        let worker = community.handlers.last
        var reporter: Scope?
        switch channel {
        case "hotline":
            report.channel = .hotline
            report.area = random.percent(70) ? community.area : street.area
            reporter = agent
        case "grid":
            report.channel = .staff
            report.area = worker.map { $0.area.contains(gridArea) ? gridArea : $0.area } ?? community.area
            reporter = worker
        case "import":
            report.channel = .imported
            report.area = street.area
            report.source = "demo-municipal-platform"
            sourceNumber += 1
            report.sourceNumber = "M\(100_000 + sourceNumber)"
        default:
            report.channel = .resident
            report.area = random.percent(50) ? gridArea : community.area
        }
        if channel != "grid" {
            report.reporterName = resident.name
            report.reporterPhone = PhoneNumber(resident.phone)
        }
        report.address = "\(street.name)\(community.name)\(resident.compound)\(resident.building)"
        if let centre = grid.centre, random.percent(70) {
            report.location = Location(
                longitude: Founding.rounded(centre.longitude + random.between(-0.002, 0.002)),
                latitude: Founding.rounded(centre.latitude + random.between(-0.002, 0.002)))
        }
        let limit = rules.time.due(from: at, limit: rules.limit(ofCategory: category.code)).instant - at
        let days = times.days(limit: Double(limit.milliseconds) / 86_400_000, &random)
        // Whoever accepts it finds out in which community it is.
        let placed = report.area.flatMap { $0.level >= .community ? $0 : nil } ?? community.area
        var script = Script(
            stage: stage, files: files, rules: rules, office: office, street: street, community: community,
            area: placed, category: category, reportedAt: at, handlingDays: days,
            random: SeededRandom(seed: random.next()), fill: fill)
        let beats = stop.map { script.short($0) } ?? script.whole(files.mix.assumed)
        return Matter(report: report, at: at, reporter: reporter, beats: beats)
    }

    private mutating func newcomer() -> Resident? {
        guard let place = places.pick(&random) else { return nil }
        let community = stage.streets[place.street].communities[place.community]
        writerCount += 1
        return Resident(
            name: files.names.person(&random, surnames: surnames), phone: Founding.phone(writerCount % 9_000),
            street: place.street, community: place.community, compound: random.text(community.compounds),
            building: "\(random.number(1...18))幢\(random.number(1...4))单元")
    }

    private mutating func remember(_ resident: Resident, _ category: Category, _ said: DemoTexts.Said) {
        if writers.count < Self.remembered {
            writers.append((resident, category, said))
        } else {
            writers[random.number(0...Self.remembered - 1)] = (resident, category, said)
        }
    }

    private mutating func words(
        _ said: DemoTexts.Said, _ category: Category, _ channel: String, _ fill: (String) -> String
    ) -> Report {
        let texts = files.texts
        let manner = channel == "import" ? "imported" : channel == "grid" ? "staff" : channel
        let patrol = channel == "grid" ? texts.matters[category.code]?.patrol ?? texts.patrol : []
        var detail = patrol.isEmpty ? said.text : random.text(patrol)
        if patrol.isEmpty, random.percent(45) { detail += random.text(texts.between) }
        detail = random.text(texts.before[manner]) + detail + random.text(texts.after[manner])
        let title = patrol.isEmpty ? fill(said.title) : category.title.chinese
        return Report(
            title: String(title.prefix(100)),
            detail: fill(detail).replacing("{category}", with: category.title.chinese),
            channel: .resident)
    }

    /// Drawn once, so that title, text and answers name the same place.
    private mutating func slots(
        _ resident: Resident, _ street: Stage.Street, _ community: Stage.Community
    ) -> @Sendable (String) -> String {
        let names = files.names
        let values: [(String, String)] = [
            ("compound", resident.compound), ("building", resident.building), ("road", random.text(street.roads)),
            ("road2", random.text(street.roads)), ("landmark", random.text(street.landmarks)),
            ("shop", random.text(names.shops.first) + random.text(names.shops.kinds)),
            ("company", random.text(names.companies.first) + random.text(names.companies.kinds)),
            ("community", community.name), ("street", street.name), ("school", random.text(names.schools)),
            ("hospital", random.text(names.hospitals)), ("market", random.text(names.markets)),
            ("bus", random.text(names.buses)), ("days", "\(random.number(2...15))"),
            ("months", "\(random.number(2...18))"), ("times", "\(random.number(2...6))"),
            ("hour", "\(random.number(6...11))"), ("money", "\(random.number(3...200) * 100)"),
        ]
        return { text in
            values.reduce(text) { text, slot in text.replacing("{\(slot.0)}", with: slot.1) }
        }
    }
}
