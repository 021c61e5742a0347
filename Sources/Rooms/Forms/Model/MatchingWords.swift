import Desk
import Ground

/// `Rules/matching.yaml`: what words mean in the titles of columns.
struct MatchingWords: Sendable, Hashable, Decodable {
    /// Somebody else than the person of the list.
    var others: [String]
    /// Each group means the same; its first word stands for all.
    var same: [[String]]
    /// What changes nothing.
    var idle: [String]
    var age: [String]
    var area: [String]

    static func load(from files: RuleFiles) throws(Refusal) -> MatchingWords {
        let words = try files.decode(MatchingWords.self, from: "matching.yaml")
        guard (words.others + words.idle + words.same.flatMap { $0 }).allSatisfy({ !$0.isBlank }) else {
            throw RuleFiles.refusal(
                "no word may be empty", "词不能为空", in: try files.file("matching.yaml"), line: nil)
        }
        return words
    }

    /// The title with one word for those that mean the same, and without idle ones as long as two characters stay.
    func canonical(_ title: String) -> String {
        // The longest first, each through a character of its own, so that no replacement is replaced again.
        let table = same.flatMap { group in group.dropFirst().map { (word: $0, first: group[0]) } }
            .sorted { $0.word.count > $1.word.count }
        var text = title
        for (index, entry) in table.enumerated() where text.contains(entry.word) {
            text = text.replacing(entry.word, with: Self.place(index))
        }
        for (index, entry) in table.enumerated() { text = text.replacing(Self.place(index), with: entry.first) }
        for word in idle where text.contains(word) {
            let shorter = text.replacing(word, with: "")
            if shorter.count >= 2 { text = shorter }
        }
        return text
    }

    /// A character of private use.
    private static func place(_ index: Int) -> String {
        Unicode.Scalar(UInt32(0xE000 + index)).map { String(Character($0)) } ?? ""
    }

    func others(in title: String) -> Set<String> { Set(others.filter { title.contains($0) }) }
}
