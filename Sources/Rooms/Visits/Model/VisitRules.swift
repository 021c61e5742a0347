import Desk
import Ground

/// `Rules/visits.yaml`: how large a walk is, and how long nobody is asked again.
struct VisitRules: Sendable, Hashable, Decodable {
    /// Homes that the phone's page carries.
    var homesAtOnce: Int
    /// Questions of a home that are shown before the rest.
    var questionsAtOnce: Int
    /// Days for which what somebody would rather not say is not asked again.
    var declinedDays: Int
    /// Days after which a home where nobody was is on the list again.
    var nobodyDays: Int
    /// With what the part of an address ends that names the building.
    var buildingEnds: [String]
    var matters: Matters

    /// Which residents' matters the card of a home shows.
    struct Matters: Sendable, Hashable, Decodable {
        /// Those that are open within so many metres to each side.
        var metres: Double
        /// How many of each kind.
        var shown: Int
    }

    static let file = "visits.yaml"

    static func load(from files: RuleFiles) throws(Refusal) -> VisitRules {
        let rules = try files.decode(VisitRules.self, from: file)
        guard (1...100).contains(rules.homesAtOnce), (1...100).contains(rules.questionsAtOnce),
            (1...3_650).contains(rules.declinedDays), (0...365).contains(rules.nobodyDays),
            (1...1_000).contains(rules.matters.metres), (1...50).contains(rules.matters.shown)
        else {
            throw RuleFiles.refusal(
                "homesAtOnce and questionsAtOnce are 1 to 100, declinedDays 1 to 3650, nobodyDays 0 to 365, matters.metres 1 to 1000, matters.shown 1 to 50",
                "homesAtOnce、questionsAtOnce 为 1–100，declinedDays 为 1–3650，nobodyDays 为 0–365，matters.metres 为 1–1000，matters.shown 为 1–50",
                in: try files.file(file), line: nil)
        }
        return rules
    }

    /// The part of an address that names the building; the whole where no such part is found.
    func building(of address: String) -> String {
        var end = address.startIndex
        for sign in buildingEnds {
            var rest = address[...]
            while let found = rest.firstRange(of: sign) {
                if found.upperBound < address.endIndex { end = max(end, found.upperBound) }
                rest = rest[found.upperBound...]
            }
        }
        return end == address.startIndex ? address : String(address[..<end])
    }
}
