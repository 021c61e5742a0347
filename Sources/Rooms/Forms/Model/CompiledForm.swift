import Ground
import Registry

/// A form made ready for computing: conditions over numbered slots, and which elements they depend on. Pure.
///
/// What a subject adds to a form is a step function of the day: it holds from one day to the next change of a fact, of a
/// place or of an age. A write adds the difference of two such functions, whatever day it speaks of, so a form is right on
/// every past day too, and a birthday needs nobody to do anything.
struct CompiledForm: Sendable {
    let definition: FormDefinition
    /// Stands in the tables: another text of the form is another form, computed from the start.
    let instance: String
    let slots: [String]
    let filter: Condition
    /// Cell 0 counts everybody in the form; these follow.
    let cells: [Condition]
    let cellTitles: [LocalizedText]
    /// The conditions of the cross-table, as rows and columns; their cells follow `cells`.
    let ages: [Int]
    let placeElement: String

    /// What the elements are whose change may change the form.
    var dependsOn: Set<String> { Set(slots).union([placeElement]) }

    /// One stretch of days in which a subject adds the same.
    struct Stretch: Sendable, Hashable {
        var from: Day
        /// Where; nil when it is in no area of ours, and then it counts nowhere.
        var area: String?
        /// Cells in which it counts; empty when it is not in the form.
        var cells: [Int]

        var counts: Bool { area != nil && !cells.isEmpty }
    }

    /// - Parameters:
    ///   - origin: what lies before is told as if it began on this day.
    ///   - horizon: the first day that is not computed any more.
    func stretches(of record: SubjectRecord, from origin: Day, until horizon: Day) -> [Stretch] {
        guard origin < horizon else { return [] }
        let places = record[placeElement]
        // Until it is somewhere it counts nowhere: no earlier day matters.
        guard let first = places.first?.since, first < horizon else {
            return [Stretch(from: origin, area: nil, cells: [])]
        }
        let begin = max(origin, first)
        let tracks = slots.map { record[$0] }
        var days = [origin, begin]
        for track in tracks { for statement in track { days.append(statement.since) } }
        for statement in places { days.append(statement.since) }
        let births = ages.isEmpty ? [] : Set(record[CoreElement.birthDay].compactMap(\.value)).compactMap { Day($0) }
        let years = begin.parts.year...horizon.parts.year
        for birth in births {
            let year = birth.parts.year
            for age in ages where years.contains(year + age) { days.append(Self.birthday(age, of: birth)) }
        }
        days = days.filter { ($0 >= begin && $0 < horizon) || $0 == origin }.sorted()
        var stretches: [Stretch] = []
        for (index, day) in days.enumerated() where index == 0 || days[index - 1] != day {
            var stretch = Stretch(from: day, area: Self.value(places, at: day), cells: [])
            if stretch.area != nil {
                let values = tracks.map { Self.value($0, at: day) }
                let age = ages.isEmpty ? nil : Self.age(record, at: day)
                if filter.holds(values, age: age) {
                    stretch.cells = [0]
                    for (index, cell) in cells.enumerated() where cell.holds(values, age: age) {
                        stretch.cells.append(index + 1)
                    }
                }
            }
            if !stretch.counts {
                stretch.area = nil
                stretch.cells = []
            }
            if let last = stretches.last, last.area == stretch.area, last.cells == stretch.cells { continue }
            stretches.append(stretch)
        }
        return stretches
    }

    private static func value(_ track: [Statement], at day: Day) -> String? {
        track.last { $0.since <= day }?.value
    }

    private static func age(_ record: SubjectRecord, at day: Day) -> Int? {
        record.value(CoreElement.birthDay, at: day).flatMap { Day($0) }.map { age(of: $0, at: day) }
    }

    /// Full years; -1 and less before birth.
    static func age(of birth: Day, at day: Day) -> Int {
        let (born, now) = (birth.parts, day.parts)
        let isBefore = (now.month, now.day) < (born.month, born.day)
        return now.year - born.year - (isBefore ? 1 : 0)
    }

    /// The day on which somebody is that old.
    static func birthday(_ age: Int, of birth: Day) -> Day {
        let parts = birth.parts
        return Day(year: parts.year + age, month: parts.month, day: parts.day)
            ?? Day(year: parts.year + age, month: 3, day: 1) ?? birth
    }
}

/// What changes in the figures of a form on a day, in an area, in a cell.
struct FormStep: Sendable, Hashable {
    var area: String
    var day: Day
    var cell: Int
}

extension CompiledForm {
    /// What these stretches add: up where one begins, down where it ends.
    static func steps(_ stretches: [Stretch], times factor: Int = 1, into steps: inout [FormStep: Int]) {
        var before = Stretch(from: .init(number: 0), area: nil, cells: [])
        for stretch in stretches {
            if let area = before.area {
                for cell in before.cells {
                    add(-factor, FormStep(area: area, day: stretch.from, cell: cell), to: &steps)
                }
            }
            if let area = stretch.area {
                for cell in stretch.cells {
                    add(factor, FormStep(area: area, day: stretch.from, cell: cell), to: &steps)
                }
            }
            before = stretch
        }
    }

    private static func add(_ count: Int, _ step: FormStep, to steps: inout [FormStep: Int]) {
        let sum = (steps[step] ?? 0) + count
        steps[step] = sum == 0 ? nil : sum
    }
}
