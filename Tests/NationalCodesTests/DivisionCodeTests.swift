import Foundation
import Ground
import NationalCodes
import Testing

@Suite("Division codes")
struct DivisionCodeTests {
    @Test(
        "The number of digits is the level, zeros behind it aside",
        arguments: [
            ("11", DivisionCode.Level.province, "11"), ("110000", .province, "11"), ("110000000000", .province, "11"),
            ("1101", .prefecture, "1101"), ("110100", .prefecture, "1101"), ("110105", .county, "110105"),
            ("110105000000", .county, "110105"), ("110105001", .township, "110105001"),
            ("110105001000", .township, "110105001"), ("110105001001", .community, "110105001001"),
            ("441900", .prefecture, "4419"), ("441900003", .township, "441900003"),
            ("１１０１０５", .county, "110105"),
        ])
    func levels(input: String, level: DivisionCode.Level, text: String) throws {
        let code = try DivisionCode(input)
        #expect(code.level == level)
        #expect(code.text == text)
        #expect(code.padded.count == 12 && code.padded.hasPrefix(text))
        #expect(try DivisionCode(code.padded) == code)
        #expect(try JSONDecoder().decode(DivisionCode.self, from: JSONEncoder().encode(code)) == code)
    }

    @Test(
        "A text that is no division code is refused with its reason",
        arguments: [
            ("", DivisionCodeFault.length), ("1", .length), ("11010500", .length), ("1101050010011", .length),
            ("11O105", .characters), ("00", .emptyLevel), ("110005", .emptyLevel), ("110105000001", .emptyLevel),
        ])
    func refused(text: String, fault: DivisionCodeFault) {
        #expect(throws: fault) { _ = try DivisionCode(text) }
    }

    @Test("The parent of a division is the one around it")
    func parents() throws {
        let lineage = try DivisionCode("110105001001").lineage.map(\.text)
        #expect(lineage == ["110105001001", "110105001", "110105", "1101", "11"])
    }

    @Test(
        "Where a prefecture has no counties, its townships lie straight in it",
        arguments: [("441900003", "4419"), ("442000001", "4420"), ("460400100", "4604")])
    func withoutCounties(township: String, prefecture: String) throws {
        let code = try DivisionCode(township)
        #expect(code.skipsCounty)
        #expect(code.parent?.text == prefecture)
        #expect(
            try DivisionCode(township + "001").lineage.map(\.text).suffix(2) == [
                prefecture, String(prefecture.prefix(2)),
            ])
        #expect(try DivisionCode(township + "001").ancestor(at: .county) == nil)
        #expect(try DivisionCode(prefecture).contains(code))
        #expect(try !DivisionCode("110105001").skipsCounty)
    }

    @Test(
        "The last three digits say which committee a community has",
        arguments: [
            ("001", DivisionCode.CommunityKind.residentsCommittee), ("199", .residentsCommittee),
            ("200", .villageCommittee), ("399", .villageCommittee), ("400", .similar), ("498", .similar),
        ])
    func kinds(digits: String, kind: DivisionCode.CommunityKind) throws {
        #expect(try DivisionCode("110105001" + digits).communityKind == kind)
        #expect(try DivisionCode("110105001").communityKind == nil)
    }

    @Test("A query range holds just the codes within, in short and in filled-up form")
    func ranges() throws {
        #expect(try DivisionCode("4419").queryRange == ("4419", "442"))
        #expect(try DivisionCode("110199").queryRange == ("110199", "1102"))
        #expect(try DivisionCode("99").queryRange == ("99", ":"))
        var random = SeededRandom(seed: 2260)
        var codes: [DivisionCode] = []
        while codes.count < 400 {
            // Few digits, so that codes often lie within each other.
            let digits = (0..<12).map { _ in random.byte(of: Array("0199".utf8)) }
            let length = DivisionCode.Level.allCases[Int(random.next() % 5)].digits
            if let code = try? DivisionCode(String(decoding: digits.prefix(length), as: UTF8.self)) {
                codes.append(code)
            }
        }
        for area in codes {
            let (low, high) = area.queryRange
            for code in codes {
                let isWithin = code.lineage.contains(area)
                #expect((low <= code.text && code.text < high) == isWithin, "\(code) in \(area)")
                #expect(area.contains(code) == isWithin)
                // A filled-up code equals its own level's; it lies within what its division lies within.
                if isWithin { #expect(low <= code.padded && code.padded < high) }
            }
        }
    }
}
