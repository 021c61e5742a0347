import Desk
import Ground
import Registry
import Storage

/// What a subscriber is told of one subject.
struct FeedItem: Sendable {
    var subject: SubjectID
    var area: String
    /// nil: it is not in the list any more.
    var listed: ListedSubject?
}

extension Forms {
    static let feedPage = 200
    /// A feed that nobody reads for so long is given up.
    static let feedKept = Span.days(90)

    /// Begins to keep the changes of a list, or goes on with it.
    /// - Returns: the mark from which on changes are told; whoever takes the whole list after this misses nothing.
    func subscribe(to form: CompiledForm, at now: Instant, in transaction: any Transaction) throws -> FeedMark {
        guard form.definition.isList else {
            throw Refusal(
                .ruleBroken, "forms.feed-no-list",
                LocalizedText("此表没有名单，统计数请直接读取", "This form lists nobody; read its figures as they are"))
        }
        let held = try FeedStore.numbers(of: form.definition.key, in: transaction)
        try FeedStore.begin(form.definition.key, at: now, in: transaction)
        if held == nil { try FormStateStore.bump(in: transaction) }
        return FeedMark(number: held?.last ?? now.milliseconds, day: now.local().day)
    }

    /// What changed since a mark, within the viewer's area, and the mark for the next time.
    func changes(
        of form: CompiledForm, since mark: FeedMark, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> (items: [FeedItem], next: FeedMark, isAll: Bool) {
        let key = form.definition.key
        guard let numbers = try FeedStore.numbers(of: key, in: transaction), numbers.begun <= mark.number,
            mark.number <= numbers.last
        else {
            throw Refusal(
                .conflict, "forms.feed-ended",
                LocalizedText("此标记之后的变化没有保留", "Changes since this mark were not kept"),
                wayOn: LocalizedText("请重新订阅，并重取一次完整名单", "Subscribe again, and take the whole list once"), field: "since"
            )
        }
        let today = now.local().day
        var next = mark
        var wanted: [SubjectID: String?] = [:]
        let changes = try FeedStore.changes(
            of: key, after: mark.number, limit: Self.feedPage + 1, in: transaction)
        for change in changes.prefix(Self.feedPage) {
            next.number = change.number
            for id in try expanded(change.subject, form, at: today, for: scope, in: transaction) {
                // Of those in a home that changed, who is not listed is nobody's to hear of.
                if id == change.subject || wanted[id] == nil {
                    wanted.updateValue(id == change.subject ? change.area : nil, forKey: id)
                }
            }
        }
        var isAll = changes.count <= Self.feedPage
        if isAll {
            next.number = max(numbers.last, next.number)
            let turns = try FeedStore.turns(
                of: form.instance, after: mark, until: today, limit: Self.feedPage + 1, in: transaction)
            for turn in turns.prefix(Self.feedPage) {
                (next.day, next.subject) = (turn.day, turn.subject.text)
                if wanted[turn.subject] == nil { wanted.updateValue(turn.area, forKey: turn.subject) }
            }
            isAll = turns.count <= Self.feedPage
            if isAll { (next.day, next.subject) = (max(mark.day, today), FeedMark.endOfDay) }
        }
        return (try items(wanted, form, at: today, for: scope, in: transaction), next, isAll)
    }

    /// A change of a home is a change of everybody in it.
    private func expanded(
        _ id: SubjectID, _ form: CompiledForm, at day: Day, for scope: Scope, in transaction: any Transaction
    ) throws -> [SubjectID] {
        guard let subject = try registry.listed([id], in: transaction)[id], subject.kind != form.definition.kind else {
            return [id]
        }
        do {
            let below = try registry.card(id, for: scope, at: day, in: transaction).below
            if below.first?.kind == form.definition.kind { return below.map(\.id) }
            return try below.flatMap { try expanded($0.id, form, at: day, for: scope, in: transaction) }
        } catch let refusal as Refusal where refusal.kind == .notFound {
            return []
        }
    }

    private func items(
        _ wanted: [SubjectID: String?], _ form: CompiledForm, at day: Day, for scope: Scope,
        in transaction: any Transaction
    ) throws -> [FeedItem] {
        let ids = wanted.keys.sorted()
        let areas = try FormReadingStore.areas(of: ids, in: form, at: day, in: transaction)
        let present = areas.filter { scope.area.contains(code: $0.value) }
        let subjects = try registry.listed(present.keys.sorted(), in: transaction)
        let homes = try registry.homes(of: Array(subjects.values), at: day, in: transaction)
        return ids.compactMap { id in
            if let area = present[id], let subject = subjects[id] {
                let home = homes[id] ?? Registry.Home()
                return FeedItem(
                    subject: id, area: area, listed: ListedSubject(subject: subject, home: home, area: area))
            }
            // Of what went somewhere else, only those hear in whose area it was.
            guard let before = wanted[id] ?? nil, scope.area.contains(code: before) else { return nil }
            return FeedItem(subject: id, area: before, listed: nil)
        }
    }
}
