import Cases
import Cipher
import Desk
import Ground
import Ledger
import Messages
import Storage

/// Tells destinations what was sealed in the ledger since they were told last: each in the order of the ledger, each at
/// least once. After a failure it waits longer and longer with the same event; after too many the destination is paused.
struct WebhookTelling: Sendable {
    let house: House
    let cases: Cases
    let rules: WebhookRules
    let sender: any WebhookSending

    /// How long one run keeps a destination.
    private static let longest = Span.minutes(1)
    private static let entriesAtOnce = 200
    private static let destinationsAtOnce = 8

    /// One run over all that are due.
    func run() async throws {
        let now = house.clock.now()
        let due = try await house.database.read {
            try DestinationStore.due(at: now, end: Ledger.end(in: $0), limit: 200, in: $0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (position, id) in due.enumerated() {
                if position >= Self.destinationsAtOnce { try await group.next() }
                group.addTask { try await tell(id) }
            }
            try await group.waitForAll()
        }
    }

    private func tell(_ id: Destination.ID) async throws {
        let start = house.clock.now()
        // Longer than a run lasts, so that no other server begins while this one still waits for an answer.
        let claimedUntil = start + Self.longest + rules.timeout + rules.timeout
        let vault = house.keys.vault
        let claimed = try await house.database.write {
            try DestinationStore.claim(id, until: claimedUntil, at: start, vault, in: $0)
        }
        guard let (found, secret) = claimed else { return }
        var destination = found
        var isDone = false
        while !isDone, house.clock.now() - start < Self.longest {
            try Task.checkCancellation()
            let events = try await next(after: destination.position)
            isDone = events.count < Self.entriesAtOnce
            for event in events {
                if WebhookEvent.concerns(event.entry.entry, destination) {
                    guard await deliver(event, secret, &destination) else {
                        isDone = true
                        break
                    }
                    destination.position = event.entry.position
                    guard try await keep(destination, claimedUntil: claimedUntil) else { return }
                } else {
                    destination.position = event.entry.position
                }
                if house.clock.now() - start >= Self.longest { break }
            }
        }
        try await finish(destination)
    }

    private struct Next: Sendable {
        var entry: SealedEntry
        var number: String?
    }

    private func next(after position: LedgerPosition) async throws -> [Next] {
        try await house.database.read { [cases] transaction in
            let entries = try Ledger.sealed(after: position, limit: Self.entriesAtOnce, in: transaction)
            let ids = Set(
                entries.filter { $0.entry.subjectKind == "case" }.compactMap { CaseID(parsing: $0.entry.subjectID) })
            let numbers = try cases.numbers(of: Array(ids), in: transaction)
            return entries.map { Next(entry: $0, number: numbers[CaseID($0.entry.subjectID)]) }
        }
    }

    /// - Returns: whether it arrived.
    private func deliver(_ next: Next, _ secret: WebhookSecret, _ destination: inout Destination) async -> Bool {
        let event = WebhookEvent(entry: next.entry.entry, number: next.number)
        let failure: String
        do {
            // Checked anew each time: what may be told can have been narrowed since.
            let url = try WebhookURL(destination.url, allowsPlainHTTP: rules.allowsPlainHTTP)
            let status = try await sender.send(event.message(signedWith: secret, at: house.clock.now()), to: url)
            if (200..<300).contains(status) {
                destination.delivered += 1
                destination.deliveredAt = house.clock.now()
                destination.failures = 0
                destination.failure = nil
                return true
            }
            failure = "HTTP \(status)"
        } catch let error as SendingFailure {
            failure = error.description
        } catch let refusal as Refusal {
            failure = refusal.message.english
        } catch {
            failure = String("\(error)".prefix(200))
        }
        let now = house.clock.now()
        destination.failures += 1
        destination.failedAt = now
        destination.failure = failure
        destination.nextAt = now + rules.pause(afterFailures: destination.failures)
        return false
    }

    private func keep(_ destination: Destination, claimedUntil: Instant) async throws -> Bool {
        try await house.database.write { try DestinationStore.keep(destination, claimedUntil: claimedUntil, in: $0) }
    }

    private func finish(_ destination: Destination) async throws {
        let now = house.clock.now()
        let isGivenUp = destination.failures >= rules.giveUpAfter
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        try await house.database.write { transaction in
            let isActive = try DestinationStore.keep(
                destination, claimedUntil: Instant(milliseconds: 0), in: transaction)
            guard isActive, isGivenUp else { return }
            try DestinationStore.setState(.paused, of: destination.id, nextAt: now, in: transaction)
            try Ledger.record(
                LedgerEntry(
                    "channels.destination-paused", on: "destination", destination.id, by: .system, at: now, id: entry,
                    area: destination.area.code
                ) { $0.member("failures", destination.failures) }, in: transaction)
            try Messages.notify(
                Notice(
                    to: .post(destination.post), kind: "channels.destination-paused", subjectKind: "destination",
                    subjectID: destination.id.text,
                    text: LocalizedText(
                        "外发已暂停：\(destination.name) 连续失败 \(destination.failures) 次",
                        "Paused: \(destination.name) failed \(destination.failures) times in a row"),
                    address: "/channels", at: now, isUrgent: true), in: transaction)
        }
    }
}
