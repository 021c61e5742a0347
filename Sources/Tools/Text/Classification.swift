/// What a model takes a text to be, and why. A suggestion: people decide.
public struct Classification: Sendable, Hashable {
    public struct Candidate: Sendable, Hashable {
        public let label: String
        /// How often such an answer is right, 0...1. All candidates together have 1.
        public let confidence: Double
    }

    /// Words of the text that spoke for the first label.
    public struct Evidence: Sendable, Hashable {
        /// Exactly as it stands in the text.
        public let words: String
        /// Its part of what all the evidence says, 0...1.
        public let share: Double
    }

    /// All labels of the model, the likeliest first. Never empty.
    public let candidates: [Candidate]
    /// The strongest first. Empty when nothing in the text is known to the model.
    public let evidence: [Evidence]

    public var label: String { candidates[0].label }
    public var confidence: Double { candidates[0].confidence }
    public var alternatives: ArraySlice<Candidate> { candidates.dropFirst() }
}
