public import Desk
public import Ground

public enum EmergencyEvent {}
public enum EmergencySite {}
public enum EmergencyLot {}
public enum EmergencyHandOver {}
public enum EmergencyContact {}
public enum EmergencyConflict {}
public typealias EventID = Identifier<EmergencyEvent>
public typealias SiteID = Identifier<EmergencySite>
public typealias LotID = Identifier<EmergencyLot>
public typealias HandOverID = Identifier<EmergencyHandOver>
public typealias ContactID = Identifier<EmergencyContact>
public typealias ConflictID = Identifier<EmergencyConflict>

/// 事件: a plan that was set in motion for an area, at a level, by somebody who answers for it until it is ended.
public struct EventRecord: Sendable, Hashable {
    public var id: EventID
    public var plan: String
    public var level: EmergencyLevel
    public var area: AreaPrefix
    public var title: String
    public var isExercise: Bool
    public var commander: PostID
    public var startedAt: Instant
    public var receivedAt: Instant
    public var endedAt: Instant?
    /// When the commander must have reported again; nil once ended.
    public var reviewAt: Instant?
    public var version: Int64

    public var isRunning: Bool { endedAt == nil }
}

/// 一至四级: I is the gravest.
public enum EmergencyLevel: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case first = "I"
    case second = "II"
    case third = "III"
    case fourth = "IV"

    /// 1 is the gravest.
    public var rank: Int {
        switch self {
        case .first: 1
        case .second: 2
        case .third: 3
        case .fourth: 4
        }
    }

    /// A graver one is the greater.
    public static func < (left: EmergencyLevel, right: EmergencyLevel) -> Bool { left.rank > right.rank }
}

/// A place where people or goods are counted: a shelter, a community, a store.
public struct SiteRecord: Sendable, Hashable {
    public var id: SiteID
    public var event: EventID
    public var name: String
    public var area: AreaPrefix
}

/// A group of people or a consignment of goods that is counted through the whole event. The label is sealed in the
/// database, since people write names even where they are asked not to.
public struct LotRecord: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case people, goods }

    public var id: LotID
    public var event: EventID
    public var kind: Kind
    public var label: String
    public var unit: String
    public var registered: Int64
    /// Found more than was known, and what is gone, each with its explanation on the hand-over.
    public var surplus: Int64
    public var writtenOff: Int64
}

/// What of a lot is at a site.
public struct Holding: Sendable, Hashable {
    public var lot: LotID
    public var site: SiteID
    public var count: Int64
}

/// One branch of the contact tree: an area and a role, and the persons to try one after the other.
public struct ContactRecord: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable { case waiting, reached, unreached, settled, closed }

    public var id: ContactID
    public var event: EventID
    /// The running number on paper.
    public var number: Int64
    public var parent: Int64?
    public var role: String
    public var area: AreaPrefix
    public var candidates: [Candidate]
    /// Which of the candidates is being called.
    public var turn: Int
    public var minutes: Int64
    public var state: State
    public var calledAt: Instant
    public var reachedAt: Instant?
    public var reachedPost: PostID?

    public struct Candidate: Sendable, Hashable, Codable {
        public var post: PostID
        public var staff: StaffID
        public var name: String
    }

    public var current: Candidate? { candidates.indices.contains(turn) ? candidates[turn] : nil }
}
