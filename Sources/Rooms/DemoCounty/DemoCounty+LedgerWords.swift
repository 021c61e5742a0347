public import Ledger

extension DemoCounty {
    /// What the one entry of a demonstration means.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [LedgerWords.Word("demo.", "演示", "Demonstration")]
        words.acts = [LedgerWords.Word("demo.county-made", "生成演示县", "Demonstration county made")]
        words.facts = [
            LedgerWords.Word("seed", "种子", "Seed"), LedgerWords.Word("households", "户数", "Households"),
        ]
        return words
    }
}
