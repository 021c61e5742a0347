public import Geo

/// Takes roads, rivers, railways and bridges feature by feature, by the classes of `Rules/grid-norms.yaml`. What cannot be
/// taken is told by feature; the rest goes on.
public struct BarrierIntake: Sendable {
    /// One feature: a river with all its arms is one barrier.
    public struct Found: Sendable {
        /// A class of `Rules/grid-norms.yaml`, or `bridge`.
        public var kind: String
        public var name: String?
        /// Of a bridge the one place where it is. CGCS2000 degrees after ``BarrierIntake/finish(referenceSystem:)``, or
        /// metres when the file has metres.
        public var courses: [[Position]]
        var affinity: Int32?
        var feature: Int
        /// What the feature itself names.
        var datum: Datum?
        var isBridge: Bool
    }

    public private(set) var found: [Found] = []
    /// The first ones; `findingCount` has all.
    public private(set) var findings: [BarrierFinding] = []
    public private(set) var findingCount: [BarrierFinding.Kind: Int] = [:]
    /// Whether coordinates are metres of some plane, not degrees.
    public private(set) var isPlane = false
    /// Of all that was taken.
    public private(set) var positions = 0

    private let norms: GridNorms
    private let datum: Datum?
    private let mostListed: Int
    private let names, datumNames: Set<String>
    private var seen = 0
    private var listed = (kept: 0, left: 0)
    private static let columns: Set<String> = [
        "class", "type", "kind", "fclass", "highway", "railway", "waterway", "bridge", "类型",
    ]

    /// - Parameters:
    ///   - datum: of features that name none; nil for CGCS2000.
    ///   - mostListed: so many findings are listed, of what was left out and of what was kept; all are counted.
    public init(_ norms: GridNorms, datum: Datum? = nil, mostListed: Int = 1_000) {
        self.norms = norms
        self.datum = datum
        self.mostListed = mostListed
        names = Set(norms.columns["name"] ?? [])
        datumNames = Set(norms.columns["datum"] ?? [])
    }

    /// Of no class that is known; they part nothing.
    public var unknown: Int { findingCount[.unknownClass, default: 0] }

    public var barriers: [Neighbours.Barrier] {
        found.filter { !$0.isBridge }.flatMap { one in
            one.courses.map { Neighbours.Barrier(course: $0, affinity: one.affinity) }
        }
    }

    public var bridges: [Position] { found.filter(\.isBridge).compactMap { $0.courses.first?.first } }

    public mutating func take(_ feature: Feature) { take(.success(feature)) }

    /// - Parameter number: where it stands in the file; nil to count.
    public mutating func take(_ result: Result<Feature, FeatureProblem>, number: Int? = nil) {
        seen = number ?? seen + 1
        switch result {
        case .failure(let problem):
            find(.unreadable, problem.feature, "\(problem.kind.rawValue) \(problem.subject)")
        case .success(let feature): read(feature)
        }
    }

    private mutating func read(_ feature: Feature) {
        let name = text(names, feature)?.visible(atMost: 100)
        let subject = name ?? feature.id ?? "\(seen)"
        let words = feature.properties.filter { Self.columns.contains($0.key.lowercased()) }.flatMap { member in
            // A way tagged bridge=yes is a bridge whatever else it is.
            member.key.lowercased() == "bridge" && ["yes", "true", "1", "T"].contains(member.value.text ?? "")
                ? ["bridge"] : [member.value.text?.lowercased() ?? ""]
        }
        let isBridge = words.contains(where: norms.bridgeWords.contains)
        let known = norms.barriers.first { !$0.words.isDisjoint(with: words) }
        guard isBridge || known != nil else {
            let said = words.filter { !$0.isEmpty }.joined(separator: ", ")
            return find(.unknownClass, seen, said.isEmpty ? subject : "\(subject), \(said.prefix(60))")
        }
        guard let geometry = feature.geometry, !geometry.isEmpty else { return find(.noCourse, seen, subject) }
        // The banks of a river that is drawn as an area part as its line does.
        let courses =
            isBridge
            ? [geometry.middle.map { [$0] } ?? []].filter { !$0.isEmpty }
            : (geometry.courses + geometry.areas.map(\.outer.positions)).filter { $0.count > 1 }
        guard !courses.isEmpty else { return find(.noCourse, seen, subject) }
        var own: Datum?
        if let named = text(datumNames, feature) {
            guard let datum = UnitIntake.datum(named) else { return find(.unknownDatum, seen, "\(subject), \(named)") }
            own = datum
        }
        found.append(
            Found(
                kind: isBridge ? GroundBarrier.bridge : known?.key ?? "", name: name,
                courses: setRight(courses, subject), affinity: isBridge ? nil : known?.affinity, feature: seen,
                datum: own, isBridge: isBridge))
        positions += courses.reduce(0) { $0 + $1.count }
    }

    private func text(_ names: Set<String>, _ feature: Feature) -> String? {
        feature.properties.first { names.contains($0.key.lowercased()) && $0.value.text != nil }?.value.text
    }

    /// In China no longitude (73 to 136) can be a latitude (3 to 54), so a swap is seen in each feature by itself.
    private mutating func setRight(_ courses: [[Position]], _ subject: String) -> [[Position]] {
        let isSwapped = courses.joined().allSatisfy { (3.0...54.0).contains($0.x) && (73.0...136.0).contains($0.y) }
        guard isSwapped else { return courses }
        find(.swapped, seen, subject)
        return courses.map { $0.map { Position(x: $0.y, y: $0.x) } }
    }

    // MARK: The end

    /// Turns all into CGCS2000 degrees, and leaves out what is no place on earth.
    ///
    /// - Parameter referenceSystem: what the file calls its system. Web Mercator is turned into degrees, a datum of public
    ///   maps into CGCS2000.
    public mutating func finish(referenceSystem: String? = nil) {
        if let referenceSystem, referenceSystem.hasSuffix(":3857") || referenceSystem.hasSuffix(":900913") {
            change(found.indices, WebMercator.degrees(metres:))
        }
        let onEarth = found.map { $0.courses.joined().allSatisfy(\.isOnEarth) }
        isPlane = onEarth.count(where: \.self) * 2 < found.count
        guard !isPlane else { return }
        for (one, isOnEarth) in zip(found, onEarth) where !isOnEarth {
            find(.elsewhere, one.feature, one.name ?? "\(one.feature)")
        }
        found = zip(found, onEarth).filter(\.1).map(\.0)
        var whole: [Found] = []
        for one in found {
            if one.courses.contains(where: Self.isTorn) {
                find(.torn, one.feature, one.name ?? "\(one.feature)")
            } else {
                whole.append(one)
            }
        }
        found = whole
        let ofFile = referenceSystem.flatMap(UnitIntake.datum).flatMap { $0.isOfPublicMaps ? $0 : nil } ?? datum
        for index in found.indices {
            guard let from = found[index].datum ?? ofFile, from.isOfPublicMaps else { continue }
            change(index..<index + 1) { position in
                let found = from.toCGCS2000(longitude: position.longitude, latitude: position.latitude)
                return Position(longitude: found.longitude, latitude: found.latitude)
            }
            let one = found[index]
            find(.datumConverted, one.feature, [one.name, from.rawValue].compactMap { $0 }.joined(separator: ", "))
        }
    }

    /// Degrees between two points of a river, a railway or a road: no bend or tunnel needs half of one.
    private static let longestStraight = 0.5

    private static func isTorn(_ course: [Position]) -> Bool {
        zip(course, course.dropFirst()).contains { from, to in
            abs(from.x - to.x) > longestStraight || abs(from.y - to.y) > longestStraight
        }
    }

    private mutating func change(_ indices: Range<Int>, _ body: (Position) -> Position) {
        for index in indices { found[index].courses = found[index].courses.map { $0.map(body) } }
    }

    private mutating func find(_ kind: BarrierFinding.Kind, _ feature: Int, _ subject: String) {
        findingCount[kind, default: 0] += 1
        guard (kind.isKept ? listed.kept : listed.left) < mostListed else { return }
        if kind.isKept { listed.kept += 1 } else { listed.left += 1 }
        findings.append(BarrierFinding(kind: kind, feature: feature, subject: subject))
    }
}

extension Datum {
    /// Shifted, so that degrees of it are elsewhere in CGCS2000.
    var isOfPublicMaps: Bool {
        switch self {
        case .gcj02, .bd09: true
        case .cgcs2000, .wgs84: false
        }
    }
}
