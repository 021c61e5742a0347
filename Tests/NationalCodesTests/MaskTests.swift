import NationalCodes
import Testing

@Suite("Masks")
struct MaskTests {
    @Test(
        "Names keep only the family name",
        arguments: [
            ("张三", "张*"), ("张三丰", "张**"), ("欧阳小明", "欧阳**"), ("司马光", "司马*"), ("欧阳", "欧*"), ("张", "*"),
            ("李 四", "李*"), ("阿依古丽·买买提", "阿**"), ("Smith", "S**"), ("", ""), ("𠮷田", "𠮷*"),
        ])
    func names(name: String, masked: String) { #expect(Mask.personName(name) == masked) }

    @Test("Numbers keep only what tells them apart")
    func numbers() {
        #expect(Mask.citizenNumber("11010519491231002X") == "**************002X")
        #expect(Mask.phoneNumber("13800001234") == "138****1234")
        #expect(Mask.phoneNumber("0571-87654321") == "0571-****4321")
        #expect(Mask.phoneNumber("62345678") == "****5678")
        #expect(Mask.phoneNumber("62345678-801") == "****5678")
        #expect(Mask.creditCode("91350100M000100Y43") == "91************0Y43")
    }

    @Test("Text too short to mask is hidden altogether", arguments: ["", "1", "1234", "123456"])
    func short(text: String) {
        let stars = String(repeating: "*", count: text.count)
        #expect(Mask.citizenNumber(text) == stars)
        #expect(Mask.phoneNumber(text) == stars)
        #expect(Mask.creditCode(text) == stars)
    }
}
