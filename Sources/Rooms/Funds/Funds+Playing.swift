package import Desk
package import Ground
package import Storage

/// For generators that play the past: the same acts, through the same checks.
extension Funds {
    /// A department pays in, and the street spends a part of it.
    package func playMoney(
        to area: AreaPrefix, _ title: String, ground: String?, yuan: Int64, spent: [(yuan: Int64, words: String)],
        from payer: Scope, held holder: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let line = try allot(
            NewBudgetLine(area: area.code, title: title, ground: ground, yuan: yuan, paper: "财拨〔2026〕12号"), by: payer,
            at: now, in: transaction)
        _ = try plan(
            [yuan / 4, yuan / 4, yuan / 4, yuan - yuan / 4 * 3], why: "", on: line.id, by: holder, at: now,
            in: transaction)
        for (index, part) in spent.enumerated() {
            _ = try write(
                .spend, part.yuan, words: part.words, paper: "凭证 \(index + 1)", on: line.id, by: holder, at: now,
                in: transaction)
        }
    }

    /// A street enters what it owns, lets it, and writes what came in.
    package func playAsset(
        _ title: String, kind: String, yuan: Int64, tenant: String?, from: Day, until: Day, rent: Int64,
        received: [Int64], by holder: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let asset = try enter(
            title: title, kind: kind, area: holder.area.code, yuan: yuan, by: holder, at: now, in: transaction)
        if let tenant {
            let lease = Asset.Lease(tenant: tenant, from: from, until: until, yuanAYear: rent)
            _ = try self.lease(asset.id, lease, by: holder, at: now, in: transaction)
        }
        for yuan in received {
            _ = try receive(
                asset.id, AssetIncome(yuan: yuan, on: now.local().day, words: "租金"), by: holder, at: now,
                in: transaction)
        }
    }
}
