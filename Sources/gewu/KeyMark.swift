import Cipher
import Foundation
import Ground
import Storage

/// Which key file belongs to a database: a mark in it that only this key can make. So a key file that is missing, or is
/// that of another installation, is noticed at the start, before anything is sealed that nobody could read later.
enum KeyMark {
    static let migrations = [
        Migration("gewu.0002-key-mark", "CREATE TABLE key_mark (id BIGINT NOT NULL PRIMARY KEY, mark TEXT NOT NULL)")
    ]

    /// The keys in the file, which are made when the database has none yet.
    /// - Parameter present: the keys in the file; nil when there is no file.
    static func keys(_ present: KeyRing?, at path: String, for database: any Database) async throws -> KeyRing {
        let known = try await mark(in: database)
        if known != nil, present == nil { throw missing(path) }
        let keys = try present ?? KeyRing.loadOrCreate(at: path)
        let own = mark(of: keys)
        if let known {
            guard known == own else { throw foreign(path) }
            return keys
        }
        // Several servers may start together for the first time: the first mark counts.
        try await database.write { transaction in
            try transaction.execute("INSERT INTO key_mark (id, mark) VALUES (1, \(own)) ON CONFLICT (id) DO NOTHING")
        }
        guard try await mark(in: database) == own else { throw foreign(path) }
        return keys
    }

    /// The keys in the file, if it is there: a damaged file is told before data are touched.
    static func present(at path: String) throws -> KeyRing? {
        FileManager.default.fileExists(atPath: path) ? try KeyRing.loadOrCreate(at: path) : nil
    }

    private static func mark(of keys: KeyRing) -> String { keys.vault.blindIndex("gewu", for: "gewu.key-mark") }

    private static func mark(in database: any Database) async throws -> String? {
        try await database.query("SELECT mark FROM key_mark WHERE id = 1").first?.text(0)
    }

    private static func missing(_ path: String) -> Refusal {
        Refusal(
            .unavailable, "keys.missing",
            LocalizedText(
                "密钥文件 \(path) 不在，而数据库中的个人要素是用它加密的；未生成新密钥",
                "The key file \(path) is missing, but the database was filled with it; no new one was made"),
            wayOn: LocalizedText(
                "请从备份恢复该文件，或在配置项 keys 中指明它的位置",
                "Restore it from its own backup, or name its place as `keys` in the configuration"))
    }

    private static func foreign(_ path: String) -> Refusal {
        Refusal(
            .unavailable, "keys.other",
            LocalizedText(
                "密钥文件 \(path) 不是此数据库的密钥，而属于另一数据库",
                "The key file \(path) is not that of this database, but of another"),
            wayOn: LocalizedText(
                "请换回此数据库原来的密钥文件，或用 --database 指明另一数据库",
                "Put back the key file that belongs to it, or name the other database with --database"))
    }
}
