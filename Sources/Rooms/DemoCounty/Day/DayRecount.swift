import Cases
import Ground
import Ledger

/// What must stand open, ring and be on duty, found from the ledger alone: no counter and no state of any room is read.
/// Pure: entries in the order of the chain go in, figures come out.
struct DayRecount: Sendable {
    struct Matter: Sendable, Hashable {
        var kind: String
        var state: String
        var area: String
        var due: Instant?
        var whole: String?
    }

    struct HandOver: Sendable, Hashable {
        var sent: Int64
        var received: Int64 = 0
        var returned: Int64 = 0
        var isSettled = false

        /// On the way, or with a difference that nobody has explained.
        var isOpen: Bool { !isSettled && received + returned != sent }
    }

    struct Shift: Sendable, Hashable {
        var area: String
        var kind: String
        var staff: String
        var from: Instant
    }

    struct Slip: Sendable, Hashable {
        var event: String
        var number: Int64
    }

    /// By the id of the matter.
    private(set) var matters: [String: Matter] = [:]
    private(set) var numbers: [String: String] = [:]
    /// Matters that came in at or after an instant, by channel.
    private(set) var reported: [String: Int] = [:]
    private(set) var running: Set<String> = []
    private(set) var handOvers: [Slip: HandOver] = [:]
    /// What rings, and for which emergency; nil for shifts.
    private(set) var alarms: [String: String?] = [:]
    private var alarmsOfSlip: [Slip: Set<String>] = [:]
    private var alarmsOfContact: [Slip: Set<String>] = [:]
    /// Until when.
    private(set) var shifts: [Shift: Instant] = [:]
    private(set) var entries = 0

    let since: Instant

    init(since: Instant) { self.since = since }

    mutating func take(_ entry: LedgerEntry) throws {
        entries += 1
        let facts = try FactReader(entry.facts)
        switch entry.subjectKind {
        case "case": takeMatter(entry, facts)
        case "emergency": takeEmergency(entry, facts)
        case "shift": takeShift(entry, facts)
        default: break
        }
    }

    // MARK: Matters

    private mutating func takeMatter(_ entry: LedgerEntry, _ facts: FactReader) {
        if entry.act == "cases.report" || entry.act == "cases.import", entry.receivedAt >= since {
            reported[facts.text("channel") ?? Channel.imported.rawValue, default: 0] += 1
        }
        guard let state = facts.text("to") else { return }
        var matter =
            matters[entry.subjectID]
            ?? Matter(kind: facts.text("kind") ?? Workflow.matter, state: state, area: "", whole: facts.text("whole"))
        if let number = facts.text("number") { numbers[number] = entry.subjectID }
        matter.state = state
        matter.area = entry.area ?? ""
        matter.due = facts.instant("dueAt")
        matters[entry.subjectID] = matter
    }

    // MARK: Emergencies

    private mutating func takeEmergency(_ entry: LedgerEntry, _ facts: FactReader) {
        let event = entry.subjectID
        let slip = facts.number("slip").map { Slip(event: event, number: $0) }
        switch entry.act {
        case "emergencies.started": running.insert(event)
        case "emergencies.ended":
            running.remove(event)
            alarms = alarms.filter { $0.value != event }
        case "emergencies.sent":
            if let slip { handOvers[slip] = HandOver(sent: facts.number("count") ?? 0) }
        case "emergencies.received":
            change(slip) { $0.received += facts.number("count") ?? 0 }
            // A receipt that came before its sending was a conflict until then.
            if let conflict = facts.text("conflict") { alarms["conflict:" + conflict] = nil }
        case "emergencies.given-back": change(slip) { $0.returned += facts.number("count") ?? 0 }
        case "emergencies.settled": change(slip) { $0.isSettled = true }
        case "emergencies.reached", "emergencies.contact-settled":
            guard let number = facts.number("contact") else { return }
            for alarm in alarmsOfContact[Slip(event: event, number: number)] ?? [] { alarms[alarm] = nil }
        case "emergencies.reported": alarms["event:" + event] = nil
        case "emergencies.alarm":
            guard let alarm = facts.text("alarm") else { return }
            alarms[alarm] = .some(event)
            if let slip { alarmsOfSlip[slip, default: []].insert(alarm) }
            if let number = facts.number("contact") {
                alarmsOfContact[Slip(event: event, number: number), default: []].insert(alarm)
            }
        case "emergencies.alarm-raised":
            if running.contains(event), let alarm = facts.text("alarm") { alarms[alarm] = .some(event) }
        case "emergencies.alarm-answered":
            if let alarm = facts.text("alarm") { alarms[alarm] = nil }
        case "emergencies.decided":
            if let conflict = facts.text("conflict") { alarms["conflict:" + conflict] = nil }
        default: break
        }
    }

    /// An alarm of a hand-over is over when its state becomes another.
    private mutating func change(_ slip: Slip?, _ body: (inout HandOver) -> Void) {
        guard let slip, var one = handOvers[slip] else { return }
        let before = (one.isOpen, one.received + one.returned)
        body(&one)
        handOvers[slip] = one
        guard before != (one.isOpen, one.received + one.returned) else { return }
        for alarm in alarmsOfSlip[slip] ?? [] { alarms[alarm] = nil }
    }

    // MARK: Duty

    private mutating func takeShift(_ entry: LedgerEntry, _ facts: FactReader) {
        if entry.act == "duty.alarm", let alarm = facts.text("alarm") { alarms[alarm] = .some(nil) }
        if entry.act == "duty.taken" { alarms["shift:" + entry.subjectID] = nil }
        guard let staff = facts.text("staff"), let kind = facts.text("kind"), let from = facts.instant("from"),
            let until = facts.instant("until")
        else { return }
        let shift = Shift(area: entry.area ?? "", kind: kind, staff: staff, from: from)
        if entry.act == "duty.planned" { shifts[shift] = until }
        if entry.act == "duty.removed" { shifts[shift] = nil }
    }

    func onShift(at now: Instant) -> Int { shifts.count { $0.key.from <= now && now < $0.value } }
}
