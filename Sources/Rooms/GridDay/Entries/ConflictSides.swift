import Cases
import Desk
import Ground
import Identity
import Storage

/// An entry that could not be done, beside what stands now; as far as its writer may see it.
struct ConflictSides: Sendable {
    struct Change: Sendable {
        var at: Instant
        var who: String
        var title: LocalizedText
    }

    var record: EntryRecord
    var entry: DayEntry
    var reason: Refusal
    /// nil when it is no longer for this viewer.
    var matter: CaseRecord?
    var stateTitle: LocalizedText?
    var actTitle: LocalizedText?
    var changes: [Change] = []
    /// Whether the act is possible on what stands.
    var canApply = true
    var isPlaceWrong: Bool { record.code == "day.place-outside" || record.code == "day.no-place" }

    private static let pageLength = 20

    static func page(_ day: GridDay, _ scope: Scope, after: String?) async throws -> (
        items: [ConflictSides], next: String?
    ) {
        let now = day.house.clock.now()
        return try await day.house.database.read { transaction in
            let records = try EntryStore.page(
                .kept, of: scope.staff, after: after, limit: pageLength + 1, in: transaction)
            let sides = try records.prefix(pageLength).compactMap {
                try Self.read(day, $0, scope, at: now, in: transaction)
            }
            return (sides, records.count > pageLength ? records[pageLength - 1].id.text : nil)
        }
    }

    static func read(
        _ day: GridDay, _ record: EntryRecord, _ scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> ConflictSides? {
        guard let entry = try EntryWork(day: day).opened(record) else { return nil }
        var sides = ConflictSides(
            record: record, entry: entry, reason: EntryWork.told(code: record.code ?? "day.kept"))
        if entry.kind == .act { sides.canApply = false }
        var matterID = entry.matter
        if matterID == nil, let follows = record.follows {
            matterID = try EntryStore.find(key: follows, of: scope.staff, in: transaction)?.resultCase
        }
        guard let id = matterID, let matter = try day.cases.matter(id, for: scope, in: transaction) else {
            return sides
        }
        let workflow = day.cases.rules.workflow(of: matter)
        sides.matter = matter
        sides.stateTitle = workflow[matter.state]?.title
        if let act = entry.act.flatMap({ workflow[ActName(rawValue: $0)] }) {
            sides.actTitle = act.title
            sides.canApply = day.cases.rules.refusal(of: act, on: matter, by: .staff(scope), at: now) == nil
        }
        let changes = try day.cases.changes(of: id, since: record.seenVersion ?? 0, in: transaction)
        let names = try day.identity.directory.staffNames(changes.compactMap(\.staff), in: transaction)
        sides.changes = changes.suffix(20).map { change in
            Change(
                at: change.at, who: change.staff.flatMap { names[$0] } ?? "",
                title: workflow[change.act]?.title ?? LocalizedText(change.act.rawValue, change.act.rawValue))
        }
        return sides
    }
}

/// What the writer changed before deciding; nil leaves it as it was.
struct EntryChanges: Sendable {
    var detail: String?
    var result: String?
    var opinion: String?
    /// Empty for none.
    var category: String?
    var area: String?
    var withoutPlace = false

    func applied(to entry: DayEntry) -> DayEntry {
        var entry = entry
        if let detail { entry.detail = detail }
        if let result { entry.result = result }
        if let opinion { entry.opinion = opinion }
        if let category { entry.category = category.isEmpty ? nil : category }
        if let area { entry.area = area.isEmpty ? nil : area }
        if withoutPlace { entry.location = nil }
        return entry
    }
}
