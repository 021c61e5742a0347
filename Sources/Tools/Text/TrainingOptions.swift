/// How a classifier learns. The defaults were found by cross-validation on messages to government.
public struct TrainingOptions: Sendable, Hashable {
    /// Units of the longest gram; a Han character is one unit.
    public var longestGram = 3
    /// Texts that a gram must occur in to be learned; nil: the more texts there are, the more, from 2 to 4.
    public var fewestTexts: Int?
    /// How often a gram of the title counts; one of the body counts once.
    public var titleWeight = 4
    /// What an error costs: higher follows the examples more closely.
    public var cost: Float = 2
    /// How far errors on a rare label cost more, by its share to this power: 0 not at all, 1 in full.
    public var balance: Float = 0.5
    /// Parts of the cross-validation that confidence and evaluation come from.
    public var folds = 5
    /// Visits to every text at most.
    public var rounds = 12

    public init() {}

    /// The same with what makes no sense brought to the nearest that does.
    var inBounds: TrainingOptions {
        var options = self
        options.longestGram = min(max(1, longestGram), 16)
        options.titleWeight = min(max(1, titleWeight), 1_000)
        options.cost = cost > 0 ? min(cost, 1_000) : 0.001
        options.folds = min(max(2, folds), 100)
        options.rounds = min(max(1, rounds), 1_000)
        return options
    }
}
