import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/mandates/items/CODE`: one item with its tasks, what stands under it, and how it changed.
struct ItemPage: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/mandates/items/:code", right: .readMandates) { try await show($0) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let code = try visit.parameter("code")
        let (history, below) = try await mandates.house.database.read { transaction in
            let history = try ListStore.history(of: code, in: transaction)
            let revision = try ListStore.current(in: transaction)
            return (history, try ListStore.items(at: revision, in: transaction).filter { $0.under == code })
        }
        guard let last = history.last else { throw Refusal.nothingHere }
        let item = last.item
        let ended: HTML =
            last.until.map {
                "<p class=\"notice warn\">\(visit("自第 \($0) 版起不再列入清单。", "No longer on the lists since revision \($0)."))</p>"
            }
            ?? HTML()
        let lines = mandates.lines
        let fileLink: HTML =
            staff.scope.may(.fileDemand) && last.until == nil && item.list.isDoneBelow
            ? "<a class=\"btn\" href=\"/demands/new?item=\(item.code)\">\(visit("按此事项提出工作", "Ask for work on this item"))</a>"
            : HTML()
        let page = Page(
            "\(item.code) \(visit(item.title))",
            breadcrumb: [
                (visit(MandateTexts.lists), "/mandates"),
                (visit(item.list.title), "/mandates?list=\(item.list.rawValue)"),
                (item.code, nil),
            ],
            """
            \(ended)<div class="bar">\(fileLink)</div><section class="panel"><dl class="facts">\
            \(fact(visit("清单", "List"), visit(item.list.title)))\
            \(fact(visit("依据（待当地核实）", "Ground (check locally)"), item.basis.joined(separator: visit("；", "; "))))\
            \(fact(visit("牵头", "Lead"), visit(lines.title(item.lead))))\
            \(fact(visit("配合", "Helps"), item.assists.map { visit(lines.title($0)) }.joined(separator: visit("、", ", "))))\
            \(fact(item.list == .reclaimed ? visit("部门如何承担", "How the department does it") : visit("基层职责", "Part of the grassroots"), visit(item.part)))\
            \(fact(visit("履职标准", "Standard"), visit(item.standard)))\
            \(fact(visit("经费", "Money"), money(item, visit)))\
            \(fact(visit("有效期", "Validity"), validity(item, visit)))\
            \(item.under.map { "<dt>\(visit("所属乡镇（街道）事项", "Stands under"))</dt><dd><a href=\"/mandates/items/\($0)\">\($0)</a></dd>" })</dl></section>\
            \(tasks(item, visit))\(under(below, visit))\(versions(history, visit))
            """)
        return visit.page(page)
    }

    private func fact(_ name: String, _ value: String) -> HTML {
        value.isEmpty ? HTML() : "<dt>\(name)</dt><dd>\(value)</dd>"
    }

    private func money(_ item: MandateItem, _ visit: Visit) -> String {
        guard let money = item.money else { return visit("未安排专项经费", "None set aside") }
        let each = visit(MandateTexts.title(money.each))
        return visit(
            "每个\(each)每年 \(money.yuan) 元（\(visit(mandates.lines.title(money.line)))）",
            "\(money.yuan) yuan a year for each \(each) (\(visit(mandates.lines.title(money.line))))")
    }

    private func validity(_ item: MandateItem, _ visit: Visit) -> String {
        switch (item.from, item.until) {
        case (nil, nil): visit("随清单有效", "As long as the list holds")
        case (let from, let until): "\(from?.description ?? "") – \(until?.description ?? "")"
        }
    }

    private func tasks(_ item: MandateItem, _ visit: Visit) -> HTML {
        guard !item.tasks.isEmpty else { return HTML() }
        let roles = mandates.identity.roles
        return """
            <section class="panel scroll" tabindex="0" role="region" aria-label="\(visit("任务与标准工时", "Tasks and standard times"))"><table class="list"><caption>\(visit("任务与标准工时", "Tasks and standard times"))</caption>\
            <thead><tr><th scope="col">\(visit("任务", "Task"))</th><th scope="col">\(visit("在", "At"))</th><th scope="col">\(visit("由谁", "By"))</th>\
            <th scope="col" class="n">\(visit("每次分钟", "Minutes each"))</th><th scope="col" class="n">\(visit("每年次数", "Times a year"))</th><th scope="col" class="n">\(visit("每处每年小时", "Hours a year, each"))</th></tr></thead><tbody>\
            \(item.tasks.html { task in
                let per = task.households.map { visit("（每 \($0) 户）", " (for \($0) households)") } ?? ""
                return """
                    <tr><td>\(task.within == nil ? "" : "└ ")\(visit(task.title))</td><td>\(visit(MandateTexts.title(task.at)))</td>\
                    <td>\(task.roles.map { roles[$0].map { visit($0.name) } ?? $0 }.joined(separator: visit("，无人则", ", else ")))</td>\
                    <td class="n">\(task.minutes.map { "\($0)" } ?? "—")</td><td class="n">\(task.times.map { "\($0)" } ?? "—")\(per)</td>\
                    <td class="n">\(hoursText(task.minutesAYear(households: 400)))</td></tr>
                    """
            })</tbody></table><p class="hint">\(visit("按户计的任务以 400 户网格示例；实际按各网格户数计算。", "Tasks by household are shown for a grid of 400; what counts are each grid’s own."))</p></section>
            """
    }

    private func under(_ items: [MandateItem], _ visit: Visit) -> HTML {
        guard !items.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(visit("其下的网格事项", "Items of the grids under it"))</h2><ul>\(items.html {
                "<li><a href=\"/mandates/items/\($0.code)\">\($0.code)</a> \(visit($0.title)) · \(visit($0.list.title))</li>"
            })</ul></section>
            """
    }

    private func versions(_ history: [(since: Int64, until: Int64?, item: MandateItem)], _ visit: Visit) -> HTML {
        """
        <section class="panel"><h2>\(visit("历次变化", "How it changed"))</h2><ul>\(history.enumerated().html { position, version in
            let words: String =
                position == 0
                ? visit("列入清单", "Came on the list")
                : ListDifference.Change(before: history[position - 1].item, after: version.item).elements.map { visit($0.title) }
                    .joined(separator: visit("、", ", "))
            return "<li><a href=\"/mandates/differences?to=\(version.since)\">\(visit("第 \(version.since) 版", "Revision \(version.since)"))</a> \(words)</li>"
        })</ul></section>
        """
    }
}
