import Foundation

/// Reads what people may see, and what browsers run, from the files of the program.
public enum ProgramTexts {
    /// Files below a folder: words in quotes of Swift, everything but comments of the others.
    public static func read(folder: String, named name: String) -> [BurdenAudit.Text] {
        guard let files = FileManager.default.enumerator(atPath: folder) else { return [] }
        var found: [BurdenAudit.Text] = []
        for case let file as String in files where !file.hasPrefix(".") {
            guard let kind = file.split(separator: ".").last,
                let data = FileManager.default.contents(atPath: folder + "/" + file)
            else { continue }
            let path = name + "/" + file
            let text = String(decoding: data, as: UTF8.self)
            switch kind {
            case "swift": found += literals(of: text, file: path)
            case "yaml", "yml": found += lines(of: text, file: path, comment: "#")
            case "js",
                "mjs" where data.count < 200_000:
                found += lines(of: text, file: path, comment: "//")
            default: continue
            }
        }
        return found
    }

    private static func lines(of text: String, file: String, comment: String) -> [BurdenAudit.Text] {
        text.components(separatedBy: "\n").enumerated().compactMap { number, line in
            let words = line.drop { $0 == " " }
            guard !words.isEmpty, !words.hasPrefix(comment) else { return nil }
            return BurdenAudit.Text(file: file, line: number + 1, text: String(words))
        }
    }

    /// What stands between quotes. A line of a long text counts whole.
    static func literals(of text: String, file: String) -> [BurdenAudit.Text] {
        var found: [BurdenAudit.Text] = []
        var isLong = false
        for (number, line) in text.components(separatedBy: "\n").enumerated() {
            // Most lines have no mark at all: this page is asked for by people, who wait.
            let hasMark = line.withCString { strchr($0, 0x22) != nil }
            guard isLong || hasMark else { continue }
            let words = line.drop { $0 == " " }
            let marks = hasMark ? line.components(separatedBy: "\"\"\"").count - 1 : 0
            if isLong || marks > 0 {
                if !words.isEmpty { found.append(BurdenAudit.Text(file: file, line: number + 1, text: String(words))) }
                if marks % 2 == 1 { isLong.toggle() }
                continue
            }
            guard !words.hasPrefix("//"), let first = line.firstIndex(of: "\""), let last = line.lastIndex(of: "\""),
                first < last
            else { continue }
            found.append(BurdenAudit.Text(file: file, line: number + 1, text: String(line[first...last])))
        }
        return found
    }
}
