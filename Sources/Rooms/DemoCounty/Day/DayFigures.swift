import Cases
import Cipher
import Desk
public import Ground
import Ledger
import Storage

/// One figure that people see, beside the same one found from the ledger.
public struct DayFigure: Sendable, Hashable {
    public var group: LocalizedText
    public var title: LocalizedText
    /// As the rooms keep it.
    public var shown: Int
    /// As the ledger has it.
    public var recounted: Int

    public var agrees: Bool { shown == recounted }
}

/// Compares what the rooms show with what the ledger says.
struct DayFigures: Sendable {
    private let house: House
    private let rules: CaseRules

    init(_ house: House, _ rules: CaseRules) {
        self.house = house
        self.rules = rules
    }

    private static let page = 2_000

    /// Everything that the ledger holds, sealed first so that nobody can add to it meanwhile.
    func recount() async throws -> DayRecount {
        let now = house.clock.now()
        try await Sealing(
            database: house.database, key: house.keys.signing, clock: house.clock, chain: house.settings.area
        ).run()
        var recount = DayRecount(since: now - .days(1))
        var position = LedgerPosition(block: 0, entry: "")
        while true {
            let from = position
            let some = try await house.database.read {
                try Ledger.sealed(after: from, limit: Self.page, in: $0)
            }
            for one in some { try recount.take(one.entry) }
            guard let last = some.last else { return recount }
            position = last.position
        }
    }

    func compare() async throws -> [DayFigure] {
        let recount = try await recount()
        return try await byStreet(recount) + byDeadline(recount) + byState(recount) + ofEmergencies(recount)
            + byChannel(recount) + ofLedger(recount)
    }

    private func number(_ query: SQL) async throws -> Int { Int(try await house.database.query(query)[0].int(0)) }

    private var openStates: [String] {
        rules.workflows.flatMap(\.states).filter { !$0.isEnd }.map(\.name.rawValue)
    }

    private func isOpen(_ matter: DayRecount.Matter) -> Bool {
        rules.state(StateName(rawValue: matter.state))?.isEnd == false
    }

    // MARK: Open matters

    private static let matters = LocalizedText("在办事项", "Open matters")

    private func byStreet(_ recount: DayRecount) async throws -> [DayFigure] {
        var counted: [String: Int] = [:]
        for matter in recount.matters.values where isOpen(matter) {
            counted[String(matter.area.prefix(9)), default: 0] += 1
        }
        var shown: [String: Int] = [:]
        for row in try await house.database.query(
            """
            SELECT substr(area, 1, 9), SUM(total) FROM case_counts WHERE state IN (\(list: openStates))
            GROUP BY substr(area, 1, 9)
            """)
        {
            shown[try row.text(0)] = Int(try row.int(1))
        }
        let rows = try await house.database.query("SELECT code, name FROM divisions WHERE length(code) = 9")
        var names: [String: String] = [:]
        for row in rows { names[try row.text(0)] = try row.text(1) }
        return Set(shown.keys).union(counted.keys).sorted().compactMap { area in
            let figure = DayFigure(
                group: Self.matters,
                title: LocalizedText(names[area] ?? "未落到街镇（\(area)）", names[area] ?? "not placed (\(area))"),
                shown: shown[area] ?? 0, recounted: counted[area] ?? 0)
            return figure.shown == 0 && figure.recounted == 0 ? nil : figure
        }
    }

    private func byDeadline(_ recount: DayRecount) async throws -> [DayFigure] {
        let now = house.clock.now()
        let open = recount.matters.values.filter(isOpen)
        let bands: [(LocalizedText, SQL, (Instant) -> Bool)] = [
            (LocalizedText("已逾期", "overdue"), "due_at <= \(now)", { $0 <= now }),
            (
                LocalizedText("一天内到期", "due within a day"), "due_at > \(now) AND due_at <= \(now + .days(1))",
                { $0 > now && $0 <= now + .days(1) }
            ),
            (LocalizedText("一天后到期", "due later"), "due_at > \(now + .days(1))", { $0 > now + .days(1) }),
        ]
        var figures: [DayFigure] = []
        for (title, condition, holds) in bands {
            figures.append(
                DayFigure(
                    group: LocalizedText("在办事项的时限", "Deadlines of open matters"), title: title,
                    shown: try await number("SELECT COUNT(*) FROM cases WHERE ended_at IS NULL AND \(condition)"),
                    recounted: open.count { $0.due.map(holds) == true }))
        }
        return figures
    }

    private func byState(_ recount: DayRecount) async throws -> [DayFigure] {
        var shown: [String: Int] = [:]
        for row in try await house.database.query("SELECT state, SUM(total) FROM case_counts GROUP BY state") {
            shown[try row.text(0)] = Int(try row.int(1))
        }
        var counted: [String: Int] = [:]
        for matter in recount.matters.values { counted[matter.state, default: 0] += 1 }
        return rules.workflows.flatMap { workflow in
            workflow.states.compactMap { state -> DayFigure? in
                let name = state.name.rawValue
                let figure = DayFigure(
                    group: workflow.shortTitle, title: state.title, shown: shown[name] ?? 0,
                    recounted: counted[name] ?? 0)
                return figure.shown == 0 && figure.recounted == 0 ? nil : figure
            }
        }
    }

    // MARK: Emergencies and duty

    private func ofEmergencies(_ recount: DayRecount) async throws -> [DayFigure] {
        let now = house.clock.now()
        let group = LocalizedText("应急与值班", "Emergencies and duty")
        return [
            DayFigure(
                group: group, title: LocalizedText("进行中的应急响应", "running emergencies"),
                shown: try await number("SELECT COUNT(*) FROM emergency_events WHERE ended_at IS NULL"),
                recounted: recount.running.count),
            DayFigure(
                group: group, title: LocalizedText("在途或有差异的交接", "hand-overs on the way or with a difference"),
                shown: try await number(
                    "SELECT COUNT(*) FROM emergency_hand_overs WHERE state IN ('open', 'difference')"),
                recounted: recount.handOvers.values.count { $0.isOpen }),
            DayFigure(
                group: group, title: LocalizedText("正在报警", "alarms that ring"),
                shown: try await number(
                    "SELECT COUNT(DISTINCT subject) FROM emergency_alarms WHERE ended_at IS NULL"),
                recounted: recount.alarms.count),
            DayFigure(
                group: group, title: LocalizedText("当班", "on shift"),
                shown: try await number(
                    "SELECT COUNT(*) FROM duty_shifts WHERE from_at <= \(now) AND until_at > \(now)"),
                recounted: recount.onShift(at: now)),
        ]
    }

    // MARK: The day, and the ledger itself

    private func byChannel(_ recount: DayRecount) async throws -> [DayFigure] {
        let since = recount.since
        var shown: [String: Int] = [:]
        for row in try await house.database.query(
            "SELECT channel, COUNT(*) FROM cases WHERE kind = 'matter' AND received_at >= \(since) GROUP BY channel")
        {
            shown[try row.text(0)] = Int(try row.int(1))
        }
        return Channel.allCases.compactMap { channel in
            let figure = DayFigure(
                group: LocalizedText("当日受理渠道", "Came in today, by channel"), title: channel.title,
                shown: shown[channel.rawValue] ?? 0, recounted: recount.reported[channel.rawValue] ?? 0)
            return figure.shown == 0 && figure.recounted == 0 ? nil : figure
        }
    }

    /// The recount is worth as much as the ledger that it reads.
    private func ofLedger(_ recount: DayRecount) async throws -> [DayFigure] {
        let verification = try await Ledger.verify(
            house.database, publicKey: house.keys.signing.publicKey, at: house.clock.now())
        return [
            DayFigure(
                group: LocalizedText("台账", "Ledger"), title: LocalizedText("条目（校验无误）", "entries, proved unchanged"),
                shown: verification.isIntact ? Int(verification.entries) : -1, recounted: recount.entries)
        ]
    }
}
