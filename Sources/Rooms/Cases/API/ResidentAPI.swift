import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// The bodies of what residents send.
private enum ResidentRequests {
    /// Beside the members of a ``ReportRequest``.
    struct Anonymous: Decodable {
        var anonymous: Bool?
    }

    struct Act: Decodable {
        var act: String
        var opinion: String?
        var isSolved: Bool?
        var satisfaction: Int?
    }

    struct Complaint: Decodable {
        var detail: String?
    }
}

/// What residents do on their pages, for programs: with the cookie of their session (and its form token as
/// `X-Form-Token` on writes, as `GET /mine` gives it), or without any for what needs no phone number.
extension Cases {
    func addResidentAPI(to routes: Routes) {
        routes.openAPI(Self.sendOperation) { visit, submission in
            let resident = visit.context.resident
            let isAnonymous = try submission.decode(ResidentRequests.Anonymous.self).anonymous == true
            guard resident != nil || isAnonymous else { throw Self.noResident }
            let sent = try submission.decode(ReportRequest.self).report(channel: .resident).sent(by: resident)
            guard (sent.address?.count ?? 0) <= ReportForm.longestAddress else {
                throw Refusal(
                    .ruleBroken, "cases.address-too-long",
                    LocalizedText(
                        "地址超过 \(ReportForm.longestAddress) 字", "More than \(ReportForm.longestAddress) characters"),
                    field: "address")
            }
            let report = try located(sent)
            let now = visit.now
            return try await visit.write(submission) { transaction in
                try senderLimit.count(visit, in: transaction)
                let record = try self.report(
                    report, by: .resident(resident), scope: nil, at: now, in: transaction)
                return Self.receipt(record, resident)
            }
        }
        routes.openAPI(Self.complainOperation) { visit, submission in
            let detail = try submission.decode(ResidentRequests.Complaint.self).detail ?? ""
            return try await visit.write(submission) { transaction in
                Self.receipt(try complain(detail, visit, in: transaction), visit.context.resident)
            }
        }
        routes.openAPI(Self.mineOperation) { visit, _ in
            let resident = try Self.resident(visit)
            let after: CaseID? = try visit.query.filled("after").map { text throws(Refusal) in
                guard let id = CaseID(parsing: text) else {
                    throw Refusal(
                        .malformed, "cases.filter",
                        LocalizedText("筛选条件“after”有误", "The filter “after” cannot be read"), field: "after")
                }
                return id
            }
            let records = try await house.database.read {
                try CaseStore.reported(byPhone: resident.phoneIndex, after: after, limit: 51, in: $0)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("cases")
                    writer.array(records.prefix(50)) { writer, record in
                        writer.object { write(record, visit, to: &$0) }
                    }
                    writer.member("next", records.count > 50 ? records[49].id.text : nil)
                    writer.member("formToken", visit.context.session?.formToken)
                })
        }
        routes.openAPI(Self.myMatterOperation) { visit, _ in
            let model = try await ResidentMatters(cases: self).model(visit, try Self.resident(visit))
            return .json(myMatter(model, visit), headers: [.eTag: Answer.entityTag(model.record.version)])
        }
        routes.openAPI(Self.myPhotoOperation) { visit, _ in
            _ = try Self.resident(visit)
            return try await PhotoFiles(cases: self).photo(visit, part: "photo")
        }
        routes.openAPI(myActOperation) { visit, submission in
            let resident = try Self.resident(visit)
            let id: CaseID = try visit.identifier()
            let request = try submission.decode(ResidentRequests.Act.self)
            guard residentActs.contains(request.act) else {
                let names = residentActs.joined(separator: ", ")
                throw Refusal(
                    .ruleBroken, "cases.no-act", LocalizedText("act 只能是 \(names)", "act is one of \(names)"),
                    field: "act")
            }
            let command = Command(
                ActName(rawValue: request.act), opinion: request.opinion?.trimmed,
                isSolved: request.act == "dispute" ? false : request.isSolved, satisfaction: request.satisfaction)
            let now = visit.now
            return try await visit.write(submission) { transaction in
                let record = try self.act(
                    id, of: resident, seenVersion: submission.seenVersion, at: now, in: transaction
                ) { record, now in request.act == "rate" ? self.rating(command, on: record, at: now) : command }
                return .json(
                    JSONWriter.object { self.write(record, visit, to: &$0) }, version: record.version)
            }
        }
    }

    private static let noResident = Refusal(
        .forbidden, "cases.no-resident",
        LocalizedText("需要居民以手机号登录", "This needs a resident who proved a phone number"),
        wayOn: LocalizedText(
            "请在 /resident/login 用短信验证码登录；匿名反映请写 anonymous: true",
            "Log in at /resident/login with the code of a text; to report without a number, say anonymous: true"))

    private static func resident(_ visit: Visit) throws(Refusal) -> ResidentReference {
        guard let resident = visit.context.resident else { throw noResident }
        return resident
    }

    /// What residents may do on matters of their own.
    private var residentActs: [String] {
        rules.workflow.acts.filter { $0.party == .reporter || $0.reporterToo }.map(\.name.rawValue)
    }

    // MARK: JSON

    private static func receipt(_ record: CaseRecord, _ resident: ResidentReference?) -> Answer {
        .json(
            JSONWriter.object { writer in
                writer.member("id", record.id)
                writer.member("number", record.number)
                writer.member("receivedAt", record.receivedAt)
                writer.member("due", record.due?.at)
            }, status: 201, location: resident.map { _ in "/api/v1/mine/\(record.id)" })
    }

    /// What the pages tell a reporter of a matter: no opinions between bodies, no result before it is verified.
    private func write(_ record: CaseRecord, _ visit: Visit, to writer: inout JSONWriter) {
        writer.member("id", record.id)
        writer.member("number", record.number)
        writer.member("version", record.version)
        writer.member("title", record.title)
        writer.member("detail", record.detail)
        writer.member("area", record.area.code)
        writer.member("address", record.address)
        writer.member("state", record.state.rawValue)
        writer.member("stateTitle", rules.workflow[record.state].map { visit($0.title) } ?? record.state.rawValue)
        writer.member("receivedAt", record.receivedAt)
        writer.member("due", record.due?.at)
        writer.member("finalDue", record.finalDue?.at)
        writer.member("result", toldResult(of: record))
        writer.key("acts")
        writer.array(offered(record, at: visit.now)) { $0.value($1) }
    }

    private func offered(_ record: CaseRecord, at now: Instant) -> [String] {
        rules.workflow.acts(from: record.state).filter {
            ($0.party == .reporter || $0.reporterToo)
                && rules.refusal(of: $0, on: record, by: .reporter, at: now) == nil
        }.map(\.name.rawValue)
    }

    private func myMatter(_ model: ResidentMatters.Model, _ visit: Visit) -> [UInt8] {
        let steps = model.steps.filter(isStepTold)
        let shown = Set(model.steps.filter { isShownToReporter($0, of: model.record) }.map(\.version))
        return JSONWriter.object { writer in
            write(model.record, visit, to: &writer)
            writer.member("handledBy", model.bodyName.map { visit($0) })
            writer.key("steps")
            writer.array(steps) { writer, step in
                writer.object { writer in
                    writer.member("title", stepTitle(step, visit))
                    writer.member("at", step.at)
                    writer.member("opinion", isOpinionTold(step) ? step.opinion : nil)
                }
            }
            writer.key("photos")
            writer.array(model.files.filter { shown.contains($0.version) }) { CaseJSON.write($1, to: &$0) }
        }
    }

    private static let matterMembers: [Schema.Member] = [
        .init("id", .identifier), .init("number", .string(pattern: "^[0-9]{16}$")),
        .init("version", .integer(minimum: 1)), .init("title", .text), .init("detail", .text), .init("area", .text),
        .init("address", .nullable(.text)), .init("state", .text), .init("stateTitle", .text),
        .init("receivedAt", .instant), .init("due", .nullable(.instant)), .init("finalDue", .nullable(.instant)),
        .init("result", .nullable(.text), "once somebody else has verified it"),
        .init("acts", .array(.text), "what its reporter can do now"),
    ]

    // MARK: Operations

    private static let receiptSchema = Schema.object([
        .init("id", .identifier), .init("number", .string(pattern: "^[0-9]{16}$")), .init("receivedAt", .instant),
        .init("due", .nullable(.instant)),
    ])

    private static let sendOperation = APIOperation(
        .post, "/reports", id: "sendReport", tag: "residents",
        summary: LocalizedText("居民反映（以手机号登录，或匿名）", "A resident reports, logged in by phone or anonymously"),
        request: .object([
            .init("detail", .string(minimum: 1, maximum: Report.longestDetail)),
            .init("title", .nullable(.string(maximum: Report.longestTitle)), required: false),
            .init("area", .nullable(.text), required: false),
            .init("address", .nullable(.string(maximum: ReportForm.longestAddress)), required: false),
            .init(
                "location", .nullable(.object([.init("longitude", .number), .init("latitude", .number)])),
                required: false),
            .init("occurredAt", .nullable(.instant), required: false),
            .init("photos", .nullable(.array(ActRequest.picture)), required: false),
            .init("anonymous", .nullable(.boolean), required: false, "true without a session of a resident"),
        ]), status: 201, response: receiptSchema, access: .session)

    private static let complainOperation = APIOperation(
        .post, "/complaints", id: "sendComplaint", tag: "residents",
        summary: LocalizedText("给本平台提意见", "Complain about this platform"),
        request: .object([.init("detail", .string(minimum: 1, maximum: Report.longestDetail))]), status: 201,
        response: receiptSchema)

    private static let mineOperation = APIOperation(
        .get, "/mine", id: "listMyMatters", tag: "residents",
        summary: LocalizedText("我的诉求（居民会话）", "My matters, in a resident's session"),
        query: [.init("after", .identifier, required: false)],
        response: .object([
            .init("cases", .array(.named("MyMatter", .object(matterMembers)))), .init("next", .nullable(.text)),
            .init("formToken", .nullable(.text), "X-Form-Token of the writes of this session"),
        ]), access: .session)

    private static let myMatterOperation = APIOperation(
        .get, "/mine/{id}", id: "readMyMatter", tag: "residents",
        summary: LocalizedText("我的一件诉求", "One of my matters"),
        response: .object(
            matterMembers + [
                .init("handledBy", .nullable(.text)),
                .init(
                    "steps",
                    .array(
                        .object([.init("title", .text), .init("at", .instant), .init("opinion", .nullable(.text))]))),
                .init("photos", .array(CaseJSON.photo)),
            ]), access: .session)

    private static let myPhotoOperation = APIOperation(
        .get, "/mine/{id}/photos/{photo}", id: "readMyPhoto", tag: "residents",
        summary: LocalizedText("我的诉求的照片", "A photo of one of my matters"), response: .string(format: "binary"),
        responseType: "image/*", access: .session)

    private var myActOperation: APIOperation {
        APIOperation(
            .post, "/mine/{id}/acts", id: "actOnMyMatter", tag: "residents",
            summary: LocalizedText("评价、退回重办、重新打开、拆分", "Rate, dispute, reopen or take apart one of my matters"),
            request: .object([
                .init(
                    "act", .string(values: residentActs),
                    "a rating that says “not solved” sends the matter back as often as is possible"),
                .init("opinion", .nullable(.string(maximum: 2_000)), required: false),
                .init("isSolved", .nullable(.boolean), required: false),
                .init("satisfaction", .nullable(.integer(minimum: 1, maximum: 5)), required: false),
            ]), response: .named("MyMatter", .object(Self.matterMembers)), access: .session)
    }
}
