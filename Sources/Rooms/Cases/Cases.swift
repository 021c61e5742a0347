import Cipher
public import Desk
public import Ground
public import Identity
import Ledger
import Messages
public import Storage
import WorkCalendar

/// Matters: from whoever reports one, through everyone who has a part in it, to a rating and an end.
public struct Cases: Room {
    let house: House
    public let rules: CaseRules
    public let proof: WorkflowProof
    let directory: Directory
    let bodies: any BodyLookup
    let areas: any AreaLookup
    let numbers: CaseNumberSource
    let reception: CaseReception
    let senderLimit: SenderLimit
    let similar: SimilarCases
    let suggester: Suggester
    let keepers = KindKeepers()
    let followers: [any MatterFollower]
    let repeatRules: RepeatRules
    let saturation: any SaturationLookup
    let workShare: WorkShare

    /// Reads the rules and proves the workflow closed.
    /// - Parameter saturation: who knows how full posts are, for fair assignment.
    /// - Throws: a refusal naming file, line, state and reason when a rule file is wrong.
    public init(
        house: House, identity: Identity, bodies: any BodyLookup, areas: any AreaLookup,
        numbers: CaseNumberSource = CaseNumberSource(), followers: [any MatterFollower] = [],
        saturation: any SaturationLookup = NoSaturation()
    ) throws(Refusal) {
        self.house = house
        directory = identity.directory
        senderLimit = identity.senderLimit
        self.bodies = bodies
        self.areas = areas
        self.numbers = numbers
        self.followers = followers
        self.saturation = saturation
        rules = try CaseRules(reading: house.rules)
        repeatRules = try RepeatRules.load(from: house.rules)
        workShare = try WorkShare.load(from: house.rules, rules)
        var rolesByRight: [Right: [String]] = [:]
        for role in identity.roles.all {
            for right in role.rights { rolesByRight[right, default: []].append(role.key) }
        }
        proof = try WorkflowProof(
            rules.workflow, file: try house.rules.file(CaseRules.workflowFile).name, rolesByRight: rolesByRight)
        for workflow in rules.workflows where workflow.name != Workflow.matter {
            _ = try WorkflowProof(
                workflow, file: try house.rules.file("\(CaseRules.folder)/\(workflow.name).yaml").name,
                rolesByRight: rolesByRight)
        }
        try PartsProof.check(rules.workflows)
        similar = SimilarCases(house: house)
        suggester = try Suggester(house: house, tree: rules.categories, areas: areas, bodies: bodies)
        reception = CaseReception(directory: directory, clock: house.clock)
    }

    public static let migrations =
        CaseSchema.migrations + ImportSchema.migrations + UndoStore.migrations
        + OutcomeStore.migrations + SuggestionSchema.migrations + RoutingRuleStore.migrations + RepeatStore.migrations
        + OpenCountStore.migrations + MatterPlaceStore.migrations + AppraisalStore.migrations
        + WorkShareStore.migrations

    public static let rights: [Right] = [
        .caseReport, .caseRead, .caseAccept, .caseDispatch, .caseExport, .caseImport, .caseRule, Right("case.return"),
        Right("case.handle"), Right("case.extend.request"), Right("case.extend.grant"), Right("case.hang"),
        Right("case.supervise"), Right("case.verify"), Right("case.followup"),
        Right("case.reopen"), .whistleRaise, .whistleApprove, .invitationSend, .programmeSet,
        Right("dispute.begin"), Right("dispute.mediate"), Right("dispute.mediate.street"),
        Right("dispute.mediate.county"),
    ]

    public var jobs: [Job] {
        [
            Job("case-limits", every: .seconds(15)) { _ = try await watchLimits() }, undoJob, repeatsJob,
            openCountsJob, placesJob,
            Job("similar-cases", every: .seconds(2)) { [similar] in try await similar.refresh() },
        ] + suggestionJobs
    }

    // MARK: Report

    /// Takes a report: one matter, with one answerable person, in one transaction.
    /// - Parameters:
    ///   - actor: who brings it in, as the ledger keeps it.
    ///   - scope: of the member of staff who brings it in; nil for residents.
    public func report(
        _ report: Report, by actor: Actor, scope: Scope?, at now: Instant, in transaction: any Transaction
    ) throws -> CaseRecord {
        let county = house.settings.area
        if let refusal = report.refusal(within: county, categories: rules.categories, at: now) { throw refusal }
        guard report.photos.count <= Photo.mostPerStep else {
            throw Refusal(
                .ruleBroken, "cases.too-many-photos",
                LocalizedText("一次最多 \(Photo.mostPerStep) 张照片", "At most \(Photo.mostPerStep) photos at once"),
                wayOn: LocalizedText("请选出最能说明情况的几张", "Choose those that tell most"), field: "photos")
        }
        let area = report.area ?? county
        let answerable = try reception.answerable(for: area, scope: scope, in: transaction)
        var record = CaseRecord(
            id: house.identifiers.next(at: now), number: numbers.next(at: now), title: report.effectiveTitle,
            detail: report.detail.trimmed, area: area, channel: report.channel, state: rules.workflow.first,
            reportedAt: report.reportedAt ?? now, receivedAt: now, stateSince: now, answerable: answerable.staff,
            answerablePost: answerable.post)
        record.category = report.category
        record.address = report.address.map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
        record.location = report.location
        record.reportingStaff = scope?.staff
        record.source = report.source
        record.sourceNumber = report.sourceNumber
        record.photoCount = report.photos.count
        record.reporter = sealed(report)
        rules.begin(&record, at: now)
        try CaseStore.insert(&record, numbers: numbers, in: transaction)
        try RepeatSums.move(from: nil, to: record, in: transaction)
        try CaseStore.insert(
            CaseStep(
                caseID: record.id, version: record.version, act: CaseStep.report, from: nil, to: record.state, at: now,
                performer: actor.kind, staff: scope?.staff, post: scope?.post, staffBody: scope?.body, due: record.due),
            in: transaction)
        try insert(report.photos, of: record, at: now, in: transaction)
        try CaseLedger.recordReport(record, by: actor, photos: report.photos, house: house, at: now, in: transaction)
        try CaseNotices(cases: self).reported(record, at: now, in: transaction)
        return record
    }

    private func sealed(_ report: Report) -> Reporter {
        if let known = report.reporter { return known }
        let vault = house.keys.vault
        var reporter = Reporter()
        if let phone = report.reporterPhone {
            reporter.phoneIndex = phone.index(vault)
            reporter.phoneMasked = phone.masked
            reporter.phoneSealed = phone.sealedForTexts(vault)
        }
        if let name = report.reporterName?.trimmed, !name.isEmpty {
            reporter.nameMasked = String(name.prefix(1)) + "*"
            reporter.nameSealed = vault.seal(String(name.prefix(60)), for: Self.namePurpose)
        }
        return reporter
    }

    static let namePurpose: StaticString = "cases.reporter.name"

    private func insert(_ photos: [Photo], of record: CaseRecord, at now: Instant, in transaction: any Transaction)
        throws
    {
        for photo in photos {
            let file = CaseFile(
                id: house.identifiers.next(at: now), caseID: record.id, version: record.version, name: photo.name,
                contentType: photo.contentType, at: now)
            try CaseStore.insert(file, photo.bytes, in: transaction)
        }
    }

    // MARK: Act

    /// Does one act on one matter.
    /// - Parameter seenVersion: what the performer saw last; another one is refused. nil takes the matter as it stands.
    public func act(
        _ id: CaseID, _ command: Command, by performer: Performer, actor: Actor, seenVersion: Int64? = nil,
        photos: [Photo] = [], at now: Instant, in transaction: any Transaction
    ) throws -> CaseRecord {
        guard let record = try CaseStore.find(id, in: transaction) else { throw Refusal.nothingHere }
        if case .staff(let scope) = performer, !scope.mayRead(record) { throw Refusal.nothingHere }
        if let seenVersion, seenVersion != record.version { throw Refusal.changedMeanwhile }
        var command = command
        try check(&command, for: record, in: transaction)
        if let area = command.area, !house.settings.area.contains(area) {
            throw Refusal(
                .ruleBroken, "cases.elsewhere", LocalizedText("所选区域不在本县内", "That area is not within the county"),
                field: "area")
        }
        var decision = try rules.decide(record, command, by: performer, at: now)
        try weigh(&command, decision, by: performer, at: now, in: transaction)
        decision.after.photoCount += photos.count
        try store(decision, command, by: performer, actor: actor, photos: photos, at: now, in: transaction)
        return try follow(decision, at: now, in: transaction)
    }

    /// What the platform does by itself right after an act.
    func follow(_ decision: Decision, at now: Instant, in transaction: any Transaction) throws -> CaseRecord {
        guard let name = decision.follow else { return decision.after }
        let command = Command(name)
        let next = try rules.decide(decision.after, command, by: .system, at: now)
        try store(next, command, by: .system, actor: .system, photos: [], at: now, in: transaction)
        return try follow(next, at: now, in: transaction)
    }

    func store(
        _ decision: Decision, _ command: Command, by performer: Performer, actor: Actor, photos: [Photo],
        at now: Instant,
        in transaction: any Transaction
    ) throws {
        var (decision, command) = (decision, command)
        try requireGround(for: &command, on: decision.before, by: performer, at: now, in: transaction)
        try keepers[decision.before.kind]?.acts(on: &decision, by: performer, at: now, in: transaction)
        let after = decision.after
        try CaseStore.update(after, from: decision.before, in: transaction)
        try OutcomeStore.move(from: decision.before, to: after, rules.rates, in: transaction)
        try RepeatSums.move(from: decision.before, to: after, in: transaction)
        var step = CaseStep(
            caseID: after.id, version: after.version, act: decision.act.name, from: decision.before.state,
            to: after.state,
            at: now, performer: actor.kind, opinion: command.result ?? command.opinion, reason: command.reason,
            due: after.due)
        if case .staff(let scope) = performer {
            step.staff = scope.staff
            step.post = scope.post
            step.staffBody = scope.body
        }
        if decision.act.needs.contains(.body) { step.givenTo = after.body }
        if command.result != nil, let opinion = command.opinion {
            step.opinion = (command.result ?? "") + "\n" + opinion
        }
        try CaseStore.insert(step, in: transaction)
        try insert(photos, of: after, at: now, in: transaction)
        try CaseLedger.record(decision, command, by: actor, photos: photos, house: house, at: now, in: transaction)
        try noteDecision(decision, by: performer, at: now, in: transaction)
        try tell(decision, command, by: performer, at: now, in: transaction)
        try openParts(of: decision, command, actor: actor, at: now, in: transaction)
        try endedPart(decision, at: now, in: transaction)
        try joined(decision, by: actor, at: now, in: transaction)
        for follower in followers {
            try follower.changed(decision.before, to: after, by: decision.act, at: now, in: transaction)
        }
    }

    /// What may be taken back is kept so long, and so long the resident's text waits: what was texted cannot be undone.
    private func tell(
        _ decision: Decision, _ command: Command, by performer: Performer, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let notices = CaseNotices(cases: self)
        guard let undoable = rules.undoable(decision, by: performer, at: now) else {
            return try notices.acted(decision, command, at: now, in: transaction)
        }
        try UndoStore.keep(undoable, of: decision.after.id, in: transaction)
        var (inside, outside) = (decision, decision)
        inside.notify = decision.notify.filter { $0 != .reporter }
        outside.notify = decision.notify.filter { $0 == .reporter }
        try notices.acted(inside, command, at: now, in: transaction)
        try notices.acted(outside, command, at: undoable.until, in: transaction)
    }

    /// That whom a command names is there and may be named; who holds the named post is filled in.
    func check(_ command: inout Command, for record: CaseRecord, in transaction: any Transaction) throws {
        if let body = command.body { try checkBody(body, for: record, in: transaction) }
        try findMatter(&command, for: record, in: transaction)
        for body in command.bodies { try checkBody(body, for: record, command, in: transaction) }
        guard let post = command.post else { return }
        let holders = try directory.postHolders(right: .caseAccept, area: record.area, in: transaction)
        guard let holder = holders.first(where: { $0.post.id == post }), holder.staff != record.answerable else {
            throw Refusal(
                .ruleBroken, "cases.unknown-post",
                LocalizedText(
                    "该岗位不能作为这一辖区的首接责任人", "That post cannot answer for matters of this area"),
                wayOn: LocalizedText("请选择本辖区其他受理岗位", "Choose another post that accepts matters of the area"),
                field: "post")
        }
        command.postHolder = holder.staff
    }

    func checkBody(
        _ body: BodyID, for record: CaseRecord, _ command: Command? = nil, in transaction: any Transaction
    ) throws {
        guard let facts = try bodies.body(body, in: transaction),
            facts.area.contains(record.area) || record.area.contains(facts.area)
        else {
            throw Refusal(
                .ruleBroken, "cases.unknown-body",
                LocalizedText("没有这个承办单位，或它不管这一区域", "There is no such body, or it does not act in that area"),
                field: "body")
        }
        // Some kinds of help only bodies of certain lines can give: enforcement needs the power to enforce.
        guard let command, let kind = rules.act(command.act)?.opens,
            let variants = (rules.workflow(named: kind)?.variants).map({ $0 + rules.workflow(of: record).variants }),
            let variant = variants.first(where: { $0.code == command.variant ?? record.variant && $0.lines != nil }),
            let lines = variant.lines, !(facts.line.map(lines.contains) ?? false)
        else { return }
        throw Refusal(
            .ruleBroken, "cases.without-power",
            LocalizedText(
                "“\(facts.name)”没有“\(variant.title.chinese)”所需的职权",
                "“\(facts.name)” lacks the power that “\(variant.title.english)” needs"),
            wayOn: LocalizedText("请只选择有此职权的部门", "Choose only bodies that have it"),
            rule: "\(kind).variants.\(variant.code).lines", field: "bodies")
    }

    // MARK: Limits

    /// Looks for matters of which somebody is to be told, before or after a limit, and does what the workflow and the
    /// ladder say: reminds, tells those in charge, or acts itself.
    /// - Returns: how many it dealt with.
    @discardableResult
    public func watchLimits(most: Int = 200) async throws -> Int {
        let now = house.clock.now()
        return try await house.database.write { try watchLimits(at: now, most: most, in: $0) }
    }

    /// The same within a transaction, for generators that play the past.
    @discardableResult
    package func watchLimits(at now: Instant, most: Int, in transaction: any Transaction) throws -> Int {
        let found = try CaseStore.toTell(at: now, limit: most, in: transaction)
        for record in found {
            guard let state = rules.state(record.state), let due = record.due else { continue }
            if case .act(let name)? = state.onLimit, due.at <= now {
                let command = Command(name)
                let decision = try rules.decide(record, command, by: .system, at: now)
                try store(decision, command, by: .system, actor: .system, photos: [], at: now, in: transaction)
                _ = try follow(decision, at: now, in: transaction)
            } else {
                try climb(record, state, due, at: now, in: transaction)
            }
        }
        return found.count
    }

    /// Tells the highest rung that was reached; those below it are past and nobody needs them any more.
    private func climb(
        _ record: CaseRecord, _ state: Workflow.State, _ due: Deadline, at now: Instant,
        in transaction: any Transaction
    ) throws {
        var record = record
        var reached: EscalationLadder.Rung?
        for rung in rules.ladder.rungs.dropFirst(record.rungsTold) {
            guard rules.ladder.instant(of: rung, from: record.stateSince, due: due.at, rules.time) <= now else { break }
            if rung.isPastLimit, reached?.isPastLimit != true {
                try CaseLedger.recordLimitPassed(record, house: house, at: now, in: transaction)
            }
            reached = rung
            record.rungsTold += 1
            if rung.supervises { record.isSupervised = true }
        }
        rules.setNextRung(&record)
        try CaseStore.markTold(record, in: transaction)
        guard let reached else { return }
        try CaseNotices(cases: self).reached(reached, record, state, at: now, in: transaction)
    }
}
