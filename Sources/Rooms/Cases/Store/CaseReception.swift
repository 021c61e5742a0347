import Desk
import Ground
import Identity
import Storage
import Synchronization

/// Finds the one person who answers for a new matter: the member of staff who takes it in, if that post may accept; else
/// the nearest post that may accept in its area. Remembered for half a minute, since every report asks.
final class CaseReception: Sendable {
    struct Answerable: Sendable {
        var staff: StaffID
        var post: PostID
    }

    private struct Remembered: Sendable {
        var holders: [Answerable]
        var until: Instant
    }

    private let directory: Directory
    private let clock: any WallClock
    private let known = Mutex<[AreaPrefix: Remembered]>([:])
    private let turn = Mutex(0)

    init(directory: Directory, clock: any WallClock) {
        self.directory = directory
        self.clock = clock
    }

    /// Among several of the same level they take turns, so that no one gets everything.
    func answerable(for area: AreaPrefix, scope: Scope?, in transaction: any Transaction) throws -> Answerable {
        if let scope, scope.may(.caseAccept), scope.area.contains(area), scope.line == nil, !scope.isMachine {
            return Answerable(staff: scope.staff, post: scope.post)
        }
        let holders = try holders(for: area, in: transaction)
        guard !holders.isEmpty else {
            throw Refusal(
                .unavailable, "cases.nobody-answers",
                LocalizedText(
                    "该区域没有任何受理岗位，无法确定首接责任人", "No post in that area may accept matters, so nobody would answer for it"),
                wayOn: LocalizedText(
                    "请管理员先为街道设置受理岗位", "An administrator must first give someone a post with the right case.accept"),
                rule: Right.caseAccept.rawValue)
        }
        let index = turn.withLock { turn in
            turn &+= 1
            return turn
        }
        return holders[index % holders.count]
    }

    private func holders(for area: AreaPrefix, in transaction: any Transaction) throws -> [Answerable] {
        let now = clock.now()
        if let remembered = known.withLock({ $0[area] }), remembered.until > now { return remembered.holders }
        let all = try directory.postHolders(right: .caseAccept, area: area, in: transaction)
        let nearest = all.map(\.post.area.code.utf8.count).max()
        let near = all.filter { $0.post.area.code.utf8.count == nearest }
        // What no street takes in is the county coordination's rather than a hotline agent's, who could not pass it on.
        let passing = near.filter { directory.role($0.post.role)?.rights.contains(.caseDispatch) == true }
        let holders = (passing.isEmpty ? near : passing).map { Answerable(staff: $0.staff, post: $0.post.id) }
        known.withLock { known in
            if known.count > 10_000 { known.removeAll() }
            known[area] = Remembered(holders: holders, until: now + .seconds(30))
        }
        return holders
    }
}
