public import Ground

/// A calendar file that cannot be used: which file, which line, and why.
public struct CalendarFileError: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// Counted from 1; nil when the fault has no single line.
    public var line: Int?
    public var reason: LocalizedText

    public init(file: String, line: Int?, reason: LocalizedText) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public func text(_ language: Language) -> String {
        "\(file)\(line.map { ":\($0)" } ?? ""): \(reason(language))"
    }

    public var description: String { text(.english) }
}
