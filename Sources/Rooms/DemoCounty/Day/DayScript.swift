import Desk
import Ground

/// `Rules/demo/day.yaml`: who does what when, on a day that has everything in it.
struct DayScript: Sendable, Decodable {
    var beats: [DayBeat]
    /// Percent of a usual day's matters that come in beside the story.
    var otherMatters: Double

    static let file = "demo/day.yaml"

    static func load(_ rules: RuleFiles) throws(Refusal) -> DayScript { try rules.decode(DayScript.self, from: file) }
}

/// One line of the story. Which of the members it needs depends on what is done.
struct DayBeat: Sendable, Decodable {
    enum Kind: String, Sendable, Decodable, CaseIterable {
        // How matters come in.
        case page, desk, file, interface, open311, sensor, outbox, planPatrol
        // What is done with matters.
        case act, begin, rate
        // Duty and emergencies.
        case roster, offerShift, takeShift
        case start, reach, site, register, handOver, settle, report, end
    }

    struct Words: Sendable, Decodable {
        var zh: String
        var en: String
        var text: LocalizedText { LocalizedText(zh, en) }
    }

    /// The time of day, `07:40`.
    var at: String
    var kind: Kind
    /// What is told while it happens.
    var tell: Words?
    /// Who: a post of the street, a line for its department, `/2` for the second of them.
    var by: String?
    /// What later lines call it.
    var name: String?
    /// The matter, part, site or lot that it is done to.
    var on: String?
    var act: String?
    /// The code of the refusal that must come.
    var refusal: String?

    var title, detail, opinion, result, reason, category, variant: String?
    var body: String?
    var bodies: [String]?
    /// The other matter, site or person.
    var to: String?
    var solved: Bool?
    var satisfaction: Int?
    var count, minutes: Int64?
    var unit: String?
    /// When it happened, where that is earlier than it arrives.
    var happened: String?
    var entries: [PhoneEntry]?
    var shift: String?
    var from, until: String?

    /// What was written on a phone without a network.
    struct PhoneEntry: Sendable, Decodable {
        var happened: String
        /// As the phone's interface names it: report, act, check, help.
        var kind: String
        var name: String?
        var detail, opinion, act, category: String?
        /// The name of the entry before it, on whose matter it goes on.
        var follows: String?
    }

    /// Milliseconds after midnight.
    static func offset(_ text: String) -> Int64? {
        let parts = text.split(separator: ":").compactMap { Int64($0) }
        guard parts.count == 2, (0..<24).contains(parts[0]), (0..<60).contains(parts[1]) else { return nil }
        return (parts[0] * 60 + parts[1]) * 60_000
    }
}
