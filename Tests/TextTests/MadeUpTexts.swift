import Ground
import Text

/// Texts made up for these tests: three kinds of matter, each with words of its own among common ones.
struct MadeUpTexts {
    static let words = [
        "道路": ["路灯坏了", "井盖缺失", "人行道破损", "路面积水", "红绿灯不亮", "坑洼难行"],
        "噪声": ["夜间施工", "音响太大", "广场舞扰民", "机器轰鸣", "喇叭叫卖", "半夜装修"],
        "学校": ["学位不足", "校车晚点", "食堂饭菜", "乱收补课费", "操场开放", "教室漏雨"],
    ]
    private static let common = ["希望有关部门", "我们小区", "多次反映", "一直没有人管", "请尽快处理", "已经两个月了", "居民意见很大", "谢谢"]

    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func text(about label: String) -> LabelledText {
        let own = Self.words[label] ?? []
        var clauses = (0..<2).compactMap { _ in own.randomElement(using: &random) }
        clauses += (0..<3).compactMap { _ in Self.common.randomElement(using: &random) }
        clauses.shuffle(using: &random)
        return LabelledText(
            title: own.randomElement(using: &random) ?? "", body: clauses.joined(separator: "，") + "。", label: label)
    }

    mutating func texts(_ count: Int) -> [LabelledText] {
        let labels = Self.words.keys.sorted()
        return (0..<count).map { text(about: labels[$0 % labels.count]) }
    }

    /// Text of characters by chance, with none of the structure of language.
    mutating func noise(_ length: Int) -> String {
        var text = ""
        for _ in 0..<length {
            text.unicodeScalars.append(Unicode.Scalar(0x4E00 + UInt32.random(in: 0..<3_000, using: &random)) ?? "一")
        }
        return text
    }

    /// The text with so many characters replaced.
    mutating func edited(_ text: String, characters: Int) -> String {
        var letters = Array(text)
        for _ in 0..<characters {
            letters[Int.random(in: 0..<letters.count, using: &random)] = Character(noise(1))
        }
        return String(letters)
    }
}
