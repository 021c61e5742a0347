import Cipher
import Desk
import Ground
import Hummingbird
import Storage
import Web

/// Checks of the ledger, for programs: what the page of them shows and does.
extension LedgerAPI {
    private static let check = Schema.named(
        "LedgerCheck",
        .object([
            .init("checkedAt", .instant), .init("fromBlock", .integer()), .init("blocks", .integer()),
            .init("entries", .integer()), .init("unsealed", .integer(), "recorded, but not sealed yet"),
            .init("findings", .integer(), "0 when nothing was changed"), .init("firstFinding", .nullable(.text)),
            .init("lastRoot", .text),
        ]))

    func addChecks(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/ledger/checks", id: "listLedgerChecks", tag: "ledger",
                summary: LocalizedText("历次台账校验及结果，最新在前", "Checks of the ledger and what they found, newest first"),
                query: [
                    .init("after", .string(format: "date-time"), required: false, "`checkedAt` of the last one seen"),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([.init("items", .array(Self.check)), .init("next", .nullable(.instant))])),
            right: .ledgerRead
        ) { staff, _ in try await checks(staff) }
        routes.api(
            APIOperation(
                .post, "/ledger/checks", id: "checkLedger", tag: "ledger",
                summary: LocalizedText("校验最近的区块", "Check the last blocks"), status: 201, response: Self.check),
            right: .ledgerRead
        ) { staff, submission in
            let once = submission.once
            if let earlier = try await house.database.read({ try once.earlier(in: $0) }) { return earlier.response }
            _ = try await LedgerChecks(house: house).run(lastBlocks: LedgerPages.blocksCheckedOnRequest)
            return try await staff.visit.write(submission) { transaction in
                guard let made = try LedgerChecks.last(in: transaction) else { throw Refusal.nothingHere }
                return .json(JSONWriter.object { Self.write(made, to: &$0) }, status: 201)
            }
        }
    }

    private func checks(_ staff: StaffVisit) async throws -> Response {
        let query = staff.visit.query
        let limit = query.filled("limit").flatMap { Int($0) } ?? 50
        guard (1...200).contains(limit) else {
            throw Refusal(
                .malformed, "ledger.limit", LocalizedText("limit 须在 1 到 200 之间", "limit lies between 1 and 200"),
                field: "limit")
        }
        var after: Instant?
        if let text = query.filled("after") {
            guard let instant = Instant(iso8601: text) else {
                throw Refusal(
                    .malformed, "ledger.after", LocalizedText("after 应为时间", "after must be a time"), field: "after")
            }
            after = instant
        }
        let before = after
        let records = try await house.database.read {
            try LedgerChecks.records(after: before, limit: limit + 1, in: $0)
        }
        let shown = records.prefix(limit)
        return .json(
            JSONWriter.object { writer in
                writer.key("items")
                writer.array(shown) { writer, record in writer.object { Self.write(record, to: &$0) } }
                writer.member("next", records.count > limit ? shown.last?.checkedAt : nil)
            })
    }

    private static func write(_ record: LedgerChecks.Record, to writer: inout JSONWriter) {
        writer.member("checkedAt", record.checkedAt)
        writer.member("fromBlock", record.fromBlock)
        writer.member("blocks", record.blocks)
        writer.member("entries", record.entries)
        writer.member("unsealed", record.unsealed)
        writer.member("findings", record.findings)
        writer.member("firstFinding", record.firstFinding)
        writer.member("lastRoot", record.lastRoot.hexadecimal)
    }
}
