import Desk
import Ground
import Storage
import Text

/// A learned model as it is kept.
struct StoredModel: Sendable {
    var id: Identifier<StoredModel>
    var madeAt: Instant
    /// Matters that it learned from.
    var texts: Int64
    /// From cross-validation.
    var accuracy: Double
    var macroF1: Double
}

/// The county's own models in the database; the newest is the one in use.
enum CategoryModels {
    private static let columns: StaticString = "id, made_at, texts, accuracy, macro_f1"

    static func newest(in transaction: any Transaction) throws -> StoredModel? {
        try transaction.first("SELECT \(trusted: columns) FROM case_models ORDER BY id DESC LIMIT 1").map { row in
            StoredModel(
                id: try row.identifier(0), madeAt: try row.instant(1), texts: try row.int(2),
                accuracy: try row.double(3), macroF1: try row.double(4))
        }
    }

    static func bytes(of id: Identifier<StoredModel>, in transaction: any Transaction) throws -> [UInt8]? {
        try transaction.first("SELECT bytes FROM case_models WHERE id = \(id)")?.blob(0)
    }

    /// Puts a model into use. The one before stays, so that an older one can be put back by making it new again; of
    /// those before that only the figures are worth keeping, and nobody asks for them.
    static func insert(_ model: StoredModel, _ bytes: [UInt8], in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO case_models (id, made_at, texts, accuracy, macro_f1, bytes)
            VALUES (\(model.id), \(model.madeAt), \(model.texts), \(model.accuracy), \(model.macroF1), \(bytes))
            """)
        let kept = try transaction.query("SELECT id FROM case_models ORDER BY id DESC LIMIT 2").map { try $0.text(0) }
        try transaction.execute("DELETE FROM case_models WHERE id NOT IN (\(list: kept))")
    }
}
