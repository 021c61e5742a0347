import Desk
import Ground
import Storage

enum AssetStore {
    private static let columns: StaticString =
        "id, area, title, kind, yuan, tenant, leased_from, leased_until, yuan_a_year, income, version"

    static func insert(_ asset: Asset, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO assets (id, area, title, kind, yuan, income, version)
            VALUES (\(asset.id), \(asset.area.code), \(asset.title), \(asset.kind), \(asset.yuan), \(asset.income),
                    \(asset.version))
            """)
    }

    /// - Returns: false when it changed since it was read.
    static func update(_ asset: inout Asset, in transaction: any Transaction) throws -> Bool {
        let seen = asset.version
        asset.version += 1
        return try transaction.execute(
            """
            UPDATE assets SET tenant = \(asset.lease?.tenant), leased_from = \(asset.lease?.from),
                leased_until = \(asset.lease?.until), yuan_a_year = \(asset.lease?.yuanAYear),
                income = \(asset.income), version = \(asset.version)
            WHERE id = \(asset.id) AND version = \(seen)
            """) == 1
    }

    static func find(_ id: AssetID, for scope: Scope, in transaction: any Transaction) throws -> Asset? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM assets WHERE id = \(id) AND \(visible(scope))"
        ).map(asset)
    }

    /// Public property: everybody of the street sees what the street and its communities own.
    private static func visible(_ scope: Scope) -> SQL {
        let area = scope.area.level < .street ? scope.area : AreaPrefix(scope.area.code.prefix(9)) ?? scope.area
        return area.condition(on: "area")
    }

    static func page(for scope: Scope, after: String?, limit: Int, in transaction: any Transaction) throws -> [Asset] {
        let before = after ?? BudgetStore.afterAll
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM assets WHERE id < \(before) AND \(visible(scope))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(asset)
    }

    static func insert(
        _ income: AssetIncome, id: Identifier<AssetIncome>, of asset: AssetID, by post: PostID,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO asset_incomes (id, asset, yuan, day, words, post)
            VALUES (\(id), \(asset), \(income.yuan), \(income.on), \(income.words), \(post))
            """)
    }

    static func incomes(of id: AssetID, limit: Int, in transaction: any Transaction) throws -> [AssetIncome] {
        try transaction.query(
            "SELECT yuan, day, words FROM asset_incomes WHERE asset = \(id) ORDER BY id DESC LIMIT \(limit)"
        ).map {
            AssetIncome(yuan: try $0.int(0), on: Day(try $0.text(1)) ?? Day(number: 0), words: try $0.text(2))
        }
    }

    /// Names of what a street and its communities own of a kind; nil when nothing of it was entered.
    static func titles(of kind: String, in street: AreaPrefix, in transaction: any Transaction) throws -> [String]? {
        let titles = try transaction.query(
            """
            SELECT title FROM assets WHERE kind = \(kind) AND \(street.condition(on: "area")) ORDER BY area, id LIMIT 2000
            """
        ).map { try $0.text(0) }
        return titles.isEmpty ? nil : titles
    }

    private static func asset(_ row: Row) throws -> Asset {
        var lease: Asset.Lease?
        if let tenant = try row.textIfAny(5), let from = try row.textIfAny(6).flatMap({ Day($0) }),
            let until = try row.textIfAny(7).flatMap({ Day($0) }), let yuan = try row.intIfAny(8)
        {
            lease = Asset.Lease(tenant: tenant, from: from, until: until, yuanAYear: yuan)
        }
        return Asset(
            id: try row.identifier(0), area: AreaPrefix(try row.text(1)) ?? .everywhere, title: try row.text(2),
            kind: try row.text(3), yuan: try row.int(4), lease: lease, income: try row.int(9),
            version: try row.int(10))
    }
}
