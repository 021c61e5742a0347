import Desk
import Ground
import Identity
import Places

/// Who acts in the generated county, and where.
struct Stage: Sendable {
    struct Community: Sendable {
        var area: AreaPrefix
        var name: String
        var committee: BodyID
        /// Those of the committee who handle what it is given.
        var handlers: [Scope] = []
        var grids: [Grid]
        var compounds: [String]
    }

    struct Street: Sendable {
        var area: AreaPrefix
        var name: String
        /// In Latin letters; the Chinese name where `names.yaml` has none.
        var englishName: String
        var body: BodyID
        var dispatchers: [Scope] = []
        var leaders: [Scope] = []
        var verifiers: [Scope] = []
        var handlers: [Scope] = []
        var communities: [Community] = []
        var roads: [String]
        /// Those that stand in it, so that what residents write leads to the place.
        var landmarks: [String] = []

        var title: LocalizedText { LocalizedText(name, englishName) }
    }

    struct Department: Sendable {
        var body: BodyID
        var handlers: [Scope]
    }

    var county: AreaPrefix
    var streets: [Street] = []
    /// By line.
    var departments: [String: Department] = [:]
    var coordination: [Scope] = []
    var dataOfficers: [Scope] = []
    var hotline: [Scope] = []
    /// Who mediates in an area: the county, a street, a community.
    var mediators: [AreaPrefix: Scope] = [:]

    /// Every body, for the rooms that ask for one.
    var bodies: [BodyRecord] = []
    var grids: [Grid] = []
    var staff: [NewStaff] = []
    var posts: [PostRecord] = []
    var accounts: [DemoCounty.Account] = []
}
