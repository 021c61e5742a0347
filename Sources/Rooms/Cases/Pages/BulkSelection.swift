import Desk
import Ground
import Storage
import Web

/// Which matters an act on several means: those that were ticked, or all results of the filter, on whichever page.
struct BulkSelection {
    /// More than this at once is no act but a change of the rules; whoever means it narrows the filter and repeats.
    static let most = 1_000

    let cases: Cases

    /// How far “all results” reaches, as far as it is known when the list is shown.
    enum Reach: Sendable, Hashable {
        /// They all stand on this page: ticking them is enough.
        case thisPage
        /// So many; nil where counting would mean reading them all.
        case more(Int?)
    }

    /// The box that means all results, below the list. Without scripts it works alone; with them it ticks the page, too.
    func box(_ reach: Reach, _ visit: Visit) -> HTML {
        guard case .more(let count) = reach else { return HTML() }
        if let count, count > Self.most {
            return """
                <p class="hint">\(visit("符合条件的共 \(count) 件，一次最多办理 \(Self.most) 件；要一次全选，请先缩小范围。", "\(count) fit, and at most \(Self.most) can be dealt with at once; narrow the filter to choose them all."))</p>
                """
        }
        let text =
            count.map { visit("全选符合条件的 \($0) 件（含其他页）", "All \($0) results, on every page") }
            ?? visit("全选符合条件的各页诉求（最多 \(Self.most) 件）", "All results on every page (at most \(Self.most))")
        return """
            <div class="check"><label><input type="checkbox" name="all" value="yes" data-all-results="\(count.map { "\($0)" } ?? "")"> \(text)</label></div>\
            <input type="hidden" name="asOf" value="\(visit.now.milliseconds)">
            """
    }

    /// The chosen matters, each once, at most ``most``.
    func ids(_ staff: StaffVisit, _ fields: QueryParameters, most: Int = BulkSelection.most) async throws -> [CaseID] {
        if fields["all"] == "yes" { return try await results(staff, fields, most: most) }
        var seen: Set<CaseID> = []
        let ids = fields.all("select").compactMap { CaseID(parsing: $0) }.filter { seen.insert($0).inserted }
        guard !ids.isEmpty else {
            throw Refusal(
                .ruleBroken, "cases.bulk-size",
                LocalizedText("请选择 1–\(most) 件", "Choose 1 to \(most) matters"),
                wayOn: LocalizedText("返回列表，勾选要办理的诉求", "Go back and tick the matters that you mean"), field: "select")
        }
        guard ids.count <= most else { throw Self.tooMany(most) }
        return ids
    }

    /// All results of the filter under which the list was shown. What came in after that nobody has seen, so it is not
    /// among them.
    private func results(_ staff: StaffVisit, _ fields: QueryParameters, most: Int) async throws -> [CaseID] {
        let query = QueryParameters(parsing: fields["back"] ?? "").setting("after", nil).setting("limit", nil)
        let (filter, _) = try QueuePage.filter(cases, staff, query)
        let scope = staff.scope
        let asOf = fields.filled("asOf").flatMap { Int64($0) }.map { Instant(milliseconds: $0) } ?? staff.visit.now
        let found = try await cases.house.database.read {
            try CaseStore.page(filter, for: scope, limit: most + 1, in: $0)
        }
        guard found.count <= most else { throw Self.tooMany(most) }
        let ids = found.filter { $0.receivedAt <= asOf }.map(\.id)
        guard !ids.isEmpty else {
            throw Refusal(
                .ruleBroken, "cases.bulk-none", LocalizedText("没有符合条件的诉求", "No matter fits any more"),
                wayOn: LocalizedText("列表可能刚有变化，请返回查看", "The list may just have changed; go back and look"))
        }
        return ids
    }

    private static func tooMany(_ most: Int) -> Refusal {
        Refusal(
            .ruleBroken, "cases.bulk-size",
            LocalizedText("选择的超过 \(most) 件，一件也没有办理", "More than \(most) are chosen; nothing was done to any"),
            wayOn: LocalizedText(
                "请用区域、类别或状态缩小范围，分次办理", "Narrow the filter by area, category or state, and go in parts"),
            field: "select")
    }
}
