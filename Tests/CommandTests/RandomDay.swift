import Cases
import Desk
import Emergencies
import Ground
import Identity
import Storage
import Testing

@testable import Command

/// Acts at random by everybody in a world: most are refused, the rest are what a county does on some day.
struct RandomDay {
    let world: CommandWorld
    var random: SeededRandom
    /// How often each act came through.
    private(set) var done: [String: Int] = [:]
    private var matters: [CaseID] = []
    private var chains: [Chain] = []
    private var slips: [(Chain, Int64)] = []
    private var shifts: [ShiftID] = []
    private var raised: [(Chain, Identifier<EmergencyAlarm>)] = []

    static let walls: [(String, AreaPrefix?)] = [
        ("coordinator", nil), ("coordinator", CommandWorld.south), ("northduty", nil), ("southhead", nil),
        ("clerk", nil), ("cityhand", nil), ("firehand", nil),
    ]

    struct Chain: Sendable {
        var event: EventID
        var here: SiteID
        var there: SiteID
        var lot: LotID
    }

    init(world: CommandWorld, random: SeededRandom) {
        self.world = world
        self.random = random
    }

    mutating func play(acts: Int) async throws {
        for _ in 0..<acts {
            world.clock.advance(.minutes(Int64.random(in: 1...240, using: &random)))
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<3: try await report()
            case 3: try await begin()
            case 4..<14: for _ in 0..<6 { try await actOnMatter() }
            case 14:
                try await attempt("limits") { cases, _, now, transaction in
                    _ = try cases.watchLimits(at: now, most: 200, in: transaction)
                }
                try await world.watch()
            case 15: try await emergency()
            case 16..<18: try await handOver()
            case 18: try await alarm()
            default: for _ in 0..<3 { try await shift() }
            }
        }
    }

    // MARK: Matters

    private static let areas = ["330106", "330106001", "330106001001", "330106001001001", "330106002", "330106002002"]

    private mutating func report() async throws {
        let area = AreaPrefix(Self.areas.randomElement(using: &random) ?? "330106") ?? .everywhere
        let channel: Channel = [.resident, .hotline, .sensor].randomElement(using: &random) ?? .resident
        matters.append(try await world.reported(area, channel: channel).id)
        done["report", default: 0] += 1
    }

    private mutating func begin() async throws {
        let name = ["northduty", "southduty", "coordinator"].randomElement(using: &random) ?? "northduty"
        let scope = try world.scope(name)
        let kind = Bool.random(using: &random) ? "whistle" : "invitation"
        var beginning = Beginning(kind: kind, title: "占道经营", detail: "请到场处理。")
        beginning.variant =
            kind == "whistle" ? ["alone", "enforcement", "emergency"].randomElement(using: &random) : nil
        beginning.body = try world.body("city")
        let wanted = beginning
        let id = try await attempt("begin-\(kind)") { cases, _, now, transaction in
            try cases.begin(wanted, by: scope, at: now, in: transaction).id
        }
        if let id { matters.append(id) }
    }

    private mutating func actOnMatter() async throws {
        let cases = world.cases
        let all = try await world.house.database.query("SELECT id FROM cases ORDER BY id")
        guard let row = all.randomElement(using: &random) else { return }
        let id: CaseID = try row.identifier(0)
        // The one who is answerable is a person of the world; whoever is asked acts.
        guard let scope = world.people.sorted(by: { $0.key < $1.key }).randomElement(using: &random)?.value,
            let record = try await world.house.database.read({ try cases.matter(id, for: scope, in: $0) }),
            let act = cases.rules.workflow(of: record).acts(from: record.state).randomElement(using: &random)
        else { return }
        let command = try command(act)
        let isReporter = act.party == .reporter || Int.random(in: 0..<10, using: &random) == 0
        let performer: Performer = isReporter ? .reporter : .staff(scope)
        let actor = isReporter ? Actor(kind: .resident, id: "r", post: nil, name: "居民") : Actor(scope)
        _ = try await attempt(act.name.rawValue) { cases, _, now, transaction in
            _ = try cases.act(id, command, by: performer, actor: actor, at: now, in: transaction)
        }
    }

    private mutating func command(_ act: Workflow.Act) throws -> Command {
        let bodies = try ["city", "fire", "committee", "northstreet"].map(world.body)
        var command = Command(act.name, opinion: "已了解情况。", result: "已清理完毕。")
        command.reason = act.reasons.flatMap { world.cases.rules.reasons[$0]?.randomElement(using: &random)?.code }
        command.category = world.cases.rules.categories.leaves.randomElement(using: &random)?.code
        command.area = AreaPrefix(Self.areas.randomElement(using: &random) ?? "330106")
        command.body = bodies.randomElement(using: &random)
        command.bodies = Array(bodies.shuffled(using: &random).prefix(2))
        command.workdays = 2
        command.isSolved = Bool.random(using: &random)
        command.satisfaction = 4
        command.variant =
            act.opens.flatMap { world.cases.rules.workflow(named: $0) }?.variants
            .randomElement(using: &random)?.code
        // Acts refuse what they do not need.
        if !act.needs.contains(.category) { command.category = nil }
        if !act.needs.contains(.area) { command.area = nil }
        if !act.needs.contains(.body) { command.body = nil }
        if !act.needs.contains(.bodies) { command.bodies = [] }
        if !act.needs.contains(.variant) { command.variant = nil }
        return command
    }

    // MARK: Emergencies

    static func chain(in world: CommandWorld, isExercise: Bool = false) async throws -> Chain {
        let event = try await world.started(isExercise: isExercise)
        let (emergencies, now, scope) = (world.emergencies, world.now, try world.scope("coordinator"))
        return try await world.house.database.write { transaction in
            let here = try emergencies.addSite(
                "河边社区", area: CommandWorld.north, to: event.id, by: scope, at: now, in: transaction)
            let there = try emergencies.addSite(
                "体育馆安置点", area: CommandWorld.south, to: event.id, by: scope, at: now, in: transaction)
            let lot = try emergencies.register(
                .people, label: "河边住户", unit: "人", count: 500, at: here.id, of: event.id,
                try Occurrence(nil, at: now), by: scope, in: transaction)
            return Chain(event: event.id, here: here.id, there: there.id, lot: lot.id)
        }
    }

    private mutating func emergency() async throws {
        if let chain = chains.randomElement(using: &random), Bool.random(using: &random) {
            let scope = try world.scope("coordinator")
            _ = try await attempt("end-emergency") { _, emergencies, now, transaction in
                _ = try emergencies.end(chain.event, try Occurrence(nil, at: now), by: scope, in: transaction)
            }
        } else {
            chains.append(try await Self.chain(in: world, isExercise: Bool.random(using: &random)))
            done["start-emergency", default: 0] += 1
        }
    }

    private mutating func handOver() async throws {
        guard let chain = chains.randomElement(using: &random) else { return try await emergency() }
        let slip = slips.randomElement(using: &random)
        let count = Int64.random(in: 1...12, using: &random)
        switch (Int.random(in: 0..<4, using: &random), slip) {
        case (0, _), (_, nil):
            let giver = try world.scope("northduty")
            let sent = try await attempt("send") { _, emergencies, now, transaction in
                try emergencies.take(
                    HandOverReport(.send, lot: chain.lot, from: chain.here, to: chain.there, count: 10),
                    of: chain.event, try Occurrence(nil, at: now), by: giver, in: transaction)
            }
            if case .done(let one)? = sent { slips.append((chain, one.slip)) }
        case (1, let (chain, slip)?):
            try await take(
                HandOverReport(.receive, slip: slip, count: Bool.random(using: &random) ? 10 : count), chain,
                "southduty")
        case (2, let (chain, slip)?):
            try await take(HandOverReport(.giveBack, slip: slip, count: count), chain, "northduty")
        case (_, let (chain, slip)?):
            let scope = try world.scope("coordinator")
            _ = try await attempt("settle") { _, emergencies, now, transaction in
                _ = try emergencies.settle(
                    slip, reason: "miscounted", of: chain.event, try Occurrence(nil, at: now), by: scope,
                    in: transaction)
            }
        }
    }

    private mutating func take(_ report: HandOverReport, _ chain: Chain, _ name: String) async throws {
        let scope = try world.scope(name)
        _ = try await attempt(report.kind.rawValue) { _, emergencies, now, transaction in
            _ = try emergencies.take(report, of: chain.event, try Occurrence(nil, at: now), by: scope, in: transaction)
        }
    }

    private mutating func alarm() async throws {
        guard let chain = chains.randomElement(using: &random) else { return try await emergency() }
        let (scope, spot) = (try world.scope("coordinator"), try world.scope("northduty"))
        let number = Int64.random(in: 1...6, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            _ = try await attempt("reach") { _, emergencies, now, transaction in
                _ = try emergencies.reached(
                    number, of: chain.event, try Occurrence(nil, at: now), by: scope, in: transaction)
            }
        case 1:
            _ = try await attempt("settle-contact") { _, emergencies, now, transaction in
                _ = try emergencies.settleContact(
                    number, note: "已派人上门", of: chain.event, try Occurrence(nil, at: now), by: scope, in: transaction)
            }
        case 2:
            _ = try await attempt("report-state") { _, emergencies, now, transaction in
                _ = try emergencies.report(
                    "水位平稳", of: chain.event, try Occurrence(nil, at: now), by: scope, in: transaction)
            }
        case 3:
            let raised = try await attempt("raise-alarm") { _, emergencies, now, transaction in
                try emergencies.raiseAlarm(
                    "河堤渗水", at: chain.here, of: chain.event, try Occurrence(nil, at: now), by: spot, in: transaction)
            }
            if let raised { self.raised.append((chain, raised)) }
        default:
            guard let (chain, id) = raised.randomElement(using: &random) else { return }
            _ = try await attempt("answer-alarm") { _, emergencies, now, transaction in
                try emergencies.answerAlarm(
                    id, note: "已加固", of: chain.event, try Occurrence(nil, at: now), by: scope, in: transaction)
            }
        }
    }

    private mutating func handOverShift(_ id: ShiftID) async throws {
        let names = ["northhead", "northduty"].shuffled(using: &random)
        let (giver, taker) = (try world.scope(names[0]), try world.scope(names[1]))
        if Bool.random(using: &random) {
            _ = try await attempt("offer-shift") { _, emergencies, now, transaction in
                _ = try emergencies.offerShift(
                    id, to: taker.staff, note: "无", by: giver, at: now, in: transaction)
            }
        } else {
            _ = try await attempt("take-shift") { _, emergencies, now, transaction in
                _ = try emergencies.takeShift(id, by: taker, at: now, in: transaction)
            }
        }
    }

    private mutating func shift() async throws {
        let scope = try world.scope("northhead")
        if let id = shifts.randomElement(using: &random), Bool.random(using: &random) {
            return try await handOverShift(id)
        }
        if let id = shifts.randomElement(using: &random), Int.random(in: 0..<3, using: &random) == 0 {
            _ = try await attempt("remove-shift") { _, emergencies, now, transaction in
                try emergencies.removeShift(id, by: scope, at: now, in: transaction)
            }
            return
        }
        let from = world.now - .hours(Int64.random(in: 0...3, using: &random))
        let planned = PlannedShift(
            area: CommandWorld.north, kind: ["lead", "duty"].randomElement(using: &random) ?? "duty",
            person: ["northhead", "northduty"].randomElement(using: &random) ?? "northduty",
            from: Instant(LocalTime(day: from.local().day, hour: from.local().hour)),
            until: world.now + .hours(Int64.random(in: 2...30, using: &random)))
        let id = try await attempt("plan-shift") { _, emergencies, now, transaction in
            try emergencies.plan(planned, by: scope, at: now, in: transaction).id
        }
        if let id { shifts.append(id) }
    }

    /// Runs one act in a transaction of its own; what the rules refuse did not happen.
    @discardableResult
    private mutating func attempt<Value: Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value? {
        do {
            let value = try await world.house.database.write(body)
            done[name, default: 0] += 1
            return value
        } catch is Refusal {
            return nil
        }
    }

    private mutating func attempt<Value: Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (Cases, Emergencies, Instant, any Transaction) throws -> Value
    ) async throws -> Value? {
        let (cases, emergencies, now) = (world.cases, world.emergencies, world.now)
        return try await attempt(name) { transaction in try body(cases, emergencies, now, transaction) }
    }
}
