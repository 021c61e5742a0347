import Cipher
import Desk
import Ground
import Hummingbird
import Ledger
import Messages
import Storage
import Web

/// What personal elements are asked for, or found by, with a purpose that the ledger keeps. Answers are not kept under an
/// Idempotency-Key: nothing in clear may lie beside the vault, and every look is a look of its own.
extension Cases {
    private struct Revealing: Decodable {
        var purpose: String?
    }

    private struct Searching: Decodable {
        var phone: String?
        var purpose: String?
        var after: CaseID?
    }

    func addRevealAPI(to routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/cases/{id}/reveal", id: "revealReporter", tag: "cases",
                summary: LocalizedText("查看反映人原文（目的记入台账）", "The reporter in full, for a purpose that the ledger keeps"),
                request: .object([.init("purpose", .string(minimum: 2, maximum: 200))]),
                response: .object([.init("name", .nullable(.text)), .init("phone", .nullable(.text))])),
            right: .personalReveal
        ) { staff, submission in
            let purpose = try submission.decode(Revealing.self).purpose ?? ""
            let revealed = try await reveal(
                try staff.visit.identifier(), purpose: purpose, by: staff.scope, at: staff.visit.now)
            return .json(
                JSONWriter.object { writer in
                    writer.member("name", revealed.name)
                    writer.member("phone", revealed.phone)
                })
        }
        routes.api(
            APIOperation(
                .post, "/cases/search", id: "searchCasesByPhone", tag: "cases",
                summary: LocalizedText(
                    "按反映人电话查找（目的记入台账）", "Find by the reporter's phone, for a purpose that the ledger keeps"),
                request: .object([
                    .init("phone", .string(minimum: 5, maximum: 20), "the whole number"),
                    .init("purpose", .string(minimum: 2, maximum: 200)),
                    .init("after", .nullable(.identifier), required: false),
                ]), response: CaseJSON.page), right: .caseRead
        ) { staff, submission in
            let request = try submission.decode(Searching.self)
            let (records, next) = try await search(
                phone: request.phone ?? "", purpose: request.purpose ?? "", after: request.after, by: staff.scope,
                at: staff.visit.now)
            return .json(
                JSONWriter.object { writer in
                    writer.key("cases")
                    writer.array(records) { CaseJSON.write($1, to: &$0) }
                    writer.member("next", next)
                })
        }
    }

    /// The matters of one phone number that the scope may see. The number itself is written nowhere.
    private func search(phone: String, purpose text: String, after: CaseID?, by scope: Scope, at now: Instant)
        async throws -> (records: [CaseRecord], next: CaseID?)
    {
        var filter = CaseFilter()
        filter.phoneIndex = try await searchIndex(ofPhone: phone, purpose: text, by: scope, at: now)
        filter.after = after
        filter.now = now
        let ready = filter
        let records = try await house.database.read {
            try CaseStore.page(ready, for: scope, limit: 51, in: $0)
        }
        return (Array(records.prefix(50)), records.count > 50 ? records[49].id : nil)
    }

    /// The blind index of a number that somebody looks for. That they do, and what for, is on the ledger before anything
    /// is found.
    func searchIndex(ofPhone phone: String, purpose text: String, by scope: Scope, at now: Instant) async throws
        -> String
    {
        guard let number = PhoneNumber(phone) else {
            throw Refusal(
                .ruleBroken, "cases.no-phone", LocalizedText("请输入完整的电话号码", "Enter the whole phone number"),
                wayOn: LocalizedText("号码加密存放，只能按完整号码查找", "Numbers are stored sealed; only a whole one can be found"),
                field: "phone")
        }
        let purpose = try Self.purpose(text)
        let index = number.index(house.keys.vault)
        try await house.database.write { transaction in
            let rows = try CaseStore.reported(byPhone: index, after: nil, limit: 51, in: transaction).filter(
                scope.mayRead)
            let id: Identifier<LedgerEntry> = house.identifiers.next(at: now)
            try Ledger.record(
                LedgerEntry(
                    "cases.search-phone", on: "search", id, by: Actor(scope), at: now, id: id, area: scope.area.code,
                    purpose: purpose
                ) { $0.member("rows", min(rows.count, 50)) }, in: transaction)
        }
        return index
    }
}
