import Cipher
public import Desk
public import Ground
public import Identity
public import Places
public import Storage
import Uploads

/// What wants to know of every change, in the transaction of the change: the forms.
public protocol RegistryFollower: Sendable {
    /// Called with everything that one write changed, or many in one transaction, in its order, after the rows are written;
    /// a subject may be among it more than once, each time from where the last change left it.
    func follow(_ changes: [SubjectChange], at now: Instant, in transaction: any Transaction) throws
}

/// 人房数据: persons, households and dwellings, each fact written once, with since when it is true and since when it is known.
public struct Registry: Room {
    let house: House
    let identity: Identity
    let places: Places
    public let dictionary: DataDictionary
    let searchKeys: SearchKeys
    let followers: [any RegistryFollower]
    /// What rooms above show on the page of a subject.
    public let panels = SubjectPanels()

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(
        house: House, identity: Identity, places: Places, dictionary: DataDictionary,
        followers: [any RegistryFollower] = []
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.places = places
        self.dictionary = dictionary
        self.followers = followers
        let spellings = try house.rules.decode(SpellingFile.self, from: "spellings.yaml")
        searchKeys = SearchKeys(vault: house.keys.vault, spellings: NameSpellings(familyNames: spellings.familyNames))
    }

    private struct SpellingFile: Decodable { var familyNames: [String: String] }

    public static let migrations: [Migration] = RegistrySchema.migrations + FormerResidentUploads.migrations

    public var jobs: [Job] { uploads.jobs }

    public var menu: [MenuEntry] {
        [
            MenuEntry("/registry", icon: "users", RegistryTexts.registry, right: .registryRead, order: 52),
            MenuEntry("/dictionary", icon: "list", RegistryTexts.dictionary, right: .registryRead, order: 74),
        ]
    }

    public func addRoutes(to routes: Routes) {
        RegistryPages(registry: self).add(to: routes)
        SubjectPage(registry: self).add(to: routes)
        DictionaryPage(registry: self).add(to: routes)
        JoiningPanel(registry: self).add(to: routes)
        RegistryAPI(registry: self).add(to: routes)
        JoiningAPI(registry: self).add(to: routes)
        ExchangePages(registry: self).add(to: routes)
        ExchangeAPI(registry: self).add(to: routes)
    }

    public func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }

    var today: Day { house.clock.now().local().day }
}
