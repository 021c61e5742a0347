import Ground
import NationalCodes
import Testing

@Suite("Code tables")
struct CodeTableTests {
    @Test("The shipped table of sexes matches the type")
    func sexes() throws {
        let table = try CodeTable(yaml: try shippedCodes("sex.yaml"), file: "sex.yaml")
        #expect(table.source == "GB/T 2261.1")
        #expect(Set(table.entries.map(\.code)) == Set(Sex.allCases.map { "\($0.rawValue)" }))
        #expect(table["2"] == LocalizedText("女性", "female"))
        #expect(table["3"] == nil)
    }

    @Test("The shipped table of provinces names all 34 in both languages")
    func provinces() throws {
        let table = try CodeTable(yaml: try shippedCodes("provinces.yaml"), file: "provinces.yaml")
        #expect(table.entries.count == 34)
        #expect(table["11"] == LocalizedText("北京市", "Beijing"))
        #expect(Set(table.entries.map(\.text.english)).count == 34)
    }

    @Test(
        "A faulty file is refused with its file, line and reason",
        arguments: [
            ("name: a | b\nsource: s\ncodes:\n  \"1\": only Chinese\n", 4, "Chinese | English"),
            ("name: a | b\nsource: s\ncodes:\n  \"1\": a | b\n  \"1\": c | d\n", 5, "twice"),
            ("name: a | b\n  \"1\": a | b\n", 2, "under `codes`"), ("title: a | b\n", 1, "unknown key"),
            ("# note\n\nnonsense\n", 3, "key: value"), ("name: a | b\r\nsource\r\n", 2, "key: value"),
            ("name: a | b\nsource: s\ncodes:\n", nil, "missing"), ("", nil, "missing"),
        ] as [(String, Int?, String)])
    func faulty(text: String, line: Int?, reason: String) {
        let error = #expect(throws: CodeFileError.self) { _ = try CodeTable(yaml: text, file: "county/sex.yaml") }
        #expect(error?.line == line)
        #expect(error?.description.hasPrefix("county/sex.yaml") == true)
        #expect(error?.reason.english.contains(reason) == true)
    }

    @Test("Every fault has a code of its own and a sentence in both languages")
    func faults() {
        let faults: [any CodeFault] =
            CitizenNumberFault.allCases + CreditCodeFault.allCases + DivisionCodeFault.allCases
            + GridCodeFault.allCases + PhoneNumberFault.allCases
        #expect(Set(faults.map(\.code)).count == faults.count)
        for fault in faults {
            #expect(fault.text.chinese.unicodeScalars.contains { $0.properties.isIdeographic }, "\(fault.code)")
            #expect(!fault.text.english.isEmpty)
            #expect(fault.refusal(field: "phone").field == "phone")
            #expect(fault.refusal().code == fault.code)
        }
    }

    @Test("What people write instead of the standard's words stands behind them")
    func alternatives() throws {
        let table = try CodeTable(yaml: try shippedCodes("sex.yaml"), file: "sex.yaml")
        #expect(table.entries.first { $0.code == "1" }?.alternatives == ["男"])
        #expect(table["1"]?.chinese == "男性" && table["1"]?.english == "male")
        #expect(table.entries.first { $0.code == "9" }?.alternatives == [])
    }
}
