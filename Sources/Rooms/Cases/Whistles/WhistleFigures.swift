import Desk
import Ground
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

/// What the record says of one department that was called: facts, no ranks.
struct ReportInFigures: Sendable, Hashable {
    var body: BodyID
    var name = ""
    var called = 0
    /// Reported in by the limit of the kind of whistle.
    var inTime = 0
    var late = 0
    /// Not reported in, and the limit has passed.
    var silent = 0
    /// The coordination body found that it should not have been called.
    var released = 0
    var rated = 0
    var ratingSum = 0
    /// Minutes until it reported in, over those that did.
    var minutes: Int64 = 0

    var reportedIn: Int { inTime + late }
    var averageMinutes: Double? { reportedIn > 0 ? (Double(minutes) / Double(reportedIn)).rounded() : nil }
    var averageRating: Double? {
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

    /// Report-ins that were opened in the period, as far as the scope reaches.
    static func byBody(
        _ days: ClosedRange<Day>, _ workflow: Workflow, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [ReportInFigures] {
        let from = Instant(LocalTime(day: days.lowerBound))
        let until = Instant(LocalTime(day: days.upperBound + 1))
        let rows = try transaction.query(
            """
            SELECT c.body, c.received_at, c.state, c.satisfaction,
                (SELECT MIN(s.at) FROM case_steps s WHERE s.case_id = c.id AND s.act = 'report-in'), o.due_at
            FROM cases c
            JOIN case_steps o ON o.case_id = c.id AND o.version = 1
            WHERE c.state IN (\(list: workflow.states.map(\.name.rawValue)))
                AND \(CaseFilter.visibility(scope, narrowing: false)) AND c.received_at >= \(from)
                AND c.received_at < \(until) AND c.body IS NOT NULL
            ORDER BY c.id LIMIT \(most)
            """)
        var found: [BodyID: ReportInFigures] = [:]
        for row in rows {
            let body: BodyID = try row.identifier(0)
            var figures = found[body] ?? ReportInFigures(body: body)
            figures.called += 1
            let due = try row.instantIfAny(5)
            if let at = try row.instantIfAny(4) {
                let opened = try row.instant(1)
                figures.minutes += max(0, (at - opened).milliseconds / 60_000)
                if due.map({ at <= $0 }) ?? true { figures.inTime += 1 } else { figures.late += 1 }
            } else if try row.text(2) == "released" {
                figures.released += 1
            } else if let due, due < now {
                figures.silent += 1
            }
            if let rating = try row.intIfAny(3) {
                figures.rated += 1
                figures.ratingSum += Int(rating)
            }
            found[body] = figures
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
