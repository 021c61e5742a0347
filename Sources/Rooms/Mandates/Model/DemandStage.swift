public import Ground

/// Where a demand stands in the gate.
public enum DemandStage: String, Sendable, Hashable, Codable, CaseIterable {
    /// The streets concerned are heard.
    case hearing
    /// The coordination body decides.
    case deciding
    /// Offered to its sender with a price or a change.
    case offered
    case admitted
    case refused
    /// The coordination body, by another person, looks again.
    case appealed
    case withdrawn
    case expired
    /// Ended before its time because it was a burden.
    case cut

    /// Whether it counts against the cap of the year.
    var counts: Bool { self != .refused && self != .withdrawn }

    public var title: LocalizedText {
        switch self {
        case .hearing: LocalizedText("征求基层意见", "The streets are heard")
        case .deciding: LocalizedText("待统筹办决定", "Coordination decides")
        case .offered: LocalizedText("待提出单位接受条件", "Offered to its sender")
        case .admitted: LocalizedText("已准入", "Admitted")
        case .refused: LocalizedText("不予准入", "Refused")
        case .appealed: LocalizedText("复核中", "Looked at again")
        case .withdrawn: LocalizedText("已撤回", "Withdrawn")
        case .expired: LocalizedText("已到期失效", "Expired")
        case .cut: LocalizedText("已核减", "Cut")
        }
    }
}

/// The course of a demand through the gate, as a table, and the proof that every run ends.
///
/// It is no file of `Rules/workflows`, though it follows their proof: an engine that lets a county write its own gate would
/// let it write one with a way around. What a county sets are the limits and prices (gate.yaml).
enum DemandCourse {
    enum Party: String, Sendable, Hashable { case sender, receiver, coordination, platform }

    enum Act: String, Sendable, Hashable, CaseIterable {
        case heard, hearingLapses, admit, offer, refuse, decidingLapses, accept, offerLapses, appeal, uphold, overturn
        case appealLapses, withdraw, cut, expire
    }

    struct Move: Sendable, Hashable {
        var act: Act
        var from: DemandStage
        var to: DemandStage
        var by: Party
        /// How often in the whole life of a demand; nil for as often as one likes.
        var atMost: Int64?
    }

    static let moves: [Move] = [
        Move(act: .heard, from: .hearing, to: .deciding, by: .receiver),
        // Silence is no consent: it goes on with those who said nothing counted as not agreeing.
        Move(act: .hearingLapses, from: .hearing, to: .deciding, by: .platform),
        Move(act: .admit, from: .deciding, to: .admitted, by: .coordination),
        Move(act: .offer, from: .deciding, to: .offered, by: .coordination),
        Move(act: .refuse, from: .deciding, to: .refused, by: .coordination),
        // Nobody decided: no work comes of it.
        Move(act: .decidingLapses, from: .deciding, to: .refused, by: .platform),
        Move(act: .accept, from: .offered, to: .admitted, by: .sender),
        Move(act: .offerLapses, from: .offered, to: .withdrawn, by: .platform),
        Move(act: .appeal, from: .refused, to: .appealed, by: .sender, atMost: 1),
        Move(act: .appeal, from: .admitted, to: .appealed, by: .receiver, atMost: 1),
        Move(act: .uphold, from: .appealed, to: .refused, by: .coordination),
        Move(act: .overturn, from: .appealed, to: .admitted, by: .coordination),
        Move(act: .appealLapses, from: .appealed, to: .refused, by: .platform),
        Move(act: .withdraw, from: .hearing, to: .withdrawn, by: .sender),
        Move(act: .withdraw, from: .deciding, to: .withdrawn, by: .sender),
        Move(act: .withdraw, from: .offered, to: .withdrawn, by: .sender),
        Move(act: .withdraw, from: .appealed, to: .withdrawn, by: .sender),
        Move(act: .withdraw, from: .admitted, to: .withdrawn, by: .sender),
        Move(act: .cut, from: .admitted, to: .cut, by: .coordination),
        Move(act: .expire, from: .admitted, to: .expired, by: .platform),
    ]

    /// Stages in which a demand may stay: nothing is owed there any more.
    static let ends: Set<DemandStage> = [.refused, .withdrawn, .expired, .cut]

    static func move(_ act: Act, from stage: DemandStage) -> Move? {
        moves.first { $0.act == act && $0.from == stage }
    }

    /// What keeps some run from ending; empty for a gate that is closed.
    ///
    /// Without the bounded acts no circle is left, so between two of them only finitely many moves fit, and bounded acts are
    /// finitely many; and each stage that is no end has an unbounded move of the platform, which takes it at its limit.
    static func faults(_ moves: [Move] = moves, ends: Set<DemandStage> = ends) -> [String] {
        var faults: [String] = []
        let free = moves.filter { $0.atMost == nil }
        for stage in DemandStage.allCases where !ends.contains(stage) {
            if !free.contains(where: { $0.from == stage && $0.by == .platform }) {
                faults.append("nothing happens when the limit of \(stage.rawValue) passes")
            }
        }
        for stage in DemandStage.allCases {
            var reached: Set<DemandStage> = []
            var open = [stage]
            while let next = open.popLast() {
                for move in free where move.from == next && reached.insert(move.to).inserted { open.append(move.to) }
            }
            if reached.contains(stage) { faults.append("\(stage.rawValue) comes round again without a bound") }
            if !ends.contains(stage), reached.isDisjoint(with: ends) {
                faults.append("\(stage.rawValue) reaches no end")
            }
        }
        return faults
    }
}
