public import Cases
public import Desk
import Emergencies
import Foundation
public import Ground
import Identity
import Ledger
public import Storage

/// The figures of a wall, found another way: by reading every entry of the ledger and nothing else. Slow, and made for
/// checking: what the wall shows and what the ledger says must be the same number.
///
/// It knows what was done, not what is stored: a count that was forgotten in some act shows as a difference here.
public struct LedgerRecount {
    private struct Matter {
        var kind: String
        var area: AreaPrefix
        var isSensor: Bool
        var state: StateName
        var due: Instant?
        var body: String?
    }

    private struct Event {
        var area: AreaPrefix
        var isExercise: Bool
        var isRunning = true
        var sites: [String: AreaPrefix] = [:]
        var handOvers: [Int64: Slip] = [:]
    }

    private struct Slip {
        var from: AreaPrefix?
        var to: AreaPrefix?
        var expectedBy: Instant
        var sent: Int64
        var received: Int64 = 0
        var returned: Int64 = 0
        var isTouched = false
        var isSettled = false

        var isOpen: Bool { !isSettled && !isTouched && returned < sent }
        var isDifferent: Bool { !isSettled && isTouched && received + returned != sent }
    }

    /// What rings, and where; the emergency that ends it by ending, none for shifts.
    private struct Alarm {
        var event: String?
        var area: AreaPrefix
    }

    private struct Branch: Hashable {
        var event: String
        var number: Int64
    }

    private struct Shift {
        var area: AreaPrefix
        var kind: String
        var from: Instant
        var until: Instant
    }

    /// What the facts of the entries may hold of all this.
    private struct Facts: Decodable {
        var to: String?
        var dueAt: String?
        var kind: String?
        var channel: String?
        var exercise: Bool?
        var site: String?
        var siteArea: String?
        var slip: Int64?
        var count: Int64?
        var fromSite: String?
        var toSite: String?
        var corrects: Bool?
        var staff: String?
        var from: String?
        var until: String?
        var alarm: String?
        var alarmArea: String?
        var contact: Int64?
        var conflict: String?
    }

    /// An entry that says nothing of the body leaves it; one with `null` takes it away.
    private struct BodyTold: Decodable {
        enum Key: String, CodingKey { case body }
        var isTold: Bool
        var body: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            isTold = container.contains(.body)
            body = try container.decodeIfPresent(String.self, forKey: .body)
        }
    }

    private let rules: CaseRules
    private var matters: [String: Matter] = [:]
    private var events: [String: Event] = [:]
    private var shifts: [String: Shift] = [:]
    private var alarms: [String: Alarm] = [:]
    private var alarmOfBranch: [Branch: String] = [:]

    private init(_ rules: CaseRules) { self.rules = rules }

    /// What a wall of this scope must show.
    public static func figures(
        in area: AreaPrefix? = nil, for scope: Scope, at now: Instant, rules: CaseRules,
        in transaction: any Transaction
    ) throws -> WallFigures {
        var recount = LedgerRecount(rules)
        try Ledger.each(in: transaction) { try recount.take($0) }
        return recount.figures(area ?? scope.area, scope, now)
    }

    // MARK: Reading

    private mutating func take(_ entry: LedgerEntry) throws {
        switch entry.subjectKind {
        case "case": try takeMatter(entry, Self.facts(entry), Self.body(entry))
        case "emergency":
            let facts = try Self.facts(entry)
            takeAlarm(entry, facts)
            takeEmergency(entry, facts)
        case "shift": try takeShift(entry, Self.facts(entry))
        default: break
        }
    }

    private static func facts(_ entry: LedgerEntry) throws -> Facts {
        try JSONDecoder().decode(Facts.self, from: Data(entry.facts))
    }

    private static func body(_ entry: LedgerEntry) throws -> BodyTold {
        try JSONDecoder().decode(BodyTold.self, from: Data(entry.facts))
    }

    private mutating func takeMatter(_ entry: LedgerEntry, _ facts: Facts, _ body: BodyTold) {
        // Entries without a state say something of a matter that stays where it is.
        guard let to = facts.to, let area = entry.area.flatMap({ AreaPrefix($0) }) else { return }
        let state = StateName(rawValue: to)
        let known = matters[entry.subjectID]
        matters[entry.subjectID] = Matter(
            kind: known?.kind ?? facts.kind ?? rules.workflow(with: state)?.name ?? Workflow.matter, area: area,
            isSensor: known?.isSensor ?? (facts.channel == Channel.sensor.rawValue), state: state,
            due: facts.dueAt.flatMap { Instant(iso8601: $0) }, body: body.isTold ? body.body : known?.body)
    }

    private mutating func takeEmergency(_ entry: LedgerEntry, _ facts: Facts) {
        let id = entry.subjectID
        switch entry.act {
        case "emergencies.started":
            guard let area = entry.area.flatMap({ AreaPrefix($0) }) else { return }
            events[id] = Event(area: area, isExercise: facts.exercise ?? false)
        case "emergencies.ended": events[id]?.isRunning = false
        case "emergencies.site":
            if let name = facts.site { events[id]?.sites[name] = facts.siteArea.flatMap { AreaPrefix($0) } }
        case "emergencies.sent":
            guard let slip = facts.slip, let count = facts.count, let event = events[id],
                let expected = facts.dueAt.flatMap({ Instant(iso8601: $0) })
            else { return }
            events[id]?.handOvers[slip] = Slip(
                from: facts.fromSite.flatMap { event.sites[$0] }, to: facts.toSite.flatMap { event.sites[$0] },
                expectedBy: expected, sent: count)
        case "emergencies.received":
            guard let slip = facts.slip, let count = facts.count, var one = events[id]?.handOvers[slip] else { return }
            if facts.corrects == true {
                one.received = count
                one.isSettled = false
            } else {
                one.received += count
            }
            one.isTouched = true
            events[id]?.handOvers[slip] = one
        case "emergencies.given-back":
            if let slip = facts.slip, let count = facts.count { events[id]?.handOvers[slip]?.returned += count }
        case "emergencies.settled":
            if let slip = facts.slip { events[id]?.handOvers[slip]?.isSettled = true }
        default: break
        }
    }

    private mutating func takeAlarm(_ entry: LedgerEntry, _ facts: Facts) {
        let event = entry.subjectID
        switch entry.act {
        case "emergencies.alarm", "emergencies.alarm-raised":
            // What came in after the end is told and rings no more.
            guard entry.act == "emergencies.alarm" || events[event]?.isRunning == true, let subject = facts.alarm,
                let area = (facts.alarmArea ?? entry.area).flatMap({ AreaPrefix($0) })
            else { return }
            alarms[subject] = Alarm(event: event, area: area)
            if let number = facts.contact { alarmOfBranch[Branch(event: event, number: number)] = subject }
        case "emergencies.alarm-answered": if let subject = facts.alarm { alarms[subject] = nil }
        case "emergencies.reached", "emergencies.contact-settled":
            let branch = facts.contact.map { Branch(event: event, number: $0) }
            if let subject = branch.flatMap({ alarmOfBranch[$0] }) { alarms[subject] = nil }
        case "emergencies.reported": alarms["event:" + event] = nil
        case "emergencies.decided", "emergencies.received":
            if let conflict = facts.conflict { alarms["conflict:" + conflict] = nil }
        case "emergencies.ended": alarms = alarms.filter { $0.value.event != event }
        default: break
        }
    }

    private mutating func takeShift(_ entry: LedgerEntry, _ facts: Facts) {
        guard let area = entry.area.flatMap({ AreaPrefix($0) }) else { return }
        if entry.act == "duty.alarm", let subject = facts.alarm { alarms[subject] = Alarm(event: nil, area: area) }
        if entry.act == "duty.taken" || entry.act == "duty.not-taken" { alarms["shift:" + entry.subjectID] = nil }
        guard let kind = facts.kind, let staff = facts.staff,
            let from = facts.from.flatMap({ Instant(iso8601: $0) }),
            let until = facts.until.flatMap({ Instant(iso8601: $0) })
        else { return }
        // Planning the same person at the same time again changes the end.
        let key = "\(area.code) \(kind) \(staff) \(from.milliseconds)"
        switch entry.act {
        case "duty.planned": shifts[key] = Shift(area: area, kind: kind, from: from, until: until)
        case "duty.removed": shifts[key] = nil
        default: break
        }
    }

    // MARK: Counting

    private func figures(_ area: AreaPrefix, _ scope: Scope, _ now: Instant) -> WallFigures {
        var figures = WallFigures(area: area, at: now)
        for matter in matters.values {
            guard area.contains(matter.area), rules.state(matter.state)?.isEnd == false,
                scope.line == nil || matter.body == scope.body.text
            else { continue }
            let pressure = Self.pressure(matter.due, at: now)
            figures.open.kinds[matter.kind, default: OpenCount()][pressure] += 1
            guard matter.kind == Workflow.matter else { continue }
            if matter.isSensor { figures.open.sensed[pressure] += 1 }
            figures.open.areas[Self.part(of: matter.area, below: area), default: OpenCount()][pressure] += 1
        }
        guard scope.may(.readEmergencies) else { return figures }
        figures.emergencies = emergencies(area, now)
        for shift in shifts.values where area.contains(shift.area) && shift.from <= now && shift.until > now {
            figures.onShift[shift.kind, default: 0] += 1
        }
        return figures
    }

    private func emergencies(_ area: AreaPrefix, _ now: Instant) -> EmergencyFigures {
        var counted = EmergencyFigures()
        for (subject, alarm) in alarms where area.contains(alarm.area) {
            if let kind = AlarmKind(ofSubject: subject) { counted.ringing[kind, default: 0] += 1 }
        }
        for event in events.values {
            let concerns =
                area.contains(event.area) || event.area.contains(area)
                || event.sites.values.contains(where: area.contains)
            if event.isRunning, concerns {
                if event.isExercise { counted.exercises += 1 } else { counted.running += 1 }
            }
            for slip in event.handOvers.values {
                guard [slip.from, slip.to].contains(where: { $0.map(area.contains) ?? false }) else { continue }
                if slip.isOpen {
                    counted.unacknowledged += 1
                    if slip.expectedBy < now { counted.late += 1 }
                } else if slip.isDifferent {
                    counted.differences += 1
                }
            }
        }
        return counted
    }

    /// Written anew here, so that a slip in the one is found by the other.
    private static func pressure(_ due: Instant?, at now: Instant) -> OpenPressure {
        guard let due else { return .undated }
        guard due >= now else { return .overdue }
        let days = due.local().day - now.local().day
        if days == 0 { return .today }
        return days <= 7 - now.local().day.weekday ? .week : .later
    }

    private static func part(of place: AreaPrefix, below area: AreaPrefix) -> AreaPrefix {
        switch area.level {
        case .country, .province, .prefecture:
            AreaPrefix(place.code.prefix(area.code.utf8.count + 2)) ?? area
        case .county: place.level >= .street ? AreaPrefix(place.code.prefix(9)) ?? area : area
        case .street: place.level >= .community ? AreaPrefix(place.code.prefix(12)) ?? area : area
        case .community, .grid: area
        }
    }
}
