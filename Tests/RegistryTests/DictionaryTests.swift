import Desk
import Foundation
import Ground
import Testing

@testable import Registry

struct DictionaryTests {
    static let shipped =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Rules"
    private static let today = Day(year: 2026, month: 11, day: 21) ?? Day(number: 0)

    @Test("The shipped dictionary can be read, and each element is told in both languages")
    func shipped() throws {
        let dictionary = try DataDictionary.load(from: RuleFiles(shipped: Self.shipped))
        for element in dictionary.elements {
            #expect(!element.name.chinese.isBlank && !element.name.english.isBlank)
            #expect(element.name.english.utf8.allSatisfy { $0 < 0x80 })
            #expect(element.sensitivity < .sensitive || element.isOff || element.basis != nil)
        }
        #expect(dictionary["religion"]?.isOff == true)
    }

    @Test("A fact that nobody may ask, a wrong value, a number of old form: each is refused by name")
    func faults() throws {
        let dictionary = try DataDictionary.load(from: RuleFiles(shipped: Self.shipped))
        func refusal(_ element: String, _ input: String) -> String? {
            guard let element = dictionary[element] else { return "no element" }
            do {
                _ = try dictionary.stored(input, of: element, today: Self.today)
                return nil
            } catch { return error.code }
        }
        #expect(refusal("sex", "3") == "registry.value")
        #expect(refusal("birth-day", "2026-02-30") == "registry.value")
        #expect(refusal("birth-day", "2027-01-01") == "registry.value")
        #expect(refusal("citizen-number", "110105194912310021") == "codes.citizen-number.check-digit")
        #expect(refusal("citizen-number", "110105491231002") == "codes.citizen-number.old-form")
        #expect(refusal("dogs", "21") == "registry.value")
        #expect(refusal("name", "张3") == "registry.value")
        #expect(refusal("phone", "12345") != nil)
        // The figure one is a letter of names.
        #expect(try stored("name", "王一") == "王一")
        #expect(try stored("birth-day", "1949年12月31日") == "1949-12-31")
        #expect(try stored("birth-day", "19491231") == "1949-12-31")
        #expect(try stored("sex", "女性") == "2")
        #expect(try stored("lives-alone", "是") == "1")
        #expect(try stored("name", "  𬱖  某 ") == "𬱖 某")
        func stored(_ key: String, _ input: String) throws -> String {
            try dictionary.stored(input, of: #require(dictionary[key]), today: Self.today)
        }
    }

    @Test("An old number of 15 digits is answered with the number of 18 that it leads to")
    func oldForm() throws {
        let dictionary = try DataDictionary.load(from: RuleFiles(shipped: Self.shipped))
        let element = try #require(dictionary["citizen-number"])
        let refusal = #expect(throws: Refusal.self) {
            try dictionary.stored("110105491231002", of: element, today: Self.today)
        }
        #expect(refusal?.wayOn?.english.contains("11010519491231002X") == true)
    }

    @Test("A dictionary that names an unknown list, or lacks what the registry needs, is refused with its line")
    func wrongFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = try String(contentsOfFile: Self.shipped + "/elements.yaml", encoding: .utf8)
        func load(_ changed: String) throws -> DataDictionary {
            try changed.write(
                toFile: folder.path + "/elements.yaml", atomically: true, encoding: .utf8)
            return try DataDictionary.load(from: RuleFiles(shipped: Self.shipped, own: folder.path))
        }
        #expect(throws: Refusal.self) { try load(text.replacing("codes: tenure", with: "codes: nonsense")) }
        let missing = #expect(throws: Refusal.self) {
            try load(text.replacing("key: death-day", with: "key: last-day"))
        }
        #expect(missing?.message.english.contains("death-day") == true)
        let twice = #expect(throws: Refusal.self) { try load(text.replacing("key: dogs", with: "key: sex")) }
        #expect(twice?.message.english.contains("elements.yaml:") == true)
    }
}
