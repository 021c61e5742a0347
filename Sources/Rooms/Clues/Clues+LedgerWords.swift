import Desk
import Ground
public import Ledger

extension Clues {
    /// The hourly mark means nothing to anybody, on purpose.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("sealed.", "封记", "Marks")]
        words.acts = [.init("sealed.mark", "每小时封记", "Hourly mark")]
        words.subjects = ["mark": .init("封记", "Mark")]
        words.facts = [.init("hour", "小时序号", "Hour"), .init("mark", "封记", "Mark")]
        return words
    }
}
