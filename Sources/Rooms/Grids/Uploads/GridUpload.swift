import Desk
import Geo
import Ground

/// A file of buildings or barriers that somebody sent in, and how far it was taken over.
struct GridUpload: Sendable, Hashable {
    typealias ID = Identifier<GridUpload>

    enum State: String, Sendable, Hashable, CaseIterable {
        case waiting, running, done, failed, cancelled

        var title: LocalizedText {
            switch self {
            case .waiting: LocalizedText("等待导入", "Waiting")
            case .running: LocalizedText("正在导入", "Being imported")
            case .done: LocalizedText("已导入", "Imported")
            case .failed: LocalizedText("未能导入", "Could not be imported")
            case .cancelled: LocalizedText("已取消", "Cancelled")
            }
        }

        var isOver: Bool {
            switch self {
            case .waiting, .running: false
            case .done, .failed, .cancelled: true
            }
        }
    }

    /// What was chosen for the file.
    struct Options: Sendable, Hashable, Codable {
        var datum: Datum?
        /// Of buildings: whether the file has only some of its communities.
        var isPartial = false
        /// Of barriers.
        var place = BarrierImport.Place.same
    }

    /// What came of it.
    struct Outcome: Sendable, Hashable, Codable {
        var buildings: BuildingReport?
        var barriers: BarrierReport?
        /// Why nothing was taken.
        var code: String?
        var chinese: String?
        var english: String?
    }

    var id: ID
    var subject: FeatureUpload.Subject
    var fileName: String
    var options: Options
    /// Where its sender may change buildings.
    var area: AreaPrefix
    var actor: Actor
    /// Of the file of errors.
    var language: Language
    var state: State
    var uploadedAt: Instant
    var finishedAt: Instant?
    /// Features read so far.
    var rowsRead = 0
    /// Of those read, how many are dealt with; nil before writing begins.
    var written: Int?
    var outcome: Outcome?
    var hasErrors = false
}
