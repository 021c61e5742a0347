public import Desk
public import Ground
public import Registry
public import Storage

/// An element that some forms show or count of a subject, and which forms they are.
public struct WantedElement: Sendable, Hashable {
    public var element: String
    public var forms: Set<String>

    public init(element: String, forms: Set<String>) {
        self.element = element
        self.forms = forms
    }
}

/// What all forms of an installation want to know of one subject after another, as they stand now.
public struct FormWants: Sendable {
    private let library: FormLibrary
    private let registry: Registry
    private let day: Day
    /// By key, in both languages.
    public let names: [String: LocalizedText]

    init(library: FormLibrary, registry: Registry, day: Day) {
        self.library = library
        self.registry = registry
        self.day = day
        names = Dictionary(library.forms.map { ($0.definition.key, $0.definition.name) }) { first, _ in first }
    }

    /// The elements that forms want of this subject or of the household and dwelling that it belongs to; sorted by key.
    ///
    /// A form wants what it shows and counts of those in it. Whether somebody is in it may depend on what is not known or
    /// was seen too long ago: then the form wants that first, except that nobody is asked something sensitive only to find
    /// out whether a list concerns them (个人信息保护法, art. 28: sensitive things only where they are needed).
    public func wanted(of record: SubjectRecord) -> [WantedElement] {
        let age = record.value(CoreElement.birthDay, at: day).flatMap { Day($0) }
            .map { CompiledForm.age(of: $0, at: day) }
        var forms: [String: Set<String>] = [:]
        for form in library.forms where form.definition.kind == record.kind {
            guard record.value(form.placeElement, at: day) != nil else { continue }
            for element in wanted(by: form, of: record, age: age) {
                forms[element, default: []].insert(form.definition.key)
            }
        }
        return forms.sorted { $0.key < $1.key }.map { WantedElement(element: $0.key, forms: $0.value) }
    }

    private func wanted(by form: CompiledForm, of record: SubjectRecord, age: Int?) -> Set<String> {
        let values = form.slots.map { record.value($0, at: day) }
        let isCertain = form.slots.map { canRely(on: $0, of: record) }
        let certainty = form.filter.certainty(values, isCertain, age: age)
        guard certainty != .fails else { return [] }
        var wanted: Set<String> = []
        if certainty == .open {
            for slot in form.filter.openSlots(values, isCertain, age: age) {
                let key = form.slots[slot]
                let isKnown = record.statement(key, at: day) != nil
                if isKnown || registry.dictionary[key].map({ $0.sensitivity < .sensitive }) ?? false {
                    wanted.insert(key)
                }
            }
        }
        if form.filter.holds(values, age: age) {
            wanted.formUnion(form.slots)
            wanted.formUnion(form.definition.columns)
            wanted.subtract(CompiledForm.ownColumns)
        }
        return wanted
    }

    /// What is never asked is as it stands; the rest can be relied on while it is fresh.
    private func canRely(on key: String, of record: SubjectRecord) -> Bool {
        guard let element = registry.dictionary[key], element.isAsked, !element.isOff else { return true }
        return record.statement(key, at: day).map { !registry.isStale($0, element, at: day) } ?? false
    }
}

extension Forms {
    /// The forms as of this transaction, ready to be asked of many subjects.
    public func wants(at day: Day, in transaction: any Transaction) throws -> FormWants {
        _ = try engine.states(in: transaction)
        return FormWants(library: engine.library, registry: registry, day: day)
    }

    /// Whom a form lists today in an area, for a viewer who sees the area; none when there is no such form, or it is not
    /// computed yet.
    public func listed(
        by key: String, in area: AreaPrefix, at day: Day, limit: Int, for scope: Scope, in transaction: any Transaction
    ) throws -> [SubjectID] {
        guard let form = engine.library[key], form.definition.isList,
            try engine.states(in: transaction)[form.instance]?.horizon != nil
        else { return [] }
        return try FormReadingStore.rows(
            form, in: area, at: day, after: nil, limit: limit, for: scope, in: transaction
        ).map(\.subject)
    }
}
