public import Ledger

extension UnifiedCommand {
    /// What the entries of this room mean: it changes nothing, so only lists that somebody took along are on the ledger.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("command.", CommandTexts.command)]
        words.acts = [.init("command.exported", "导出指挥列表", "List of the wall exported")]
        words.facts = [.init("list", "列表", "List")]
        return words
    }
}
