import Desk
import Ground
import Identity
import Ledger
import Storage
import Web

extension Funds {
    /// The street that holds the money says what it means to spend in each quarter; a changed plan says why.
    func plan(
        _ quarters: [Int64], why: String, on id: BudgetLineID, seen: Int64? = nil, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> BudgetLine {
        guard var line = try BudgetStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        if let seen, seen != line.version { throw Self.changed }
        try requireHolder(of: line, scope)
        let plan = SpendingPlan(quarters: quarters)
        guard quarters.count == 4, quarters.allSatisfy({ (0...line.allotted).contains($0) }),
            (1...line.allotted).contains(plan.total)
        else {
            throw wrong(
                "plan", "四个季度均不能为负，合计须在 1–\(line.allotted) 元之内（已拨入）",
                "No quarter below zero, and 1 to \(line.allotted) yuan in all, which were paid in")
        }
        let why = why.trimmingSpaces()
        guard why.utf16.count <= 120, line.plan == nil || !why.isBlank else {
            throw wrong("why", "调整计划请写明理由（不超过 120 字）", "Say why the plan changes, in at most 120 characters")
        }
        let before = line.plan
        line.plan = plan
        guard try BudgetStore.update(&line, in: transaction) else { throw Self.changed }
        try Ledger.record(
            LedgerEntry(
                "funds.plan", on: "budget-line", line.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: line.street.code
            ) { writer in
                writer.member("planned", plan.quarters.map(String.init).joined(separator: " / "))
                if let before {
                    writer.member("plannedBefore", before.quarters.map(String.init).joined(separator: " / "))
                }
                if !why.isEmpty { writer.member("why", why) }
            }, in: transaction)
        return line
    }
}
