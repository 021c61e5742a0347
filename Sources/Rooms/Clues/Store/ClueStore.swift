import Cipher
import Desk
import Foundation
import Ground
import Identity
import Storage

/// Clues and their files, sealed and opened at this one place.
struct ClueStore: Sendable {
    let vault: Vault

    private static let cluePurpose: StaticString = "clues.clue"
    private static let filePurpose: StaticString = "clues.file"

    struct File: Sendable, Codable {
        var name: String
        var contentType: String
        var bytes: Data
    }

    /// - Returns: nil when this very sending was kept before.
    func insert(_ clue: Clue, code: ClueCode, in transaction: any Transaction) throws -> Int64? {
        let index = code.index(vault)
        guard try transaction.first("SELECT number FROM clues WHERE code_index = \(index)") == nil else { return nil }
        let number = try (transaction.first("SELECT MAX(number) FROM clues")?.intIfAny(0) ?? 0) + 1
        try transaction.execute(
            "INSERT INTO clues (number, code_index, sealed) VALUES (\(number), \(index), \(try seal(clue)))")
        return number
    }

    func update(_ clue: Clue, _ number: Int64, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE clues SET sealed = \(try seal(clue)) WHERE number = \(number)")
    }

    func find(_ number: Int64, in transaction: any Transaction) throws -> Clue? {
        try transaction.first("SELECT sealed FROM clues WHERE number = \(number)").map { try open($0.blob(0)) }
    }

    func find(_ code: ClueCode, in transaction: any Transaction) throws -> (number: Int64, clue: Clue)? {
        try transaction.first("SELECT number, sealed FROM clues WHERE code_index = \(code.index(vault))").map {
            (try $0.int(0), try open($0.blob(1)))
        }
    }

    /// The newest first; what is not for this scope is left out, so a page may hold fewer.
    func page(
        for scope: Scope, county: AreaPrefix, before: Int64?, limit: Int, in transaction: any Transaction
    ) throws -> (items: [(number: Int64, clue: Clue)], next: Int64?) {
        try scope.require(.readClues)
        let rows = try transaction.query(
            """
            SELECT number, sealed FROM clues WHERE number < \(before ?? Int64.max)
            ORDER BY number DESC LIMIT \(limit + 1)
            """)
        let items = try rows.prefix(limit).map { (number: try $0.int(0), clue: try open($0.blob(1))) }
        return (
            items.filter { $0.clue.isFor(scope, county: county) },
            rows.count > limit ? try rows[limit - 1].int(0) : nil
        )
    }

    // MARK: Files

    func insert(_ file: File, position: Int, of clue: Int64, in transaction: any Transaction) throws {
        let text = String(decoding: try JSONEncoder().encode(file), as: UTF8.self)
        try transaction.execute(
            """
            INSERT INTO clue_files (clue, position, sealed)
            VALUES (\(clue), \(position), \(vault.seal(text, for: Self.filePurpose)))
            """)
    }

    func fileCount(of clue: Int64, in transaction: any Transaction) throws -> Int {
        Int(try transaction.first("SELECT COUNT(*) FROM clue_files WHERE clue = \(clue)")?.int(0) ?? 0)
    }

    func file(_ position: Int64, of clue: Int64, in transaction: any Transaction) throws -> File? {
        try transaction.first("SELECT sealed FROM clue_files WHERE clue = \(clue) AND position = \(position)").map {
            let text = try vault.open($0.blob(0), for: Self.filePurpose)
            return try JSONDecoder().decode(File.self, from: Data(text.utf8))
        }
    }

    private func seal(_ clue: Clue) throws -> [UInt8] {
        vault.seal(String(decoding: try JSONEncoder().encode(clue), as: UTF8.self), for: Self.cluePurpose)
    }

    private func open(_ bytes: [UInt8]) throws -> Clue {
        try JSONDecoder().decode(Clue.self, from: Data(try vault.open(bytes, for: Self.cluePurpose).utf8))
    }
}
