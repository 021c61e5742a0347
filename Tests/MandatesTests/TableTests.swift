import Desk
import Ground
import HTTPTypes
import Storage
import StorageTesting
import Testing

@testable import Mandates

@Suite("Lists as a table")
struct TableTests {
    private func csv(_ items: [MandateItem]) -> String {
        let headings = ListTable.Heading.allCases
        func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
        let rows = ListTable.rows(items).map { row in headings.map { quoted(ListTable.text(row, $0)) } }
        return ([headings.map { quoted($0.title.chinese) }] + rows).map { $0.joined(separator: ",") }
            .joined(separator: "\n") + "\n"
    }

    private func read(_ text: String) throws -> (items: [MandateItem], faults: [ListTable.Fault]) {
        try ListTable.read(Array(text.utf8))
    }

    @Test("What is written out is read in again as the same lists", arguments: [EngineCase.sqlite])
    func roundTrip(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            let items = world.mandates.shipped
            let (again, faults) = try read(csv(items))
            #expect(faults.isEmpty)
            #expect(again == items)
        }
    }

    @Test("Every bad row is told with its number, and then nothing is taken")
    func faults() throws {
        let head = "编码,清单,事项,依据,牵头,任务,每次分钟,每年次数,层级,月度分布,经费（元/年）,经费层级"
        let text = """
            \(head)
            B01,basic,甲,《某法》,street,走访,30,12,grid,,,
            ,basic,乙,《某法》,street,,,,,,,
            B02,没有的清单,丙,《某法》,street,,,,,,,
            B03,基本履职事项,丁,《某法》,street,走访,三十,12,grid,,,
            B04,basic,戊,《某法》,street,走访,30,12,moon,,,
            B05,basic,己,《某法》,street,走访,30,12,grid,1 x 3,,
            B06,basic,庚,《某法》,street,,,,,,很多,street
            """
        let (items, faults) = try read(text + "\n")
        #expect(items.isEmpty)
        #expect(faults.map(\.row) == [3, 4, 5, 6, 7, 8])
        #expect(faults.allSatisfy { !$0.reason.chinese.isEmpty && !$0.reason.english.isEmpty })
    }

    @Test("A table without a needed column, an empty one and no table at all are refused")
    func unreadable() throws {
        for text in ["编码,清单,事项,牵头\nB01,basic,甲,street\n", "编码,清单,事项,依据,牵头\n", ""] {
            let refusal = #expect(throws: Refusal.self) { _ = try read(text) }
            #expect(refusal?.code == "mandates.table")
        }
    }

    @Test("Rows of one code become one item with its tasks; whole numbers may carry a point")
    func tasks() throws {
        let text = """
            编码,清单,事项,依据,牵头,任务编码,任务,上级任务,层级,岗位,每次分钟,每年次数,每多少户
            B01,basic,走访,《某法》;《另法》,street,all,全部,,grid,,,,
            B01,,,,,one,其一,all,grid,grid_worker、community_clerk,30.0,12,40
            """
        let item = try #require(try read(text + "\n").items.first)
        #expect(item.basis == ["《某法》", "《另法》"])
        #expect(item.tasks.map(\.key) == ["all", "one"])
        #expect(item.tasks[1].within == "all" && item.tasks[1].minutes == 30 && item.tasks[1].households == 40)
        #expect(item.tasks[1].roles == ["grid_worker", "community_clerk"])
    }

    @Test(
        "A program publishes a revision; what could not stand is refused, and the lists in force stay",
        arguments: EngineCase.available)
    func interface(engine: EngineCase) async throws {
        try await DutyWorld.with(engine) { world in
            try await world.adopted()
            func body(_ basis: String) -> String {
                """
                {"note":"新增","items":[{"code":"R0901","list":"reclaimed","zh":"某事","en":"It","basis":[\(basis)],"lead":"fire"}]}
                """
            }
            let refused = try await world.call(.post, "/api/v1/mandates/revisions", body(""), as: "coordination")
            #expect(refused.status == 422 && refused.text.contains("R0901"))
            let done = try await world.call(
                .post, "/api/v1/mandates/revisions", body("\"《某法》\""), as: "coordination")
            #expect(done.status == 201 && done.text.contains("\"revision\":2,\"added\":1"))
            #expect(
                try await world.call(.post, "/api/v1/mandates/revisions", body("\"《某法》\""), as: "fire").status == 403)
            for path in ["/mandates/table", "/mandates/import"] {
                #expect(try await world.call(.get, path, as: "coordination").status == 200, "\(path)")
            }
            #expect(try await world.call(.get, "/mandates/import", as: "northhead").status == 403)
        }
    }
}
