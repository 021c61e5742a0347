public import Desk
public import Ground

/// What someone wants to do with a matter.
public struct Command: Sendable, Hashable {
    public var act: ActName
    public var opinion: String?
    public var reason: String?
    public var body: BodyID?
    public var category: String?
    public var area: AreaPrefix?
    public var result: String?
    public var workdays: Int?
    public var isSolved: Bool?
    public var satisfaction: Int?
    /// Who gets a part each.
    public var bodies: [BodyID] = []
    /// Which variant of the kind that is opened.
    public var variant: String?
    /// The post that is asked to become answerable, and who holds it.
    public var post: PostID?
    public var postHolder: StaffID?
    /// Why one more was too much for whoever gets it, where a reason is named all the same.
    var beyondShare: WorkShare.Finding?
    /// The matter to be joined with: by its number, as people say it, or by its id.
    public var matterNumber: String?
    public var matter: CaseID?
    /// What carries work that goes down: an item of the lists, an admission, a contract.
    public var ground: String?
    /// What led to it, for acts that need an occasion.
    public var occasion: Workflow.Occasion?

    public init(
        _ act: ActName, opinion: String? = nil, reason: String? = nil, body: BodyID? = nil, category: String? = nil,
        area: AreaPrefix? = nil, result: String? = nil, workdays: Int? = nil, isSolved: Bool? = nil,
        satisfaction: Int? = nil
    ) {
        self.act = act
        self.opinion = opinion
        self.reason = reason
        self.body = body
        self.category = category
        self.area = area
        self.result = result
        self.workdays = workdays
        self.isSolved = isSolved
        self.satisfaction = satisfaction
    }
}
