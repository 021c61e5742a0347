public import Desk
import Ground
import Synchronization

/// How full the posts of each area are this month, kept in memory for questions that cannot wait for a whole sheet: the sheet
/// is laid anew every few minutes.
public final class SaturationBoard: Sendable {
    private let perMille = Mutex<[String: Int64]>([:])

    public init() {}

    /// Of the posts of exactly this area; nil where there are none, or before the first sheet.
    public func saturation(of area: AreaPrefix) -> Int64? { perMille.withLock { $0[area.code] } }

    func take(_ sheet: LoadSheet) {
        let byArea = Dictionary(grouping: sheet.posts.indices) { sheet.posts[$0].area.code }
        let found = byArea.compactMapValues { sheet.sum(of: $0).saturation(ofMonth: 0) }
        perMille.withLock { $0 = found }
    }
}

extension Workload {
    var boardJob: Job { Job("saturation-board", every: .minutes(10)) { try await refreshBoard() } }

    func refreshBoard() async throws {
        let now = house.clock.now()
        let (sheet, _) = try await forecast.sheet(from: LoadMonth(of: now.local().day), at: now)
        board.take(sheet)
    }
}
