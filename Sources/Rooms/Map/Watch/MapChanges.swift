import Cases
import Ground

/// What changed on the map for one kind of viewer since the server began to look: numbered, and only the last so many.
struct MapChanges: Sendable {
    struct Change: Sendable {
        var number: Int
        /// One JSON object: a matter as it stands now, or the figures of an area.
        var json: [UInt8]
    }

    /// One look of one server; the numbers of another say nothing here.
    var series: String
    var at: Instant
    var number = 0
    private var changes: [Change] = []
    private let most: Int

    init(series: String, at: Instant, most: Int) {
        self.series = series
        self.at = at
        self.most = most
    }

    mutating func add(_ json: [[UInt8]], at now: Instant) {
        at = now
        for one in json {
            number += 1
            changes.append(Change(number: number, json: one))
        }
        if changes.count > most { changes.removeFirst(changes.count - most) }
    }

    /// What one reader has: nothing before the first event.
    struct Seen: Sendable, Hashable {
        var series = ""
        var number = 0

        /// As the browser gives it back in `Last-Event-ID`.
        init(eventID: String?) {
            let parts = (eventID ?? "").split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let number = Int(parts[1]), number >= 0 else { return }
            series = String(parts[0])
            self.number = number
        }

        init(series: String, number: Int) {
            self.series = series
            self.number = number
        }

        var eventID: String { "\(series)-\(number)" }
    }

    enum News {
        /// The reader has just come, or was away too long: it loads its tiles anew and follows from here.
        case anew
        case nothing
        case changes([Change])
    }

    func news(since seen: Seen) -> News {
        guard seen.series == series, seen.number <= number else { return .anew }
        guard seen.number < number else { return .nothing }
        let missed = changes.filter { $0.number > seen.number }
        return missed.count == number - seen.number ? .changes(missed) : .anew
    }
}
