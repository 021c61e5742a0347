public import Desk
public import Ground

/// A member of staff to be entered. The password comes hashed, so that many can be entered with one hash.
public struct NewStaff: Sendable, Hashable {
    public var id: StaffID
    public var name: String
    public var login: String
    /// Digits in clear; sealed on the way into the database.
    public var phone: String?
    /// An argon2id hash; nil when only a one-time password, given later, will open the account.
    public var passwordHash: String?
    /// Asked to choose a password of their own at the next log-in.
    public var mustChangePassword: Bool
    /// The area that answers for the account, also while no post is held.
    public var area: AreaPrefix
    /// The one that the person chose; nil while the browser decides.
    public var language: Language?

    public init(
        id: StaffID, name: String, login: String, phone: String? = nil, passwordHash: String?,
        mustChangePassword: Bool = false, area: AreaPrefix, language: Language? = nil
    ) {
        self.id = id
        self.name = name
        self.login = login
        self.phone = phone
        self.passwordHash = passwordHash
        self.mustChangePassword = mustChangePassword
        self.area = area
        self.language = language
    }
}
