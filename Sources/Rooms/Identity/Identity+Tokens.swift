import Desk
public import Ground
import Storage

/// A token as it is handed out: its secret is shown now and never again.
public struct IssuedToken: Sendable {
    public var secret: String
    public var post: PostRecord
    public var bodyName: String
    public var expires: Instant
}

extension Identity {
    /// Makes a token for a machine that acts in somebody's present post, with all of its rights: for whoever runs the
    /// server, who may read the database anyway. The ledger says who it acts for.
    public func issueToken(login: String, name: String, days: Int64) async throws -> IssuedToken {
        let found = try await house.database.read {
            [directory, bodies] transaction -> (StaffRecord, PostRecord, BodyFacts?)? in
            guard let staff = try StaffStore.staff(login: login, in: transaction),
                let post = try directory.posts(of: staff.id, in: transaction).first
            else { return nil }
            return (staff, post, try bodies.body(post.body, in: transaction))
        }
        guard let (staff, post, body) = found, let role = roles[post.role] else {
            throw Refusal(
                .notFound, "identity.no-such-post",
                LocalizedText("没有账号“\(login)”，或该账号没有在任岗位", "There is no account “\(login)”, or it holds no post now"))
        }
        let scope = keeper.scope(
            staff: staff.id, name: staff.name, post: post, rights: role.rights, area: post.area, body: body,
            isMachine: false)
        let made = try await tokenCommands.make(
            TokenCommands.Making(name: name, rights: role.rights.map(\.rawValue).sorted(), area: nil, days: days),
            by: scope,
            once: Once(owner: "command-line", key: nil, content: []))
        guard let secret = made.secret else {
            throw Refusal(.fault, "identity.no-secret", LocalizedText("令牌未生成", "No token was made"))
        }
        return IssuedToken(secret: secret, post: post, bodyName: body?.name ?? "", expires: made.expires)
    }
}
