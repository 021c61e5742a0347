public import Desk
public import Geo
public import Ground
import Ledger
import Places
import Sheets
public import Storage

/// Takes a file of buildings over. Run again, it changes nothing; a bad building keeps no good one out; what the file does
/// not state of a building that is here stays as it is; grids keep their buildings, which only plans move.
public struct BuildingImport: Sendable {
    public struct Order: Sendable {
        public var path: String
        /// What people call the file.
        public var name: String
        /// Of buildings that name no datum; nil for CGCS2000.
        public var datum: Datum?
        /// Whether the file has only some buildings of its communities: then none is missing.
        public var isPartial: Bool
        /// Where buildings that were left out are written, each with its reason.
        public var errors: String?
        public var language: Language
        /// Whether it came over the network: then what it unpacks to and how much is listed is bounded.
        public var isUpload: Bool

        public init(
            path: String, name: String, datum: Datum? = nil, isPartial: Bool = false, errors: String? = nil,
            language: Language = .chinese, isUpload: Bool = false
        ) {
            self.path = path
            self.name = name
            self.datum = datum
            self.isPartial = isPartial
            self.errors = errors
            self.language = language
            self.isUpload = isUpload
        }

        /// What the file may unpack to, in bytes.
        var unpackedBytes: Int64? { isUpload ? 1 << 30 : nil }
        /// So many findings are listed, of what was left out and of what was taken; all are counted.
        var mostFindings: Int { isUpload ? 5_000 : .max }
    }

    public enum Stage: Sendable { case reading, writing }

    private static let chunk = 500

    let grids: Grids

    public init(grids: Grids) { self.grids = grids }

    /// - Parameters:
    ///   - area: where whoever brings them in may change buildings.
    ///   - progress: how far it is; throws to end the import.
    ///   - written: within each transaction, how many features are dealt with by it, of how many; by throwing it leaves that
    ///     transaction undone and ends the import, which keeps what was written before.
    /// - Throws: a refusal when the file as a whole cannot be used; nothing was changed then.
    public func run(
        _ order: Order, within area: AreaPrefix, by actor: Actor,
        progress: @escaping @Sendable (Stage, _ done: Int, _ total: Int?) throws -> Void = { _, _, _ in },
        written note: @escaping @Sendable (_ done: Int, _ total: Int, any Transaction) throws -> Void = { _, _, _ in }
    ) async throws -> BuildingReport {
        var (intake, rows) = try await OwnThread.run { try read(order, progress) }
        let arranged = arrange(&intake, within: area)
        var report = BuildingReport()
        report.rows = rows
        report.hasRows = FeatureFile.kind(of: order.path) == .table
        report.isPartial = order.isPartial || intake.findingCount[.unreadable, default: 0] > 0
        var found: [UnitFinding] = []
        var communities: Set<String> = []
        var stated: Set<String> = []
        let now = grids.house.clock.now()
        for start in stride(from: 0, to: arranged.count, by: Self.chunk) {
            let some = Array(arranged[start..<min(start + Self.chunk, arranged.count)])
            let (done, all) = (start + some.count, arranged.count)
            let written = try await grids.house.database.write { transaction in
                let written = try BuildingMerge(grids: grids, area: area).write(some, in: transaction)
                try record(written, order, within: area, by: actor, in: transaction)
                try note(done, all, transaction)
                return written
            }
            report.created += written.created
            report.changed += written.changed
            report.unchanged += written.unchanged
            report.placedByGround += written.placedByGround
            report.withoutGrid += written.withoutGrid
            communities.formUnion(written.communities)
            stated.formUnion(written.stated)
            found += written.findings
            try progress(.writing, done, all)
        }
        for finding in found { intake.find(finding.kind, finding.feature, finding.subject) }
        report.communities = communities.count
        if !report.isPartial {
            for community in stated.sorted() {
                try await noteMissing(of: community, named: intake.named, by: actor, at: now, &report)
            }
        }
        let left = intake.findings.filter { !$0.isKept }.sorted { $0.feature < $1.feature }
        report.rejected = intake.findingCount.reduce(0) { $0 + ($1.key.isKept ? 0 : $1.value) }
        report.problems = Array(left.prefix(BuildingReport.mostListed))
        report.notes = Array(
            intake.findings.lazy.filter(\.isKept).prefix(BuildingReport.mostListed).sorted { $0.feature < $1.feature })
        report.counts = intake.findingCount
        try writeErrors(left, of: report.rejected, order)
        try await record(report, order, within: area, by: actor)
        return report
    }

    // MARK: Reading

    private func read(
        _ order: Order, _ progress: (Stage, Int, Int?) throws -> Void
    ) throws -> (UnitIntake, rows: Int) {
        var intake = UnitIntake(grids.norms, datum: order.datum, requiresID: true, mostListed: order.mostFindings)
        let engine = GEOS()
        var rows = 0
        let system = try FeatureFile.read(
            order.path, named: order.name, grids.norms, unpackedBytes: order.unpackedBytes
        ) { feature, number in
            rows += 1
            intake.take(feature, engine: engine, number: number)
            if rows.isMultiple(of: 2_000) { try progress(.reading, rows, nil) }
        }
        intake.finish(referenceSystem: system)
        guard !intake.isPlane else {
            throw Refusal(
                .ruleBroken, "grids.buildings.plane",
                LocalizedText(
                    "“\(order.name)”：坐标是某个投影的米数，不是经纬度",
                    "“\(order.name)”: its coordinates are metres of some projection, not degrees"),
                wayOn: LocalizedText(
                    "请先转为经纬度（CGCS2000，EPSG:4490）再导入", "Turn them into degrees first (CGCS2000, EPSG:4490)"),
                field: "file")
        }
        try FeatureFile.requireKnown(system, named: order.name)
        guard !intake.units.isEmpty else {
            let first = intake.findings.first?.text
            throw Refusal(
                .ruleBroken, "grids.buildings.none",
                LocalizedText(
                    "“\(order.name)”：没有一栋可以采用。\(first?.chinese ?? "")",
                    "“\(order.name)”: not one building can be taken. \(first?.english ?? "")"),
                wayOn: LocalizedText(
                    "每栋需有编号、点或面、户数；列名见 Rules/grid-norms.yaml",
                    "Each needs an id, a point or an area, and its households; for names of columns see Rules/grid-norms.yaml"
                ), field: "file")
        }
        return (intake, rows)
    }

    /// Each unit with its community; those without one, or outside, are told and left out.
    private func arrange(_ intake: inout UnitIntake, within area: AreaPrefix) -> [ArrivingBuilding] {
        let names = CommunityNames(grids)
        var all: [ArrivingBuilding] = []
        for unit in intake.units {
            let near = grids.places.grid(longitude: unit.place.longitude, latitude: unit.place.latitude)
            var isByGround = false
            var community = unit.community.flatMap { names.code($0) }
            if community == nil, let near, near.ground == .outline {
                community = String(near.code.prefix(12))
                isByGround = true
            }
            guard let community else {
                intake.find(
                    .unknownCommunity, unit.feature,
                    [unit.id, unit.community].compactMap { $0 }.joined(separator: ", "))
                continue
            }
            guard area.contains(code: community) else {
                intake.find(.outside, unit.feature, unit.id)
                continue
            }
            if near == nil, grids.places.hasGridCentres { intake.find(.farAway, unit.feature, unit.id) }
            all.append(ArrivingBuilding(unit: unit, community: community, isByGround: isByGround))
        }
        return all
    }

    // MARK: What is no more in the file

    private func noteMissing(
        of community: String, named: Set<String>, by actor: Actor, at now: Instant, _ report: inout BuildingReport
    ) async throws {
        guard let prefix = AreaPrefix(community) else { return }
        let missing = try await grids.house.database.write { transaction in
            var missing: [Building] = []
            var last: Building?
            while true {
                let page = try BuildingStore.page(in: prefix, after: last, limit: 2_000, transaction: transaction)
                missing += page.filter { !named.contains($0.id) }
                guard page.count == 2_000 else { break }
                last = page.last
            }
            let fresh = missing.filter { $0.missingSince == nil }.map(\.id)
            for start in stride(from: 0, to: fresh.count, by: Self.chunk) {
                let some = fresh[start..<min(start + Self.chunk, fresh.count)]
                try BuildingStore.markMissing(Array(some), at: now, in: transaction)
            }
            if !fresh.isEmpty {
                let entry = entry("grids.buildings-missing", community, by: actor) {
                    $0.member("missing", fresh.count)
                }
                try Ledger.record(entry, in: transaction)
            }
            return (all: missing, fresh: fresh.count)
        }
        report.missing += missing.all.count
        report.marked += missing.fresh
        let room = BuildingReport.mostListed - report.firstMissing.count
        report.firstMissing += missing.all.prefix(max(0, room)).map {
            BuildingReport.Missing(id: $0.id, name: $0.name, community: $0.community, grid: $0.grid)
        }
    }

    // MARK: What is told

    private func writeErrors(_ left: [UnitFinding], of count: Int, _ order: Order) throws {
        guard let path = order.errors else { return }
        let problems = left.map { finding in
            RowProblem(
                row: finding.feature, column: "", value: finding.subject,
                code: "grids.buildings.\(finding.kind.rawValue)", message: finding.what)
        }
        try LeftOutSheet.write(
            problems, of: count, more: "grids.buildings.more", to: path, from: order.path,
            FeatureFile.limits(order.unpackedBytes), in: order.language)
    }

    /// What a transaction changes is on the ledger with it, however the import ends.
    private func record(
        _ written: BuildingMerge.Written, _ order: Order, within area: AreaPrefix, by actor: Actor,
        in transaction: any Transaction
    ) throws {
        guard written.created + written.changed > 0 else { return }
        let entry = entry("grids.buildings-written", area.code, by: actor) { writer in
            writer.member("file", order.name)
            writer.member("created", written.created)
            writer.member("changed", written.changed)
        }
        try Ledger.record(entry, in: transaction)
    }

    /// The whole in one entry. A file that changed nothing is no act on anything.
    private func record(
        _ report: BuildingReport, _ order: Order, within area: AreaPrefix, by actor: Actor
    ) async throws {
        guard report.hasChanges else { return }
        let entry = entry("grids.buildings", area.code, by: actor) { writer in
            writer.member("file", order.name)
            writer.member("rows", report.rows)
            writer.member("created", report.created)
            writer.member("changed", report.changed)
            writer.member("rejected", report.rejected)
            writer.member("missing", report.missing)
            writer.member("datum", order.datum?.rawValue)
        }
        try await grids.house.database.write { try Ledger.record(entry, in: $0) }
    }

    private func entry(
        _ act: String, _ area: String, by actor: Actor, facts: (inout JSONWriter) -> Void
    ) -> LedgerEntry {
        // An import takes its time: each entry has that at which it was written.
        let now = grids.house.clock.now()
        return LedgerEntry(
            id: grids.house.identifiers.next(at: now), act: act, subjectKind: "buildings", subjectID: area,
            actor: actor, happenedAt: now, receivedAt: now, area: area, facts: JSONWriter.object(facts))
    }
}

/// A building of a file, with the community that it comes into.
struct ArrivingBuilding: Sendable {
    var unit: UnitIntake.Unit
    var community: String
    /// It stated none that is known, and stands on the ground of a grid.
    var isByGround: Bool
}

/// Communities of the county by code or by a name that no other one has.
private struct CommunityNames {
    private var codes: [String: String?] = [:]
    private let known: Set<String>

    init(_ grids: Grids) {
        let all = grids.communities(below: grids.house.settings.area)
        known = Set(all.map(\.code))
        for one in all { codes[one.name] = codes[one.name] == nil ? one.code : String?.none }
    }

    func code(_ text: String) -> String? {
        let plain = text.filter { !$0.isWhitespace }
        // The national lists write twelve digits; a grid's code begins with its community's.
        if plain.utf8.count >= 12, known.contains(String(plain.prefix(12))) { return String(plain.prefix(12)) }
        return codes[plain] ?? nil
    }
}
