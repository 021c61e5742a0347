import Cipher
import Desk
import Ground
import Messages

/// The body of `POST /cases`.
struct ReportRequest: Decodable {
    struct Place: Decodable {
        var longitude: Double
        var latitude: Double
    }

    struct Person: Decodable {
        var name: String?
        var phone: String?
    }

    struct Picture: Decodable {
        var name: String
        /// Base 64.
        var content: String
    }

    var title: String?
    var detail: String
    var category: String?
    var area: String?
    var address: String?
    var location: Place?
    var occurredAt: String?
    var reporter: Person?
    /// Staff wrote it down from a call.
    var byPhone: Bool?
    var source: String?
    var sourceNumber: String?
    var photos: [Picture]?

    func report(channel: Channel) throws(Refusal) -> Report {
        var report = Report(title: title ?? "", detail: detail, category: category, channel: channel)
        report.area = try area.map { text throws(Refusal) in try area(text) }
        report.address = address
        if let location {
            guard let place = Location(longitude: location.longitude, latitude: location.latitude) else {
                throw Refusal(
                    .ruleBroken, "cases.no-place",
                    LocalizedText(
                        "经纬度不在地球上（经度 −180…180，纬度 −90…90）", "No place on the earth: longitude −180…180, latitude −90…90"),
                    wayOn: LocalizedText("经纬度是否写反了？", "Are longitude and latitude swapped?"), field: "location")
            }
            report.location = place
        }
        report.reportedAt = try occurredAt.map { text throws(Refusal) in
            guard let instant = Instant(iso8601: text) else {
                throw Refusal(
                    .malformed, "cases.no-time",
                    LocalizedText("“occurredAt”不是 ISO 8601 时间", "“occurredAt” is no ISO 8601 time"), field: "occurredAt"
                )
            }
            return instant
        }
        report.reporterName = reporter?.name
        if let phone = reporter?.phone, !phone.trimmed.isEmpty {
            guard let number = PhoneNumber(phone) else {
                throw Refusal(
                    .ruleBroken, "cases.no-phone", LocalizedText("电话号码有误", "That is no phone number"),
                    field: "reporter.phone")
            }
            report.reporterPhone = number
        }
        if (source == nil) != (sourceNumber == nil) {
            throw Refusal(
                .ruleBroken, "cases.half-source",
                LocalizedText("source 与 sourceNumber 须同时提供", "source and sourceNumber come together"),
                field: "sourceNumber")
        }
        report.source = source
        report.sourceNumber = sourceNumber
        report.photos = try Self.photos(photos)
        return report
    }

    private func area(_ text: String) throws(Refusal) -> AreaPrefix { try parsedArea(text) }

    static func photos(_ pictures: [Picture]?) throws(Refusal) -> [Photo] {
        var result: [Photo] = []
        for picture in pictures ?? [] {
            guard let bytes = [UInt8](base64URL: picture.content) else {
                throw Refusal(
                    .malformed, "cases.photo-encoding",
                    LocalizedText("照片内容不是 Base64", "The photo's content is no base 64"), field: "photos")
            }
            result.append(try Photo(name: picture.name, bytes: bytes))
        }
        return result
    }
}

func parsedArea(_ text: String) throws(Refusal) -> AreaPrefix {
    guard let area = AreaPrefix(text), area != .everywhere else {
        throw Refusal(
            .ruleBroken, "cases.no-area",
            LocalizedText(
                "区域代码“\(text.prefix(30))”有误（6、9、12 或 15 位数字）",
                "“\(text.prefix(30))” is no area code: 6, 9, 12 or 15 digits"),
            field: "area")
    }
    return area
}

/// The body of `POST /cases/{id}/acts`.
struct ActRequest: Decodable {
    var act: String
    var opinion: String?
    var reason: String?
    var body: BodyID?
    var category: String?
    var area: String?
    var result: String?
    var workdays: Int?
    var isSolved: Bool?
    var satisfaction: Int?
    var photos: [ReportRequest.Picture]?
    var bodies: [BodyID]?
    var variant: String?
    var post: PostID?
    var matter: String?
    var ground: String?

    func command() throws(Refusal) -> Command {
        var command = Command(
            ActName(rawValue: act), opinion: opinion?.trimmed, reason: reason, body: body, category: category,
            area: try area.map { text throws(Refusal) in try parsedArea(text) }, result: result?.trimmed,
            workdays: workdays,
            isSolved: isSolved, satisfaction: satisfaction)
        command.bodies = bodies ?? []
        command.variant = variant
        command.post = post
        command.matterNumber = matter
        command.ground = ground
        return command
    }

    static func members(of acts: [String]) -> [Schema.Member] {
        [
            .init("act", .string(values: acts)), .init("opinion", .nullable(.string(maximum: 2_000)), required: false),
            .init(
                "reason", .nullable(.text), required: false,
                "of the act's list; of the list `share` where it was refused with cases.beyond-share (422)"),
            .init("body", .nullable(.identifier), required: false),
            .init("category", .nullable(.text), required: false), .init("area", .nullable(.text), required: false),
            .init("result", .nullable(.string(maximum: 5_000)), required: false),
            .init("workdays", .nullable(.integer(minimum: 1, maximum: 60)), required: false),
            .init("isSolved", .nullable(.boolean), required: false),
            .init("satisfaction", .nullable(.integer(minimum: 1, maximum: 5)), required: false),
            .init("photos", .nullable(.array(picture)), required: false),
            .init("bodies", .nullable(.array(.identifier)), required: false, "who gets a part each"),
            .init("variant", .nullable(.text), required: false, "which variant of the kind that is opened"),
            .init("post", .nullable(.identifier), required: false, "who is asked to become answerable"),
            .init(
                "matter", .nullable(.string(pattern: "^[0-9]{16}$")), required: false,
                "the number of the matter to join it with"),
            .init(
                "ground", .nullable(.string(maximum: 40)), required: false,
                "what carries work that goes down: an item, an admission, a contract; the category's item without it"),
        ]
    }

    static let picture = Schema.object([.init("name", .string(maximum: 200)), .init("content", .text, "base 64")])
}

/// The body of `POST /cases/acts`: one act on several matters, each with its own result.
struct BulkActRequest: Decodable {
    var ids: [CaseID]
    var command: ActRequest
}
