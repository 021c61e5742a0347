import Desk
import Ground
public import Ledger
import Storage

extension Cases {
    /// What the entries of matters mean: acts and states as the workflow names them.
    public var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [LedgerWords.Word("cases.", CaseTexts.cases)]
        words.acts =
            [LedgerWords.Word("cases.report", CaseTexts.reported)]
            + rules.acts.map { LedgerWords.Word("cases.\($0.name.rawValue)", $0.title) } + Self.otherActs
        words.subjects = [
            "case": LedgerWords.Subject("诉求", "Matter", right: .caseRead) { "/cases/\($0)" },
            "export": LedgerWords.Subject("导出", "Export"),
            "search": LedgerWords.Subject("查找", "Search"),
            "model": LedgerWords.Subject("分类模型", "Model"),
            "routing-rule": LedgerWords.Subject("裁定规则", "Rule", right: .caseRead) { "/rulings/\($0)" },
            "landmarks": LedgerWords.Subject("地标名单", "List of landmarks"),
        ]
        words.facts = Self.facts
        words.references = ["body": "body", "answerable": "staff", "case": "case", "replaces": "routing-rule"]
        let rules = rules
        words.value = { fact, code in Self.meaning(of: code, as: fact, rules) }
        words.names = { kind, ids, transaction in
            guard kind == "case" else { return [:] }
            return try CaseStore.numbers(of: ids.compactMap { CaseID(parsing: $0) }, in: transaction)
                .reduce(into: [:]) { $0[$1.key.text] = LocalizedText($1.value, $1.value) }
        }
        words.named = { number, transaction in
            try CaseStore.find(number: number, in: transaction).map {
                LedgerWords.Reference(kind: "case", id: $0.text)
            }
        }
        return words
    }

    private static let otherActs = [
        LedgerWords.Word("cases.undo", "撤销操作", "Act undone"),
        LedgerWords.Word("cases.begin", CaseStep.platformTitles[CaseStep.begun] ?? CaseTexts.reported),
        LedgerWords.Word("cases.open", CaseStep.platformTitles[CaseStep.openedAsPart] ?? CaseTexts.reported),
        LedgerWords.Word("cases.part-ended", CaseStep.platformTitles[CaseStep.partEnded] ?? CaseTexts.reported),
        LedgerWords.Word("cases.joined-with", CaseStep.platformTitles[CaseStep.joinedWith] ?? CaseTexts.reported),
        LedgerWords.Word(
            "cases.separated-from", CaseStep.platformTitles[CaseStep.separatedFrom] ?? CaseTexts.reported),
        LedgerWords.Word("cases.limit-passed", "超过时限", "Limit passed"),
        LedgerWords.Word("cases.reveal-reporter", "查看反映人原文", "Reporter shown in full"),
        LedgerWords.Word("cases.search-phone", "按电话查找诉求", "Matters looked for by phone"),
        LedgerWords.Word("cases.repeat-reporters", "查看重复反映人", "Reporters to help looked at"),
        LedgerWords.Word("cases.ruling-adopted", "裁定采纳为规则", "Ruling made a rule"),
        LedgerWords.Word("cases.ruling-ended", "终止裁定规则", "Rule ended"),
        LedgerWords.Word("cases.ruling-undone", "撤销裁定规则", "Rule taken back"),
        LedgerWords.Word("cases.export", "导出列表", "List exported"),
        LedgerWords.Word("cases.model", "启用分类模型", "Model put into use"),
        LedgerWords.Word("cases.landmarks", "导入小区与地标", "Landmarks imported"),
        LedgerWords.Word("cases.grid-changed", "随网格调整换网格", "Moved with its grid"),
        LedgerWords.Word("cases.imported", "导入", "Imported"),
        LedgerWords.Word("cases.import-update", "导入更新", "Updated by an import"),
    ]

    private static let facts = [
        LedgerWords.Word("number", "编号", "Number"),
        LedgerWords.Word("kind", "类型", "Kind"),
        LedgerWords.Word("variant", "细类", "Variant"),
        LedgerWords.Word("whole", "所属事项", "Part of"),
        LedgerWords.Word("part", "分项", "Part"),
        LedgerWords.Word("openParts", "未结分项", "Parts still open"),
        LedgerWords.Word("other", "另一件", "The other"),
        LedgerWords.Word("joinedCount", "并入件数", "Joined"),
        LedgerWords.Word("undone", "所撤销的操作", "What was undone"),
        LedgerWords.Word("from", "原状态", "From"),
        LedgerWords.Word("to", "现状态", "To"),
        LedgerWords.Word("state", "状态", "State"),
        LedgerWords.Word("body", CaseTexts.body),
        LedgerWords.Word("reason", CaseTexts.reason),
        LedgerWords.Word("category", CaseTexts.category),
        LedgerWords.Word("ground", "依据", "Ground"),
        LedgerWords.Word("channel", "来源", "Channel"),
        LedgerWords.Word("dueAt", CaseTexts.due),
        LedgerWords.Word("workdays", "申请工作日", "Working days asked for"),
        LedgerWords.Word("solved", "是否解决", "Solved"),
        LedgerWords.Word("satisfaction", "满意度", "Satisfaction"),
        LedgerWords.Word("answerable", "首接责任人", "Answerable"),
        LedgerWords.Word("filter", "筛选条件", "Filter"),
        LedgerWords.Word("rows", "行数", "Rows"),
        LedgerWords.Word("selection", "仅所选", "Selected only"),
        LedgerWords.Word("source", "来源系统", "Source"),
        LedgerWords.Word("sourceNumber", "原编号", "Number there"),
        LedgerWords.Word("reportedAt", "上报时间", "Reported"),
        LedgerWords.Word("endedAt", "归档时间", "Ended"),
        LedgerWords.Word("text", "内容指纹", "Fingerprint of the text"),
        LedgerWords.Word("opinion", "意见指纹", "Fingerprint of the opinion"),
        LedgerWords.Word("result", "结果指纹", "Fingerprint of the result"),
        LedgerWords.Word("photos", "照片指纹", "Fingerprints of photos"),
        LedgerWords.Word("version", "版本", "Version"),
        LedgerWords.Word("replaces", "所替换的规则", "Rule replaced"),
        LedgerWords.Word("fromDay", "从", "From"),
        LedgerWords.Word("untilDay", "到", "Until"),
        LedgerWords.Word("words", "词语指纹", "Fingerprint of the words"),
    ]

    private static func meaning(of code: String, as fact: String, _ rules: CaseRules) -> LocalizedText? {
        switch fact {
        case "from", "to", "state": rules.state(StateName(rawValue: code))?.title
        case "undone": rules.act(ActName(rawValue: code))?.title
        case "channel": Channel(rawValue: code)?.title
        case "reason":
            rules.reasons.sorted { $0.key < $1.key }.lazy.compactMap { rules.reason(code, in: $0.key)?.title }.first
        case "category":
            rules.categories[code].map { _ in
                LocalizedText(rules.categories.pathText(code, .chinese), rules.categories.pathText(code, .english))
            }
        default: nil
        }
    }
}

extension CaseStore {
    /// The numbers that people call matters by.
    static func numbers(of ids: [CaseID], in transaction: any Transaction) throws -> [CaseID: String] {
        guard !ids.isEmpty else { return [:] }
        return try transaction.query("SELECT id, number FROM cases WHERE id IN (\(list: ids))")
            .reduce(into: [:]) { $0[try $1.identifier(0)] = try $1.text(1) }
    }

    static func find(number: String, in transaction: any Transaction) throws -> CaseID? {
        try transaction.first("SELECT id FROM cases WHERE number_reversed = \(String(number.reversed()))")?
            .identifier(0)
    }
}
