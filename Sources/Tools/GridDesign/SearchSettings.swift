/// How thoroughly a search looks, and what it holds dear beside the cut. Found by trying on several cities; the plan is
/// not sensitive to any of them by more than about two per cent.
struct SearchSettings: Sendable {
    /// The coarsest graph has about so many nodes a grid.
    var nodesPerGrid = 16.0
    /// No coarse node is heavier than this part of a grid.
    var coarsestCap = 0.34
    /// How often the borders of all pairs are gone over at each level.
    var rounds = 3.0
    /// Moves without a better plan before a search gives up.
    var patience = 30.0
    /// Weight of compactness against the cut: what the moment of inertia of all grids costs beside their border.
    var spread = 0.25
    /// Weight of equal workload.
    var inequality = 0.3
    /// Rounds of exact redistribution among neighbouring grids, and whether all threes are tried beside the pairs.
    var windowRounds = 3.0
    var threes = 0.0
    /// Levels with more nodes than this are not refined.
    var refinedUpTo = 1e12
    /// How often territories are laid out anew over the seams of the former ones.
    var seamRounds = 2.0
    /// Price of a grid outside the norm, and of a needless compound cut, in borders of a grid, when units may move.
    var outsidePrice = 3.0
    var compoundPrice = 1.0
    /// Starts from scratch for each territory, of which the best is taken.
    var starts = 1.0
    /// With compounds free and effort best: how many whole designs of one community are made, of which the best is taken.
    static let wholeDesigns = 4
    /// With compounds free: whether each territory is solved both from the buildings up and from the compounds down.
    var bothWays = 1.0

    init(_ effort: DesignOptions.Effort = .standard) {
        switch effort {
        case .fast:
            rounds = min(rounds, 2)
            patience = min(patience, 20)
            seamRounds = min(seamRounds, 1)
            bothWays = 0
        case .standard:
            break
        case .best:
            rounds *= 3
            patience *= 2
            seamRounds *= 2
            windowRounds *= 3
            threes = 1
            starts = 6
        }
    }
}
