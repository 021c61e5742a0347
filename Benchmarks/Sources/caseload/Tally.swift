import Foundation
import Synchronization

/// What came of the requests: durations by operation, answers by status.
final class Tally: Sendable {
    private struct State {
        var microseconds: [String: [UInt32]] = [:]
        var statuses: [String: [Int: Int]] = [:]
        var lives = 0
        var perSecond: [Int: (done: Int, refused: Int, failed: Int)] = [:]
    }

    private let state = Mutex(State())

    func add(_ operation: String, _ microseconds: UInt32, status: Int, second: Int) {
        state.withLock { state in
            state.microseconds[operation, default: []].append(microseconds)
            state.statuses[operation, default: [:]][status, default: 0] += 1
            switch status {
            case 200..<300: state.perSecond[second, default: (0, 0, 0)].done += 1
            case 503: state.perSecond[second, default: (0, 0, 0)].refused += 1
            default: state.perSecond[second, default: (0, 0, 0)].failed += 1
            }
        }
    }

    func addLife() { state.withLock { $0.lives += 1 } }

    func json(seconds: Double, label: String) -> String {
        state.withLock { state in
            var operations: [String: Any] = [:]
            for (name, values) in state.microseconds {
                let sorted = values.sorted()
                func at(_ share: Double) -> Double {
                    Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1000
                }
                operations[name] = [
                    "perSecond": (Double(sorted.count) / seconds).rounded(), "p50ms": at(0.5), "p95ms": at(0.95),
                    "p99ms": at(0.99), "maxms": at(1),
                    "statuses": Dictionary(
                        uniqueKeysWithValues: (state.statuses[name] ?? [:]).map { ("\($0.key)", $0.value) }),
                ]
            }
            let timeline = state.perSecond.keys.sorted().map { second -> [Int] in
                let value = state.perSecond[second] ?? (0, 0, 0)
                return [second, value.done, value.refused, value.failed]
            }
            let result: [String: Any] = [
                "label": label, "seconds": (seconds * 100).rounded() / 100,
                "livesPerSecond": (Double(state.lives) / seconds * 10).rounded() / 10,
                "lives": state.lives, "operations": operations, "timeline": timeline,
            ]
            let data = (try? JSONSerialization.data(withJSONObject: result, options: [.sortedKeys])) ?? Data()
            return String(decoding: data, as: UTF8.self)
        }
    }
}
