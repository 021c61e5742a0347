public import Desk
public import Ground
import Identity
import Places
public import Storage

/// 一格一员: base grids and how many workers each has.
struct Coverage: Sendable {
    struct Line: Sendable, Hashable {
        var grid: String
        var name: String
        var households: Int64
        var workers: Int
    }

    enum Filter: String, Sendable, CaseIterable {
        /// Nobody works there.
        case none
        /// Two or more do.
        case several
        case all

        func takes(_ line: Line) -> Bool {
            switch self {
            case .none: line.workers == 0
            case .several: line.workers > 1
            case .all: true
            }
        }
    }

    var lines: [Line]

    var without: Int { lines.count { $0.workers == 0 } }
    var several: Int { lines.count { $0.workers > 1 } }

    static func of(_ area: AreaPrefix, _ grids: Grids, in transaction: any Transaction) throws -> Coverage {
        Coverage(
            lines: try grids.workers(in: area, in: transaction).map {
                Line(grid: $0.grid, name: $0.name, households: $0.households, workers: $0.workers.count)
            })
    }
}

/// A base grid with those who work there.
public struct GridWorkers: Sendable, Hashable {
    public var grid: String
    public var name: String
    public var households: Int64
    /// In the order of their ids.
    public var workers: [StaffID]
}

extension Grids {
    /// The base grids of an area and who works in each: whoever holds a post of a role that stands at grids, in exactly
    /// that grid. The scope is the caller's.
    public func workers(in area: AreaPrefix, in transaction: any Transaction) throws -> [GridWorkers] {
        let today = house.clock.now().local().day
        let roles = identity.roles.all.filter { $0.level == .grid }.map(\.key).sorted()
        var workers: [String: Set<StaffID>] = [:]
        var last: PostRecord?
        while true {
            let posts = try identity.directory.heldPosts(
                within: area, roles: roles, after: last, limit: 2_000, in: transaction)
            for post in posts where post.area.level == .grid { workers[post.area.code, default: []].insert(post.staff) }
            guard posts.count == 2_000, let next = posts.last else { break }
            last = next
        }
        return try Places.grids(in: area, at: today, transaction).filter { $0.kind == .base }.map {
            GridWorkers(
                grid: $0.code, name: $0.name, households: $0.households, workers: (workers[$0.code] ?? []).sorted())
        }
    }
}
