public import Desk
public import Ground
public import Storage

/// What may be said of a matter to anybody: no reporter, and no words that somebody wrote unless they were asked for.
public struct PublicMatter: Sendable {
    public var id: CaseID
    public var number: String
    public var category: String
    public var area: AreaPrefix
    public var channel: Channel
    public var state: StateName
    public var receivedAt: Instant
    /// When it came into its present state.
    public var changedAt: Instant
    public var dueAt: Instant?
    public var endedAt: Instant?
    public var body: BodyID?
    public var location: Location?
    /// nil unless asked for.
    public var words: Words?

    /// What people wrote; it may name somebody.
    public struct Words: Sendable {
        public var title: String
        public var detail: String
        public var address: String?
        public var result: String?
    }
}

/// Which matters a protocol for the public asks for; those without a category are never among them.
public struct PublicQuestion: Sendable {
    public var from: Instant
    /// This instant included.
    public var to: Instant
    public var area: AreaPrefix
    /// Leaves of the category tree; empty for all.
    public var categories: [String] = []
    public var channels: [Channel]
    public var isOpen: Bool?
    public var offset = 0
    public var limit: Int
    public var withWords = false

    public init(from: Instant, to: Instant, area: AreaPrefix, channels: [Channel], limit: Int) {
        self.from = from
        self.to = to
        self.area = area
        self.channels = channels
        self.limit = limit
    }
}

extension Cases {
    /// One page of the matters that a question for the public finds, newest first.
    public func publicMatters(_ question: PublicQuestion, in transaction: any Transaction) throws -> [PublicMatter] {
        try transaction.query(Self.publicQuery(question, states: rules.workflow.states.map(\.name)))
            .map { try Self.publicMatter($0, withWords: question.withWords) }
    }

    /// The matters of these numbers or ids; those without a category are left out.
    public func publicMatters(
        numbered numbers: [String], withWords: Bool, in transaction: any Transaction
    ) throws -> [PublicMatter] {
        guard !numbers.isEmpty else { return [] }
        return try transaction.query(
            """
            \(Self.publicColumns(withWords: withWords)) FROM cases
            WHERE number_reversed IN (\(list: numbers.map { String($0.reversed()) })) AND category IS NOT NULL
                AND kind = \(Workflow.matter)
            ORDER BY id DESC LIMIT \(numbers.count)
            """
        ).map { try Self.publicMatter($0, withWords: withWords) }
    }

    /// The numbers that people call these matters by.
    public func numbers(of ids: [CaseID], in transaction: any Transaction) throws -> [CaseID: String] {
        try CaseStore.numbers(of: ids, in: transaction)
    }

    /// The present state of a matter, and whether it has ended.
    public func standing(of id: CaseID, in transaction: any Transaction) throws -> (state: StateName, isEnded: Bool)? {
        try CaseStore.find(id, in: transaction).map { ($0.state, $0.endedAt != nil) }
    }

    /// The indexes are by state and by category, so each of those gives its newest and the newest of these are the page.
    package static func publicQuery(_ question: PublicQuestion, states: [StateName]) -> SQL {
        var conditions: [SQL] = [
            "id >= \(IdentifierSource.lowest(at: question.from) as CaseID)",
            "id < \(IdentifierSource.lowest(at: question.to + Span(milliseconds: 1)) as CaseID)",
            "channel IN (\(list: question.channels.map(\.rawValue)))",
            "category IS NOT NULL",
            "kind = \(Workflow.matter)",
        ]
        if let isOpen = question.isOpen { conditions.append(isOpen ? "ended_at IS NULL" : "ended_at IS NOT NULL") }
        switch question.area.level {
        case .street: conditions.append("street = \(question.area.code)")
        case .community: conditions.append("community = \(question.area.code)")
        case .country, .province, .prefecture, .county, .grid:
            conditions.append(question.area.condition(on: "area"))
        }
        let common = SQL.all(conditions)
        let most = question.offset + question.limit
        let pieces =
            question.categories.isEmpty
            ? states.map { "state = \($0.rawValue)" as SQL } : question.categories.map { "category = \($0)" as SQL }
        let newest = pieces.map { piece -> SQL in
            "SELECT id FROM (SELECT id FROM cases WHERE \(common) AND \(piece) ORDER BY id DESC LIMIT \(most)) AS newest"
        }
        let all = newest.dropFirst().reduce(newest.first ?? "SELECT id FROM cases WHERE FALSE") {
            "\($0) UNION ALL \($1)"
        }
        return """
            \(publicColumns(withWords: question.withWords)) FROM cases WHERE id IN (\(all))
            ORDER BY id DESC LIMIT \(question.limit) OFFSET \(question.offset)
            """
    }

    private static func publicColumns(withWords: Bool) -> SQL {
        let plain: SQL = """
            SELECT id, number, category, area, channel, state, received_at, state_since, final_due_at, ended_at, body,
                longitude, latitude
            """
        return withWords ? plain + ", title, detail, address, result" : plain
    }

    private static func publicMatter(_ row: Row, withWords: Bool) throws -> PublicMatter {
        var matter = PublicMatter(
            id: try row.identifier(0), number: try row.text(1), category: try row.text(2),
            area: AreaPrefix(try row.text(3)) ?? .everywhere, channel: Channel(rawValue: try row.text(4)) ?? .imported,
            state: StateName(rawValue: try row.text(5)), receivedAt: try row.instant(6), changedAt: try row.instant(7),
            dueAt: try row.instantIfAny(8), endedAt: try row.instantIfAny(9), body: try row.identifierIfAny(10))
        if let longitude = try row.doubleIfAny(11), let latitude = try row.doubleIfAny(12) {
            matter.location = Location(longitude: longitude, latitude: latitude)
        }
        if withWords {
            matter.words = PublicMatter.Words(
                title: try row.text(13), detail: try row.text(14), address: try row.textIfAny(15),
                result: try row.textIfAny(16))
        }
        return matter
    }
}
