import Cipher
import Desk
import Ground
import Hummingbird
import NationalCodes
import Storage
import Web

/// Texts to residents, for programs: what the page of them shows and does.
extension MessageAPI {
    private static let text = Schema.named(
        "OutgoingText",
        .object([
            .init("id", .identifier), .init("at", .instant), .init("maskedPhone", .nullable(.text)),
            .init("text", .text, "a code that was sent is never in it"),
            .init("state", .string(values: TextState.allCases.map(\.rawValue))), .init("tries", .integer()),
            .init("sentAt", .nullable(.instant)), .init("failure", .nullable(.text)),
        ]))

    func addTexts(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/texts", id: "listTexts", tag: "messages",
                summary: LocalizedText("辖区内的外发短信，最新在前", "Texts to residents of the area, newest first"),
                query: [
                    .init(
                        "state", .string(values: TextState.allCases.map(\.rawValue)), required: false,
                        "failed, when it is not said"),
                    .init("after", .text, required: false),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([.init("items", .array(Self.text)), .init("next", .nullable(.identifier))])),
            right: .seeOutgoingTexts
        ) { staff, _ in try await texts(staff) }
        routes.api(
            APIOperation(
                .post, "/texts/{id}/retry", id: "retryText", tag: "messages",
                summary: LocalizedText("重新发送失败的短信", "Send a failed text again"),
                response: .object([.init("state", .string(values: [TextState.waiting.rawValue]))])),
            right: .seeOutgoingTexts
        ) { staff, submission in
            let id = try staff.visit.parameter("id")
            let scope = staff.scope
            let whole = house.settings.area
            let now = staff.visit.now
            return try await staff.visit.write(submission) { transaction in
                guard try TextStore.retry(id, for: scope, in: whole, at: now, transaction: transaction) else {
                    throw Refusal.nothingHere
                }
                return .json(JSONWriter.object { $0.member("state", TextState.waiting.rawValue) })
            }
        }
    }

    private func texts(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let whole = house.settings.area
        let limit = try Self.limit(visit)
        let asked = visit.query.filled("state")
        guard let state = asked.map(TextState.init(rawValue:)) ?? .failed else {
            throw Refusal(
                .malformed, "messages.state", LocalizedText("没有这种状态", "There is no such state"), field: "state")
        }
        let after = visit.query.filled("after")
        let lines = try await house.database.read { transaction in
            try TextStore.lines(
                state, for: scope, in: whole, after: after, limit: limit + 1, transaction: transaction)
        }
        let shown = lines.prefix(limit)
        let vault = house.keys.vault
        return .json(
            JSONWriter.object { writer in
                writer.key("items")
                writer.array(shown) { writer, line in
                    let phone = try? vault.open(line.phoneSealed, for: ResidentText.phonePurpose)
                    writer.object { writer in
                        writer.member("id", line.id)
                        writer.member("at", line.at)
                        writer.member("maskedPhone", phone.map(Mask.phoneNumber))
                        writer.member("text", line.text)
                        writer.member("state", line.state.rawValue)
                        writer.member("tries", line.tries)
                        writer.member("sentAt", line.sentAt)
                        writer.member("failure", line.failure)
                    }
                }
                writer.member("next", lines.count > limit ? shown.last?.id : nil)
            })
    }
}
