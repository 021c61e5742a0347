import Desk
import Ground

/// `Rules/boundaries.yaml` (政社边界、一票否决): whose matters are whose, and the register of vetoes.
struct Boundaries: Sendable, Decodable {
    struct Matter: Sendable, Hashable, Decodable {
        var category: String
        var mode: String
        var basis: String
        /// Words by which a demand is known to be about it.
        var words: [String]

        /// No order goes into it.
        var isSelfGoverned: Bool { mode == "self-governance" }

        var modeTitle: LocalizedText {
            switch mode {
            case "self-governance": LocalizedText("居（村）民自治", "Self-governance")
            case "market": LocalizedText("市场", "Market")
            case "law": LocalizedText("法律途径", "Law")
            default: LocalizedText("政府管理", "Government")
            }
        }
    }

    struct Veto: Sendable, Hashable, Decodable {
        var key: String
        var zh: String
        var en: String
        var basis: String
        /// Whether a central rule grounds it.
        var central: Bool
        var until: Day
        /// The line that keeps it.
        var line: String

        var title: LocalizedText { LocalizedText(zh, en) }
    }

    /// 属地: words by which those above make their own duty that of whoever stands on the ground.
    struct Shifting: Sendable, Hashable, Decodable {
        var basis: String
        var words: [String]

        func word(in text: String) -> String? { words.first { text.contains($0) } }
    }

    var matters: [Matter]
    /// Nil where a county's own file says nothing of it.
    var shifting: Shifting?
    var vetoes: [Veto]

    subscript(veto key: String) -> Veto? { vetoes.first { $0.key == key } }

    /// The self-governed matter that a text is about.
    func selfGoverned(_ text: String) -> Matter? {
        matters.first { matter in matter.isSelfGoverned && matter.words.contains { text.contains($0) } }
    }

    /// - Throws: a refusal naming the file; a veto without a central ground cannot even be registered.
    static func load(from files: RuleFiles, lines: Set<String>) throws(Refusal) -> Boundaries {
        let read = try files.decode(Boundaries.self, from: "boundaries.yaml")
        let file = try files.file("boundaries.yaml")
        func wrong(_ chinese: String, _ english: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: file, line: nil)
        }
        var seen: Set<String> = []
        for veto in read.vetoes {
            guard seen.insert(veto.key).inserted else {
                throw wrong("一票否决 \(veto.key) 重复", "the veto \(veto.key) stands twice")
            }
            guard veto.central, !veto.basis.isBlank else {
                throw wrong(
                    "一票否决“\(veto.zh)”没有中央层面依据，不得登记", "the veto “\(veto.en)” has no central ground")
            }
            guard lines.contains(veto.line) else {
                throw wrong("一票否决“\(veto.zh)”的条线 \(veto.line) 不存在", "there is no line \(veto.line)")
            }
        }
        for matter in read.matters where matter.basis.isBlank {
            throw wrong("类别 \(matter.category) 没有依据", "the matter \(matter.category) names no law")
        }
        if let shifting = read.shifting, shifting.basis.isBlank || shifting.words.contains(where: \.isBlank) {
            throw wrong("shifting：须写依据，词不能为空", "shifting: it needs a ground, and no empty word")
        }
        return read
    }
}
