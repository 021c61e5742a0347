import Ground
import Testing
import Text

@Suite("A matcher of many phrases")
struct PhraseMatcherTests {
    @Test("It finds the phrases of a text in its order, the longer of two that overlap")
    func longest() {
        let matcher = PhraseMatcher(["文三路", "文三路社区", "社区卫生", "翠苑一区", "翠苑", "卫生站"])
        let found = matcher.matches(in: "翠苑一区往文三路社区卫生站方向，文三路口")
        #expect(found.map(\.words) == ["翠苑一区", "文三路社区", "卫生站", "文三路"])
        #expect(found.map(\.phrases) == [[3], [1], [5], [0]])
        #expect(found.map(\.length) == [4, 5, 3, 3])
    }

    @Test(
        "An ending of one phrase that begins another is found", arguments: [("甲乙丙", ["乙丙丁戊"]), ("x", ["甲乙丙丁", "乙丙戊"])])
    func fallback(first: String, others: [String]) {
        let matcher = PhraseMatcher([first] + others)
        let text = "甲" + (others.last ?? "")
        #expect(matcher.matches(in: text).map(\.words) == [others.last ?? ""])
    }

    @Test("Width, case and white space do not matter; punctuation parts; runs of digits are whole")
    func folding() {
        let matcher = PhraseMatcher(["A3座", "3号院", "西 湖·广场"])
        #expect(matcher.matches(in: "ａ 3座").isEmpty)
        #expect(matcher.matches(in: "在ａ３ 座").map(\.words) == ["ａ３ 座"])
        #expect(matcher.matches(in: "13号院").isEmpty)
        #expect(matcher.matches(in: "住3号院").map(\.words) == ["3号院"])
        #expect(matcher.matches(in: "西，湖广场").isEmpty)
        #expect(matcher.matches(in: "西湖广场").map(\.phrases) == [[2]])
    }

    @Test("Phrases that are alike are found together; nothing is found without phrases or letters")
    func alike() {
        let matcher = PhraseMatcher(["中心小学", "", "😀", "中心 小学"])
        #expect(matcher.matches(in: "中心小学门口").map(\.phrases) == [[0, 3]])
        #expect(matcher.matches(in: "").isEmpty && matcher.matches(in: "😀").isEmpty)
        #expect(PhraseMatcher([]).isEmpty && PhraseMatcher([]).matches(in: "中心小学").isEmpty)
    }

    @Test("It finds what a search for each phrase finds, over texts made by chance")
    func againstSearch() {
        var random = SeededRandom(seed: 12)
        func text(_ length: Int) -> String {
            String((0..<length).map { _ in "甲乙丙".randomElement(using: &random) ?? "甲" })
        }
        for _ in 0..<200 {
            let phrases = Set((0..<6).map { _ in text(Int.random(in: 1...4, using: &random)) }).sorted()
            let place = text(30)
            let found = Set(PhraseMatcher(phrases).matches(in: place).map(\.words))
            let longest = phrases.filter { place.contains($0) }.map(\.count).max() ?? 0
            // Of the longest phrases at least one stands free; every one that is found stands in the text.
            #expect(found.allSatisfy { phrases.contains($0) && place.contains($0) })
            #expect((found.map(\.count).max() ?? 0) == longest)
        }
    }

    @Test("A text of a megabyte among thirty thousand phrases takes no time")
    func speed() {
        var random = SeededRandom(seed: 13)
        let letters = (0..<2_000).compactMap { Unicode.Scalar(0x4E00 + UInt32($0)) }.map(String.init)
        func text(_ length: Int) -> String {
            (0..<length).map { _ in letters.randomElement(using: &random) ?? "一" }.joined()
        }
        let phrases = (0..<30_000).map { _ in text(4) }
        let matcher = PhraseMatcher(phrases)
        let huge = String(repeating: "丁丁丁" + phrases[7], count: 50_000)
        var found: [PhraseMatcher.Match] = []
        let time = ContinuousClock().measure { found = matcher.matches(in: huge) }
        #expect(found.first?.words == phrases[7])
        #expect(time < .seconds(5))
    }
}
