import Desk
import Foundation
import Ground
import Storage

/// Events, sites, lots and where they are.
enum EventStore {
    private static let columns: StaticString =
        "id, plan, level, area, title, is_exercise, commander, started_at, received_at, ended_at, review_at, version"

    static func insert(_ event: EventRecord, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO emergency_events (id, plan, level, area, title, is_exercise, commander, started_at, received_at,
                                          ended_at, review_at, version, next_slip, alarm_at, alarm_level)
            VALUES (\(event.id), \(event.plan), \(event.level.rawValue), \(event.area.code), \(event.title),
                    \(event.isExercise), \(event.commander), \(event.startedAt), \(event.receivedAt), \(event.endedAt),
                    \(event.reviewAt), \(event.version), 1, \(event.reviewAt), 0)
            """)
    }

    /// - Returns: false when it was changed meanwhile.
    static func update(_ event: EventRecord, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            """
            UPDATE emergency_events SET level = \(event.level.rawValue), commander = \(event.commander),
                ended_at = \(event.endedAt), review_at = \(event.reviewAt), version = \(event.version),
                alarm_at = \(event.reviewAt), alarm_level = 0
            WHERE id = \(event.id) AND version = \(event.version - 1)
            """) == 1
    }

    static func find(_ id: EventID, in transaction: any Transaction) throws -> EventRecord? {
        try transaction.first("SELECT \(trusted: columns) FROM emergency_events WHERE id = \(id)").map(record)
    }

    /// Whether somebody of that area may see it: its area and theirs overlap, or one of its sites is in theirs.
    static func find(_ id: EventID, for scope: Scope, in transaction: any Transaction) throws -> EventRecord {
        guard let event = try find(id, in: transaction) else { throw Refusal.nothingHere }
        if scope.area.contains(event.area) || event.area.contains(scope.area) { return event }
        let site = try transaction.first(
            """
            SELECT id FROM emergency_sites
            WHERE \(scope.area.condition(on: "area")) AND event = \(id) LIMIT 1
            """)
        guard site != nil else { throw Refusal.nothingHere }
        return event
    }

    /// The newest first; ids follow time.
    static func page(for scope: Scope, after: String?, limit: Int, in transaction: any Transaction) throws
        -> [EventRecord]
    {
        let above = [0, 2, 4, 6, 9, 12, 15].filter { $0 < scope.area.code.utf8.count }.map {
            String(scope.area.code.prefix($0))
        }
        var conditions: [SQL] = [
            """
            (\(scope.area.condition(on: "area"))) OR area IN (\(list: above))
            OR id IN (SELECT event FROM emergency_sites WHERE \(scope.area.condition(on: "area")))
            """
        ]
        if let after { conditions.append("id < \(after)") }
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM emergency_events
            WHERE \(SQL.all(conditions)) ORDER BY id DESC LIMIT \(limit)
            """
        ).map(record)
    }

    static var eventColumns: SQL { "\(trusted: columns)" }
    static func event(_ row: Row) throws -> EventRecord { try record(row) }

    private static func record(_ row: Row) throws -> EventRecord {
        EventRecord(
            id: try row.identifier(0), plan: try row.text(1),
            level: EmergencyLevel(rawValue: try row.text(2)) ?? .first,
            area: AreaPrefix(try row.text(3)) ?? .everywhere, title: try row.text(4), isExercise: try row.bool(5),
            commander: try row.identifier(6), startedAt: try row.instant(7), receivedAt: try row.instant(8),
            endedAt: try row.instantIfAny(9), reviewAt: try row.instantIfAny(10), version: try row.int(11))
    }

    /// Takes running numbers: the first of so many.
    static func slips(_ count: Int64, of event: EventID, in transaction: any Transaction) throws -> Int64 {
        try transaction.execute(
            "UPDATE emergency_events SET next_slip = next_slip + \(count) WHERE id = \(event)")
        guard let row = try transaction.first("SELECT next_slip FROM emergency_events WHERE id = \(event)") else {
            throw Refusal.nothingHere
        }
        return try row.int(0) - count
    }

    /// The highest number given out so far.
    static func lastSlip(of event: EventID, in transaction: any Transaction) throws -> Int64 {
        try (transaction.first("SELECT next_slip FROM emergency_events WHERE id = \(event)")?.int(0) ?? 1) - 1
    }

    // MARK: Sites and lots

    static func insert(_ site: SiteRecord, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO emergency_sites (id, event, name, area)
            VALUES (\(site.id), \(site.event), \(site.name), \(site.area.code))
            """)
    }

    static func sites(of event: EventID, in transaction: any Transaction) throws -> [SiteRecord] {
        try transaction.query(
            "SELECT id, event, name, area FROM emergency_sites WHERE event = \(event) ORDER BY id LIMIT 500"
        ).map { row in
            SiteRecord(
                id: try row.identifier(0), event: try row.identifier(1), name: try row.text(2),
                area: AreaPrefix(try row.text(3)) ?? .everywhere)
        }
    }

    static func insert(_ lot: LotRecord, labelSealed: [UInt8], in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO emergency_lots (id, event, kind, label_sealed, unit, registered, surplus, written_off)
            VALUES (\(lot.id), \(lot.event), \(lot.kind.rawValue), \(labelSealed), \(lot.unit), \(lot.registered), 0, 0)
            """)
    }

    static func lots(of event: EventID, open: ([UInt8]) throws -> String, in transaction: any Transaction) throws
        -> [LotRecord]
    {
        try transaction.query(
            """
            SELECT id, event, kind, label_sealed, unit, registered, surplus, written_off
            FROM emergency_lots WHERE event = \(event) ORDER BY id LIMIT 2000
            """
        ).map { row in
            LotRecord(
                id: try row.identifier(0), event: try row.identifier(1),
                kind: LotRecord.Kind(rawValue: try row.text(2)) ?? .people, label: try open(row.blob(3)),
                unit: try row.text(4), registered: try row.int(5), surplus: try row.int(6), writtenOff: try row.int(7))
        }
    }

    static func lotExists(_ lot: LotID, in event: EventID, _ transaction: any Transaction) throws -> Bool {
        try transaction.first("SELECT id FROM emergency_lots WHERE id = \(lot) AND event = \(event)") != nil
    }

    static func add(surplus: Int64, writtenOff: Int64, to lot: LotID, in transaction: any Transaction) throws {
        guard surplus != 0 || writtenOff != 0 else { return }
        try transaction.execute(
            """
            UPDATE emergency_lots SET surplus = surplus + \(surplus), written_off = written_off + \(writtenOff)
            WHERE id = \(lot)
            """)
    }

    static func holdings(of event: EventID, in transaction: any Transaction) throws -> [Holding] {
        try transaction.query(
            """
            SELECT lot, site, count FROM emergency_holdings
            WHERE event = \(event) AND count > 0 ORDER BY lot, site LIMIT 5000
            """
        ).map { Holding(lot: try $0.identifier(0), site: try $0.identifier(1), count: try $0.int(2)) }
    }

    static func count(_ lot: LotID, at site: SiteID, in transaction: any Transaction) throws -> Int64 {
        try transaction.first("SELECT count FROM emergency_holdings WHERE lot = \(lot) AND site = \(site)")?.int(0) ?? 0
    }

    /// - Parameter change: checked before to leave nothing below zero; the table checks it again.
    static func add(_ change: Int64, of lot: LotID, at site: SiteID, _ event: EventID, in transaction: any Transaction)
        throws
    {
        guard change != 0 else { return }
        let changed = try transaction.execute(
            "UPDATE emergency_holdings SET count = count + \(change) WHERE lot = \(lot) AND site = \(site)")
        guard changed == 0 else { return }
        try transaction.execute(
            """
            INSERT INTO emergency_holdings (lot, site, event, count) VALUES (\(lot), \(site), \(event), \(change))
            """)
    }

    /// Lots of which the sum of all sites and all open hand-overs is not what was registered: none, ever.
    static func imbalances(of event: EventID, in transaction: any Transaction) throws -> [LotID] {
        try transaction.query(
            """
            SELECT l.id FROM emergency_lots l WHERE l.event = \(event) AND l.registered + l.surplus - l.written_off <>
                (SELECT COALESCE(SUM(h.count), 0) FROM emergency_holdings h WHERE h.lot = l.id AND h.event = l.event)
                + (SELECT COALESCE(SUM(o.sent + o.surplus - o.received - o.returned - o.written_off), 0)
                   FROM emergency_hand_overs o WHERE o.lot = l.id AND o.event = l.event)
            ORDER BY l.id LIMIT 100
            """
        ).map { try $0.identifier(0) }
    }
}
