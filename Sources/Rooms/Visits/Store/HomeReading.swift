import Desk
import Forms
import Ground
import Registry
import Storage

/// Everything that is to be asked in a grid, home by home, as it stands now. Nothing of it is stored: a fact that came in a
/// moment ago, by whatever way, is not asked.
struct HomeReading {
    let visits: Visits
    let scope: Scope
    let now: Instant
    let transaction: any Transaction

    private var registry: Registry { visits.registry }
    private var day: Day { now.local().day }

    /// What is in one grid, at most: a base grid has some 400 homes.
    private static let mostSubjects = 20_000

    /// - Parameter area: a grid, or a community that has none.
    func homes(in area: AreaPrefix) throws -> [HomeVisit] {
        let dwellings = try all(.dwelling, in: area)
        let households = try all(.household, in: area)
        let people = try all(.person, in: area)
        let declined = try VisitStore.declined(in: area, after: day, for: scope, in: transaction)
        let calls = try VisitStore.calls(in: area, for: scope, in: transaction)
        return try put(dwellings, households, people, declined: declined, calls: calls)
    }

    /// One home, asked for by its household, or by the dwelling where nobody is registered.
    func home(_ id: SubjectID) throws -> HomeVisit {
        let card = try registry.card(id, for: scope, at: day, in: transaction)
        let declined = try VisitStore.declined(in: card.subject.area, after: day, for: scope, in: transaction)
        let calls = try VisitStore.calls(in: card.subject.area, for: scope, in: transaction)
        let isHousehold = card.subject.kind == .household
        guard isHousehold || card.subject.kind == .dwelling else { throw Refusal.nothingHere }
        let homes = try put(
            card.home.map { [$0] } ?? [], isHousehold ? [card.subject] : [], isHousehold ? card.below : [],
            declined: declined, calls: calls, isAlone: isHousehold)
        return homes.first { $0.id == id }
            ?? HomeVisit(home: card.subject, dwelling: card.home, members: [], questions: [], nobodyAt: nil)
    }

    private func all(_ kind: SubjectKind, in area: AreaPrefix) throws -> [StoredSubject] {
        var all: [StoredSubject] = []
        while all.count < Self.mostSubjects {
            let page = try registry.page(
                of: kind, in: area, for: scope, after: all.last, limit: 2_000, in: transaction)
            all += page
            if page.count < 2_000 { break }
        }
        return all
    }

    private func put(
        _ dwellings: [StoredSubject], _ households: [StoredSubject], _ people: [StoredSubject],
        declined: Set<AskedElement>, calls: [SubjectID: VisitStore.Call], isAlone: Bool = false
    ) throws -> [HomeVisit] {
        let asking = Asking(
            registry: registry, wants: try visits.forms.wants(at: day, in: transaction), day: day, declined: declined)
        let membersOf = Dictionary(grouping: people.filter { isHere($0.record) }) { reference("household", $0) }
        let householdsOf = Dictionary(grouping: households) { reference(CoreElement.dwelling, $0) }
        var homes: [HomeVisit] = []
        for dwelling in dwellings {
            // Where several households share a dwelling, the first is asked about it.
            var wantedOfDwelling = true
            for household in (householdsOf[dwelling.id] ?? []).sorted(by: { $0.id < $1.id }) {
                homes.append(
                    asking.visit(
                        household, in: dwelling, membersOf[household.id] ?? [], withDwelling: wantedOfDwelling))
                wantedOfDwelling = false
            }
            if wantedOfDwelling, !isAlone { homes.append(asking.visit(dwelling, in: dwelling, [], withDwelling: true)) }
        }
        for index in homes.indices {
            if let call = calls[homes[index].id], call.nobodyThere { homes[index].nobodyAt = call.seenAt }
        }
        return homes
    }

    private func reference(_ element: String, _ subject: StoredSubject) -> SubjectID? {
        subject.record.value(element, at: day).flatMap { SubjectID(parsing: $0) }
    }

    /// Who has died is asked nothing.
    private func isHere(_ record: SubjectRecord) -> Bool {
        record.value(DerivedElement.livesIn, at: day) != nil
    }
}

/// An element of one subject.
struct AskedElement: Sendable, Hashable {
    var subject: SubjectID
    var element: String
}

/// Turns what forms want into questions.
private struct Asking {
    let registry: Registry
    let wants: FormWants
    let day: Day
    let declined: Set<AskedElement>

    func visit(_ home: StoredSubject, in dwelling: StoredSubject, _ members: [StoredSubject], withDwelling: Bool)
        -> HomeVisit
    {
        // A form of people may show something of their home, so what it wants is put together before it is asked.
        let ofHome = withDwelling ? [dwelling, home] : [home]
        var subjects: [SubjectKind: StoredSubject] = [.household: home]
        if withDwelling { subjects[.dwelling] = dwelling }
        if home.kind == .dwelling { subjects[.household] = nil }
        var forms: [AskedElement: Set<String>] = [:]
        for subject in Set(ofHome).union(members) {
            for wanted in wants.wanted(of: subject.record) {
                guard let kind = registry.dictionary[wanted.element]?.kind,
                    let about = kind == subject.kind ? subject : subjects[kind]
                else { continue }
                forms[AskedElement(subject: about.id, element: wanted.element), default: []].formUnion(wanted.forms)
            }
        }
        var records: [SubjectID: SubjectRecord] = [:]
        for one in ofHome + members { records[one.id] = one.record }
        let questions = forms.compactMap { asked, forms in
            records[asked.subject].flatMap { question(asked, forms, of: $0) }
        }.sorted(by: Question.comesBefore)
        return HomeVisit(home: home, dwelling: dwelling, members: members, questions: questions, nobodyAt: nil)
    }

    private func question(_ asked: AskedElement, _ forms: Set<String>, of record: SubjectRecord) -> Question? {
        guard let element = registry.dictionary[asked.element], element.isAsked, !element.isOff,
            !declined.contains(asked), !element.type.isReference
        else { return nil }
        guard let held = record.statement(element.key, at: day) else {
            return Question(
                subject: asked.subject, element: element, reason: .missing, held: nil, forms: forms)
        }
        guard registry.isStale(held, element, at: day) else { return nil }
        return Question(
            subject: asked.subject, element: element, reason: .stale(seen: held.seenAt), held: held.value, forms: forms)
    }
}

extension ValueType {
    /// Who lives where is written on the card of a household, not asked as a number.
    fileprivate var isReference: Bool {
        if case .reference = self { return true }
        return false
    }
}
