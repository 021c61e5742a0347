import Desk
import Ground
import Web

/// What came of a file, for whoever sent it.
struct BuildingReportPanel: Sendable {
    let report: BuildingReport

    func html(_ visit: Visit) -> HTML {
        let facts: [(String, Int)] = [
            (visit(report.hasRows ? "行数" : "要素", report.hasRows ? "Rows" : "Features"), report.rows),
            (visit("新增", "New"), report.created), (visit("更新", "Changed"), report.changed),
            (visit("未变", "Unchanged"), report.unchanged), (visit("未采用", "Left out"), report.rejected),
            (visit("社区", "Communities"), report.communities),
            (visit("社区按位置确定", "Community by where they stand"), report.placedByGround),
            (visit("尚未入格", "In no grid yet"), report.withoutGrid),
        ]
        return """
            <section class="panel"><h2>\(visit("导入结果", "What came of it"))</h2><dl class="facts">\(facts.html { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl>\
            \(findings(visit, visit("未采用", "Left out"), report.problems, of: report.rejected))\
            \(findings(visit, visit("已采用，请留意", "Taken, but look at it"), report.notes, of: notes))\
            \(missing(visit))</section>
            """
    }

    private var notes: Int { report.counts.reduce(0) { $0 + ($1.key.isKept ? $1.value : 0) } }

    private func findings(_ visit: Visit, _ title: String, _ findings: [UnitFinding], of count: Int) -> HTML {
        guard !findings.isEmpty else { return HTML() }
        return """
            <details\(flag: "open", count <= 20)><summary>\(title)\(visit("：", ": "))\(count)</summary><ul>\(findings.html { finding in
                "<li>\(visit(report.text(finding)))</li>"
            })</ul>\(rest(visit, count - findings.count))</details>
            """
    }

    private func missing(_ visit: Visit) -> HTML {
        if report.isPartial {
            return
                "<p class=\"hint\">\(visit("未核对文件中不再有的楼栋。", "Buildings that are no more in the file were not looked for."))</p>"
        }
        guard report.missing > 0 else { return HTML() }
        return """
            <details\(flag: "open", report.missing <= 20)><summary>\(visit("文件中不再有", "No more in the file"))\(visit("：", ": "))\(report.missing)</summary>\
            <p class="hint">\(visit("它们仍保留，并已标记；已拆除的，请在文件中写户数 0。", "They stay, and are marked; for one that was pulled down, give 0 households in the file."))</p>\
            <ul>\(report.firstMissing.html { "<li>\($0.name) <code>\($0.id)</code></li>" })</ul>\
            \(rest(visit, report.missing - report.firstMissing.count))\
            <p><a class="btn" href="\(BuildingPages.path)?show=missing">\(visit("查看全部", "See all of them"))</a></p></details>
            """
    }

    private func rest(_ visit: Visit, _ count: Int) -> HTML {
        count > 0 ? "<p class=\"hint\">\(visit("另有 \(count) 条", "and \(count) more"))</p>" : HTML()
    }
}
