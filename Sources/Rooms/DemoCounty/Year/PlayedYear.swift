import Desk
import Forms
import Ground
import Identity
import Mandates
import Storage
import WorkCalendar

/// 减负前后两年: a base year of demands from above, measures when the year turns, and the year after. Each demand goes through the
/// gate as anybody's does: the rules answer, streets are heard or stay silent, the coordination office decides, and what is
/// over expires by itself.
struct PlayedYear: Sendable {
    /// A demand on its way, or admitted.
    struct Running: Sendable {
        var demand: Demand
        /// Position in the record; nil before it was admitted.
        var sent: Int?

        /// Whether anything can have become of it: what is admitted runs to its last day.
        func moves(on day: Day) -> Bool {
            demand.stage != .admitted || (demand.terms.until.map { $0 < day } ?? true)
        }
    }

    let stage: Stage
    let mandates: Mandates
    let forms: Forms
    let house: House
    let script: YearScript
    let calendar: WorkCalendar
    private let firstDay: Day
    private let limits: [Job]
    var random: SeededRandom
    var record: DemoCounty.Year
    /// By position in the script.
    var running: [Int: Running] = [:]
    /// When a series is asked for next; none when it is asked for no more.
    var next: [Int: Day] = [:]
    /// Series about which something was done, with the terms on which they are asked for from then on.
    var done: [Int: (minutes: Int64, monthly: Double)] = [:]
    var purchases: [Purchased] = []
    private var filedBarred: Set<String> = []

    init(
        _ script: YearScript, stage: Stage, mandates: Mandates, forms: Forms, house: House, calendar: WorkCalendar,
        from firstDay: Day, seed: UInt64
    ) {
        self.script = script
        self.stage = stage
        self.mandates = mandates
        self.forms = forms
        self.house = house
        self.calendar = calendar
        self.firstDay = firstDay
        limits = mandates.jobs.filter { $0.name == "gate-limits" }
        random = SeededRandom(seed: seed ^ 0xB0BD)
        record = DemoCounty.Year(turn: firstDay + script.runUp + script.days, days: script.days)
        for index in script.series.indices { next[index] = firstDay + random.number(0...max(0, script.runUp - 15)) }
    }

    /// What happens on a day, before residents report theirs.
    mutating func play(on day: Day, before left: Int) async throws {
        // The platform ends what is over, and hearings in which a street says nothing.
        for job in limits { try await job.run() }
        try await powers(on: day, before: left)
        guard calendar.isWorkday(day) else { return }
        for index in running.keys.sorted() where running[index]?.moves(on: day) == true {
            try await follow(index, on: day)
        }
        try await follow(purchasesOn: day)
        for index in next.keys.sorted() where running[index] == nil && (next[index].map { $0 <= day } ?? false) {
            try await file(index, on: day)
        }
        for barred in script.barred where firstDay + barred.day <= day && firstDay + barred.day + 14 > day {
            try await file(barred, on: day)
        }
        guard day >= record.turn else { return }
        for (index, series) in script.series.enumerated() where done[index] == nil {
            if let then = series.then, record.turn + then.after <= day {
                try await turn(index, then, on: day)
            }
        }
    }

    // MARK: Through the gate

    private mutating func file(_ index: Int, on day: Day) async throws {
        let series = script.series[index]
        guard let sender = stage.departments[series.line]?.handlers.first, let street = random.pick(stage.streets)
        else {
            next[index] = nil
            return
        }
        let isFirst = day < firstDay + script.runUp
        // The first ones end on different days, so that not everything is asked for anew at once.
        let days = isFirst ? random.number(90...max(90, series.days)) : Int(spread(Double(series.days)))
        let from = day + script.notice
        let terms = done[index] ?? (series.minutes, series.monthly)
        let isStreet = series.street ?? false
        let content = DemandContent(
            kind: series.kind, title: isStreet ? "\(street.name)\(series.title)" : series.title,
            purpose: series.purpose,
            item: series.item, area: isStreet ? street.area.code : stage.county.code, level: isStreet ? .street : .grid,
            minutes: terms.minutes, times: max(1, Int64((spread(terms.monthly) * Double(days) / 30).rounded())),
            from: from,
            until: from + (min(days, 364) - 1), characters: series.characters)
        running[index] = Running(demand: try await ask(content, by: sender, on: day))
    }

    private mutating func file(_ barred: YearScript.Barred, on day: Day) async throws {
        guard let sender = stage.departments[barred.line]?.handlers.first, !filedBarred.contains(barred.title) else {
            return
        }
        filedBarred.insert(barred.title)
        let from = day + script.notice
        let content = DemandContent(
            kind: barred.kind, title: barred.title, purpose: barred.purpose, area: stage.county.code, level: .grid,
            minutes: barred.minutes, times: max(1, Int64((barred.monthly * Double(barred.days) / 30).rounded())),
            from: from, until: from + (barred.days - 1))
        let demand = try await ask(content, by: sender, on: day)
        if demand.stage == .refused { record.refused += 1 }
    }

    /// Files a demand and lets the streets that have a leader speak.
    mutating func ask(_ content: DemandContent, by sender: Scope, on day: Day) async throws -> Demand {
        let morning = Instant(LocalTime(day: day, hour: 9, minute: random.number(5...55)))
        let answer = try await mandates.answer(to: content, by: sender, at: morning)
        let area = AreaPrefix(content.area) ?? stage.county
        let heard = stage.streets.filter { area.contains($0.area) }.compactMap(\.leaders.first)
        let objections = heard.map { _ in random.percent(script.objects) ? random.pick(script.objections) : nil }
        record.filed += 1
        let mandates = mandates
        let demand = try await house.database.write { transaction in
            var demand = try mandates.file(content, answer: answer, by: sender, at: morning, in: transaction)
            // What a rule bars was refused at once, and nobody below is asked.
            guard demand.stage == .hearing else { return demand }
            for (leader, objection) in zip(heard, objections) {
                demand = try mandates.act(
                    .hear(agrees: objection == nil, words: objection ?? ""), on: demand.id, by: leader,
                    at: Instant(LocalTime(day: day, hour: 15)), in: transaction)
            }
            return demand
        }
        if demand.stage != .refused {
            record.streetsHeard += heard.count
            record.objections += objections.compactMap { $0 }.count
        }
        return demand
    }

    /// Looks where a demand stands: decides on it, or asks anew when it is over.
    private mutating func follow(_ index: Int, on day: Day) async throws {
        guard var one = running[index], let officer = stage.coordination.first else { return }
        let (mandates, script, id) = (mandates, script, one.demand.id)
        let now = Instant(LocalTime(day: day, hour: 14, minute: 10))
        one.demand = try await house.database.write { transaction in
            guard let demand = try mandates.demand(id, for: officer, in: transaction) else { throw Refusal.nothingHere }
            guard demand.stage == .deciding else { return demand }
            let decision: DemandCommand =
                demand.answer.verdict == .admitted ? .admit(words: script.admits) : .refuse(words: script.refuses)
            return try mandates.act(decision, on: id, by: officer, at: now, in: transaction)
        }
        if one.demand.stage == .admitted, one.sent == nil { one.sent = note(one.demand) }
        running[index] = one
        switch one.demand.stage {
        case .refused, .withdrawn:
            record.refused += 1
            // Its sender comes again in the next season.
            over(index, on: day, waiting: 90)
        case .expired:
            record.expired += 1
            over(index, on: day, waiting: 1)
        case .cut: over(index, on: day, waiting: 1)
        case .admitted, .hearing, .deciding, .offered, .appealed: break
        }
    }

    private mutating func over(_ index: Int, on day: Day, waiting days: Int) {
        running[index] = nil
        if next[index] != nil { next[index] = day + days }
    }

    private mutating func note(_ demand: Demand) -> Int? {
        guard let until = demand.terms.until else { return nil }
        record.admitted += 1
        record.sent.append(
            DemoCounty.Sent(
                number: demand.number, kind: demand.terms.kind, from: demand.terms.from, until: until,
                areas: demand.terms.level == .grid ? Int64(stage.grids.count) : 1, minutes: demand.terms.minutes,
                times: demand.terms.times))
        return record.sent.count - 1
    }

    /// A figure of the script, a little more or less.
    private mutating func spread(_ value: Double) -> Double {
        value * (1 + random.between(-script.spread, script.spread) / 100)
    }

    /// The record, with the hours as the rooms say them.
    func recounted(in house: House) async throws -> DemoCounty.Year {
        var record = record
        guard let officer = stage.coordination.first else { return record }
        let mandates = mandates
        let (before, after) = (
            record.turn - record.days...record.turn - 1, record.turn...record.turn + (record.days - 1)
        )
        let sources = try await house.database.read {
            try mandates.burdenSources(before.lowerBound...after.upperBound, for: officer, in: $0)
        }
        record.minutesBefore = sources.map { $0.minutes(before) }.reduce(0, +)
        record.minutesAfter = sources.map { $0.minutes(after) }.reduce(0, +)
        return record
    }

    // MARK: Powers

    private mutating func powers(on day: Day, before left: Int) async throws {
        guard let officer = stage.coordination.first else { return }
        for (index, power) in script.powers.enumerated() where power.daysAgo == left {
            guard stage.streets.indices.contains(power.street - 1),
                let leader = stage.streets[power.street - 1].leaders.first
            else { continue }
            let mandates = mandates
            let now = Instant(LocalTime(day: day, hour: 16))
            let isPlayed = try await house.database.write { transaction in
                try mandates.playPower(
                    power.code, to: leader, by: officer, instrument: "区政发〔\(day.parts.year)〕\(20 + index)号", at: now,
                    in: transaction)
            }
            if isPlayed { record.powers += 1 }
        }
    }
}
