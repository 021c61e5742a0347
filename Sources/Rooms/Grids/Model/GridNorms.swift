public import Desk
public import Ground

/// `Rules/grid-norms.yaml`: how large grids are by type of community, where there should be none, and what parts buildings.
public struct GridNorms: Sendable {
    /// One type of community with its band of households.
    public struct CommunityType: Sendable, Hashable {
        public var key: String
        public var title: LocalizedText
        public var low: Double
        public var high: Double
        public var target: Double
        public var isVillage: Bool
        /// From memory, to be checked locally.
        public var isToBeChecked: Bool
    }

    public struct BarrierClass: Sendable, Hashable {
        public var key: String
        public var title: LocalizedText
        public var words: Set<String>
        /// Nil when only a bridge joins what it parts.
        public var affinity: Int32?
    }

    public struct VerdictRules: Sendable, Hashable, Decodable {
        public var oneOwnerShare: Double
        public var smallVillage: Int
        public var goodSelfGovernance: Int
        public var matureSelfGovernance: Int
        public var dense: Double
        public var sparse: Double
    }

    public var types: [CommunityType]
    public var verdict: VerdictRules
    public var barriers: [BarrierClass]
    public var bridgeWords: Set<String>
    /// By what they mean: `households`, `compound` …; the words in lower case.
    public var columns: [String: [String]]
    private let usual: CommunityType
    private let typeByName: [String: String]

    public static let file = "grid-norms.yaml"

    public func type(_ key: String?) -> CommunityType? { key.flatMap { key in types.first { $0.key == key } } }

    /// The type of a community of which nobody said one.
    public func usualType(named name: String) -> CommunityType {
        typeByName.sorted { $0.key < $1.key }.first { name.hasSuffix($0.key) }.flatMap { type($0.value) } ?? usual
    }

    /// - Throws: a refusal naming the file when it is wrong.
    public static func load(from files: RuleFiles) throws(Refusal) -> GridNorms {
        let read = try files.decode(Read.self, from: file)
        let source = try files.file(file)
        func wrong(_ english: String, _ chinese: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: source, line: nil)
        }
        var types: [CommunityType] = []
        for type in read.types {
            guard type.low > 0, type.low <= type.target, type.target <= type.high else {
                throw wrong(
                    "type \(type.key): 0 < low ≤ target ≤ high", "类型 \(type.key)：应有 0 < low ≤ target ≤ high")
            }
            guard !types.contains(where: { $0.key == type.key }) else {
                throw wrong("type \(type.key) stands twice", "类型 \(type.key) 重复")
            }
            types.append(
                CommunityType(
                    key: type.key, title: LocalizedText(type.zh, type.en), low: type.low, high: type.high,
                    target: type.target, isVillage: type.village ?? false, isToBeChecked: type.mark == "M"))
        }
        guard let usual = types.first(where: { $0.key == read.usualType }) else {
            throw wrong("usualType is none of the types", "usualType 不在 types 中")
        }
        for key in read.typeByName.values where !types.contains(where: { $0.key == key }) {
            throw wrong("typeByName: there is no type \(key)", "typeByName：没有类型 \(key)")
        }
        guard (0...1).contains(read.verdict.oneOwnerShare), read.verdict.sparse <= read.verdict.dense else {
            throw wrong(
                "verdict: oneOwnerShare lies between 0 and 1, sparse is not above dense",
                "verdict：oneOwnerShare 在 0 与 1 之间，sparse 不大于 dense")
        }
        var barriers: [BarrierClass] = []
        for barrier in read.barriers {
            let isPassable = barrier.passable ?? true
            guard isPassable == (barrier.affinity != nil), (barrier.affinity ?? 1) >= 1 else {
                throw wrong(
                    "barrier \(barrier.key): give an affinity of at least 1, or passable: false",
                    "障碍 \(barrier.key)：应给出不小于 1 的 affinity，或 passable: false")
            }
            barriers.append(
                BarrierClass(
                    key: barrier.key,
                    title: LocalizedText(barrier.zh ?? barrier.key, barrier.en ?? barrier.zh ?? barrier.key),
                    words: Set(barrier.words.map { $0.lowercased() }), affinity: barrier.affinity))
        }
        for name in Self.columnNames where read.columns[name]?.isEmpty ?? true {
            throw wrong("columns: \(name) has no names", "columns：\(name) 没有列名")
        }
        return GridNorms(
            types: types, verdict: read.verdict, barriers: barriers,
            bridgeWords: Set(read.bridges.map { $0.lowercased() }),
            columns: read.columns.mapValues { $0.map { $0.lowercased() } }, usual: usual,
            typeByName: read.typeByName)
    }

    static let columnNames = [
        "id", "households", "people", "workload", "compound", "type", "community", "name", "datum", "grid",
        "longitude", "latitude", "geometry",
    ]

    private struct Read: Decodable {
        struct CommunityType: Decodable {
            var key, zh, en: String
            var low, high, target: Double
            var village: Bool?
            var mark: String?
        }
        struct Barrier: Decodable {
            var key: String
            var zh, en: String?
            var words: [String]
            var affinity: Int32?
            var passable: Bool?
        }
        var types: [CommunityType]
        var typeByName: [String: String]
        var usualType: String
        var verdict: VerdictRules
        var barriers: [Barrier]
        var bridges: [String]
        var columns: [String: [String]]
    }
}
