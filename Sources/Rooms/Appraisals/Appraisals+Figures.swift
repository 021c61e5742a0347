public import Cases
public import Desk
public import Ground
import Identity
public import Storage

/// A department's figures of a period as rooms above show them: counts and shares with their records, and no score.
public struct DepartmentFigures: Sendable, Hashable {
    /// A count, with the list that it counts.
    public struct Counted: Sendable, Hashable {
        public var key: String
        public var title: LocalizedText
        /// "Basically satisfied" may count half.
        public var amount: Double
        public var address: String
        /// About calls of streets, else about residents' matters or what was given back.
        public var isOfCalls: Bool
    }

    /// A share in which the county appraises; its parts stand on the department's own page.
    public struct Shared: Sendable, Hashable {
        public var key: String
        public var title: LocalizedText
        public var share: Share
    }

    public var body: BodyID
    public var name: String
    public var line: String?
    public var counts: [Counted]
    public var shares: [Shared]
    /// The department's own page, with its measures and what they weigh.
    public var address: String
}

extension Appraisals {
    /// - Throws: a refusal when there is no such department, or it is not the viewer's to see.
    public func figures(
        of body: BodyID, _ period: AppraisalPeriod, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> DepartmentFigures {
        let card = try card(of: body, period, for: scope, at: now, in: transaction)
        return DepartmentFigures(
            body: body, name: card.name, line: card.line,
            counts: Figure.allCases.map { figure in
                DepartmentFigures.Counted(
                    key: figure.rawValue, title: figure.title, amount: figure.amount(in: card),
                    address: TracePages.address(body, figure, period), isOfCalls: figure.isOfCalls)
            },
            shares: card.score.parts.map { part in
                DepartmentFigures.Shared(key: part.measure.rawValue, title: part.measure.title, share: part.share)
            }, address: AppraisalPages.address(of: body, period))
    }

    /// Whether the scope sees a department's figures at all, as its page and its card ask.
    public static func sees(_ body: BodyID, _ scope: Scope) -> Bool {
        scope.may(.readAppraisals) && scope.mayAppraise(body)
    }
}
