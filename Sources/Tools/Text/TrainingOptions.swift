/// How a classifier learns. The defaults were found by cross-validation on messages to government.
public struct TrainingOptions: Sendable, Hashable {
    /// Units of the longest gram; a Han character is one unit.
    public var longestGram = 2
    /// Texts that a gram must occur in to be learned.
    public var fewestTexts = 2
    /// How often a gram of the title counts; one of the body counts once.
    public var titleWeight = 4
    /// What an error costs: higher follows the examples more closely.
    public var cost: Float = 1
    /// How far errors on a rare label cost more, by its share to this power: 0 not at all, 1 in full.
    public var balance: Float = 0.5
    /// Parts of the cross-validation that confidence and evaluation come from.
    public var folds = 5
    /// Visits to every text at most.
    public var rounds = 30

    public init() {}
}
