import Cipher
import Desk
import Ground
import Hummingbird
import Messages
import Storage
import Web
import WorkCalendar

/// Every act of the pages, for programs.
extension Cases {
    func addAPI(to routes: Routes) {
        routes.api(Self.reportOperation, right: .caseReport) { staff, submission in
            let request = try submission.decode(ReportRequest.self)
            let scope = staff.scope
            let isCall = request.byPhone == true
            var sent = try request.report(channel: scope.isMachine ? .program : isCall ? .hotline : .staff)
            // Else the matter would be the county's, out of sight for whoever sent it.
            if sent.area == nil { sent.area = scope.area }
            let report = try located(sent)
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                if let source = report.source, let number = report.sourceNumber,
                    let known = try CaseStore.find(source: source, number: number, in: transaction)
                {
                    throw Refusal(
                        .conflict, "cases.already-here",
                        LocalizedText(
                            "来源编号 \(number) 已登记为 \(known)", "The source number \(number) is already here as \(known)"),
                        field: "sourceNumber")
                }
                let record = try self.report(report, by: Actor(scope), scope: scope, at: now, in: transaction)
                return .json(
                    CaseJSON.object(record), status: 201, location: "/api/v1/cases/\(record.id)",
                    version: record.version)
            }
        }
        routes.api(Self.listOperation, right: .caseRead) { staff, _ in
            let (filter, limit) = try self.filter(staff.visit.query, staff)
            let scope = staff.scope
            let records = try await house.database.read {
                try CaseStore.page(filter, for: scope, limit: limit + 1, in: $0)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("cases")
                    writer.array(records.prefix(limit)) { CaseJSON.write($1, to: &$0) }
                    writer.member("next", records.count > limit ? filter.key(after: records[limit - 1]) : nil)
                })
        }
        routes.api(Self.countsOperation, right: .caseRead) { staff, _ in
            let scope = staff.scope
            let counts = try await house.database.read { try CaseStore.counts(for: scope, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("counts")
                    writer.object { writer in
                        for state in rules.workflow.states {
                            writer.key(escaping: state.name.rawValue)
                            writer.value(counts[state.name] ?? 0)
                        }
                    }
                })
        }
        routes.api(Self.readOperation, right: .caseRead) { staff, _ in
            let id: CaseID = try staff.visit.identifier()
            let scope = staff.scope
            let record = try await house.database.read { try CaseStore.find(id, for: scope, in: $0) }
            guard let record else { throw Refusal.nothingHere }
            return .json(CaseJSON.object(record), headers: [.eTag: Answer.entityTag(record.version)])
        }
        routes.api(Self.stepsOperation, right: .caseRead) { staff, _ in
            let id: CaseID = try staff.visit.identifier()
            let scope = staff.scope
            let steps = try await house.database.read { transaction in
                try CaseStore.find(id, for: scope, in: transaction).map { _ in
                    try CaseStore.steps(of: id, in: transaction)
                }
            }
            guard let steps else { throw Refusal.nothingHere }
            return .json(
                JSONWriter.object { writer in
                    writer.key("steps")
                    writer.array(steps) { CaseJSON.write($1, to: &$0) }
                })
        }
        routes.api(actOperation, right: .caseRead) { staff, submission in
            let id: CaseID = try staff.visit.identifier()
            let request = try submission.decode(ActRequest.self)
            let command = try request.command()
            let photos = try ReportRequest.photos(request.photos)
            let scope = staff.scope
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                let record = try self.act(
                    id, command, by: .staff(scope), actor: Actor(scope), seenVersion: submission.seenVersion,
                    photos: photos,
                    at: now, in: transaction)
                return .json(CaseJSON.object(record), version: record.version)
            }
        }
        routes.api(bulkOperation, right: .caseRead) { staff, submission in
            let request = try submission.decode(BulkActRequest.self)
            guard (1...200).contains(request.ids.count), Set(request.ids).count == request.ids.count else {
                throw Refusal(
                    .ruleBroken, "cases.bulk-size",
                    LocalizedText("一次 1–200 件，且不能重复", "1 to 200 different matters at once"), field: "ids")
            }
            let command = try request.command.command()
            let results = try await actOnEach(
                request.ids, command, scope: staff.scope, once: submission.once, at: staff.visit.now)
            return .json(
                JSONWriter.object { writer in
                    writer.key("results")
                    writer.array(results) { writer, result in
                        writer.object { writer in
                            writer.member("id", result.id)
                            writer.member("done", result.refusal == nil)
                            writer.member("code", result.refusal?.code)
                            writer.member("detail", result.refusal.map { staff.visit($0.message) })
                        }
                    }
                })
        }
        routes.openAPI(Self.categoriesOperation) { visit, _ in
            .json(
                JSONWriter.object { writer in
                    writer.key("categories")
                    writer.array(rules.categories.all) { writer, category in
                        writer.object { writer in
                            writer.member("code", category.code)
                            writer.member("title", visit(category.title))
                            writer.member("isLeaf", category.isLeaf)
                            writer.member("limit", category.limit.map { visit($0.display) })
                        }
                    }
                })
        }
    }

    /// What came of one matter of several.
    struct BulkResult: Sendable {
        var id: CaseID
        /// nil when it was done.
        var refusal: Refusal?
    }

    /// Does one act on each of several matters; each is its own transaction, so one refusal stops no other. Each carries a
    /// key of its own under the sender's, so a repeat does nothing twice.
    func actOnEach(_ ids: [CaseID], _ command: Command, scope: Scope, once: Once, at now: Instant) async throws
        -> [BulkResult]
    {
        var results: [BulkResult] = []
        for id in ids {
            let single = Once(owner: once.owner, key: once.key.map { $0 + "/" + id.text }, content: once.fingerprint)
            do {
                _ = try await house.database.write { transaction in
                    try single.perform(in: transaction, at: now) { transaction in
                        _ = try self.act(id, command, by: .staff(scope), actor: Actor(scope), at: now, in: transaction)
                        return Answer(status: 200)
                    }
                }
                results.append(BulkResult(id: id))
            } catch let refusal as Refusal {
                results.append(BulkResult(id: id, refusal: refusal))
            }
        }
        return results
    }

    /// The filter that an address asks for.
    /// - Throws: a refusal naming the part that cannot be read.
    func filter(_ query: QueryParameters, _ staff: StaffVisit) throws(Refusal) -> (CaseFilter, limit: Int) {
        // Ignored, it would give a list of other people's matters to whoever believes that it filters.
        if query["phone"] != nil {
            throw Refusal(
                .ruleBroken, "cases.phone-in-address",
                LocalizedText("电话号码不能写在网址里", "A phone number does not stand in an address"),
                wayOn: LocalizedText(
                    "请用“按反映人电话查找”，或 POST /api/v1/cases/search 并写明用途",
                    "Use “Find by the reporter's phone”, or POST /api/v1/cases/search with a purpose"), field: "phone")
        }
        var filter = CaseFilter()
        filter.knownStates = rules.workflow.states.map(\.name)
        func wrong(_ field: String) -> Refusal {
            Refusal(
                .malformed, "cases.filter", LocalizedText("筛选条件“\(field)”有误", "The filter “\(field)” cannot be read"),
                field: field)
        }
        for state in query.all("state").flatMap({ $0.split(separator: ",") }) where !state.isEmpty {
            let name = StateName(rawValue: String(state))
            guard rules.state(name) != nil else { throw wrong("state") }
            filter.states.append(name)
        }
        if let kind = try Self.oneOf(rules.workflows.map(\.name), query, "kind") {
            filter.kind = kind
        } else if let first = filter.states.first, let workflow = rules.workflow(with: first) {
            filter.kind = workflow.name
        }
        if let kind = filter.kind, let workflow = rules.workflow(named: kind) {
            guard filter.states.allSatisfy({ workflow[$0] != nil }) else { throw wrong("state") }
            filter.knownStates = workflow.states.map(\.name)
        }
        if let area = query.filled("area") { filter.area = try parsedArea(area) }
        if let category = query.filled("category") {
            guard rules.categories[category] != nil else { throw wrong("category") }
            filter.category = category
        }
        if let body = query.filled("body") {
            guard let id = BodyID(parsing: body) else { throw wrong("body") }
            filter.body = id
        }
        if let mine = query.filled("mine") {
            guard let ownership = CaseFilter.Ownership(rawValue: mine) else { throw wrong("mine") }
            filter.mine = ownership
        }
        filter.isOverdue = try Self.oneOf(["true", "false"], query, "overdue") == "true"
        filter.now = staff.visit.now
        if let number = query.filled("number") {
            guard (4...16).contains(number.utf8.count), number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw wrong("number")
            }
            filter.numberEnd = number
        }
        filter.isByDue = try Self.oneOf(["newest", "due"], query, "order") == "due"
        // The other kinds are few: their indexes by state serve them, not that of all due instants.
        if filter.kind != nil, filter.kind != Workflow.matter { filter.isByDue = false }
        if let after = query.filled("after") {
            guard filter.setKey(after) else { throw wrong("after") }
        }
        var limit = 50
        if let text = query.filled("limit") {
            guard let number = Int(text), (1...200).contains(number) else { throw wrong("limit") }
            limit = number
        }
        return (filter, limit)
    }

    /// One of a few words of an address; nil when it says nothing.
    /// - Throws: a refusal naming the words there are.
    static func oneOf(_ allowed: [String], _ query: QueryParameters, _ field: String) throws(Refusal) -> String? {
        guard let text = query.filled(field) else { return nil }
        guard allowed.contains(text) else {
            throw Refusal(
                .ruleBroken, "cases.filter",
                LocalizedText(
                    "“\(field)”只能是 \(allowed.joined(separator: "、"))",
                    "“\(field)” is one of \(allowed.joined(separator: ", "))"),
                field: field)
        }
        return text
    }

    // MARK: Operations

    private static let filterMembers: [Schema.Member] = [
        .init("state", .text, required: false, "names of states, separated by commas"),
        .init("kind", .text, required: false, "matter, whistle, report-in …; matters without it"),
        .init("area", .string(pattern: "^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$"), required: false),
        .init("category", .string(pattern: "^[0-9]{2,6}$"), required: false),
        .init("body", .identifier, required: false),
        .init("mine", .string(values: ["answerable", "handler", "reported"]), required: false),
        .init("overdue", .string(values: ["true", "false"]), required: false),
        .init("number", .string(pattern: "^[0-9]{4,16}$"), required: false, "the last digits of a number"),
        .init("order", .string(values: ["newest", "due"]), required: false),
        .init("after", .string(minimum: 1, maximum: 64), required: false),
        .init("limit", .integer(minimum: 1, maximum: 200), required: false),
    ]

    private static let reportOperation = APIOperation(
        .post, "/cases", id: "reportCase", tag: "cases", summary: LocalizedText("上报", "Report a matter"),
        request: .named(
            "Report",
            .object([
                .init("title", .nullable(.string(maximum: Report.longestTitle)), required: false),
                .init("detail", .string(minimum: 1, maximum: Report.longestDetail)),
                .init("category", .nullable(.text), required: false),
                .init("area", .nullable(.text), required: false),
                .init("address", .nullable(.string(maximum: 300)), required: false),
                .init(
                    "location",
                    .nullable(.object([.init("longitude", .number), .init("latitude", .number)])), required: false),
                .init("occurredAt", .nullable(.instant), required: false),
                .init("byPhone", .nullable(.boolean), required: false, "staff wrote it down from a call"),
                .init(
                    "reporter",
                    .nullable(
                        .object([
                            .init("name", .nullable(.text), required: false),
                            .init("phone", .nullable(.text), required: false),
                        ])),
                    required: false),
                .init("source", .nullable(.string(maximum: 60)), required: false),
                .init("sourceNumber", .nullable(.string(maximum: 100)), required: false),
                .init("photos", .nullable(.array(ActRequest.picture)), required: false),
            ])), status: 201, response: CaseJSON.record)

    private static let listOperation = APIOperation(
        .get, "/cases", id: "listCases", tag: "cases", summary: LocalizedText("诉求列表", "List matters"),
        query: filterMembers,
        response: CaseJSON.page)

    private static let countsOperation = APIOperation(
        .get, "/cases/counts", id: "countCases", tag: "cases", summary: LocalizedText("各状态件数", "Matters in each state"),
        response: .object([.init("counts", .object([]))]))

    private static let readOperation = APIOperation(
        .get, "/cases/{id}", id: "readCase", tag: "cases", summary: LocalizedText("查看一件", "Read a matter"),
        response: CaseJSON.record)

    private static let stepsOperation = APIOperation(
        .get, "/cases/{id}/steps", id: "readCaseSteps", tag: "cases",
        summary: LocalizedText("流转记录", "The way of a matter"),
        response: .object([.init("steps", .array(CaseJSON.step))]))

    private var actOperation: APIOperation {
        APIOperation(
            .post, "/cases/{id}/acts", id: "actOnCase", tag: "cases",
            summary: LocalizedText("办理一步（受理、派单、签收……）", "Do one act on a matter: accept, dispatch, take …"),
            request: .named("Act", .object(ActRequest.members(of: rules.acts.map(\.name.rawValue)))),
            response: CaseJSON.record)
    }

    private var bulkOperation: APIOperation {
        APIOperation(
            .post, "/cases/acts", id: "actOnCases", tag: "cases",
            summary: LocalizedText("批量办理，逐件返回结果", "One act on several matters, each with its result"),
            request: .object([
                .init("ids", .array(.identifier)),
                .init(
                    "command", .named("Act", .object(ActRequest.members(of: rules.acts.map(\.name.rawValue))))),
            ]),
            response: .object([
                .init(
                    "results",
                    .array(
                        .object([
                            .init("id", .identifier), .init("done", .boolean), .init("code", .nullable(.text)),
                            .init("detail", .nullable(.text)),
                        ])))
            ]))
    }

    private static let categoriesOperation = APIOperation(
        .get, "/categories", id: "listCategories", tag: "cases", summary: LocalizedText("类别树", "The category tree"),
        response: .object([
            .init(
                "categories",
                .array(
                    .object([
                        .init("code", .text), .init("title", .text), .init("isLeaf", .boolean),
                        .init("limit", .nullable(.text)),
                    ])))
        ]))
}

extension CaseFilter {
    /// The key after a record, as it stands in the address of the next page.
    func key(after record: CaseRecord) -> String {
        isByDue ? "\(record.due?.at.milliseconds ?? 0)-\(record.id.text)" : record.id.text
    }

    /// - Returns: false when the text is no key of this order.
    mutating func setKey(_ text: String) -> Bool {
        guard isByDue else {
            after = CaseID(parsing: text)
            return after != nil
        }
        let parts = text.split(separator: "-")
        guard parts.count == 2, let at = Int64(parts[0]), let id = CaseID(parsing: parts[1]) else { return false }
        afterDue = (Instant(milliseconds: at), id)
        return true
    }
}
