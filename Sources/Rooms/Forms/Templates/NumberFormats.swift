import Desk
import Ground
import Sheets

/// `Rules/number-formats.yaml`: how one identity number is written out.
struct NumberFormat: Sendable, Hashable, Decodable {
    var key: String
    var zh: String
    var en: String
    var groups: [Int]
    var separator: String?
    var smallLetter: Bool?
    var fifteen: Bool?
    var squares: Bool?

    static let length = 18

    /// How many cells it takes.
    var cells: Int { squares == true ? Self.length : 1 }

    /// - Parameter number: 18 characters, some of which may be masked.
    func value(of number: String) -> TemplateValue {
        var characters = Array(number)
        guard characters.count == Self.length else { return number.isEmpty ? .empty : .text(number) }
        if fifteen == true {
            // Only whoever was born before 2000 could have had one.
            guard characters[6...7] == ["1", "9"] || !characters[6].isNumber else { return .empty }
            characters.removeLast()
            characters.removeSubrange(6...7)
            return .text(String(characters))
        }
        if smallLetter == true { characters = Array(String(characters).lowercased()) }
        if squares == true { return .spread(characters.map { String($0) }) }
        var parts: [String] = []
        for size in groups {
            parts.append(String(characters.prefix(size)))
            characters.removeFirst(min(size, characters.count))
        }
        return .text(parts.joined(separator: separator ?? ""))
    }
}

struct NumberFormats: Sendable {
    let all: [NumberFormat]

    private struct File: Decodable { var formats: [NumberFormat] }

    static func load(from files: RuleFiles) throws(Refusal) -> NumberFormats {
        let formats = try files.decode(File.self, from: "number-formats.yaml").formats
        for format in formats
        where format.groups.reduce(0, +) != NumberFormat.length || format.groups.contains(where: { $0 < 1 }) {
            throw RuleFiles.refusal(
                "the groups of “\(format.key)” have 18 characters together", "“\(format.zh)”的分段合计应为 18 位",
                in: try files.file("number-formats.yaml"), line: nil)
        }
        return NumberFormats(all: formats)
    }

    subscript(name: String) -> NumberFormat? {
        all.first { $0.key == name || $0.zh == name || $0.en.lowercased() == name.lowercased() }
    }
}
