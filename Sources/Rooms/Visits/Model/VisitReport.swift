import Desk
import Foundation
import Ground
import Registry

/// What somebody brings back from a home, perhaps hours later.
struct VisitReport: Sendable, Hashable {
    enum Act: String, Sendable, Hashable, Codable, CaseIterable {
        /// It is still as it was known when the list was made.
        case still
        /// It is so now.
        case now
        /// Nothing of the kind holds.
        case none
        /// The resident would rather not say.
        case declined
    }

    struct Answer: Sendable, Hashable, Codable {
        var subject: SubjectID
        var element: String
        var act: Act
        var value: String?
        /// True since; the day of the visit when not said.
        var since: Day?
    }

    enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
        case met
        /// Nobody was at home.
        case nobody
    }

    var outcome: Outcome
    /// When somebody was there.
    var seenAt: Instant
    /// What was known when the list was made: others may have written since.
    var knownAt: Instant
    var answers: [Answer]

    static let mostAnswers = 300
    static let longestValue = 1_000
}

extension VisitReport {
    /// As programs send it.
    struct Sent: Decodable {
        struct Answer: Decodable {
            var subject: SubjectID
            var element: String
            var act: Act
            var value: String?
            var since: String?
        }

        var outcome: Outcome?
        var seenAt: String?
        var knownAt: String?
        var answers: [Answer]?
    }

    /// - Throws: a refusal when a time or a day is none, or too much is sent at once.
    init(_ sent: Sent, receivedAt now: Instant) throws(Refusal) {
        outcome = sent.outcome ?? .met
        seenAt = try Self.instant(sent.seenAt, "seenAt") ?? now
        knownAt = try Self.instant(sent.knownAt, "knownAt") ?? seenAt
        answers = []
        guard (sent.answers ?? []).count <= Self.mostAnswers else {
            throw Refusal(
                .ruleBroken, "visits.too-much",
                LocalizedText(
                    "一次最多 \(Self.mostAnswers) 个回答", "At most \(Self.mostAnswers) answers at once"), field: "answers")
        }
        for one in sent.answers ?? [] {
            guard (1...40).contains(one.element.unicodeScalars.count),
                (one.value ?? "").unicodeScalars.count <= Self.longestValue
            else {
                throw Refusal(
                    .malformed, "visits.answer",
                    LocalizedText(
                        "数据项标识为 1–40 个字符，值不超过 \(Self.longestValue) 个字符",
                        "An element has 1 to 40 characters, a value at most \(Self.longestValue)"), field: "answers")
            }
            answers.append(
                Answer(
                    subject: one.subject, element: one.element, act: one.act, value: one.value,
                    since: try Self.day(one.since)))
        }
        try check(receivedAt: now)
    }

    /// Clocks of phones are not exact; what lies further ahead is wrong.
    private static let ahead = Span.minutes(10)
    /// A phone may lie in a drawer, but what was seen longer ago is no visit of today's list.
    private static let longestWay = Span.days(30)

    func check(receivedAt now: Instant) throws(Refusal) {
        guard seenAt <= now + Self.ahead, knownAt <= now + Self.ahead, seenAt >= now - Self.longestWay else {
            throw Refusal(
                .ruleBroken, "visits.time",
                LocalizedText("走访时间晚于现在，或早于 30 天前", "The visit lies in the future, or more than 30 days ago"),
                wayOn: LocalizedText(
                    "请检查手机时间；更早的事实请在人房档案中登记", "Check the phone's clock; older facts are entered in the registry"),
                field: "seenAt")
        }
    }

    private static func instant(_ text: String?, _ field: String) throws(Refusal) -> Instant? {
        guard let text else { return nil }
        guard let instant = Instant(iso8601: text) else {
            throw Refusal(
                .malformed, "visits.no-instant",
                LocalizedText("时间须如 2026-11-21T08:30:00+08:00", "A time is written 2026-11-21T08:30:00+08:00"),
                field: field)
        }
        return instant
    }

    private static func day(_ text: String?) throws(Refusal) -> Day? {
        guard let text else { return nil }
        guard let day = Day(text) else {
            throw Refusal(
                .malformed, "visits.no-day", LocalizedText("日期须如 2026-11-21", "A day is written 2026-11-21"),
                field: "since")
        }
        return day
    }
}
