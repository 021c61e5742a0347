public import Desk
public import Ground
import Storage

/// How many whistles a street usually blows: read from `Rules/whistles.yaml`.
struct WhistleBand: Sendable, Decodable {
    private struct File: Decodable { var band: WhistleBand }

    var from: Double
    var to: Double

    static func load(from files: RuleFiles) throws(Refusal) -> WhistleBand {
        let band = try files.decode(File.self, from: "whistles.yaml").band
        guard band.from >= 0, band.from < band.to else {
            throw RuleFiles.refusal(
                "the band runs from less to more", "区间须由小到大", in: try files.file("whistles.yaml"), line: nil)
        }
        return band
    }

    /// Per 30 days, against the band.
    func standing(_ count: Int, in days: Int64) -> Standing {
        let perMonth = Double(count) * 30 / Double(max(1, days))
        return perMonth < from ? .below : perMonth > to ? .above : .within
    }

    enum Standing: String, Sendable { case below, within, above }
}

/// One call of a department to report in, as the record has it.
public struct ReportIn: Sendable, Hashable {
    public enum Standing: String, Sendable, Hashable, CaseIterable {
        /// Reported in by the limit of the kind of whistle.
        case inTime
        case late
        /// Not reported in, and the limit has passed.
        case silent
        /// The coordination body found that it should not have been called.
        case released
        /// Not reported in, and there is still time.
        case waiting
    }

    public var id: CaseID
    public var number: String
    public var body: BodyID
    public var calledAt: Instant
    /// The limit as it was when the department was called.
    public var due: Instant?
    public var reportedAt: Instant?
    public var standing: Standing
    /// What the street gave it, 1 to 5.
    public var rating: Int?

    var minutes: Int64 { reportedAt.map { max(0, ($0 - calledAt).milliseconds / 60_000) } ?? 0 }

    static func standing(
        reportedAt: Instant?, due: Instant?, isReleased: Bool, at now: Instant
    ) -> Standing {
        if let reportedAt { return due.map { reportedAt <= $0 } ?? true ? .inTime : .late }
        if isReleased { return .released }
        return due.map { $0 < now } ?? false ? .silent : .waiting
    }
}

/// What the record says of one department that was called: facts, in no order of merit.
public struct ReportInFigures: Sendable, Hashable {
    public var body: BodyID
    var name = ""
    public private(set) var called = 0
    public private(set) var inTime = 0
    public private(set) var late = 0
    public private(set) var silent = 0
    public private(set) var released = 0
    public private(set) var rated = 0
    public private(set) var ratingSum = 0
    /// Minutes until it reported in, over those that did.
    private var minutes: Int64 = 0

    public init(body: BodyID) { self.body = body }

    public mutating func add(_ one: ReportIn) {
        called += 1
        switch one.standing {
        case .inTime: inTime += 1
        case .late: late += 1
        case .silent: silent += 1
        case .released: released += 1
        case .waiting: break
        }
        minutes += one.minutes
        if let rating = one.rating {
            rated += 1
            ratingSum += rating
        }
    }

    var reportedIn: Int { inTime + late }
    public var averageMinutes: Double? {
        reportedIn > 0 ? (Double(minutes) / Double(reportedIn)).rounded() : nil
    }
    public var averageRating: Double? {
        rated > 0 ? (Double(ratingSum) / Double(rated) * 100).rounded() / 100 : nil
    }
}

/// The whistles of one street in a period.
struct StreetWhistles: Sendable, Hashable {
    var street: String
    var name = ""
    var count = 0
    var standing = WhistleBand.Standing.within
}

enum WhistleStore {
    /// A period holds no more than this; whistles are few by nature.
    static let most = 20_000

    /// Report-ins that were opened in the period, as far as the scope reaches, the oldest first.
    /// - Parameter body: nil for all.
    static func reportIns(
        _ days: ClosedRange<Day>, of body: BodyID? = nil, _ workflow: Workflow, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [ReportIn] {
        let from = Instant(LocalTime(day: days.lowerBound))
        let until = Instant(LocalTime(day: days.upperBound + 1))
        var conditions: [SQL] = [
            "c.state IN (\(list: workflow.states.map(\.name.rawValue)))",
            CaseFilter.visibility(scope, narrowing: false),
            "c.received_at >= \(from) AND c.received_at < \(until)",
        ]
        if let body { conditions.append("c.body = \(body)") } else { conditions.append("c.body IS NOT NULL") }
        return try transaction.query(
            """
            SELECT c.body, c.received_at, c.state, c.satisfaction,
                (SELECT MIN(s.at) FROM case_steps s WHERE s.case_id = c.id AND s.act = 'report-in'), o.due_at, c.id,
                c.number
            FROM cases c
            JOIN case_steps o ON o.case_id = c.id AND o.version = 1
            WHERE \(SQL.all(conditions)) ORDER BY c.id LIMIT \(most)
            """
        ).map { row in
            let (due, reportedAt) = (try row.instantIfAny(5), try row.instantIfAny(4))
            return ReportIn(
                id: try row.identifier(6), number: try row.text(7), body: try row.identifier(0),
                calledAt: try row.instant(1), due: due, reportedAt: reportedAt,
                standing: ReportIn.standing(
                    reportedAt: reportedAt, due: due, isReleased: try row.text(2) == "released", at: now),
                rating: try row.intIfAny(3).map { Int($0) })
        }
    }

    /// The same, summed for each body.
    static func byBody(
        _ days: ClosedRange<Day>, _ workflow: Workflow, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [ReportInFigures] {
        var found: [BodyID: ReportInFigures] = [:]
        for one in try reportIns(days, workflow, for: scope, at: now, in: transaction) {
            found[one.body, default: ReportInFigures(body: one.body)].add(one)
        }
        return Array(found.values)
    }

    static func byStreet(
        _ days: ClosedRange<Day>, _ workflow: Workflow, for scope: Scope, in transaction: any Transaction
    ) throws -> [StreetWhistles] {
        let from = Instant(LocalTime(day: days.lowerBound))
        let until = Instant(LocalTime(day: days.upperBound + 1))
        return try transaction.query(
            """
            SELECT street, COUNT(*) FROM cases
            WHERE state IN (\(list: workflow.states.map(\.name.rawValue)))
                AND \(CaseFilter.visibility(scope, narrowing: false)) AND received_at >= \(from)
                AND received_at < \(until) AND street IS NOT NULL
            GROUP BY street ORDER BY street LIMIT 1000
            """
        ).map { StreetWhistles(street: try $0.text(0), count: Int(try $0.int(1))) }
    }
}
