public import Ground
public import Storage

/// 清单、准入、合同: what carries work that goes down to the grassroots. Every room that can send work down asks; the room of
/// duty lists, which stands above most of them, answers. docs/decisions/0015 says which acts ask.
public protocol Grounds: Sendable {
    /// - Parameter ground: as people write it (`B0301`, `准入2026-0007`, `购买2026-0003`); nil when none was named.
    /// - Throws: a refusal that cites the rule when it carries nothing to that area on that day.
    func require(_ ground: String?, for area: AreaPrefix, on day: Day, in transaction: any Transaction) throws

    /// What a register keeps one by one rests on what the gate let through as that kind and counted by the year: an item of
    /// the lists alone counts nothing, so it carries no entry.
    /// - Throws: a refusal that cites the rule when the gate did not count it, or it carries nothing there on any of its days.
    func requireCounted(_ ground: String?, _ entry: RegisterEntry, in transaction: any Transaction) throws

    /// Which of these grounds the gate has counted, and counts still, as that kind.
    func counted(_ grounds: Set<String>, as kind: RegisterEntry.Kind, in transaction: any Transaction) throws
        -> Set<String>
}

/// What an entry of a register asks of its ground.
public struct RegisterEntry: Sendable, Hashable {
    /// Kinds that the gate counts by the year and of which there is a register.
    public enum Kind: String, Sendable, Hashable, CaseIterable { case assessment, plaque }

    public var kind: Kind
    /// Where it weighs; all of one level, for which the gate has reckoned its hours.
    public var areas: [AreaPrefix]
    /// Who must have asked at the gate; nil for whoever it was.
    public var body: BodyID?
    /// On one of them at least the ground holds: an assessment of the year to come may rest on what is admitted for it.
    public var days: ClosedRange<Day>
    /// What is cited when it is refused.
    public var rule: String

    public init(_ kind: Kind, areas: [AreaPrefix], body: BodyID?, days: ClosedRange<Day>, rule: String) {
        self.kind = kind
        self.areas = areas
        self.body = body
        self.days = days
        self.rule = rule
    }
}

extension Grounds {
    /// Nobody counts, so nothing is counted.
    public func requireCounted(
        _ ground: String?, _ entry: RegisterEntry, in transaction: any Transaction
    ) throws {
        throw Refusal.noGround(LocalizedText("本平台尚未接入准入", "No gate is connected to this platform"))
    }

    public func counted(
        _ grounds: Set<String>, as kind: RegisterEntry.Kind, in transaction: any Transaction
    ) throws -> Set<String> { [] }
}

/// Nobody says what carries, so nothing does. A house has it until the lists are wired in: forgetting that is loud.
public struct NoGrounds: Grounds {
    public init() {}

    public func require(_ ground: String?, for area: AreaPrefix, on day: Day, in transaction: any Transaction) throws {
        throw Refusal.noGround(LocalizedText("本平台尚未接入权责清单", "No duty lists are connected to this platform"))
    }
}

extension Refusal {
    /// Work that no list, admission or contract carries.
    public static func noGround(_ why: LocalizedText) -> Refusal {
        Refusal(
            .ruleBroken, "mandates.no-ground", why,
            wayOn: LocalizedText(
                "请写明现行清单事项、准入或合同编号；清单外的工作先到“准入”提出",
                "Name an item of the lists, an admission or a contract; work on no list goes through the gate first"),
            rule: "清单外事项不得下达", field: "ground")
    }
}

extension Scope {
    /// Whether what this post gives to those of an area goes down: to the grassroots, from above them.
    public func sendsDown(to area: AreaPrefix) -> Bool { area.level >= .street && self.area.level < area.level }
}

extension House {
    /// Refuses work that goes down without a ground; what stays level or goes up is asked nothing.
    public func requireGround(
        _ ground: String?, from scope: Scope, to area: AreaPrefix, at now: Instant, in transaction: any Transaction
    ) throws {
        guard scope.sendsDown(to: area) else { return }
        try grounds.require(ground, for: area, on: now.local().day, in: transaction)
    }
}
