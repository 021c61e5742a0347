import Desk
import Ground
import Mandates

/// 工作量: duties, broken into tasks with standard times, laid on posts month by month. Pure; all of it in whole minutes,
/// so what goes in comes out: on posts, or as minutes for which nobody is there.
struct LoadSheet: Sendable {
    let first: LoadMonth
    let posts: [LoadPost]
    let units: [AreaLevel: [LoadUnit]]
    /// Minutes by post and month: position × 12 + month.
    let capacity: [Int64]
    private(set) var load: [Int64]
    /// By source: minutes in the twelve months on posts, and those for which no post is staffed.
    private(set) var bySource: [Int64]
    private(set) var unstaffed: [Int64]
    /// The same minutes by street and by who should have been there, month by month.
    private(set) var lacking: [Lack: [Int64]] = [:]

    private let places: Places

    /// - Parameter capacityOfMonth: minutes of a full time, for each of the twelve months.
    init(
        first: LoadMonth, posts: [LoadPost], units: [AreaLevel: [LoadUnit]], capacityOfMonth: [Int64],
        works: [LoadWork],
        sources: Int
    ) {
        self.first = first
        self.posts = posts
        self.units = units
        places = Places(posts: posts)
        var capacity = Array(repeating: Int64(0), count: posts.count * 12)
        for (position, post) in posts.enumerated() {
            for month in 0..<12 {
                capacity[position * 12 + month] = post.minutes?[month] ?? capacityOfMonth[month] * post.share / 1000
            }
        }
        self.capacity = capacity
        load = Array(repeating: 0, count: posts.count * 12)
        bySource = Array(repeating: 0, count: sources)
        unstaffed = Array(repeating: 0, count: sources)
        var resolved: [Resolution: Resolved] = [:]
        for work in works {
            let key = Resolution(level: work.level, roles: work.roles)
            if resolved[key] == nil {
                resolved[key] = Resolved(
                    (units[work.level] ?? []).map { places.posts(for: $0.area, roles: work.roles) })
            }
            if let whom = resolved[key] { lay(work, whom) }
        }
    }

    /// Nobody stands there.
    struct Lack: Sendable, Hashable {
        /// The street's code, or the county's.
        var area: String
        /// The first of the roles that would do it.
        var role: String
    }

    private struct Resolution: Hashable {
        var level: AreaLevel
        var roles: [String]
    }

    /// The posts of each unit of a level, one after the other: unit `u` has `posts[starts[u]..<starts[u + 1]]`.
    private struct Resolved {
        var starts: [Int32] = [0]
        var posts: [Int32] = []

        init(_ byUnit: [ArraySlice<Int32>]) {
            starts.reserveCapacity(byUnit.count + 1)
            for unit in byUnit {
                posts.append(contentsOf: unit)
                starts.append(Int32(posts.count))
            }
        }
    }

    /// Which posts stand where.
    private struct Places: Sendable {
        private struct Key: Hashable {
            var area: String
            var role: String
        }

        private let byKey: [Key: [Int32]]

        init(posts: [LoadPost]) {
            var byKey: [Key: [Int32]] = [:]
            for (position, post) in posts.enumerated() where post.share > 0 {
                byKey[Key(area: post.area.code, role: post.role), default: []].append(Int32(position))
            }
            self.byKey = byKey
        }

        /// The nearest that are staffed: in the area itself, then in those around it; in each, the roles in their order.
        func posts(for area: AreaPrefix, roles: [String]) -> ArraySlice<Int32> {
            for length in [15, 12, 9, 6] where length <= area.code.utf8.count {
                let code = String(area.code.prefix(length))
                for role in roles {
                    if let found = byKey[Key(area: code, role: role)] { return found[...] }
                }
            }
            return []
        }
    }

    private mutating func lay(_ work: LoadWork, _ whom: Resolved) {
        guard let units = units[work.level] else { return }
        var onPosts: Int64 = 0
        var lost: Int64 = 0
        let isEverywhere = work.area.code.isEmpty
        var months = MonthlyMinutes(work, first: first)
        load.withUnsafeMutableBufferPointer { load in
            whom.posts.withUnsafeBufferPointer { posts in
                for (position, unit) in units.enumerated() where isEverywhere || work.area.contains(unit.area) {
                    months.set(households: unit.households)
                    let (start, end) = (Int(whom.starts[position]), Int(whom.starts[position + 1]))
                    guard start < end else {
                        lost += months.total
                        let lack = Lack(area: String(unit.area.code.prefix(9)), role: work.roles.first ?? "")
                        for month in 0..<12 {
                            lacking[lack, default: Array(repeating: 0, count: 12)][month] += months[month]
                        }
                        continue
                    }
                    onPosts += months.total
                    months.share(among: posts[start..<end]) { load[$0] &+= $1 }
                }
            }
        }
        bySource[work.source] += onPosts
        unstaffed[work.source] += lost
    }

    /// Where one piece of work falls: on which posts, or on nobody of a role, month by month.
    func lay(_ work: LoadWork, _ add: (_ area: AreaPrefix, _ role: String, _ month: Int, _ minutes: Int64) -> Void) {
        var months = MonthlyMinutes(work, first: first)
        for unit in units[work.level] ?? [] where work.area.code.isEmpty || work.area.contains(unit.area) {
            months.set(households: unit.households)
            let found = places.posts(for: unit.area, roles: work.roles)
            if found.isEmpty {
                for month in 0..<12 where months[month] != 0 {
                    add(unit.area, work.roles.first ?? "", month, months[month])
                }
            } else {
                months.share(among: found) { position, minutes in
                    guard minutes != 0 else { return }
                    add(posts[position / 12].area, posts[position / 12].role, position % 12, minutes)
                }
            }
        }
    }

    // MARK: Questions

    /// Posts within an area.
    func positions(in area: AreaPrefix) -> [Int] {
        posts.indices.filter { area.contains(posts[$0].area) }
    }

    /// Minutes of the twelve months, and per mille of capacity.
    struct Sum: Sendable, Hashable {
        var posts = 0
        var capacity: Int64 = 0
        var load: Int64 = 0
        /// Posts over their capacity in some month.
        var over = 0
        /// By month.
        var capacityOfMonth = Array(repeating: Int64(0), count: 12)
        var loadOfMonth = Array(repeating: Int64(0), count: 12)

        /// Load of a hundred parts of capacity, per mille; nil where there is no capacity.
        var saturation: Int64? { capacity > 0 ? load * 1000 / capacity : nil }

        func saturation(ofMonth month: Int) -> Int64? {
            capacityOfMonth[month] > 0 ? loadOfMonth[month] * 1000 / capacityOfMonth[month] : nil
        }
    }

    func sum(of positions: some Sequence<Int>) -> Sum {
        var sum = Sum()
        for position in positions {
            sum.posts += 1
            var isOver = false
            for month in 0..<12 {
                let (has, does) = (capacity[position * 12 + month], load[position * 12 + month])
                sum.capacityOfMonth[month] += has
                sum.loadOfMonth[month] += does
                sum.capacity += has
                sum.load += does
                if does > has { isOver = true }
            }
            if isOver { sum.over += 1 }
        }
        return sum
    }

    /// What a further piece of work would do.
    func whatIf(_ work: LoadWork) -> WhatIf {
        var added: [Int32: [Int64]] = [:]
        var result = WhatIf()
        var months = MonthlyMinutes(work, first: first)
        for unit in units[work.level] ?? [] where work.area.contains(unit.area) {
            months.set(households: unit.households)
            result.minutes += months.total
            result.areas[String(unit.area.code.prefix(9)), default: 0] += 1
            let posts = places.posts(for: unit.area, roles: work.roles)
            guard !posts.isEmpty else {
                result.unstaffed += months.total
                continue
            }
            months.share(among: posts) { position, minutes in
                guard minutes != 0 else { return }
                added[Int32(position / 12), default: Array(repeating: 0, count: 12)][position % 12] += minutes
            }
        }
        for (post, minutes) in added.sorted(by: { $0.key < $1.key }) {
            let base = Int(post) * 12
            result.take(
                posts[Int(post)].area, before: Array(load[base..<base + 12]), added: minutes,
                capacity: Array(capacity[base..<base + 12]))
        }
        return result
    }
}
