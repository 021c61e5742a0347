import Desk
import Ground

/// `Rules/map.yaml`: how much the map shows, how live it is, and what lies below it.
struct MapRules: Sendable, Decodable {
    struct Tiles: Sendable, Decodable {
        var pointsFromZoom: Int
        var squares: Int
        var most: Int
        var keptMegabytes: Int

        /// Which zoom has squares of the size by which matters are gathered, in a tile of this one.
        func squareZoom(in zoom: Int) -> Int {
            zoom + (Int.bitWidth - 1 - max(1, squares).leadingZeroBitCount)
        }
    }

    struct Areas: Sendable, Decodable {
        var streetsTo: Int
        var communitiesTo: Int

        func level(at zoom: Int) -> AreaLevel {
            zoom <= streetsTo ? .street : zoom <= communitiesTo ? .community : .grid
        }
    }

    struct List: Sendable, Decodable {
        var read: Int
        var shown: Int
    }

    struct Past: Sendable, Decodable {
        /// How many days one can look back.
        var days: Int
        /// So many open matters of one day at most.
        var most: Int
    }

    struct Package: Sendable, Decodable {
        /// So many features in one file at most.
        var most: Int
    }

    struct Stream: Sendable, Decodable {
        var most: Int
        var lookMilliseconds: Int
        var aliveSeconds: Int
        var sessionSeconds: Int
        var retrySeconds: Int
        var changes: Int
    }

    struct Note: Sendable, Decodable {
        var zh: String
        var en: String
        var text: LocalizedText { LocalizedText(zh, en) }
    }

    /// Pictures of an outside service below everything else.
    struct Base: Sendable, Decodable {
        var tiles: String
        var note: Note
        var deepest: Int

        /// What the browser must be allowed to ask: scheme and host.
        var origin: String? {
            let schemes = ["https://", "http://"]
            guard let scheme = schemes.first(where: { tiles.hasPrefix($0) }) else { return nil }
            let host = tiles.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
            let isPlain = host.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || [0x2D, 0x2E, 0x3A].contains($0)
            }
            return host.isEmpty || !isPlain ? nil : scheme + host
        }
    }

    var tiles: Tiles
    var areas: Areas
    var list: List
    var stream: Stream
    var past: Past
    var packages: Package
    var base: Base?
    var note: Note
    /// How characters are read in names of places, where that differs from elsewhere.
    var readings: [String: String]

    var ownReadings: [Character: String] {
        Dictionary(readings.compactMap { one in one.key.first.map { ($0, one.value) } }) { first, _ in first }
    }

    /// - Throws: a refusal naming the file when a value makes no sense.
    static func load(from files: RuleFiles) throws(Refusal) -> MapRules {
        let rules = try files.decode(MapRules.self, from: "map.yaml")
        let (tiles, stream) = (rules.tiles, rules.stream)
        guard (1...22).contains(tiles.pointsFromZoom), [1, 2, 4, 8, 16, 32].contains(tiles.squares),
            (100...50_000).contains(tiles.most), (1...4096).contains(tiles.keptMegabytes),
            rules.areas.streetsTo < rules.areas.communitiesTo, (0...22).contains(rules.areas.streetsTo),
            (1...10_000).contains(rules.list.read), (1...1_000).contains(rules.list.shown),
            (20...5000).contains(stream.lookMilliseconds), (1...100_000).contains(stream.most),
            [stream.aliveSeconds, stream.sessionSeconds, stream.retrySeconds].allSatisfy({ (1...1000).contains($0) }),
            (1...10_000).contains(stream.changes), (1...3_660).contains(rules.past.days),
            (100...500_000).contains(rules.past.most), (100...1_000_000).contains(rules.packages.most)
        else {
            throw RuleFiles.refusal(
                "squares a power of two up to 32, streetsTo below communitiesTo, all others within reason",
                "squares 须为不大于 32 的 2 的幂，streetsTo 须小于 communitiesTo，其余须在合理范围内",
                in: try files.file("map.yaml"), line: nil)
        }
        if let base = rules.base, base.origin == nil || !base.tiles.contains("{z}") || !base.tiles.contains("{x}") {
            throw RuleFiles.refusal(
                "base.tiles must be an http(s) address with {z}, {x} and {y}",
                "base.tiles 须为含 {z}、{x}、{y} 的 http(s) 地址",
                in: try files.file("map.yaml"), line: nil)
        }
        return rules
    }
}
