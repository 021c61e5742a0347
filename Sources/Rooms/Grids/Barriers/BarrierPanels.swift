import Desk
import Geo
import Ground
import Identity
import Web

/// The parts of the page of barriers.
struct BarrierPanels: Sendable {
    let grids: Grids
    let visit: Visit
    /// Whether whoever looks may bring in and take out.
    let mayChange: Bool

    private static let path = BarrierPages.path

    // MARK: Bringing in

    func form(_ scope: Scope, _ refusal: Refusal?) -> HTML {
        guard mayChange else {
            guard scope.may(.gridsBuildings) else { return HTML() }
            return """
                <p class="hint">\(visit("障碍按全县导入，由县级岗位办理。", "Barriers are those of the whole county: its posts bring them in."))</p>
                """
        }
        let error = refusal.map { visit($0.message) + ($0.wayOn.map { visit("。", ". ") + visit($0) } ?? "") }
        let datums = Datum.allCases.map { Field.Choice($0.rawValue, $0.rawValue) }
        let places = [
            Field.Choice(
                BarrierImport.Place.same.rawValue,
                visit("同名文件的上一版（没有则新增）", "The last file of the same name, if there is one")),
            Field.Choice(BarrierImport.Place.all.rawValue, visit("已有的全部障碍", "All barriers that there are")),
        ]
        return """
            <details class="act"\(flag: "open", refusal != nil)><summary>\(visit("导入障碍", "Bring barriers in"))</summary>\
            <form method="post" action="\(Self.path)" enctype="multipart/form-data" class="narrow">\(visit.formFields)\
            \(Field.file("file", visit("障碍文件", "File of barriers"), accept: ".geojson,.json,.gpkg,.csv,.xlsx,.gz", required: true, hint: visit("GeoJSON、GeoPackage、CSV 或 XLSX：每处有类型（河流、铁路、高速、主干道、支路、桥梁，或 OpenStreetMap 的 waterway、railway、highway、bridge）和线形；表格为一列 WKT 轮廓，桥梁可为经度、纬度。名称可不写。有问题的逐条列出，不影响其他。", "GeoJSON, GeoPackage, CSV or XLSX: each has a class (river, railway, motorway, primary, residential, bridge, or waterway, railway, highway, bridge as OpenStreetMap has them) and a line; in tables a column of well-known text, for bridges also longitude and latitude. Names may be left out. What is wrong is told one by one and keeps nothing else out."), error: error))\
            \(Field.choice("datum", visit("坐标系（文件未注明时）", "Datum, where the file names none"), datums, value: Datum.cgcs2000.rawValue))\
            \(Field.choice("place", visit("替换", "In place of"), places, value: BarrierImport.Place.same.rawValue, hint: visit("换下的 30 天内可恢复。", "What it replaces can be put back for 30 days.")))\
            <p>\(Field.submit(visit("导入", "Bring in"))) \(Field.submit(visit("导入，并下载未采用清单", "Bring in, and download what was left out"), name: "answer", value: "errors", tone: ""))</p></form></details>
            """
    }

    func notice(_ report: BarrierReport) -> Page.Notice {
        let text =
            report.isUnchanged
            ? visit("没有变化：文件中的障碍都已在此。", "Nothing changed: all of it is here already.")
            : visit(
                "已导入：\(report.barriers) 处障碍、\(report.bridges) 座桥梁，下一个方案起计入。",
                "\(report.barriers) barriers and \(report.bridges) bridges came in; plans made from now on heed them.")
        guard report.rejected > 0 else { return Page.Notice(.ok, text) }
        return Page.Notice(
            .warn, text + visit("\(report.rejected) 条未采用。", " \(report.rejected) were left out."))
    }

    /// What came of a file, for whoever sent it.
    func report(_ report: BarrierReport) -> HTML {
        let facts: [(String, String)] = [
            (visit(report.hasRows ? "行数" : "要素", report.hasRows ? "Rows" : "Features"), "\(report.rows)"),
            (visit("障碍", "Barriers"), "\(report.barriers)"), (visit("长度", "Length"), kilometres(report.metres)),
            (visit("桥梁", "Bridges"), "\(report.bridges)"), (visit("换下", "Replaced"), "\(report.replaced)"),
            (visit("未采用", "Left out"), "\(report.rejected)"),
        ]
        let kept = report.counts.reduce(0) { $0 + ($1.key.isKept ? $1.value : 0) }
        return """
            <section class="panel"><h2>\(visit("导入结果", "What came of it"))</h2><dl class="facts">\(facts.html { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl>\
            \(findings(report, visit("未采用", "Left out"), report.problems, of: report.rejected))\
            \(findings(report, visit("已采用，请留意", "Taken, but look at it"), report.notes, of: kept))\
            \(report.removal.map { undoForm($0, visit("撤销导入，恢复换下的", "Undo: put back what it replaced")) } ?? HTML())</section>
            """
    }

    private func findings(
        _ report: BarrierReport, _ title: String, _ findings: [BarrierFinding], of count: Int
    ) -> HTML {
        guard !findings.isEmpty else { return HTML() }
        let rest = count - findings.count
        return """
            <details\(flag: "open", count <= 20)><summary>\(title)\(visit("：", ": "))\(count)</summary><ul>\(findings.html {
                "<li>\(visit(report.text($0)))</li>"
            })</ul>\(rest > 0 ? "<p class=\"hint\">\(visit("另有 \(rest) 条", "and \(rest) more"))</p>" : HTML())</details>
            """
    }

    // MARK: What there is

    func unlisted(_ count: Int) -> HTML {
        guard count > 0 else { return HTML() }
        return """
            <p class="hint">\(visit("另有早先由接口导入的 \(count) 段，未记来源，方案照常计入；导入时选“已有的全部障碍”即替换。", "Besides, \(count) pieces came by the interface before files were kept: plans heed them, and a file “in place of all” replaces them."))</p>
            """
    }

    func sums(_ sums: [BarrierSum]) -> HTML {
        guard !sums.isEmpty else { return HTML() }
        let order = grids.norms.barriers.map(\.key)
        let sorted = sums.sorted {
            (order.firstIndex(of: $0.kind) ?? order.count, $0.kind) < (
                order.firstIndex(of: $1.kind) ?? order.count, $1.kind
            )
        }
        return table(
            visit("按类型", "By class"),
            [visit("类型", "Class"), visit("数量", "How many"), visit("长度", "Length")],
            sorted.map { sum in
                let address = visit.query.setting("after", nil).setting("removed", nil).setting("restored", nil)
                    .setting("class", sum.kind).address(Self.path)
                return [
                    "<a href=\"\(address)\">\(visit(grids.norms.barrierTitle(sum.kind)))</a>", "\(sum.count)",
                    sum.kind == GroundBarrier.bridge ? HTML() : HTML(text: kilometres(sum.metres)),
                ]
            })
    }

    func filters(_ list: BarrierList, _ sources: [BarrierSource]) -> HTML {
        let kinds = (grids.norms.barriers.map(\.key) + [GroundBarrier.bridge]).map {
            Field.Choice($0, visit(grids.norms.barrierTitle($0)))
        }
        let all = visit("全部", "All")
        return """
            <form method="get" action="\(Self.path)" class="filters" role="search">\
            \(Field.choice("class", visit("类型", "Class"), kinds, value: list.kind, none: all))\
            \(Field.choice("source", visit("文件", "File"), sources.map { Field.Choice($0.id.text, $0.name) }, value: list.source?.text, none: all))\
            \(Field.submit(visit("查询", "Search"), tone: ""))</form>
            """
    }

    func sources(_ sources: [BarrierSource]) -> HTML {
        guard !sources.isEmpty else { return HTML() }
        var heads = [
            visit("文件", "File"), visit("障碍", "Barriers"), visit("长度", "Length"), visit("桥梁", "Bridges"),
            visit("导入人", "By"), visit("导入于", "At"),
        ]
        if mayChange { heads.append(visit("操作", "Act")) }
        return table(
            visit("来自哪些文件", "From which files"), heads,
            sources.map { source in
                var cells: [HTML] = [
                    "<a href=\"\(Self.path)?source=\(source.id)\">\(source.name)</a>", "\(source.barriers)",
                    HTML(text: kilometres(source.metres)), "\(source.bridges)", HTML(text: source.by),
                    time(source.broughtAt),
                ]
                if mayChange {
                    cells.append(
                        Self.button(
                            "\(Self.path)/sources/\(source.id)/remove", visit("整个取出", "Take it all out"),
                            about: source.name, visit))
                }
                return cells
            })
    }

    // MARK: What was taken out

    func undo(_ removal: Removal) -> HTML {
        guard mayChange else { return HTML() }
        return "<div class=\"bar\">\(undoForm(removal.id, visit("撤销取出", "Undo")))</div>"
    }

    func removals(_ removals: [Removal]) -> HTML {
        guard mayChange, !removals.isEmpty else { return HTML() }
        return table(
            visit("30 天内取出或换下的", "Taken out or replaced in the last 30 days"),
            [
                visit("内容", "What"), visit("数量", "How many"), visit("办理人", "By"), visit("时间", "At"),
                visit("操作", "Act"),
            ],
            removals.map { removal in
                let name = removal.name.isEmpty ? visit("全部", "All") : title(removal.name)
                return [
                    HTML(text: name), "\(removal.barriers)", HTML(text: removal.by), time(removal.at),
                    Self.button(
                        "\(Self.path)/removals/\(removal.id)/undo", visit("恢复", "Put back"), about: name, visit),
                ]
            })
    }

    /// A barrier without a name is kept by its class.
    private func title(_ name: String) -> String { visit(grids.norms.barrierTitle(name)) }

    private func undoForm(_ id: Removal.ID, _ text: String) -> HTML {
        """
        <form method="post" action="\(Self.path)/removals/\(id)/undo" class="inline">\(visit.formFields)\(Field.submit(text, tone: ""))</form>
        """
    }

    static func button(_ address: String, _ text: String, about name: String, _ visit: Visit) -> HTML {
        """
        <form method="post" action="\(address)" class="inline">\(visit.formFields)<button class="btn ghost">\(text)<span class="hide">\(visit("：", ": "))\(name)</span></button></form>
        """
    }

    private func kilometres(_ metres: Double) -> String {
        let tenths = Int64((metres / 100).rounded())
        return "\(tenths / 10).\(tenths % 10) \(visit("公里", "km"))"
    }

    private func time(_ instant: Instant) -> HTML {
        "<time datetime=\"\(instant.iso8601)\">\(visit.instantText(instant))</time>"
    }

    private func table(_ caption: String, _ heads: [String], _ rows: [[HTML]]) -> HTML {
        """
        <div class="panel scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="list"><caption>\(caption)</caption><thead><tr>\
        \(heads.html { "<th scope=\"col\">\($0)</th>" })</tr></thead><tbody>\
        \(rows.html { row in
            "<tr>\(zip(heads, row).map { $0 }.html { "<td data-label=\"\($0.0)\">\($0.1)</td>" })</tr>"
        })</tbody></table></div>
        """
    }
}
