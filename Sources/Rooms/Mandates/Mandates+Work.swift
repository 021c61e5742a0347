public import Desk
public import Ground
public import Storage
import Web

/// What carries a piece of work that is sent to the grassroots. Nothing may be created below without one.
public enum WorkGround: Sendable, Hashable {
    /// An item of a list in force.
    case item(String)
    /// An admitted demand, by its number.
    case admission(String)
    /// A contract that the street has agreed to, by its number.
    case contract(String)

    /// As it is written: `B0301`, `准入2026-0007`.
    public init?(_ text: String) {
        let text = text.trimmingSpaces()
        guard !text.isEmpty, text.utf8.count <= 40 else { return nil }
        self =
            text.hasPrefix(Mandates.numberPrefix)
            ? .admission(text) : text.hasPrefix(Mandates.contractPrefix) ? .contract(text) : .item(text)
    }

    public var text: String {
        switch self {
        case .item(let code): code
        case .admission(let number), .contract(let number): number
        }
    }
}

/// Work that makes load: from the lists, and from what was admitted.
public struct CountedWork: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        case item(code: String, list: MandateList, title: LocalizedText, lead: String)
        case admission(number: String, kind: DemandKind, title: String, line: String?)
    }

    public var source: Source
    /// Standing work of an item, year by year.
    public var task: DutyTask?
    /// Work of an admission, within its period.
    public var planned: PlannedWork?
}

extension Mandates {
    static let numberPrefix = "准入"

    /// The ground on which work is sent down, when it carries: the item is in force, the admission not expired and for
    /// this area.
    /// - Throws: a refusal that says why not, and how to get one.
    public static func requireGround(
        _ ground: WorkGround, area: AreaPrefix, on day: Day, in transaction: any Transaction
    ) throws {
        switch ground {
        case .item(let code):
            guard let item = try ListStore.item(code, in: transaction), item.isInForce(on: day) else {
                throw Self.noGround("现行清单中没有事项 \(code)", "The lists in force have no item \(code)")
            }
            guard item.list.isDoneBelow else {
                throw Self.noGround("\(code) 已由上级收回，不得下达", "\(code) was taken back and cannot be sent down")
            }
        case .admission(let number):
            guard let demand = try DemandStore.numbered(number, in: transaction) else {
                throw Self.noGround("没有准入 \(number)", "There is no admission \(number)")
            }
            guard demand.carries(on: day) else {
                throw Self.noGround("准入 \(number) 未通过或不在有效期", "\(number) is not admitted, or not for this day")
            }
            guard demand.area.contains(area) else {
                throw Self.noGround("准入 \(number) 不含该区域", "\(number) is not for this area")
            }
            guard !demand.isBought else {
                throw Self.noGround(
                    "\(number) 属购买服务，须凭街道已接受的合同", "\(number) is bought: it needs the contract that the street agreed to"
                )
            }
        case .contract(let number):
            guard let contract = try ContractStore.numbered(number, in: transaction) else {
                throw Self.noGround("没有合同 \(number)", "There is no contract \(number)")
            }
            guard contract.carries(on: day) else {
                throw Self.noGround("合同 \(number) 未经双方接受或不在有效期", "\(number) is not agreed to, or not for this day")
            }
            guard contract.area.contains(area) else {
                throw Self.noGround("合同 \(number) 不含该区域", "\(number) is not for this area")
            }
        }
    }

    private static func noGround(_ chinese: String, _ english: String) -> Refusal {
        .noGround(LocalizedText(chinese, english))
    }

    /// All work that makes load on a day's lists: every task of the lists that carries time, and every admission that is
    /// not over yet.
    public static func work(on day: Day, in transaction: any Transaction) throws -> [CountedWork] {
        let revision = try ListStore.current(in: transaction)
        var work: [CountedWork] = []
        for item in try ListStore.items(at: revision, in: transaction) where item.isInForce(on: day) {
            let parents = Set(item.tasks.compactMap(\.within))
            for task in item.tasks where !parents.contains(task.key) {
                work.append(
                    CountedWork(
                        source: .item(code: item.code, list: item.list, title: item.title, lead: item.lead), task: task)
                )
            }
        }
        for demand in try DemandStore.alive([.admitted], limit: 5_000, in: transaction) {
            guard let until = demand.terms.until, !demand.isBought, !demand.answer.isWithinItem else { continue }
            work.append(
                CountedWork(
                    source: .admission(
                        number: demand.number, kind: demand.terms.kind, title: demand.terms.title, line: demand.line),
                    planned: PlannedWork(
                        area: demand.terms.area, level: demand.terms.level, roles: demand.terms.roles,
                        minutes: demand.terms.minutes, times: demand.terms.times, from: demand.terms.from, until: until)
                ))
        }
        for contract in try ContractStore.alive(limit: 5_000, in: transaction) where !contract.isByHired {
            work.append(
                CountedWork(
                    source: .admission(number: contract.number, kind: .task, title: contract.title, line: nil),
                    planned: PlannedWork(
                        area: contract.area.code, level: contract.level, roles: contract.roles,
                        minutes: contract.minutes,
                        times: contract.times, from: contract.from, until: contract.until)))
        }
        return work
    }
}

extension GateAnswer {
    /// The item's own standard time covers it, so it makes no load besides.
    var isWithinItem: Bool { findings.contains { $0.question == .list && $0.weight == .fine } }
}

extension Mandates {
    /// What so much work costs at the county's rate, in whole yuan, rounded up.
    public func price(minutes: Int64) -> Int64 { (minutes * rules.yuanPerHour + 59) / 60 }

    /// Who does what is sent to areas of a level.
    public func roles(at level: AreaLevel) -> [String] { rules.roles.at(level) }
}
