import Cipher
import Desk
import Ground
import Storage
import Web

/// Reads every rule file as a start does, without a database: what is wrong in one is told before anybody relies on it.
enum RuleCheck {
    static func run(_ configuration: Configuration) throws {
        let furniture = try Assembly.Furniture(configuration)
        // No key file is made for this; nothing is sealed with these.
        let keys = KeyRing(seed: SecureRandom.bytes(32))
        _ = try Assembly.Rooms(in: furniture.house(around: NoDatabase(), keys: keys))
    }
}

/// Stands where rules are read and nothing is stored.
private struct NoDatabase: Database {
    let engine = Engine.sqlite
    private static let absent = DatabaseError(.connection, "no database is open")

    func read<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value {
        throw Self.absent
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value {
        throw Self.absent
    }

    func query(_ sql: SQL) async throws -> [Row] { throw Self.absent }
    func close() async {}
}
