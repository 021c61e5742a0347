public import Desk
import Ground
public import Storage

extension RegisterEntry.Kind {
    /// What it is called at the gate.
    var demandKind: DemandKind {
        switch self {
        case .assessment: .assessment
        case .plaque: .plaque
        }
    }

    fileprivate var title: LocalizedText {
        switch self {
        case .assessment: LocalizedText("考核评比", "assessment")
        case .plaque: LocalizedText("挂牌", "plaque")
        }
    }
}

extension Mandates {
    /// The ground of an entry of a register, when the gate has counted it: an admission of that kind, or a contract that came
    /// of one, in force, for those areas and their level.
    /// - Throws: a refusal that says why not, cites the entry's rule and tells how to have it counted.
    public static func requireCounted(
        _ ground: WorkGround, _ entry: RegisterEntry, in transaction: any Transaction
    ) throws {
        let day = try day(of: entry, carriedBy: ground, in: transaction)
        for area in entry.areas { try requireGround(ground, area: area, on: day, in: transaction) }
        let demand = try counting(ground, entry, in: transaction)
        let name = entry.kind.title
        guard demand.terms.kind == entry.kind.demandKind else {
            throw notCounted(
                entry, "\(ground.text) 不是按“\(name.chinese)”准入的", "\(ground.text) was not admitted as “\(name.english)”")
        }
        guard demand.stage.counts else {
            throw notCounted(entry, "\(ground.text) 的准入已撤回", "The admission of \(ground.text) was taken back")
        }
        guard entry.areas.allSatisfy({ $0.level == demand.terms.level }) else {
            throw notCounted(
                entry, "\(ground.text) 按另一层级测算工时，不含所选地方",
                "\(ground.text) was reckoned for another level than these places")
        }
        guard entry.body.map({ $0 == demand.body }) ?? true else {
            throw notCounted(
                entry, "\(ground.text) 是\(demand.bodyName)提出的", "\(ground.text) was asked for by \(demand.bodyName)")
        }
    }

    /// The first of its days on which the ground holds, if it holds on any.
    private static func day(
        of entry: RegisterEntry, carriedBy ground: WorkGround, in transaction: any Transaction
    ) throws -> Day {
        let from: Day? =
            switch ground {
            case .item: nil
            case .admission(let number): try DemandStore.numbered(number, in: transaction)?.terms.from
            case .contract(let number): try ContractStore.numbered(number, in: transaction)?.from
            }
        return min(max(from ?? entry.days.lowerBound, entry.days.lowerBound), entry.days.upperBound)
    }

    private static func counting(
        _ ground: WorkGround, _ entry: RegisterEntry, in transaction: any Transaction
    ) throws -> Demand {
        switch ground {
        case .item(let code):
            throw notCounted(
                entry, "清单事项 \(code) 不计入年度上限，须先经准入", "An item of the lists (\(code)) counts towards no cap of the year")
        case .admission(let number):
            if let demand = try DemandStore.numbered(number, in: transaction) { return demand }
        case .contract(let number):
            if let contract = try ContractStore.numbered(number, in: transaction),
                let demand = try DemandStore.demand(contract.demand, in: transaction)
            {
                return demand
            }
        }
        throw notCounted(entry, "没有 \(ground.text)", "There is no \(ground.text)")
    }

    private static func notCounted(_ entry: RegisterEntry, _ chinese: String, _ english: String) -> Refusal {
        let name = entry.kind.title
        return Refusal(
            .ruleBroken, "mandates.not-counted", LocalizedText(chinese, english),
            wayOn: LocalizedText(
                "请先按“\(name.chinese)”提出准入（/demands/new?kind=\(entry.kind.demandKind.rawValue)），计入年度上限后再填准入或合同编号",
                "Let it pass the gate as “\(name.english)” (/demands/new?kind=\(entry.kind.demandKind.rawValue)) and name the admission or contract"
            ), rule: entry.rule, field: "ground")
    }

    /// Which of these grounds the gate has counted as that kind, and counts still.
    public static func counted(
        _ grounds: Set<String>, as kind: RegisterEntry.Kind, in transaction: any Transaction
    ) throws -> Set<String> {
        let numbers = grounds.filter { WorkGround($0).map { if case .item = $0 { false } else { true } } ?? false }
            .sorted()
        var found: Set<String> = []
        for start in stride(from: 0, to: numbers.count, by: 500) {
            found.formUnion(
                try DemandStore.counted(
                    Array(numbers[start..<min(start + 500, numbers.count)]), as: kind.demandKind, in: transaction))
        }
        return found
    }
}
