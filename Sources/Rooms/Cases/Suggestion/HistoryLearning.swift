public import Desk
import Ground
import Ledger
import Storage
public import Text

/// What came of learning from the county's own matters.
public struct HistoryLearning: Sendable {
    /// Matters with a category that people decided.
    public var matters: Int
    public var model: TextModel
    /// On the matters, from cross-validation: none of them was learned before it was asked.
    public var quality: Evaluation
    /// The new model and the present one on the matters that neither had learned; nil when those are too few.
    public var comparison: (matters: Int, new: Evaluation, present: Evaluation)?
    /// The present model is the county's own, not the one that ships.
    public var isPresentOwn: Bool
    /// It suggests from now on.
    public var isUsed = false

    /// Nil when it cannot be told.
    public var isBetter: Bool? { comparison.map { $0.new.macroF1 > $0.present.macroF1 } }
}

extension Cases {
    /// Learns from the matters that people gave a category, compares with the present model, and puts the new one into use
    /// if it is better.
    /// - Parameters:
    ///   - always: also if it is not better, or if that cannot be told.
    ///   - withExamples: what ships is learned too, so that kinds which did not happen here yet are known.
    /// - Throws: a refusal when there are too few matters.
    public func learnFromHistory(
        always: Bool = false, withExamples: Bool = true, by actor: Actor = .system
    ) async throws -> HistoryLearning {
        try await suggester.refresh()
        guard let present = suggester.currentCategory else { throw Refusal.nothingHere }
        let limits = suggester.rules.history
        let (texts, news) = try await decidedTexts(
            since: present.stored.map { IdentifierSource.lowest(at: $0.madeAt) }, most: limits.most)
        guard texts.count >= limits.fewest, Set(texts.map(\.label)).count >= 2 else {
            throw Refusal(
                .ruleBroken, "cases.train.too-few",
                LocalizedText(
                    "已由人确定类别的诉求只有 \(texts.count) 件，至少需要 \(limits.fewest) 件",
                    "Only \(texts.count) matters have a category that people decided; \(limits.fewest) are needed"),
                wayOn: LocalizedText(
                    "可先导入历史工单，或在 Rules/suggestions.yaml 中调整 history.fewest",
                    "Import past work orders, or lower history.fewest in Rules/suggestions.yaml"))
        }
        let shipped = withExamples ? try CategoryExamples.texts(of: rules.categories, from: house.rules) : []
        let training = try await Suggester.train(shipped + texts)
        let given = Array(training.given.dropFirst(shipped.count))
        func evaluate(_ indices: [Int], _ answer: (Int) -> String) -> Evaluation {
            Evaluation(indices.map { (expected: texts[$0].label, given: answer($0)) })
        }
        var learning = HistoryLearning(
            matters: texts.count, model: training.model, quality: evaluate(Array(texts.indices)) { given[$0] },
            comparison: nil, isPresentOwn: present.stored != nil)
        if news.count >= limits.comparison {
            learning.comparison = (
                news.count, evaluate(news) { given[$0] },
                evaluate(news) {
                    present.model.classify(title: texts[$0].title, body: texts[$0].body, evidence: 0).label
                }
            )
        }
        if always || learning.isBetter == true {
            try await use(training.model, learned: texts.count, quality: learning.quality, by: actor)
            learning.isUsed = true
        }
        return learning
    }

    /// Puts a model into use on all servers.
    /// - Throws: a refusal when its labels are no categories of this county.
    public func use(_ model: TextModel, learned texts: Int, quality: Evaluation, by actor: Actor = .system) async throws
    {
        guard suggester.fits(model) else {
            throw Refusal(
                .ruleBroken, "cases.train.other-labels",
                LocalizedText("模型的标签不是本县的分类编码", "The labels of the model are no categories of this county"),
                wayOn: LocalizedText("标签列请填末级分类的六位编码", "Label with the six digits of a category's last level"))
        }
        let now = house.clock.now()
        let stored = StoredModel(
            id: house.identifiers.next(at: now), madeAt: now, texts: Int64(texts), accuracy: quality.accuracy,
            macroF1: quality.macroF1)
        let entry = LedgerEntry(
            "cases.model", on: "model", stored.id, by: actor, at: now, id: house.identifiers.next(at: now),
            area: house.settings.area.code
        ) { writer in
            writer.member("texts", texts)
            writer.member("macroF1", quality.macroF1)
        }
        try await house.database.write { transaction in
            try CategoryModels.insert(stored, model.encoded(), in: transaction)
            try Ledger.record(entry, in: transaction)
        }
        try await suggester.refresh()
    }

    /// The newest matters with the category that people gave them, and which of them came in since a moment.
    private func decidedTexts(since: CaseID?, most: Int) async throws -> (texts: [LabelledText], news: [Int]) {
        let states = rules.workflow.states.map(\.name).filter { $0 != rules.workflow.first }.map(\.rawValue)
        var texts: [LabelledText] = []
        var news: [Int] = []
        var before: CaseID?
        while texts.count < most {
            let older: SQL = before.map { "id < \($0)" } ?? "TRUE"
            let rows = try await house.database.query(
                """
                SELECT id, title, detail, category FROM cases
                WHERE \(older) AND category IS NOT NULL AND state IN (\(list: states))
                ORDER BY id DESC LIMIT \(2_000)
                """)
            for row in rows.prefix(most - texts.count) {
                let id: CaseID = try row.identifier(0)
                let (title, detail, category) = (try row.text(1), try row.text(2), try row.text(3))
                guard rules.categories[category]?.isLeaf == true else { continue }
                if since.map({ id > $0 }) ?? true { news.append(texts.count) }
                texts.append(
                    LabelledText(title: Suggester.ownTitle(title, detail), body: detail, label: category))
            }
            guard let last = rows.last, rows.count == 2_000 else { break }
            before = try last.identifier(0)
        }
        return (texts, news)
    }
}
