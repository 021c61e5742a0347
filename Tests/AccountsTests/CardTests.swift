import Appraisals
import Cases
import Desk
import Foundation
import Ground
import Identity
import Storage
import StorageTesting
import Testing
import Web

@testable import Accounts
@testable import Burdens
@testable import Funds
@testable import Mandates

@Suite("Report cards")
struct CardTests {
    /// A year with something of everything that the cards tell.
    private func played(_ county: AccountCounty) async throws {
        try await county.adopted()
        let form = try await county.admitted("消防隐患排查情况登记", .form, minutes: 15, times: 24, days: 365)
        _ = try await county.admitted("楼道充电劝导", .task, minutes: 15, times: 12, days: 365)
        _ = try await county.admitted("消防工作例会", .meeting, minutes: 40, times: 2, days: 60)
        try await county.bought()
        try await county.ordered("P01", thenGivenBack: true)
        try await county.ordered("P02")
        try await county.paidIn()
        try await county.targets()
        try await county.called()
        county.clock.advance(.days(40))
        for _ in 0..<3 { try await county.matter() }
        for _ in 0..<2 { try await county.matter(to: "fire") }
        try await county.take(MeasureAsked(measure: .redesign, minutes: 5, times: 24, words: "从已有数据带出"), on: form)
        try await county.risen()
        county.clock.advance(.days(50))
    }

    @Test("Every figure of a card is that of the page it leads to", arguments: EngineCase.available)
    func figures(engine: EngineCase) async throws {
        try await AccountCounty.with(engine) { county in
            try await played(county)
            let now = county.clock.now()
            let fire = try #require(county.bodies["fire"])
            for viewer in ["coordinator", "northhead"] {
                let scope = try county.scope(viewer)
                for text in ["2026", "2026-03", "2026-Q2"] {
                    let card = try await county.accounts.streetCard(
                        AccountCounty.north, try #require(AppraisalPeriod(text)), for: scope, at: now)
                    for figure in card.figures { try await compare(figure, county, as: viewer) }
                    guard text == "2026" else { continue }
                    for key in [
                        "hours.all", "hours.form", "hours.task", "hours.meeting", "powers.ordered", "powers.returned",
                        "money.lines", "money.allotted", "money.spent", "posts.staffed", "caps.kept", "measures",
                        "rises",
                        "outcomes.due",
                    ] {
                        let value = try #require(card.figures.first { $0.key == key }, "\(key)").value
                        #expect(value.number ?? 0 > 0, "\(key) for \(viewer)")
                    }
                }
            }
            for viewer in ["coordinator", "fire"] {
                let scope = try county.scope(viewer)
                for text in ["2026", "2026-03"] {
                    let card = try await county.accounts.departmentCard(
                        fire, try #require(AppraisalPeriod(text)), for: scope, at: now)
                    for figure in card.figures { try await compare(figure, county, as: viewer) }
                    guard text == "2026" else { continue }
                    for key in [
                        "sentDown", "hours", "hours.form", "gate.as_asked", "gate.changed", "gate.priced",
                        "hearings.agreed", "contracts", "contracts.declined", "contracts.yuan", "contracts.owed",
                        "caps.kept", "due", "called", "silent", "targets", "targets.marked_up", "targets.most",
                    ] {
                        let value = try #require(card.figures.first { $0.key == key }, "\(key)").value
                        #expect(value.number ?? 0 > 0, "\(key) for \(viewer)")
                    }
                    // What went down is what its appraisal counts, however it went.
                    let down = ["gate.as_asked", "gate.changed", "gate.priced"].compactMap { key in
                        card.figures.first { $0.key == key }?.value.number
                    }.reduce(0, +)
                    #expect(card.figures.first { $0.key == "sentDown" }?.value.number == down)
                }
            }
        }
    }

    @Test("A street sees its own card, a department its own, coordination all; nobody else any")
    func rights() async throws {
        try await AccountCounty.with(.sqlite) { county in
            let fire = try #require(county.bodies["fire"])
            let north = "/accounts/streets/330106001/card"
            for (address, viewer, status) in [
                (north, "coordinator", 200), (north, "northhead", 200), (north, "northduty", 200),
                (north, "southhead", 404), (north, "fire", 404), (north, "worker", 403),
                ("/accounts/departments/\(fire)", "coordinator", 200), ("/accounts/departments/\(fire)", "fire", 200),
                ("/accounts/departments/\(fire)", "health", 404), ("/accounts/departments/\(fire)", "northhead", 403),
                ("/accounts/streets/330106/card", "coordinator", 404),
                ("/accounts/streets/330106009/card", "coordinator", 404), (north + "?period=x", "northhead", 422),
            ] {
                #expect(try await county.get(address, as: viewer).status == status, "\(address) as \(viewer)")
            }
            for (path, viewer) in [
                ("street-accounts/330106001/card", "southhead"), ("department-cards/\(fire)", "health"),
            ] {
                #expect(try await county.get("/api/v1/\(path)", as: viewer).status == 404, "\(path)")
            }
        }
    }

    @Test("Nothing happened: each part says so; then page, table and interface say the same, in both languages")
    func doors() async throws {
        try await AccountCounty.with(.sqlite) { county in
            let fire = try #require(county.bodies["fire"])
            let (north, department) = ("/accounts/streets/330106001/card", "/accounts/departments/\(fire)")
            let empty = try await county.get(north, as: "northhead").text
            #expect(empty.contains("这段时间没有经准入下达的事项。") && empty.contains("街道还没有点过单。"))
            #expect(try await county.get(department, as: "fire").text.contains("这段时间没有下达事项。"))
            try await played(county)
            for (page, table, program) in [
                (north, north + "/export", "/api/v1/street-accounts/330106001/card"),
                (department, department + "/export", "/api/v1/department-cards/\(fire)"),
            ] {
                let html = try await county.get(page + "?period=2026", as: "coordinator")
                let english = try await county.get(page + "?period=2026&lang=en", as: "coordinator")
                #expect(html.status == 200 && english.status == 200)
                // No marks, no places, no names of persons; who printed it, and the days.
                #expect(!html.text.contains("综合") && !html.text.contains("northduty"))
                #expect(html.text.contains("printonly") && html.text.contains("2026-01-01 – 2026-12-31"))
                let sheet = try await county.get(table + "?period=2026", as: "coordinator")
                #expect(sheet.status == 200 && sheet.type.contains("spreadsheet"))
                let json = try await county.get(program + "?period=2026", as: "coordinator")
                #expect(json.status == 200 && json.text.contains("\"period\":\"2026\""))
                let texts = json.text.matches(of: /"text":"([^"]+)","records":"([^"]+)"/)
                #expect(texts.count > 20)
                for one in texts { #expect(html.text.contains(">\(one.output.1)</a>"), "\(one.output.1)") }
                #expect(try await county.get(program + "?period=2026-13", as: "coordinator").status == 422)
            }
        }
    }

    // MARK: What the page behind a figure says

    private func compare(_ figure: ReportCard.Figure, _ county: AccountCounty, as viewer: String) async throws {
        let page = try await county.get(figure.address, as: viewer)
        let place = Comment("\(figure.key) \(figure.value) at \(figure.address) as \(viewer)")
        try #require(page.status == 200, place)
        let listed = Listed(page.text)
        let path = String(figure.address.prefix { $0 != "?" })
        switch (path, figure.value) {
        case ("/accounts/year/sources", .minutes(let minutes)):
            #expect(page.text.contains("，\(Figures.hours(minutes)) 小时。"), place)
        case ("/powers/grants", .count(let count)): #expect(page.text.contains("共 \(count) 项。"), place)
        case ("/funds", .count(let count)): #expect(Int64(listed.rows) == count, place)
        case ("/funds", .yuan(let yuan)):
            let label = ["money.allotted": "拨入（元）", "money.spent": "已支用（元）", "money.committed": "已占用（元）"]
            #expect(listed.sum(try #require(label[figure.key], place)) == yuan, place)
        case ("/workload", .count(let count)): #expect(page.text.contains("<dd><strong>\(count)</strong></dd>"), place)
        case ("/workload", .minutes(let minutes)):
            #expect(page.text.contains("<dd><strong>\(Figures.hours(minutes))</strong></dd>"), place)
        case ("/workload", .perMille(let value)):
            let rate = try #require(value, place)
            #expect(page.text.contains(rate % 10 == 0 ? "\(rate / 10)%" : "\(rate / 10).\(rate % 10)%"), place)
        case ("/accounts/streets/330106001", .words(let words)):
            #expect(page.text.contains(">\(words.chinese)</span>"), place)
        case ("/accounts/streets/330106001", .count(let count)):
            #expect(page.text.contains("其中 \(count) 项条件不足"), place)
        case ("/accounts/streets/330106001", .yuan(let yuan)): #expect(page.text.contains("未付 \(yuan) 元"), place)
        case ("/faults", .count(let count)): #expect(Int64(listed.rows) == count, place)
        case ("/demands/caps", .count(let count)) where figure.key == "caps.over" || figure.key == "caps.kept":
            let over = Int64(listed.cells("部门全年").count { $0.contains("超出") })
            let capped = Int64(listed.cells("上限").count { !$0.hasPrefix("—") })
            #expect(count == (figure.key == "caps.over" ? over : capped - over), place)
        case ("/demands/caps", .count(let count)) where figure.key == "rises":
            #expect(Int64(listed.cells("反弹已通知").count { !$0.isEmpty }) == count, place)
        case ("/demands/caps", .count(let count)):
            #expect(listed.cells("部门全年").contains { $0.hasPrefix("\(count)") }, place)
        case ("/accounts/pairs", .count(let count)): #expect(Int64(listed.rows) == count, place)
        case ("/rates", .count(let count)):
            #expect(listed.cells(figure.key == "outcomes.due" ? "应结案" : "已结案").last == "\(count)", place)
        case ("/rates", .share(let share)):
            let label = [
                "outcomes.on_time": "按期结案率 %", "outcomes.solved": "解决率 %", "outcomes.satisfied": "满意率 %",
            ]
            let cell = listed.cells(try #require(label[figure.key], place)).last ?? ""
            #expect(cell.hasPrefix(share.percent.map { "\($0)%" } ?? "—"), place)
        case ("/demands/asked", .minutes(let minutes)):
            #expect(page.text.contains("合计 \(Figures.hours(minutes)) 小时。"), place)
        case ("/demands/asked", .count(let count)) where figure.key.hasPrefix("hearings"):
            let label = ["agreed": "街道同意", "objected": "街道不同意", "silent": "未表态"]
            #expect(listed.sum(try #require(label[String(figure.key.dropFirst(9))], place)) == count, place)
        case ("/demands/asked", .count(let count)): #expect(page.text.contains("共 \(count) 件，"), place)
        case ("/contracts", .count(let count)): #expect(Int64(listed.rows) == count, place)
        case ("/contracts", .yuan(let yuan)):
            let label = [
                "contracts.yuan": "金额（元）", "contracts.accepted": "已验收金额（元）", "contracts.paid": "已付（元）",
                "contracts.owed": "已验收未付（元）",
            ]
            #expect(listed.sum(try #require(label[figure.key], place)) == yuan, place)
        case ("/targets/laid", .count(let count)):
            #expect(page.text.contains(figure.key == "targets" ? "共 \(count) 条" : "其中 \(count) 条加码"), place)
        case ("/targets/laid", .perMille(let value)):
            #expect(page.text.contains("+\(permilleText(try #require(value, place)))<"), place)
        default:
            if path.hasPrefix("/faults/"), case .words(let words) = figure.value {
                #expect(page.text.contains(String(decoding: HTML(text: words.chinese).bytes, as: UTF8.self)), place)
                return
            }
            guard path.hasPrefix("/appraisals/") else {
                Issue.record("nothing is compared: \(place)")
                return
            }
            switch figure.value {
            case .count(let count): #expect(Int64(listed.rows) == count, place)
            case .share(let share): #expect(page.text.contains(">\(share.percent ?? "—")%</td>"), place)
            case .halves, .minutes, .yuan, .perMille, .words: Issue.record("nothing is compared: \(place)")
            }
        }
    }

    /// The first list of a page, by the headings of its columns.
    private struct Listed {
        var body: Substring

        init(_ html: String) {
            let start = html.range(of: "<tbody>")?.upperBound ?? html.endIndex
            let end = html[start...].range(of: "</tbody>")?.lowerBound ?? html.endIndex
            body = html[start..<end]
        }

        var rows: Int { body.matches(of: /<tr>/).count }

        func cells(_ label: String) -> [String] {
            body.components(separatedBy: "<td").dropFirst().compactMap { cell in
                guard cell.contains("data-label=\"\(label)\">") else { return nil }
                let inside = cell.components(separatedBy: "data-label=\"\(label)\">").last ?? ""
                let text = inside.components(separatedBy: "</td>").first ?? ""
                return text.replacing(/<[^>]*>/, with: "")
            }
        }

        func sum(_ label: String) -> Int64 { cells(label).compactMap { Int64($0) }.reduce(0, +) }
    }
}
