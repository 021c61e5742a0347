import Desk
import Ground
import Identity
import Storage

@testable import Appraisals
@testable import Cases

/// Acts at random by everybody in a county: most are refused, the rest are what happens to departments in a year.
struct RandomYear {
    let county: AppraisalCounty
    var random: SeededRandom
    /// How often each act came through.
    private(set) var done: [String: Int] = [:]

    init(county: AppraisalCounty, random: SeededRandom) {
        self.county = county
        self.random = random
    }

    mutating func play(acts: Int) async throws {
        for _ in 0..<acts {
            county.clock.advance(.minutes(Int64.random(in: 1...180, using: &random)))
            switch Int.random(in: 0..<12, using: &random) {
            case 0: _ = try await county.given(to: ["z-city", "a-fire"].randomElement(using: &random) ?? "z-city")
            case 1: _ = try await county.called(["z-city", "a-fire"].randomElement(using: &random) ?? "z-city")
            // Chance alone hardly ever walks a matter to its end.
            case 2:
                let id = try await county.handled()
                if Bool.random(using: &random) {
                    try await county.rate(
                        id, isSolved: Bool.random(using: &random), satisfaction: Int.random(in: 1...5, using: &random))
                }
            default: for _ in 0..<5 { try await actOnMatter() }
            }
        }
    }

    private mutating func actOnMatter() async throws {
        let cases = county.cases
        let all = try await county.house.database.query("SELECT id FROM cases ORDER BY id")
        guard let row = all.randomElement(using: &random) else { return }
        let id: CaseID = try row.identifier(0)
        guard let scope = county.people.sorted(by: { $0.key < $1.key }).randomElement(using: &random)?.value,
            let record = try await county.house.database.read({ try CaseStore.find(id, in: $0) }),
            let act = cases.rules.workflow(of: record).acts(from: record.state).randomElement(using: &random)
        else { return }
        let isReporter = act.party == .reporter
        let performer: Performer = isReporter ? .reporter : .staff(scope)
        let actor = isReporter ? Actor(kind: .resident, id: "r", post: nil, name: "居民") : Actor(scope)
        let (command, now) = (try command(act), county.clock.now())
        do {
            _ = try await county.house.database.write {
                try cases.act(id, command, by: performer, actor: actor, at: now, in: $0)
            }
            done[act.name.rawValue, default: 0] += 1
        } catch is Refusal {
            // Did not happen.
        }
    }

    private mutating func command(_ act: Workflow.Act) throws -> Command {
        let bodies = [try county.body("z-city"), try county.body("a-fire")]
        var command = Command(act.name, opinion: "已了解情况。", result: "已清理完毕。")
        command.reason = act.reasons.flatMap { county.cases.rules.reasons[$0]?.randomElement(using: &random)?.code }
        command.workdays = 2
        command.isSolved = Bool.random(using: &random)
        command.satisfaction = Int.random(in: 1...5, using: &random)
        // Acts refuse what they do not need.
        if act.needs.contains(.category) {
            command.category = county.cases.rules.categories.leaves.randomElement(using: &random)?.code
        }
        if act.needs.contains(.area) { command.area = AppraisalCounty.north }
        if act.needs.contains(.body) { command.body = bodies.randomElement(using: &random) }
        if act.needs.contains(.bodies) { command.bodies = Array(bodies.shuffled(using: &random).prefix(1)) }
        if act.needs.contains(.variant) {
            command.variant =
                act.opens.flatMap { county.cases.rules.workflow(named: $0) }?.variants.randomElement(using: &random)?
                .code
        }
        return command
    }
}
