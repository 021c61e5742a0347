import Desk
import Ground
import Mandates
import Testing
import WorkCalendar

@testable import Workload

@Suite("What records say of standard times")
struct RecordedTimeTests {
    static let rules = RecordRules(
        days: 180, fewestPeople: 5, fewestRecords: 30, largestShare: 500, withinDay: 750, shortestMinutes: 2,
        afterwards: 250, measures: [])

    /// So many records of so many people in turn.
    private static func pairs(_ count: Int, people: Int = 6, minutes: (Int) -> Int64 = { Int64($0 + 10) })
        -> [TimedPair]
    {
        (0..<count).map { TimedPair(person: $0 % people, minutes: minutes($0), isWithinDay: true) }
    }

    @Test("The quartiles of a hundred records are the 25th, the 50th and the 75th, in whatever order they come")
    func byHand() {
        var random = SeededRandom(seed: 4)
        let pairs = Self.pairs(100) { Int64($0 + 1 + 1) }.shuffled(using: &random)
        let found = RecordedTime(pairs, Self.rules)
        #expect(
            found
                == .figures(
                    RecordedTime.Figures(lower: 26, middle: 51, upper: 76, records: 100, people: 5, afterwards: 0)))
    }

    @Test("A quarter of records is no longer than the lower quarter, three quarters no longer than the upper one")
    func quartiles() throws {
        var random = SeededRandom(seed: 5)
        for _ in 0..<300 {
            let count = Int.random(in: 30...200, using: &random)
            let most = Int64.random(in: 3...400, using: &random)
            let pairs = (0..<count).map { _ in
                TimedPair(
                    person: Int.random(in: 0..<20, using: &random), minutes: Int64.random(in: 2...most, using: &random),
                    isWithinDay: true)
            }
            let figures = try #require(RecordedTime(pairs, Self.rules).figures)
            for (figure, quarter) in [(figures.lower, 1), (figures.middle, 2), (figures.upper, 3)] {
                #expect(pairs.count { $0.minutes <= figure } * 4 >= (count - 1) * quarter)
                #expect(pairs.count { $0.minutes < figure } * 4 <= count * quarter)
            }
            // Whose records they are makes no difference as long as there are enough people.
            let others = pairs.map { TimedPair(person: 99 - $0.person, minutes: $0.minutes, isWithinDay: true) }
            #expect(RecordedTime(others.reversed(), Self.rules) == .figures(figures))
        }
    }

    @Test("Fewer than five people are never shown, nor fewer than thirty records, nor what is mostly one person’s")
    func hidden() {
        #expect(RecordedTime(Self.pairs(400, people: 4), Self.rules) == .fewPeople)
        #expect(RecordedTime(Self.pairs(400, people: 5), Self.rules).figures?.people == 5)
        // How many exactly is told to nobody.
        #expect(RecordedTime(Self.pairs(400, people: 9), Self.rules).figures?.people == 5)
        #expect(RecordedTime([], Self.rules) == .fewPeople)
        #expect(RecordedTime(Self.pairs(29), Self.rules) == .fewRecords)
        #expect(RecordedTime(Self.pairs(30), Self.rules).figures?.records == 30)
        // Five others with one record each of every ten.
        func one(_ share: Int) -> [TimedPair] {
            (0..<100).map { TimedPair(person: $0 < share ? 0 : 1 + $0 % 5, minutes: 20, isWithinDay: true) }
        }
        #expect(RecordedTime(one(50), Self.rules).figures != nil)
        #expect(RecordedTime(one(51), Self.rules) == .onePerson)
        // That somebody enters it all afterwards is no less that person's.
        let entered = one(60).map { TimedPair(person: $0.person, minutes: $0.person == 0 ? 0 : 20, isWithinDay: true) }
        #expect(RecordedTime(entered, Self.rules) == .onePerson)
    }

    @Test("What was entered at once is left out, and with too much of it nothing is compared")
    func afterwards() {
        func some(_ entered: Int) -> [TimedPair] { Self.pairs(100) { $0 < entered ? 1 : 30 } }
        #expect(RecordedTime(some(25), Self.rules).figures?.afterwards == 25)
        #expect(RecordedTime(some(25), Self.rules).figures?.records == 75)
        #expect(RecordedTime(some(26), Self.rules) == .afterwards(260))
        // What is left has to be of enough people, and enough of it.
        let left = (0..<40).map {
            TimedPair(person: $0 < 32 ? $0 % 4 : 4, minutes: $0 < 32 ? 30 : 0, isWithinDay: true)
        }
        #expect(RecordedTime(left, Self.rules) == .fewPeople)
        #expect(RecordedTime(Self.pairs(36) { $0 < 7 ? 1 : 30 }, Self.rules) == .fewRecords)
    }

    @Test("Where more than a quarter ends on a later day it is waiting that is measured, and no figure is shown")
    func waiting() {
        func some(_ later: Int) -> [TimedPair] {
            (0..<100).map { TimedPair(person: $0 % 6, minutes: 60, isWithinDay: $0 >= later) }
        }
        #expect(RecordedTime(some(25), Self.rules).figures != nil)
        #expect(RecordedTime(some(26), Self.rules) == .waiting(260))
    }

    @Test("Short records speak against a standard, long ones never for a longer one")
    func readings() {
        let figures = RecordedTime.Figures(lower: 20, middle: 30, upper: 40, records: 60, people: 9, afterwards: 0)
        let readings: [(Int64, RecordedTime.Reading)] = [
            (41, .tooLong), (40, .maybeTooLong), (31, .maybeTooLong), (30, .noObjection), (20, .noObjection),
            (19, .longer),
        ]
        for (standard, reading) in readings { #expect(figures.reading(of: standard) == reading, "\(standard)") }
    }

    @Test("Only working time counts: a night between two acts is none, and what lies outside of it is not measured")
    func workingTime() throws {
        let files = RuleFiles(shipped: TimeCorrectionTests.shipped)
        let calendar = try files.file("calendars/cn.yaml")
        let hours = try files.file("calendars/hours.yaml")
        let time = WorkingTime(
            calendar: WorkCalendar(holidays: try HolidayList(yaml: calendar.text, file: calendar.name)),
            hours: try WorkingHours(yaml: hours.text, file: hours.name))
        let monday = try #require(Day(year: 2026, month: 3, day: 2))
        func at(_ day: Int, _ hour: Int, _ minute: Int = 0) -> Instant {
            Instant(LocalTime(day: monday + day, hour: hour, minute: minute))
        }
        let people = (0..<3).map { _ in IdentifierSource().nextText(at: at(0, 8)) }
        func pair(_ person: Int, _ from: Instant, _ until: Instant) -> ActPair {
            ActPair(staff: .init(people[person]), post: .init(people[person]), from: from, until: until)
        }
        let found = [TimedPair](
            [
                pair(0, at(0, 9), at(0, 9, 45)), pair(1, at(0, 9), at(0, 9)), pair(0, at(0, 21), at(0, 22)),
                pair(2, at(0, 9), at(1, 9)), pair(1, at(5, 10), at(5, 11)),
            ], time, Self.rules)
        #expect(found.map(\.minutes) == [45, 0, time.hours.dailyLength / 60_000])
        #expect(found.map(\.isWithinDay) == [true, true, false])
        #expect(found.map(\.person) == [0, 1, 2])
    }

    @Test("Rules that would show a group of four, or count a task twice, are refused")
    func usable() {
        #expect(Self.rules.isUsable)
        func changed(_ change: (inout RecordRules) -> Void) -> Bool {
            var rules = Self.rules
            change(&rules)
            return rules.isUsable
        }
        #expect(!changed { $0.fewestPeople = 4 })
        #expect(!changed { $0.fewestRecords = 4 })
        #expect(!changed { $0.afterwards = 1_000 })
        #expect(!changed { $0.withinDay = 0 })
        #expect(!changed { $0.largestShare = 501 })
        let measure = RecordRules.Measure(item: "B0402", task: "handle", from: "sign", to: "finish")
        #expect(changed { $0.measures = [measure] })
        #expect(!changed { $0.measures = [measure, measure] })
    }
}
