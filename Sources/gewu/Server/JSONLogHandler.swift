import Foundation
import Ground
import Logging

/// Log lines as JSON on standard error, one object a line; what must not be in a log is left out by its name.
struct JSONLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let label: String
    let write: @Sendable (String) -> Void

    init(
        label: String, level: Logger.Level,
        write: @escaping @Sendable (String) -> Void = { Console.write($0, to: STDERR_FILENO) }
    ) {
        self.label = label
        logLevel = level
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var writer = JSONWriter()
        let all = event.metadata.map { metadata.merging($0) { _, new in new } } ?? metadata
        writer.object { writer in
            writer.member("time", SystemTime.now.iso8601)
            writer.member("level", event.level.rawValue)
            writer.member("source", label)
            writer.member("message", event.message.description)
            for (key, value) in all.sorted(by: { $0.key < $1.key }) {
                writer.key(escaping: Self.reserved.contains(key) ? "_" + key : key)
                Self.write(value, named: key, to: &writer)
            }
        }
        write(String(decoding: writer.finish(), as: UTF8.self) + "\n")
    }

    private static let reserved: Set<String> = ["time", "level", "source", "message"]
    private static let secret = [
        "token", "password", "phone", "secret", "cookie", "authorization", "idnumber", "mobile",
    ]

    static func isSecret(_ key: String) -> Bool {
        let key = key.lowercased()
        return secret.contains { key.contains($0) }
    }

    private static func write(_ value: Logger.MetadataValue, named key: String, to writer: inout JSONWriter) {
        if isSecret(key) { return writer.value("•••") }
        switch value {
        case .string(let text): writer.value(text)
        case .stringConvertible(let value): writer.value(value.description)
        case .array(let values):
            writer.array { writer in
                for value in values { write(value, named: key, to: &writer) }
            }
        case .dictionary(let members):
            writer.object { writer in
                for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                    writer.key(escaping: name)
                    write(value, named: name, to: &writer)
                }
            }
        }
    }
}

extension Logger {
    /// The log of the program.
    static func gewu(_ level: Logger.Level) -> Logger {
        Logger(label: "gewu") { JSONLogHandler(label: $0, level: level) }
    }
}

/// The time of log lines: the machine's, as it stands.
enum SystemTime {
    private static let clock = SystemClock()
    static var now: Instant { clock.now() }
}
