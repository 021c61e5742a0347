import Cipher
import Desk
import Ground

/// One row of a foreign table, understood.
struct ImportedMatter: Sendable {
    var row: Int
    var number: String
    var title: String
    var detail: String
    var category: String?
    var area: AreaPrefix
    var isUnplaced: Bool
    var address: String?
    var state: StateName
    var isEnd: Bool
    var reportedAt: Instant?
    var endedAt: Instant?
    var result: String?
    var isSolved: Bool?
    var satisfaction: Int?
    var reporter: Reporter
    var note: String?
    /// The cells as they came, for the file of errors.
    var original: [String]

    /// What the reporter said: the import never changes it afterwards.
    var textFingerprint: String { Self.fingerprint([title, detail]) }

    /// What the other system goes on deciding: the import follows it until somebody here acts.
    var progressFingerprint: String {
        Self.fingerprint([
            state.rawValue, result ?? "", endedAt.map { "\($0.milliseconds)" } ?? "", isSolved.map { "\($0)" } ?? "",
            satisfaction.map { "\($0)" } ?? "",
        ])
    }

    private static func fingerprint(_ parts: [String]) -> String {
        Digest.sha256(parts.joined(separator: "\u{1}")).prefix(12).hexadecimal
    }
}
