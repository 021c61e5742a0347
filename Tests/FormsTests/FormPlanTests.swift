import Desk
import Ground
import Registry
import Storage
import StorageTesting
import Testing

@testable import Forms

struct FormPlanTests {
    @Test(
        "Feeds, readers and pulls are found by an index, never by going through a table", arguments: [EngineCase.sqlite]
    )
    func plans(engine: EngineCase) async throws {
        try await FormsWorld.with(engine) { world in
            let now = world.clock.now()
            let subject: SubjectID = world.house.identifiers.next(at: now)
            let reading: FormReading.ID = world.house.identifiers.next(at: now)
            let area = try #require(AreaPrefix(FormsWorld.street))
            let mark = FeedMark(number: 5, day: world.today)
            let form = try world.form("oldest-people").definition
            let expected: [(String, SQL, [String])] = [
                (
                    "takings of a form",
                    FormReadingsStore.countQuery(of: .form, form, line: "civil_affairs", since: now),
                    ["form_readings_by_form (line=? AND form=? AND read_at>?)"]
                ),
                (
                    "takings for a purpose",
                    FormReadingsStore.countQuery(of: .purpose, form, line: "civil_affairs", since: now),
                    ["form_readings_by_purpose (line=? AND purpose=? AND read_at>?)"]
                ),
                (
                    "changes", FeedStore.changesQuery("a", after: 5, limit: 200),
                    ["form_changes_by_number (form=? AND number>?)"]
                ),
                (
                    "turns", FeedStore.turnsQuery("a", after: mark, until: world.today, limit: 200),
                    ["form_rows_by_beginning (form=?", "form_rows_by_end (form=?"]
                ),
                (
                    "readers", FormReadingsStore.pageQuery(subject, after: reading, limit: 100),
                    [
                        "sqlite_autoindex_form_readings_of_1 (subject=? AND reading<?)",
                        "sqlite_autoindex_form_readings_1 (id=?)",
                    ]
                ),
                (
                    "pulls", Forms.pullsQuery(from: now, until: now, in: area, limit: 100),
                    ["form_pulls_by_time (taken_at>? AND taken_at<?)"]
                ),
            ]
            for (name, query, parts) in expected {
                let plan = try await world.house.database.query("EXPLAIN QUERY PLAN \(query)").map { try $0.text(3) }
                let all = plan.joined(separator: "; ")
                for part in parts { #expect(all.contains(part), "\(name): \(all)") }
                #expect(!plan.contains { $0.hasPrefix("SCAN form_") }, "\(name): \(all)")
            }
        }
    }
}
