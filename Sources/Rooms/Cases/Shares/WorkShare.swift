import Desk
import Ground

/// 公允 within a body: who has much more in hand than colleagues takes one more only with a reason (`Rules/fair-share.yaml`).
/// Counts of matters only; whoever has time is given nothing by itself.
struct WorkShare: Sendable, Decodable {
    /// Acts by which somebody becomes the handler.
    var acts: [String]
    /// With fewer open nobody has too much.
    var leastOpen: Int64
    /// How many times the median of the colleagues is still fair.
    var timesOfMedian: Double
    /// Matters of these urgencies are taken by whoever is there.
    var urgent: [Urgency]

    static let file = "fair-share.yaml"
    /// The list of `Rules/reasons.yaml` from which the reason comes.
    static let reasons = "share"

    /// Why one more is too much for somebody.
    struct Finding: Sendable, Hashable {
        /// What they have open.
        var open: Int64
        /// The median of their colleagues.
        var median: Double
        /// Colleagues who have not too much themselves, in the order in which they were given. Never empty.
        var roomy: [StaffID]
    }

    /// - Parameters:
    ///   - open: what the person has open already.
    ///   - colleagues: people of the same body and role, without the person, with what each has open.
    /// - Returns: nil when one more is fair, or when there is no colleague.
    func finding(for open: Int64, among colleagues: [(staff: StaffID, open: Int64)]) -> Finding? {
        let theirs = colleagues.map(\.open)
        guard isBeyond(open, others: theirs) else { return nil }
        let roomy = colleagues.indices.filter { index in
            var others = theirs
            others[index] = open
            return !isBeyond(theirs[index], others: others)
        }
        guard !roomy.isEmpty else { return nil }
        return Finding(open: open, median: Self.median(theirs), roomy: roomy.map { colleagues[$0].staff })
    }

    private func isBeyond(_ open: Int64, others: [Int64]) -> Bool {
        !others.isEmpty && open >= leastOpen && Double(open) > timesOfMedian * Self.median(others)
    }

    /// Of an even number the mean of the middle two; 0 of none.
    private static func median(_ counts: [Int64]) -> Double {
        let sorted = counts.sorted()
        guard !sorted.isEmpty else { return 0 }
        return Double(sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    func applies(to act: Workflow.Act) -> Bool { acts.contains(act.name.rawValue) }

    /// - Throws: a refusal naming the file when a number makes no sense, or an act or the list of reasons is not there.
    static func load(from files: RuleFiles, _ rules: CaseRules) throws(Refusal) -> WorkShare {
        let found = try files.decode(WorkShare.self, from: file)
        guard found.leastOpen >= 1, found.timesOfMedian >= 1 else {
            throw RuleFiles.refusal(
                "leastOpen and timesOfMedian are at least 1", "leastOpen、timesOfMedian 至少为 1", in: try files.file(file),
                line: nil)
        }
        if let unknown = found.acts.first(where: { rules.act(ActName(rawValue: $0))?.party != .body }) {
            throw RuleFiles.refusal(
                "acts names “\(unknown)”, which no workflow has as an act of the body",
                "acts 中的“\(unknown)”不是任何工作流中由承办单位做的动作", in: try files.file(file), line: nil)
        }
        guard rules.reasons[reasons]?.isEmpty == false else {
            throw RuleFiles.refusal(
                "reasons.yaml needs the list “\(reasons)” for it", "reasons.yaml 须有清单“\(reasons)”",
                in: try files.file(file), line: nil)
        }
        return found
    }
}
