import Desk
import Foundation
import Ground
import Storage

enum ProposalStore {
    private static let columns: StaticString =
        "id, line, post, content, asked_at, state, decided_at, form, reason, admitted"

    static func insert(_ one: FormProposal, in transaction: any Transaction) throws {
        try transaction.later(
            """
            INSERT INTO form_proposals (\(trusted: columns))
            VALUES (\(one.id), \(one.line), \(one.post), \(try text(one.content)), \(one.askedAt),
                    \(one.state.rawValue), \(one.decidedAt), \(one.form), \(one.reason), \(try admitted(one)))
            """)
    }

    static func decide(_ one: FormProposal, in transaction: any Transaction) throws {
        try transaction.later(
            """
            UPDATE form_proposals SET state = \(one.state.rawValue), decided_at = \(one.decidedAt), form = \(one.form),
                reason = \(one.reason), admitted = \(try admitted(one))
            WHERE id = \(one.id)
            """)
    }

    /// Those of one's own line; the data bureau and those without a line see all.
    static func page(for scope: Scope, after: FormProposal.ID?, limit: Int, in transaction: any Transaction) throws
        -> [FormProposal]
    {
        var query: SQL = "SELECT \(trusted: columns) FROM form_proposals WHERE \(visible(scope))"
        if let after { query += " AND id < \(after)" }
        query += " ORDER BY id DESC LIMIT \(limit)"
        return try transaction.query(query).map { try proposal($0) }
    }

    static func find(_ id: FormProposal.ID, for scope: Scope, in transaction: any Transaction) throws -> FormProposal? {
        try transaction.first(
            "SELECT \(trusted: columns) FROM form_proposals WHERE id = \(id) AND \(visible(scope))"
        ).map { try proposal($0) }
    }

    private static func visible(_ scope: Scope) -> SQL {
        guard let line = scope.line, line != "data" else { return "TRUE" }
        return "line = \(line)"
    }

    private static func text(_ content: FormProposal.Content) throws -> String {
        String(decoding: try JSONEncoder().encode(content), as: UTF8.self)
    }

    private static func admitted(_ one: FormProposal) throws -> String? {
        guard !one.admitted.isEmpty else { return nil }
        let encoder = JSONEncoder()
        // The same request is the same row, on every machine.
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(one.admitted), as: UTF8.self)
    }

    private static func proposal(_ row: Row) throws -> FormProposal {
        FormProposal(
            id: try row.identifier(0),
            content: try JSONDecoder().decode(FormProposal.Content.self, from: Data(try row.text(3).utf8)),
            line: try row.text(1), post: try row.identifier(2), askedAt: try row.instant(4),
            state: FormProposal.State(rawValue: try row.text(5)) ?? .asked, decidedAt: try row.instantIfAny(6),
            form: try row.textIfAny(7), reason: try row.textIfAny(8),
            admitted: try row.textIfAny(9).map {
                try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
            } ?? [:])
    }
}

/// Forms that were approved on a page, beside those of the files.
enum FormDefinitionStore {
    static func insert(_ definition: FormDefinition, at now: Instant, in transaction: any Transaction) throws {
        let text = String(decoding: try JSONEncoder().encode(definition), as: UTF8.self)
        try transaction.later(
            "INSERT INTO form_definitions (form, definition, approved_at) VALUES (\(definition.key), \(text), \(now))")
    }

    static func all(in transaction: any Transaction) throws -> [FormDefinition] {
        try transaction.query("SELECT definition FROM form_definitions ORDER BY form LIMIT 5000").map {
            try JSONDecoder().decode(FormDefinition.self, from: Data(try $0.text(0).utf8))
        }
    }
}
