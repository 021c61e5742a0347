import Desk
import Ground
import Identity
import Ledger
import Mandates
import Storage
import Web

extension Workload {
    /// So many of the newest matters of a kind are looked at.
    private static let mostMatters = 5_000

    /// Every task of the lists in force; those first of which records say something. Records are of whole past months: whoever
    /// looks before and after somebody's act sees the same.
    func standardTimes(at now: Instant) async throws -> [StandardTime] {
        let first = LoadMonth(of: now.local().day)
        let end = Instant(LocalTime(day: first.first))
        let basis = try await forecast.basis(from: first, at: now)
        let (rules, time, records) = (forecast.rules.records, forecast.time, records)
        let groups = Dictionary(grouping: basis.records, by: \.role).mapValues { Set($0.map(\.id)) }
        let tasks: [(item: String, title: LocalizedText, task: DutyTask)] = basis.work.compactMap { work in
            guard let task = work.task, case .item(let code, _, let title, _) = work.source else { return nil }
            return (code, title, task)
        }
        let measures = Dictionary(
            (rules?.measures ?? []).map { (["\($0.item)", $0.task], $0) }, uniquingKeysWith: { first, _ in first })
        let recorded = try await house.database.read { transaction in
            try tasks.map { one -> RecordedTime in
                guard let rules, let measure = measures[[one.item, one.task.key]] else { return .unrecorded }
                let posts = one.task.roles.reduce(into: Set<PostID>()) { $0.formUnion(groups[$1] ?? []) }
                let pairs = try records.pairs(
                    from: measure.from, to: measure.to, categories: measure.categories ?? [],
                    since: end - .days(Int64(rules.days)), before: end, limit: Self.mostMatters, in: transaction)
                return RecordedTime([TimedPair](pairs.filter { posts.contains($0.post) }, time, rules), rules)
            }
        }
        let times = zip(tasks, recorded).map { one, recorded in
            standardTime(one.item, one.title, one.task, recorded, basis)
        }
        return times.enumerated().sorted { left, right in
            let (a, b) = (Self.rank(left.element.recorded), Self.rank(right.element.recorded))
            return (a, left.offset) < (b, right.offset)
        }.map(\.element)
    }

    /// What can be compared first, then what is measured but cannot.
    private static func rank(_ recorded: RecordedTime) -> Int {
        switch recorded {
        case .figures: 0
        case .waiting, .afterwards: 1
        case .fewPeople, .fewRecords, .onePerson: 2
        case .unrecorded: 3
        }
    }

    private func standardTime(
        _ item: String, _ title: LocalizedText, _ task: DutyTask, _ recorded: RecordedTime, _ basis: Forecast.Basis
    ) -> StandardTime {
        let (sheet, corrections) = (basis.sheet, basis.corrections)
        func minutes(_ month: Int) -> Int64 {
            corrections.minutes(of: task, of: item, on: (sheet.first + month).first)
        }
        func load(_ works: [LoadWork]) -> Int64 { works.reduce(0) { $0 + sheet.minutes(of: $1) } }
        let counted = minutes(0)
        var found = StandardTime(
            item: item, itemTitle: title, task: task, recorded: recorded, counted: counted,
            load: load(LoadWork.works(task, of: item, corrected: corrections, source: 0, first: sheet.first)))
        if let month = (1..<12).first(where: { minutes($0) != counted }) {
            found.nextFrom = (sheet.first + month).first
            found.nextMinutes = minutes(month)
        }
        if let figures = recorded.figures {
            var task = task
            task.minutes = figures.middle
            found.loadAsRecorded = sheet.minutes(
                of: LoadWork(task, source: 0, within: .everywhere, first: sheet.first))
        }
        return found
    }

    /// A standard time counts with other minutes from a month on; the list keeps its own.
    /// - Parameter time: as ``standardTimes(at:)`` just said.
    func correct(
        _ time: StandardTime, to minutes: Int64?, from: Day?, because reason: String?, by scope: Scope,
        at now: Instant, in transaction: any Transaction
    ) throws -> KeptTimeCorrection {
        try requireCorrectionRight(scope)
        func wrong(_ field: String, _ chinese: String, _ english: String, wayOn: LocalizedText? = nil) -> Refusal {
            Refusal(
                .ruleBroken, "workload.standard-time-\(field)", LocalizedText(chinese, english), wayOn: wayOn,
                field: field)
        }
        guard let figures = time.recorded.figures else {
            throw Refusal(
                .ruleBroken, "workload.standard-time-no-records",
                LocalizedText("没有可比的记录，不能据此修正", "There are no records that it could rest on"),
                wayOn: LocalizedText(
                    "另有依据的，请在权责清单中修订标准工时", "With other grounds, revise the standard time on the duty list"))
        }
        // Records say how long it took at most. More than most of them show would have no ground in them.
        guard let minutes, minutes >= 1, minutes <= figures.upper else {
            throw wrong(
                "minutes", "须为 1–\(figures.upper) 的整数分钟：记录含等候，支持不了更长的工时",
                "Whole minutes from 1 to \(figures.upper): records include waiting and carry no more")
        }
        let first = LoadMonth(of: now.local().day)
        guard let from, from == LoadMonth(of: from).first, from >= first.first, from <= (first + 11).first else {
            throw wrong("from", "须是本月起十二个月内某月的一日", "The first of a month, from this one to the eleventh after it")
        }
        let reason = reason?.trimmingSpaces() ?? ""
        guard (2...200).contains(reason.count) else {
            throw wrong("reason", "请写明理由，2–200 字", "Give the reason in 2 to 200 characters")
        }
        let corrections = try TimeCorrectionStore.standing(in: transaction)
        guard corrections.minutes(of: time.task, of: time.item, on: from) != minutes else {
            throw wrong("minutes", "届时的工时已是 \(minutes) 分钟", "It counts \(minutes) minutes then already")
        }
        let kept = KeptTimeCorrection(
            id: house.identifiers.next(at: now),
            correction: TimeCorrection(
                item: time.item, task: time.task.key, standard: time.standard, minutes: minutes, from: from,
                reason: reason, figures: figures), at: now)
        try TimeCorrectionStore.insert(kept, by: scope, in: transaction)
        try record("workload.standard-time", kept, scope, at: now, in: transaction)
        return kept
    }

    func withdraw(
        correction id: TimeCorrectionID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try requireCorrectionRight(scope)
        guard let kept = try TimeCorrectionStore.find(id, in: transaction) else { throw Refusal.nothingHere }
        try TimeCorrectionStore.withdraw(id, at: now, in: transaction)
        try record("workload.standard-time-withdrawn", kept, scope, at: now, in: transaction)
    }

    /// Lists are the county's, so a standard time is too.
    func mayCorrect(_ scope: Scope) -> Bool {
        scope.may(.decideDemand) && scope.line == nil && scope.area.contains(house.settings.area)
    }

    private func requireCorrectionRight(_ scope: Scope) throws {
        try scope.require(.decideDemand)
        guard mayCorrect(scope) else { throw Refusal.nothingHere }
    }

    private func record(
        _ act: String, _ kept: KeptTimeCorrection, _ scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let correction = kept.correction
        try Ledger.record(
            LedgerEntry(
                act, on: "time-correction", kept.id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: house.settings.area.code
            ) { writer in
                writer.member("dutyItem", correction.item)
                writer.member("task", correction.task)
                writer.member("standardMinutes", correction.standard)
                writer.member("correctedMinutes", correction.minutes)
                writer.member("since", correction.from.description)
                writer.member("middleMinutes", correction.figures.middle)
                writer.member("records", correction.figures.records)
                writer.member("why", correction.reason)
            }, in: transaction)
    }
}
