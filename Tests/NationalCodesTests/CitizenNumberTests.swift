import Ground
import NationalCodes
import Testing

/// Numbers are the examples of the standard, or made by chance; none belongs to a person we know of.
@Suite("Citizen numbers")
struct CitizenNumberTests {
    let today: Day

    init() throws { today = try #require(Day("2026-11-21")) }

    @Test("The examples of the standard are valid", arguments: ["34052419800101001X", "11010519491231002X"])
    func examples(text: String) throws { #expect(try CitizenNumber(text, today: today).text == text) }

    @Test("Birth day, sex and area are read from the number")
    func parts() throws {
        let man = try CitizenNumber("34052419800101001X", today: today)
        #expect(man.birthDay == Day("1980-01-01"))
        #expect(man.sex == .male)
        #expect(man.areaText == "340524")
        #expect(try CitizenNumber("11010519491231002X", today: today).sex == .female)
    }

    @Test(
        "What people type is brought to one form",
        arguments: [
            "11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ", "１１０１０５19491231００２ｘ",
            "110105\u{3000}19491231002X",
        ])
    func normalised(text: String) throws {
        #expect(try CitizenNumber(text, today: today).text == "11010519491231002X")
    }

    @Test(
        "A number that cannot be is refused with its reason",
        arguments: [
            ("", CitizenNumberFault.length), ("1101051949123100", .length), ("110105194912310021X", .length),
            ("11010519491231O02X", .characters), ("1101051949123100中X", .characters),
            ("1101051949123100X2", .characters),
            ("11010519491231002Y", .characters),
            ("10010519491231002X", .area), ("99010519491231002X", .area), ("110105194913310021", .birthDay),
            ("110105194902300021", .birthDay), ("110105190002290021", .birthDay), ("110105160001010021", .birthDay),
            ("110105202611220021", .birthInFuture), ("110105194912310021", .checkDigit),
            ("110105491231002", .oldForm),
        ])
    func refused(text: String, fault: CitizenNumberFault) {
        #expect(throws: fault) { _ = try CitizenNumber(text, today: today) }
    }

    @Test("Someone born today has a valid number, and had none yesterday")
    func bornToday() throws {
        var random = SeededRandom(seed: 1)
        let text = Self.made(birth: today, random: &random)
        #expect(try CitizenNumber(text, today: today).birthDay == today)
        #expect(throws: CitizenNumberFault.birthInFuture) { _ = try CitizenNumber(text, today: today - 1) }
    }

    @Test("An old number of 15 digits becomes the 18-character number of the same person")
    func oldForm() throws {
        #expect(try CitizenNumber(fromFifteenDigits: "110105491231002", today: today).text == "11010519491231002X")
        #expect(try CitizenNumber(fromFifteenDigits: "340524800101001", today: today).text == "34052419800101001X")
        #expect(throws: CitizenNumberFault.birthDay) {
            _ = try CitizenNumber(fromFifteenDigits: "110105491331002", today: today)
        }
        #expect(throws: CitizenNumberFault.length) {
            _ = try CitizenNumber(fromFifteenDigits: "11010519491231002X", today: today)
        }
    }

    @Test("Any number made by the rule is valid; one changed digit or two swapped neighbours are found out")
    func mistakesAreFound() throws {
        var random = SeededRandom(seed: 11_643)
        let first = try #require(Day("1900-01-01"))
        for _ in 0..<300 {
            let birth = first + Int.random(in: 0...(today - first), using: &random)
            let text = Self.made(birth: birth, random: &random)
            #expect(try CitizenNumber(text, today: today).birthDay == birth)
            let bytes = Array(text.utf8)
            for position in bytes.indices {
                for byte in "0123456789X".utf8 where byte != bytes[position] {
                    var changed = bytes
                    changed[position] = byte
                    #expect(!isValid(changed))
                }
                guard position > 0, bytes[position] != bytes[position - 1] else { continue }
                var swapped = bytes
                swapped.swapAt(position, position - 1)
                #expect(!isValid(swapped))
            }
        }
    }

    @Test("Printing a number never shows more than its last four characters")
    func printing() throws {
        let number = try CitizenNumber("11010519491231002X", today: today)
        var dumped = ""
        dump(number, to: &dumped)
        for shown in ["\(number)", String(reflecting: number), dumped, "\([number])", number.masked] {
            #expect(shown.contains("**************002X"))
            #expect(!shown.contains("19491231"))
        }
    }

    @Test("The areas built in are the provinces of the code file, and those of Taiwan's residence permits")
    func areas() throws {
        let table = try CodeTable(yaml: try shippedCodes("provinces.yaml"), file: "provinces.yaml")
        #expect(Set(table.entries.compactMap { Int($0.code) }).union([83]) == CitizenNumber.nationalAreas)
    }

    private func isValid(_ bytes: [UInt8]) -> Bool {
        (try? CitizenNumber(String(decoding: bytes, as: UTF8.self), today: today)) != nil
    }

    /// By the rule as ISO 7064 states it, apart from the code under test: the check makes the whole sum 1 modulo 11.
    static func made(birth: Day, random: inout SeededRandom) -> String {
        let areas = CitizenNumber.nationalAreas.sorted()
        let area = areas[Int(random.next() % UInt64(areas.count))]
        let body = "\(area)" + random.digits(4) + birth.description.filter { $0 != "-" } + random.digits(3)
        var remainder = 0
        for digit in body.utf8 { remainder = (remainder + Int(digit) - 0x30) * 2 % 11 }
        let check = (12 - remainder) % 11
        return body + (check == 10 ? "X" : "\(check)")
    }
}
