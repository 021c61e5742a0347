import Ground
import NationalCodes
import Testing

@Suite("Unified social credit codes")
struct CreditCodeTests {
    static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

    @Test(
        "The published example is valid, in whatever form it is typed",
        arguments: ["91350100M000100Y43", "91350100m000100y43", " 913501 00M000100Y43", "９１３５０１００Ｍ０００１００Ｙ４３"])
    func example(text: String) throws {
        let code = try CreditCode(text)
        #expect(code.text == "91350100M000100Y43")
        #expect(code.divisionText == "350100")
        #expect(code.organisationCode == "M000100Y4")
        #expect(code.masked == "91************0Y43")
    }

    @Test(
        "A code that cannot be is refused with its reason",
        arguments: [
            ("91350100M000100Y4", CreditCodeFault.length), ("91350100M000100I43", .characters),
            ("91350100M000100Y4中", .characters), ("9135A100M000100Y43", .division),
            ("91350100M000100Y53", .organisationCheck), ("91350100M000100Y44", .checkDigit),
            ("81350100M000100Y43", .checkDigit),
        ])
    func refused(text: String, fault: CreditCodeFault) {
        #expect(throws: fault) { _ = try CreditCode(text) }
    }

    @Test("Completed codes are valid; one changed character or two swapped neighbours are found out")
    func mistakesAreFound() throws {
        #expect(try CreditCode(completing: "91350100M000100Y").text == "91350100M000100Y43")
        var random = SeededRandom(seed: 32_100)
        for _ in 0..<200 {
            let organisation = String(decoding: (0..<8).map { _ in random.byte(of: Self.alphabet) }, as: UTF8.self)
            let text = try CreditCode(completing: "91" + random.digits(6) + organisation).text
            #expect(try CreditCode(text).text == text)
            let bytes = Array(text.utf8)
            for position in bytes.indices {
                for byte in Self.alphabet where byte != bytes[position] {
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

    private func isValid(_ bytes: [UInt8]) -> Bool { (try? CreditCode(String(decoding: bytes, as: UTF8.self))) != nil }
}
