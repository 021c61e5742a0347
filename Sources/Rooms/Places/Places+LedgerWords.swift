import Desk
import Ground
public import Ledger
import Storage

extension Places {
    /// What the entries of divisions and bodies mean.
    public var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [LedgerWords.Word("places.", "区划与机构", "Places and bodies")]
        words.acts = [
            LedgerWords.Word("places.body-entered", "登记机构", "Body entered"),
            LedgerWords.Word("places.body-changed", "修改机构", "Body changed"),
            LedgerWords.Word("places.divisions-imported", "导入区划名单", "List of divisions imported"),
        ]
        words.subjects = [
            "body": LedgerWords.Subject("机构", "Body", right: .placesRead) { "/places/bodies/\($0)" },
            "division-list": LedgerWords.Subject("区划名单", "List of divisions"),
            "county": LedgerWords.Subject("区划", "Area", right: .placesRead) { "/places/\($0)" },
        ]
        words.facts = [
            LedgerWords.Word("name", "名称", "Name"),
            LedgerWords.Word("kind", "类别", "Kind"),
            LedgerWords.Word("line", "条线", "Line"),
            LedgerWords.Word("parent", "区域上级", "Above it by area"),
            LedgerWords.Word("functionalParent", "条线上级", "Above it by line"),
            LedgerWords.Word("validFrom", "生效", "From"),
            LedgerWords.Word("validTo", "失效", "Until"),
            LedgerWords.Word("source", "来源", "Source"),
            LedgerWords.Word("rows", "行数", "Rows"),
            LedgerWords.Word("rejected", "未采纳", "Rejected"),
            LedgerWords.Word("appeared", "新增", "Appeared"),
            LedgerWords.Word("vanished", "撤销", "Vanished"),
            LedgerWords.Word("renamed", "更名", "Renamed"),
            LedgerWords.Word("moved", "调整上级", "Moved"),
        ]
        words.references = ["parent": "body", "functionalParent": "body"]
        words.value = { fact, code in
            fact == "kind" ? BodyRecord.Kind(rawValue: code).map(PlacesTexts.kind) : nil
        }
        let index = index
        words.names = { kind, ids, transaction in
            switch kind {
            case "body":
                try BodyStore.names(of: ids.compactMap { BodyID(parsing: $0) }, in: transaction)
                    .reduce(into: [:]) { $0[$1.key.text] = $1.value }
            case "area", "county":
                ids.reduce(into: [:]) { names, code in
                    names[code] = index.name(of: code).map { LocalizedText($0, $0) }
                }
            default: [:]
            }
        }
        return words
    }
}

extension BodyStore {
    static func names(of ids: [BodyID], in transaction: any Transaction) throws -> [BodyID: LocalizedText] {
        guard !ids.isEmpty else { return [:] }
        return try transaction.query("SELECT id, name, english_name FROM bodies WHERE id IN (\(list: ids))")
            .reduce(into: [:]) { names, row in
                let name = try row.text(1)
                names[try row.identifier(0)] = LocalizedText(name, try row.textIfAny(2) ?? name)
            }
    }
}
