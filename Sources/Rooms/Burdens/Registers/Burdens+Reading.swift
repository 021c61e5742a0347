import Desk
import Ground
import Storage
import Web

/// An entry of one of the two registers.
protocol Registered: Sendable {
    static var kind: RegisterEntry.Kind { get }
    var ground: String { get }
    var version: Int64 { get }
    var isByGate: Bool { get set }

    func write(to writer: inout JSONWriter)
}

extension Plaque: Registered { static let kind = RegisterEntry.Kind.plaque }
extension Assessment: Registered { static let kind = RegisterEntry.Kind.assessment }

/// Entries as they are shown: with whether the gate counts them.
extension Burdens {
    func plaque(_ id: PlaqueID, for scope: Scope, in transaction: any Transaction) throws -> Plaque {
        guard let one = try RegisterStore.plaque(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        return try marked([one], in: transaction)[0]
    }

    func plaques(
        for scope: Scope, after id: String?, limit: Int, in transaction: any Transaction
    ) throws -> [Plaque] {
        let last = try id.flatMap { PlaqueID(parsing: $0) }.flatMap {
            try RegisterStore.plaque($0, for: scope, in: transaction)
        }
        return try marked(
            RegisterStore.plaques(for: scope, after: last, limit: limit, in: transaction), in: transaction)
    }

    func assessment(_ id: AssessmentID, for scope: Scope, in transaction: any Transaction) throws -> Assessment {
        guard let one = try RegisterStore.assessment(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        return try marked([one], in: transaction)[0]
    }

    func assessments(of year: Int64, for scope: Scope, in transaction: any Transaction) throws -> [Assessment] {
        try marked(RegisterStore.assessments(of: year, for: scope, in: transaction), in: transaction)
    }

    private func marked<Entry: Registered>(_ entries: [Entry], in transaction: any Transaction) throws -> [Entry] {
        let counted = try house.grounds.counted(Set(entries.map(\.ground)), as: Entry.kind, in: transaction)
        return entries.map { entry in
            var entry = entry
            entry.isByGate = counted.contains(entry.ground)
            return entry
        }
    }
}

extension Registered {
    func byGateText(_ visit: Visit) -> String { isByGate ? visit("是", "Yes") : visit("否", "No") }

    /// What to do about an entry that the gate has not counted.
    func groundHint(_ visit: Visit) -> HTML {
        isByGate
            ? HTML()
            : "<p class=\"notice warn\">\(visit("这一项凭的依据没有经过准入计数，不计入年度上限；已登记的保留。仍需要的，请先提出准入，再凭准入重新登记。", "The gate has not counted what carries this, so it stands in no cap of the year. What is registered stays. If it is still needed, let it pass the gate and register it anew."))</p>"
    }
}

extension Column where Item: Registered {
    static var byGate: Column<Item> {
        .text(
            "经准入计数", "Counted by the gate",
            html: { one, visit in
                one.isByGate
                    ? HTML(text: one.byGateText(visit)) : "<span class=\"tag warn\">\(one.byGateText(visit))</span>"
            }
        ) { one, visit in one.byGateText(visit) }
    }
}
