import Ground

/// Hours on their way: from who sends, by what, to which street.
struct Flows: Sendable, Hashable {
    struct Flow: Sendable, Hashable {
        var sender: String
        var source: String
        var street: String
        var minutes: Int64
    }

    struct Node: Sendable, Hashable {
        var key: String
        var minutes: Int64
    }

    /// What is left over when the largest have been shown by themselves.
    static let rest = "…"

    var flows: [Flow]

    /// - Parameter most: senders and streets that stand by themselves; the smaller ones go together.
    init(_ flows: [Flow], most: Int = 12) {
        let senders = Self.kept(flows.map { ($0.sender, $0.minutes) }, most)
        let streets = Self.kept(flows.map { ($0.street, $0.minutes) }, most)
        var sums: [[String]: Int64] = [:]
        for flow in flows where flow.minutes > 0 {
            let sender = senders.contains(flow.sender) ? flow.sender : Self.rest
            let street = streets.contains(flow.street) ? flow.street : Self.rest
            sums[[sender, flow.source, street], default: 0] += flow.minutes
        }
        self.flows = sums.map { Flow(sender: $0.key[0], source: $0.key[1], street: $0.key[2], minutes: $0.value) }
            .sorted { ($1.minutes, $0.sender, $0.source, $0.street) < ($0.minutes, $1.sender, $1.source, $1.street) }
    }

    private static func kept(_ parts: [(String, Int64)], _ most: Int) -> Set<String> {
        let sums = parts.reduce(into: [String: Int64]()) { $0[$1.0, default: 0] += $1.1 }
        guard sums.count > most else { return Set(sums.keys) }
        return Set(sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most - 1).map(\.key))
    }

    /// Each once, the largest first.
    func nodes(_ key: (Flow) -> String) -> [Node] {
        flows.reduce(into: [String: Int64]()) { $0[key($1), default: 0] += $1.minutes }
            .map { Node(key: $0.key, minutes: $0.value) }
            .sorted { ($1.minutes, $0.key) < ($0.minutes, $1.key) }
    }

    var minutes: Int64 { flows.map(\.minutes).reduce(0, +) }
}
