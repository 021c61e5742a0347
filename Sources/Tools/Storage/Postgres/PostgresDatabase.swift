func PostgresDatabase(_ location: DatabaseLocation, options: DatabaseOptions) throws(DatabaseError) -> any Database {
    throw DatabaseError(.other, "PostgreSQL comes with the next commit")
}
