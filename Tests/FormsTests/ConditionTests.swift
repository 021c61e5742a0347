import Desk
import Foundation
import Ground
import Registry
import Testing

@testable import Forms

struct ConditionTests {
    static let shipped =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Rules"

    static func dictionary() throws -> DataDictionary { try DataDictionary.load(from: RuleFiles(shipped: shipped)) }

    private func holds(_ text: String, _ facts: [String: String], age: Int? = nil) throws -> Bool {
        var reading = ConditionReading(dictionary: try Self.dictionary(), kind: .person)
        let condition = try reading.condition(text)
        return condition.holds(reading.slots.map { facts[$0] }, age: age)
    }

    @Test("Conditions mean what they say, and nothing unknown meets a comparison")
    func meaning() throws {
        #expect(try holds("age >= 80 and lives-alone = yes", ["lives-alone": "1"], age: 80))
        #expect(try !holds("age >= 80", [:], age: 79))
        #expect(try !holds("age < 80", [:]))
        #expect(try !holds("lives-alone != yes", [:]))
        #expect(try holds("lives-alone is unknown or sex = 1", [:]))
        #expect(try holds("not (sex in (1, 9))", ["sex": "2"]))
        #expect(try holds("employment in (2, 6) and not sex = 1", ["employment": "6", "sex": "2"]))
        #expect(try holds("sex = 1 or sex = 2 and age < 10", ["sex": "1"], age: 50))
    }

    @Test(
        "A condition over what is not in the dictionary, of another kind, off, or without order is refused",
        arguments: [
            "height > 3", "tenure = 2", "religion is known", "sex > 1", "sex = 7", "sex", "(sex = 1", "sex = 1 and",
            "name = 王", "age = many", "lives-alone = maybe", "sex = 1 ; drop",
        ])
    func refused(text: String) throws {
        var reading = ConditionReading(dictionary: try Self.dictionary(), kind: .person)
        #expect(throws: ConditionReading.Fault.self) { try reading.condition(text) }
    }

    @Test("Ages are told by birthdays; who was born on 29 February has one each year")
    func ages() throws {
        let birth = try #require(Day("1940-02-29"))
        #expect(CompiledForm.birthday(81, of: birth).description == "2021-03-01")
        #expect(CompiledForm.birthday(84, of: birth).description == "2024-02-29")
        for age in 0..<100 {
            let day = CompiledForm.birthday(age, of: birth)
            #expect(CompiledForm.age(of: birth, at: day) == age)
            #expect(CompiledForm.age(of: birth, at: day - 1) == age - 1)
        }
    }

    @Test("Every shipped form is built from the dictionary")
    func shippedForms() throws {
        let library = try FormLibrary.load(from: RuleFiles(shipped: Self.shipped), try Self.dictionary())
        #expect(!library.forms.isEmpty)
        for form in library.forms { #expect(form.definition.isList || !form.cells.isEmpty) }
    }

    @Test("A form for a purpose that an element is not there for is refused, naming the element")
    func otherPurpose() throws {
        let definition = FormDefinition(
            key: "x", name: LocalizedText("表", "Form"), line: "health", purpose: "veterans", basis: nil, kind: .person,
            place: .residence, filter: "veteran = yes", columns: ["name", "chronic-illness"], cells: [], rows: [],
            heads: [], timesAYear: 1)
        let fault = #expect(throws: ConditionReading.Fault.self) {
            try CompiledForm.compile(definition, try Self.dictionary())
        }
        #expect(fault?.text.english.contains("chronic-illness") == true)
    }
}
