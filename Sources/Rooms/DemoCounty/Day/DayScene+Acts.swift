import Cases
import Desk
import Emergencies
import Ground
import Storage

/// What staff do with matters, in emergencies and on duty: through the rooms' faces, which check rights and rules.
extension DayScene {
    // MARK: Matters

    func act(_ beat: DayBeat) async throws {
        guard let name = beat.act else { throw DayFault.missing("it does not say what is done") }
        let scope = try actor(beat.by)
        let id = try await matter(beat.on)
        var command = Command(
            ActName(rawValue: name), opinion: beat.opinion, reason: beat.reason,
            body: try beat.body.map { try body($0) }, category: beat.category, result: beat.result,
            isSolved: beat.solved, satisfaction: beat.satisfaction)
        command.bodies = try (beat.bodies ?? []).map { try body($0) }
        command.variant = beat.variant
        // Whoever takes it in finds out where it is.
        if name == "accept" { command.area = try community().area }
        if let other = beat.to { command.matterNumber = try await number(of: try await matter(other)) }
        let (cases, now, final) = (rooms.cases, now, command)
        try await house.database.write { try cases.act(playing: id, final, by: scope, at: now, in: $0) }
    }

    /// A whistle or an invitation.
    mutating func begin(_ beat: DayBeat) async throws {
        let scope = try actor(beat.by)
        let beginning = Beginning(
            kind: beat.act ?? "", variant: beat.variant, title: beat.title ?? "", detail: beat.detail ?? "",
            area: try community().area, body: try beat.body.map { try body($0) })
        let (cases, now) = (rooms.cases, now)
        let record = try await house.database.write { try cases.begin(beginning, by: scope, at: now, in: $0) }
        if let name = beat.name { matters[name] = record.id }
    }

    // MARK: Emergencies

    private func when(_ beat: DayBeat) throws -> Occurrence {
        try Occurrence(try beat.happened.map { try instant($0) }, at: now)
    }

    private func running() throws -> EventID {
        guard let event else { throw DayFault.missing("no emergency was started") }
        return event
    }

    mutating func start(_ beat: DayBeat) async throws {
        let scope = try actor(beat.by)
        let (area, when) = (try street().area, try when(beat))
        guard let plan = beat.act, let level = beat.variant.flatMap(EmergencyLevel.init(rawValue:)) else {
            throw DayFault.missing("it does not say which plan and level")
        }
        let (emergencies, title) = (rooms.emergencies, beat.title ?? plan)
        event = try await house.database.write {
            try emergencies.start(
                plan: plan, level: level, area: area, title: title, isExercise: false, when, by: scope, in: $0
            ).id
        }
    }

    /// Those who were called and answer; `to` names whoever is away from the phone.
    func reach(_ beat: DayBeat) async throws {
        let (event, when, emergencies) = (try running(), try when(beat), rooms.emergencies)
        let away = try beat.to.map { try actor($0).staff }
        let street = try street()
        let called =
            stage.coordination + street.leaders + street.dispatchers + street.handlers
            + street.communities.flatMap(\.handlers)
        try await house.database.write { transaction in
            for scope in called where scope.staff != away {
                for number in try emergencies.calls(of: scope.staff, in: event, transaction) {
                    _ = try emergencies.reached(number, of: event, when, by: scope, in: transaction)
                }
            }
        }
    }

    mutating func site(_ beat: DayBeat) async throws {
        let (event, now, emergencies) = (try running(), now, rooms.emergencies)
        let area = beat.to == "street" ? try street().area : try community().area
        let (scope, title) = (try actor(beat.by), beat.title ?? "")
        let site = try await house.database.write {
            try emergencies.addSite(title, area: area, to: event, by: scope, at: now, in: $0)
        }
        if let name = beat.name { sites[name] = site.id }
    }

    private func site(_ name: String?) throws -> SiteID {
        guard let site = name.flatMap({ sites[$0] }) else { throw DayFault.missing("no site \(name ?? "—")") }
        return site
    }

    mutating func register(_ beat: DayBeat) async throws {
        let (event, when, emergencies) = (try running(), try when(beat), rooms.emergencies)
        let (scope, site) = (try actor(beat.by), try site(beat.on))
        let kind: LotRecord.Kind = beat.variant == "goods" ? .goods : .people
        let (label, unit, count) = (beat.title ?? "", beat.unit ?? "人", beat.count ?? 1)
        let lot = try await house.database.write {
            try emergencies.register(
                kind, label: label, unit: unit, count: count, at: site, of: event, when, by: scope, in: $0)
        }
        if let name = beat.name { lots[name] = lot.id }
    }

    /// `act`: send or receive; the slip is known by the line's name from then on.
    mutating func handOver(_ beat: DayBeat) async throws {
        let (event, when, emergencies) = (try running(), try when(beat), rooms.emergencies)
        let scope = try actor(beat.by)
        var report = HandOverReport(beat.act == "receive" ? .receive : .send, count: beat.count ?? 0)
        if report.kind == .send {
            guard let lot = beat.on.flatMap({ lots[$0] }) else {
                throw DayFault.missing("it does not say what is sent")
            }
            report.lot = lot
            report.from = try site(beat.from)
            report.to = try site(beat.to)
            report.minutes = beat.minutes
        } else {
            report.slip = beat.name.flatMap { slips[$0] }
        }
        let final = report
        let outcome = try await house.database.write {
            try emergencies.take(final, of: event, when, by: scope, in: $0)
        }
        guard case .done(let one) = outcome else { throw DayFault.missing("the hand-over was not taken: \(outcome)") }
        if let name = beat.name { slips[name] = one.slip }
    }

    func settle(_ beat: DayBeat) async throws {
        let (event, when, emergencies) = (try running(), try when(beat), rooms.emergencies)
        guard let slip = beat.on.flatMap({ slips[$0] }) else { throw DayFault.missing("it does not say which slip") }
        let (scope, reason) = (try actor(beat.by), beat.reason ?? "")
        _ = try await house.database.write {
            try emergencies.settle(slip, reason: reason, of: event, when, by: scope, in: $0)
        }
    }

    func report(_ beat: DayBeat) async throws {
        let (event, when, emergencies) = (try running(), try when(beat), rooms.emergencies)
        let (scope, text) = (try actor(beat.by), beat.opinion ?? "")
        _ = try await house.database.write { try emergencies.report(text, of: event, when, by: scope, in: $0) }
    }

    func end(_ beat: DayBeat) async throws {
        let (event, when, emergencies) = (try running(), try when(beat), rooms.emergencies)
        let scope = try actor(beat.by)
        _ = try await house.database.write { try emergencies.end(event, when, by: scope, in: $0) }
    }

    // MARK: Duty

    /// Puts somebody on the roster from one hour of the day to another; without hours, fills each day's duty of every
    /// street from eight to eight, where nobody stands in it.
    mutating func roster(_ beat: DayBeat) async throws {
        let (emergencies, now) = (rooms.emergencies, now)
        guard let from = beat.from, let until = beat.until else { return try await fillRosters() }
        let person = try actor(beat.to)
        let scope = try actor(beat.by)
        let shift = PlannedShift(
            area: try street().area, kind: beat.shift ?? "duty", person: person.post.text, from: try instant(from),
            until: try instant(until))
        let record = try await house.database.write { try emergencies.plan(shift, by: scope, at: now, in: $0) }
        if let name = beat.name { shifts[name] = record.id }
    }

    private func fillRosters() async throws {
        let (emergencies, now) = (rooms.emergencies, now)
        for street in stage.streets {
            guard let leader = street.leaders.first, street.dispatchers.count > 1 else { continue }
            for (index, offset) in [Int64(-16), 8].enumerated() {
                let from = midnight + .hours(offset)
                for (kind, person) in [("lead", leader), ("duty", street.dispatchers[index % 2])] {
                    let known = try await house.database.query(
                        """
                        SELECT 1 FROM duty_shifts WHERE area = \(street.area.code) AND from_at = \(from)
                            AND kind = \(kind) LIMIT 1
                        """)
                    guard known.isEmpty else { continue }
                    let shift = PlannedShift(
                        area: street.area, kind: kind, person: person.post.text, from: from, until: from + .hours(24))
                    _ = try await house.database.write { try emergencies.plan(shift, by: leader, at: now, in: $0) }
                }
            }
        }
    }

    /// Who stands in a duty of the street: the person on shift before `hour`, and the one who comes then.
    private func change(_ kind: String, at hour: Instant) async throws -> (shift: ShiftID, off: Scope, on: Scope) {
        let street = try street()
        let rows = try await house.database.query(
            """
            SELECT id, staff FROM duty_shifts
            WHERE area = \(street.area.code) AND kind = \(kind) AND from_at IN (\(hour), \(hour - .hours(24)))
            ORDER BY from_at, id LIMIT 2
            """)
        let hands = street.dispatchers + street.handlers
        guard rows.count == 2 else { throw DayFault.missing("the roster has no shift that ends and none that begins") }
        let (before, after): (StaffID, StaffID) = (try rows[0].identifier(1), try rows[1].identifier(1))
        guard let off = hands.first(where: { $0.staff == before }), let on = hands.first(where: { $0.staff == after })
        else { throw DayFault.missing("who is on duty is not of the street") }
        return (try rows[0].identifier(0), off, on)
    }

    mutating func offerShift(_ beat: DayBeat) async throws {
        let (emergencies, now, note) = (rooms.emergencies, now, beat.opinion ?? "无")
        let shift: ShiftID
        let (off, on): (Scope, Scope)
        if let known = beat.on.flatMap({ shifts[$0] }) {
            (shift, off, on) = (known, try actor(beat.by), try actor(beat.to))
        } else {
            (shift, off, on) = try await change(beat.shift ?? "duty", at: try instant(beat.from ?? "08:00"))
        }
        _ = try await house.database.write {
            try emergencies.offerShift(shift, to: on.staff, note: note, by: off, at: now, in: $0)
        }
        if let name = beat.name { shifts[name] = shift }
    }

    func takeShift(_ beat: DayBeat) async throws {
        let (emergencies, now) = (rooms.emergencies, now)
        guard let shift = beat.on.flatMap({ shifts[$0] }) else { throw DayFault.missing("no shift was offered") }
        let on = beat.by == nil ? try await change("duty", at: try instant("08:00")).on : try actor(beat.by)
        _ = try await house.database.write { try emergencies.takeShift(shift, by: on, at: now, in: $0) }
    }
}
