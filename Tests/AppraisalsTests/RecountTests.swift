import Desk
import Foundation
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Appraisals
@testable import Cases

@Suite("What a card shows is what the records say")
struct RecountTests {
    @Test(
        "After any acts, each card is a recount of matters and ledger, and each figure leads to as many records",
        arguments: EngineCase.available, [1, 2] as [UInt64])
    func recount(engine: EngineCase, seed: UInt64) async throws {
        try await AppraisalCounty.with(engine, fewest: 1) { county in
            var year = RandomYear(county: county, random: SeededRandom(seed: seed))
            for round in 1...3 {
                try await year.play(acts: 150)
                for name in ["z-city", "a-fire"] {
                    let card = try await county.card(name)
                    let record = try await Self.recounted(name, in: county)
                    #expect(card.record == record, "\(name) after round \(round)")
                    #expect(card.score == Score(record, county.appraisals.rules), "\(name) after round \(round)")
                    for figure in Figure.allCases {
                        let lines = try await county.trace(figure, of: name, page: 3)
                        let amount = figure.amount(in: card)
                        #expect(Set(lines.map(\.key)).count == lines.count)
                        if figure == .satisfied {
                            #expect(Double(lines.count) >= amount && Double(lines.count) <= amount * 2)
                        } else {
                            #expect(Double(lines.count) == amount, "\(name) \(figure) after round \(round)")
                        }
                    }
                }
            }
            // A year in which nothing happened would prove nothing.
            let card = try await county.card()
            for figure in [Figure.due, .closed, .followedUp, .called, .givenBack] {
                #expect(figure.amount(in: card) > 0, "\(figure): \(year.done)")
            }
        }
    }

    /// Written anew, from the matters as they stand and from the ledger, so that a slip in the one is found by the
    /// other.
    private static func recounted(_ name: String, in county: AppraisalCounty) async throws -> DepartmentRecord {
        let body = try county.body(name)
        let now = county.clock.now()
        var record = DepartmentRecord(body: body)
        let (matters, entries, givenBack) = try await county.house.database.read { transaction in
            var entries: [LedgerEntry] = []
            try Ledger.each(in: transaction) { entries.append($0) }
            let matters = try transaction.query("SELECT id FROM cases WHERE kind = 'matter'").compactMap { row in
                try CaseStore.find(row.identifier(0), in: transaction)
            }
            let steps = try transaction.query(
                "SELECT case_id, version, act FROM case_steps WHERE staff_body = \(body) ORDER BY case_id, version")
            return (matters, entries, steps)
        }
        for matter in matters where matter.body == body && matter.joinedTo == nil {
            guard let due = matter.finalDue else { continue }
            var figures = OutcomeFigures()
            figures.due = 1
            if let ended = matter.endedAt {
                figures.closed = 1
                figures.closedOnTime = (matter.finishedAt ?? ended) > due.at ? 0 : 1
            }
            figures.contactedInTime = matter.isContactedInTime == true ? 1 : 0
            if let isSolved = matter.isSolved, let satisfaction = matter.satisfaction {
                figures.followedUp = 1
                figures.solved = isSolved ? 1 : 0
                figures.satisfiedHalves = [0, 0, 1, 2, 2][satisfaction - 1]
            }
            if matter.isExcluded {
                record.excluded = record.excluded + figures
            } else {
                record.matters = record.matters + figures
            }
        }
        for call in try calls(of: body, entries, at: now) { record.reportIns.add(call) }
        for row in givenBack {
            let (id, version, act) = (try row.text(0), try row.int(1), try row.text(2))
            guard act == "return" || act == "contest-whistle" else { continue }
            record.givenBack += 1
            let later = entries.filter { entry in
                guard entry.subjectID == id, let facts = try? Facts(entry), (facts.version ?? 0) > version else {
                    return false
                }
                return entry.act == "cases.uphold-whistle" || (entry.act == "cases.rule" && facts.body == body.text)
            }
            if !later.isEmpty { record.ruledItsOwn += 1 }
        }
        return record
    }

    private struct Facts: Decodable {
        var kind: String?
        var body: String?
        var dueAt: String?
        var to: String?
        var version: Int64?

        init(_ entry: LedgerEntry) throws {
            self = try JSONDecoder().decode(Facts.self, from: Data(entry.facts))
        }
    }

    private static func calls(of body: BodyID, _ entries: [LedgerEntry], at now: Instant) throws -> [ReportIn] {
        var calls: [String: ReportIn] = [:]
        for entry in entries where entry.subjectKind == "case" {
            let facts = try Facts(entry)
            switch entry.act {
            case "cases.open" where facts.kind == "report-in" && facts.body == body.text:
                calls[entry.subjectID] = ReportIn(
                    id: CaseID(entry.subjectID), number: "", body: body, calledAt: entry.receivedAt,
                    due: facts.dueAt.flatMap { Instant(iso8601: $0) }, standing: .waiting)
            case "cases.report-in" where calls[entry.subjectID]?.reportedAt == nil:
                calls[entry.subjectID]?.reportedAt = entry.receivedAt
            case "cases.release-whistle": calls[entry.subjectID]?.standing = .released
            default: break
            }
        }
        let rated = try ratings(entries)
        return calls.map { id, call in
            var call = call
            call.rating = rated[id]
            call.standing = ReportIn.standing(
                reportedAt: call.reportedAt, due: call.due, isReleased: call.standing == .released, at: now)
            return call
        }
    }

    private static func ratings(_ entries: [LedgerEntry]) throws -> [String: Int] {
        struct Rating: Decodable { var satisfaction: Int? }
        var found: [String: Int] = [:]
        for entry in entries where entry.act == "cases.rate-department" {
            found[entry.subjectID] = try JSONDecoder().decode(Rating.self, from: Data(entry.facts)).satisfaction
        }
        return found
    }
}
