public import Desk
public import Ground
import Messages
public import Storage

/// Told of every act on a matter, in the transaction of the act: what a room above keeps of matters is durable with them.
public protocol MatterFollower: Sendable {
    func changed(
        _ before: CaseRecord, to after: CaseRecord, by act: Workflow.Act, at now: Instant,
        in transaction: any Transaction
    ) throws
}

/// What looking after closed matters needs: lists of them, and the one to call.
extension Cases {
    /// Those of the matters that the scope may see.
    public func matters(_ ids: [CaseID], for scope: Scope, in transaction: any Transaction) throws
        -> [CaseID: CaseRecord]
    {
        try CaseStore.records(of: ids, for: scope, in: transaction).reduce(into: [:]) { $0[$1.id] = $1 }
    }

    /// The reporter's name and number in clear. The purpose is on the ledger before anything is shown.
    /// - Throws: a refusal without a purpose, and for a matter that the scope may not see.
    public func revealReporter(_ id: CaseID, purpose: String, by scope: Scope, at now: Instant) async throws
        -> (name: String?, phone: String?)
    {
        let revealed = try await reveal(id, purpose: purpose, by: scope, at: now)
        return (revealed.name, revealed.phone)
    }

    /// Where it is, from below the county down: `北山街道 › 松岭社区`.
    public func path(_ area: AreaPrefix) -> String { CaseNames.path(area, self) }

    /// A picture as programs send it: its bytes in base 64.
    public struct SentPicture: Decodable, Sendable {
        var name: String
        var content: String
    }

    public static func photos(_ pictures: [SentPicture]?) throws(Refusal) -> [Photo] {
        let photos = try ReportRequest.photos(pictures?.map { .init(name: $0.name, content: $0.content) })
        guard photos.count <= Photo.mostPerStep else {
            throw Refusal(
                .ruleBroken, "cases.too-many-photos",
                LocalizedText("一次最多 \(Photo.mostPerStep) 张照片", "At most \(Photo.mostPerStep) photos at once"),
                field: "photos")
        }
        return photos
    }

    public static var sentPicture: Schema { ActRequest.picture }

    /// The pictures of a form, cleaned of what a camera wrote into them.
    public static func photos(_ submission: Submission) throws(Refusal) -> [Photo] { try submission.photos("photos") }
}

extension CaseStore {
    /// Some matters, as far as the scope sees them.
    static func records(of ids: [CaseID], for scope: Scope, in transaction: any Transaction) throws -> [CaseRecord] {
        guard !ids.isEmpty else { return [] }
        return try transaction.query(
            "SELECT \(trusted: columns) FROM cases WHERE id IN (\(list: ids)) LIMIT \(ids.count)"
        ).map(record).filter(scope.mayRead)
    }
}
