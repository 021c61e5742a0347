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
                case .refused, .withdrawn, .expired:
                    demand.dueAt = nil
                    _ = try DemandStore.update(&demand, in: transaction)
                }
            }
        }
    }
}
