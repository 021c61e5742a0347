import Desk
import Ground
import Storage

/// A filter that somebody keeps under a name.
struct SavedView: Sendable {
    var id: Identifier<SavedView>
    var name: String
    /// As it stands in an address, without `?`.
    var query: String
}

enum SavedViewStore {
    static let most = 50

    static func list(of staff: StaffID, in transaction: any Transaction) throws -> [SavedView] {
        try transaction.query(
            "SELECT id, name, query FROM saved_views WHERE staff = \(staff) ORDER BY name LIMIT \(most)"
        ).map { SavedView(id: try $0.identifier(0), name: try $0.text(1), query: try $0.text(2)) }
    }

    /// A name that is there already gets the new filter.
    static func save(_ view: SavedView, of staff: StaffID, at now: Instant, in transaction: any Transaction) throws {
        let row = try transaction.first(
            "SELECT COUNT(*) FROM saved_views WHERE staff = \(staff) AND name <> \(view.name)")
        guard try row?.int(0) ?? 0 < most else {
            throw Refusal(
                .ruleBroken, "cases.too-many-views",
                LocalizedText("最多保存 \(most) 个视图", "At most \(most) views are kept"),
                wayOn: LocalizedText("请先删除不用的视图", "Delete one that you do not use first"), field: "name")
        }
        try transaction.execute(
            """
            INSERT INTO saved_views (id, staff, name, query, at)
            VALUES (\(view.id), \(staff), \(view.name), \(view.query), \(now))
            ON CONFLICT (staff, name) DO UPDATE SET query = excluded.query, at = excluded.at
            """)
    }

    static func delete(_ id: Identifier<SavedView>, of staff: StaffID, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM saved_views WHERE id = \(id) AND staff = \(staff)")
    }
}
