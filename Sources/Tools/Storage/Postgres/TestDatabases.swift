package func createTestDatabase(named name: String, on server: DatabaseLocation) throws(DatabaseError) {
    throw DatabaseError(.other, "not yet")
}
package func dropTestDatabase(named name: String, on server: DatabaseLocation) throws(DatabaseError) {}
