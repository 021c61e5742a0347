import Desk
import Ground
import WorkCalendar

/// `Rules/workload.yaml`: whose time counts, and how much of a year it is.
struct WorkloadRules: Sendable, Decodable {
    struct Counted: Sendable, Decodable {
        var role: String
        /// Of a full time that the post has for duties, per mille.
        var share: Int64
    }

    var roles: [Counted]
    /// Days a year, besides holidays.
    var leaveDays: Int64
    var trainingDays: Int64
    /// Saturation, per mille: below the first a post has room, above the second it is over.
    var room: Int64
    var over: Int64
    /// How standard times are held against records; nil where a county does not do so.
    var records: RecordRules?

    func share(of role: String) -> Int64 { roles.first { $0.role == role }?.share ?? 0 }

    static func load(from files: RuleFiles, isRole: (String) -> Bool) throws(Refusal) -> WorkloadRules {
        let rules = try files.decode(WorkloadRules.self, from: "workload.yaml")
        let file = try files.file("workload.yaml")
        for role in rules.roles {
            guard isRole(role.role), (1...1000).contains(role.share) else {
                throw RuleFiles.refusal(
                    "\(role.role): no such role, or a share not within 1…1000", "\(role.role)：没有这个角色，或占比不在 1–1000",
                    in: file, line: nil)
            }
        }
        guard (0...120).contains(rules.leaveDays), (0...120).contains(rules.trainingDays), rules.room > 0,
            rules.room < rules.over
        else {
            throw RuleFiles.refusal("days or thresholds are out of range", "天数或阈值超出范围", in: file, line: nil)
        }
        if let records = rules.records, !records.isUsable {
            throw RuleFiles.refusal(
                "records: a figure is out of range, a group smaller than \(RecordRules.smallestGroup), or a task twice",
                "records：数值超出范围、人数少于 \(RecordRules.smallestGroup)，或任务重复", in: file, line: nil)
        }
        return rules
    }

    /// Minutes of a full time in each of twelve months: working days by the official calendar, less leave and training,
    /// which are spread evenly.
    func capacity(_ time: WorkingTime, first: LoadMonth) -> [Int64] {
        let day = time.hours.dailyLength / 60_000
        let off = (leaveDays + trainingDays) * day
        return (0..<12).map { position in
            let month = first + position
            let days = Int64(time.calendar.workdays(after: month.first - 1, through: month.last))
            let less = off * Int64(position + 1) / 12 - off * Int64(position) / 12
            return max(0, days * day - less)
        }
    }
}
