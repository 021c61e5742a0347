import Ground
import Synchronization

/// How much may come from one address in an hour. In memory of this server only: a stored counter would tell that
/// something was sent.
final class SendingLimit: Sendable {
    private struct Count {
        var since: Instant
        var sent: Int
    }

    private let known = Mutex<[String: Count]>([:])

    static let mostAnHour = 20

    /// - Throws: a refusal with the seconds to wait.
    func count(_ address: String, at now: Instant) throws(Refusal) {
        let wait = known.withLock { known -> Span? in
            if known.count > 10_000 { known = known.filter { now - $0.value.since < .hours(1) } }
            var count = known[address] ?? Count(since: now, sent: 0)
            if now - count.since >= .hours(1) { count = Count(since: now, sent: 0) }
            count.sent += 1
            known[address] = count
            return count.sent > Self.mostAnHour ? count.since + .hours(1) - now : nil
        }
        guard let wait else { return }
        throw Refusal(
            .tooOften, "clues.too-often",
            LocalizedText("提交次数较多，请稍后再试", "Much was sent from here; try again later"),
            wayOn: LocalizedText("紧急情况请拨打 110", "In an emergency call 110"),
            retryAfterSeconds: max(1, Int(wait.milliseconds / 1_000)))
    }
}
