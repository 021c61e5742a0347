public import Desk
public import Ground
import Ledger
public import Storage

/// What staff bring to begin a matter that no resident reports: a whistle, an invitation.
public struct Beginning: Sendable {
    public var kind: String
    public var variant: String?
    public var title: String
    public var detail: String
    /// nil for the area of the post.
    public var area: AreaPrefix?
    public var address: String?
    public var body: BodyID?
    /// What carries it, when it goes down.
    public var ground: String?

    public init(
        kind: String, variant: String? = nil, title: String, detail: String, area: AreaPrefix? = nil,
        address: String? = nil, body: BodyID? = nil, ground: String? = nil
    ) {
        self.kind = kind
        self.variant = variant
        self.title = title
        self.detail = detail
        self.area = area
        self.address = address
        self.body = body
        self.ground = ground
    }
}

extension Cases {
    /// Begins a matter of a kind that staff may begin: as its workflow says, by whom and with what.
    public func begin(_ beginning: Beginning, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> CaseRecord
    {
        guard let workflow = rules.workflow(named: beginning.kind), let begin = workflow.begin else {
            throw Refusal(
                .malformed, "cases.unknown-kind",
                LocalizedText("没有可以这样发起的事项“\(beginning.kind)”", "No matter “\(beginning.kind)” can be begun"),
                field: "kind")
        }
        try scope.require(begin.right)
        let area = beginning.area ?? scope.area
        guard scope.line == nil, scope.area.contains(area) else {
            throw Refusal(
                .forbidden, "cases.outside-area",
                LocalizedText("只能在本岗位的辖区内发起", "Only within the area of your post"), field: "area")
        }
        try check(beginning, workflow, begin)
        try requireGround(for: beginning, by: scope, at: now, in: transaction)
        return try self.begin(beginning, workflow, in: area, by: scope, at: now, transaction)
    }

    /// Begins a matter that no person begins: what was not done in time becomes somebody's task.
    public func beginByPlatform(
        _ beginning: Beginning, in area: AreaPrefix, at now: Instant, in transaction: any Transaction
    )
        throws -> CaseRecord
    {
        guard let workflow = rules.workflow(named: beginning.kind) else { throw Refusal.nothingHere }
        return try begin(beginning, workflow, in: area, by: nil, at: now, transaction)
    }

    private func begin(
        _ beginning: Beginning, _ workflow: Workflow, in area: AreaPrefix, by scope: Scope?, at now: Instant,
        _ transaction: any Transaction
    ) throws -> CaseRecord {
        let actor = scope.map { Actor($0) } ?? .system
        let answerable = try reception.answerable(for: area, scope: scope, in: transaction)
        var record = CaseRecord(
            id: house.identifiers.next(at: now), number: numbers.next(at: now), title: beginning.title.trimmed,
            detail: beginning.detail.trimmed, area: area, channel: .staff, state: workflow.first, reportedAt: now,
            receivedAt: now, stateSince: now, answerable: answerable.staff, answerablePost: answerable.post)
        record.kind = workflow.name
        record.variant = beginning.variant
        record.address = beginning.address?.trimmed
        record.reportingStaff = scope?.staff
        if workflow.begin?.needs.contains(.body) == true, let body = beginning.body {
            try checkBody(body, for: record, in: transaction)
            record.body = body
        }
        rules.begin(&record, at: now)
        try keepers[record.kind]?.begins(&record, of: nil, by: actor, at: now, in: transaction)
        try CaseStore.insert(&record, numbers: numbers, in: transaction)
        try CaseStore.insert(
            CaseStep(
                caseID: record.id, version: record.version, act: CaseStep.begun, from: nil, to: record.state, at: now,
                performer: actor.kind, staff: scope?.staff, post: scope?.post, staffBody: scope?.body,
                givenTo: record.body, due: record.due), in: transaction)
        try CaseLedger.recordBegun(
            record, ground: beginning.ground, by: actor, house: house, at: now, in: transaction)
        try CaseNotices(cases: self).opened(record, at: now, in: transaction)
        return record
    }

    private func check(_ beginning: Beginning, _ workflow: Workflow, _ begin: Workflow.Begin) throws(Refusal) {
        guard !beginning.title.trimmed.isEmpty, beginning.title.utf16.count <= Report.longestTitle else {
            throw .missing(
                "title",
                LocalizedText(
                    "请填写事由（不超过 \(Report.longestTitle) 字）",
                    "Write what it is about, at most \(Report.longestTitle) characters"))
        }
        guard !beginning.detail.trimmed.isEmpty, beginning.detail.utf16.count <= Report.longestDetail else {
            throw .missing("detail", LocalizedText("请写明需要对方做什么", "Write what is asked of them"))
        }
        if begin.needs.contains(.variant) {
            guard let code = beginning.variant, workflow.variants.contains(where: { $0.code == code }) else {
                throw .missing("variant", LocalizedText("请选择类型", "Choose which kind"))
            }
        }
        if begin.needs.contains(.body), beginning.body == nil {
            throw .missing("body", LocalizedText("请选择单位", "Choose the body"))
        }
    }
}

extension CaseStep {
    /// The first step of what staff began by themselves.
    static let begun: ActName = "begin"
}

extension CaseLedger {
    static func recordBegun(
        _ record: CaseRecord, ground: String?, by actor: Actor, house: House, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let entry = LedgerEntry(
            "cases.begin", on: "case", record.id, by: actor, at: now, id: house.identifiers.next(at: now),
            area: record.area.code
        ) { writer in
            writer.member("number", record.number)
            writer.member("kind", record.kind)
            writer.member("variant", record.variant)
            writer.member("to", record.state.rawValue)
            writer.member("body", record.body?.text)
            if let ground { writer.member("ground", ground) }
            writer.member("dueAt", record.due?.at)
            writer.member("text", contentHash(record))
            writer.member("answerable", record.answerable.text)
        }
        try Ledger.record(entry, in: transaction)
    }
}
