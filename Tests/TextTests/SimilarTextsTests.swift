import Testing
import Text

/// Holds the index, which cannot be copied, where an expectation wants a value that can.
private final class Index {
    private var texts = SimilarTexts()

    var count: Int { texts.count }
    var bytes: Int { texts.bytes }

    func add(id: UInt64, text: String) { texts.add(id: id, text: text) }
    func remove(id: UInt64) -> Bool { texts.remove(id: id) }

    func nearest(to text: String, atLeast similarity: Double, limit: Int) -> [SimilarTexts.Match] {
        texts.nearest(to: text, atLeast: similarity, limit: limit)
    }
}

@Suite("The index of similar texts")
struct SimilarTextsTests {
    @Test("Texts with one character in twenty changed are found again")
    func recall() {
        var source = MadeUpTexts(seed: 1)
        let index = Index()
        let texts = (0..<2_000).map { _ in source.noise(60) }
        for (number, text) in texts.enumerated() { index.add(id: UInt64(number), text: text) }
        var found = 0
        for (number, text) in texts.enumerated() {
            let matches = index.nearest(to: source.edited(text, characters: 3), atLeast: 0.5, limit: 3)
            if matches.first?.id == UInt64(number) { found += 1 }
        }
        #expect(found >= 1_980)
    }

    @Test("Short texts with one character changed are found again")
    func short() {
        var source = MadeUpTexts(seed: 2)
        let index = Index()
        let texts = (0..<500).map { _ in source.noise(20) }
        for (number, text) in texts.enumerated() { index.add(id: UInt64(number), text: text) }
        var found = 0
        for (number, text) in texts.enumerated() {
            let matches = index.nearest(to: source.edited(text, characters: 1), atLeast: 0.4, limit: 3)
            if matches.first?.id == UInt64(number) { found += 1 }
        }
        #expect(found >= 490)
    }

    @Test("The same clauses in another order, with other punctuation, are similar; other matters are not")
    func reordered() {
        let index = Index()
        index.add(id: 1, text: "门口的路灯坏了，已经两个星期没有人修，晚上出门很不安全。")
        index.add(id: 2, text: "学校食堂的饭菜质量太差，孩子们都吃不饱，请教育局查一查。")
        let matches = index.nearest(to: "已经两个星期没有人修！门口的路灯坏了 晚上出门很不安全", atLeast: 0.5, limit: 5)
        #expect(matches.map(\.id) == [1])
        #expect(index.nearest(to: "公交车总是晚点", atLeast: 0.5, limit: 5).isEmpty)
    }

    @Test("A text is wholly similar to itself; the nearest come first, no more than wanted")
    func order() {
        var source = MadeUpTexts(seed: 3)
        let index = Index()
        let text = source.noise(100)
        index.add(id: 9, text: text)
        for number in 1...8 { index.add(id: UInt64(number), text: source.edited(text, characters: number * 2)) }
        let matches = index.nearest(to: text, atLeast: 0.3, limit: 4)
        #expect(matches.count == 4)
        #expect(matches.first?.id == 9 && matches.first?.similarity == 1)
        #expect(matches.map(\.similarity) == matches.map(\.similarity).sorted(by: >))
        #expect(index.nearest(to: text, atLeast: 0.3, limit: 0).isEmpty)
    }

    @Test("What is removed is not found; what is added again under an id replaces it")
    func removal() {
        var source = MadeUpTexts(seed: 4)
        let index = Index()
        var texts = (0..<300).map { _ in source.noise(30) }
        for (number, text) in texts.enumerated() { index.add(id: UInt64(number), text: text) }
        for number in stride(from: 0, to: 300, by: 2) { #expect(index.remove(id: UInt64(number))) }
        #expect(!index.remove(id: 0))
        #expect(!index.remove(id: 1_000))
        #expect(index.count == 150)
        for number in stride(from: 0, to: 300, by: 3) {
            texts[number] = source.noise(30)
            index.add(id: UInt64(number), text: texts[number])
        }
        for (number, text) in texts.enumerated() {
            let isHeld = number % 2 == 1 || number % 3 == 0
            #expect(index.nearest(to: text, atLeast: 0.9, limit: 2).map(\.id) == (isHeld ? [UInt64(number)] : []))
        }
        #expect(index.count == 200)
    }

    @Test("Any adding and removing leaves what a plain list says")
    func model() {
        var source = MadeUpTexts(seed: 5)
        let texts = (0..<40).map { _ in source.noise(25) }
        let index = Index()
        var held: [UInt64: Int] = [:]
        for _ in 0..<4_000 {
            let id = UInt64.random(in: 0..<200, using: &source.random)
            if Bool.random(using: &source.random) {
                let text = Int.random(in: 0..<40, using: &source.random)
                index.add(id: id, text: texts[text])
                held[id] = text
            } else {
                #expect(index.remove(id: id) == (held.removeValue(forKey: id) != nil))
            }
        }
        #expect(index.count == held.count)
        for (number, text) in texts.enumerated() {
            let expected = held.filter { $0.value == number }.keys.sorted()
            #expect(index.nearest(to: text, atLeast: 1, limit: 200).map(\.id) == expected)
        }
    }

    @Test("Texts without a letter are neither kept nor found")
    func letterless() {
        let index = Index()
        for text in ["", "😀😀😀", "！？。", " \n\t", "\u{0}\u{FE0F}"] {
            index.add(id: 1, text: text)
            #expect(index.nearest(to: text, atLeast: 0, limit: 5).isEmpty)
        }
        #expect(index.count == 0)
        index.add(id: 2, text: "路")
        #expect(index.nearest(to: "路", atLeast: 0.9, limit: 5).map(\.id) == [2])
        index.add(id: 2, text: "😀")
        #expect(index.count == 0)
    }

    @Test("Five megabytes of text take no longer than their beginning")
    func huge() {
        let index = Index()
        let time = ContinuousClock().measure {
            index.add(id: 1, text: String(repeating: "路灯坏了没有人修", count: 210_000))
            index.add(id: 2, text: String(repeating: "😀", count: 1_250_000))
            #expect(index.nearest(to: String(repeating: "路灯坏了没有人修", count: 9), atLeast: 0.9, limit: 1).count == 1)
        }
        #expect(time < .seconds(5))
    }

    @Test("Thousands of equal texts hinder neither search nor removal")
    func crowd() {
        var source = MadeUpTexts(seed: 6)
        let index = Index()
        let other = source.noise(40)
        index.add(id: 0, text: other)
        for id in 1...2_400 { index.add(id: UInt64(id), text: "门口的路灯坏了没有人修") }
        #expect(index.nearest(to: "门口的路灯坏了没有人修", atLeast: 0.9, limit: 3).count == 3)
        // The oldest stand at the far end of their chains.
        for id in 1...300 { #expect(index.remove(id: UInt64(id))) }
        #expect(index.count == 2_101)
        let left = index.nearest(to: "门口的路灯坏了没有人修", atLeast: 0.9, limit: 3_000)
        #expect(!left.isEmpty && left.allSatisfy { $0.id > 300 })
        #expect(index.nearest(to: other, atLeast: 0.9, limit: 3).map(\.id) == [0])
    }

    @Test("A text costs less than two hundred bytes, however long")
    func memory() {
        var source = MadeUpTexts(seed: 7)
        let index = Index()
        for id in 0..<10_000 { index.add(id: UInt64(id), text: source.noise(12)) }
        #expect(index.bytes < 10_000 * 200 + 4_000_000)
    }
}
