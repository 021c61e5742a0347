import Desk
import Ground
import Identity
import Storage

/// The names behind the ids of one page, looked up together.
struct CaseNames: Sendable {
    private(set) var staff: [StaffID: String] = [:]
    private(set) var bodies: [BodyID: LocalizedText] = [:]
    private(set) var posts: [PostID: LocalizedText] = [:]

    init(_ cases: Cases, records: [CaseRecord], steps: [CaseStep] = [], in transaction: any Transaction) throws {
        let people =
            records.flatMap { [$0.answerable, $0.handler, $0.reportingStaff] } + steps.map(\.staff)
        staff = try cases.directory.staffNames(people.compactMap { $0 }, in: transaction)
        let concerned = records.map(\.body) + steps.flatMap { [$0.staffBody, $0.givenTo] }
        for body in Set(concerned.compactMap { $0 }) {
            bodies[body] = try cases.bodies.body(body, in: transaction)?.title
        }
        let held = steps.map(\.post) + (steps.isEmpty ? [] : records.map { $0.answerablePost })
        for post in Set(held.compactMap { $0 }) {
            posts[post] = try cases.directory.post(post, in: transaction)?.title
        }
    }

    func staff(_ id: StaffID?) -> String? { id.map { staff[$0] ?? "—" } }
    func body(_ id: BodyID?) -> LocalizedText? { id.map { bodies[$0] ?? LocalizedText("—", "—") } }
    func post(_ id: PostID?) -> LocalizedText? { id.flatMap { posts[$0] } }

    /// `北山街道 › 松岭社区`: from below the county's own area down.
    static func path(_ area: AreaPrefix, _ cases: Cases) -> String {
        let top = cases.house.settings.area
        let names = [6, 9, 12, 15].filter { $0 > top.code.utf8.count && $0 <= area.code.utf8.count }
            .compactMap { AreaPrefix(area.code.prefix($0)) }.compactMap(cases.areas.name)
        return names.isEmpty ? cases.areas.name(of: area) ?? area.code : names.joined(separator: " › ")
    }
}
