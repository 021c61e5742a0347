public import Desk
public import Ground
public import Registry
public import Storage
import Synchronization

/// Keeps every form current: each write of the registry brings the difference that it makes, in its own transaction. The
/// cost follows from what changed, not from how many people or forms there are: an index from elements to forms tells which
/// forms are concerned.
public final class FormEngine: RegistryFollower {
    /// What lies before is told as if it began on this day.
    let origin: Day
    private let dictionary: DataDictionary
    private let shipped: FormLibrary

    private struct Known: Sendable {
        var generation: Int64 = -1
        var states: [String: FormState] = [:]
        var library: FormLibrary
        /// The forms of which changes are kept for subscribers.
        var feeds: Set<String> = []
    }

    /// Valid as long as the generation in the database is the same.
    private let known: Mutex<Known>

    /// - Throws: a refusal naming file and line when a form is wrong.
    public convenience init(rules: RuleFiles, dictionary: DataDictionary) throws(Refusal) {
        self.init(library: try FormLibrary.load(from: rules, dictionary), dictionary: dictionary)
    }

    init(library: FormLibrary, dictionary: DataDictionary, origin: Day = FormEngine.usualOrigin) {
        shipped = library
        known = Mutex(Known(library: library))
        self.dictionary = dictionary
        self.origin = origin
    }

    /// All forms, as far as this server has seen them: those of the files and those that were approved.
    var library: FormLibrary { known.withLock { $0.library } }

    static let usualOrigin = Day(year: 2020, month: 1, day: 1) ?? Day(number: 18_262)

    public func follow(_ changes: [SubjectChange], at now: Instant, in transaction: any Transaction) throws {
        let states = try states(in: transaction)
        guard !states.isEmpty else { return }
        let library = library
        var effect = FormEffect(today: now.local().day)
        for change in changes { add(change, library, states, to: &effect) }
        try effect.write(states, in: transaction)
        let feeds = known.withLock { $0.feeds }
        if !feeds.isEmpty { try tell(changes, library, feeds, at: effect.today, in: transaction) }
    }

    /// Numbers what subscribers want to know of. In the order of forms, so that two writers never wait for each other.
    private func tell(
        _ changes: [SubjectChange], _ library: FormLibrary, _ feeds: Set<String>, at today: Day,
        in transaction: any Transaction
    ) throws {
        var told: [String: [SubjectID: String?]] = [:]
        for change in changes {
            let concerned = Set(change.elements.flatMap { library.concerned(by: $0) + library.showing($0) })
            for index in concerned {
                let form = library.forms[index]
                guard form.definition.isList, feeds.contains(form.definition.key) else { continue }
                let place = change.before?.value(form.placeElement, at: today)
                told[form.definition.key, default: [:]].updateValue(
                    place ?? change.after?.value(form.placeElement, at: today), forKey: change.id)
            }
        }
        var statements: [SQL] = []
        for (form, subjects) in told.sorted(by: { $0.key < $1.key }) {
            for (subject, area) in subjects.sorted(by: { $0.key < $1.key }) {
                statements += FeedStore.adding(subject, area: area, to: form)
            }
        }
        try transaction.batch(statements)
    }

    /// What one change does to all forms.
    private func add(
        _ change: SubjectChange, _ library: FormLibrary, _ states: [String: FormState], to effect: inout FormEffect
    ) {
        var concerned: Set<Int> = []
        for element in change.elements { concerned.formUnion(library.concerned(by: element)) }
        for index in concerned.sorted() {
            let form = library.forms[index]
            guard form.definition.kind == change.kind, let state = states[form.instance],
                let horizon = state.horizon(of: change.id)
            else { continue }
            let before = change.before.map { form.stretches(of: $0, from: origin, until: horizon) } ?? []
            let after = change.after.map { form.stretches(of: $0, from: origin, until: horizon) } ?? []
            effect.add(form, change.id, before: before, after: after)
        }
    }

    /// How far each form is computed, as of this transaction; brings the library up to date with it.
    func states(in transaction: any Transaction) throws -> [String: FormState] {
        let generation = try FormStateStore.generation(in: transaction)
        if let states = known.withLock({ $0.generation == generation ? $0.states : nil }) { return states }
        let states = Dictionary(
            try FormStateStore.all(in: transaction).map { ($0.form, $0) }
        ) { first, _ in first }
        // What was approved and cannot be any more, after the dictionary changed, is left out.
        let approved = try FormDefinitionStore.all(in: transaction).compactMap {
            try? CompiledForm.compile($0, dictionary)
        }
        let library = FormLibrary(shipped.forms + approved)
        let feeds = try FeedStore.forms(in: transaction)
        known.withLock { $0 = Known(generation: generation, states: states, library: library, feeds: feeds) }
        return states
    }
}

/// The difference that writes make to the tables of the forms.
struct FormEffect: Sendable {
    struct RowKey: Hashable, Sendable {
        var form: String
        var subject: SubjectID
    }

    struct Row: Hashable, Sendable {
        var from: Day
        /// The first day on which it is not listed any more.
        var until: Day?
        var area: String
    }

    let today: Day
    private(set) var steps: [String: [FormStep: Int]] = [:]
    private(set) var rows: [RowKey: [Row]] = [:]
    private(set) var freshRows: Set<RowKey> = []

    mutating func add(
        _ form: CompiledForm, _ subject: SubjectID, before: [CompiledForm.Stretch], after: [CompiledForm.Stretch],
        isFirst: Bool = false
    ) {
        guard before != after else { return }
        CompiledForm.steps(before, times: -1, into: &steps[form.instance, default: [:]])
        CompiledForm.steps(after, into: &steps[form.instance, default: [:]])
        guard form.definition.isList else { return }
        let (old, new) = (Self.rows(before), Self.rows(after))
        guard old != new else { return }
        let key = RowKey(form: form.instance, subject: subject)
        // What has no rows yet needs none deleted.
        if rows[key] == nil, old.isEmpty || isFirst { freshRows.insert(key) }
        rows[key] = new
    }

    static func rows(_ stretches: [CompiledForm.Stretch]) -> [Row] {
        var rows: [Row] = []
        for stretch in stretches {
            let area = stretch.counts ? stretch.area : nil
            if let last = rows.last, last.until == nil {
                if last.area == area { continue }
                rows[rows.count - 1].until = stretch.from
            }
            if let area { rows.append(Row(from: stretch.from, until: nil, area: area)) }
        }
        return rows
    }
}
