import Desk
import Geo
import Ground
import Identity
import Ledger
import Sheets
import Storage

/// Takes a file of rivers, railways, roads and bridges over, in one transaction: a plan sees all of it or nothing. A bad
/// feature keeps no good one out; the same file again changes nothing.
struct BarrierImport: Sendable {
    /// What the file comes in place of.
    enum Place: String, Sendable, Codable, CaseIterable {
        /// Earlier files of the same name; what other files brought stays.
        case same
        /// All that there is.
        case all
    }

    struct Order: Sendable {
        var path: String
        /// What people call the file.
        var name: String
        /// Of barriers that name no datum; nil for CGCS2000.
        var datum: Datum?
        var place = Place.same
        /// Where what was left out is written, each with its reason.
        var errors: String?
        var language = Language.chinese
    }

    /// A file may unpack to so many bytes.
    private static let unpackedBytes: Int64 = 1 << 30
    private static let mostPositions = 1_000_000
    /// So many findings are listed, of what was left out and of what was taken; all are counted.
    private static let mostFindings = 5_000

    let grids: Grids

    /// - Throws: a refusal when the file as a whole cannot be used; nothing was changed then.
    func run(_ order: Order, by scope: Scope) async throws -> BarrierReport {
        try grids.requireBarriers(scope)
        return try await run(order, by: Actor(scope))
    }

    /// For whoever was let in before.
    /// - Parameters:
    ///   - progress: how many features were read; throws to end the import.
    ///   - written: within the transaction, how many features it dealt with; by throwing it leaves all undone.
    func run(
        _ order: Order, by actor: Actor,
        progress: @escaping @Sendable (_ read: Int) throws -> Void = { _ in },
        written note: @escaping @Sendable (_ rows: Int, any Transaction) throws -> Void = { _, _ in }
    ) async throws -> BarrierReport {
        let (intake, rows) = try await OwnThread.run { try read(order, progress) }
        var report = BarrierReport()
        report.rows = rows
        report.hasRows = FeatureFile.kind(of: order.path) == .table
        report.counts = intake.findingCount
        report.rejected = intake.findingCount.reduce(0) { $0 + ($1.key.isKept ? 0 : $1.value) }
        let left = intake.findings.filter { !$0.kind.isKept }.sorted { $0.feature < $1.feature }
        report.problems = Array(left.prefix(BarrierReport.mostListed))
        report.notes = Array(
            intake.findings.lazy.filter(\.kind.isKept).prefix(BarrierReport.mostListed).sorted {
                $0.feature < $1.feature
            })
        if let path = order.errors {
            let problems = left.map { finding in
                RowProblem(
                    row: finding.feature, column: "", value: finding.subject,
                    code: "grids.barriers.\(finding.kind.rawValue)", message: finding.what)
            }
            try LeftOutSheet.write(
                problems, of: report.rejected, more: "grids.barriers.more", to: path, from: order.path,
                FeatureFile.limits(Self.unpackedBytes), in: order.language)
        }
        let (told, now) = (report, grids.house.clock.now())
        return try await grids.house.database.write { transaction in
            var report = told
            try write(intake.found, order, by: actor, at: now, &report, in: transaction)
            try note(rows, transaction)
            return report
        }
    }

    // MARK: Reading

    private func read(_ order: Order, _ progress: (Int) throws -> Void) throws -> (BarrierIntake, rows: Int) {
        var intake = BarrierIntake(grids.norms, datum: order.datum, mostListed: Self.mostFindings)
        var rows = 0
        let system = try FeatureFile.read(
            order.path, named: order.name, grids.norms, unpackedBytes: Self.unpackedBytes
        ) { feature, number in
            rows += 1
            intake.take(feature, number: number)
            if rows.isMultiple(of: 2_000) { try progress(rows) }
            guard intake.positions <= Self.mostPositions else {
                throw Refusal(
                    .ruleBroken, "grids.barriers-too-many",
                    LocalizedText("障碍的坐标点过多", "The barriers have too many positions"),
                    wayOn: LocalizedText("请只导入干线以上的道路、河流和铁路", "Bring in main roads, rivers and railways only"),
                    field: "features")
            }
        }
        // A datum of public maps has no number of its own: a file that names it by its name is converted.
        try FeatureFile.requireKnown(system, named: order.name, isDatumHeeded: true)
        intake.finish(referenceSystem: system)
        guard !intake.isPlane else {
            throw Refusal(
                .ruleBroken, "grids.barriers.plane",
                LocalizedText(
                    "“\(order.name)”：坐标是某个投影的米数，不是经纬度",
                    "“\(order.name)”: its coordinates are metres of some projection, not degrees"),
                wayOn: LocalizedText(
                    "请先转为经纬度（CGCS2000，EPSG:4490）再导入", "Turn them into degrees first (CGCS2000, EPSG:4490)"),
                field: "file")
        }
        guard !intake.found.isEmpty else {
            let first = intake.findings.first { !$0.kind.isKept }?.text
            throw Refusal(
                .ruleBroken, "grids.no-barrier",
                LocalizedText(
                    "没有一个要素可以作为障碍采用。\(first?.chinese ?? "")",
                    "Not one feature can be taken as a barrier. \(first?.english ?? "")"),
                wayOn: LocalizedText(
                    "类别的写法见 Rules/grid-norms.yaml 的 barriers",
                    "How classes are written: `barriers` in Rules/grid-norms.yaml"),
                field: "features")
        }
        return (intake, rows)
    }

    // MARK: Writing

    /// What a barrier is, whatever its id.
    private struct Content: Hashable {
        var kind: String
        var name: String?
        var courses: [[Position]]
    }

    private func write(
        _ found: [BarrierIntake.Found], _ order: Order, by actor: Actor, at now: Instant,
        _ report: inout BarrierReport, in transaction: any Transaction
    ) throws {
        let house = grids.house
        let source = BarrierSource(
            id: house.identifiers.next(at: now), name: order.name, by: actor.name, broughtAt: now)
        let barriers = found.map { one in
            Barrier(
                id: house.identifiers.next(at: now), source: source.id, kind: one.kind, name: one.name,
                metres: one.isBridge ? nil : Barrier.length(of: one.courses), courses: one.courses)
        }
        report.bridges = barriers.count(where: \.isBridge)
        report.barriers = barriers.count - report.bridges
        report.metres = barriers.reduce(0) { $0 + ($1.metres ?? 0) }
        // What is here was read from the same bytes it was written to, so it compares as it is.
        let before = try BarrierSourceStore.inForce(named: order.place == .all ? nil : order.name, in: transaction)
        let unlisted = order.place == .all ? try BarrierStore.unlisted(in: transaction) : 0
        if unlisted == 0, Self.counted(before) == Self.counted(barriers) {
            report.isUnchanged = true
            report.source = before.first?.source
            return
        }
        try BarrierSourceStore.insert(source, barriers, in: transaction)
        report.source = source.id
        let removal = Removal(
            id: house.identifiers.next(at: now), name: order.place == .all ? "" : order.name, by: actor.name,
            at: now, successor: source.id, barriers: 0)
        report.replaced = try BarrierSourceStore.remove(
            order.place == .all ? .all(except: source.id) : .named(order.name, except: source.id), as: removal,
            in: transaction)
        if report.replaced > 0 { report.removal = removal.id }
        if unlisted > 0 { try BarrierStore.liftUnlisted(in: transaction) }
        report.pieces = try BarrierStore.lay(barriers, in: transaction)
        let (rejected, replaced) = (report.rejected, report.replaced)
        try Ledger.record(
            BarrierWork(grids: grids).entry("grids.barriers", by: actor, at: now) { writer in
                writer.member("file", order.name)
                writer.member("rows", barriers.count)
                writer.member("rejected", rejected)
                writer.member("replaced", replaced)
                writer.member("datum", order.datum?.rawValue)
            }, in: transaction)
    }

    private static func counted(_ barriers: [Barrier]) -> [Content: Int] {
        barriers.reduce(into: [:]) {
            $0[Content(kind: $1.kind, name: $1.name, courses: $1.courses), default: 0] += 1
        }
    }
}
