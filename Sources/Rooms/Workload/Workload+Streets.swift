public import Desk
public import Ground

/// How the posts of one street and below are loaded in the twelve months ahead, as other rooms may read it.
public struct StreetLoad: Sendable, Hashable {
    public var area: AreaPrefix
    public var posts: Int
    /// Minutes that there are, and that are needed.
    public var capacity: Int64
    public var load: Int64
    /// Posts over their capacity in some month.
    public var over: Int

    /// Per mille; nil where there is no capacity.
    public var saturation: Int64? { capacity > 0 ? load * 1000 / capacity : nil }

    public init(area: AreaPrefix, posts: Int, capacity: Int64, load: Int64, over: Int) {
        self.area = area
        self.posts = posts
        self.capacity = capacity
        self.load = load
        self.over = over
    }
}

extension Workload {
    /// Every street within the scope's area that has posts.
    public func streets(for scope: Scope, at now: Instant) async throws -> [StreetLoad] {
        let (sheet, _) = try await forecast.sheet(from: LoadMonth(of: now.local().day), at: now)
        let positions = sheet.posts.indices.filter {
            sheet.posts[$0].area.level >= .street && scope.area.contains(sheet.posts[$0].area)
        }
        let groups = Dictionary(grouping: positions) { String(sheet.posts[$0].area.code.prefix(9)) }
        return groups.sorted { $0.key < $1.key }.compactMap { code, positions in
            let sum = sheet.sum(of: positions)
            return AreaPrefix(code).map {
                StreetLoad(area: $0, posts: sum.posts, capacity: sum.capacity, load: sum.load, over: sum.over)
            }
        }
    }
}
