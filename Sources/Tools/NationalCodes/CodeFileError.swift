public import Ground

/// A code file that cannot be used: which file, which line, and why.
public struct CodeFileError: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// Counted from 1; nil when the fault has no single line.
    public var line: Int?
    public var reason: LocalizedText

    init(_ file: String, _ line: Int?, _ chinese: String, _ english: String) {
        self.file = file
        self.line = line
        reason = LocalizedText(chinese, english)
    }

    public func text(_ language: Language) -> String {
        "\(file)\(line.map { ":\($0)" } ?? ""): \(reason(language))"
    }

    public var description: String { text(.english) }
}
