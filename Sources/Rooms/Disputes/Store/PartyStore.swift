import Cases
import Desk
import Ground
import Storage

/// Who is in dispute, and the meetings with them.
enum PartyStore {
    static func insert(
        _ party: Party, nameSealed: [UInt8], phoneSealed: [UInt8]?, phoneIndex: String?, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO dispute_parties (id, dispute, side, name_masked, name_sealed, phone_masked, phone_sealed,
                                         phone_index)
            VALUES (\(party.id), \(party.dispute), \(party.side.rawValue), \(party.nameMasked), \(nameSealed),
                    \(party.phoneMasked), \(phoneSealed), \(phoneIndex))
            """)
    }

    static func parties(of id: CaseID, in transaction: any Transaction) throws -> [Party] {
        try transaction.query(
            """
            SELECT id, side, name_masked, phone_masked FROM dispute_parties WHERE dispute = \(id) ORDER BY id LIMIT 50
            """
        ).map { row in
            Party(
                id: try row.identifier(0), dispute: id, side: Party.Side(rawValue: try row.text(1)) ?? .other,
                nameMasked: try row.text(2), phoneMasked: try row.textIfAny(3))
        }
    }

    static func phoneIndexes(of id: CaseID, in transaction: any Transaction) throws -> Set<String> {
        Set(
            try transaction.query(
                """
                SELECT phone_index FROM dispute_parties WHERE dispute = \(id) AND phone_index IS NOT NULL LIMIT 50
                """
            ).map { try $0.text(0) })
    }

    static func sealed(of id: CaseID, in transaction: any Transaction) throws -> [(
        id: Identifier<Party>, name: [UInt8], phone: [UInt8]?
    )] {
        try transaction.query(
            "SELECT id, name_sealed, phone_sealed FROM dispute_parties WHERE dispute = \(id) ORDER BY id LIMIT 50"
        ).map { (try $0.identifier(0), try $0.blob(1), try $0.blobIfAny(2)) }
    }

    static func insert(_ one: MediationSession, noteSealed: [UInt8], in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO dispute_sessions (id, dispute, level, mediator, held_at, outcome, note_sealed)
            VALUES (\(one.id), \(one.dispute), \(one.level), \(one.mediator), \(one.heldAt), \(one.outcome.rawValue),
                    \(noteSealed))
            """)
    }

    static func sessions(
        of id: CaseID, open: ([UInt8]) throws -> String, in transaction: any Transaction
    ) throws -> [MediationSession] {
        try transaction.query(
            """
            SELECT id, level, mediator, held_at, outcome, note_sealed FROM dispute_sessions
            WHERE dispute = \(id) ORDER BY id LIMIT 200
            """
        ).map { row in
            MediationSession(
                id: try row.identifier(0), dispute: id, level: try row.text(1), mediator: try row.identifierIfAny(2),
                heldAt: try row.instant(3), outcome: MediationSession.Outcome(rawValue: try row.text(4)) ?? .goesOn,
                note: try open(row.blob(5)))
        }
    }
}
