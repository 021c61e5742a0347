import Ground

/// Every state in which something of an emergency can be, with who owns it, what limits it, and what happens at the
/// limit. The proof of ``faults`` is that of the workflows of matters: take away the moves that can happen only so often;
/// what is left has no circle and leads from every state to an end; and no state waits for nobody.
///
/// One thing is not bounded on purpose: a storm lasts as long as it lasts. An event stays in `running` by reports, each
/// of which must come within the level's own limit, or coordination is alarmed.
struct EmergencyLoop: Sendable {
    struct State: Sendable {
        var name: String
        /// nil for an end.
        var owner: String?
        var limit: String?
        var atLimit: String?
    }

    struct Move: Sendable {
        var from: String
        var to: String
        var by: String
        /// Why it can happen only so often; nil when nothing bounds it but the order of states.
        var bound: String?
    }

    var name: String
    var first: String
    var states: [State]
    var moves: [Move]

    private static func waiting(_ name: String, _ owner: String, _ limit: String, _ atLimit: String) -> State {
        State(name: name, owner: owner, limit: limit, atLimit: atLimit)
    }

    private static func end(_ name: String) -> State { State(name: name) }

    static let handOver = EmergencyLoop(
        name: "hand-over", first: "open",
        states: [
            waiting("open", "receiver", "expectedBy", "alarm the receiver's head, then coordination, then again"),
            waiting("difference", "commander", "differenceMinutes", "alarm the head, then coordination, then again"),
            end("received"), end("returned"), end("settled"),
        ],
        moves: [
            Move(from: "open", to: "received", by: "receiver"), Move(from: "open", to: "difference", by: "receiver"),
            Move(from: "open", to: "returned", by: "giver"),
            Move(from: "open", to: "open", by: "giver", bound: "what is outstanding shrinks each time"),
            Move(from: "difference", to: "received", by: "receiver"),
            Move(from: "difference", to: "returned", by: "giver"),
            Move(from: "difference", to: "difference", by: "receiver", bound: "what is outstanding shrinks each time"),
            Move(from: "difference", to: "settled", by: "commander"),
            Move(from: "received", to: "difference", by: "commander", bound: "once for each conflict"),
            Move(from: "received", to: "received", by: "commander", bound: "once for each conflict"),
            Move(from: "returned", to: "difference", by: "commander", bound: "once for each conflict"),
            Move(from: "returned", to: "returned", by: "commander", bound: "once for each conflict"),
            Move(from: "returned", to: "received", by: "commander", bound: "once for each conflict"),
            Move(from: "settled", to: "difference", by: "commander", bound: "once for each conflict"),
            Move(from: "settled", to: "received", by: "commander", bound: "once for each conflict"),
            Move(from: "settled", to: "returned", by: "commander", bound: "once for each conflict"),
        ])

    static let contact = EmergencyLoop(
        name: "contact", first: "waiting",
        states: [
            waiting(
                "waiting", "person called", "minutes of the tier", "the next person is called; after the last, alarm"),
            waiting("unreached", "commander", "toCoordinationMinutes", "alarm coordination, then again"),
            end("reached"), end("settled"), end("closed"),
        ],
        moves: [
            Move(from: "waiting", to: "reached", by: "person called"),
            Move(from: "waiting", to: "waiting", by: "platform", bound: "as many times as there are persons"),
            Move(from: "waiting", to: "unreached", by: "platform"),
            Move(from: "waiting", to: "closed", by: "commander"),
            Move(from: "unreached", to: "reached", by: "person called"),
            Move(from: "unreached", to: "settled", by: "commander"),
            Move(from: "unreached", to: "closed", by: "commander"),
        ])

    static let event = EmergencyLoop(
        name: "event", first: "running",
        states: [waiting("running", "commander", "reviewHours", "alarm coordination, then again"), end("ended")],
        moves: [Move(from: "running", to: "ended", by: "commander")])

    static let conflict = EmergencyLoop(
        name: "conflict", first: "waiting",
        states: [
            waiting("waiting", "commander", "conflictMinutes", "alarm the head, then coordination, then again"),
            end("kept"), end("taken"), end("matched"),
        ],
        moves: [
            Move(from: "waiting", to: "kept", by: "commander"), Move(from: "waiting", to: "taken", by: "commander"),
            Move(from: "waiting", to: "matched", by: "platform"),
        ])

    static let shift = EmergencyLoop(
        name: "shift", first: "planned",
        states: [
            waiting(
                "planned", "person on shift", "a day after its end", "it is over; gaps are listed when it is planned"),
            waiting(
                "offered", "who comes next", "shiftMinutes",
                "alarm the area's head, then coordination, until the next shift is over"),
            end("taken"), end("not-taken"), end("over"),
        ],
        moves: [
            Move(from: "planned", to: "offered", by: "person on shift"),
            Move(from: "planned", to: "over", by: "platform"),
            Move(from: "offered", to: "taken", by: "who comes next"),
            Move(from: "offered", to: "not-taken", by: "platform"),
        ])

    static let alarm = EmergencyLoop(
        name: "alarm", first: "ringing",
        states: [
            waiting("ringing", "commander", "toCoordinationMinutes", "alarm coordination, then again"),
            end("answered"), end("over"),
        ],
        moves: [
            Move(from: "ringing", to: "answered", by: "commander"), Move(from: "ringing", to: "over", by: "commander"),
        ])

    static let all = [handOver, contact, event, conflict, shift, alarm]

    /// What is open in it; empty when it is closed.
    var faults: [String] {
        var faults: [String] = []
        var reached: Set<String> = [first]
        for _ in states { for move in moves where reached.contains(move.from) { reached.insert(move.to) } }
        let names = Set(states.map(\.name))
        let plain = moves.filter { $0.bound == nil }
        var ending = Set(states.filter { $0.owner == nil }.map(\.name))
        for _ in states { for move in plain where ending.contains(move.to) { ending.insert(move.from) } }
        for move in moves where !names.contains(move.from) || !names.contains(move.to) {
            faults.append("\(name): \(move.from) → \(move.to) names no state")
        }
        for state in states {
            if !reached.contains(state.name) { faults.append("\(name): nothing leads to \(state.name)") }
            if !ending.contains(state.name) { faults.append("\(name): no end can be reached from \(state.name)") }
            guard let owner = state.owner else { continue }
            if state.limit == nil || state.atLimit == nil { faults.append("\(name): \(state.name) has no limit") }
            if !plain.contains(where: { $0.from == state.name && $0.by == owner }) {
                faults.append("\(name): \(owner) cannot leave \(state.name)")
            }
        }
        // Without the bounded moves every walk is shorter than the number of states.
        var walks = plain.map { ($0.from, $0.to) }
        for _ in states { walks = walks.flatMap { walk in plain.filter { $0.from == walk.1 }.map { (walk.0, $0.to) } } }
        if !walks.isEmpty { faults.append("\(name): can go round for ever") }
        return faults
    }
}
