public import Ground

public enum StaffMember {}
public enum Post {}
public enum Body {}
/// A member of staff.
public typealias StaffID = Identifier<StaffMember>
/// A post that a member of staff holds; rights belong to the post, not to the person.
public typealias PostID = Identifier<Post>
/// An organisation that acts: a street office, a department, a community committee.
public typealias BodyID = Identifier<Body>

/// Who acts, in which post, and how far that post reaches. Made once per request, when the session or the token was
/// checked; every query of a room wants one, so a query without rights does not compile.
public struct Scope: Sendable, Hashable {
    public var staff: StaffID
    public var staffName: String
    public var post: PostID
    public var postName: LocalizedText
    /// The key of the role in `Rules/roles.yaml`.
    public var role: String
    public var rights: Set<Right>
    public var area: AreaPrefix
    public var body: BodyID
    public var bodyName: String
    /// The department's line (条); nil for bodies of an area (块).
    public var line: String?
    /// A machine acting by a token, not a person at a page.
    public var isMachine: Bool

    public init(
        staff: StaffID, staffName: String, post: PostID, postName: LocalizedText, role: String, rights: Set<Right>,
        area: AreaPrefix, body: BodyID, bodyName: String, line: String? = nil, isMachine: Bool = false
    ) {
        self.staff = staff
        self.staffName = staffName
        self.post = post
        self.postName = postName
        self.role = role
        self.rights = rights
        self.area = area
        self.body = body
        self.bodyName = bodyName
        self.line = line
        self.isMachine = isMachine
    }

    public func may(_ right: Right) -> Bool { rights.contains(right) }

    public func require(_ right: Right) throws(Refusal) {
        guard may(right) else {
            throw Refusal(
                .forbidden, "desk.right-missing",
                LocalizedText(
                    "您当前的岗位（\(postName.chinese)）没有此项权限", "Your present post (\(postName.english)) has no right to this"),
                wayOn: LocalizedText(
                    "如有其他岗位请切换；确需权限请联系管理员", "Switch to another post if you hold one, or ask an administrator"),
                rule: right.rawValue)
        }
    }
}

/// Who did something, as the ledger keeps it.
public struct Actor: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case staff, machine, resident, system
    }

    public var kind: Kind
    /// The member of staff, the token, or the blind index of a resident's phone; empty for the system.
    public var id: String
    /// The post in which it was done; nil for residents and the system.
    public var post: String?
    /// Shown to those who may read the ledger; never a resident's name.
    public var name: String

    public init(kind: Kind, id: String, post: String?, name: String) {
        self.kind = kind
        self.id = id
        self.post = post
        self.name = name
    }

    public init(_ scope: Scope) {
        self.init(
            kind: scope.isMachine ? .machine : .staff, id: scope.staff.text, post: scope.post.text,
            name: scope.staffName)
    }

    public static let system = Actor(kind: .system, id: "", post: nil, name: "系统")
}
