import Desk
import Ground
import Storage

/// What a list changes against what is stored for its day. Both are walked through side by side in the order of their
/// codes, so the stored list is never in memory as a whole.
struct DivisionComparison: Sendable {
    struct Stored: Sendable {
        var code: String
        var name: String
        var parent: String?
        var validFrom: Day
    }

    struct Change: Sendable {
        var old: Stored
        var new: DivisionEntry
    }

    private(set) var appeared: [DivisionEntry] = []
    private(set) var vanished: [Stored] = []
    private(set) var changed: [Change] = []
    private(set) var unchanged = 0
    private(set) var outside = 0
    /// Rows of the list whose parent nobody knows.
    private(set) var orphans: [DivisionEntry] = []
    private(set) var successors: [(code: String, successor: String)] = []

    /// How many children of a parent the list names, and how many of those stored it does not name. It counts the same
    /// whether the new ones are stored already or not, so the same list decides the same again.
    private struct Coverage {
        var listed = 0
        var missing = 0
        /// One child alone may be there only as the way down to what the list is about.
        var isMostlyListed: Bool { listed > 1 && listed >= missing }
    }

    /// - Parameter entries: in the order of their codes.
    init(_ entries: [DivisionEntry], at day: Day, in transaction: any Transaction) throws {
        var coverage: [String: Coverage] = [:]
        for entry in entries {
            coverage[entry.parent ?? "", default: Coverage()].listed += 1
        }
        var missing: [Stored] = []
        let levels = Set(entries.lazy.map(\.code.utf8.count))
        // Communities have none below them, so they need not be remembered as parents.
        var parents = Set(entries.lazy.filter { $0.code.utf8.count < 12 }.map(\.code))
        var position = 0

        var fresh: [DivisionEntry] = []
        var changes: [Change] = []
        var same = 0
        try transaction.each(
            """
            SELECT code, name, parent, valid_from FROM divisions
            WHERE \(AreaStore.valid(at: day)) ORDER BY code
            """
        ) { row in
            let stored = Stored(
                code: try row.text(0), name: try row.text(1), parent: try row.textIfAny(2), validFrom: try row.day(3))
            while position < entries.count, entries[position].code < stored.code {
                fresh.append(entries[position])
                position += 1
            }
            let isListed = position < entries.count && entries[position].code == stored.code
            if isListed {
                let entry = entries[position]
                position += 1
                if entry.name == stored.name, entry.parent == stored.parent {
                    same += 1
                } else {
                    changes.append(Change(old: stored, new: entry))
                }
            } else {
                missing.append(stored)
                coverage[stored.parent ?? "", default: Coverage()].missing += 1
            }
            if stored.code.utf8.count < 12 { parents.insert(stored.code) }
        }
        fresh.append(contentsOf: entries[position...])
        unchanged = same
        changed = changes
        takeKnown(fresh, &parents)
        endCovered(missing, levels, coverage)
        proposeSuccessors()
    }

    /// New rows whose parent is known. Parents have shorter codes that begin alike, so they come first.
    private mutating func takeKnown(_ fresh: [DivisionEntry], _ known: inout Set<String>) {
        appeared.reserveCapacity(fresh.count)
        for entry in fresh {
            if let parent = entry.parent, !known.contains(parent) {
                orphans.append(entry)
                known.remove(entry.code)
            } else {
                appeared.append(entry)
            }
        }
    }

    private mutating func endCovered(_ missing: [Stored], _ levels: Set<Int>, _ coverage: [String: Coverage]) {
        let isWholeCountry = coverage[""]?.isMostlyListed == true
        var ended: Set<String> = []
        for stored in missing {
            // A province is never ended by a list: the national ones leave out Hong Kong, Macau and Taiwan, or not.
            guard let parent = stored.parent, levels.contains(stored.code.utf8.count) else {
                outside += 1
                continue
            }
            let ofParent = coverage[parent] ?? Coverage()
            if ended.contains(parent) || ofParent.isMostlyListed || isWholeCountry && ofParent.listed > 0 {
                vanished.append(stored)
                ended.insert(stored.code)
            } else {
                outside += 1
            }
        }
    }

    /// Same name below the same parent, or below what the parent became.
    private mutating func proposeSuccessors() {
        guard !vanished.isEmpty, !appeared.isEmpty else { return }
        let places = Set(vanished.map(\.name))
        var candidates: [String: [DivisionEntry]] = [:]
        for entry in appeared where places.contains(entry.name) { candidates[entry.name, default: []].append(entry) }
        var became: [String: String] = [:]
        for stored in vanished {
            let parents = [stored.parent, stored.parent.flatMap { became[$0] }]
            let level = stored.code.utf8.count
            let found = (candidates[stored.name] ?? []).filter {
                $0.code.utf8.count == level && parents.contains($0.parent)
            }
            // Two of the same name in one place: which one it became, only a person can say.
            guard found.count == 1, let successor = found.first else { continue }
            successors.append((stored.code, successor.code))
            became[stored.code] = successor.code
        }
    }
}
