import Synchronization

/// Counts and durations of requests, and gauges that rooms register; written in the Prometheus text form.
public final class Metrics: Sendable {
    /// Upper bounds in milliseconds.
    private static let bounds: [Double] = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000]

    private struct Series: Sendable {
        var counts = [UInt64](repeating: 0, count: Metrics.bounds.count + 1)
        var sum = 0.0
    }

    private struct Label: Hashable, Comparable {
        var method: String
        var path: String
        var status: Int

        static func < (left: Label, right: Label) -> Bool {
            (left.path, left.method, left.status) < (right.path, right.method, right.status)
        }
    }

    private let series = Mutex<[Label: Series]>([:])
    private let gauges = Mutex<[(name: String, help: String, read: @Sendable () -> Double)]>([])
    private let counters = Mutex<[String: UInt64]>([:])

    public init() {}

    public func observe(method: String, path: String, status: Int, milliseconds: Double) {
        let bucket = Self.bounds.firstIndex { milliseconds <= $0 } ?? Self.bounds.count
        series.withLock {
            $0[Label(method: method, path: path, status: status), default: Series()].counts[bucket] += 1
            $0[Label(method: method, path: path, status: status), default: Series()].sum += milliseconds
        }
    }

    /// - Parameter name: such as `gewu_messages_sent_total`.
    public func count(_ name: String, by amount: UInt64 = 1) { counters.withLock { $0[name, default: 0] += amount } }

    public func gauge(_ name: String, help: String, _ read: @escaping @Sendable () -> Double) {
        gauges.withLock { $0.append((name, help, read)) }
    }

    /// Text of the exposition format 0.0.4.
    public func exposition() -> String {
        var text =
            "# HELP gewu_http_request_duration_seconds How long requests took.\n# TYPE gewu_http_request_duration_seconds histogram\n"
        for (label, series) in series.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            let labels = "method=\"\(label.method)\",path=\"\(Self.escaped(label.path))\",status=\"\(label.status)\""
            var total: UInt64 = 0
            for (index, count) in series.counts.enumerated() {
                total += count
                let bound = index < Self.bounds.count ? String(Self.bounds[index] / 1000) : "+Inf"
                text += "gewu_http_request_duration_seconds_bucket{\(labels),le=\"\(bound)\"} \(total)\n"
            }
            text += "gewu_http_request_duration_seconds_sum{\(labels)} \(series.sum / 1000)\n"
            text += "gewu_http_request_duration_seconds_count{\(labels)} \(total)\n"
        }
        for (name, value) in counters.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            text += "# TYPE \(name) counter\n\(name) \(value)\n"
        }
        for gauge in gauges.withLock({ $0 }) {
            text += "# HELP \(gauge.name) \(gauge.help)\n# TYPE \(gauge.name) gauge\n\(gauge.name) \(gauge.read())\n"
        }
        return text
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
