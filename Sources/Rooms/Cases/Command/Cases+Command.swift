public import Desk
public import Ground
public import Storage

/// How an open matter stands to its deadline, seen from one instant.
public enum OpenPressure: String, Sendable, Hashable, CaseIterable {
    case overdue
    /// Due before midnight in Beijing.
    case today
    /// Due after today and before the end of Sunday.
    case week
    case later
    /// Open without a deadline.
    case undated
}

/// How many open matters there are of each pressure.
public struct OpenCount: Sendable, Hashable {
    private var totals: [OpenPressure: Int64] = [:]

    public init() {}

    public subscript(_ pressure: OpenPressure) -> Int64 {
        get { totals[pressure] ?? 0 }
        set { totals[pressure] = newValue == 0 ? nil : newValue }
    }

    public var total: Int64 { totals.values.reduce(0, +) }
}

/// What is open in one area, as the maintained counts say.
public struct OpenFigures: Sendable, Hashable {
    /// By kind: residents' matters, whistles, report-ins, parts …
    public var kinds: [String: OpenCount] = [:]
    /// Residents' matters by the area right below; what is placed no further down stands under the area itself.
    public var areas: [AreaPrefix: OpenCount] = [:]
    /// Residents' matters that a sensor raised, which are among those above, too.
    public var sensed = OpenCount()

    public init() {}
}

/// One page of open matters.
public struct OpenQuestion: Sendable, Hashable {
    public var area: AreaPrefix
    public var kind: String
    public var pressure: OpenPressure?
    public var isSensed = false
    /// Only what is placed in the area itself, no further down.
    public var isUnplaced = false
    public var after: Key?
    public var limit = 50

    public struct Key: Sendable, Hashable {
        public var due: Instant?
        public var id: CaseID

        public init(due: Instant?, id: CaseID) {
            self.due = due
            self.id = id
        }
    }

    public init(area: AreaPrefix, kind: String = "matter") {
        self.area = area
        self.kind = kind
    }
}

extension Cases {
    /// What is open in an area and below, as far as the scope reaches: maintained counts, never a count over all matters.
    /// - Parameter area: within the scope's own; a community or wider, since smaller ones are not counted apart.
    public func openFigures(
        in area: AreaPrefix, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> OpenFigures {
        guard scope.may(.caseRead), scope.area.contains(area), area.level <= .community else {
            throw Refusal.nothingHere
        }
        var figures = OpenFigures()
        for line in try OpenCountStore.lines(area, for: scope, at: now, in: transaction) where line.total != 0 {
            figures.kinds[line.kind, default: OpenCount()][line.pressure] += line.total
            if line.isSensed { figures.sensed[line.pressure] += line.total }
            guard line.kind == Workflow.matter else { continue }
            figures.areas[line.area.part(below: area), default: OpenCount()][line.pressure] += line.total
        }
        figures.kinds = figures.kinds.filter { $0.value.total != 0 }
        figures.areas = figures.areas.filter { $0.value.total != 0 }
        return figures
    }

    /// The matters behind a figure, most pressing first.
    public func openMatters(
        _ question: OpenQuestion, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> [CaseRecord] {
        guard scope.may(.caseRead), scope.area.contains(question.area) else { throw Refusal.nothingHere }
        func found(_ part: OpenQuestion) throws -> [CaseRecord] {
            try transaction.query(CaseStore.openQuery(part, for: scope, at: now)).map(CaseStore.opened)
        }
        guard question.pressure == nil else { return try found(question) }
        // All of them: those with a deadline first, then those without, each in the order of an index.
        let isPastDated = question.after.map { $0.due == nil } ?? false
        let dated = isPastDated ? [] : try found(question)
        guard dated.count < question.limit else { return dated }
        var rest = question
        rest.pressure = .undated
        rest.limit -= dated.count
        if !isPastDated { rest.after = nil }
        return dated + (try found(rest))
    }

    /// How many report-ins of each of these whistles there are, and how many departments have come.
    public func reportIns(of whistles: [CaseID], in transaction: any Transaction) throws
        -> [CaseID: (called: Int, present: Int)]
    {
        guard !whistles.isEmpty else { return [:] }
        let rows = try transaction.query(
            "SELECT parent, state FROM cases WHERE parent IN (\(list: whistles)) ORDER BY parent, id LIMIT 2000")
        var found: [CaseID: (called: Int, present: Int)] = [:]
        for row in rows {
            let parent: CaseID = try row.identifier(0)
            let state = StateName(rawValue: try row.text(1))
            guard let workflow = rules.workflow(with: state), state != "released" else { continue }
            var counted = found[parent] ?? (0, 0)
            counted.called += 1
            if state != workflow.first, state != "contested" { counted.present += 1 }
            found[parent] = counted
        }
        return found
    }

    /// Past days on which nothing is due any more.
    var openCountsJob: Job {
        Job("forget-empty-counts", every: .hours(1)) { [house] in
            let yesterday = house.clock.now().local().day - 1
            try await house.database.write { try OpenCountStore.forgetEmpty(before: yesterday, in: $0) }
        }
    }
}

extension AreaPrefix {
    /// The area right below another one in which this lies; the other one itself where this is no further down.
    fileprivate func part(below area: AreaPrefix) -> AreaPrefix {
        for length in [2, 4, 6, 9, 12, 15] where length > area.code.utf8.count && code.utf8.count >= length {
            return AreaPrefix(code.prefix(length)) ?? area
        }
        return area
    }
}
