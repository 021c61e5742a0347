import Desk
import Faults
import Ground

/// 街道一本账: what a street is to do, may do, has and owes, and whether these fit each other.
struct StreetAccount: Sendable, Hashable {
    enum Side: String, Sendable, Hashable, CaseIterable {
        case powers, duties, money, posts

        var title: LocalizedText {
            switch self {
            case .powers: LocalizedText("权", "Powers")
            case .duties: LocalizedText("责", "Duties")
            case .money: LocalizedText("钱", "Money")
            case .posts: LocalizedText("人", "Posts")
            }
        }
    }

    struct Money: Sendable, Hashable {
        /// Yuan of this year's lines.
        var allotted: Int64 = 0
        var spent: Int64 = 0
    }

    var street: AreaPrefix
    var heldPowers = 0
    /// Of these, lacking people, training or equipment.
    var unreadyPowers = 0
    /// Minutes that duties and admissions need in twelve months, and that posts have.
    var neededMinutes: Int64 = 0
    var minutes: Int64 = 0
    var posts = 0
    /// Posts over their capacity in some month.
    var overPosts = 0
    /// nil for those who may not see money.
    var money: Money?
    /// Yuan for bought work that was accepted and not paid.
    var owed: Int64 = 0
    var faults: [StreetFault] = []

    /// Per mille; nil without posts.
    var saturation: Int64? { minutes > 0 ? neededMinutes * 1000 / minutes : nil }

    func isInBalance(_ side: Side) -> Bool {
        switch side {
        case .powers: unreadyPowers == 0 && !faults.contains(where: \.isOfPowers)
        case .duties: neededMinutes <= minutes && !faults.contains { !$0.isOfPowers }
        case .money: owed == 0
        case .posts: overPosts == 0
        }
    }

    /// What does not fit; empty for a street in balance.
    var outOfBalance: [Side] { Side.allCases.filter { !isInBalance($0) } }
}
