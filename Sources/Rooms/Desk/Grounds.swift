public import Ground
public import Storage

/// 清单、准入、合同: what carries work that goes down to the grassroots. Every room that can send work down asks; the room of
/// duty lists, which stands above most of them, answers. docs/decisions/0015 says which acts ask.
public protocol Grounds: Sendable {
    /// - Parameter ground: as people write it (`B0301`, `准入2026-0007`, `购买2026-0003`); nil when none was named.
    /// - Throws: a refusal that cites the rule when it carries nothing to that area on that day.
    func require(_ ground: String?, for area: AreaPrefix, on day: Day, in transaction: any Transaction) throws
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
