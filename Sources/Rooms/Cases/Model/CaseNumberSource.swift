public import Ground
import Synchronization

/// Makes the numbers by which people call a matter: date (6 digits), millisecond of the day (8), and two more. Within one
/// millisecond it counts on, so one server never gives a number twice; several servers are kept apart by the store's
/// unique index and another try.
public final class CaseNumberSource: Sendable {
    private struct State {
        var day = Day(number: 0)
        var last: Int64 = -1
        var random: any RandomNumberGenerator & Sendable
    }

    private let state: Mutex<State>

    public init() { state = Mutex(State(random: SystemRandomNumberGenerator())) }
    public init(seed: UInt64) { state = Mutex(State(random: SeededRandom(seed: seed))) }

    public func next(at instant: Instant) -> String {
        let local = instant.local()
        return state.withLock { state in
            // Hundredths of a millisecond: the start within the millisecond is by chance, so servers rarely meet.
            let begin = local.millisecondOfDay * 100 + Int64.random(in: 0..<60, using: &state.random)
            let slot = local.day == state.day ? max(begin, state.last + 1) : begin
            state.day = local.day
            state.last = slot
            let parts = local.day.parts
            return Self.digits(Int64(parts.year % 100), 2) + Self.digits(Int64(parts.month), 2)
                + Self.digits(Int64(parts.day), 2) + Self.digits(slot, 10)
        }
    }

    private static func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
