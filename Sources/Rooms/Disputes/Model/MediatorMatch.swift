import Desk
import Ground

/// Somebody who mediates: what they know, where, in which languages, and how much they have to do.
struct Mediator: Sendable, Hashable {
    var id: MediatorID
    var name: String
    var organisation: String
    var area: AreaPrefix
    /// The key of the level at which they mediate.
    var level: String
    var fields: Set<String>
    var languages: Set<String>
    /// The blind index of their phone, to see that nobody mediates their own dispute.
    var phoneIndex: String?
    var isActive: Bool
    var openCount: Int64
    var version: Int64
}

/// Who could mediate a dispute, with the reasons. Pure, and for this dispute only: nobody is ranked as a person.
struct MediatorMatch: Sendable, Hashable {
    enum Reason: Sendable, Hashable {
        case knowsField(String)
        case ofTheCommunity
        case ofTheStreet
        case speaks(String)
        case hasTime(open: Int64)
    }

    /// Why somebody cannot mediate it.
    enum Exclusion: Sendable, Hashable {
        case isParty
        case declaredTie
        case fullyLoaded(open: Int64)
        case otherLevel
        case otherArea
        case inactive
    }

    struct Question: Sendable {
        var area: AreaPrefix
        var level: String
        var fields: [String]
        var languages: Set<String>
        /// Blind indexes of the parties' phones.
        var partyPhones: Set<String>
        /// Mediators who said, or of whom a party said, that they are not free in this dispute.
        var tied: Set<MediatorID>
        var mostOpen: Int64
    }

    var mediator: Mediator
    var reasons: [Reason]

    static func exclusion(of one: Mediator, for question: Question) -> Exclusion? {
        if !one.isActive { return .inactive }
        if question.tied.contains(one.id) { return .declaredTie }
        if let phone = one.phoneIndex, question.partyPhones.contains(phone) { return .isParty }
        if !one.area.contains(question.area) && !question.area.contains(one.area) { return .otherArea }
        if one.level != question.level { return .otherLevel }
        if one.openCount >= question.mostOpen { return .fullyLoaded(open: one.openCount) }
        return nil
    }

    /// The best few, in the order of their names: who is proposed is a choice for people, not a ranking of people.
    static func proposals(among mediators: [Mediator], for question: Question, most: Int) -> [MediatorMatch] {
        let able = mediators.filter { exclusion(of: $0, for: question) == nil }
        let weighed = able.map { one -> (match: MediatorMatch, weight: Int64) in
            var reasons: [Reason] = []
            var weight: Int64 = 0
            for (position, field) in question.fields.enumerated() where one.fields.contains(field) {
                reasons.append(.knowsField(field))
                weight += position == 0 ? 40 : 20
            }
            for language in question.languages.intersection(one.languages).sorted() {
                reasons.append(.speaks(language))
                weight += 30
            }
            if one.area.level >= .community, one.area.contains(question.area) {
                reasons.append(.ofTheCommunity)
                weight += 15
            } else if one.area.level == .street {
                reasons.append(.ofTheStreet)
                weight += 10
            }
            if one.openCount * 2 <= question.mostOpen { reasons.append(.hasTime(open: one.openCount)) }
            return (MediatorMatch(mediator: one, reasons: reasons), weight - one.openCount * 3)
        }
        let best = weighed.sorted { ($0.weight, $1.match.mediator.id) > ($1.weight, $0.match.mediator.id) }
            .prefix(most).map(\.match)
        return best.sorted { ($0.mediator.name, $0.mediator.id) < ($1.mediator.name, $1.mediator.id) }
    }
}
