import Desk
import Ground
import Synchronization

/// What themes say to one kind of viewer, read once however many tiles are asked for, until something is recorded.
final class KeptMarks: Sendable {
    struct Key: Hashable, Sendable {
        var theme: String
        var view: TileCache.View
        var day: Day?
    }

    private struct Kept: Sendable {
        var stamp: TileStamp
        var reading: Task<[MapMark], any Error>
    }

    private static let most = 200

    private let kept = Mutex<[Key: Kept]>([:])

    func marks(
        _ key: Key, _ stamp: TileStamp, read: @escaping @Sendable () async throws -> [MapMark]
    ) async throws -> [MapMark] {
        let reading = kept.withLock { kept in
            if let known = kept[key], known.stamp == stamp { return known.reading }
            if kept.count >= Self.most { kept.removeAll(keepingCapacity: true) }
            let reading = Task { try await read() }
            kept[key] = Kept(stamp: stamp, reading: reading)
            return reading
        }
        do {
            return try await reading.value
        } catch {
            // Whoever comes next tries again.
            kept.withLock { if $0[key]?.reading == reading { $0[key] = nil } }
            throw error
        }
    }
}

extension OneMap {
    /// What a theme says to a viewer, as the rooms below have it now.
    func marks(of theme: MapTheme, _ question: MapQuestion) async throws -> [MapMark] {
        let day = theme.isDated ? question.day : nil
        let key = KeptMarks.Key(theme: theme.name, view: TileCache.View(question.scope), day: day)
        let asked = MapTheme.Question(scope: question.scope, now: question.now, day: day)
        return try await keptMarks.marks(key, try await stamps.stamp(of: self)) { try await theme.read(asked) }
    }
}
