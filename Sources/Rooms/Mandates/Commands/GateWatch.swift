import Desk
import Ground
import Storage

/// What the platform does when a limit of the gate passes: it never admits anything by silence.
struct GateWatch: Sendable {
    let mandates: Mandates

    func run() async throws {
        let now = mandates.house.clock.now()
        let mandates = mandates
        try await mandates.house.database.write { transaction in
            for var demand in try DemandStore.due(at: now, in: transaction) {
                switch demand.stage {
                case .hearing:
                    let silent = try DemandStore.hearings(of: demand.id, in: transaction).filter { $0.answer == nil }
                    try mandates.go(
                        &demand, .hearingLapses, "\(silent.count) 个街道未表态，不视为同意", by: nil, at: now, in: transaction)
                case .deciding:
                    try mandates.go(&demand, .decidingLapses, "逾期未决定，不准入", by: nil, at: now, in: transaction)
                case .offered:
                    try mandates.go(&demand, .offerLapses, "逾期未接受条件", by: nil, at: now, in: transaction)
                case .appealed:
                    try mandates.go(&demand, .appealLapses, "逾期未复核，不准入", by: nil, at: now, in: transaction)
                case .admitted: try mandates.go(&demand, .expire, "", by: nil, at: now, in: transaction)
                case .refused, .withdrawn, .expired, .cut:
                    demand.dueAt = nil
                    _ = try DemandStore.update(&demand, in: transaction)
                }
            }
            try contracts(now, transaction)
            try mandates.tellLateHelp(at: now, in: transaction)
            for var grant in try PowerStore.due(at: now, in: transaction) {
                try mandates.go(
                    &grant, grant.stage == .trial ? .trialEnds : .lapse, "", by: nil, at: now, in: transaction)
            }
        }
    }

    private func contracts(_ now: Instant, _ transaction: any Transaction) throws {
        for var contract in try ContractStore.due(at: now, in: transaction) {
            switch contract.stage {
            case .offered:
                try mandates.go(&contract, .offerLapses, "逾期未表态，视为未接受", by: nil, at: now, in: transaction)
            case .agreed:
                try mandates.go(&contract, .deliveryLapses, "期满未报告完成", by: nil, at: now, in: transaction)
            case .delivered:
                try mandates.go(&contract, .acceptanceLapses, "逾期未验收", by: nil, at: now, in: transaction)
            case .disputed:
                contract.accepted = contract.delivered
                try mandates.go(&contract, .settlingLapses, "逾期未裁定，按街道报告的数量", by: nil, at: now, in: transaction)
            case .accepted: try mandates.remindToPay(&contract, at: now, in: transaction)
            case .paid, .declined, .ended:
                contract.dueAt = nil
                _ = try ContractStore.update(&contract, in: transaction)
            }
        }
    }
}
