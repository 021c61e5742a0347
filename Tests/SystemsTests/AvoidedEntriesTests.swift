import Desk
import Forms
import Ground
import Testing

@testable import Systems

struct AvoidedEntriesTests {
    private func pull(_ form: String, _ area: String, rows: Int, on day: String, system: String? = nil, hour: Int = 9)
        throws -> FormPull
    {
        FormPull(
            form: form, system: system, area: try #require(AreaPrefix(area)), rows: rows,
            takenAt: Instant(LocalTime(day: try #require(Day(day)), hour: hour)))
    }

    private let forms = [
        "monthly": AvoidedEntries.Due(elements: ["name", "phone"], timesAYear: 12),
        "quarterly": AvoidedEntries.Due(elements: ["name"], timesAYear: 4),
    ]

    private func system(_ key: String, _ typing: GovernmentSystem.Typing, form: String? = nil) -> GovernmentSystem {
        GovernmentSystem(
            key: key, name: LocalizedText(key, key), owner: "data", level: .county, users: .grid, minutesAMonth: 60,
            typing: typing, fields: ["name", "phone"], others: [], form: form,
            layout: form == nil
                ? []
                : [.init("姓名", .element("name", format: nil)), .init("类型", .constant("x")), .init("序号", .rowNumber)])
    }

    private func count(
        _ pulls: [FormPull], month: Int = 11, systems: [GovernmentSystem] = [], written: [String: Int] = [:],
        standing: (String) -> Standing = { _ in .typed }
    ) -> AvoidedEntries {
        AvoidedEntries(
            year: 2026, month: month, pulls: pulls, forms: forms, systems: systems, written: written,
            standing: standing)
    }

    @Test("A list counts once for each time that it was due, however often it is taken")
    func onceWhenDue() throws {
        let entries = count([
            try pull("monthly", "330106", rows: 100, on: "2026-11-02"),
            try pull("monthly", "330106", rows: 120, on: "2026-11-20"),
            try pull("monthly", "330106", rows: 120, on: "2026-10-20"),
        ])
        #expect(entries.total == 200)
        #expect(entries.byElement == ["name": 100, "phone": 100])
        #expect(
            entries.sources == [.init(key: "monthly", isSystem: false, counted: 1, taken: 2, rows: 100, entries: 200)])
    }

    @Test("A part of an area whose whole was taken does not count, nor the whole after its part; neighbours do")
    func areas() throws {
        let entries = count([
            try pull("monthly", "330106001", rows: 10, on: "2026-11-01"),
            try pull("monthly", "330106002", rows: 7, on: "2026-11-02"),
            try pull("monthly", "330106001001", rows: 4, on: "2026-11-03"),
            try pull("monthly", "330106", rows: 40, on: "2026-11-04"),
        ])
        #expect(entries.total == 34)
        #expect(entries.sources.map(\.counted) == [2] && entries.sources.map(\.taken) == [4])
    }

    @Test("What was due once a quarter counts in the month in which it was first taken")
    func quarters() throws {
        let pulls = [
            try pull("quarterly", "330106", rows: 5, on: "2026-10-30"),
            try pull("quarterly", "330106", rows: 5, on: "2026-11-30"),
        ]
        #expect(count(pulls, month: 10).total == 5)
        #expect(count(pulls, month: 11).total == 0)
    }

    @Test("An import file counts for its system what it carries; a form taken as it is counts for the form")
    func files() throws {
        let entries = count(
            [
                try pull("monthly", "330106", rows: 10, on: "2026-11-02", system: "a"),
                try pull("monthly", "330106", rows: 10, on: "2026-11-02"),
                try pull("monthly", "330106", rows: 10, on: "2026-11-02", system: "gone"),
            ], systems: [system("a", .all, form: "monthly")], standing: { _ in .served })
        #expect(entries.byElement == ["name": 20, "phone": 10])
        #expect(entries.sources.map(\.key).sorted() == ["a", "monthly"])
    }

    @Test("A written fact is spared once for each system that is typed no more, and typed again in each of the others")
    func changes() {
        let systems = [system("a", .changes), system("b", .changes), system("c", .all)]
        let entries = count([], systems: systems, written: ["name": 3, "sex": 9]) { $0 == "a" ? .retired : .typed }
        #expect(entries.byElement == ["name": 3] && entries.typedAgain == ["name": 3])
        #expect(entries.total == 3 && entries.totalTypedAgain == 3)
    }

    @Test(
        "Every day of the year belongs to exactly one of the times that a list is due",
        arguments: [1, 2, 4, 6, 12, 24, 52, 366])
    func periods(times: Int) throws {
        let start = try #require(Day("2028-01-01"))
        let periods = (0..<366).map { AvoidedEntries.period(of: start + $0, timesAYear: times) }
        #expect(Set(periods) == Set(0..<times))
        #expect(zip(periods, periods.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test("Closing a system lowers what its users spend")
    func retyping() {
        let systems = [system("a", .all), system("b", .changes)]
        let before = RetypingFigures(systems, users: .grid) { _ in .typed }
        #expect(before.systems == 2 && before.fields == 4 && before.minutesAMonth == 120)
        let after = RetypingFigures(systems, users: .grid) { $0 == "a" ? .retired : .typed }
        #expect(after.systems == 1 && after.fields == 2 && after.minutesAMonth == 60)
        #expect(RetypingFigures(systems, users: .community) { _ in .typed }.systems == 0)
    }
}
