import Desk
import Foundation
import Ground
import Identity
import Storage
import StorageTesting
import Testing
import Text

@testable import Cases

@Suite("Category, area and body are suggested, and people decide")
struct SuggestionTests {
    /// Some seconds without optimisation, so once for all tests.
    private static let shipped = Result {
        let tree = try CaseRules(reading: CasesFixture.ruleFiles).categories
        return try TextClassifier.train(
            CategoryExamples.texts(of: tree, from: CasesFixture.ruleFiles), options: Suggester.shippedOptions)
    }

    @Test(
        "The model that ships knows plain words for plain matters",
        arguments: [
            ("010303", "门口的路灯坏了一个星期，晚上黑漆漆的"), ("010104", "我们楼的电梯又停运了，老人下不了楼"),
            ("010203", "每天傍晚人行道上全是摆摊的"), ("020101", "包工头拖欠我们三个月工资"),
            ("050101", "工地半夜还在打桩，吵得睡不着"), ("010302", "东门的井盖松动，车一过就响"),
            ("070202", "小区停车费涨了一倍，车位也不够"), ("030102", "老师周末有偿补课"),
        ])
    func shippedModel(expected: String, text: String) throws {
        let answer = try Self.shipped.get().model.classify(title: "", body: text)
        #expect(answer.label == expected)
        #expect(!answer.evidence.isEmpty)
        #expect(answer.evidence.allSatisfy { text.contains($0.words) })
    }

    @Test("The shipped texts cover every category, and give the same model byte for byte")
    func reproducible() throws {
        let tree = try CaseRules(reading: CasesFixture.ruleFiles).categories
        let texts = try CategoryExamples.texts(of: tree, from: CasesFixture.ruleFiles)
        let perLeaf = Dictionary(grouping: texts, by: \.label).mapValues(\.count)
        #expect(tree.leaves.allSatisfy { perLeaf[$0.code, default: 0] >= 5 })
        #expect(texts.allSatisfy { !($0.title + $0.body).contains("{") })
        let again = try TextClassifier.train(texts, options: Suggester.shippedOptions)
        #expect(again.model.encoded() == (try Self.shipped.get().model.encoded()))
        #expect(again.evaluation.macroF1 > 0.6)
    }

    // MARK: In a house

    /// A model of four categories, learned from a few words each.
    static func smallModel(_ world: CasesHouse, at now: Instant) throws -> (StoredModel, [UInt8], [String]) {
        let leaves = world.cases.rules.categories.leaves.prefix(4).map(\.code)
        let words = ["物业服务差", "业主大会换届", "屋顶漏水渗水", "电梯停运困人"]
        var texts: [LabelledText] = []
        for (leaf, word) in zip(leaves, words) {
            for number in 0..<8 { texts.append(LabelledText(title: word, body: "第\(number)次反映，\(word)", label: leaf)) }
        }
        let training = try TextClassifier.train(texts)
        let stored = StoredModel(
            id: world.house.identifiers.next(at: now), madeAt: now, texts: Int64(texts.count),
            accuracy: training.evaluation.accuracy, macroF1: training.evaluation.macroF1)
        return (stored, training.model.encoded(), Array(leaves))
    }

    static func use(_ world: CasesHouse) async throws -> [String] {
        let (stored, bytes, leaves) = try smallModel(world, at: world.clock.now())
        try await world.house.database.write { try CategoryModels.insert(stored, bytes, in: $0) }
        try await world.cases.suggester.refresh()
        return leaves
    }

    @Test("A county's own model is the one that suggests, on every server", arguments: EngineCase.available)
    func ownModel(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let leaves = try await Self.use(world)
            let current = try #require(world.cases.suggester.currentCategory)
            #expect(current.stored != nil && current.model.labels == leaves.sorted())
            let record = try await world.report("三号楼电梯停运，困人半小时")
            let suggestion = try await world.house.database.read {
                try world.cases.suggestion(for: record, among: [], in: $0)
            }
            #expect(suggestion.category.best?.value == leaves[3])
            #expect(suggestion.category.words.contains { "电梯停运困人".contains($0) })
            #expect(suggestion.category.candidates.count <= world.cases.suggester.rules.candidates)
            // A newer one takes over; a damaged one changes nothing.
            let (newer, bytes, _) = try Self.smallModel(world, at: world.clock.now() + .days(1))
            try await world.house.database.write { try CategoryModels.insert(newer, bytes, in: $0) }
            try await world.cases.suggester.refresh()
            #expect(world.cases.suggester.currentCategory?.stored?.id == newer.id)
            let broken = StoredModel(
                id: world.house.identifiers.next(at: world.clock.now() + .days(2)), madeAt: world.clock.now(),
                texts: 1, accuracy: 1, macroF1: 1)
            try await world.house.database.write { try CategoryModels.insert(broken, [1, 2, 3], in: $0) }
            try await world.cases.suggester.refresh()
            #expect(world.cases.suggester.currentCategory?.stored?.id == newer.id)
            #expect(try await world.house.database.query("SELECT id FROM case_models").count == 2)
        }
    }

    @Test(
        "What was suggested is kept beside what was decided, and counted once nothing is undone any more",
        arguments: EngineCase.available)
    func corrections(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let leaves = try await Self.use(world)
            let followed = try await world.report("屋顶漏水渗水")
            try await world.act(followed.id, Command("accept", category: leaves[2]), by: world.dispatcher)
            try await world.act(followed.id, Command("dispatch", body: world.department), by: world.dispatcher)
            let corrected = try await world.report("屋顶漏水渗水，楼上不管")
            try await world.act(corrected.id, Command("accept", category: leaves[0]), by: world.dispatcher)
            func counts(_ kind: CorrectionStore.Kind) async throws -> [CorrectionStore.Count] {
                try await world.house.database.read { try CorrectionStore.counts(kind, since: "2026-01", in: $0) }
            }
            // Too fresh: it may still be undone.
            try await world.cases.countDecisions()
            #expect(try await counts(.category).map(\.total).reduce(0, +) == 1)
            world.clock.advance(.minutes(5))
            try await world.cases.countDecisions()
            try await world.cases.countDecisions()
            #expect(
                Set(try await counts(.category)) == [
                    .init(suggested: leaves[2], decided: leaves[2], total: 1),
                    .init(suggested: leaves[2], decided: leaves[0], total: 1),
                ])
            #expect(
                try await counts(.area) == [
                    .init(
                        suggested: CasesFixture.community.code, decided: CasesFixture.community.code, total: 2)
                ])
            #expect(try await counts(.body).map(\.decided) == [world.department.text])
            #expect(try await counts(.category).count == 2)
            let later = try await world.house.database.read {
                try CorrectionStore.counts(.category, since: "2026-04", in: $0)
            }
            #expect(later.isEmpty)
        }
    }

    @Test("To whom a category went before is whom the next one is suggested for", arguments: EngineCase.available)
    func pastDispatches(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let leaves = try await Self.use(world)
            let choices = [
                BodyFacts(id: CasesFixture.streetBody, name: "某街道", line: nil, area: CasesFixture.street),
                BodyFacts(id: world.department, name: "住建局", line: "housing", area: CasesFixture.county),
            ]
            func proposed() async throws -> (MatterSuggestion.Proposal<BodyID>, (given: Int64, of: Int64)?) {
                let record = try await world.report("电梯停运困人")
                let suggestion = try await world.house.database.read {
                    try world.cases.suggestion(for: record, among: choices, in: $0)
                }
                return (suggestion.body, suggestion.past)
            }
            let (before, none) = try await proposed()
            // The category of lifts belongs to a line that no body of this house has.
            #expect(before.candidates.isEmpty && none == nil)
            for _ in 0..<3 {
                let record = try await world.report("电梯停运困人")
                try await world.act(record.id, Command("accept", category: leaves[3]), by: world.dispatcher)
                try await world.act(record.id, Command("dispatch", body: world.department), by: world.dispatcher)
            }
            let (after, past) = try await proposed()
            #expect(after.best?.value == world.department)
            #expect((after.best?.confidence ?? 0) > 0.2 && (after.best?.confidence ?? 1) < 0.9)
            #expect(past?.given == 3 && past?.of == 3)
        }
    }

    @Test("Past dispatches of the same street say more than those of another, and the line as much as a few")
    func weights() throws {
        let rules = try SuggestionRules.load(from: CasesFixture.ruleFiles)
        let elsewhere = BodyID(CasesFixture.identifiers.nextText(at: CasesFixture.start))
        let choices = [
            BodyFacts(id: CasesFixture.streetBody, name: "街道", line: nil, area: CasesFixture.street),
            BodyFacts(id: CasesFixture.departmentBody, name: "局", line: "housing", area: CasesFixture.county),
        ]
        func best(_ past: [(String, BodyID, Int64)]) -> BodyID? {
            rules.body(
                for: CasesFixture.community, line: "housing",
                past: past.map { .init(street: $0.0, body: $0.1, total: $0.2) }, among: choices
            ).proposal.best?.value
        }
        #expect(best([]) == CasesFixture.departmentBody)
        #expect(best([("330106001", CasesFixture.streetBody, 10)]) == CasesFixture.streetBody)
        #expect(best([("330106002", CasesFixture.streetBody, 9)]) == CasesFixture.departmentBody)
        #expect(best([("330106002", CasesFixture.streetBody, 11)]) == CasesFixture.streetBody)
        // Who cannot act here is not suggested, and lowers how sure the others are.
        let unsure = rules.body(
            for: CasesFixture.community, line: "housing",
            past: [.init(street: "330106001", body: elsewhere, total: 30)], among: choices)
        #expect(unsure.proposal.candidates.allSatisfy { $0.value != elsewhere && $0.confidence < 0.2 })
    }
}
