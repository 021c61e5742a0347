public import Cipher
public import Desk
public import Ground
public import Storage

/// Who works here, in which posts, and how they prove it; and how a resident proves a phone number.
public struct Identity: Room {
    let house: House
    let bodies: any BodyLookup
    let hasher: PasswordHasher
    let keeper: SessionKeeper
    public let roles: Roles
    /// Names, posts and holders of rights, for other rooms.
    public let directory: Directory

    /// - Parameter knownRights: the rights of all rooms; a role in `Rules/roles.yaml` that names another is refused with
    ///   the file's line.
    public init(house: House, knownRights: Set<Right>, bodies: any BodyLookup) throws(Refusal) {
        self.house = house
        self.bodies = bodies
        hasher = PasswordHasher()
        roles = try Roles.load(from: house.rules, knownRights: knownRights)
        directory = Directory(clock: house.clock, roles: roles)
        keeper = SessionKeeper(
            house: house, rules: try SessionRules.load(from: house.rules), roles: roles, bodies: bodies)
    }

    public static let migrations = IdentitySchema.migrations

    public static let rights: [Right] = [.manageStaff, .manageTokens, .revealPersonal]

    /// Finds out who a request comes from; stands before the router of every room.
    public var sessions: SessionMiddleware { SessionMiddleware(keeper: keeper) }

    private var logIn: LogIn { LogIn(house: house, keeper: keeper, hasher: hasher) }

    public var jobs: [Job] {
        [
            Job("forget-old-sessions", every: .hours(1)) { [house] in
                let now = house.clock.now()
                try await house.database.write { try SessionStore.forget(before: now, in: $0) }
            }
        ]
    }

    public func addRoutes(to routes: Routes) {
        LogInPages(house: house, logIn: logIn, residents: ResidentDoor(house: house, keeper: keeper)).add(to: routes)
        AppearancePages(house: house).add(to: routes)
        AccountPages(house: house, bodies: bodies, keeper: keeper, logIn: logIn, hasher: hasher).add(to: routes)
    }

    /// Enters many at once, for imports and generators: one round trip, no checks of rights.
    public static func register(
        staff: [NewStaff], posts: [PostRecord], vault: Vault, at now: Instant, in transaction: any Transaction
    ) throws {
        try transaction.batch(
            staff.map { StaffStore.insertion($0, vault: vault, at: now) } + posts.map(PostStore.insertion))
    }

    /// One hash, to be used for many generated accounts.
    public func hash(password: String) async throws -> String { try await hasher.hash(password) }
}

extension Right {
    /// Enter staff, give and end posts, within the own area.
    public static let manageStaff = Right("staff.manage")
    /// Make and revoke tokens for machines.
    public static let manageTokens = Right("tokens.manage")
    /// See a masked personal element in full, for a stated purpose that is kept.
    public static let revealPersonal = Right("personal.reveal")
}
