import Desk
import Ground
import Ledger
import Storage

/// Everything of one event as it stands, read at one moment.
struct EventState: Sendable {
    var event: EventRecord
    var contacts: [ContactRecord]
    var sites: [SiteRecord]
    var lots: [LotRecord]
    var holdings: [Holding]
    var handOvers: [HandOver]
    var alarms: [AlarmRecord]
    var conflicts: [ConflictRecord]
    var imbalances: [LotID]
    var entries: [LedgerEntry]

    static func load(
        _ id: EventID, for scope: Scope, _ emergencies: Emergencies, in transaction: any Transaction
    ) throws -> EventState {
        let event = try EventStore.find(id, for: scope, in: transaction)
        return EventState(
            event: event, contacts: try ContactStore.all(of: id, in: transaction),
            sites: try EventStore.sites(of: id, in: transaction),
            lots: try EventStore.lots(of: id, open: emergencies.open, in: transaction),
            holdings: try EventStore.holdings(of: id, in: transaction),
            handOvers: try HandOverStore.all(of: id, in: transaction),
            alarms: try AlarmStore.all(of: id, in: transaction),
            conflicts: try ConflictStore.all(of: id, in: transaction),
            imbalances: try EventStore.imbalances(of: id, in: transaction),
            entries: try Ledger.timeline(of: "emergency", id.text, in: transaction))
    }

    func siteName(_ id: SiteID) -> String { sites.first { $0.id == id }?.name ?? "—" }
    func lot(_ id: LotID) -> LotRecord? { lots.first { $0.id == id } }

    func json(_ language: Language) -> [UInt8] {
        JSONWriter.object { writer in
            writer.key("event")
            writer.object { EmergencyJSON.write(event, to: &$0) }
            writer.key("contacts")
            writer.array(contacts) { writer, one in writer.object { EmergencyJSON.write(one, to: &$0) } }
            writer.key("sites")
            writer.array(sites) { writer, one in writer.object { EmergencyJSON.write(one, to: &$0) } }
            writer.key("lots")
            writer.array(lots) { writer, one in writer.object { EmergencyJSON.write(one, to: &$0) } }
            writer.key("holdings")
            writer.array(holdings) { writer, one in
                writer.object { writer in
                    writer.member("lot", one.lot)
                    writer.member("site", one.site)
                    writer.member("count", one.count)
                }
            }
            writer.key("handOvers")
            writer.array(handOvers) { writer, one in writer.object { EmergencyJSON.write(one, to: &$0) } }
            writer.key("alarms")
            writer.array(alarms) { writer, one in writer.object { EmergencyJSON.write(one, to: &$0) } }
            writer.key("conflicts")
            writer.array(conflicts) { writer, one in
                writer.object { writer in
                    EmergencyJSON.write(
                        one, stands: handOvers.first { $0.slip == one.slip }, language, to: &writer)
                }
            }
            writer.member("balanced", imbalances.isEmpty)
        }
    }
}
