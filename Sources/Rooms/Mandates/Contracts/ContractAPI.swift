import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/contracts`: bought work for programs.
struct ContractAPI: Sendable {
    let mandates: Mandates
    private static let tag = "contracts"
    private static let count = Schema.integer(minimum: 0)

    private static let contract = Schema.named(
        "Contract",
        .object([
            .init("id", .identifier), .init("number", .text), .init("demand", .identifier), .init("title", .text),
            .init("buyer", .text), .init("area", .text), .init("quantity", count), .init("yuan", count),
            .init("from", .string(format: "date")), .init("until", .string(format: "date")),
            .init("conditions", .text), .init("stage", .string(values: ContractStage.allCases.map(\.rawValue))),
            .init("delivered", count), .init("accepted", count), .init("reserved", count), .init("paid", count),
            .init("dueAt", .nullable(.instant)), .init("version", .integer(minimum: 1)),
        ]))

    private struct Asked: Decodable {
        var act: String
        var words: String?
        var quantity: Int64?
    }

    private static let acts = ["agree", "decline", "deliver", "accept", "contest", "settle", "pay", "end"]

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/contracts", id: "listContracts", tag: Self.tag,
                summary: LocalizedText("购买合同", "Contracts, the newest first"),
                query: [.init("after", .identifier, required: false)],
                response: .object([.init("items", .array(Self.contract)), .init("next", .nullable(.text))])),
            right: .readMandates
        ) { staff, _ in
            let after = staff.visit.query.filled("after")
            let found = try await mandates.house.database.read {
                try ContractStore.page(for: staff.scope, after: after, limit: 51, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(50)) { Self.write($1, to: &$0) }
                    writer.member("next", found.count > 50 ? found[49].id.text : nil)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/contracts/{id}", id: "readContract", tag: Self.tag,
                summary: LocalizedText("一份合同", "One contract"),
                response: Self.contract), right: .readMandates
        ) { staff, _ in
            let id: ContractID = try staff.visit.identifier()
            let contract = try await mandates.house.database.read { transaction in
                guard let contract = try ContractStore.find(id, for: staff.scope, in: transaction) else {
                    throw Refusal.nothingHere
                }
                return contract
            }
            var writer = JSONWriter()
            Self.write(contract, to: &writer)
            return Answer.json(writer.finish(), version: contract.version).response
        }
        routes.api(
            APIOperation(
                .post, "/contracts/{id}/acts", id: "actOnContract", tag: Self.tag,
                summary: LocalizedText("办理合同", "Do what can be done with a contract"),
                request: .named(
                    "ContractAct",
                    .object([
                        .init("act", .string(values: Self.acts)),
                        .init("words", .nullable(.string(maximum: Mandates.longestWords)), required: false),
                        .init("quantity", .nullable(Self.count), required: false),
                    ])), response: Self.contract), right: .readMandates
        ) { staff, submission in
            let asked = try submission.decode(Asked.self)
            guard Self.acts.contains(asked.act) else { throw ListAPI.wrong("act") }
            let command = try ContractPages.command(asked.act, words: asked.words ?? "", quantity: asked.quantity)
            let id: ContractID = try staff.visit.identifier()
            let (mandates, scope, visit, seen) = (mandates, staff.scope, staff.visit, submission.seenVersion)
            return try await visit.write(submission) { transaction in
                let contract = try mandates.act(command, on: id, seen: seen, by: scope, at: visit.now, in: transaction)
                var writer = JSONWriter()
                Self.write(contract, to: &writer)
                return .json(writer.finish(), version: contract.version)
            }
        }
    }

    private static func write(_ one: Contract, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", one.id)
            writer.member("number", one.number)
            writer.member("demand", one.demand)
            writer.member("title", one.title)
            writer.member("buyer", one.buyerName)
            writer.member("area", one.area.code)
            writer.member("quantity", one.quantity)
            writer.member("yuan", one.yuan)
            writer.member("from", one.from.description)
            writer.member("until", one.until.description)
            writer.member("conditions", one.conditions)
            writer.member("stage", one.stage.rawValue)
            writer.member("delivered", one.delivered)
            writer.member("accepted", one.accepted)
            writer.member("reserved", one.reserved)
            writer.member("paid", one.paid)
            writer.member("dueAt", one.dueAt)
            writer.member("version", one.version)
        }
    }
}
