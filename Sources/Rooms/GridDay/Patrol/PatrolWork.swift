import Cases
import Desk
import Ground
import Ledger
import Messages
import Places
import Storage

/// Plans become checks, checks become facts, and what comes up again and again becomes a proposal.
struct PatrolWork: Sendable {
    let day: GridDay

    private var house: House { day.house }
    private var rules: PatrolRules { day.patrols }
    private static let atOnce = 500

    // MARK: A check is done

    /// One tap ends a whole stretch. Where nothing was found, nothing more is asked.
    func finish(
        _ check: PatrolCheck, found: CaseRecord?, by scope: Scope, happenedAt: Instant, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard check.outcome == nil || (check.outcome == .passed) else {
            throw Refusal(
                .conflict, "day.check-done",
                LocalizedText("这一段已由他人看过", "Somebody else has already looked at this stretch"),
                wayOn: LocalizedText("如有发现，请直接上报", "If you found something, report it"))
        }
        try PatrolStore.finish(
            check, found == nil ? .nothing : .found, on: happenedAt.local().day, found: found?.id, in: transaction)
        try Ledger.record(
            LedgerEntry(
                id: house.identifiers.next(at: now),
                act: found == nil ? "gridday.patrol-nothing" : "gridday.patrol-found", subjectKind: "patrol",
                subjectID: check.plan.text, actor: Actor(scope), happenedAt: happenedAt, receivedAt: now,
                area: check.area.code,
                facts: JSONWriter.object { writer in
                    writer.member("dueOn", check.dueOn.description)
                    writer.member("case", found?.id)
                }), in: transaction)
    }

    // MARK: Plans

    /// Season rules make plans for each area of their level, once a season.
    func planSeasons(at now: Instant) async throws {
        let today = now.local().day
        for season in rules.seasons where season.holds(on: today) {
            guard try await isCarried(season, on: today) else { continue }
            let (begin, end) = Self.span(of: season, around: today)
            let prefix = "\(season.key)/\(begin)/"
            let known = try await house.database.query(
                """
                SELECT origin_key FROM patrol_plans
                WHERE origin = \(PatrolPlan.Origin.season.rawValue) AND origin_key >= \(prefix)
                    AND origin_key < \(prefix + ":") LIMIT 200000
                """)
            let planned = Set(try known.map { try $0.text(0) })
            let missing = try await areas(of: season.level).filter { !planned.contains(prefix + $0.code) }
            for start in stride(from: 0, to: missing.count, by: Self.atOnce) {
                let some = missing[start..<min(start + Self.atOnce, missing.count)]
                let plans = some.map { area in
                    PatrolPlan(
                        id: house.identifiers.next(at: now), origin: .season, originKey: prefix + area.code,
                        title: season.title, look: season.look, area: area, category: season.category,
                        role: season.role, everyDays: season.everyDays,
                        nextOn: max(begin, today) + Self.shift(area, season.everyDays), until: end, at: now)
                }
                try await house.database.write { try $0.batch(plans.map(PatrolStore.insertion)) }
            }
        }
    }

    /// A season is a standing order to all grids at once: without its item in force nobody's phone shows it.
    private func isCarried(_ season: PatrolRules.Season, on today: Day) async throws -> Bool {
        do {
            try await house.database.read {
                try house.grounds.require(season.item, for: house.settings.area, on: today, in: $0)
            }
            return true
        } catch let refusal as Refusal where refusal.kind == .ruleBroken {
            return false
        }
    }

    /// Not every stretch of a county on the same morning.
    private static func shift(_ area: AreaPrefix, _ days: Int) -> Int {
        Int(area.code.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) } % UInt64(max(1, days)))
    }

    /// The season's first and last day around a day of it.
    static func span(of season: PatrolRules.Season, around today: Day) -> (Day, Day) {
        let year = today.parts.year
        func day(_ at: PatrolRules.MonthDay, _ year: Int) -> Day {
            // Only 29 February may be missing in a year.
            Day(year: year, month: at.month, day: at.day) ?? Day(year: year, month: 3, day: 1) ?? today
        }
        guard season.from > season.until else { return (day(season.from, year), day(season.until, year)) }
        let isAutumn = PatrolRules.MonthDay(today) >= season.from
        return isAutumn
            ? (day(season.from, year), day(season.until, year + 1))
            : (day(season.from, year - 1), day(season.until, year))
    }

    private func areas(of level: AreaLevel) async throws -> [AreaPrefix] {
        let top = house.settings.area
        if level == .grid {
            return try await day.places.grids(in: top).filter { $0.kind == .base }.compactMap { AreaPrefix($0.code) }
        }
        var found: [AreaPrefix] = []
        var queue = [top.code]
        while let code = queue.popLast(), found.count < 20_000 {
            for child in day.places.children(of: code) {
                guard let area = AreaPrefix(child.code) else { continue }
                if area.level == level { found.append(area) } else if area.level < level { queue.append(child.code) }
            }
        }
        return found.sorted { $0.code < $1.code }
    }

    /// Plans whose day has come put a check on the phones of their stretch.
    @discardableResult
    func fallDue(at now: Instant) async throws -> Int {
        let today = now.local().day
        var made = 0
        while true {
            let count = try await house.database.write { transaction -> Int in
                let plans = try PatrolStore.due(on: today, limit: Self.atOnce, in: transaction)
                for plan in plans {
                    if let until = plan.until, plan.nextOn > until {
                        try PatrolStore.setNext(nil, of: plan.id, in: transaction)
                        continue
                    }
                    // What was not looked at is not asked for twice.
                    try PatrolStore.pass(openOf: plan.id, in: transaction)
                    try PatrolStore.insert(
                        PatrolCheck(
                            id: house.identifiers.next(at: now), plan: plan.id, area: plan.area,
                            category: plan.category, dueOn: plan.nextOn), in: transaction)
                    let next = max(plan.nextOn, today - (plan.everyDays - 1)) + plan.everyDays
                    let isLast = plan.until.map { next > $0 } ?? false
                    try PatrolStore.setNext(isLast ? nil : next, of: plan.id, in: transaction)
                }
                return plans.count
            }
            made += count
            if count < Self.atOnce { return made }
        }
    }

    /// Adopts a proposal: a plan of a few checks.
    func adopt(
        _ proposal: PatrolProposal, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> PatrolPlan {
        let today = now.local().day
        let title =
            day.cases.rules.categories[proposal.category]?.title ?? LocalizedText(proposal.category, proposal.category)
        let plan = PatrolPlan(
            id: house.identifiers.next(at: now), origin: .repeated, originKey: proposal.id.text,
            title: LocalizedText("反复出现：\(title.chinese)", "Again and again: \(title.english)"),
            look: LocalizedText(
                "\(rules.repeats.weeks) 周内群众反映 \(proposal.matters) 件，请看看根源",
                "\(proposal.matters) complaints in \(rules.repeats.weeks) weeks; look for the cause"),
            area: proposal.area, category: proposal.category, everyDays: rules.repeats.everyDays, nextOn: today,
            until: today + rules.repeats.everyDays * (rules.repeats.times - 1), madeByBody: scope.body, at: now)
        let made = try make(plan, by: scope, at: now, in: transaction)
        try PatrolStore.decide(proposal.id, plan: plan.id, in: transaction)
        return made
    }

    /// Keeps a plan.
    func make(_ plan: PatrolPlan, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> PatrolPlan
    {
        let plan = try carried(plan, by: scope, at: now, in: transaction)
        _ = try PatrolStore.insert(plan, in: transaction)
        try record("gridday.plan", plan, by: Actor(scope), at: now, in: transaction)
        return plan
    }

    /// A plan that is made above its stretch sends work down, so it asks for its ground and keeps it.
    func carried(_ plan: PatrolPlan, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> PatrolPlan
    {
        var plan = plan
        plan.ground = plan.ground ?? day.cases.rules.grounds.item(ofCategory: plan.category)
        try house.requireGround(plan.ground, from: scope, to: plan.area, at: now, in: transaction)
        if !scope.sendsDown(to: plan.area) { plan.ground = nil }
        return plan
    }

    /// Ends a plan, and takes what is due of it from the phones.
    func stop(_ id: Identifier<PatrolPlan>, by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        guard let plan = try PatrolStore.plan(id, in: transaction), scope.line == nil, scope.area.contains(plan.area)
        else { throw Refusal.nothingHere }
        try PatrolStore.setNext(nil, of: id, in: transaction)
        try PatrolStore.pass(openOf: id, in: transaction)
        try record("gridday.plan-stop", plan, by: Actor(scope), at: now, in: transaction)
    }

    func record(_ act: String, _ plan: PatrolPlan, by actor: Actor, at now: Instant, in transaction: any Transaction)
        throws
    {
        try Ledger.record(
            LedgerEntry(
                act, on: "patrol", plan.id, by: actor, at: now, id: house.identifiers.next(at: now),
                area: plan.area.code
            ) { writer in
                writer.member("origin", plan.origin.rawValue)
                writer.member("category", plan.category)
                writer.member("everyDays", plan.everyDays)
                if let ground = plan.ground { writer.member("ground", ground) }
            }, in: transaction)
    }
}
