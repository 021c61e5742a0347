public import Desk

extension Right {
    /// May read the lists of duties, and the demands that concern the own area or body.
    public static let readMandates = Right("mandates.read")
    /// May publish revisions of the lists.
    public static let publishMandates = Right("mandates.publish")
    /// May ask something of the grassroots.
    public static let fileDemand = Right("demands.file")
    /// May speak for a street on what is asked of it.
    public static let answerDemand = Right("demands.answer")
    /// May decide for the coordination body.
    public static let decideDemand = Right("demands.decide")
    /// May see how posts are loaded in the own area, and try what further work would do.
    public static let readWorkload = Right("workload.read")

    /// May see how departments are appraised by what they solved: the own one, or with the whole county in view all.
    public static let readAppraisals = Right("appraisals.read")

    /// May see money and assets of streets.
    public static let readFunds = Right("funds.read")
    /// May spend what the own street holds, and keep its assets.
    public static let holdFunds = Right("funds.hold")
    /// May pay money in to a street.
    public static let allotFunds = Right("funds.allot")

    /// May see plans of grids, coverage and functional grids of the own area.
    public static let gridsRead = Right("grids.read")
    /// May make plans of grids, accept them, and lay functional grids over the own area.
    public static let gridsPlan = Right("grids.plan")
    /// May bring buildings of the own area in.
    public static let gridsBuildings = Right("grids.buildings")

    /// Rights around duties, known here so that the roles of the house can be read without the rooms that ask for them.
    static let aroundDuties: [Right] = [
        .readMandates, .publishMandates, .fileDemand, .answerDemand, .decideDemand, .readWorkload, .readFunds,
        .holdFunds, .allotFunds, .gridsRead, .gridsPlan, .gridsBuildings, .readAppraisals,
    ]
}
