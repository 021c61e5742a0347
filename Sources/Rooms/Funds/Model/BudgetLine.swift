import Desk
import Ground

enum BudgetLineEntity {}
typealias BudgetLineID = Identifier<BudgetLineEntity>

/// 一笔专项资金: paid in by a department or the county, held by one street, for the street, a community or a grid.
struct BudgetLine: Sendable, Hashable {
    var id: BudgetLineID
    /// Who holds it: a street.
    var street: AreaPrefix
    /// For what it is: the street, or a community or grid of it that gets it directly.
    var area: AreaPrefix
    var title: String
    /// The line that paid it in; nil for the county.
    var source: String?
    /// The item of the lists, the admission or the contract that it pays for.
    var ground: String?
    var year: Int64
    /// Yuan.
    var allotted: Int64
    var spent: Int64
    /// Yuan of what was spent for: contracts that are signed and not yet paid.
    var committed: Int64 = 0
    /// Nil until the street has made one.
    var plan: SpendingPlan?
    var version: Int64

    var balance: Int64 { allotted - spent }
    /// What may still be committed or spent.
    var free: Int64 { balance - committed }
}

/// One movement of it.
struct BudgetMove: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable, CaseIterable, Decodable {
        /// Paid in.
        case allot
        /// Spent by the street.
        case spend
        /// Something spent came back.
        case refund
        /// Bound by a contract or order, not paid yet.
        case commit
        /// A commitment fell away.
        case release
        /// A commitment was paid.
        case settle

        var title: LocalizedText {
            switch self {
            case .allot: LocalizedText("拨入", "Paid in")
            case .spend: LocalizedText("支用", "Spent")
            case .refund: LocalizedText("退回入账", "Came back")
            case .commit: LocalizedText("签约占用", "Committed")
            case .release: LocalizedText("解除占用", "No longer committed")
            case .settle: LocalizedText("支付已占用", "Commitment paid")
            }
        }

        /// What it does to the balance: 1, −1, or nothing.
        var balance: Int64 {
            switch self {
            case .allot, .refund: 1
            case .spend, .settle: -1
            case .commit, .release: 0
            }
        }

        /// What it does to what is committed.
        var commitment: Int64 {
            switch self {
            case .commit: 1
            case .release, .settle: -1
            case .allot, .spend, .refund: 0
            }
        }
    }

    var kind: Kind
    var yuan: Int64
    var words: String
    /// Number of the paper or receipt.
    var paper: String
    var at: Instant
    var post: PostID

    /// The line after it; a refusal where the money does not reach. Pure.
    func applied(to line: BudgetLine) throws(Refusal) -> BudgetLine {
        var line = line
        switch kind {
        case .allot: line.allotted += yuan
        case .spend:
            try requireFree(line)
            line.spent += yuan
        case .commit:
            try requireFree(line)
            line.committed += yuan
        case .release, .settle:
            guard yuan <= line.committed else {
                throw Refusal(
                    .ruleBroken, "funds.not-committed",
                    LocalizedText("只占用了 \(line.committed) 元", "Only \(line.committed) yuan are committed"),
                    field: "yuan")
            }
            line.committed -= yuan
            if kind == .settle { line.spent += yuan }
        case .refund:
            guard yuan <= line.spent else {
                throw Refusal(
                    .ruleBroken, "funds.not-spent",
                    LocalizedText("只支用了 \(line.spent) 元", "Only \(line.spent) yuan were spent"), field: "yuan")
            }
            line.spent -= yuan
        }
        return line
    }

    private func requireFree(_ line: BudgetLine) throws(Refusal) {
        guard yuan <= line.free else {
            throw Refusal(
                .ruleBroken, "funds.not-enough",
                LocalizedText(
                    "可用 \(line.free) 元（余额 \(line.balance) 元，已占用 \(line.committed) 元），不够 \(yuan) 元",
                    "\(line.free) yuan are free (\(line.balance) left, \(line.committed) committed), not \(yuan)"),
                wayOn: LocalizedText("减少金额，或请拨款单位追加", "Spend less, or ask for more"), field: "yuan")
        }
    }
}
