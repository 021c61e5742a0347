import Desk
import Ground
import Identity
import Web

enum TargetEntity {}
typealias TargetID = Identifier<TargetEntity>

/// What a level asks of the one below, in figures: “satisfaction at least 92 %”.
struct Target: Sendable, Hashable {
    var id: TargetID
    /// The demand of the level above on which this one rests; nil for the first that is known.
    var parent: TargetID?
    /// The first of the chain.
    var root: TargetID
    var indicator: String
    /// Who has to reach it.
    var area: AreaPrefix
    /// Who asks for it.
    var bodyName: String
    var line: String?
    /// Thousandths.
    var value: Int64
    var unit: String
    /// The value must not be exceeded, as with days; else it must be reached.
    var isAtMost: Bool
    var year: Int
    var at: Instant
    var isWithdrawn: Bool
    var version: Int64

    /// By how much it is stricter than what it rests on, in thousandths of that; negative when it is milder.
    func markUp(over parent: Target) -> Int64 {
        let difference = isAtMost ? parent.value - value : value - parent.value
        guard parent.value != 0 else { return difference > 0 ? 1000 : difference < 0 ? -1000 : 0 }
        return difference * 1000 / abs(parent.value)
    }

    /// `12`, `12.5`.
    var valueText: String {
        let (whole, part) = abs(value).quotientAndRemainder(dividingBy: 1000)
        let sign = value < 0 ? "-" : ""
        guard part > 0 else { return "\(sign)\(whole)" }
        let digits = String(String(part + 1000).dropFirst())
        return sign + "\(whole)." + String(digits.reversed().drop { $0 == "0" }.reversed())
    }

    /// - Returns: nil for what is no number, or has more than three decimals.
    static func value(_ text: String) -> Int64? {
        let parts = text.trimmingSpaces().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int64(parts[0]), abs(whole) <= 1_000_000_000 else {
            return nil
        }
        guard parts.count == 2 else { return whole * 1000 }
        guard (1...3).contains(parts[1].count), let part = Int64(parts[1]), part >= 0 else { return nil }
        let thousandths = part * [100, 10, 1][parts[1].count - 1]
        return parts[0].hasPrefix("-") ? whole * 1000 - thousandths : whole * 1000 + thousandths
    }
}

/// A target with all that was made of it below.
struct TargetChain: Sendable {
    struct Link: Sendable, Hashable {
        var target: Target
        /// Steps below the first.
        var depth: Int
        /// Against what it rests on; nil for the first.
        var markUp: Int64?
        /// Against the first of the chain.
        var whole: Int64?
    }

    var links: [Link]

    /// The most that was laid on top on the way down, against the first.
    var worst: Int64 { links.compactMap(\.whole).max() ?? 0 }
    var isMarkedUp: Bool { links.contains { ($0.markUp ?? 0) > 0 } }

    /// - Parameter targets: of one root, in any order; those that were withdrawn, and what hangs on them, count no more.
    init(root: TargetID, targets: [Target]) {
        let children = Dictionary(grouping: targets.filter { !$0.isWithdrawn && $0.parent != nil }) { $0.parent }
        guard let first = targets.first(where: { $0.id == root }) else {
            links = []
            return
        }
        var links = [Link(target: first, depth: 0)]
        func walk(_ above: Target, _ depth: Int) {
            guard depth < 8 else { return }
            for child in (children[above.id] ?? []).sorted(by: { ($0.area.code, $0.id) < ($1.area.code, $1.id) }) {
                links.append(
                    Link(
                        target: child, depth: depth, markUp: child.markUp(over: above),
                        whole: child.markUp(over: first)))
                walk(child, depth + 1)
            }
        }
        walk(first, 1)
        self.links = links
    }

    /// Several heads: the same place is asked for the same by different lines, and not for the same value.
    static func conflicts(_ targets: [Target]) -> [[Target]] {
        struct Key: Hashable {
            var indicator: String
            var area: String
            var year: Int
        }
        let groups = Dictionary(grouping: targets.filter { !$0.isWithdrawn }) { target in
            Key(
                indicator: target.indicator.lowercased().filter { $0.isLetter || $0.isNumber }, area: target.area.code,
                year: target.year)
        }
        return groups.values.filter { group in
            Set(group.map { $0.line ?? $0.bodyName }).count > 1 && Set(group.map(\.value)).count > 1
        }.map { $0.sorted { $0.id < $1.id } }.sorted { $0[0].id < $1[0].id }
    }
}
