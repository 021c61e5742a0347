import Desk
import Ground
import Hummingbird
import Identity
import Mandates
import Storage
import Web

/// `/workload/standard-times`: what the lists say a task takes, what records say of it, and what it was corrected to.
struct StandardTimePages: Sendable {
    let workload: Workload
    private static let address = "/workload/standard-times"

    func add(to routes: Routes) {
        routes.page("/workload/standard-times", right: .readWorkload) { try await show($0) }
        routes.page("/workload/standard-times/export", right: .readWorkload) { try await export($0) }
        routes.page("/workload/standard-times/tasks/:key", right: .readWorkload) { try await showTask($0) }
        routes.form("/workload/standard-times/tasks/:key", right: .readWorkload) { try await correct($0, $1) }
        routes.form("/workload/standard-times/corrections/:id/withdraw", right: .readWorkload) {
            try await withdraw($0, $1)
        }
    }

    private var rules: RecordRules? { workload.forecast.rules.records }

    private var columns: [Column<StandardTime>] {
        let (workload, rules) = (workload, rules)
        func figure(
            _ chinese: String, _ english: String, _ value: @escaping @Sendable (RecordedTime.Figures) -> Int64
        ) -> Column<StandardTime> {
            Column(
                chinese, english, .number,
                cell: { time, _ in time.recorded.figures.map { .number(Double(value($0))) } ?? .empty },
                html: { time, _ in time.recorded.figures.map { HTML(text: "\(value($0))") } ?? HTML() })
        }
        return [
            .text(
                "事项与任务", "Item and task",
                html: { time, visit in
                    "<a href=\"\(Self.address)/tasks/\(time.key)\">\(time.item)</a> \(visit(time.itemTitle)) · \(visit(time.task.title))"
                }
            ) { time, visit in "\(time.item) \(visit(time.itemTitle)) · \(visit(time.task.title))" },
            .text("岗位", "Posts") { time, visit in
                time.task.roles.map { workload.roleName($0, visit) }.joined(separator: visit("、", ", "))
            },
            .number("清单标准（分钟）", "On the list (minutes)") { $0.standard },
            Column(
                "现按（分钟）", "Counts now (minutes)", .number, cell: { time, _ in .number(Double(time.counted)) },
                html: { time, visit in
                    time.counted == time.standard
                        ? HTML(text: "\(time.counted)")
                        : "<strong>\(time.counted)</strong> <span class=\"tag\">\(visit("已修正", "corrected"))</span>"
                }),
            figure("记录下四分位", "Recorded lower quarter") { $0.lower },
            figure("记录中位", "Recorded middle") { $0.middle },
            figure("记录上四分位", "Recorded upper quarter") { $0.upper },
            figure("记录件数", "Records") { $0.records }, figure("人数，至少", "People, at least") { $0.people },
            .text("说明", "What it says") { time, visit in
                (WorkloadTexts.reason(time.recorded, rules) ?? time.reading.map(WorkloadTexts.title)).map { visit($0) }
            },
            Column(
                "若按记录中位，年小时差", "Hours a year more or less at the recorded middle", .number,
                cell: { time, _ in time.difference.map { .number(Double($0) / 60) } ?? .empty },
                html: { time, _ in time.difference.map { HTML(text: signedHours($0)) } ?? HTML() }),
        ]
    }

    private func lead(_ visit: Visit) -> HTML {
        """
        <p class="lead">\(visit("记录用时＝同一人在同一件诉求上先后两步操作（如签收、办结）之间的工作时间，只取中间没有其他操作的。它含等候、路途和同时办的别的事，因此不是实际工时，只是大致的上限（签收前和工作时间以外做的不在内）：能说明标准偏长，不能说明偏短。", "Recorded time is the working time between two acts of one person on one matter (taken, then reported done) with no act between them. It holds waiting, ways and other work done meanwhile, so it is not the effort but roughly a limit from above (what was done before the first act or outside of working hours is not in it): it can show that a standard is too long, not that it is too short."))</p>\
        <p class="hint">\(visit("按全县同类岗位合计，取中位数和四分位数；至少 \(rules?.fewestPeople ?? 5) 人、\(rules?.fewestRecords ?? 0) 件，截至上月底的 \(rules?.days ?? 0) 天，本月的下月才计入。用时随看随算，不按人保存、不按人显示，也不用于考核任何人；门槛见 workload.yaml。", "Of all posts of a kind in the county together, by median and quartiles; at least \(rules?.fewestPeople ?? 5) people and \(rules?.fewestRecords ?? 0) records in the \(rules?.days ?? 0) days to the end of last month; this month comes in when it is over. Worked out when looked at; never kept or shown by person, and no ground to judge anybody. Limits: workload.yaml."))</p>
        """
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let times = try await workload.standardTimes(at: visit.now)
        let corrections = try await workload.house.database.read { try TimeCorrectionStore.all(in: $0) }
        let measured = times.filter { $0.recorded != .unrecorded }
        let title = visit(WorkloadTexts.standardTimes)
        return visit.page(
            Page(
                title, breadcrumb: [(visit(WorkloadTexts.workload), "/workload"), (title, nil)],
                """
                \(lead(visit))<div class="bar">\(exportLink(visit, path: "\(Self.address)/export"))</div>\
                \(Listing(
                    caption: visit("有操作可量的任务", "Tasks that acts measure"), columns: columns, items: measured,
                    whenEmpty: "<p>\(visit("workload.yaml 没有规定哪些操作对应哪项任务，或清单尚未生效。", "workload.yaml names no acts that measure a task, or no list is in force."))</p>"
                ).html(visit))\
                \(history(corrections, times, staff))\
                \(rest(times.filter { $0.recorded == .unrecorded }, visit))
                """))
    }

    private func rest(_ times: [StandardTime], _ visit: Visit) -> HTML {
        guard !times.isEmpty else { return HTML() }
        return """
            <section class="panel"><details><summary>\(visit("系统中没有起止操作、不可比的任务：\(times.count) 项", "Tasks that no acts begin and end, not comparable: \(times.count)"))</summary>\
            <ul>\(times.html { "<li>\($0.item) \(visit($0.itemTitle)) · \(visit($0.task.title)) · \($0.standard) \(visit("分钟", "minutes"))</li>" })</ul></details></section>
            """
    }

    /// What was corrected, what was taken back, and what the list has overtaken.
    private func history(
        _ corrections: [KeptTimeCorrection], _ times: [StandardTime], _ staff: StaffVisit
    ) -> HTML {
        guard !corrections.isEmpty else { return HTML() }
        let mayCorrect = workload.mayCorrect(staff.scope)
        let tasks = Dictionary(times.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var columns: [Column<KeptTimeCorrection>] = [
            .text("任务", "Task") { kept, visit in
                let one = kept.correction
                let known = tasks["\(one.item)-\(one.task)"]
                return "\(one.item) \(known.map { visit($0.task.title) } ?? one.task)"
            },
            .number("清单标准（分钟）", "On the list (minutes)") { $0.correction.standard },
            .number("修正为（分钟）", "Corrected to (minutes)") { $0.correction.minutes },
            .text("自", "From") { kept, _ in kept.correction.from.description },
            .text("当时的记录", "Records at that time") { kept, visit in
                let figures = kept.correction.figures
                return visit(
                    "中位 \(figures.middle)（\(figures.lower)–\(figures.upper)），\(figures.records) 件，至少 \(figures.people) 人",
                    "middle \(figures.middle) (\(figures.lower)–\(figures.upper)), \(figures.records) records, at least \(figures.people) people"
                )
            },
            .text("理由", "Reason") { kept, _ in kept.correction.reason },
            .text("状态", "State") { kept, visit in
                let one = kept.correction
                if kept.withdrawnAt != nil { return visit("已撤回", "Taken back") }
                guard let known = tasks["\(one.item)-\(one.task)"], one.holds(for: known.task, of: known.item) else {
                    return visit("清单已修订，不再适用", "Over: the list was revised")
                }
                return visit("有效", "Counts")
            },
        ]
        if mayCorrect {
            columns.append(
                .text(
                    "操作", "Act",
                    html: { kept, visit in
                        kept.withdrawnAt != nil
                            ? HTML()
                            : """
                            <form method="post" action="\(Self.address)/corrections/\(kept.id)/withdraw">\(visit.formFields)\
                            <button class="btn" aria-label="\(visit("撤回：\(kept.correction.item) \(kept.correction.from)", "Take back: \(kept.correction.item) \(kept.correction.from)"))">\(visit("撤回", "Take back"))</button></form>
                            """
                    }
                ) { _, _ in nil })
        }
        return Listing(
            caption: staff.visit("修正记录", "Corrections"), columns: columns,
            items: Array(corrections.reversed().prefix(200)),
            whenEmpty: HTML()
        ).html(staff.visit)
    }

    // MARK: One task

    private func time(_ staff: StaffVisit) async throws -> StandardTime {
        let key = try staff.visit.parameter("key")
        guard let found = try await workload.standardTimes(at: staff.visit.now).first(where: { $0.key == key }) else {
            throw Refusal.nothingHere
        }
        return found
    }

    private func showTask(
        _ staff: StaffVisit, refusal: Refusal? = nil, typed: QueryParameters? = nil
    ) async throws -> Response {
        let visit = staff.visit
        let time = try await time(staff)
        let corrections = try await workload.house.database.read { try TimeCorrectionStore.all(in: $0) }.filter {
            $0.correction.item == time.item && $0.correction.task == time.task.key
        }
        let title = "\(time.item) \(visit(time.task.title))"
        return visit.page(
            Page(
                title,
                breadcrumb: [
                    (visit(WorkloadTexts.workload), "/workload"), (visit(WorkloadTexts.standardTimes), Self.address),
                    (title, nil),
                ], notice: refusal?.notice(visit),
                """
                \(lead(visit))\(facts(time, visit))\
                \(workload.mayCorrect(staff.scope) ? form(time, visit, refusal, typed) : HTML())\
                \(history(corrections, [time], staff))
                """), status: refusal?.kind.status ?? .ok)
    }

    private func facts(_ time: StandardTime, _ visit: Visit) -> HTML {
        func fact(_ name: String, _ value: String?) -> HTML {
            value.map { "<dt>\(name)</dt><dd>\($0)</dd>" } ?? HTML()
        }
        let minutes = visit("分钟", "minutes")
        let figures = time.recorded.figures
        return """
            <section class="panel"><dl class="facts"><dt>\(visit("清单事项", "Item of the lists"))</dt><dd><a href="/mandates/items/\(time.item)">\(time.item)</a> \(visit(time.itemTitle))</dd>\
            \(fact(visit("岗位", "Posts"), time.task.roles.map { workload.roleName($0, visit) }.joined(separator: visit("、", ", "))))\
            \(fact(visit("清单标准", "On the list"), "\(time.standard) \(minutes)"))\
            \(fact(visit("现按", "Counts now"), "\(time.counted) \(minutes)"))\
            \(fact(visit("以后", "Later"), time.next.map { visit("自 \($0.from) 起按 \($0.minutes) 分钟", "\($0.minutes) minutes from \($0.from)") }))\
            \(fact(visit("记录", "Records"), figures.map { visit("中位 \($0.middle) 分钟，一半在 \($0.lower)–\($0.upper) 之间；\($0.records) 件，至少 \($0.people) 人；另有 \($0.afterwards) 件事后补录，未计", "middle \($0.middle) minutes, half of them within \($0.lower)–\($0.upper); \($0.records) records, at least \($0.people) people; \($0.afterwards) more were entered afterwards and left out") } ?? WorkloadTexts.reason(time.recorded, rules).map { visit($0) }))\
            \(fact(visit("说明", "What it says"), time.reading.map { visit(WorkloadTexts.title($0)) }))\
            \(fact(visit("今后十二个月", "The twelve months ahead"), visit("\(hoursText(time.load)) 小时", "\(hoursText(time.load)) hours")))\
            \(fact(visit("若按记录中位", "At the recorded middle"), time.difference.map { visit("\(signedHours($0)) 小时", "\(signedHours($0)) hours") }))</dl></section>
            """
    }

    private func form(
        _ time: StandardTime, _ visit: Visit, _ refusal: Refusal?, _ typed: QueryParameters?
    ) -> HTML {
        guard let figures = time.recorded.figures else {
            return """
                <p class="hint">\(visit("没有可比的记录，不能据此修正；另有依据的，请在权责清单中修订。", "There are no records that a correction could rest on; with other grounds, revise the duty list."))</p>
                """
        }
        func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }
        let first = LoadMonth(of: visit.now.local().day)
        let months = (0..<12).map { Field.Choice((first + $0).first.description, (first + $0).description) }
        return """
            <form class="panel narrow" method="post" action="\(Self.address)/tasks/\(time.key)"><h2>\(visit("修正标准工时", "Correct the standard time"))</h2>\(visit.formFields)\
            \(Field.text("minutes", visit("每次分钟", "Minutes each"), value: typed?["minutes"] ?? "\(figures.middle)", required: true, maximum: 5, hint: visit("不超过记录的上四分位 \(figures.upper)", "No more than the upper quarter of the records, \(figures.upper)"), error: error("minutes"), inputMode: "numeric"))\
            \(Field.choice("from", visit("自哪个月起", "From which month"), months, value: typed?["from"] ?? (first + 1).first.description, required: true, error: error("from")))\
            \(Field.longText("reason", visit("理由", "Reason"), value: typed?["reason"], required: true, maximum: 200, rows: 2, hint: visit("不要写任何人的姓名", "Name nobody"), error: error("reason")))\
            <p>\(Field.submit(visit("修正", "Correct")))</p><p class="hint">\(visit("清单的标准不变，两个数都保留；随时可撤回。清单修订后修正自动失效。", "The list keeps its own; both stay visible; it can be taken back at any time, and ends when the list is revised."))</p></form>
            """
    }

    private func correct(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
        let fields = submission.fields
        let time = try await time(staff)
        do {
            return try await staff.visit.write(submission) { transaction in
                _ = try workload.correct(
                    time, to: fields.filled("minutes").flatMap { Int64($0) },
                    from: fields.filled("from").flatMap { Day($0) }, because: fields.filled("reason"), by: scope,
                    at: now, in: transaction)
                return .seeOther("\(Self.address)/tasks/\(time.key)")
            }
        } catch let refusal as Refusal where refusal.isForTheSender {
            return try await showTask(staff, refusal: refusal, typed: fields)
        }
    }

    private func withdraw(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let id: TimeCorrectionID = try staff.visit.identifier()
        let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            try workload.withdraw(correction: id, by: scope, at: now, in: transaction)
            return .seeOther(Self.address)
        }
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let times = try await workload.standardTimes(at: staff.visit.now)
        return try await SheetExport.workbook(
            named: staff(WorkloadTexts.standardTimes), columns: columns, for: staff,
            filter: workload.areaName(workload.house.settings.area)
        ) { _ in (times, nil) }
    }
}

/// Hours with their sign, where they are more or fewer.
func signedHours(_ minutes: Int64) -> String {
    minutes < 0 ? "−\(hoursText(-minutes))" : minutes > 0 ? "+\(hoursText(minutes))" : "0"
}
