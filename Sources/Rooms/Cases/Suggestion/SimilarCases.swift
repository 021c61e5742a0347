import Desk
import Ground
import Storage
import Synchronization
import Text

/// The texts of the last months' matters in memory, so that whoever takes one in sees at once what may be the same one.
/// It follows the database every two seconds, so it also knows what other servers took in.
final class SimilarCases: Sendable {
    private struct Known: ~Copyable {
        var texts = SimilarTexts()
        /// The matter of each number in `texts`.
        var cases: [CaseID] = []
        /// Those so new that they are read twice: two servers' clocks differ a little.
        var recent: [CaseID: UInt64] = [:]
        var readUntil: Instant?
    }

    /// Older matters are another occurrence, not the same one.
    static let reach = Span.days(90)
    private static let overlap = Span.seconds(10)
    private static let page = 2_000

    private let house: House
    private let known = Mutex(Known())

    init(house: House) { self.house = house }

    /// Reads what came in since the last time; at first, what came in within the reach.
    func refresh() async throws {
        let now = house.clock.now()
        let from = known.withLock { $0.readUntil.map { $0 - Self.overlap } } ?? now - Self.reach
        var after: CaseID = IdentifierSource.lowest(at: from)
        while true {
            let start = after
            let rows = try await house.database.query(
                """
                SELECT id, CASE WHEN channel = 'imported' AND ended_at IS NOT NULL THEN NULL
                                ELSE title || ' ' || detail END
                FROM cases WHERE id > \(start) ORDER BY id LIMIT \(Self.page)
                """)
            guard let last = rows.last else { break }
            after = try last.identifier(0)
            // What another system had ended when it came in is history, and may be a million.
            let texts = try rows.compactMap { row -> (CaseID, String)? in
                try row.textIfAny(1).map { (try row.identifier(0), $0) }
            }
            known.withLock { known in
                for (id, text) in texts where known.recent[id] == nil {
                    let number = UInt64(known.cases.count)
                    known.cases.append(id)
                    known.recent[id] = number
                    known.texts.add(id: number, text: text)
                }
            }
            if rows.count < Self.page { break }
        }
        known.withLock { known in
            known.readUntil = now
            let oldest: CaseID = IdentifierSource.lowest(at: now - Self.overlap - Self.overlap)
            known.recent = known.recent.filter { $0.key > oldest }
        }
    }

    /// The matters with the most similar texts, best first.
    /// - Parameter similarity: the part of neighbouring pairs of characters that both share, 0...1.
    func nearest(to text: String, atLeast similarity: Double, limit: Int) -> [(id: CaseID, similarity: Double)] {
        known.withLock { known in
            known.texts.nearest(to: text, atLeast: similarity, limit: limit).map {
                (known.cases[Int($0.id)], $0.similarity)
            }
        }
    }
}

/// A matter that may be the same as another, and why.
struct SimilarMatter: Sendable {
    var record: CaseRecord
    /// How alike the texts are; nil when only place and category are the same.
    var similarity: Double?
    var isNearby: Bool
    var isSameCategory: Bool
}

extension Cases {
    private static let likeness = 0.5
    private static let mostShown = 5
    /// Of all streets; those of the scope are among them.
    private static let mostRead = 60

    /// What may be the same matter: by its text, else by place and category among what is open. As far as the scope sees.
    func similar(to record: CaseRecord, for scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> [SimilarMatter]
    {
        guard record.endedAt == nil else { return [] }
        var found: [SimilarMatter] = []
        let text = record.title + " " + record.detail
        for (id, similarity) in similar.nearest(to: text, atLeast: Self.likeness, limit: Self.mostRead)
        where id != record.id {
            // What is joined already goes on in another, which is found itself.
            guard let other = try CaseStore.find(id, for: scope, in: transaction), other.kind == Workflow.matter,
                other.joinedTo == nil,
                other.area.street == nil || record.area.street == nil || other.area.street == record.area.street
            else { continue }
            found.append(matter(other, like: record, similarity))
            if found.count == Self.mostShown { return found }
        }
        guard let category = record.category, let community = record.area.community.flatMap({ AreaPrefix($0) }) else {
            return found
        }
        var filter = CaseFilter()
        filter.area = community
        filter.category = category
        filter.states = rules.workflow.states.filter { !$0.isEnd }.map(\.name)
        let since = now - .days(30)
        for other in try CaseStore.page(filter, for: scope, limit: 20, in: transaction) {
            guard found.count < Self.mostShown, other.receivedAt >= since else { break }
            guard other.id != record.id, !found.contains(where: { $0.record.id == other.id }) else { continue }
            found.append(matter(other, like: record, nil))
        }
        return found
    }

    private func matter(_ other: CaseRecord, like record: CaseRecord, _ similarity: Double?) -> SimilarMatter {
        SimilarMatter(
            record: other, similarity: similarity,
            isNearby: record.area.community != nil && other.area.community == record.area.community,
            isSameCategory: record.category != nil && other.category == record.category)
    }
}
