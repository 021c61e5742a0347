import Cipher
import Desk
import Ground
import Hummingbird
import Storage
import Web

struct LedgerAPI: Sendable {
    let house: House
    let words: LedgerWords

    private static let entrySchema = Schema.named(
        "LedgerEntry",
        .object([
            .init("id", .identifier), .init("act", .text), .init("subjectKind", .text), .init("subjectId", .text),
            .init("actorKind", .string(values: ["staff", "machine", "resident", "system"])), .init("actorId", .text),
            .init("actorPost", .nullable(.text)), .init("actorName", .text), .init("happenedAt", .instant),
            .init("receivedAt", .instant), .init("area", .nullable(.text)), .init("purpose", .nullable(.text)),
            .init("facts", .object([])), .init("block", .nullable(.integer())),
        ]))

    private static let blockSchema = Schema.named(
        "LedgerBlock",
        .object([
            .init("chain", .text), .init("number", .integer()), .init("firstEntry", .text), .init("lastEntry", .text),
            .init("entryCount", .integer()), .init("previousRoot", .text), .init("entriesRoot", .text),
            .init("sealedAt", .instant), .init("root", .text), .init("signature", .text),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/ledger", id: "listLedger", tag: "ledger",
                summary: LocalizedText("台账记录，最新在前", "Entries of the ledger, newest first"),
                query: [
                    .init("area", .text, required: false), .init("act", .text, required: false),
                    .init("actor", .text, required: false), .init("subject", .text, required: false),
                    .init("from", .string(format: "date"), required: false),
                    .init("to", .string(format: "date"), required: false), .init("after", .text, required: false),
                    .init("limit", .integer(minimum: 1, maximum: 200), required: false),
                ],
                response: .object([
                    .init("items", .array(Self.entrySchema)), .init("next", .nullable(.identifier)),
                ])), right: .ledgerRead
        ) { staff, _ in try await list(staff) }
        routes.api(
            APIOperation(
                .get, "/ledger/{id}/proof", id: "proveLedgerEntry", tag: "ledger",
                summary: LocalizedText("一条记录在已签名区块中的证明", "Proof that an entry stands in a signed block"),
                response: .object([
                    .init("entry", Self.entrySchema), .init("block", Self.blockSchema), .init("leaf", .text),
                    .init("position", .integer()),
                    .init(
                        "path",
                        .array(
                            .object([.init("side", .string(values: ["left", "right"])), .init("hash", .text)]))),
                    .init("publicKey", .text), .init("valid", .boolean),
                ]), refusals: [409]), right: .ledgerRead
        ) { staff, _ in try await prove(staff) }
        routes.api(
            APIOperation(
                .get, "/ledger/last-block", id: "lastLedgerBlock", tag: "ledger",
                summary: LocalizedText("最新区块，其根值可另存", "The last block, whose root can be kept elsewhere"),
                response: .object([
                    .init("block", .nullable(Self.blockSchema)), .init("publicKey", .text),
                ])), right: .ledgerRead
        ) { _, _ in try await lastBlock() }
        addChecks(to: routes)
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let limit = visit.query.filled("limit").flatMap { Int($0) } ?? 50
        guard (1...200).contains(limit) else {
            throw Refusal(
                .malformed, "ledger.limit", LocalizedText("limit 须在 1 到 200 之间", "limit lies between 1 and 200"),
                field: "limit")
        }
        let query = try LedgerQuery(visit.query)
        let page = try await LedgerPages(house: house, words: words).lines(
            query, staff.scope, after: visit.query.filled("after"), limit: limit)
        return .json(
            JSONWriter.object { writer in
                writer.key("items")
                writer.array(page.items) { Self.write($1.entry, block: $1.block, to: &$0) }
                writer.member("next", page.next)
            })
    }

    private func prove(_ staff: StaffVisit) async throws -> Response {
        let id: Identifier<LedgerEntry> = try staff.visit.identifier()
        let view = LedgerView(of: staff.scope, in: house.settings.area, words)
        let proof = try await house.database.read { try Ledger.proof(of: id, visibleTo: view, in: $0) }
        guard let proof else { throw Refusal.nothingHere }
        let publicKey = house.keys.signing.publicKey
        return .json(
            JSONWriter.object { writer in
                writer.key("entry")
                Self.write(proof.entry, block: proof.block.number, to: &writer)
                writer.key("block")
                Self.write(proof.block, to: &writer)
                writer.member("leaf", proof.entry.leaf.hexadecimal)
                writer.member("position", proof.position)
                writer.key("path")
                writer.array(proof.path) { writer, step in
                    writer.object { writer in
                        writer.member("side", step.isLeft ? "left" : "right")
                        writer.member("hash", step.sibling.hexadecimal)
                    }
                }
                writer.member("publicKey", publicKey.hexadecimal)
                writer.member("valid", proof.isValid(by: publicKey))
            })
    }

    private func lastBlock() async throws -> Response {
        let block = try await house.database.read { try LedgerChecks.lastBlocks(1, in: $0) }.first
        let publicKey = house.keys.signing.publicKey
        return .json(
            JSONWriter.object { writer in
                writer.key("block")
                if let block { Self.write(block, to: &writer) } else { writer.null() }
                writer.member("publicKey", publicKey.hexadecimal)
            })
    }

    private static func write(_ entry: LedgerEntry, block: Int64?, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", entry.id)
            writer.member("act", entry.act)
            writer.member("subjectKind", entry.subjectKind)
            writer.member("subjectId", entry.subjectID)
            writer.member("actorKind", entry.actor.kind.rawValue)
            writer.member("actorId", entry.actor.id)
            writer.member("actorPost", entry.actor.post)
            writer.member("actorName", entry.actor.name)
            writer.member("happenedAt", entry.happenedAt)
            writer.member("receivedAt", entry.receivedAt)
            writer.member("area", entry.area)
            writer.member("purpose", entry.purpose)
            writer.key("facts")
            writer.raw(entry.facts)
            writer.key("block")
            if let block { writer.value(block) } else { writer.null() }
        }
    }

    private static func write(_ block: LedgerBlock, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("chain", block.chain)
            writer.member("number", block.number)
            writer.member("firstEntry", block.firstEntry)
            writer.member("lastEntry", block.lastEntry)
            writer.member("entryCount", block.entryCount)
            writer.member("previousRoot", block.previousRoot.hexadecimal)
            writer.member("entriesRoot", block.entriesRoot.hexadecimal)
            writer.member("sealedAt", block.sealedAt)
            writer.member("root", block.root.hexadecimal)
            writer.member("signature", block.signature.hexadecimal)
        }
    }
}
