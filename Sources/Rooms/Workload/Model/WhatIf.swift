import Desk
import Ground
import Mandates

/// What a further piece of work would do to posts: hours, who goes over, and the least offset that would make it bearable.
struct WhatIf: Sendable, Hashable {
    /// One street, or the county itself.
    struct Line: Sendable, Hashable {
        var posts: Int64 = 0
        var minutes: Int64 = 0
        var overBefore: Int64 = 0
        var overAfter: Int64 = 0
        var offset: Int64 = 0
        /// Of the months in which the work falls.
        var capacity: Int64 = 0
        var load: Int64 = 0

        var before: Int64 { capacity > 0 ? load * 1000 / capacity : 0 }
        var after: Int64 { capacity > 0 ? (load + minutes) * 1000 / capacity : 0 }
    }

    var minutes: Int64 = 0
    var unstaffed: Int64 = 0
    /// The largest share of it under which no post is brought over its capacity, nor further over it; per mille.
    var bearable: Int64 = 1000
    /// By street; posts of the county stand under its own code.
    var lines: [String: Line] = [:]
    /// Areas in which it falls, by street.
    var areas: [String: Int64] = [:]

    var sum: Line {
        lines.values.reduce(into: Line()) { sum, line in
            sum.posts += line.posts
            sum.minutes += line.minutes
            sum.overBefore += line.overBefore
            sum.overAfter += line.overAfter
            sum.offset += line.offset
            sum.capacity += line.capacity
            sum.load += line.load
        }
    }

    var effect: LoadEffect {
        let sum = sum
        return LoadEffect(
            minutes: minutes, unstaffedMinutes: unstaffed, posts: sum.posts, overBefore: sum.overBefore,
            overAfter: sum.overAfter, before: sum.before, after: sum.after, offsetMinutes: sum.offset,
            bearable: bearable, areas: areas)
    }

    /// One post, month by month.
    ///
    /// The least offset is exact: of each month's addition, what exceeds the room that is left must go, whichever other
    /// work it is taken from, and taking that much is enough.
    mutating func take(_ area: AreaPrefix, before: [Int64], added: [Int64], capacity: [Int64]) {
        var line = lines[String(area.code.prefix(9))] ?? Line()
        line.posts += 1
        var isOverBefore = false
        var isOverAfter = false
        for month in 0..<12 {
            if before[month] > capacity[month] { isOverBefore = true }
            if before[month] + added[month] > capacity[month] { isOverAfter = true }
            guard added[month] > 0 else { continue }
            let room = max(0, capacity[month] - before[month])
            line.minutes += added[month]
            line.capacity += capacity[month]
            line.load += before[month]
            line.offset += max(0, added[month] - room)
            if added[month] > room { bearable = min(bearable, room * 1000 / added[month]) }
        }
        if isOverBefore { line.overBefore += 1 }
        if isOverAfter { line.overAfter += 1 }
        lines[String(area.code.prefix(9))] = line
    }
}
