import Desk
import Ground

/// `Rules/walls.yaml`: how live a wall is, and how much stands on it.
struct WallRules: Sendable, Decodable {
    struct Stream: Sendable, Decodable {
        var most: Int
        var lookMilliseconds: Int
        var refreshSeconds: Int
        var aliveSeconds: Int
        var sessionSeconds: Int
        var retrySeconds: Int
    }

    struct Lines: Sendable, Decodable {
        var areas: Int
        var whistles: Int
        var alarms: Int
        var emergencies: Int
        var shifts: Int
    }

    struct Nearest: Sendable, Decodable { var most: Int }

    var stream: Stream
    var lines: Lines
    var nearest: Nearest

    /// - Throws: a refusal naming the file when a value makes no sense.
    static func load(from files: RuleFiles) throws(Refusal) -> WallRules {
        let rules = try files.decode(WallRules.self, from: "walls.yaml")
        let (stream, lines) = (rules.stream, rules.lines)
        let positive = [
            stream.refreshSeconds, stream.aliveSeconds, stream.sessionSeconds, stream.retrySeconds, lines.areas,
            lines.whistles, lines.alarms, lines.emergencies, lines.shifts, rules.nearest.most,
        ]
        guard positive.allSatisfy({ (1...1000).contains($0) }), (20...5000).contains(stream.lookMilliseconds),
            (1...100_000).contains(stream.most)
        else {
            throw RuleFiles.refusal(
                "whole numbers from 1 to 1000; lookMilliseconds from 20 to 5000",
                "须为 1 至 1000 的整数；lookMilliseconds 为 20 至 5000",
                in: try files.file("walls.yaml"), line: nil)
        }
        return rules
    }
}
