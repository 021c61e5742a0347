public import Cases
public import Desk
public import Ground
import Identity
public import Mandates
public import Places
public import Storage

/// 解决情况纳入部门考核: departments judged by what they solved of what came from below. It owns no table: each figure is read
/// from the records of matters, whistles and demands whenever somebody looks, and leads to them.
///
/// Bodies only, never persons; by line, in no order of merit.
public struct Appraisals: Room {
    let house: House
    let cases: Cases
    let mandates: Mandates
    let rules: AppraisalRules
    private let lines: [String]
    /// What rooms above show on the page of a department.
    public let panels = BodyPanels()

    /// - Throws: a refusal naming the file when `appraisals.yaml` is wrong.
    public init(house: House, cases: Cases, mandates: Mandates) throws(Refusal) {
        struct Lines: Decodable {
            struct Line: Decodable { var code: String }
            var lines: [Line]
        }
        self.house = house
        self.cases = cases
        self.mandates = mandates
        rules = try AppraisalRules.load(from: house.rules)
        lines = try house.rules.decode(Lines.self, from: "lines.yaml").lines.map(\.code)
    }

    public static let migrations: [Migration] = []

    public var menu: [MenuEntry] {
        [MenuEntry("/appraisals", icon: "clipboard-check", AppraisalTexts.title, right: .readAppraisals, order: 61)]
    }

    public func addRoutes(to routes: Routes) {
        AppraisalPages(appraisals: self).add(to: routes)
        TracePages(appraisals: self).add(to: routes)
        AppraisalAPI(appraisals: self).add(to: routes)
    }

    private static let mostDepartments = 500

    /// The cards of all departments that the scope may see, by line.
    func cards(
        _ period: AppraisalPeriod, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> [AppraisalCard] {
        try scope.require(.readAppraisals)
        let records = try cases.departmentRecords(period.days, for: scope, at: now, in: transaction)
        let sent = try sentDown(period, for: scope, in: transaction)
        let bodies =
            try Places.bodies(
                within: house.settings.area, at: now.local().day, limit: Self.mostDepartments, in: transaction)
        return bodies.filter { $0.line != nil && scope.mayAppraise($0.id) }.map { body in
            AppraisalCard(
                body: body.id, name: body.name, line: body.line, period: period,
                record: records[body.id] ?? DepartmentRecord(body: body.id), sentDown: sent[body.id] ?? 0, rules: rules)
        }.sorted { order($0) < order($1) }
    }

    /// One department's.
    func card(
        of id: BodyID, _ period: AppraisalPeriod, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> AppraisalCard {
        let body = try department(id, for: scope, in: transaction)
        let records = try cases.departmentRecords(period.days, for: scope, at: now, in: transaction)
        return AppraisalCard(
            body: id, name: body.name, line: body.line, period: period,
            record: records[id] ?? DepartmentRecord(body: id),
            sentDown: try sentDown(period, for: scope, in: transaction)[id] ?? 0, rules: rules)
    }

    /// - Throws: a refusal when there is no such department, or it is not the viewer's to see.
    func department(_ id: BodyID, for scope: Scope, in transaction: any Transaction) throws -> BodyRecord {
        try scope.require(.readAppraisals)
        guard scope.mayAppraise(id), let body = try Places.body(id, in: transaction), body.line != nil else {
            throw Refusal.nothingHere
        }
        return body
    }

    /// Whoever may not read demands sees none.
    private func sentDown(_ period: AppraisalPeriod, for scope: Scope, in transaction: any Transaction) throws
        -> [BodyID: Int64]
    {
        scope.may(.readMandates) ? try mandates.sentDown(period.days, for: scope, in: transaction) : [:]
    }

    /// As the file of lines has them, then by name: no order of merit.
    private func order(_ card: AppraisalCard) -> Place {
        Place(line: lines.firstIndex { $0 == card.line } ?? lines.count, name: card.name, id: card.body.text)
    }

    private struct Place: Comparable {
        var line: Int
        var name: String
        var id: String

        static func < (left: Place, right: Place) -> Bool {
            (left.line, left.name, left.id) < (right.line, right.name, right.id)
        }
    }
}
