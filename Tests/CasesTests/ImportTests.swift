import Cipher
import Desk
import Foundation
import Ground
import Ledger
import Sheets
import Storage
import StorageTesting
import Testing

@testable import Cases

@Suite("Importing work orders")
struct ImportTests {
    @Test(
        "A closed order becomes a matter that has ended, with its times, result and rating",
        arguments: EngineCase.available)
    func closed(engine: EngineCase) async throws {
        try await ImportWorld.with(engine) { world in
            let result = try await world.take(try world.file([ImportWorld.line("A001")]))
            #expect(result.layout == "hotline")
            #expect((result.rows, result.created, result.open, result.rejected) == (1, 1, 0, 0))
            let record = try #require(try await world.record("hotline", "A001"))
            let ended = try #require(Instant(iso8601: "2026-02-20 10:30:00"))
            #expect(record.state == "archived")
            #expect(record.endedAt == ended && record.finishedAt == ended && record.due == nil)
            #expect(record.result == "已修补" && record.isSolved == true && record.satisfaction == 4)
            #expect(record.area.code == "330106001001")
            #expect(record.address == "幸福里三幢")
            #expect(record.channel == .imported && record.receivedAt == world.clock.now())
            #expect(record.answerablePost == world.dispatcher.post)
            let steps = try await world.house.database.read { try CaseStore.steps(of: record.id, in: $0) }
            #expect(steps.map(\.act) == ["import", "import"])
            #expect(steps.map(\.performer) == [.system, .system])
            #expect(steps.last?.at == ended && steps.last?.opinion == "已修补")
            #expect(steps.first?.opinion?.contains("工单类型：投诉") == true)
            let entries = try await world.house.database.query("SELECT act, facts FROM ledger_entries")
            #expect(try entries.map { try $0.text(0) } == ["cases.import"])
            let facts = String(decoding: try entries[0].blob(1), as: UTF8.self)
            #expect(!facts.contains("张某") && !facts.contains("19900001234"))
        }
    }

    @Test("Names and numbers lie sealed, and the number is found by its index", arguments: EngineCase.available)
    func sealedReporter(engine: EngineCase) async throws {
        try await ImportWorld.with(engine) { world in
            let lines = [ImportWorld.line("A001"), ImportWorld.line("A002", phone: "weixin_9")]
            _ = try await world.take(try world.file(lines))
            let known = try #require(try await world.record("hotline", "A001"))
            #expect(known.reporter.phoneMasked == "199****1234" && known.reporter.nameMasked == "张*")
            #expect(known.reporter.phoneIndex != nil)
            let account = try #require(try await world.record("hotline", "A002"))
            let name = try #require(account.reporter.nameSealed)
            #expect(account.reporter.phoneIndex == nil)
            #expect(try world.house.keys.vault.open(name, for: Cases.namePurpose) == "张某（weixin_9）")
            for row in try await world.house.database.query("SELECT * FROM cases") {
                for value in row.values {
                    if case .text(let text) = value { #expect(!text.contains("张某") && !text.contains("weixin_9")) }
                }
            }
        }
    }

    @Test("An open order waits for the street with a limit that runs from now", arguments: EngineCase.available)
    func open(engine: EngineCase) async throws {
        try await ImportWorld.with(engine) { world in
            let leaf = try #require(world.cases.rules.categories.leaves.first)
            let lines = [
                ImportWorld.line("B001", state: "待受理", endedAt: ""),
                ImportWorld.line("B002", state: "办理中", endedAt: "").replacing("城乡建设->道路->路面破损", with: leaf.code),
                ImportWorld.line("B003", state: "办理中", street: "", community: "", endedAt: "")
                    .replacing("城乡建设->道路->路面破损", with: leaf.code),
            ]
            let result = try await world.take(try world.file(lines))
            #expect(result.open == 3)
            let reported = try #require(try await world.record("hotline", "B001"))
            #expect(reported.state == "reported" && reported.finalDue == nil && reported.endedAt == nil)
            #expect((reported.due?.at).map { $0 > world.clock.now() } == true)
            let accepted = try #require(try await world.record("hotline", "B002"))
            #expect(accepted.state == "accepted" && accepted.category == leaf.code && accepted.finalDue != nil)
            // Without a street nobody can have accepted it.
            let unplaced = try #require(try await world.record("hotline", "B003"))
            #expect(unplaced.state == "reported" && unplaced.answerablePost == world.officer.post)
            let notices = try await world.house.database.query(
                "SELECT recipient, text_en FROM notices ORDER BY text_en")
            #expect(notices.count == 2)
            let id = reported.id
            let done = try await world.house.database.write { transaction in
                try world.cases.act(
                    id, Command("accept", category: leaf.code), by: .staff(world.dispatcher),
                    actor: Actor(world.dispatcher), at: world.clock.now(), in: transaction)
            }
            #expect(done.state == "accepted" && done.version == 2)
        }
    }

    @Test(
        "A post takes over the rows of its own area; the others are told and left", arguments: EngineCase.available)
    func scoped(engine: EngineCase) async throws {
        try await ImportWorld.with(engine) { world in
            var dispatcher = world.dispatcher
            dispatcher.rights.insert(.caseImport)
            let lines = [
                ImportWorld.line("A001"), ImportWorld.line("A002", street: "西溪街道", community: "友谊社区"),
                ImportWorld.line("A003", street: "", community: ""),
            ]
            let errors = world.folder + "/errors.csv"
            let result = try await world.take(try world.file(lines), errors: errors, by: .staff(dispatcher))
            #expect((result.created, result.rejected, result.conflicts) == (1, 2, 2))
            #expect(
                try world.problems(in: errors).map { $0[3] } == [
                    "cases.import.outside-area", "cases.import.outside-area",
                ])
            // Nor does a street change what another street's import brought in.
            _ = try await world.take(
                try world.file([ImportWorld.line("B1", state: "待受理", street: "西溪街道", community: "友谊社区", endedAt: "")]))
            let forged = try await world.take(
                try world.file([ImportWorld.line("B1", street: "北山街道")]), by: .staff(dispatcher))
            #expect((forged.updated, forged.conflicts) == (0, 1))
            #expect(try await world.record("hotline", "B1")?.state == "reported")
            dispatcher.rights.remove(.caseImport)
            let without = try await world.take(try world.file([ImportWorld.line("C1")]), by: .staff(dispatcher))
            #expect(without.created == 0)
        }
    }

    @Test("What another system closed and rated counts in no rate here", arguments: EngineCase.available)
    func noRates(engine: EngineCase) async throws {
        try await ImportWorld.with(engine) { world in
            let leaf = try #require(world.cases.rules.categories.leaves.first)
            func line(_ state: String, _ ended: String) -> String {
                ImportWorld.line("A2", state: state, endedAt: ended).replacing("城乡建设->道路->路面破损", with: leaf.code)
            }
            _ = try await world.take(try world.file([ImportWorld.line("A1"), line("办理中", "")]))
            #expect(try await world.count("case_outcomes") > 0)
            _ = try await world.take(try world.file([line("已办结", "2026-03-02 10:30:00")]))
            let sums = try await world.house.database.query(
                "SELECT CAST(SUM(due) AS BIGINT), CAST(SUM(followed_up) AS BIGINT) FROM case_outcomes")
            #expect(try sums[0].int(0) == 0 && sums[0].int(1) == 0)
            // Taken up again here, it counts, and the old rating does not.
            let record = try #require(try await world.record("hotline", "A1"))
            let reopened = try await world.house.database.write { transaction in
                try world.cases.act(
                    record.id, Command("reopen", opinion: "又坏了"), by: .reporter,
                    actor: .system, at: record.endedAt.map { $0 + .days(1) } ?? world.clock.now(), in: transaction)
            }
            #expect(reopened.isSolved == nil && reopened.satisfaction == nil)
        }
    }

    @Test("A second run changes nothing and says so", arguments: EngineCase.available)
    func idempotent(engine: EngineCase) async throws {
        try await ImportWorld.with(engine) { world in
            let lines = (0..<1_203).map {
                ImportWorld.line("C\($0)", state: $0.isMultiple(of: 5) ? "待受理" : "已办结")
            }
            let file = try world.file(lines)
            let first = try await world.take(file)
            #expect((first.rows, first.created, first.rejected) == (1_203, 1_203, 0))
            let before = try await world.everything()
            let second = try await world.take(file)
            #expect((second.created, second.updated, second.unchanged, second.rejected) == (0, 0, 1_203, 0))
            #expect(try await world.everything() == before)
            let recount = try await world.house.database.query(
                "SELECT area, '' , state, COUNT(*) FROM cases GROUP BY area, state ORDER BY area, state")
            let counts = try await world.house.database.query(
                "SELECT area, body, state, total FROM case_counts WHERE total <> 0 ORDER BY area, body, state")
            #expect(counts.map(\.values).count == recount.count)
            for (left, right) in zip(counts, recount) {
                #expect(try left.text(2) == right.text(2) && left.int(3) == right.int(3))
            }
        }
    }

    @Test(
        "A changed row brings the matter up to date, unless somebody here has dealt with it",
        arguments: EngineCase.available)
    func changedRow(engine: EngineCase) async throws {
        try await ImportWorld.with(engine) { world in
            let names = ["D1", "D2", "D3"]
            _ = try await world.take(try world.file(names.map { ImportWorld.line($0, state: "待受理", endedAt: "") }))
            let touched = try #require(try await world.record("hotline", "D2"))
            try await world.house.database.write { transaction in
                _ = try world.cases.act(
                    touched.id, Command("remark", opinion: "已联系"), by: .staff(world.dispatcher),
                    actor: Actor(world.dispatcher), at: world.clock.now(), in: transaction)
            }
            let errors = world.folder + "/errors.csv"
            let result = try await world.take(
                try world.file([
                    ImportWorld.line("D1", result: "已恢复"), ImportWorld.line("D2"),
                    ImportWorld.line("D3", title: "另一件事", state: "待受理", endedAt: ""),
                ]), errors: errors)
            #expect((result.updated, result.conflicts, result.rejected, result.created) == (1, 2, 2, 0))
            let updated = try #require(try await world.record("hotline", "D1"))
            #expect(
                updated.state == "archived" && updated.result == "已恢复" && updated.due == nil && updated.version == 2)
            #expect(try await world.record("hotline", "D2")?.state == "reported")
            #expect(
                try world.problems(in: errors).map { $0[3] } == [
                    "cases.import.dealt-with-here", "cases.import.text-differs",
                ])
        }
    }

    @Test("Bad rows are told with row, column and reason, and cost no good row", arguments: EngineCase.available)
    func badRows(engine: EngineCase) async throws {
        try await ImportWorld.with(engine) { world in
            let errors = world.folder + "/errors.csv"
            let result = try await world.take(
                try world.file([
                    ImportWorld.line("E1"), ImportWorld.line(""), ImportWorld.line("E3", endedAt: "昨天"),
                    ImportWorld.line("E4", state: "飞了"), ImportWorld.line("E5", county: "滨江区"), ImportWorld.line("E1"),
                    ImportWorld.line("E7", satisfied: "还行吧"), ImportWorld.line("E8", endedAt: "2031-01-01"),
                    ImportWorld.line("E9").replacing("路面有坑，已有三天。", with: "").replacing("路面有坑", with: ""),
                    ImportWorld.line("E10"),
                ]), errors: errors)
            #expect((result.rows, result.created, result.rejected) == (10, 2, 8))
            #expect(
                try world.problems(in: errors).map { Array($0[0...3]) } == [
                    ["3", "工单编号", "", "cases.import.no-number"],
                    ["4", "办结时间", "昨天", "cases.import.date"],
                    ["5", "工单状态", "飞了", "cases.import.unknown-word"],
                    ["6", "被反映区", "滨江区", "cases.import.elsewhere"],
                    ["7", "工单编号", "E1", "cases.import.duplicate-number"],
                    ["8", "是否满意", "还行吧", "cases.import.unknown-word"],
                    ["9", "办结时间", "2031-01-01", "cases.import.in-the-future"],
                    ["10", "主要内容", "", "cases.import.nothing-said"],
                ])
            #expect(try await world.count("cases") == 2)
        }
    }

    @Test("A number that a program reported is not touched by an import", arguments: EngineCase.available)
    func reportedOtherwise(engine: EngineCase) async throws {
        try await ImportWorld.with(engine) { world in
            let report = Report(
                detail: "路面有坑", area: CasesFixture.community, channel: .program, source: "hotline", sourceNumber: "F1")
            try await world.house.database.write {
                _ = try world.cases.report(report, by: .system, scope: nil, at: world.clock.now(), in: $0)
            }
            let result = try await world.take(try world.file([ImportWorld.line("F1"), ImportWorld.line("F2")]))
            #expect((result.created, result.conflicts) == (1, 1))
            #expect(result.firstProblems.first?.code == "cases.import.reported-otherwise")
        }
    }

    @Test("A community is only looked for in its street; a street only in the county")
    func places() {
        var names = AreaNames(TwoStreets(), county: CasesFixture.county)
        func code(_ county: String, _ street: String, _ community: String) -> String {
            names.find(county: county, street: street, community: community).area.code
        }
        #expect(code("西湖区", "北山街道", "友谊社区") == "330106001002")
        #expect(code("西湖", "西溪街道办事处", "友谊社区居委会") == "330106002001")
        #expect(code("", "北山", "友谊") == "330106001002")
        #expect(code("", "", "宝石社区") == "330106")
        #expect(code("", "别处街道", "宝石社区") == "330106")
        #expect(code("", "西溪街道", "宝石社区") == "330106002")
        #expect(names.find(county: "滨江区", street: "", community: "").isElsewhere)
        #expect(names.find(county: "", street: "别处街道", community: "").unknown == ["别处街道"])
    }
}
