import Cases
import Cipher
import Desk
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Identity
import NIOCore
import Storage
import Web

/// Where feeds are read: with a key of the area (`?key=`, for feed readers that know no headers) or a token of the
/// interface in `Authorization` whose area contains it.
struct FeedDoor: Sendable {
    let channels: Channels

    private static let most = 100

    func add(to routes: Routes) {
        routes.foreign(.get, "/feeds/areas/:file") { visit in try await read(visit) }
    }

    private func read(_ visit: Visit) async throws -> Response {
        let file = try visit.parameter("file")
        guard file.hasSuffix(".atom"), let area = AreaPrefix(file.dropLast(5)), area != .everywhere,
            channels.house.settings.area.contains(area)
        else { throw Refusal.nothingHere }
        let secret = visit.query.filled("key")
        let token = visit.context.scope.flatMap { $0.isMachine && $0.may(Right("case.read")) ? $0.area : nil }
        let now = visit.now
        let rules = channels.publicRules
        var question = PublicQuestion(
            from: now - .days(90), to: now, area: area, channels: rules.channels, limit: Self.most * 2)
        question.withWords = rules.show.notes || rules.show.address
        let found = try await channels.house.database.read {
            [channels, question] transaction -> ([PublicMatter], [BodyID: String])? in
            let allowed = try secret.flatMap { try FeedStore.area(ofSecret: $0, in: transaction) } ?? token
            guard let allowed, allowed.contains(area) else { return nil }
            let matters = try channels.cases.publicMatters(question, in: transaction)
                .filter { rules.isShown($0.category) }.prefix(Self.most)
            return (Array(matters), try channels.bodyNames(Array(matters), in: transaction))
        }
        guard let found else {
            throw Refusal(
                .forbidden, "channels.feed-key",
                LocalizedText("订阅密钥缺失、无效或不含该区域", "The key of the feed is missing, unknown, or not of this area"),
                wayOn: LocalizedText("请管理员在“对接”页新建", "Ask an administrator for one on the page Channels"), field: "key")
        }
        let view = PublicView(channels: channels, language: visit.language, bodies: found.1)
        let scheme = visit.house.settings.secureCookies ? "https" : "http"
        let feed = AtomFeed(
            title: (view.area(area) ?? area.code) + visit(" 诉求动态", " · matters"),
            author: visit(visit.house.settings.title), area: area,
            base: "\(scheme)://\(visit.request.head.authority ?? "localhost")", matters: found.0, view: view,
            emptySince: Instant(LocalTime(day: now.local().day)))
        return answer(feed.bytes, visit)
    }

    /// A reader that has it already is told so.
    private func answer(_ bytes: [UInt8], _ visit: Visit) -> Response {
        let tag = "\"" + Digest.sha256(bytes).prefix(16).hexadecimal + "\""
        var headers: HTTPFields = [
            .contentType: "application/atom+xml; charset=utf-8", .cacheControl: "private, no-cache", .eTag: tag,
        ]
        if visit.request.headers[.ifNoneMatch]?.contains(tag) == true {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
