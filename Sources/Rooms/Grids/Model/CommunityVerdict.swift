public import Ground

/// What is known of a community when it is asked whether it should have grids.
public struct CommunityFacts: Sendable, Hashable {
    public var households: Int
    /// Of the ground around its buildings; nil when no building has a place.
    public var squareKilometres: Double?
    public var isVillage: Bool
    /// 0 none … 4 mature; nil when nobody stated it.
    public var selfGovernance: Int?
    /// The share of households behind one owner's or one employer's gate.
    public var oneOwnerShare: Double

    public init(
        households: Int, squareKilometres: Double? = nil, isVillage: Bool = false, selfGovernance: Int? = nil,
        oneOwnerShare: Double = 0
    ) {
        self.households = households
        self.squareKilometres = squareKilometres
        self.isVillage = isVillage
        self.selfGovernance = selfGovernance
        self.oneOwnerShare = oneOwnerShare
    }

    /// Households per square kilometre.
    public var density: Double? {
        squareKilometres.flatMap { $0 > 0 ? Double(households) / $0 : nil }
    }
}

/// Whether and how a community should have grids 差异化治理, with the reasons.
public struct CommunityVerdict: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Nobody is registered there; nothing to decide.
        case nobody
        /// One owner behind one gate: an exclusive grid 专属网格.
        case exclusive
        /// No grids: it governs itself.
        case none
        /// Natural villages and villagers' groups are the unit.
        case groups
        /// The whole community is one grid.
        case one
        /// Grids by the norm of its type.
        case grids

        public var text: LocalizedText {
            switch self {
            case .nobody: LocalizedText("无住户数据", "No households known")
            case .exclusive: LocalizedText("设专属网格", "One exclusive grid")
            case .none: LocalizedText("不划网格", "No grids")
            case .groups: LocalizedText("以村民小组为单元", "By villagers’ groups")
            case .one: LocalizedText("全社区一个网格", "One grid")
            case .grids: LocalizedText("划分网格", "Grids by the norm")
            }
        }
    }

    public var kind: Kind
    public var reasons: [LocalizedText]

    /// The first rule of `Rules/grid-norms.yaml` that holds decides; every fact that was looked at is among the reasons.
    public static func of(
        _ facts: CommunityFacts, _ type: GridNorms.CommunityType, _ rules: GridNorms.VerdictRules
    ) -> CommunityVerdict {
        let households = facts.households
        guard households > 0 else {
            return CommunityVerdict(
                kind: .nobody,
                reasons: [LocalizedText("没有登记楼栋与住户", "No buildings with households are registered")])
        }
        var reasons = [LocalizedText("\(households) 户", "\(households) households")]
        if let density = facts.density {
            let rounded = Int(density.rounded())
            reasons.append(LocalizedText("每平方公里约 \(rounded) 户", "about \(rounded) households per km²"))
        }
        if let level = facts.selfGovernance {
            reasons.append(LocalizedText("自治水平 \(level)（0–4）", "self-governance \(level) of 4"))
        } else {
            reasons.append(LocalizedText("自治水平未填报，按一般计", "self-governance not stated, taken as ordinary"))
        }
        func verdict(_ kind: Kind, _ chinese: String, _ english: String) -> CommunityVerdict {
            CommunityVerdict(kind: kind, reasons: [LocalizedText(chinese, english)] + reasons)
        }
        let level = facts.selfGovernance ?? 2
        let isDense = (facts.density ?? .infinity) >= rules.dense
        if facts.oneOwnerShare >= rules.oneOwnerShare {
            return verdict(
                .exclusive, "同一单位、同一大门内，由其自管，宜设一个专属网格",
                "One owner behind one gate looks after itself: one exclusive grid")
        }
        if facts.isVillage, households <= rules.smallVillage, level >= rules.goodSelfGovernance {
            return verdict(
                .none, "小村且自治良好，不必划网格",
                "A small village that governs itself well needs no grids")
        }
        if level >= rules.matureSelfGovernance, !isDense {
            return verdict(
                .none, "自治成熟、人口不密，不必划网格", "Self-governance is mature and it is not dense: no grids")
        }
        if facts.isVillage, let density = facts.density, density < rules.sparse {
            return verdict(
                .groups, "居住分散，以自然村、村民小组为单元更合适",
                "People live far apart: natural villages and villagers’ groups are the better unit")
        }
        if Double(households) <= type.high {
            return verdict(
                .one, "全社区不超过一个网格的上限 \(Int(type.high)) 户",
                "The whole community is within one grid’s bound of \(Int(type.high)) households")
        }
        let count = max(1, Int((Double(households) / type.target).rounded()))
        let bounds = "\(Int(type.low))–\(Int(type.high))"
        return verdict(
            .grids, "按“\(type.title.chinese)”标准每格 \(bounds) 户，约 \(count) 个网格",
            "By the norm for “\(type.title.english)”, \(bounds) households each: about \(count) grids")
    }
}
