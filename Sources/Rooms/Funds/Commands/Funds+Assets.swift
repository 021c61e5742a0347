import Desk
import Ground
import Identity
import Ledger
import Storage
import Web

extension Funds {
    /// Enters what the street or one of its communities owns.
    func enter(
        title: String, kind: String, area: String, yuan: Int64, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Asset {
        try requireKeeper(scope)
        guard let area = AreaPrefix(area), scope.area.contains(area), area.level <= .community else {
            throw wrong("area", "请选择本街道或所属社区", "Choose the street or one of its communities")
        }
        let title = title.trimmingSpaces()
        guard !title.isBlank, title.utf16.count <= 60 else {
            throw wrong("title", "请填写名称（不超过 60 字）", "Give it a name of at most 60 characters")
        }
        guard rules.kind(kind) != nil else { throw wrong("kind", "没有这种资产", "There is no such kind") }
        guard (0...rules.mostYuan * 100).contains(yuan) else {
            throw wrong("yuan", "账面价值有误", "The book value is out of range")
        }
        let asset = Asset(
            id: house.identifiers.next(at: now), area: area, title: title, kind: kind, yuan: yuan, lease: nil,
            income: 0,
            version: 1)
        try AssetStore.insert(asset, in: transaction)
        try record("assets.entered", asset, by: scope, at: now, in: transaction) { $0.member("yuan", yuan) }
        return asset
    }

    /// Lets it, or lets it anew.
    func lease(
        _ id: AssetID, _ lease: Asset.Lease, seen: Int64? = nil, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Asset {
        var asset = try kept(id, seen, scope, in: transaction)
        let today = now.local().day
        if let running = asset.lease, running.until >= today, lease.from <= running.until {
            throw Refusal(
                .conflict, "funds.leased",
                LocalizedText(
                    "已出租至 \(running.until)，新租约须在其后开始", "It is let until \(running.until); a new lease begins after"),
                field: "from")
        }
        var lease = lease
        lease.tenant = lease.tenant.trimmingSpaces()
        guard !lease.tenant.isBlank, lease.tenant.utf16.count <= 60 else {
            throw wrong("tenant", "请填写承租单位", "Name the firm or organisation")
        }
        guard lease.from <= lease.until, lease.until - lease.from <= 365 * 20 else {
            throw wrong("until", "期限有误（最长 20 年）", "It ends after it begins, within 20 years")
        }
        guard (0...rules.mostYuan).contains(lease.yuanAYear) else {
            throw wrong("yuanAYear", "年租金有误", "The yearly rent is out of range")
        }
        asset.lease = lease
        guard try AssetStore.update(&asset, in: transaction) else { throw Self.changed }
        try record("assets.leased", asset, by: scope, at: now, in: transaction) { writer in
            writer.member("yuan", lease.yuanAYear)
            writer.member("until", lease.until.description)
        }
        return asset
    }

    /// Writes what came in.
    func receive(
        _ id: AssetID, _ income: AssetIncome, seen: Int64? = nil, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Asset {
        var asset = try kept(id, seen, scope, in: transaction)
        var income = income
        income.words = income.words.trimmingSpaces()
        guard (1...rules.mostYuan).contains(income.yuan) else {
            throw wrong("yuan", "金额须为 1–\(rules.mostYuan) 元", "From 1 to \(rules.mostYuan) yuan")
        }
        guard income.on <= now.local().day else { throw wrong("on", "收款日期晚于今天", "The day lies in the future") }
        guard !income.words.isBlank, income.words.utf16.count <= 120 else {
            throw wrong("words", "请写明来源（不超过 120 字）", "Say from what, in at most 120 characters")
        }
        asset.income += income.yuan
        guard try AssetStore.update(&asset, in: transaction) else { throw Self.changed }
        try AssetStore.insert(
            income, id: house.identifiers.next(at: now), of: id, by: scope.post, in: transaction)
        try record("assets.received", asset, by: scope, at: now, in: transaction) { $0.member("yuan", income.yuan) }
        return asset
    }

    private func kept(_ id: AssetID, _ seen: Int64?, _ scope: Scope, in transaction: any Transaction) throws -> Asset {
        guard let asset = try AssetStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        try requireKeeper(scope)
        guard scope.area.contains(asset.area) else { throw Refusal.nothingHere }
        if let seen, seen != asset.version { throw Self.changed }
        return asset
    }

    private func requireKeeper(_ scope: Scope) throws {
        try scope.require(.holdFunds)
        guard scope.line == nil, scope.area.level == .street else {
            throw Refusal(
                .forbidden, "funds.not-holder", LocalizedText("资产由街道登记和管理", "The street keeps its assets"),
                rule: "资源资产化：乡镇掌握")
        }
    }

    private func record(
        _ act: String, _ asset: Asset, by scope: Scope, at now: Instant, in transaction: any Transaction,
        facts: (inout JSONWriter) -> Void
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "asset", asset.id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: asset.area.code, facts: facts), in: transaction)
    }
}
