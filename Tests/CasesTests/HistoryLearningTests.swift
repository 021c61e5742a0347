import Desk
import Foundation
import Ground
import Identity
import Ledger
import Messages
import Places
import Sheets
import Storage
import StorageTesting
import Testing
import Text

@testable import Cases

@Suite("A county learns from what its people decided")
struct HistoryLearningTests {
    @Test(
        "Too few matters are refused; with enough, the new model is compared and used only if it is better",
        arguments: EngineCase.available)
    func history(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            // A present model that has everything the wrong way round: whatever is learned is better.
            let leaves = Array(world.cases.rules.categories.leaves.prefix(2).map(\.code))
            let wrong = (0..<8).flatMap { number in
                [
                    LabelledText(title: "", body: "电梯停运困人 \(number)", label: leaves[0]),
                    LabelledText(title: "", body: "屋顶漏水渗水 \(number)", label: leaves[1]),
                ]
            }
            let training = try TextClassifier.train(wrong)
            try await world.cases.use(training.model, learned: wrong.count, quality: training.evaluation)
            let first = try #require(world.cases.suggester.currentCategory?.stored)
            world.clock.advance(.minutes(1))
            let refusal = try await #require(throws: Refusal.self) {
                try await world.cases.learnFromHistory(withExamples: false)
            }
            #expect(refusal.code == "cases.train.too-few")

            var random = SeededRandom(seed: 21)
            let letters = (0..<3_000).compactMap { Unicode.Scalar(0x4E00 + UInt32($0)) }.map(Character.init)
            let fewest = world.cases.suggester.rules.history.fewest
            let now = world.clock.now()
            for number in 0...fewest {
                let isLift = number.isMultiple(of: 2)
                var record = CasesFixture.record(world.cases.rules, state: "accepted", at: now)
                // From this house's own source: that of the fixture may have been moved on by other tests.
                record.id = world.house.identifiers.next(at: now)
                record.title = isLift ? "电梯停运" : "屋顶漏水"
                // Each with words of its own: near repeats stay together in the cross-validation.
                let noise = String((0..<30).map { _ in letters.randomElement(using: &random) ?? "一" })
                record.detail = noise + (isLift ? "，电梯停运困人" : "，屋顶漏水渗水")
                record.category = isLift ? leaves[1] : leaves[0]
                record.number = String(2_603_020_000_100_000 + number)
                let numbers = world.cases.numbers
                let made = record
                try await world.house.database.write { transaction in
                    var made = made
                    try CaseStore.insert(&made, numbers: numbers, in: transaction)
                }
            }
            // Not accepted yet: nobody decided its category.
            _ = try await world.report("电梯停运困人")
            world.clock.advance(.minutes(1))
            let learning = try await world.cases.learnFromHistory(withExamples: false)
            #expect(learning.matters == fewest + 1)
            #expect(learning.quality.accuracy > 0.95)
            #expect(learning.comparison?.matters == fewest + 1)
            #expect((learning.comparison?.present.accuracy ?? 1) < 0.1)
            #expect(learning.isBetter == true && learning.isUsed && learning.isPresentOwn)
            let second = try #require(world.cases.suggester.currentCategory?.stored)
            #expect(second.id > first.id && second.texts == Int64(fewest + 1))
            #expect(world.cases.suggester.category(title: "", detail: "电梯停运困人").best?.value == leaves[1])
            // Once more, with nothing new since: it cannot be told which is better, so the present one stays.
            world.clock.advance(.minutes(1))
            let again = try await world.cases.learnFromHistory(withExamples: false)
            #expect(again.comparison == nil && again.isBetter == nil && !again.isUsed)
            #expect(world.cases.suggester.currentCategory?.stored?.id == second.id)
            let acts = try await world.house.database.query("SELECT act FROM ledger_entries WHERE act = 'cases.model'")
            #expect(acts.count == 2)
        }
    }

    @Test("A model whose labels are no categories is refused")
    func otherLabels() async throws {
        try await CasesHouse.with(EngineCase.available[0]) { world in
            let training = try TextClassifier.train([
                LabelledText(title: "", body: "路灯", label: "甲"), LabelledText(title: "", body: "电梯", label: "乙"),
            ])
            let refusal = try await #require(throws: Refusal.self) {
                try await world.cases.use(training.model, learned: 2, quality: training.evaluation)
            }
            #expect(refusal.code == "cases.train.other-labels")
        }
    }

    @Test("The figures of the page are those of the cells")
    func figures() {
        let counts: [CorrectionStore.Count] = [
            .init(suggested: "010101", decided: "010101", total: 8),
            .init(suggested: "010102", decided: "010101", total: 3),
            .init(suggested: "010103", decided: "010101", total: 1), .init(suggested: "", decided: "010101", total: 2),
            .init(suggested: "010101", decided: "010102", total: 4),
        ]
        let lines = SuggestionsPage.lines(counts)
        #expect(lines.map(\.category) == ["010101", "010102", "010103"])
        #expect(lines.map(\.decided) == [14, 4, 0])
        #expect(lines.map(\.suggested) == [12, 3, 1])
        #expect(lines.map(\.right) == [8, 0, 0])
        #expect(lines.map(\.mistaken) == ["010102", "010101", nil])
        let whole = SuggestionsPage.whole(counts)
        #expect((whole.decided, whole.suggested, whole.right) == (18, 16, 8))
    }

    @Test(
        "A list of landmarks goes in with its bad rows told, and their names lead to their community",
        arguments: EngineCase.available)
    func landmarks(engine: EngineCase) async throws {
        try await CasesHouse.with(engine) { world in
            let file = FileManager.default.temporaryDirectory.appending(path: "landmarks-\(UUID().uuidString).csv").path
            let errors = file + ".errors"
            defer {
                try? FileManager.default.removeItem(atPath: file)
                try? FileManager.default.removeItem(atPath: errors)
            }
            let text = """
                名称,区划代码,类型,经度,纬度
                嘉绿苑,330106001001,小区,120.1,30.3
                金桂花园,330106001001,小区,,
                外县小区,330299001001,小区,,
                歪小区,330106001001,小区,东,西
                坑,330106001001,小区,,
                """
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            let cases = try world.withAreas()
            let result = try await cases.importLandmarks(file: file, errors: errors, by: .system)
            #expect((result.rows, result.taken, result.rejected) == (5, 2, 3))
            #expect(
                result.firstProblems.map(\.code) == [
                    "cases.landmarks.area", "cases.landmarks.location", "cases.landmarks.name",
                ])
            #expect(try String(contentsOfFile: errors, encoding: .utf8).contains("外县小区"))
            // Again: nothing twice.
            _ = try await cases.importLandmarks(file: file, by: .system)
            #expect(try await world.house.database.query("SELECT name FROM case_landmarks").count == 2)

            var record = CasesFixture.record(cases.rules)
            record.area = CasesFixture.county
            record.detail = "嘉绿苑东门的垃圾没人清"
            let made = record
            let suggestion = try await world.house.database.read {
                try cases.suggestion(for: made, among: [], in: $0)
            }
            #expect(suggestion.area.best?.value == CasesFixture.community)
            #expect(suggestion.area.words == ["嘉绿苑"])
            #expect(suggestion.location == Location(longitude: 120.1, latitude: 30.3))
        }
    }
}

extension CasesHouse {
    /// The same house in a county with one street and one community.
    func withAreas() throws -> Cases {
        let bodies = FewBodies()
        let known = Set(Cases.rights + Identity.rights + Ledger.rights + Places.rights + Messages.rights)
        let identity = try Identity(house: house, knownRights: known, bodies: bodies)
        return try Cases(house: house, identity: identity, bodies: bodies, areas: OneStreet())
    }
}

private struct OneStreet: AreaLookup {
    func name(of area: AreaPrefix) -> String? {
        [CasesFixture.county: "西湖区", CasesFixture.street: "某街道", CasesFixture.community: "某社区"][area]
    }

    func children(of area: AreaPrefix) -> [(area: AreaPrefix, name: String)] {
        switch area {
        case CasesFixture.county: [(CasesFixture.street, "某街道")]
        case CasesFixture.street: [(CasesFixture.community, "某社区")]
        default: []
        }
    }

    func area(at location: Location) -> AreaPrefix? { nil }
}
