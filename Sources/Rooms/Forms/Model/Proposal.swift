import Desk
import Ground
import Registry

/// 数据需求: what a department asks the data bureau for.
struct FormProposal: Sendable, Hashable {
    typealias ID = Identifier<FormProposal>

    enum State: String, Sendable, Hashable, CaseIterable {
        case asked, approved, merged, refused

        var title: LocalizedText {
            switch self {
            case .asked: LocalizedText("待数据局审核", "Waits for the data bureau")
            case .approved: LocalizedText("已批准", "Approved")
            case .merged: LocalizedText("并入已有表", "Served by a form that exists")
            case .refused: LocalizedText("未批准", "Refused")
            }
        }
    }

    /// What is asked for; stored as one text.
    struct Content: Sendable, Hashable, Codable {
        var name: String
        var purpose: String
        var basis: String?
        var kind: SubjectKind
        var filter: String
        /// As the department names them.
        var columns: [String]
        var timesAYear: Int
        /// The item, admission or contract that carries it; without one it may be asked for and is not approved.
        var ground: String?
    }

    var id: ID
    var content: Content
    var line: String
    var post: PostID
    var askedAt: Instant
    var state: State
    var decidedAt: Instant?
    /// The form that serves it.
    var form: String?
    var reason: String?
    /// What was approved of the columns that were new: by column, the element of the dictionary that it becomes. It is
    /// asked at visits from then on.
    var admitted: [String: String] = [:]
}

/// How one asked column stands to what is held.
struct ColumnStanding: Sendable, Hashable {
    var column: String
    var candidates: [ColumnMatching.Candidate]
    /// Forms that show or use the element already.
    var forms: [String] = []
    /// Of the sample: in how many subjects it is known, and in how many of them fresh.
    var known = 0
    var fresh = 0

    var match: ColumnMatching.Candidate? { candidates.first.flatMap { $0.score >= ColumnMatching.sure ? $0 : nil } }
}

/// What a proposal would mean.
struct ProposalComparison: Sendable {
    var columns: [ColumnStanding]
    /// How many subjects were looked at for freshness.
    var sample: Int
    /// How many subjects of the kind there are in the area.
    var subjects: Int
    /// Forms by how many of the held columns they share, the closest first.
    var overlaps: [(form: String, shared: Int)]
    var minutesAFact: Double
    var timesAYear: Int

    var held: Int { columns.count { $0.match != nil } }
    /// What nobody holds: it must justify itself.
    var new: Int { columns.count - held }
    /// Hours a year if the grassroots typed the new ones in for everybody.
    var newHours: Double { hours(new) }
    /// Hours a year that asking for what is held would have taken.
    var avoidedHours: Double { hours(held) }

    private func hours(_ columns: Int) -> Double {
        Double(columns) * Double(subjects) * Double(timesAYear) * minutesAFact / 60
    }
}
