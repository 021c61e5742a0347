import Desk
import Ground
import Storage

/// What people have open, from indexes that hold open matters only.
enum WorkShareStore {
    static let migrations = [
        Migration(
            "cases.0041-in-hand",
            // The whole answer stands in it.
            """
            CREATE INDEX cases_in_hand ON cases (body, handler, state)
            WHERE handler IS NOT NULL AND ended_at IS NULL
            """)
    ]

    /// How many of a body's matters each of its people handles now.
    static func inHand(of body: BodyID, in states: [StateName], in transaction: any Transaction) throws
        -> [StaffID: Int64]
    {
        try counts(inHandQuery(of: body, in: states), in: transaction)
    }

    /// The states are compared as an expression, or the index by state would be taken and every matter read.
    static func inHandQuery(of body: BodyID, in states: [StateName]) -> SQL {
        """
        SELECT handler, COUNT(*) FROM cases
        WHERE body = \(body) AND handler IS NOT NULL AND ended_at IS NULL
            AND state || '' IN (\(list: states.map(\.rawValue)))
        GROUP BY handler
        """
    }

    /// Whether somebody handles so many at least: asked at every taking, before anything else is.
    static func hasInHand(
        _ least: Int64, _ staff: StaffID, of body: BodyID, in states: [StateName], in transaction: any Transaction
    ) throws -> Bool {
        try transaction.query(ownQuery(least, staff, of: body, in: states)).count >= Int(least)
    }

    static func ownQuery(_ least: Int64, _ staff: StaffID, of body: BodyID, in states: [StateName]) -> SQL {
        """
        SELECT handler FROM cases
        WHERE body = \(body) AND handler = \(staff) AND ended_at IS NULL
            AND state IN (\(list: states.map(\.rawValue)))
        LIMIT \(least)
        """
    }

    /// How many open matters each of a few people answers for.
    static func answeredFor(by staff: [StaffID], in transaction: any Transaction) throws -> [StaffID: Int64] {
        guard !staff.isEmpty else { return [:] }
        return try counts(
            """
            SELECT answerable, COUNT(*) FROM cases
            WHERE answerable IN (\(list: staff)) AND ended_at IS NULL GROUP BY answerable
            """, in: transaction)
    }

    private static func counts(_ query: SQL, in transaction: any Transaction) throws -> [StaffID: Int64] {
        try transaction.query(query).reduce(into: [:]) { $0[try $1.identifier(0)] = try $1.int(1) }
    }
}
