public import Ground

/// What came of a file of buildings.
public struct BuildingReport: Sendable, Hashable, Codable {
    /// One that is here but no more in the file.
    public struct Missing: Sendable, Hashable, Codable {
        public var id: String
        public var name: String
        public var community: String
        public var grid: String?
    }

    /// Features of the file, or rows of a table.
    public var rows = 0
    public var created = 0
    public var changed = 0
    public var unchanged = 0
    public var rejected = 0
    /// Of those taken, how many stated no community and were put where they stand.
    public var placedByGround = 0
    /// Of those taken, how many are in no grid yet: the next plan takes them in.
    public var withoutGrid = 0
    /// Communities of which the file has buildings.
    public var communities = 0
    /// Of the communities that the file says, those that it does not have. They stay as they are.
    public var missing = 0
    public var firstMissing: [Missing] = []
    /// Of these, marked as missing by this file and by none before.
    var marked = 0
    /// Whether nobody was looked for who is not in the file: it was said to be a part, or parts of it cannot be read.
    public var isPartial = false
    /// Whether places in the file are rows of a table.
    public var hasRows = false
    /// Left out, in the order of the file: the first ones.
    public var problems: [UnitFinding] = []
    /// Taken, with something to be said: the first ones.
    public var notes: [UnitFinding] = []
    public var counts: [UnitFinding.Kind: Int] = [:]

    static let mostListed = 200

    var hasChanges: Bool { created + changed + marked > 0 }

    /// Where in the file, and what.
    public func text(_ finding: UnitFinding) -> LocalizedText {
        let what = finding.what
        return hasRows
            ? LocalizedText(
                "第 \(finding.feature) 行（\(finding.subject)）：\(what.chinese)",
                "row \(finding.feature) (\(finding.subject)): \(what.english)")
            : finding.text
    }

    public func write(to writer: inout JSONWriter, in language: Language) {
        writer.member("rows", rows)
        writer.member("created", created)
        writer.member("changed", changed)
        writer.member("unchanged", unchanged)
        writer.member("rejected", rejected)
        writer.member("placedByGround", placedByGround)
        writer.member("withoutGrid", withoutGrid)
        writer.member("communities", communities)
        writer.member("partial", isPartial)
        writer.member("missing", missing)
        writer.key("firstMissing")
        writer.array(firstMissing) { writer, building in
            writer.object { writer in
                writer.member("id", building.id)
                writer.member("name", building.name)
                writer.member("community", building.community)
                writer.member("grid", building.grid)
            }
        }
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
