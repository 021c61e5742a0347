import Desk
import Ground
import Storage

/// 部门版式: a workbook of a department's own layout, to be filled from its forms.
struct FormTemplate: Sendable, Hashable {
    typealias ID = Identifier<FormTemplate>

    var id: ID
    var name: String
    var fileName: String
    /// The department's line; nil for bodies of an area, whose area then says whose it is.
    var line: String?
    var area: AreaPrefix
    var staffName: String
    var uploadedAt: Instant
    var size: Int
}

enum TemplateStore {
    private static let columns: StaticString = "id, name, file_name, line, area, staff_name, uploaded_at, size"

    static func insert(_ one: FormTemplate, _ bytes: [UInt8], in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO form_templates (\(trusted: columns), content)
            VALUES (\(one.id), \(one.name), \(one.fileName), \(one.line), \(one.area.code), \(one.staffName),
                    \(one.uploadedAt), \(one.size), \(bytes))
            """)
    }

    static func delete(_ id: FormTemplate.ID, in transaction: any Transaction) throws {
        try transaction.later("DELETE FROM form_templates WHERE id = \(id)")
    }

    static func all(for scope: Scope, after: FormTemplate.ID? = nil, limit: Int, in transaction: any Transaction) throws
        -> [FormTemplate]
    {
        var query: SQL = "SELECT \(trusted: columns) FROM form_templates WHERE \(visible(scope))"
        if let after { query += " AND id < \(after)" }
        query += " ORDER BY id DESC LIMIT \(limit)"
        return try transaction.query(query).map { try template($0) }
    }

    static func find(_ id: FormTemplate.ID, for scope: Scope, in transaction: any Transaction) throws -> FormTemplate? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM form_templates WHERE id = \(id) AND \(visible(scope))"
        ).map { try template($0) }
    }

    static func content(_ id: FormTemplate.ID, in transaction: any Transaction) throws -> [UInt8] {
        try transaction.first("SELECT content FROM form_templates WHERE id = \(id)").map { try $0.blob(0) } ?? []
    }

    /// One's own line's; of bodies of an area, those of the same area.
    private static func visible(_ scope: Scope) -> SQL {
        guard let line = scope.line else { return "line IS NULL AND area = \(scope.area.code)" }
        return "line = \(line)"
    }

    private static func template(_ row: Row) throws -> FormTemplate {
        FormTemplate(
            id: try row.identifier(0), name: try row.text(1), fileName: try row.text(2), line: try row.textIfAny(3),
            area: AreaPrefix(try row.text(4)) ?? .everywhere, staffName: try row.text(5),
            uploadedAt: try row.instant(6), size: Int(try row.int(7)))
    }
}
