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
    var version: Int64

    var balance: Int64 { allotted - spent }
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

        var title: LocalizedText {
            switch self {
            case .allot: LocalizedText("拨入", "Paid in")
            case .spend: LocalizedText("支用", "Spent")
            case .refund: LocalizedText("退回入账", "Came back")
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
            guard yuan <= line.balance else {
                throw Refusal(
                    .ruleBroken, "funds.not-enough",
                    LocalizedText("余额 \(line.balance) 元，不够支用 \(yuan) 元", "\(line.balance) yuan are left, not \(yuan)"),
                    wayOn: LocalizedText("减少金额，或请拨款单位追加", "Spend less, or ask for more"), field: "yuan")
            }
            line.spent += yuan
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
}
