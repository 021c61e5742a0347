import Desk
public import Ground
import Hummingbird
import Web

/// `/burden`: what this platform does not do, by which rule, and how that was checked.
struct BurdenPage: Sendable {
    let day: GridDay

    func add(to routes: Routes) {
        routes.page("/burden") { try await show($0) }
        routes.api(Self.operation, right: nil) { staff, _ in
            let result = try await day.audited.result(day.burden, day.program)
            return .json(JSONWriter.object { result.write(staff.visit.language, to: &$0) })
        }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let result = try await day.audited.result(day.burden, day.program)
        let sources =
            result.hasSources
            ? visit("含程序源文件中的文字。", "The words in the program's sources are among them.")
            : visit(
                "程序源文件中的文字在每次构建的测试中核对。", "The words in the program's sources are checked by the tests of every build.")
        let notice =
            result.isClean
            ? Page.Notice(.ok, visit("自查通过：没有发现下列功能。", "Checked: none of what follows was found."))
            : Page.Notice(.danger, visit("自查发现 \(result.findings.count) 处问题", "\(result.findings.count) findings"))
        return visit.page(
            Page(
                visit(DayTexts.burden), notice: notice,
                """
                <p class="lead">\(visit("网格员的时间是用来解决问题的。以下是本平台没有、也不许加的功能。", "A grid worker's time is for solving problems. This is what the platform has not, and must not get."))</p>\
                <div class="panel scroll" tabindex="0" role="region" aria-label="\(visit("规则", "Rules"))"><table class="list"><thead><tr><th scope="col">\(visit("没有", "None of"))</th><th scope="col">\(visit("依据", "By"))</th><th scope="col">\(visit("发现", "Found"))</th></tr></thead><tbody>\
                \(day.burden.rules.html { rule in
                    let count = result.findings.filter { $0.rule == rule.key }.count
                    return "<tr><td data-label=\"\(visit("没有", "None of"))\">\(visit(rule.title))</td><td data-label=\"\(visit("依据", "By"))\">\(rule.source)</td><td data-label=\"\(visit("发现", "Found"))\">\(count == 0 ? visit("无", "none") : "\(count)")</td></tr>"
                })</tbody></table></div>\
                \(list(result.findings, visit("问题", "Findings"), visit))\
                <p>\(visit("核对了 \(result.routes) 个地址、\(result.columns) 个字段、\(result.texts) 处文字。", "Checked: \(result.routes) routes, \(result.columns) columns, \(result.texts) texts.")) \(sources)</p>\
                \(list(result.excused, visit("看着像而不是的，逐条说明", "What looks like one and is none"), visit))\
                <p><a class="btn p" href="/complaint">\(visit("给本平台提意见", "Complain about this platform"))</a></p>
                """))
    }

    private func list(_ findings: [BurdenAudit.Finding], _ title: String, _ visit: Visit) -> HTML {
        guard !findings.isEmpty else { return HTML() }
        return """
            <section class="panel"><h2>\(title)</h2><ul class="rows">\(findings.html { finding in
                "<li><code>\(finding.place)</code> · \(finding.word) · \(visit(finding.excuse ?? finding.title))</li>"
            })</ul></section>
            """
    }

    private static let operation = APIOperation(
        .get, "/burden", id: "readBurdenAudit", tag: "day", summary: LocalizedText("不做新负担：自查结果", "The self-audit"),
        response: .object([
            .init("clean", .boolean), .init("rules", .integer(minimum: 0)), .init("routes", .integer(minimum: 0)),
            .init("columns", .integer(minimum: 0)), .init("texts", .integer(minimum: 0)),
            .init("withSources", .boolean), .init("findings", .array(.object([]))),
            .init("excused", .array(.object([]))),
        ]))
}

extension BurdenAudit.Result {
    /// As a program reads it.
    public func write(_ language: Language, to writer: inout JSONWriter) {
        func list(_ findings: [BurdenAudit.Finding], to writer: inout JSONWriter) {
            writer.array(findings) { writer, finding in
                writer.object { writer in
                    writer.member("rule", finding.rule)
                    writer.member("title", finding.title(language))
                    writer.member("source", finding.source)
                    writer.member("place", finding.place)
                    writer.member("word", finding.word)
                    writer.member("excuse", finding.excuse.map { $0(language) })
                }
            }
        }
        writer.member("clean", isClean)
        writer.member("rules", rules)
        writer.member("routes", routes)
        writer.member("columns", columns)
        writer.member("texts", texts)
        writer.member("withSources", hasSources)
        writer.key("findings")
        list(findings, to: &writer)
        writer.key("excused")
        list(excused, to: &writer)
    }
}
