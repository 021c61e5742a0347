import Desk
import Ground
import Identity
public import Ledger

extension Funds {
    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("funds.", FundTexts.funds), .init("assets.", FundTexts.assets)]
        words.acts =
            BudgetMove.Kind.allCases.map { .init("funds.\($0.rawValue)", $0.title) } + [
                .init("funds.plan", "编制用款计划", "A plan of spending was made"),
                .init("assets.entered", "登记资产", "An asset was entered"),
                .init("assets.leased", "出租资产", "An asset was let"),
                .init("assets.received", "资产收益入账", "Income of an asset"),
            ]
        words.subjects = [
            "budget-line": .init("街道资金", "Money of the street", right: .readFunds) { "/funds/\($0)" },
            "asset": .init("资产", "Asset", right: .readFunds) { "/holdings/\($0)" },
        ]
        words.facts = [
            .init("balance", "余额（元）", "Balance (yuan)"), .init("paper", "文号或凭证", "Paper"),
            .init("committed", "已占用（元）", "Committed (yuan)"), .init("planned", "用款计划（一至四季度）", "Plan by quarter"),
            .init("plannedBefore", "原计划", "Plan before"),
            .init("source", "拨款单位", "Paid in by"), .init("until", "到期", "Until"),
        ]
        return words
    }
}
