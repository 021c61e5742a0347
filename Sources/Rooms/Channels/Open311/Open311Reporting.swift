import Cases
import Desk
import Ground
import HTTPTypes
import Hummingbird
import Identity
import Messages
import Storage
import Web

/// `POST requests`: a report from another system's client becomes a matter. Who sends it is proved by a token of this
/// platform as `api_key`, never by a session.
struct Open311Reporting: Sendable {
    let open311: Open311

    private var channels: Channels { open311.channels }

    func report(_ format: GeoFormat, _ visit: Visit) async throws -> Response {
        let form = try await read(visit)
        let scope = try await sender(form.fields, visit)
        let report = try report(form.fields, form.files)
        let key = visit.request.headers[.idempotency]
        if let key, key.isEmpty || key.utf8.count > 255 { throw Self.wrongKey }
        let once = Once(owner: "open311 " + scope.staff.text, key: key, content: form.bytes)
        let now = visit.now
        let answer = try await visit.house.database.write { [channels] transaction in
            try once.perform(in: transaction, at: now) { transaction in
                let record = try channels.cases.report(
                    report, by: Actor(scope), scope: scope, at: now, in: transaction)
                let value = GeoValue.list(
                    item: "request",
                    [
                        .object([
                            .init("service_request_id", .text(record.number)), .init("service_notice", .none),
                            .init("account_id", .none),
                        ])
                    ])
                return Answer(
                    status: 201, contentType: format.contentType, body: format.bytes(value, root: "service_requests"))
            }
        }
        return answer.response
    }

    struct Form: Sendable {
        var bytes: [UInt8]
        var fields: QueryParameters
        var files: [Multipart.File] = []
    }

    func read(_ visit: Visit) async throws -> Form {
        let bytes = try await visit.request.bytes(atMost: visit.house.settings.uploadLimit)
        let type = visit.request.headers[.contentType] ?? ""
        var form = Form(bytes: bytes, fields: QueryParameters())
        if type.lowercased().hasPrefix("multipart/form-data") {
            let parts = try Multipart(bytes, contentType: type)
            (form.fields, form.files) = (parts.fields, parts.files)
        } else {
            form.fields = try QueryParameters(readingSent: bytes)
        }
        try open311.checkJurisdiction(form.fields["jurisdiction_id"])
        return form
    }

    func sender(_ fields: QueryParameters, _ visit: Visit) async throws -> Scope {
        let secret = fields.filled("api_key") ?? visit.query.filled("api_key")
        var scope = visit.context.scope
        if let secret { scope = try await channels.identity.machine(withToken: secret) }
        guard let scope, scope.isMachine else {
            throw Refusal(
                .forbidden, "open311.api-key",
                LocalizedText("api_key 缺失、无效、过期或已吊销", "The api_key is missing, unknown, expired or revoked"),
                wayOn: LocalizedText("请管理员在“令牌”页新建", "Ask an administrator for one"), field: "api_key")
        }
        try scope.require(Right("case.report"))
        return scope
    }

    // MARK: What is reported

    /// What a report says, each part checked; the form's own words become part of what stands in the matter.
    func report(_ fields: QueryParameters, _ files: [Multipart.File]) throws(Refusal) -> Report {
        guard let code = fields.filled("service_code") else {
            throw Self.missing("service_code")
        }
        guard let service = open311.service(code) else {
            var refusal = Open311.unknownService(code)
            // The standard: 404 for a path that is not there, 400 for a report that cannot be taken.
            refusal.kind = .malformed
            throw refusal
        }
        let location = try location(fields)
        let address = fields.filled("address_string").map { String($0.prefix(300)) }
        let named = fields.filled("address_id").flatMap { AreaPrefix($0) }.flatMap { $0 == .everywhere ? nil : $0 }
        guard location != nil || address != nil || named != nil else {
            throw Refusal(
                .malformed, "open311.no-place",
                LocalizedText("请提供 lat 与 long，或 address_string", "Send lat and long, or address_string"), field: "lat")
        }
        let area = try PlaceFinding(places: channels.places, county: channels.house.settings.area)
            .area(location: location, named: named, address: address)
        let description = fields["description"]?.trimmingSpaces() ?? ""
        var lines = description.isEmpty ? [] : [description]
        lines += try attributes(fields, of: service)
        if let media = try media(fields) { lines.append("照片：" + media) }
        if lines.isEmpty { lines = [service.title.chinese] }
        var report = Report(
            detail: lines.joined(separator: "\n"), category: service.code, area: area, address: address,
            location: location, channel: .open311)
        // A title that says nothing in words is no title for a list.
        if !description.contains(where: { $0.isLetter || $0.isNumber }) { report.title = service.title.chinese }
        let name = ["last_name", "first_name"].compactMap { fields.filled($0) }.joined(separator: " ")
        report.reporterName = name.isEmpty ? nil : name
        if let phone = fields.filled("phone") {
            guard let number = PhoneNumber(phone) else {
                throw Refusal(
                    .malformed, "open311.phone", LocalizedText("电话号码有误", "That is no phone number"), field: "phone")
            }
            report.reporterPhone = number
        }
        for file in files where !file.bytes.isEmpty {
            report.photos.append(try Photo(name: file.name, bytes: file.bytes))
        }
        return report
    }

    private func location(_ fields: QueryParameters) throws(Refusal) -> Location? {
        let (lat, long) = (fields.filled("lat"), fields.filled("long"))
        if lat == nil && long == nil { return nil }
        guard let lat, let long, let latitude = Double(lat), let longitude = Double(long),
            let location = Location(longitude: longitude, latitude: latitude)
        else {
            throw Refusal(
                .malformed, "open311.location",
                LocalizedText(
                    "lat（−90…90）与 long（−180…180）须同时为数字", "lat (−90…90) and long (−180…180) come together, as numbers"),
                field: lat == nil ? "lat" : "long")
        }
        return location
    }

    /// `attribute[CODE]=value`, as lines of the description; a list answers with its key.
    private func attributes(_ fields: QueryParameters, of service: Category) throws(Refusal) -> [String] {
        var lines: [String] = []
        for attribute in open311.rules.attributes where attribute.applies(to: service.code) {
            let sent =
                fields.filled("attribute[\(attribute.code)]") ?? fields.filled("attribute[\(attribute.code)][]")
            guard let sent else {
                if attribute.isRequired { throw Self.missing("attribute[\(attribute.code)]") }
                continue
            }
            var text = String(sent.prefix(500))
            switch attribute.dataType {
            case .string, .text: break
            case .number:
                guard Double(text) != nil else { throw Self.wrongAttribute(attribute) }
            case .singlevaluelist:
                guard let value = attribute.values.first(where: { $0.key == text }) else {
                    throw Self.wrongAttribute(attribute)
                }
                text = value.title.chinese
            }
            lines.append(attribute.title.chinese + "：" + text)
        }
        return lines
    }

    /// Kept as text for people to open; never fetched.
    func media(_ fields: QueryParameters) throws(Refusal) -> String? {
        guard let text = fields.filled("media_url") else { return nil }
        guard text.utf8.count <= 2_000, text.hasPrefix("https://") || text.hasPrefix("http://"),
            !text.contains(where: { $0.isWhitespace })
        else {
            throw Refusal(
                .malformed, "open311.media-url",
                LocalizedText(
                    "media_url 须为 2000 字节以内的 http(s) 地址", "media_url is an http(s) address of at most 2000 bytes"),
                field: "media_url")
        }
        return text
    }

    static func missing(_ field: String) -> Refusal {
        Refusal(.malformed, "open311.missing", LocalizedText("缺少 \(field)", "\(field) is missing"), field: field)
    }

    private static func wrongAttribute(_ attribute: PublicRules.Attribute) -> Refusal {
        let keys = attribute.values.map(\.key).joined(separator: ", ")
        return Refusal(
            .malformed, "open311.attribute",
            LocalizedText(
                "\(attribute.code) 的值有误" + (keys.isEmpty ? "" : "，可选：\(keys)"),
                "\(attribute.code) has a wrong value" + (keys.isEmpty ? "" : "; one of: \(keys)")),
            field: "attribute[\(attribute.code)]")
    }

    private static let wrongKey = Refusal(
        .malformed, "desk.key-length",
        LocalizedText("Idempotency-Key 须为 1–255 字节", "An Idempotency-Key has 1 to 255 bytes"), field: "Idempotency-Key")
}

extension HTTPField.Name {
    static let idempotency = literal("Idempotency-Key")

    static func literal(_ name: String) -> HTTPField.Name {
        // Every name here is a token of RFC 9110, for which the initializer never fails.
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return field
    }
}
