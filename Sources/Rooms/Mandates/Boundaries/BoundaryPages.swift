import Desk
import Ground
import Hummingbird
import Identity
import Web

/// `/boundaries`: who above may do what, the register of vetoes, and whose matters are whose.
struct BoundaryPages: Sendable {
    let mandates: Mandates

    func add(to routes: Routes) {
        routes.page("/boundaries", right: .readMandates) { show($0) }
        routes.page("/boundaries/export", right: .readMandates) { try await export($0) }
        api(routes)
    }

    private func show(_ staff: StaffVisit) -> Response {
        let visit = staff.visit
        let limits = Listing(
            caption: visit("限权清单", "Who may do what"), columns: limitColumns, items: lines,
            whenEmpty: "<p>\(visit("没有限权清单。", "No limits."))</p>")
        let vetoes = Listing(
            caption: visit("一票否决事项登记", "Register of vetoes"), columns: vetoColumns, items: mandates.boundaries.vetoes,
            whenEmpty: "<p>\(visit("没有登记的一票否决事项，任何一票否决都不得设立。", "None is registered, so none may be set."))</p>")
        let matters = Listing(
            caption: visit("政社边界", "Whose matters are whose"), columns: matterColumns,
            items: mandates.boundaries.matters,
            whenEmpty: "<p>\(visit("没有划出自治、市场、法律事项。", "No matters are set apart."))</p>")
        return visit.page(
            Page(
                visit(MandateTexts.boundaries), breadcrumb: [(visit(MandateTexts.boundaries), nil)],
                """
                <p class="lead">\(visit("上面能对下面做什么、不能做什么，写成清单，由准入当场执行：超越清单的不予准入，未登记的一票否决不得设立，自治事项不得下行政命令。", "What those above may do to those below, as a list that the gate enforces at once: what is beyond it is refused, a veto that is not registered may not be set, and no order goes into a self-governed matter."))</p>\
                <div class="bar">\(exportLink(visit, path: "/boundaries/export"))<a class="btn" href="/demands">\(visit(MandateTexts.gate))</a></div>\
                \(limits.html(visit))\(vetoes.html(visit))\(matters.html(visit))\(shifting(visit))
                """))
    }

    /// 属地: by which words a duty is not shifted down.
    private func shifting(_ visit: Visit) -> HTML {
        guard let shifting = mandates.boundaries.shifting, !shifting.words.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(visit("不得以“属地管理”转嫁责任", "No duty is shifted down by a word"))</h2>\
            <p>\(visit("要求里有下列词语、而清单没有规定由街道或社区牵头的，准入不予通过：", "A demand with one of these words is refused where no list has the street or community lead it:")) \(shifting.words.joined(separator: visit("、", ", ")))</p>\
            <p class="hint">\(visit("依据（待当地核实）", "Ground (check locally)"))：\(shifting.basis)</p></section>
            """
    }

    /// Every act, sender and level, those too that the file does not name.
    private var lines: [PowerLimits.Limit] {
        PowerLimits.Act.allCases.flatMap { act in
            PowerLimits.Sender.allCases.flatMap { sender in
                PowerLimits.levels.map { mandates.limits.limit(act, from: sender, to: $0) }
            }
        }
    }

    private var limitColumns: [Column<PowerLimits.Limit>] {
        @Sendable func answer(_ limit: PowerLimits.Limit, _ visit: Visit) -> String {
            visit(limit.allow.title) + (limit.via.map { visit("：", ": ") + visit($0) } ?? "")
        }
        return [
            .text("做什么", "Act") { one, visit in visit(one.act.title) },
            .text("谁", "Who") { one, visit in visit(one.from.title) },
            .text("对哪一级", "To") { one, visit in visit(MandateTexts.title(one.to)) },
            .text(
                "可否", "May they",
                html: { one, visit in
                    let tone: HTML = one.allow == .yes ? "ok" : one.allow == .through ? "caution" : "danger"
                    return "<span class=\"tag \(tone)\">\(answer(one, visit))</span>"
                }
            ) { one, visit in answer(one, visit) },
            Column("规则（待当地核实）", "Rule (check locally)", .longText, cell: { one, _ in .text(one.rule) }),
        ]
    }

    private var vetoColumns: [Column<Boundaries.Veto>] {
        let lines = mandates.lines
        return [
            .text("事项", "Veto") { one, visit in visit(one.title) },
            .text("由谁", "Kept by") { one, visit in visit(lines.title(one.line)) },
            Column("依据（待当地核实）", "Ground (check locally)", .longText, cell: { one, _ in .text(one.basis) }),
            .text("有效期至", "Until") { one, _ in one.until.description },
        ]
    }

    private var matterColumns: [Column<Boundaries.Matter>] {
        [
            .text("类别", "Category") { one, _ in one.category },
            .text("由谁作主", "Whose matter") { one, visit in visit(one.modeTitle) },
            Column("依据（待当地核实）", "Ground (check locally)", .longText, cell: { one, _ in .text(one.basis) }),
            Column("识别词", "Words", .longText, cell: { one, _ in .text(one.words.joined(separator: "、")) }),
        ]
    }

    private func export(_ staff: StaffVisit) async throws -> Response {
        let lines = lines
        return try await SheetExport.workbook(
            named: staff(MandateTexts.boundaries), columns: limitColumns, for: staff
        ) { _ in (lines, nil) }
    }

    private func api(_ routes: Routes) {
        let limit = Schema.object([
            .init("act", .string(values: PowerLimits.Act.allCases.map(\.rawValue))),
            .init("from", .string(values: PowerLimits.Sender.allCases.map(\.rawValue))), .init("to", .text),
            .init("allow", .string(values: PowerLimits.Answer.allCases.map(\.rawValue))),
            .init("via", .nullable(.text)), .init("rule", .text),
        ])
        let veto = Schema.object([
            .init("key", .text), .init("title", .text), .init("line", .text), .init("basis", .text),
            .init("until", .string(format: "date")),
        ])
        let matter = Schema.object([.init("category", .text), .init("mode", .text), .init("basis", .text)])
        routes.api(
            APIOperation(
                .get, "/boundaries", id: "readBoundaries", tag: "mandates",
                summary: LocalizedText(
                    "限权清单、一票否决登记、政社边界", "Who above may do what; the register of vetoes; whose matters are whose"),
                response: .object([
                    .init("limits", .array(limit)), .init("vetoes", .array(veto)), .init("matters", .array(matter)),
                    .init("shifting", .array(.text)),
                ])), right: .readMandates
        ) { staff, _ in
            let visit = staff.visit
            let (lines, boundaries) = (lines, mandates.boundaries)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("limits")
                    writer.array(lines) { writer, one in
                        writer.object { writer in
                            writer.member("act", one.act.rawValue)
                            writer.member("from", one.from.rawValue)
                            writer.member("to", one.to.rawValue)
                            writer.member("allow", one.allow.rawValue)
                            writer.member("via", one.via.map { visit($0) })
                            writer.member("rule", one.rule)
                        }
                    }
                    writer.key("vetoes")
                    writer.array(boundaries.vetoes) { writer, one in
                        writer.object { writer in
                            writer.member("key", one.key)
                            writer.member("title", visit(one.title))
                            writer.member("line", one.line)
                            writer.member("basis", one.basis)
                            writer.member("until", one.until.description)
                        }
                    }
                    writer.key("shifting")
                    writer.array(boundaries.shifting?.words ?? []) { $0.value($1) }
                    writer.key("matters")
                    writer.array(boundaries.matters) { writer, one in
                        writer.object { writer in
                            writer.member("category", one.category)
                            writer.member("mode", one.mode)
                            writer.member("basis", one.basis)
                        }
                    }
                }
            ).response
        }
    }
}
