/// What lists show of personal data, so that a person can be told apart but not looked up.
/// Takes stored text of any form: what it does not understand it hides altogether.
public enum Mask {
    /// The last four characters: `**************002X`.
    public static func citizenNumber(_ text: String) -> String { keeping(first: 0, last: 4, of: text) }

    /// `138****1234`; of a landline the area code and the last four: `010-****5678`, and no extension.
    public static func phoneNumber(_ text: String) -> String {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1 { return keeping(first: text.count == 11 ? 3 : 0, last: 4, of: text) }
        // An area code begins with 0 and is short; a number without one may still have an extension.
        guard parts[0].hasPrefix("0"), parts[0].count <= 4 else { return keeping(first: 0, last: 4, of: parts[0]) }
        return parts[0] + "-" + keeping(first: 0, last: 4, of: parts[1])
    }

    /// The department, category and last four: `91************0Y43`.
    public static func creditCode(_ text: String) -> String { keeping(first: 2, last: 4, of: text) }

    /// The family name and a star for each further character: `张*`, `欧阳**`; of other names the first character.
    public static func personName(_ text: String) -> String {
        let name = Array(text.filter { !$0.isWhitespace })
        guard let first = name.first else { return "" }
        // Names with a dot or in letters have no family name that could be kept; their length would tell too much.
        guard name.allSatisfy(\.isHan) else { return String(first) + "**" }
        if name.count == 1 { return "*" }
        let kept = name.count > 2 && compoundFamilyNames.contains(String(name[..<2])) ? 2 : 1
        return String(name[..<kept]) + String(repeating: "*", count: name.count - kept)
    }

    private static let compoundFamilyNames: Set<String> = [
        "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊", "赫连", "澹台",
        "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "令狐",
        "百里", "呼延", "东郭", "南门", "西门", "东门", "公良", "拓跋", "轩辕", "第五", "梁丘", "左丘", "即墨", "达奚", "褚师",
    ]

    /// Stars for all but the ends; everything when little more than the ends would be left.
    private static func keeping(first: Int, last: Int, of text: String) -> String {
        let hidden = text.count - first - last
        guard hidden >= 3 else { return String(repeating: "*", count: text.count) }
        return String(text.prefix(first)) + String(repeating: "*", count: hidden) + String(text.suffix(last))
    }
}

extension Character {
    fileprivate var isHan: Bool { unicodeScalars.first?.properties.isIdeographic == true }
}
