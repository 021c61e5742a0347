import Cases
import Desk
import Ground
import Places

/// A matter in the words that may be shown to anybody.
struct PublicView: Sendable {
    let channels: Channels
    let language: Language
    let bodies: [BodyID: String]

    private var show: PublicRules.Show { channels.publicRules.show }

    func category(_ code: String) -> String { channels.cases.rules.categories[code]?.title(language) ?? code }

    func state(_ name: StateName) -> String { channels.cases.rules.workflow[name]?.title(language) ?? name.rawValue }

    /// What was done, as written, where the county shows that; else the state.
    func notes(_ matter: PublicMatter) -> String {
        if show.notes, matter.endedAt != nil, let result = matter.words?.result { return result }
        return state(matter.state)
    }

    func body(_ matter: PublicMatter) -> String? { matter.body.flatMap { bodies[$0] } }

    /// The address as written, where the county shows that; else the names of county, street and community.
    func address(_ matter: PublicMatter) -> String? {
        if show.address, let address = matter.words?.address { return address }
        return area(matter.area)
    }

    func area(_ area: AreaPrefix) -> String? {
        let names = channels.places.path(of: String(area.code.prefix(12))).filter { $0.code.utf8.count >= 6 }
        return names.isEmpty ? nil : names.map(\.name).joined()
    }
}
