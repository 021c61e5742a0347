import Desk
import Ground
import Hummingbird
import Storage
import Systems
import Testing

@testable import gewu

struct RetypingTests {
    @Test(
        "Leaders see on the page of loads how many systems each grid worker types into; one that is retired counts no more"
    )
    func panel() async throws {
        try await Street.with { street in
            let session = try await street.staff("dispatcher")
            func shown() async throws -> Int {
                let page = try await street.get("/workload", as: session)
                #expect(page.status == .ok)
                let figure = try #require(
                    page.text.firstMatch(of: /网格员<\/h3>.*?每人要录的系统<\/dt><dd><strong>([0-9]+)/.dotMatchesNewlines()))
                return try #require(Int(figure.1))
            }
            let before = try await shown()
            #expect(before > 0)
            let list = try await street.get("/systems", as: session)
            #expect(list.text.contains("网格员：每人要录的系统</dt><dd>\(before)</dd>"))
            let officer = try await Street.person("data", "data_officer", "", street.house, street.rooms)
            let (systems, now) = (street.rooms.systems, street.house.clock.now())
            try await street.house.database.write {
                try systems.decide(
                    "population", "retired", since: now.local().day, reason: nil, by: officer, at: now, in: $0)
            }
            #expect(try await shown() == before - 1)
        }
    }
}
