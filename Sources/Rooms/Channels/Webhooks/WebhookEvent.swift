import Cases
import Desk
import Foundation
import Ground
import Ledger

/// What another system is told of one act: codes, states and times; nothing that somebody wrote, and nobody's name.
struct WebhookEvent: Sendable {
    var entry: LedgerEntry
    var number: String?

    /// Facts of the ledger that may leave the platform. What is not named here stays.
    private static let facts = [
        "from", "to", "version", "category", "channel", "body", "reason", "dueAt", "workdays", "solved", "satisfaction",
    ]

    /// Acts on matters that are about the platform's own people, not about the matter.
    static let withheld: Set<String> = ["cases.reveal-reporter", "cases.export", "cases.withhold"]

    /// Whether an entry is told at all, and to this destination.
    static func concerns(_ entry: LedgerEntry, _ destination: Destination) -> Bool {
        guard entry.subjectKind == "case", entry.act.hasPrefix("cases."), !withheld.contains(entry.act),
            let area = entry.area, destination.area.contains(code: area)
        else { return false }
        return destination.acts.isEmpty || destination.acts.contains(entry.act)
    }

    var body: [UInt8] {
        let known = (try? JSONDecoder().decode(JSONValue.self, from: Data(entry.facts))) ?? .null
        return JSONWriter.object { writer in
            writer.member("type", entry.act)
            writer.member("timestamp", entry.happenedAt)
            writer.key("data")
            writer.object { writer in
                writer.member("case", entry.subjectID)
                writer.member("number", number)
                writer.member("area", entry.area)
                for name in Self.facts {
                    switch known[name] {
                    case .text(let text):
                        writer.key(escaping: name)
                        writer.value(text)
                    case .number(let number):
                        writer.key(escaping: name)
                        writer.value(Int64(exactly: number) ?? 0)
                    case .flag(let flag):
                        writer.key(escaping: name)
                        writer.value(flag)
                    case .null, .list, .object, nil: break
                    }
                }
            }
        }
    }

    /// The same entry always gives the same id, so a receiver knows what it was told twice.
    func message(signedWith secret: WebhookSecret, at now: Instant) -> OutgoingMessage {
        let body = body
        let seconds = now.milliseconds / 1000
        let id = "evt_" + entry.id.text
        return OutgoingMessage(
            id: id, seconds: seconds, signature: secret.signature(id: id, seconds: seconds, body: body), body: body)
    }
}
