import CountForecasts
import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/workload/volumes`: how many matters the coming months may bring, place by place, and what that makes of the tasks that
/// come with them.
struct VolumePages: Sendable {
    let workload: Workload
    private static let address = "/workload/volumes"

    func add(to routes: Routes) {
        routes.page("/workload/volumes", right: .readWorkload) { try await show($0) }
        routes.page("/workload/volumes/export", right: .readWorkload) { try await export($0) }
    }

    private func area(_ staff: StaffVisit) throws(Refusal) -> AreaPrefix {
        guard let text = staff.visit.query.filled("area") else { return staff.scope.area }
        guard let area = AreaPrefix(text), staff.scope.area.contains(area) else { throw Refusal.nothingHere }
        return area
    }

    private func columns(_ months: [LoadMonth], below area: AreaPrefix) -> [Column<MatterVolumes.Line>] {
        let workload = workload
        let isOpen = area.level < .street
        return [
            .text(
                "区域", "Place",
                html: { line, _ in
                    isOpen && line.area != area
                        ? "<a href=\"\(Self.address)?area=\(line.area.code)\">\(workload.areaName(line.area))</a>"
                        : HTML(text: workload.areaName(line.area))
                }
            ) { line, _ in workload.areaName(line.area) },
            .number("上月件数", "Matters of the last month") { Int64($0.last) },
        ]
            + months.enumerated().map { step, month in
                Column(
                    "\(month) 预计（区间）", "\(month) expected (band)",
                    cell: { line, _ in line.told[step].map { .text(Self.text($0)) } ?? .empty },
                    html: { line, _ in HTML(text: line.told[step].map(Self.text) ?? "—") })
            }
    }

    /// `123 (98–150)`
    private static func text(_ told: PeriodCounts.Forecast) -> String {
        "\(Int64(told.expected.rounded())) (\(told.low)–\(told.high))"
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let area = try area(staff)
        let title = visit(WorkloadTexts.volumes)
        let trail: [(text: String, address: String?)] = [(visit(WorkloadTexts.workload), "/workload"), (title, nil)]
        guard let volumes = try await workload.forecast.volumes(in: area, for: staff.scope, at: visit.now),
            let rules = workload.forecast.rules.volumes
        else {
            return visit.page(
                Page(
                    title, breadcrumb: trail,
                    """
                    <div class="panel empty"><p>\(visit("没有可显示的预测：部门只看得到本部门的件，或 workload.yaml 没有规定预测办法。", "Nothing to show: departments see their own matters only, or workload.yaml does not say how to forecast."))</p></div>
                    """))
        }
        let basis = try await workload.forecast.basis(from: LoadMonth(of: visit.now.local().day), at: visit.now)
        let tasks = try await workload.forecast.taskVolumes(in: area, of: basis, for: staff.scope)
        return visit.page(
            Page(
                title, breadcrumb: trail,
                """
                <p class="lead">\(visit("\(workload.areaName(area))：按最近 \(volumes.known) 个整月的件数推算，越近越重，按各月天数折算，不含季节；区间按 \(Self.percent(rules.interval)) 把握给出。是预测，不是任务，也不用于考核。", "\(workload.areaName(area)): from the matters of the last \(volumes.known) whole months, the nearer ones weighing more, by days of the month, without seasons; the band is to hold \(Self.percent(rules.interval)) of truths. A forecast: no task, and no ground to judge anybody."))</p>\
                <div class="bar">\(exportLink(visit, path: "\(Self.address)/export"))</div>\
                \(trial(volumes, visit))\
                \(Listing(
                    caption: visit("各月件数", "Matters by month"), columns: columns(volumes.months, below: area),
                    items: [volumes.whole] + volumes.places, whenEmpty: HTML()
                ).html(visit))\
                \(table(tasks, basis.sheet.first + 1, visit))
                """))
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }

    /// What the same forecast would have said of months past.
    private func trial(_ volumes: MatterVolumes, _ visit: Visit) -> HTML {
        let made = volumes.trials.enumerated().filter { $1.made > 0 }
        guard !made.isEmpty else {
            let rules = workload.forecast.rules.volumes
            return """
                <p class="notice">\(visit("整月记录不足：至少要 \((rules?.fewestMonths ?? 0) + (rules?.tries ?? 0)) 个整月才能预测并试算，现有 \(volumes.known) 个。", "Too few whole months: \((rules?.fewestMonths ?? 0) + (rules?.tries ?? 0)) are needed to forecast and to try it, \(volumes.known) are there."))</p>
                """
        }
        return """
            <section class="panel"><h2>\(visit("拿本地过去检验", "Tried on this place’s own past"))</h2>\
            <p class="hint">\(visit("站在过去每个月末、只用当时已知的数据，用同样的办法预测，再看实际落在区间内几次。", "From the end of each past month, with what was known then only, the same way: how often the truth lay within the band."))</p>\
            <ul>\(made.html { step, trial in
                let share = Self.percent(Double(trial.held) / Double(max(1, trial.made)))
                let ahead =
                    step == 0
                    ? visit("当月：", "The month itself: ") : visit("提前 \(step) 个月：", "\(step) ahead: ")
                return "<li>\(ahead)\(visit("\(trial.made) 次中 \(trial.held) 次（\(share)）", "\(trial.held) of \(trial.made) (\(share))"))</li>"
            })</ul></section>
            """
    }

    private func table(_ tasks: [TaskVolume], _ month: LoadMonth, _ visit: Visit) -> HTML {
        Listing<TaskVolume>(
            caption: visit("随诉求量变化的任务 · \(month)", "Tasks that come with matters · \(month)"),
            columns: [
                .text(
                    "任务", "Task",
                    html: { task, visit in
                        "<a href=\"/mandates/items/\(task.item)\">\(task.item)</a> \(visit(task.title))"
                    }
                ) { task, visit in "\(task.item) \(visit(task.title))" },
                .number("清单按次数", "Times by the list") { $0.times },
                .text("预计件数（区间）", "Matters expected (band)") { task, _ in Self.text(task.told) },
                Column(
                    "小时差（区间）", "Hours more or less (band)",
                    cell: { task, _ in .number(Double(task.difference) / 60) },
                    html: { task, _ in
                        HTML(
                            text:
                                "\(signedHours(task.difference)) (\(signedHours(task.least)) … \(signedHours(task.most)))"
                        )
                    }),
            ], items: tasks,
            whenEmpty:
                "<p>\(visit("这里的岗位没有随诉求量变化的任务，或记录还不够。", "The posts here have no tasks that come with matters, or too little is on record."))</p>"
        ).html(visit)
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let area = try area(staff)
        guard let volumes = try await workload.forecast.volumes(in: area, for: staff.scope, at: staff.visit.now) else {
            throw Refusal.nothingHere
        }
        let lines = [volumes.whole] + volumes.places
        return try await SheetExport.workbook(
            named: staff(WorkloadTexts.volumes), columns: columns(volumes.months, below: area), for: staff,
            filter: workload.areaName(area)
        ) { _ in (lines, nil) }
    }
}
