import Ground
import Web

/// A wall as it stands for one kind of reader: its parts, each with the version in which it last changed.
struct WallState: Sendable {
    struct Part: Sendable {
        var id: String
        var content: [UInt8]
        var version: Int
    }

    /// One look of one server; a version of another says nothing here.
    var series: String
    var version = 1
    var at: Instant
    var parts: [Part]

    init(series: String, at: Instant, parts: [(id: String, content: [UInt8])]) {
        self.series = series
        self.at = at
        self.parts = parts.map { Part(id: $0.id, content: $0.content, version: 1) }
    }

    /// The same wall a moment later: only what differs is new.
    func followed(by contents: [(id: String, content: [UInt8])], at now: Instant) -> WallState {
        let known = Dictionary(parts.map { ($0.id, $0) }) { first, _ in first }
        var next = self
        next.at = now
        let isChanged = contents.contains { known[$0.id]?.content != $0.content } || contents.count != parts.count
        guard isChanged else { return next }
        next.version += 1
        next.parts = contents.map { content in
            if let before = known[content.id], before.content == content.content { return before }
            return Part(id: content.id, content: content.content, version: next.version)
        }
        return next
    }

    /// What one reader has: nothing before the first event.
    struct Seen: Sendable, Hashable {
        var series = ""
        var version = 0

        init(series: String, version: Int) {
            self.series = series
            self.version = version
        }

        /// As the browser gives it back in `Last-Event-ID`.
        init(eventID: String?) {
            let parts = (eventID ?? "").split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let version = Int(parts[1]), version >= 0 else { return }
            series = String(parts[0])
            self.version = version
        }

        var eventID: String { "\(series)-\(version)" }
    }

    /// Whether anything is new to whoever has seen so much.
    func isNew(to seen: Seen) -> Bool { seen.series != series || seen.version < version }

    /// The parts that are new to whoever has seen so much.
    func parts(newTo seen: Seen) -> [Part] {
        seen.series == series ? parts.filter { $0.version > seen.version } : parts
    }
}
