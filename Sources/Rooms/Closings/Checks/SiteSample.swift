import Cipher
import Ground

/// How large a part of what was closed is looked at on site.
struct SampleRules: Sendable, Hashable, Codable {
    struct Share: Sendable, Hashable, Codable {
        /// Beginnings of codes; empty for all.
        var category: String
        var area: String
        var percent: Double
    }

    var percent: Double
    var atLeast: Int
    var atMost: Int
    /// The first that fits counts.
    var shares: [Share]
    var notOnSite: [String]

    func isOnSite(_ category: String?) -> Bool { !notOnSite.contains { category?.hasPrefix($0) == true } }

    /// How many of a stratum are drawn.
    func size(of stratum: SiteSample.Stratum, among count: Int) -> Int {
        let share =
            shares.first { stratum.category.hasPrefix($0.category) && stratum.area.hasPrefix($0.area) }?.percent
            ?? percent
        guard share > 0, count > 0 else { return 0 }
        let part = Int((Double(count) * share / 100).rounded(.up))
        return min(count, atMost, max(atLeast, part))
    }
}

/// Draws a sample that nobody chooses and everybody can draw again: in each stratum those come first whose id, hashed
/// with the seed, comes first.
enum SiteSample {
    /// One closed matter, as far as the draw looks at it.
    struct Unit: Sendable, Hashable {
        var id: String
        var category: String?
        var area: String
    }

    /// A street (or the area itself, where no street is known) and the first level of the category.
    struct Stratum: Sendable, Hashable, Comparable {
        var area: String
        var category: String

        init(_ unit: Unit) {
            area = String(unit.area.prefix(9))
            category = String((unit.category ?? "").prefix(2))
        }

        static func < (left: Stratum, right: Stratum) -> Bool {
            (left.area, left.category) < (right.area, right.category)
        }
    }

    /// The ids that are drawn, in the order of strata and, within each, of the lot.
    static func draw(_ population: [Unit], seed: [UInt8], _ rules: SampleRules) -> [String] {
        let strata = Dictionary(grouping: population.filter { rules.isOnSite($0.category) }, by: Stratum.init)
        return strata.sorted { $0.key < $1.key }.flatMap { stratum, units -> [String] in
            let lots = units.map { (lot: lot($0.id, seed), id: $0.id) }.sorted {
                $0.lot.lexicographicallyPrecedes($1.lot)
            }
            return lots.prefix(rules.size(of: stratum, among: units.count)).map(\.id)
        }
    }

    static func lot(_ id: String, _ seed: [UInt8]) -> [UInt8] { Digest.sha256(seed + Array(id.utf8)) }

    /// One fingerprint of a set of ids, whatever their order.
    static func fingerprint(_ ids: [String]) -> String {
        Digest.sha256(ids.sorted().joined(separator: "\n")).hexadecimal
    }
}
