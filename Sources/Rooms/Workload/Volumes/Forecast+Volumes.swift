import CountForecasts
import Desk
import Ground
import Identity
import Mandates
import Places
import Storage

extension Forecast {
    /// What the coming months may bring an area and those below it; nil without rules, or for those who see their own
    /// matters only.
    func volumes(in area: AreaPrefix, for scope: Scope, at now: Instant) async throws -> MatterVolumes? {
        guard let rules = rules.volumes, scope.line == nil, scope.area.contains(area) else { return nil }
        let (matters, digits) = (matters, Self.digits(below: area))
        let month = LoadMonth(of: now.local().day)
        let below =
            area.level < .community ? places.children(of: area.code).compactMap { AreaPrefix($0.code) } : []
        let found = try await house.database.read {
            transaction -> (first: LoadMonth, counts: [[MatterCount]])? in
            guard let first = try Self.firstKnown(rules, matters, before: month, in: transaction) else { return nil }
            let months = Self.months(from: first, before: month)
            return (
                first,
                try matters.byPlace(
                    months.map(\.first), within: area, digits: digits, for: scope, in: transaction)
            )
        }
        guard let found else {
            return MatterVolumes(
                area, whole: [], places: below.map { ($0, []) }, first: month, rules: rules)
        }
        let byArea = found.counts.map { Dictionary($0.map { ($0.area, Int($0.count)) }, uniquingKeysWith: +) }
        return MatterVolumes(
            area, whole: byArea.map { $0.values.reduce(0, +) },
            places: below.map { place in (place, byArea.map { $0[place.code] ?? 0 }) }, first: found.first,
            rules: rules)
    }

    /// What matters may bring to the tasks that come with them, in the month after the present one.
    func taskVolumes(in area: AreaPrefix, of basis: Basis, for scope: Scope) async throws -> [TaskVolume] {
        guard let rules = rules.volumes, !rules.tasks.isEmpty, scope.line == nil else { return [] }
        let (matters, month) = (matters, basis.sheet.first)
        let found = try await house.database.read {
            transaction -> (first: LoadMonth, counts: [[MatterCount]])? in
            guard let first = try Self.firstKnown(rules, matters, before: month, in: transaction) else { return nil }
            let months = Self.months(from: first, before: month)
            return (
                first,
                try matters.byCategory(months.map(\.first), within: area, for: scope, in: transaction)
            )
        }
        guard let found else { return [] }
        let lengths = MatterVolumes.lengths(found.first, found.counts.count + 2)
        return rules.tasks.compactMap { rule in
            let counts = PeriodCounts(
                series: [found.counts.map { $0.reduce(0) { $0 + (rule.takes($1.category) ? Int($1.count) : 0) } }],
                lengths: lengths, ahead: 2, settings: rules.settings)
            // The second step is the month after the present one, which is not over.
            guard let told = counts.forecast(0, step: 1) else { return nil }
            return volume(rule, told, in: area, of: basis)
        }
    }

    private func volume(
        _ rule: VolumeRules.Task, _ told: PeriodCounts.Forecast, in area: AreaPrefix, of basis: Basis
    ) -> TaskVolume? {
        let found = basis.work.lazy.compactMap { work -> (task: DutyTask, title: LocalizedText)? in
            guard let task = work.task, case .item(let code, _, let title, _) = work.source, code == rule.item,
                task.key == rule.task
            else { return nil }
            return (task, title)
        }.first
        guard let (task, title) = found else { return nil }
        let sheet = basis.sheet
        var works = LoadWork.works(task, of: rule.item, corrected: basis.corrections, source: 0, first: sheet.first)
        for position in works.indices { works[position].area = area }
        let laid = LoadSheet(
            first: sheet.first, posts: sheet.posts, units: sheet.units,
            capacityOfMonth: Array(repeating: 0, count: 12), works: works, sources: 1)
        let listed = laid.sum(of: laid.positions(in: area)).loadOfMonth[1]
        var asked: Int64 = 0
        for work in works { sheet.lay(work) { _, _, month, minutes in if month == 1 { asked += minutes } } }
        guard listed > 0, asked > 0 else { return nil }
        return TaskVolume(
            item: rule.item, title: LocalizedText("\(title.chinese) · \(task.zh)", "\(title.english) · \(task.en)"),
            minutes: basis.corrections.minutes(of: task, of: rule.item, on: (sheet.first + 1).first), listed: listed,
            share: listed * 1_000_000 / asked, told: told)
    }

    /// The first month that is known whole; nil while none is.
    private static func firstKnown(
        _ rules: VolumeRules, _ matters: any MatterCounts, before month: LoadMonth, in transaction: any Transaction
    ) throws -> LoadMonth? {
        guard let day = try matters.firstMonth(in: transaction) else { return nil }
        // The month of the first matter is seldom a whole one.
        let first = max(LoadMonth(of: day) + 1, month + -rules.months)
        return first < month ? first : nil
    }

    private static func months(from first: LoadMonth, before end: LoadMonth) -> [LoadMonth] {
        (0..<60).map { first + $0 }.filter { $0 < end }
    }

    private static func digits(below area: AreaPrefix) -> Int {
        area.level < .county ? 6 : area.level == .county ? 9 : 12
    }
}
