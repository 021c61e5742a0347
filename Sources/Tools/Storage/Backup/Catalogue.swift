/// The tables of a database as the engine itself lists them, so no room has to.
struct Catalogue {
    struct Table: Hashable {
        var name: String
        /// Without computed ones, in the order of their names, which is the same on both engines.
        var columns: [String]
        /// Columns declared as truth values: SQLite keeps them as numbers.
        var booleans: Set<String>
        /// Decides the order of rows, so that equal data give equal files.
        var key: [String]

        var quotedName: String { quoted(name) }
        var quotedColumns: String { columns.map(quoted).joined(separator: ", ") }

        /// All its rows, in the order of its key.
        var selection: SQL {
            let order = (key.isEmpty ? columns : key).map(quoted).joined(separator: ", ")
            return SQL(stringLiteral: "SELECT \(quotedColumns) FROM \(quotedName) ORDER BY \(order)")
        }

        func insertion(of values: [SQLValue]) -> SQL {
            var sql = SQL(stringLiteral: "INSERT INTO \(quotedName) (\(quotedColumns)) VALUES (")
            sql += "\(list: values))"
            return sql
        }
    }

    /// Ordered by name.
    var tables: [Table]

    init(_ transaction: any Transaction) throws(DatabaseError) {
        let rows =
            switch transaction.engine {
            case .sqlite: try transaction.query(Self.sqliteColumns)
            case .postgres: try transaction.query(Self.postgresColumns)
            }
        var tables: [String: Table] = [:]
        for row in rows {
            let name = try row.text(0)
            var table = tables[name] ?? Table(name: name, columns: [], booleans: [], key: [])
            let column = try row.text(1)
            table.columns.append(column)
            if try row.text(2).uppercased().hasPrefix("BOOL") { table.booleans.insert(column) }
            tables[name] = table
        }
        // Key columns in the order of the key, not of their names.
        for row in try rows.map({ row throws(DatabaseError) in (try row.text(0), try row.text(1), try row.int(3)) })
            .filter({ $0.2 > 0 }).sorted(by: { $0.2 < $1.2 })
        {
            tables[row.0]?.key.append(row.1)
        }
        self.tables = tables.values.sorted { $0.name < $1.name }
    }

    /// The note of steps that ran is made by the migrations themselves.
    static let stepsTable = "schema_steps"

    /// Name, column, declared type, place in the key or 0. Virtual tables and what they keep are left out: they hold only
    /// what triggers and jobs derive from the others.
    private static let sqliteColumns: SQL = """
        SELECT tables.name, columns.name, columns.type, columns.pk
        FROM pragma_table_list AS tables JOIN pragma_table_xinfo(tables.name) AS columns
        WHERE tables.schema = 'main' AND tables.type = 'table' AND columns.hidden = 0
            AND substr(tables.name, 1, 7) <> 'sqlite_' AND tables.name <> 'schema_steps'
        ORDER BY tables.name, columns.name
        """

    private static let postgresColumns: SQL = """
        SELECT CAST(t.relname AS TEXT), CAST(a.attname AS TEXT), format_type(a.atttypid, NULL),
            CAST(coalesce(array_position(k.conkey, a.attnum), 0) AS BIGINT)
        FROM pg_class t
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p'
        WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND t.relnamespace = current_schema()::regnamespace
            AND t.relname <> 'schema_steps'
        ORDER BY 1, 2
        """
}

/// As a name in SQL.
func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
