public import Desk
public import Ground
import Yams

/// One plan: what it is for, and what each level sets in motion.
public struct EmergencyPlan: Sendable, Decodable {
    public struct Level: Sendable, Decodable {
        public var level: EmergencyLevel
        public var zh: String
        public var en: String
        /// As CAP 1.2 names it: Extreme, Severe, Moderate, Minor.
        public var severity: String
        /// The commander reports again within so many hours.
        public var reviewHours: Int64
        public var firstActs: [LocalizedText]
        public var calls: [Call]

        public var title: LocalizedText { LocalizedText(zh, en) }
    }

    /// One tier of the contact tree: somebody in each area of that level.
    public struct Call: Sendable, Decodable {
        public var role: String
        public var each: AreaLevel
        /// Unconfirmed within so many minutes, the branch goes on to the next person.
        public var minutes: Int64
        /// Roles that stand in, in this order.
        public var deputies: [String]
    }

    public var key: String
    public var zh: String
    public var en: String
    /// As CAP 1.2 names it: Met, Fire, Safety, …
    public var category: String
    /// How long a hand-over may take when nobody says otherwise.
    public var handOverMinutes: Int64
    /// The laws that let it give orders without any other ground.
    public var basis: [String]
    public var levels: [Level]

    public var title: LocalizedText { LocalizedText(zh, en) }

    public func level(_ level: EmergencyLevel) -> Level? { levels.first { $0.level == level } }
}

/// `Rules/duty.yaml`: kinds of duty, limits of the emergency loops, and the reasons that explain a difference.
public struct DutyRules: Sendable, Decodable {
    public struct Kind: Sendable, Decodable {
        public var key: String
        public var zh: String
        public var en: String
        public var role: String

        public var title: LocalizedText { LocalizedText(zh, en) }
    }

    public struct Coverage: Sendable, Decodable {
        public var kind: String
        public var level: AreaLevel
    }

    public struct Limits: Sendable, Decodable {
        /// From an alarm to the receiver's head until it goes to coordination.
        public var toCoordinationMinutes: Int64
        public var repeatMinutes: Int64
        public var differenceMinutes: Int64
        public var conflictMinutes: Int64
        public var shiftMinutes: Int64
        /// Older than this when it comes in, an act counts as late: what contradicts it then lies in the queue.
        public var lateMinutes: Int64
    }

    public struct Reason: Sendable, Decodable {
        public var key: String
        public var zh: String
        public var en: String

        public var title: LocalizedText { LocalizedText(zh, en) }
    }

    public var kinds: [Kind]
    public var coverage: [Coverage]
    public var limits: Limits
    public var differences: [Reason]
    /// The item of the duty lists that carries shifts planned from above.
    public var item: String
}

/// What differs from place to place in emergencies.
struct EmergencyRules: Sendable {
    var plans: [EmergencyPlan]
    var duty: DutyRules

    subscript(plan key: String) -> EmergencyPlan? { plans.first { $0.key == key } }

    /// - Throws: a refusal with file and reason; a plan that calls a role nobody may hold would wait for nobody.
    static func load(from files: RuleFiles, isRole: (String) -> Bool) throws(Refusal) -> EmergencyRules {
        let duty = try files.decode(DutyRules.self, from: "duty.yaml")
        var plans: [EmergencyPlan] = []
        for name in files.names(in: "emergencies") {
            let plan = try files.decode(EmergencyPlan.self, from: name)
            try check(plan, in: try files.file(name), isRole: isRole)
            plans.append(plan)
        }
        for kind in duty.kinds where !isRole(kind.role) {
            throw wrong(
                "role “\(kind.role)” is not in roles.yaml", "roles.yaml 没有角色“\(kind.role)”",
                try files.file("duty.yaml"), kind.role)
        }
        let limits = duty.limits
        guard
            [
                limits.toCoordinationMinutes, limits.repeatMinutes, limits.differenceMinutes, limits.conflictMinutes,
                limits.shiftMinutes, limits.lateMinutes,
            ].allSatisfy({ $0 > 0 })
        else {
            throw wrong(
                "limits are whole minutes from 1", "limits 须为 1 以上的整数分钟", try files.file("duty.yaml"), "limits:")
        }
        return EmergencyRules(plans: plans, duty: duty)
    }

    private static func check(
        _ plan: EmergencyPlan, in file: RuleFiles.File, isRole: (String) -> Bool
    ) throws(Refusal) {
        guard !plan.levels.isEmpty, plan.handOverMinutes > 0 else {
            throw wrong(
                "a plan has levels and a limit for hand-overs", "预案须有级别（levels）和交接时限（handOverMinutes）", file, "levels:")
        }
        guard plan.basis.contains(where: { !$0.isBlank }) else {
            throw wrong("a plan names the law it stands on (basis)", "预案须写明法律依据（basis）", file, "key:")
        }
        for level in plan.levels {
            guard level.reviewHours > 0, !level.calls.isEmpty else {
                throw wrong(
                    "level \(level.level.rawValue) waits for nobody: it needs reviewHours and calls",
                    "\(level.level.rawValue) 级没有复核时限（reviewHours）或联络对象（calls）", file, "level: \(level.level.rawValue)")
            }
            for call in level.calls {
                for role in [call.role] + call.deputies where !isRole(role) {
                    throw wrong("role “\(role)” is not in roles.yaml", "roles.yaml 没有角色“\(role)”", file, role)
                }
                guard call.minutes > 0 else {
                    throw wrong("a call needs minutes", "联络须有时限（minutes）", file, "role: \(call.role)")
                }
            }
        }
    }

    private static func wrong(_ english: String, _ chinese: String, _ file: RuleFiles.File, _ near: String) -> Refusal {
        let line = file.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(near) }
        return RuleFiles.refusal(english, chinese, in: file, line: line.map { $0 + 1 })
    }
}
