import Ground

/// What came of a file of barriers.
struct BarrierReport: Sendable, Hashable, Codable {
    /// Features of the file, or rows of a table.
    var rows = 0
    var source: BarrierSource.ID?
    /// Of those taken, bridges not counted.
    var barriers = 0
    var bridges = 0
    var metres = 0.0
    /// In how many pieces they were laid.
    var pieces = 0
    /// Taken out for it; can be undone.
    var replaced = 0
    var removal: Removal.ID?
    /// All of it was here already: nothing was changed.
    var isUnchanged = false
    /// Whether places in the file are rows of a table.
    var hasRows = false
    var rejected = 0
    /// Left out, in the order of the file: the first ones.
    var problems: [BarrierFinding] = []
    /// Taken, with something to be said: the first ones.
    var notes: [BarrierFinding] = []
    var counts: [BarrierFinding.Kind: Int] = [:]

    static let mostListed = 200

    /// Where in the file, and what.
    func text(_ finding: BarrierFinding) -> LocalizedText {
        let what = finding.what
        return hasRows
            ? LocalizedText(
                "第 \(finding.feature) 行（\(finding.subject)）：\(what.chinese)",
                "row \(finding.feature) (\(finding.subject)): \(what.english)")
            : LocalizedText(
                "第 \(finding.feature) 个要素（\(finding.subject)）：\(what.chinese)",
                "feature \(finding.feature) (\(finding.subject)): \(what.english)")
    }

    func write(to writer: inout JSONWriter, in language: Language) {
        writer.member("pieces", pieces)
        writer.member("unknown", counts[.unknownClass, default: 0])
        writer.member("wrong", rejected - counts[.unknownClass, default: 0])
        writer.member("rows", rows)
        writer.member("barriers", barriers)
        writer.member("bridges", bridges)
        writer.member("metres", metres.rounded())
        writer.member("source", source)
        writer.member("unchanged", isUnchanged)
        writer.member("replaced", replaced)
        writer.member("removal", removal)
        for (key, findings) in [("problems", problems), ("notes", notes)] {
            writer.key(escaping: key)
            writer.array(findings) { writer, finding in
                writer.object { writer in
                    writer.member("place", finding.feature)
                    writer.member("kind", finding.kind.rawValue)
                    writer.member("subject", finding.subject)
                    writer.member("detail", text(finding)(language))
                }
            }
        }
    }
}
