import Cases
import Cipher
import Desk
import Foundation
import Ground
import Web

/// One thing that somebody did on the phone, perhaps hours before it arrives.
struct DayEntry: Sendable, Codable, Hashable {
    enum Kind: String, Sendable, Codable, CaseIterable {
        /// Something seen: a matter.
        case report
        /// A step of a matter that was on the page.
        case act
        /// A whole stretch was looked at; nothing there, or something.
        case check
        /// A call for help to the head.
        case help
        /// A task that is on no list goes to the street.
        case refuse
    }

    struct Place: Sendable, Codable, Hashable {
        var longitude: Double
        var latitude: Double
    }

    struct Picture: Sendable, Codable, Hashable {
        var name: String
        /// Base 64.
        var content: String
    }

    var kind: Kind
    /// Who wrote it; nobody else's session sends it.
    var owner: String?
    var happenedAt: String?
    /// The key of an earlier entry on the same phone that comes first.
    var follows: String?
    var matter: CaseID?
    var seenVersion: Int64?
    var act: String?
    var opinion: String?
    var result: String?
    var reason: String?
    var detail: String?
    var category: String?
    var area: String?
    var address: String?
    var location: Place?
    var check: String?
    /// Who sent the task that is on no list.
    var body: BodyID?
    var photos: [Picture]?

    init(_ kind: Kind) { self.kind = kind }

    /// As a form without scripts sends it.
    init(_ submission: Submission) throws(Refusal) {
        let fields = submission.fields
        guard let kind = fields["kind"].flatMap(Kind.init) else {
            throw Refusal(
                .malformed, "day.kind", LocalizedText("不认识的记录类型", "That kind of entry is not known"), field: "kind")
        }
        self.kind = kind
        owner = fields.filled("owner")
        happenedAt = fields.filled("happenedAt")
        matter = fields.filled("matter").flatMap { CaseID(parsing: $0) }
        seenVersion = fields.filled("seenVersion").flatMap { Int64($0) }
        act = fields.filled("act")
        opinion = fields.filled("opinion")
        result = fields.filled("result")
        reason = fields.filled("reason")
        detail = fields.filled("detail")
        category = fields.filled("category")
        area = fields.filled("area")
        address = fields.filled("address")
        check = fields.filled("check")
        body = fields.filled("body").flatMap { BodyID(parsing: $0) }
        if let longitude = fields.filled("longitude").flatMap(Double.init),
            let latitude = fields.filled("latitude").flatMap(Double.init)
        {
            location = Place(longitude: longitude, latitude: latitude)
        }
        let files = submission.files.filter { $0.field == "photos" && !$0.bytes.isEmpty }
        photos = files.isEmpty ? nil : files.map { Picture(name: $0.name, content: $0.bytes.base64URL) }
    }

    /// When it happened by the phone's clock: not in the future, and not so long ago that the clock must be wrong.
    func happened(receivedAt now: Instant) throws(Refusal) -> Instant {
        guard let text = happenedAt else { return now }
        guard let instant = Instant(iso8601: text) else {
            throw Refusal(
                .malformed, "day.time", LocalizedText("“happenedAt”不是 ISO 8601 时间", "“happenedAt” is no ISO 8601 time"),
                field: "happenedAt")
        }
        // A clock that runs ahead says nothing of when it was; what was received cannot have happened later.
        return instant > now || now - instant > .days(60) ? now : instant
    }

    func pictures() throws(Refusal) -> [Photo] {
        var result: [Photo] = []
        for picture in photos ?? [] {
            guard let bytes = [UInt8](base64URL: picture.content) else {
                throw Refusal(
                    .ruleBroken, "day.photo-encoding",
                    LocalizedText("照片内容不是 Base64", "The photo's content is no base 64"), field: "photos")
            }
            result.append(try Photo(name: picture.name, bytes: bytes))
        }
        return result
    }

    func command() throws(Refusal) -> Command {
        guard let act else {
            throw Refusal(
                .malformed, "day.act", LocalizedText("没有写明做什么", "It does not say what was done"), field: "act")
        }
        return Command(ActName(rawValue: act), opinion: opinion, reason: reason, result: result)
    }

    func report(
        in area: AreaPrefix, at happenedAt: Instant, channel: Channel, photos: [Photo]
    ) throws(Refusal) -> Report {
        var report = Report(
            detail: detail ?? "", category: category, area: area, address: address, channel: channel,
            reportedAt: happenedAt)
        if let location {
            guard let place = Location(longitude: location.longitude, latitude: location.latitude) else {
                throw Refusal(
                    .ruleBroken, "day.no-place", LocalizedText("经纬度不在地球上", "That is no place on the earth"),
                    field: "location")
            }
            report.location = place
        }
        guard (address?.count ?? 0) <= 300 else {
            throw Refusal(
                .ruleBroken, "day.address-too-long", LocalizedText("地址超过 300 字", "More than 300 characters"),
                field: "address")
        }
        report.photos = photos
        return report
    }

    /// What was written, to be read again or copied.
    var words: String {
        [detail, result, opinion, address].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

extension DayEntry {
    /// The same entry gives the same text.
    static func json(_ entry: DayEntry) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(entry), as: UTF8.self)
    }

    init(json: String) throws { self = try JSONDecoder().decode(DayEntry.self, from: Data(json.utf8)) }
}
