/// Makes a database as a fresh installation should: text ordered by code point, as SQLite orders it.
package func createTestDatabase(named name: String, on server: DatabaseLocation) throws(DatabaseError) {
    let connection = try PostgresConnection(server, options: DatabaseOptions(), role: .administration)
    _ = try connection.execute(
        SQL(stringLiteral: "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"))
}

package func dropTestDatabase(named name: String, on server: DatabaseLocation) throws(DatabaseError) {
    let connection = try PostgresConnection(server, options: DatabaseOptions(), role: .administration)
    _ = try connection.execute(SQL(stringLiteral: "DROP DATABASE IF EXISTS \(name) WITH (FORCE)"))
}
