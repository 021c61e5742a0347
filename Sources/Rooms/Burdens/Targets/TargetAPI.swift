import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/targets`: chains of targets for programs.
struct TargetAPI: Sendable {
    let burdens: Burdens
    private static let tag = "burdens"

    private struct Asked: Decodable {
        var parent: String?
        var indicator: String
        var area: String
        var value: String
        var unit: String?
        var isAtMost: Bool?
        var year: Int
    }

    private static let target = Schema.named(
        "Target",
        .object([
            .init("id", .identifier), .init("parent", .nullable(.identifier)), .init("root", .identifier),
            .init("indicator", .text), .init("area", .text), .init("body", .text), .init("line", .nullable(.text)),
            .init("value", .text), .init("unit", .text), .init("isAtMost", .boolean),
            .init("year", .integer(minimum: 2000)), .init("isWithdrawn", .boolean),
            .init("version", .integer(minimum: 1)),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/targets", id: "listTargets", tag: Self.tag,
                summary: LocalizedText("一年的指标要求", "Targets of a year"),
                query: [.init("year", .integer(minimum: 2000, maximum: 2200), required: false)],
                response: .object([.init("items", .array(Self.target))])), right: .readMandates
        ) { staff, _ in
            let year = try TargetPages.year(staff.visit)
            let found = try await burdens.house.database.read {
                try TargetStore.ofYear(year, for: staff.scope, in: $0)
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found) { Self.write($1, to: &$0) }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/targets/{id}", id: "readTargetChain", tag: Self.tag,
                summary: LocalizedText(
                    "一条链条，逐级加码", "The chain of a target, with what each level laid on top, per mille"),
                response: .object([
                    .init("worst", .integer()), .init("isMarkedUp", .boolean),
                    .init(
                        "links",
                        .array(
                            .object([
                                .init("target", Self.target), .init("depth", .integer(minimum: 0)),
                                .init("markUp", .nullable(.integer())), .init("whole", .nullable(.integer())),
                            ]))),
                ])), right: .readMandates
        ) { staff, _ in
            let id: TargetID = try staff.visit.identifier()
            let chain = try await burdens.house.database.read { transaction in
                guard let target = try TargetStore.find(id, for: staff.scope, in: transaction) else {
                    throw Refusal.nothingHere
                }
                return TargetChain(
                    root: target.root, targets: try TargetStore.chain(target.root, for: staff.scope, in: transaction))
            }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("worst", chain.worst)
                    writer.member("isMarkedUp", chain.isMarkedUp)
                    writer.key("links")
                    writer.array(chain.links) { writer, link in
                        writer.object { writer in
                            writer.key("target")
                            Self.write(link.target, to: &writer)
                            writer.member("depth", Int64(link.depth))
                            writer.key("markUp")
                            if let markUp = link.markUp { writer.value(markUp) } else { writer.null() }
                            writer.key("whole")
                            if let whole = link.whole { writer.value(whole) } else { writer.null() }
                        }
                    }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/targets", id: "setTarget", tag: Self.tag,
                summary: LocalizedText("登记一条指标要求", "Register a target, with the one above on which it rests"),
                request: .named(
                    "NewTarget",
                    .object([
                        .init("parent", .nullable(.identifier), required: false),
                        .init("indicator", .string(minimum: 2, maximum: 80)),
                        .init("area", .string(pattern: "^[0-9]{2,12}$")), .init("value", .string(maximum: 14)),
                        .init("unit", .nullable(.string(maximum: 12)), required: false),
                        .init("isAtMost", .nullable(.boolean), required: false),
                        .init("year", .integer(minimum: 2000, maximum: 2200)),
                    ])), response: Self.target), right: .readMandates
        ) { staff, submission in
            let asked = try submission.decode(Asked.self)
            let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let target = try burdens.set(
                    TargetAsked(
                        parent: asked.parent.map { TargetID($0) }, indicator: asked.indicator, area: asked.area,
                        value: asked.value, unit: asked.unit ?? "", isAtMost: asked.isAtMost ?? false,
                        year: asked.year), by: scope, at: now, in: transaction)
                var writer = JSONWriter()
                Self.write(target, to: &writer)
                return .json(writer.finish(), version: target.version)
            }
        }
        routes.api(
            APIOperation(
                .post, "/targets/{id}/withdraw", id: "withdrawTarget", tag: Self.tag,
                summary: LocalizedText("撤销一条指标要求", "Take a target back"),
                response: .object([.init("isWithdrawn", .boolean)])), right: .readMandates
        ) { staff, submission in
            let id: TargetID = try staff.visit.identifier()
            let (burdens, scope, now) = (burdens, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try burdens.withdraw(id, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { $0.member("isWithdrawn", true) })
            }
        }
    }

    private static func write(_ one: Target, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", one.id)
            writer.member("parent", one.parent?.text)
            writer.member("root", one.root)
            writer.member("indicator", one.indicator)
            writer.member("area", one.area.code)
            writer.member("body", one.bodyName)
            writer.member("line", one.line)
            writer.member("value", one.valueText)
            writer.member("unit", one.unit)
            writer.member("isAtMost", one.isAtMost)
            writer.member("year", Int64(one.year))
            writer.member("isWithdrawn", one.isWithdrawn)
            writer.member("version", one.version)
        }
    }
}
