import Desk
import Ground

enum AssetEntity {}
typealias AssetID = Identifier<AssetEntity>

/// 资产: what a street or community owns and may let.
struct Asset: Sendable, Hashable {
    var id: AssetID
    /// The street or community.
    var area: AreaPrefix
    var title: String
    /// A key of `funds.yaml`.
    var kind: String
    /// Book value in yuan.
    var yuan: Int64
    /// The lease that runs, when one does.
    var lease: Lease?
    /// All that ever came in by it.
    var income: Int64
    var version: Int64

    struct Lease: Sendable, Hashable {
        /// An organisation or firm.
        var tenant: String
        var from: Day
        /// The last day.
        var until: Day
        var yuanAYear: Int64
    }

    enum Standing: String, Sendable, Hashable, CaseIterable {
        case idle, leased, ending, ended

        var title: LocalizedText {
            switch self {
            case .idle: LocalizedText("闲置", "Idle")
            case .leased: LocalizedText("已出租", "Let")
            case .ending: LocalizedText("即将到期", "Ends soon")
            case .ended: LocalizedText("租约已到期", "Lease has ended")
            }
        }
    }

    func standing(on day: Day, warnDays: Int) -> Standing {
        guard let lease else { return .idle }
        if lease.until < day { return .ended }
        return lease.until - day <= warnDays ? .ending : .leased
    }
}

/// What came in by an asset.
struct AssetIncome: Sendable, Hashable {
    var yuan: Int64
    var on: Day
    var words: String
}
