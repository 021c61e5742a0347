import Desk
import Ground
public import Ledger

extension OneMap {
    /// What the entries of the map mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [LedgerWords.Word("map.", "一张图", "Map")]
        words.acts = [
            LedgerWords.Word("map.shapes", "导入范围", "Outlines brought in"),
            LedgerWords.Word("map.exported", "导出地图图层", "A layer of the map was taken out"),
        ]
        words.subjects = ["map-layer": LedgerWords.Subject("图层", "Layer")]
        words.facts = [
            LedgerWords.Word("taken", "采纳", "Taken"), LedgerWords.Word("removed", "删除", "Taken away"),
            LedgerWords.Word("wrong", "有误", "Wrong"), LedgerWords.Word("datum", "坐标系", "Datum"),
        ]
        return words
    }
}
