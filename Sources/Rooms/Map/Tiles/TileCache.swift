import Desk
import Ground
import Synchronization

/// Tiles as they were made, for whoever may see the same: each with what it depends on.
final class TileCache: Sendable {
    /// Everything that decides what a tile holds, but the data.
    struct Key: Hashable, Sendable {
        var layer: String
        var zoom: Int
        var column: Int
        var row: Int
        var view: View
        /// The filter as the address says it.
        var filter: String
        /// A past day.
        var day: Day?
    }

    /// What of a viewer plays a part: two people with equal rights over the same area see the same.
    struct View: Hashable, Sendable {
        var area: AreaPrefix
        var body: BodyID?
        var isReader: Bool
        /// Only where the filter asks for the viewer's own.
        var staff: StaffID?

        init(_ scope: Scope, isOwn: Bool = false) {
            area = scope.area
            body = scope.line == nil ? nil : scope.body
            isReader = scope.may(.readMatters)
            staff = isOwn ? scope.staff : nil
        }
    }

    struct Tile: Sendable {
        /// Empty where there is nothing to show.
        var plain: [UInt8]
        var compressed: [UInt8]
        var tag: String
    }

    private struct Kept {
        var stamp: TileStamp
        var tile: Tile
    }

    private struct Inside {
        var tiles: [Key: Kept] = [:]
        var order: [Key] = []
        var oldest = 0
        var bytes = 0
    }

    private let mostBytes: Int
    private let inside = Mutex(Inside())

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// - Returns: nil unless it was made from what still stands.
    func tile(_ key: Key, _ stamp: TileStamp) -> Tile? {
        inside.withLock { inside in
            guard let kept = inside.tiles[key], kept.stamp == stamp else { return nil }
            return kept.tile
        }
    }

    func keep(_ tile: Tile, for key: Key, _ stamp: TileStamp) {
        inside.withLock { inside in
            if let before = inside.tiles.updateValue(Kept(stamp: stamp, tile: tile), forKey: key) {
                inside.bytes -= before.tile.size
            } else {
                inside.order.append(key)
            }
            inside.bytes += tile.size
            // The oldest go first, whether or not they were asked for since: a map in use is soon there again.
            while inside.bytes > mostBytes, inside.oldest < inside.order.count {
                if let gone = inside.tiles.removeValue(forKey: inside.order[inside.oldest]) {
                    inside.bytes -= gone.tile.size
                }
                inside.oldest += 1
            }
            if inside.oldest > 4_096, inside.oldest * 2 > inside.order.count {
                inside.order.removeFirst(inside.oldest)
                inside.oldest = 0
            }
        }
    }

    var bytes: Int { inside.withLock { $0.bytes } }
}

extension TileCache.Tile {
    /// With what a line of the table costs.
    fileprivate var size: Int { plain.count + compressed.count + 256 }
}
