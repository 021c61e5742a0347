import Desk
import Foundation
import Ground
import Identity
import Storage

enum StaffingProposalEntity {}
typealias StaffingProposalID = Identifier<StaffingProposalEntity>

/// A proposal with when it was made.
struct KeptProposal: Sendable {
    var id: StaffingProposalID
    var area: AreaPrefix
    var at: Instant
    var content: StaffingProposal
}

/// What somebody agreed to, until when.
struct KeptConsent: Sendable, Hashable {
    var places: Set<String>
    var isForOtherKinds: Bool
    var until: Day
}

enum StaffingStore {
    static func insert(_ one: KeptProposal, by scope: Scope, in transaction: any Transaction) throws {
        let content = String(decoding: try encoder().encode(one.content), as: UTF8.self)
        try transaction.execute(
            """
            INSERT INTO staffing_proposals (id, area, at, post, missing, yuan, content)
            VALUES (\(one.id), \(one.area.code), \(one.at), \(scope.post), \(one.content.missing), \(one.content.yuan),
                    \(content))
            """)
    }

    private static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return encoder
    }

    static func find(
        _ id: StaffingProposalID, for scope: Scope, in transaction: any Transaction
    ) throws -> KeptProposal? {
        try transaction.first(
            "SELECT id, area, at, content FROM staffing_proposals WHERE id = \(id) AND \(visible(scope))"
        ).map(proposal)
    }

    static func page(
        for scope: Scope, after: String?, limit: Int, in transaction: any Transaction
    ) throws -> [KeptProposal] {
        try transaction.query(
            """
            SELECT id, area, at, content FROM staffing_proposals WHERE id < \(after ?? "~") AND \(visible(scope))
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(proposal)
    }

    /// A proposal is of a whole county; whoever may read the load of a part of it may read where its people would go.
    private static func visible(_ scope: Scope) -> SQL { "area = \(String(scope.area.code.prefix(6)))" }

    private static func proposal(_ row: Row) throws -> KeptProposal {
        KeptProposal(
            id: try row.identifier(0), area: AreaPrefix(try row.text(1)) ?? .everywhere, at: try row.instant(2),
            content: try JSONDecoder().decode(StaffingProposal.self, from: Data(try row.text(3).utf8)))
    }

    static func setDetails(
        of post: PostRecord, grade: Int, qualifications: [String], at now: Instant, in transaction: any Transaction
    ) throws {
        let words = qualifications.sorted().joined(separator: ",")
        try transaction.execute(
            """
            INSERT INTO staffing_details (post, area, grade, qualifications, at)
            VALUES (\(post.id), \(post.area.code), \(Int64(grade)), \(words), \(now))
            ON CONFLICT (post) DO UPDATE SET grade = excluded.grade, qualifications = excluded.qualifications,
                at = excluded.at
            """)
    }

    /// Of posts of an area whose details were entered.
    static func qualifications(
        within area: AreaPrefix, in transaction: any Transaction
    ) throws -> [PostID: Set<String>] {
        let rows = try transaction.query(
            """
            SELECT post, qualifications FROM staffing_details WHERE \(area.condition(on: "area"))
            ORDER BY area, post LIMIT 20000
            """)
        return try Dictionary(
            rows.map { (try $0.identifier(0) as PostID, Set(try $0.text(1).split(separator: ",").map(String.init))) }
        ) { first, _ in first }
    }

    static func setConsent(
        of scope: Scope, _ consent: KeptConsent, at now: Instant, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO staffing_consents (post, staff, area, places, other_kinds, until_on, at)
            VALUES (\(scope.post), \(scope.staff), \(scope.area.code), \(consent.places.sorted().joined(separator: ",")),
                    \(consent.isForOtherKinds), \(consent.until), \(now))
            ON CONFLICT (post) DO UPDATE SET staff = excluded.staff, area = excluded.area, places = excluded.places,
                other_kinds = excluded.other_kinds, until_on = excluded.until_on, at = excluded.at
            """)
    }

    /// - Returns: whether there was one.
    static func withdrawConsent(of scope: Scope, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            "DELETE FROM staffing_consents WHERE post = \(scope.post) AND staff = \(scope.staff)") > 0
    }

    static func consent(
        of scope: Scope, on day: Day, in transaction: any Transaction
    ) throws -> KeptConsent? {
        try transaction.first(
            """
            SELECT places, other_kinds, until_on FROM staffing_consents
            WHERE post = \(scope.post) AND staff = \(scope.staff) AND until_on >= \(day)
            """
        ).map { row in
            KeptConsent(
                places: Set(try row.text(0).split(separator: ",").map(String.init)), isForOtherKinds: try row.bool(1),
                until: Day(try row.text(2)) ?? day)
        }
    }

    /// Of all posts in an area, at most 200,000: of what is a case for the solver. A consent holds for the person who gave
    /// it, not for who follows in the post.
    static func details(
        within area: AreaPrefix, on day: Day, holders: [PostID: StaffID], in transaction: any Transaction
    ) throws -> [PostID: StaffingDetails] {
        var found: [PostID: StaffingDetails] = [:]
        for row in try transaction.query(
            """
            SELECT post, grade, qualifications FROM staffing_details WHERE \(area.condition(on: "area"))
            ORDER BY area, post LIMIT 200000
            """)
        {
            var one = StaffingDetails()
            one.grade = Int(try row.int(1))
            one.qualifications = Set(try row.text(2).split(separator: ",").map(String.init))
            found[try row.identifier(0)] = one
        }
        for row in try transaction.query(
            """
            SELECT post, staff, places, other_kinds FROM staffing_consents
            WHERE \(area.condition(on: "area")) AND until_on >= \(day) ORDER BY area, post LIMIT 200000
            """)
        {
            let post: PostID = try row.identifier(0)
            let staff: StaffID = try row.identifier(1)
            guard holders[post] == staff else { continue }
            found[post, default: StaffingDetails()].consent = StaffingDetails.Consent(
                places: Set(try row.text(2).split(separator: ",").map(String.init)),
                isForOtherKinds: try row.bool(3))
        }
        return found
    }
}
