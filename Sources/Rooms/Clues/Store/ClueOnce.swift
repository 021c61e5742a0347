import Cipher
import Desk
import Storage

/// Knows a sending again without keeping anything of it: under which key came which content, both as indexes that nobody
/// can read back, and what was answered, sealed. The table of answers that other rooms share holds nothing of a clue.
///
/// Whoever knows a key learns whether it was used, and nothing else: so keys are to be such that nobody guesses them.
struct ClueOnce: Sendable {
    let vault: Vault

    private static let answerPurpose: StaticString = "clues.answer"

    /// What the first sending was answered; nil when there was none.
    /// - Throws: a refusal when the key was used for another content.
    func earlier(_ key: String, content: String, in transaction: any Transaction) throws -> String? {
        let row = try transaction.first(
            "SELECT content_index, sealed FROM clue_answers WHERE key_index = \(index(key))")
        guard let row else { return nil }
        guard try row.text(0) == contentIndex(content) else { throw Once.keyReused }
        return try vault.open(row.blob(1), for: Self.answerPurpose)
    }

    func keep(_ answer: String, _ key: String, content: String, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO clue_answers (key_index, content_index, sealed)
            VALUES (\(index(key)), \(contentIndex(content)), \(vault.seal(answer, for: Self.answerPurpose)))
            """)
    }

    private func index(_ key: String) -> String { vault.blindIndex(key, for: "clues.key") }
    private func contentIndex(_ content: String) -> String { vault.blindIndex(content, for: "clues.content") }
}
