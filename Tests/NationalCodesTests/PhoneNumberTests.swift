import NationalCodes
import Testing

@Suite("Phone numbers")
struct PhoneNumberTests {
    @Test(
        "A mobile number is the same however it is typed",
        arguments: [
            "13800001234", "138 0000 1234", "138-0000-1234", "+8613800001234", "+86 138 0000 1234",
            "0086-138-0000-1234",
            "8613800001234", "(+86) 13800001234", "１３８００００１２３４", "＋８６ 13800001234",
        ])
    func mobile(text: String) throws {
        let number = try MobileNumber(text)
        #expect(number.text == "13800001234")
        #expect(number.masked == "138****1234")
        #expect(try PhoneNumber(text) == .mobile(number))
    }

    @Test(
        "A text that is no mobile number is refused with its reason",
        arguments: [
            ("", PhoneNumberFault.length), ("1380000123", .length), ("138000012345", .length),
            ("12800001234", .notMobile),
            ("23800001234", .notMobile), ("1380000123a", .characters), ("+1 202 555 0100", .foreign),
        ])
    func notMobile(text: String, fault: PhoneNumberFault) {
        #expect(throws: fault) { _ = try MobileNumber(text) }
    }

    @Test(
        "A landline is read with its area code and extension",
        arguments: [
            ("010-62345678", "010-62345678"), ("01062345678", "010-62345678"), ("(010) 6234 5678", "010-62345678"),
            ("+86 10 6234 5678", "010-62345678"), ("+86 571 8765 4321", "0571-87654321"),
            ("0571-8765-4321", "0571-87654321"), ("0898-2345678", "0898-2345678"), ("62345678", "62345678"),
            ("6234-5678", "62345678"), ("010-62345678-801", "010-62345678-801"),
            ("010-62345678转801", "010-62345678-801"),
            ("010-62345678 ext. 801", "010-62345678-801"), ("０１０－６２３４５６７８", "010-62345678"),
        ])
    func landline(text: String, expected: String) throws { #expect(try PhoneNumber(text).text == expected) }

    @Test(
        "A text that is no phone number is refused with its reason",
        arguments: [
            ("12345", PhoneNumberFault.length), ("010-12345678", .notLandline), ("010-623456", .length),
            ("call me", .characters), ("010-62345678转x", .extension), ("0", .length), ("0571", .length), ("-", .length),
        ])
    func notAPhone(text: String, fault: PhoneNumberFault) {
        #expect(throws: fault) { _ = try PhoneNumber(text) }
    }

    @Test("Printing a number shows its mask")
    func printing() throws {
        let mobile = try MobileNumber("13800001234")
        var dumped = ""
        dump(PhoneNumber.mobile(mobile), to: &dumped)
        for shown in ["\(mobile)", String(reflecting: mobile), "\(PhoneNumber.mobile(mobile))", dumped] {
            #expect(shown.contains("138****1234") && !shown.contains("13800001234"))
        }
        #expect("\(try PhoneNumber("010-62345678-801"))" == "010-****5678")
    }
}
