public import Cipher
public import Desk
public import Ground
import Ledger
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

    public static let rights: [Right] =
        [
            .manageStaff, .manageTokens, .manageChannels, .revealPersonal, .readEmergencies, .command, .handOver,
            .manageRoster, .readDisputes, .manageMediators, .readClues, .actOnClues, .auditClues, .seeCommand,
        ] + Right.aroundDuties + Right.registryAndForms

    /// Finds out who a request comes from; stands before the router of every room.
    public var sessions: SessionMiddleware { SessionMiddleware(keeper: keeper) }

    /// For rooms that take things from people without an account.
    public var senderLimit: SenderLimit { SenderLimit(keeper: keeper) }

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
        let residents = ResidentDoor(house: house, keeper: keeper)
        LogInPages(house: house, logIn: logIn, residents: residents).add(to: routes)
        AppearancePages(house: house).add(to: routes)
        let own = OwnAccount(house: house, keeper: keeper, logIn: logIn, hasher: hasher)
        AccountPages(house: house, bodies: bodies, own: own).add(to: routes)
        AccountAPI(house: house, bodies: bodies, own: own, residents: residents).add(to: routes)
        StaffPages(house: house, bodies: bodies, roles: roles, commands: staffCommands).add(to: routes)
        TokenPages(house: house, bodies: bodies, commands: tokenCommands).add(to: routes)
        IdentityAPI(house: house, bodies: bodies, staffCommands: staffCommands, tokenCommands: tokenCommands)
            .add(to: routes)
    }

    public var menu: [MenuEntry] {
        [
            MenuEntry("/staff", icon: "users", LocalizedText("人员", "Staff"), right: .manageStaff, order: 70),
            MenuEntry("/tokens", icon: "key", LocalizedText("令牌", "Tokens"), right: .manageTokens, order: 80),
        ]
    }

    var staffCommands: StaffCommands {
        StaffCommands(
            house: house, bodies: bodies, keeper: keeper, hasher: hasher, directory: directory,
            authority: StaffAuthority(roles: roles))
    }

    var tokenCommands: TokenCommands { TokenCommands(house: house, keeper: keeper) }

    // MARK: For the command line and generators

    /// The account that makes all others. It stands in the widest body of the installation's area.
    /// - Parameter key: another role, whose first holder nobody at a page may make: one with sealed rights.
    /// - Throws: a refusal when the password breaks the rules, the name is taken, or no body was entered yet.
    public func createAdministrator(
        login: String, password: String, name: String = "系统管理员", role key: String = Roles.administratorKey
    ) async throws {
        if let refusal = keeper.rules.passwords.refusal(of: password, login: login) { throw refusal }
        guard let role = roles[key], role.isAdministrator || role.rights.contains(where: \.isSealed) else {
            throw Refusal(
                .malformed, "identity.no-administrator-role",
                LocalizedText(
                    "roles.yaml 没有角色 \(key)，或它可在页面上授予", "roles.yaml has no role “\(key)”, or it can be given at a page")
            )
        }
        let hash = try await hasher.hash(password)
        let now = house.clock.now()
        let id: StaffID = house.identifiers.next(at: now)
        let postID: PostID = house.identifiers.next(at: now)
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let area = house.settings.area
        let vault = house.keys.vault
        let bodies = bodies
        try await house.database.write { transaction in
            guard try StaffStore.staff(login: login, in: transaction) == nil else {
                throw Refusal(
                    .conflict, "identity.login-taken",
                    LocalizedText("登录名“\(login)”已被使用", "The log-in name “\(login)” is taken"), field: "login")
            }
            let body = try bodies.bodies(in: area, limit: 500, in: transaction)
                .min { $0.area.code.utf8.count < $1.area.code.utf8.count }
            guard let body else {
                throw Refusal(
                    .ruleBroken, "identity.no-body",
                    LocalizedText("辖区内还没有单位，管理员无处任职", "The area has no body yet in which an administrator could stand"),
                    wayOn: LocalizedText("请先导入区划与单位", "Import divisions and bodies first"))
            }
            let post = PostRecord(
                id: postID, staff: id, body: body.id, role: role.key, area: area, title: role.name, from: now)
            try Self.register(
                staff: [NewStaff(id: id, name: name, login: login, passwordHash: hash, area: area)], posts: [post],
                vault: vault, at: now, in: transaction)
            try Ledger.record(
                LedgerEntry(
                    "staff.entered", on: "staff", id, by: .system, at: now, id: entry, area: area.code
                ) {
                    $0.member("role", role.key)
                }, in: transaction)
        }
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
    /// Connect other systems: secrets of sensors, destinations of events, keys of feeds (the room Channels).
    public static let manageChannels = Right("channels.manage")
    /// See a masked personal element in full, for a stated purpose that is kept.
    public static let revealPersonal = Right("personal.reveal")
    /// See emergencies and rosters of the own area (the room Emergencies).
    public static let readEmergencies = Right("emergency.read")
    /// Start, raise, lower and end emergencies; decide differences and conflicts.
    public static let command = Right("emergency.command")
    /// Hand people or goods over in an emergency, and acknowledge.
    public static let handOver = Right("emergency.handover")
    /// See disputes of the own area (the room Disputes).
    public static let readDisputes = Right("dispute.read")
    /// Keep the register of mediators.
    public static let manageMediators = Right("mediator.manage")
    /// See that there are clues, and read them for a purpose (the room Clues). Sealed: see ``Right/isSealed``.
    public static let readClues = Right("sealed.read")
    public static let actOnClues = Right("sealed.act")
    /// See who read what.
    public static let auditClues = Right("sealed.audit")
    /// Make the duty roster of the own area.
    public static let manageRoster = Right("roster.manage")
    /// See the wall of unified command of the own area (the room Command).
    public static let seeCommand = Right("command.see")
}

extension Right {
    /// Look up persons, households and dwellings of the own area, personal values masked (the room Registry).
    public static let registryRead = Right("registry.read")
    /// Write facts.
    public static let registryWrite = Right("registry.write")
    /// See personal values in clear, for a purpose that is kept.
    public static let registryReveal = Right("registry.reveal")
    /// Join duplicates and take entries back.
    public static let registryManage = Right("registry.manage")
    /// Open forms of the own area: figures, and lists with masked values (the room Forms).
    public static let formsRead = Right("forms.read")
    /// Ask the data bureau for a form.
    public static let formsAsk = Right("forms.ask")
    /// Decide on what departments ask for.
    public static let formsDecide = Right("forms.decide")

    static let registryAndForms: [Right] = [
        .registryRead, .registryWrite, .registryReveal, .registryManage, .formsRead, .formsAsk, .formsDecide,
    ]
}
