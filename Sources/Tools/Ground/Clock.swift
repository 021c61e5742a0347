import Glibc
import Synchronization

/// Where the time comes from. Rules never read a clock; whoever calls them does, through one of these.
public protocol WallClock: Sendable {
    func now() -> Instant
}

/// The machine's clock, kept from running backwards: after a jump back it stands still until time catches up,
/// so that what happened later is never stored as earlier.
public final class SystemClock: WallClock {
    private let latest = Mutex<Int64>(.min)

    public init() {}

    public func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let read = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        return latest.withLock { latest in
            // A jump back of more than a minute is a corrected clock, not jitter: follow it.
            latest = read >= latest || latest - read > 60_000 ? read : latest
            return Instant(milliseconds: latest)
        }
    }
}

/// A clock that a test or a generator sets by hand.
public final class ManualClock: WallClock {
    private let current: Mutex<Instant>

    public init(_ start: Instant) { current = Mutex(start) }

    public func now() -> Instant { current.withLock { $0 } }
    public func set(_ instant: Instant) { current.withLock { $0 = instant } }
    public func advance(_ span: Span) { current.withLock { $0 = $0 + span } }
}
