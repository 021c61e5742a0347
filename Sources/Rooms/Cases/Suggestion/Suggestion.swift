import Desk
import Ground
import Identity

/// What the platform proposes for a matter, each with how sure it is and why. People decide.
struct MatterSuggestion: Sendable {
    struct Candidate<Value: Sendable & Hashable>: Sendable, Hashable {
        var value: Value
        /// How often such a proposal is right, 0...1.
        var confidence: Double
    }

    /// The likeliest first; the reasons stand in the matter's own words.
    struct Proposal<Value: Sendable & Hashable>: Sendable {
        var candidates: [Candidate<Value>]
        var words: [String]

        var best: Candidate<Value>? { candidates.first }

        /// What is filled in beforehand.
        func prefilled(from threshold: Double) -> Value? {
            best.flatMap { $0.confidence >= threshold ? $0.value : nil }
        }
    }

    /// Codes of leaves.
    var category: Proposal<String>
    var area: Proposal<AreaPrefix>
    /// Where the matter is, if a landmark of the text has a known place.
    var location: Location?
    var body: Proposal<BodyID>
    /// How often the body was given such a matter, of how often one was: why it is proposed. Nil without a past.
    var past: (given: Int64, of: Int64)?
    /// The ruling by which the body is proposed.
    var ruling: RoutingRule?
    /// Why the likeliest body is only named.
    var fair: FairShare.Finding?
}
