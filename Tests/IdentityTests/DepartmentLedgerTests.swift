import Desk
import Ground
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Identity

@Suite("What a department sees of the ledger")
struct DepartmentLedgerTests {
    @Test(
        "Entries of a body are those that its own posts wrote; in another post the same person writes for another",
        arguments: EngineCase.available)
    func writtenBy(_ engine: EngineCase) async throws {
        try await Office.with(engine) { office in
            // One person in posts of two bodies, another in the second one only.
            let both = try await office.person("both", [("clerk", Office.street), ("clerk", Office.sibling)])
            let other = try await office.person("other", [("clerk", Office.sibling)])
            let now = office.clock.now()
            for (name, person, post) in [
                ("first", both, both.posts[0]), ("second", both, both.posts[1]), ("other", other, other.posts[0]),
            ] {
                let entry = try LedgerEntry(
                    "cases.accepted", on: "case", person.id,
                    by: Actor(kind: .staff, id: person.id.text, post: post.text, name: name), at: now,
                    id: office.house.identifiers.next(at: now))
                try await office.database.write { try Ledger.record(entry, in: $0) }
            }
            func seen(_ area: String) async throws -> Set<String> {
                let condition = try #require(office.identity.ledgerWords.writtenBy(Bodies.id(of: area)))
                return Set(
                    try await office.database.query("SELECT actor_name FROM ledger_entries WHERE \(condition)")
                        .map { try $0.text(0) })
            }
            #expect(try await seen(Office.street) == ["first"])
            #expect(try await seen(Office.sibling) == ["second", "other"])
            #expect(try await seen(Office.county).isEmpty)
        }
    }

    @Test("They are found by who acted, however long the ledger is")
    func plan() async throws {
        try await Office.with(.sqlite) { office in
            let condition = try #require(office.identity.ledgerWords.writtenBy(Bodies.id(of: Office.street)))
            let plan = try await office.database.query(
                "EXPLAIN QUERY PLAN SELECT id FROM ledger_entries WHERE (\(condition)) AND (TRUE) ORDER BY id DESC LIMIT 51"
            ).map { try $0.text(3) }
            #expect(plan.contains { $0.contains("ledger_entries_by_actor (actor_id=?") }, "\(plan)")
            #expect(plan.contains { $0.contains("posts_by_body") }, "\(plan)")
        }
    }
}
