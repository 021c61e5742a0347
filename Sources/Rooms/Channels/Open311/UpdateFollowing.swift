import Cases
import Desk
import Foundation
import Ground
import Ledger
import Storage

/// Reads from the sealed ledger what was done to matters that may be shown, so that asking for updates costs one index.
struct UpdateFollowing: Sendable {
    let house: House
    let cases: Cases
    let rules: PublicRules

    private static let entriesAtOnce = 500
    /// So that a county that switches it on late does not keep its one writer busy.
    private static let mostPiecesPerRun = 20

    func run() async throws {
        guard rules.isOpen else { return }
        for _ in 0..<Self.mostPiecesPerRun {
            try Task.checkCancellation()
            guard try await read() == Self.entriesAtOnce else { break }
        }
        let oldest = house.clock.now() - .days(rules.mostDays)
        try await house.database.write { try UpdateStore.forget(before: oldest, in: $0) }
    }

    /// - Returns: how many entries it read.
    private func read() async throws -> Int {
        let oldest = house.clock.now() - .days(rules.mostDays)
        let (position, last, count, updates) = try await house.database.read { transaction in
            let position = try UpdateStore.position(in: transaction)
            let entries = try Ledger.sealed(after: position, limit: Self.entriesAtOnce, in: transaction)
            let moves = entries.compactMap { Self.move($0.entry) }.filter { $0.at >= oldest }
            let numbers = try cases.numbers(of: Array(Set(moves.map(\.matter))), in: transaction)
            let shown = try shown(Array(Set(numbers.values)), in: transaction)
            let updates = moves.compactMap { move -> PublicUpdate? in
                guard let number = numbers[move.matter], shown.contains(number) else { return nil }
                return PublicUpdate(id: move.id, at: move.at, number: number, state: move.state)
            }
            return (position, entries.last?.position, entries.count, updates)
        }
        guard let last else { return 0 }
        try await house.database.write { transaction in
            guard try UpdateStore.move(from: position, to: last, in: transaction) else { return }
            for update in updates { try UpdateStore.insert(update, in: transaction) }
        }
        return count
    }

    private func shown(_ numbers: [String], in transaction: any Transaction) throws -> Set<String> {
        let matters = try cases.publicMatters(numbered: numbers, withWords: false, in: transaction)
        return Set(matters.filter { rules.isShown($0) }.map(\.number))
    }

    private struct Move {
        var id: Identifier<LedgerEntry>
        var matter: CaseID
        var at: Instant
        var state: StateName
    }

    /// nil for what left the matter where it was.
    private static func move(_ entry: LedgerEntry) -> Move? {
        guard entry.subjectKind == "case", entry.act.hasPrefix("cases."), !WebhookEvent.withheld.contains(entry.act),
            let matter = CaseID(parsing: entry.subjectID),
            let facts = try? JSONDecoder().decode(JSONValue.self, from: Data(entry.facts)),
            let to = facts["to"]?.words, facts["from"]?.words != to
        else { return nil }
        return Move(id: entry.id, matter: matter, at: entry.receivedAt, state: StateName(rawValue: to))
    }
}

extension PublicRules {
    /// Whether anything of a matter may be said to anybody.
    func isShown(_ matter: PublicMatter) -> Bool {
        isShown(matter.category) && channels.contains(matter.channel)
    }

    func status(of state: StateName, in workflow: Workflow) -> Status {
        statuses[state] ?? (workflow[state]?.isEnd == true ? .closed : .open)
    }
}
