import Cases
import Desk
import Ground
import Hummingbird
import Storage
import Web

/// `servicerequestupdates`: what became of requests, step by step, and what another system says of one. FixMyStreet's
/// extension of GeoReport v2 (github.com/mysociety/fixmystreet/wiki/Open311-FMS---Proposed-differences-to-Open311).
struct Open311Updates: Sendable {
    let open311: Open311

    private var channels: Channels { open311.channels }
    private var rules: PublicRules { open311.rules }

    // MARK: What became of requests

    /// Oldest first. A client that asks again from the last `updated_datetime` it read misses nothing; `update_id` tells it
    /// what it knows already.
    func list(_ format: GeoFormat, _ visit: Visit) async throws -> Response {
        let (from, to) = try range(visit.query, visit.now)
        let size = try Open311Question.number("page_size", visit.query, 1...rules.mostPerPage) ?? rules.mostPerPage
        let page = try Open311Question.number("page", visit.query, 1...1_000) ?? 1
        guard (page - 1) * size <= 20_000 else {
            throw Open311Question.wrong(
                "page", "翻页过深，请改用更晚的 start_date", "That is too far on to leaf to; ask with a later start_date")
        }
        let (updates, matters) = try await channels.house.database.read { [channels] transaction in
            let updates = try UpdateStore.page(
                from: from, to: to, offset: (page - 1) * size, limit: size, in: transaction)
            // What may be shown can have been narrowed since it was done.
            let matters = try channels.cases.publicMatters(
                numbered: Array(Set(updates.map(\.number))), withWords: rules.show.notes, in: transaction)
            return (updates, matters.filter { rules.isShown($0) })
        }
        let known = Dictionary(matters.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        let items = updates.compactMap { update in known[update.number].map { value(update, $0, visit.language) } }
        return format.response(.list(item: "request_update", items), root: "service_request_updates")
    }

    private func range(_ query: QueryParameters, _ now: Instant) throws(Refusal) -> (Instant, Instant) {
        let most = Span.days(rules.mostDays)
        let end = try Open311Question.instant("end_date", query) ?? now
        let start = try Open311Question.instant("start_date", query) ?? end - most
        guard start <= end, end - start <= most else {
            throw Open311Question.wrong(
                "start_date", "start_date 须早于 end_date，且最多相隔 \(rules.mostDays) 天",
                "start_date lies before end_date, by at most \(rules.mostDays) days")
        }
        return (start, end)
    }

    private func value(_ update: PublicUpdate, _ matter: PublicMatter, _ language: Language) -> GeoValue {
        let workflow = channels.cases.rules.workflow
        let title = workflow[update.state]?.title(language) ?? update.state.rawValue
        // The words of the result only where the county shows them, and only with the step that ended the matter.
        let isLast = matter.endedAt != nil && update.state == matter.state
        return .object([
            .init("update_id", .text(update.id.text)), .init("service_request_id", .text(update.number)),
            .init("status", .text(rules.status(of: update.state, in: workflow).rawValue)),
            .init("updated_datetime", .instant(update.at)),
            .init("description", .text(isLast ? matter.words?.result ?? title : title)),
            .init("media_url", .text("")), .init("external_status_code", .text(update.state.rawValue)),
        ])
    }

    // MARK: What another system says

    /// An update from outside is a remark in the matter: it never moves it. The client's own `update_id` makes it one.
    func take(_ format: GeoFormat, _ visit: Visit) async throws -> Response {
        let reporting = Open311Reporting(open311: open311)
        let form = try await reporting.read(visit)
        let scope = try await reporting.sender(form.fields, visit)
        let said = try Said(form.fields, reporting, now: visit.now)
        let once = Once(
            owner: "open311-update " + scope.staff.text, key: "\(said.number) \(said.updateID)", content: said.content)
        let now = visit.now
        let answer = try await visit.house.database.write { [channels, rules] transaction in
            try once.perform(in: transaction, at: now) { transaction in
                let found = try channels.cases.publicMatters(
                    numbered: [said.number], withWords: false, in: transaction)
                guard let matter = found.first, rules.isShown(matter) else { throw Open311.noSuchRequest }
                let after = try channels.cases.act(
                    matter.id, Command("remark", opinion: said.words), by: scope, happenedAt: said.at, at: now,
                    in: transaction)
                let value = GeoValue.list(
                    item: "request_update",
                    [
                        .object([
                            .init("update_id", .text("\(matter.number)-\(after.version)")), .init("account_id", .none),
                        ])
                    ])
                return Answer(
                    status: 201, contentType: format.contentType,
                    body: format.bytes(value, root: "service_request_updates"))
            }
        }
        return answer.response
    }

    /// What was sent, each part checked.
    private struct Said: Sendable {
        var number: String
        var updateID: String
        var at: Instant
        var words: String

        /// What tells another update from the same one sent again.
        var content: [UInt8] { Array("\(number)\0\(updateID)\0\(at.milliseconds)\0\(words)".utf8) }

        init(_ fields: QueryParameters, _ reporting: Open311Reporting, now: Instant) throws(Refusal) {
            guard let number = fields.filled("service_request_id"), number.utf8.count <= 40 else {
                throw Open311Reporting.missing("service_request_id")
            }
            guard let id = fields.filled("update_id") ?? fields.filled("update_id_ext"), id.utf8.count <= 100 else {
                throw Open311Reporting.missing("update_id")
            }
            guard let status = fields.filled("status"), PublicRules.Status(rawValue: status.lowercased()) != nil else {
                throw Open311Question.wrong(
                    "status", "status 须为 OPEN、CLOSED 或 FixMyStreet 的扩展状态",
                    "status is OPEN, CLOSED or one of FixMyStreet's further states")
            }
            guard let at = try Open311Question.instant("updated_datetime", fields) else {
                throw Open311Reporting.missing("updated_datetime")
            }
            let description = fields.filled("description")?.trimmingSpaces() ?? ""
            var lines = ["外部系统更新（\(status.lowercased())）：" + description]
            if let media = try reporting.media(fields) { lines.append("照片：" + media) }
            self.number = number
            updateID = id
            self.at = min(at, now)
            words = lines.joined(separator: "\n")
        }
    }
}
