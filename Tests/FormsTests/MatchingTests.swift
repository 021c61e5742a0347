import Desk
import Foundation
import Ground
import Registry
import Testing

@testable import Forms

/// How well columns are matched, on columns as departments write them, labelled by us: `Tests/Labelled/columns.csv`. A column
/// without an element means nothing that is held; many of those are made to look alike.
struct MatchingTests {
    private struct Figures {
        var right = 0
        var wrong: [String] = []
        var missed: [String] = []
        var offered = 0
        var held = 0

        var precision: Double { Double(right) / Double(max(1, right + wrong.count)) }
        var recall: Double { Double(right) / Double(max(1, held)) }
        /// Of those that are held, how many stand among the candidates that people are shown.
        var shown: Double { Double(offered) / Double(max(1, held)) }
    }

    private func measure() throws -> Figures {
        let dictionary = try ConditionTests.dictionary()
        let words = try MatchingWords.load(from: RuleFiles(shipped: ConditionTests.shipped))
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Labelled/columns.csv")
        var figures = Figures()
        for line in try String(contentsOf: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst() {
            let parts = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let kind = try #require(SubjectKind(rawValue: parts[0]))
            let candidates = ColumnMatching(dictionary: dictionary, kind: kind, words: words).candidates(for: parts[1])
            let match = candidates.first.flatMap { $0.score >= ColumnMatching.sure ? $0.element : nil }
            if !parts[2].isEmpty {
                figures.held += 1
                if candidates.contains(where: { $0.element == parts[2] }) { figures.offered += 1 }
                if match == nil { figures.missed.append("\(parts[1]) is \(parts[2])") }
            }
            guard let match else { continue }
            if match == parts[2] { figures.right += 1 } else { figures.wrong.append("\(parts[1]) as \(match)") }
        }
        return figures
    }

    @Test("Of 197 labelled columns, what is said to be held is held, and most of what is held is found")
    func labelled() throws {
        let figures = try measure()
        print(
            "matching: precision \(figures.precision) recall \(figures.recall) shown \(figures.shown) of \(figures.held)"
        )
        print("wrong \(figures.wrong)\nmissed \(figures.missed)")
        #expect(figures.precision >= 0.98, "\(figures.wrong)")
        #expect(figures.recall >= 0.88, "\(figures.missed)")
        #expect(figures.shown >= 0.96)
    }
}
