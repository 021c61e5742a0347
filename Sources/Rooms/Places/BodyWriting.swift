public import Desk
public import Ground
public import Ledger
public import Storage

extension Places {
    /// Enters bodies as they are: for imports and generators, without a check of rights and without entries in the ledger.
    public static func register(bodies: [BodyRecord], in transaction: any Transaction) throws {
        try transaction.batch(bodies.map(BodyStore.insertion))
    }

    public static func body(_ id: BodyID, in transaction: any Transaction) throws -> BodyRecord? {
        try BodyStore.body(id, in: transaction)
    }

    /// Bodies that act in an area on that day: theirs contains it, or lies inside it. Widest area first.
    public static func bodies(
        actingIn area: AreaPrefix, at day: Day, limit: Int = 500, in transaction: any Transaction
    ) throws -> [BodyRecord] {
        try BodyStore.acting(in: area, at: day, limit: limit, transaction: transaction)
    }

    /// Bodies of the area and below, ordered by area.
    public static func bodies(
        within area: AreaPrefix, at day: Day, limit: Int = 500, in transaction: any Transaction
    ) throws -> [BodyRecord] {
        try BodyStore.bodies(within: area, at: day, limit: limit, transaction: transaction)
    }

    /// The body and those above it, nearest first.
    public static func chain(
        of id: BodyID, by chain: BodyChain, in transaction: any Transaction
    ) throws -> [BodyRecord] {
        try BodyStore.chain(of: id, by: chain, in: transaction)
    }

    /// Enters a body within the viewer's own area.
    public static func create(
        _ body: BodyRecord, by scope: Scope, at now: Instant, entry: Identifier<LedgerEntry>,
        in transaction: any Transaction
    ) throws {
        try check(body, by: scope, in: transaction)
        try transaction.execute(BodyStore.insertion(of: body))
        try record("places.body-entered", body, by: scope, at: now, entry: entry, in: transaction)
    }

    /// Changes a body, if nobody else did since it was seen.
    /// - Parameter body: as it is to be, with the version that was seen.
    public static func update(
        _ body: BodyRecord, by scope: Scope, at now: Instant, entry: Identifier<LedgerEntry>,
        in transaction: any Transaction
    ) throws {
        // Out of the own area it can neither be taken nor brought.
        guard let stored = try BodyStore.body(body.id, in: transaction), scope.area.contains(stored.area) else {
            throw Refusal.nothingHere
        }
        try check(body, by: scope, in: transaction)
        guard try BodyStore.update(body, seen: body.version, in: transaction) else {
            throw Refusal(
                .changedMeanwhile, "places.body.changed",
                LocalizedText("该机构信息已被他人修改", "The body was changed by someone else meanwhile"),
                wayOn: LocalizedText("请刷新后核对再改", "Load it again and look before changing"))
        }
        try record("places.body-changed", body, by: scope, at: now, entry: entry, in: transaction)
    }

    private static func check(_ body: BodyRecord, by scope: Scope, in transaction: any Transaction) throws {
        try scope.require(.bodiesManage)
        guard scope.area.contains(body.area) else {
            throw Refusal(
                .forbidden, "places.body.area",
                LocalizedText("该机构的区域不在您的管辖范围内", "The area of this body is not within yours"), field: "area")
        }
        guard !body.name.isEmpty, body.name.count <= 100 else {
            throw Refusal(
                .ruleBroken, "places.body.name",
                LocalizedText("名称须为 1–100 字", "A name has 1 to 100 characters"), field: "name")
        }
        if let end = body.validTo, end <= body.validFrom {
            throw Refusal(
                .ruleBroken, "places.body.days",
                LocalizedText("失效日期须晚于生效日期", "It must end after it begins"), field: "validTo")
        }
        for (chain, above, field) in [
            (BodyChain.area, body.parent, "parent"), (BodyChain.line, body.functionalParent, "functionalParent"),
        ] {
            guard let above else { continue }
            let chain = try BodyStore.chain(of: above, by: chain, in: transaction)
            guard !chain.isEmpty else {
                throw Refusal(
                    .ruleBroken, "places.body.parent-unknown",
                    LocalizedText("没有这个上级机构", "There is no such body above it"), field: field)
            }
            guard !chain.contains(where: { $0.id == body.id }) else {
                throw Refusal(
                    .ruleBroken, "places.body.ring",
                    LocalizedText("上级机构不能是它自己或其下级", "A body cannot stand above itself"), field: field)
            }
        }
    }

    private static func record(
        _ act: String, _ body: BodyRecord, by scope: Scope, at now: Instant, entry: Identifier<LedgerEntry>,
        in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(act, on: "body", body.id, by: Actor(scope), at: now, id: entry, area: body.area.code) {
                writer in
                writer.member("name", body.name)
                writer.member("kind", body.kind.rawValue)
                writer.member("line", body.line)
                writer.member("parent", body.parent)
                writer.member("functionalParent", body.functionalParent)
                writer.member("validFrom", body.validFrom.description)
                writer.member("validTo", body.validTo?.description)
            }, in: transaction)
    }
}
