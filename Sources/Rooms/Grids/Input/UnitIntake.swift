public import Geo

/// Takes units feature by feature: finds their columns by the names of `Rules/grid-norms.yaml`, repairs what is safe to
/// repair, leaves out what is not, and tells both by feature. The rest goes on.
public struct UnitIntake: Sendable {
    public struct Unit: Sendable {
        public var id: String
        /// CGCS2000 degrees, or metres when the file has metres.
        public var place: Position
        public var shape: Geometry?
        public var households: Int
        public var workload: Double?
        public var compound: String?
        public var community: String?
        public var name: String?
        public var grid: String?
        var feature: Int
    }

    public private(set) var units: [Unit] = []
    /// The first ones; `findingCount` has all.
    public private(set) var findings: [UnitFinding] = []
    public private(set) var findingCount: [UnitFinding.Kind: Int] = [:]
    /// Whether coordinates are metres of some plane, not degrees.
    public private(set) var isPlane = false

    private let columns: [String: Set<String>]
    private let datum: Datum?
    private let high: Double
    private var ids: Set<String> = []
    /// Every id that a feature bears, also of those left out.
    private(set) var named: Set<String> = []
    private var seen = 0
    private let requiresID: Bool
    private let mostListed: Int
    private var listed = (kept: 0, left: 0)
    static let longestID = 64
    /// Above so many units only their places are kept, so that memory stays small.
    private static let mostShapes = 500_000

    /// - Parameters:
    ///   - datum: of features that name none; nil for CGCS2000.
    ///   - high: the most that a grid may have; a unit above it is told.
    ///   - requiresID: whether a unit without an id of its own is left out.
    ///   - mostListed: so many findings are listed, of what was left out and of what was kept; all are counted.
    public init(
        _ norms: GridNorms, datum: Datum? = nil, high: Double = .infinity, requiresID: Bool = false,
        mostListed: Int = 1_000
    ) {
        self.requiresID = requiresID
        self.mostListed = mostListed
        columns = norms.columns.mapValues { Set($0) }
        self.datum = datum
        self.high = high
    }

    /// - Parameter number: where it stands in the file; nil to count.
    public mutating func take(_ result: Result<Feature, FeatureProblem>, engine: GEOS, number: Int? = nil) {
        seen = number ?? seen + 1
        switch result {
        case .failure(let problem): find(.unreadable, problem.feature, "\(problem.kind.rawValue) \(problem.subject)")
        case .success(let feature): take(feature, engine)
        }
    }

    private mutating func take(_ feature: Feature, _ engine: GEOS) {
        let number = seen
        let stated = value("id", feature)?.text ?? feature.id.flatMap { $0.isEmpty ? nil : $0 }
        let id = stated ?? "\(number)"
        if requiresID {
            guard let stated, stated.count <= Self.longestID, stated.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
            else { return find(.noID, number, String(id.prefix(Self.longestID))) }
            named.insert(stated)
        }
        guard let geometry = feature.geometry, !geometry.isEmpty else { return find(.noPlace, number, id) }
        let households = value("households", feature)
        let workload = value("workload", feature)
        guard households?.number != nil || workload?.number != nil else { return find(.noHouseholds, number, id) }
        let count = households?.number ?? workload?.number ?? 0
        if count < 0 || workload?.number ?? 0 < 0 { return find(.negative, number, id) }
        guard count.isFinite, count <= 2_000_000, workload?.number ?? 0 <= 2_000_000 else {
            return find(.noHouseholds, number, id)
        }
        var from = datum
        if let named = value("datum", feature)?.text {
            guard let known = Self.datum(named) else { return find(.unknownDatum, number, "\(id), \(named)") }
            from = known
        }
        guard let shape = shaped(geometry, number, id, engine) else { return find(.noPlace, number, id) }
        guard let middle = shape.areas.isEmpty ? shape.middle : engine.inside(shape) ?? shape.middle else {
            return find(.noPlace, number, id)
        }
        guard ids.insert(id).inserted else { return find(.duplicateID, number, id) }
        var unit = Unit(
            id: id, place: middle, shape: shape.areas.isEmpty ? nil : shape, households: Int(count.rounded()),
            workload: workload?.number, compound: value("compound", feature)?.text?.visible(),
            community: value("community", feature)?.text?.visible(), name: value("name", feature)?.text?.visible(),
            grid: value("grid", feature)?.text?.visible(), feature: number)
        setRight(&unit, number)
        if let from, from == .gcj02 || from == .bd09, unit.place.isOnEarth {
            convert(&unit, from)
            find(.datumConverted, number, "\(id), \(from.rawValue)")
        }
        if unit.households == 0, unit.workload ?? 0 == 0 { find(.zeroHouseholds, number, id) }
        if unit.workload ?? Double(unit.households) > high { find(.aboveNorm, number, id) }
        if units.count >= Self.mostShapes { unit.shape = nil }
        units.append(unit)
    }

    /// Areas made valid; nil when nothing remains.
    private mutating func shaped(_ geometry: Geometry, _ number: Int, _ id: String, _ engine: GEOS) -> Geometry? {
        let areas = geometry.areas
        if areas.isEmpty {
            if case .polygon = geometry { return nil }
            if case .polygons = geometry { return nil }
            return geometry
        }
        let shape: Geometry = areas.count == 1 ? .polygon(areas[0]) : .polygons(areas)
        guard engine.problem(of: shape) != nil else { return shape }
        guard let mended = engine.repaired(shape) else { return nil }
        find(.selfCrossing, number, id)
        return mended
    }

    // MARK: Longitude and latitude

    /// In China no longitude (73 to 136) can be a latitude (3 to 54), so a swap is seen in each feature by itself; elsewhere
    /// only where a latitude above 90 gives it away.
    private mutating func setRight(_ unit: inout Unit, _ number: Int) {
        let (x, y) = (unit.place.x, unit.place.y)
        let isChinaSwapped = (3.0...54.0).contains(x) && (73.0...136.0).contains(y)
        let isWorldSwapped = abs(y) > 90 && abs(y) <= 180 && abs(x) <= 90
        guard isChinaSwapped || isWorldSwapped else { return }
        let turn = { (position: Position) in Position(x: position.y, y: position.x) }
        unit.place = turn(unit.place)
        unit.shape = unit.shape?.mapped(turn)
        find(.swapped, number, unit.id)
    }

    private func convert(_ unit: inout Unit, _ from: Datum) {
        let change = { (position: Position) -> Position in
            let found = from.toCGCS2000(longitude: position.longitude, latitude: position.latitude)
            return Position(longitude: found.longitude, latitude: found.latitude)
        }
        unit.place = change(unit.place)
        unit.shape = unit.shape?.mapped(change)
    }

    /// The datum that a file calls so; nil for none that is known.
    static func datum(_ name: String) -> Datum? {
        let plain = name.uppercased().filter { $0.isLetter || $0.isNumber }
        switch plain {
        case "CGCS2000", "EPSG4490", "4490", "国家2000", "CGCS": return .cgcs2000
        case "WGS84", "EPSG4326", "4326", "CRS84", "GPS": return .wgs84
        case "GCJ02", "GCJ", "高德", "火星": return .gcj02
        case "BD09", "BD09LL", "百度": return .bd09
        default: return nil
        }
    }

    // MARK: The end

    /// Leaves out units whose coordinates are of another system than most of the file.
    ///
    /// - Parameter referenceSystem: what the file calls its system; Web Mercator is turned into degrees.
    public mutating func finish(referenceSystem: String? = nil) {
        if let referenceSystem, referenceSystem.hasSuffix(":3857") || referenceSystem.hasSuffix(":900913") {
            for index in units.indices {
                units[index].place = WebMercator.degrees(metres: units[index].place)
                units[index].shape = units[index].shape?.mapped(WebMercator.degrees(metres:))
            }
        }
        let degrees = units.count { $0.place.isOnEarth }
        isPlane = degrees * 2 < units.count
        guard degrees > 0, degrees < units.count else { return }
        // Small metres look like degrees: only among large ones are they strange.
        let sizes = units.filter { !$0.place.isOnEarth }.map { max(abs($0.place.x), abs($0.place.y)) }.sorted()
        if isPlane, sizes[sizes.count / 2] < 10_000 { return }
        let plane = isPlane
        for unit in units where unit.place.isOnEarth == plane { find(.elsewhere, unit.feature, unit.id) }
        units.removeAll { $0.place.isOnEarth == plane }
    }

    private func value(_ column: String, _ feature: Feature) -> FeatureValue? {
        guard let names = columns[column] else { return nil }
        return feature.properties.first { names.contains($0.key.lowercased()) && $0.value != .nothing }?.value
    }

    mutating func find(_ kind: UnitFinding.Kind, _ feature: Int, _ subject: String) {
        findingCount[kind, default: 0] += 1
        guard (kind.isKept ? listed.kept : listed.left) < mostListed else { return }
        if kind.isKept { listed.kept += 1 } else { listed.left += 1 }
        findings.append(UnitFinding(kind: kind, feature: feature, subject: subject))
    }
}

extension WebMercator {
    /// - Parameter metres: on the sphere of the radius 6,378,137, as EPSG:3857 gives them.
    static func degrees(metres: Position) -> Position {
        // The length of the equator: they are parts of its square.
        let world = 40_075_016.685_578_488
        let found = degrees(SIMD2(metres.x / world + 0.5, 0.5 - metres.y / world))
        return Position(longitude: found.longitude, latitude: found.latitude)
    }
}
