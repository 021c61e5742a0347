import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/assets`: what streets own, for programs.
struct AssetAPI: Sendable {
    let funds: Funds
    private static let tag = "funds"
    private static let yuan = Schema.integer(minimum: 0)

    private static let asset = Schema.named(
        "Asset",
        .object([
            .init("id", .identifier), .init("area", .text), .init("title", .text), .init("kind", .text),
            .init("yuan", yuan), .init("income", yuan),
            .init("standing", .string(values: Asset.Standing.allCases.map(\.rawValue))),
            .init(
                "lease",
                .nullable(
                    .object([
                        .init("tenant", .text), .init("from", .string(format: "date")),
                        .init("until", .string(format: "date")), .init("yuanAYear", yuan),
                    ]))), .init("version", .integer(minimum: 1)),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/assets", id: "listAssets", tag: Self.tag,
                summary: LocalizedText("资产，新的在前", "Assets, the newest first"),
                query: [.init("after", .identifier, required: false)],
                response: .object([.init("items", .array(Self.asset)), .init("next", .nullable(.text))])),
            right: .readFunds
        ) { staff, _ in
            let after = staff.visit.query.filled("after")
            let found = try await funds.house.database.read {
                try AssetStore.page(for: staff.scope, after: after, limit: 51, in: $0)
            }
            let today = staff.visit.now.local().day
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found.prefix(50)) { write($1, on: today, to: &$0) }
                    writer.member("next", found.count > 50 ? found[49].id.text : nil)
                }
            ).response
        }
        entering(routes)
        leasing(routes)
        receiving(routes)
    }

    private func entering(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/assets", id: "enterAsset", tag: Self.tag, summary: LocalizedText("登记资产", "Enter an asset"),
                request: .named(
                    "NewAsset",
                    .object([
                        .init("title", .string(minimum: 1, maximum: 60)),
                        .init("kind", .string(values: funds.rules.kinds.map(\.key))), .init("area", .text),
                        .init("yuan", .integer(minimum: 0, maximum: 10_000_000_000)),
                    ])), status: 201, response: Self.asset), right: .holdFunds
        ) { staff, submission in
            struct Asked: Decodable {
                var title: String
                var kind: String
                var area: String
                var yuan: Int64
            }
            let asked = try submission.decode(Asked.self)
            let (funds, scope, now) = (funds, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let asset = try funds.enter(
                    title: asked.title, kind: asked.kind, area: asked.area, yuan: asked.yuan, by: scope, at: now,
                    in: transaction)
                return answer(asset, status: 201, on: now.local().day)
            }
        }
    }

    private func leasing(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/assets/{id}/lease", id: "leaseAsset", tag: Self.tag,
                summary: LocalizedText("出租资产", "Let an asset"),
                request: .object([
                    .init("tenant", .string(minimum: 1, maximum: 60)), .init("from", .string(format: "date")),
                    .init("until", .string(format: "date")),
                    .init("yuanAYear", .integer(minimum: 0, maximum: 100_000_000)),
                ]), response: Self.asset), right: .holdFunds
        ) { staff, submission in
            struct Asked: Decodable {
                var tenant: String
                var from: Day
                var until: Day
                var yuanAYear: Int64
            }
            let asked = try submission.decode(Asked.self)
            let lease = Asset.Lease(
                tenant: asked.tenant, from: asked.from, until: asked.until, yuanAYear: asked.yuanAYear)
            let id: AssetID = try staff.visit.identifier()
            let (funds, scope, now, seen) = (funds, staff.scope, staff.visit.now, submission.seenVersion)
            return try await staff.visit.write(submission) { transaction in
                let asset = try funds.lease(id, lease, seen: seen, by: scope, at: now, in: transaction)
                return answer(asset, on: now.local().day)
            }
        }
    }

    private func receiving(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/assets/{id}/incomes", id: "receiveIncome", tag: Self.tag,
                summary: LocalizedText("资产收益入账", "Write what came in"),
                request: .object([
                    .init("yuan", .integer(minimum: 1, maximum: 100_000_000)), .init("on", .string(format: "date")),
                    .init("words", .string(minimum: 1, maximum: 120)),
                ]), response: Self.asset), right: .holdFunds
        ) { staff, submission in
            struct Asked: Decodable {
                var yuan: Int64
                var on: Day
                var words: String
            }
            let asked = try submission.decode(Asked.self)
            let income = AssetIncome(yuan: asked.yuan, on: asked.on, words: asked.words)
            let id: AssetID = try staff.visit.identifier()
            let (funds, scope, now, seen) = (funds, staff.scope, staff.visit.now, submission.seenVersion)
            return try await staff.visit.write(submission) { transaction in
                let asset = try funds.receive(id, income, seen: seen, by: scope, at: now, in: transaction)
                return answer(asset, on: now.local().day)
            }
        }
    }

    private func answer(_ asset: Asset, status: Int = 200, on day: Day) -> Answer {
        var writer = JSONWriter()
        write(asset, on: day, to: &writer)
        return .json(writer.finish(), status: status, version: asset.version)
    }

    private func write(_ asset: Asset, on day: Day, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", asset.id)
            writer.member("area", asset.area.code)
            writer.member("title", asset.title)
            writer.member("kind", asset.kind)
            writer.member("yuan", asset.yuan)
            writer.member("income", asset.income)
            writer.member("standing", asset.standing(on: day, warnDays: funds.rules.warnDays).rawValue)
            writer.key("lease")
            if let lease = asset.lease {
                writer.object { writer in
                    writer.member("tenant", lease.tenant)
                    writer.member("from", lease.from.description)
                    writer.member("until", lease.until.description)
                    writer.member("yuanAYear", lease.yuanAYear)
                }
            } else {
                writer.null()
            }
            writer.member("version", asset.version)
        }
    }
}
