import Cases
import Desk
import Foundation
import Ground
import HTTPTypes
import Identity
import Storage
import Testing

@testable import gewu

@Suite("An undo over the whole server")
struct UndoTests {
    private func accept(_ id: CaseID, _ street: Street) async throws {
        let category = try #require(street.rooms.cases.rules.categories.leaves.first).code
        let area = try #require(AreaPrefix(Street.area))
        try await street.act(id, Command("accept", category: category, area: area), by: street.dispatcher)
    }

    @Test("It restores the matter, keeps both steps, stands in the ledger, and the resident is never texted")
    func wholeWay() async throws {
        try await Street.with { street in
            let id = try await street.report("路灯不亮", as: try await street.resident(Street.phone))
            let before = try #require(
                try await street.rows("SELECT due_at, state_since FROM cases WHERE id = \(id)").first)
            let staff = try await street.staff("dispatcher")
            try await accept(id, street)
            #expect(try await street.state(id) == "accepted")
            let waiting = try await street.rows("SELECT id FROM texts WHERE subject_id = \(id) AND state = 'waiting'")
            #expect(waiting.count == 1, "the text waits as long as the act can be undone")

            let page = try await street.get("/cases/\(id)", as: staff)
            #expect(page.text.contains("action=\"/cases/\(id)/undo\""))
            let answer = try await street.send("/cases/\(id)/undo", [:], as: staff)
            #expect(answer.location == "/cases/\(id)?done=undo")
            let row = try #require(
                try await street.rows(
                    "SELECT state, due_at, state_since, version, category FROM cases WHERE id = \(id)"
                ).first)
            #expect(try row.text(0) == "reported")
            #expect(try row.instant(1) == before.instant(0) && row.instant(2) == before.instant(1))
            #expect(try row.int(3) == 3)
            #expect(row.isNull(4))
            #expect(try await street.rows("SELECT id FROM texts WHERE subject_id = \(id)").isEmpty)
            let steps = try await street.rows(
                "SELECT act, reason FROM case_steps WHERE case_id = \(id) ORDER BY version")
            #expect(try steps.map { try $0.text(0) } == ["report", "accept", "undo"])
            #expect(try steps.last?.text(1) == "accept")
            let entry = try await street.rows(
                "SELECT facts FROM ledger_entries WHERE act = 'cases.undo' AND subject_id = \(id)")
            #expect(
                String(decoding: try #require(entry.first).blob(0), as: UTF8.self).contains("\"undone\":\"accept\""))
            let counts = try await street.rows("SELECT state FROM case_counts WHERE total <> 0")
            #expect(try counts.map { try $0.text(0) } == ["reported"])
            let shown = try await street.get("/cases/\(id)?done=undo", as: staff)
            #expect(shown.text.contains("已撤销") && !shown.text.contains("/undo\""))
        }
    }

    @Test("A second undo, and that of a colleague, are refused in words")
    func refused() async throws {
        try await Street.with { street in
            let id = try await street.report("井盖松动", as: try await street.resident(Street.phone))
            let staff = try await street.staff("dispatcher")
            try await street.act(id, Command("supervise", opinion: "请尽快"), by: street.leader)
            #expect(try await street.send("/cases/\(id)/undo", [:], as: staff).status == .conflict)
            let category = try #require(street.rooms.cases.rules.categories.leaves.first).code
            let area = try #require(AreaPrefix(Street.area))
            try await street.act(id, Command("accept", category: category, area: area), by: street.leader)
            #expect(try await street.send("/cases/\(id)/undo", [:], as: staff).status == .forbidden)
            #expect(try await street.state(id) == "accepted")
            #expect(!(try await street.get("/cases/\(id)", as: staff)).text.contains("/undo\""))
        }
    }
}
