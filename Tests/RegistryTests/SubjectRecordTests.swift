import Ground
import Testing

@testable import Registry

struct SubjectRecordTests {
    private static func statement(_ random: inout SeededRandom) -> Statement {
        let seen = Instant(milliseconds: Int64.random(in: 0..<12, using: &random) * 86_400_000)
        return Statement(
            since: Day(number: Int64.random(in: 0..<8, using: &random)),
            value: ["a", "b", "c", nil].randomElement(using: &random) ?? nil, seenAt: seen,
            overrules: Int.random(in: 0..<4, using: &random) == 0 ? seen : nil)
    }

    @Test("What was written gives the same record in whatever order it arrives", arguments: 0..<200)
    func order(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let all = (0..<9).map { _ in ("x", Self.statement(&random)) }
        var first = SubjectRecord(kind: .person)
        for (element, statement) in all { first.state(element, statement) }
        for _ in 0..<6 {
            var other = SubjectRecord(kind: .person)
            for (element, statement) in all.shuffled(using: &random) { other.state(element, statement) }
            #expect(other == first)
            // Two halves that know of each other only afterwards.
            var (left, right) = (SubjectRecord(kind: .person), SubjectRecord(kind: .person))
            for (index, (element, statement)) in all.enumerated() {
                if index % 2 == 0 { left.state(element, statement) } else { right.state(element, statement) }
            }
            left.join(right)
            #expect(left == first)
        }
    }

    @Test("A value holds from its day to the next, and what was seen later counts for the same day")
    func values() {
        var record = SubjectRecord(kind: .person)
        func state(_ day: Int64, _ value: String?, seen: Int64) {
            record.state("x", Statement(since: Day(number: day), value: value, seenAt: Instant(milliseconds: seen)))
        }
        state(10, "a", seen: 100)
        state(20, "b", seen: 200)
        state(20, "c", seen: 150)
        state(30, nil, seen: 300)
        #expect(record.value("x", at: Day(number: 9)) == nil)
        #expect(record.value("x", at: Day(number: 19)) == "a")
        #expect(record.value("x", at: Day(number: 29)) == "b")
        #expect(record.value("x", at: Day(number: 30)) == nil)
    }

    @Test("A correction overrules what was seen before, also when that arrives later")
    func correction() {
        func earlier(_ day: Int64) -> Statement {
            Statement(since: Day(number: day), value: "wrong", seenAt: Instant(milliseconds: 100))
        }
        let right = Statement(
            since: Day(number: 5), value: "right", seenAt: Instant(milliseconds: 200),
            overrules: Instant(milliseconds: 200))
        var record = SubjectRecord(kind: .person)
        record.state("x", earlier(7))
        record.state("x", right)
        record.state("x", earlier(9))
        #expect(record.value("x", at: Day(number: 10)) == "right")
    }

    @Test("A record is read back from its bytes as it was", arguments: 0..<40)
    func bytes(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var record = SubjectRecord(kind: .dwelling)
        for element in ["a", "grid", "birth-day", "地址"] {
            for _ in 0..<5 { record.state(element, Self.statement(&random)) }
        }
        #expect(try SubjectRecord(kind: .dwelling, bytes: record.bytes) == record)
        #expect(throws: Refusal.self) { try SubjectRecord(kind: .dwelling, bytes: record.bytes.dropLast()) }
        #expect(throws: Refusal.self) { try SubjectRecord(kind: .dwelling, bytes: [9] + record.bytes.dropFirst()) }
    }

    @Test("Where somebody lives follows through household and dwelling, day by day")
    func placement() {
        func on(_ day: Int64, _ value: String?) -> Statement {
            Statement(since: Day(number: day), value: value, seenAt: Instant(milliseconds: 1))
        }
        let homes = [on(10, "first"), on(20, "second"), on(30, nil)]
        let grids = ["first": [on(0, "A"), on(15, "B"), on(25, "C")], "second": [on(22, "D")]]
        let places = Placement.composed(homes) { grids[$0] ?? [] }
        #expect(places.map { "\($0.since.number)\($0.value ?? "-")" } == ["10A", "15B", "20-", "22D", "30-"])
        #expect(
            Placement.ended(places, on: Day(number: 18)).map { "\($0.since.number)\($0.value ?? "-")" } == [
                "10A", "15B", "18-",
            ])
    }
}
