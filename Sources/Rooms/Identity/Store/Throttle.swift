import Ground
import Storage

/// How often something may be tried before each further try has to wait, twice as long each time.
struct Throttle: Sendable {
    var key: String
    var freeTries: Int64
    /// After so long without a try the count begins anew.
    var window: Span
    var firstWait: Span
    var longestWait: Span

    /// Counts a try, before it is known whether it succeeds, so that many at once cannot slip through.
    /// - Parameter refusal: what to say to somebody who must wait so long; the seconds are added.
    /// - Throws: a refusal with the seconds to wait; the try then does not count.
    func count(
        at now: Instant, in transaction: any Transaction, refusal: (LocalizedText) -> Refusal = Self.tooManyTries
    ) throws {
        // The upsert comes first: it holds the row until the end of the transaction.
        try transaction.execute(
            """
            INSERT INTO throttle (key, tries, last_at, previous_at) VALUES (\(key), 1, \(now), \(now))
            ON CONFLICT (key) DO UPDATE SET
                tries = CASE WHEN throttle.last_at < \(now - window) THEN 1 ELSE throttle.tries + 1 END,
                previous_at = throttle.last_at, last_at = excluded.last_at
            """)
        guard let row = try transaction.first("SELECT tries, previous_at FROM throttle WHERE key = \(key)") else {
            return
        }
        let above = try row.int(0) - freeTries
        guard above > 0 else { return }
        let wait = min(longestWait.milliseconds, firstWait.milliseconds << min(above - 1, 20))
        let freeAt = try row.instant(1) + Span(milliseconds: wait)
        if now < freeAt { throw Self.tooOften(until: freeAt, now: now, refusal) }
    }

    /// The try succeeded: it is not held against anyone.
    func forgive(in transaction: any Transaction) throws {
        try transaction.execute("UPDATE throttle SET tries = tries - 1 WHERE key = \(key) AND tries > 0")
    }

    func reset(in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM throttle WHERE key = \(key)")
    }

    static func tooOften(
        until freeAt: Instant, now: Instant, _ refusal: (LocalizedText) -> Refusal = Self.tooManyTries
    ) -> Refusal {
        let seconds = max(1, Int(((freeAt - now).milliseconds + 999) / 1000))
        let minutes = (seconds + 59) / 60
        var result = refusal(
            seconds < 120
                ? LocalizedText(" \(seconds) 秒", "\(seconds) seconds")
                : LocalizedText(" \(minutes) 分钟", "\(minutes) minutes"))
        result.retryAfterSeconds = seconds
        return result
    }

    static func tooManyTries(_ wait: LocalizedText) -> Refusal {
        Refusal(
            .tooOften, "identity.too-often",
            LocalizedText("尝试次数过多，请\(wait.chinese)后再试", "Too many tries; try again in \(wait.english)"),
            wayOn: LocalizedText("忘记密码请联系本单位管理员重置", "If you forgot your password, ask your administrator to reset it"))
    }
}
