import Cases
import Desk
import Ground
import Web

/// Which matters `GET requests` asks for.
enum Open311Question: Sendable {
    case numbered([String])
    case matching(PublicQuestion)

    /// How many matters may be leafed through; further back one asks for earlier dates.
    private static let furthest = 20_000

    init(
        _ query: QueryParameters, item: String?, rules: PublicRules, now: Instant, isService: (String) -> Bool
    ) throws(Refusal) {
        if let item {
            self = .numbered(try Self.numbers(item))
            return
        }
        if let text = query.filled("service_request_id") {
            // Overrides all else, says the standard.
            self = .numbered(try Self.numbers(text))
            return
        }
        let most = Span.days(rules.mostDays)
        let to = try Self.instant("end_date", query)
        let from = try Self.instant("start_date", query)
        let end = to ?? from.map { min($0 + most, now) } ?? now
        let start = from ?? end - most
        guard start <= end else {
            throw Self.wrong("start_date", "start_date 晚于 end_date", "start_date is after end_date")
        }
        guard end - start <= most else {
            throw Self.wrong(
                "start_date", "起止日期最多相隔 \(rules.mostDays) 天",
                "start_date and end_date span at most \(rules.mostDays) days")
        }
        let size = try Self.number("page_size", query, 1...rules.mostPerPage) ?? rules.mostPerPage
        let page = try Self.number("page", query, 1...Self.furthest) ?? 1
        guard (page - 1) * size <= Self.furthest else {
            throw Self.wrong(
                "page", "翻页过深，请改用更早的 end_date", "That is too far back to leaf to; ask with an earlier end_date")
        }
        var question = PublicQuestion(
            from: start, to: end, area: .everywhere, channels: rules.channels, limit: size)
        question.offset = (page - 1) * size
        for code in query.all("service_code").flatMap({ $0.split(separator: ",") }) {
            let code = String(code).trimmingSpaces()
            guard isService(code) else { throw Open311.unknownService(code) }
            question.categories.append(code)
        }
        guard question.categories.count <= 50 else {
            throw Self.wrong("service_code", "一次最多 50 个服务代码", "At most 50 service codes at once")
        }
        let statuses = Set(query.all("status").flatMap { $0.split(separator: ",") }.map { $0.lowercased() })
        guard statuses.isSubset(of: ["open", "closed"]) else {
            throw Self.wrong("status", "status 为 open 或 closed", "status is open or closed")
        }
        if statuses.count == 1 { question.isOpen = statuses.contains("open") }
        self = .matching(question)
    }

    private static func numbers(_ text: String) throws(Refusal) -> [String] {
        let numbers = text.split(separator: ",").map { String($0).trimmingSpaces() }.filter { !$0.isEmpty }
        guard !numbers.isEmpty, numbers.count <= 200,
            numbers.allSatisfy({ (1...40).contains($0.utf8.count) })
        else {
            throw wrong("service_request_id", "一次 1–200 个编号", "1 to 200 numbers at once")
        }
        return numbers
    }

    static func instant(_ name: String, _ query: QueryParameters) throws(Refusal) -> Instant? {
        guard let text = query.filled(name) else { return nil }
        // A plus sign that a client did not encode arrives as a space.
        guard let instant = Instant(iso8601: text) ?? Instant(iso8601: text.replacing(" ", with: "+")) else {
            throw wrong(
                name, "\(name) 须为 W3C 时间，如 2026-01-01T00:00:00Z", "\(name) is a W3C time such as 2026-01-01T00:00:00Z")
        }
        return instant
    }

    static func number(_ name: String, _ query: QueryParameters, _ range: ClosedRange<Int>)
        throws(Refusal) -> Int?
    {
        guard let text = query.filled(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw wrong(
                name, "\(name) 须为 \(range.lowerBound)–\(range.upperBound)",
                "\(name) is \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    static func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.malformed, "open311.question", LocalizedText(chinese, english), field: field)
    }
}
