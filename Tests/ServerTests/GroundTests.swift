import Cases
import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import NIOCore
import Places
import Storage
import StorageTesting
import Testing
import Web

@testable import gewu

/// 清单外严禁行政命令: there is no way around the gate. docs/decisions/0015.
@Suite("No work goes down without a ground") struct GroundTests {
    @Test("Every route that writes says whether work goes down by it")
    func everyRoute() async throws {
        try await TestHouse.with { house, _ in
            let router = Router(context: DeskContext.self)
            let routes = Routes(router: router, house: house, menu: [], catalogue: APICatalogue())
            for room in try Assembly.Rooms(in: house).all { room.addRoutes(to: routes) }
            let writing = router.routes.filter { ![.get, .head, .options].contains($0.method) }
                .map { "\($0.method.rawValue) \(Self.template("\($0.path)"))" }
            #expect(writing.count > 120)
            let unnamed = writing.filter { !GroundRoutes.isNamed($0) }
            #expect(unnamed.isEmpty, "say in GroundRoutes.swift whether these send work down: \(unnamed.sorted())")
            // And nobody keeps a list of routes that are gone.
            let gone = GroundRoutes.ask.union(GroundRoutes.harmless).subtracting(writing)
            #expect(gone.isEmpty, "\(gone.sorted())")
        }
    }

    /// `/cases/:id` and `/cases/{id}` are one.
    private static func template(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.hasPrefix(":") ? "{\(part.dropFirst())}" : part.hasPrefix("$") ? "{\(part.dropFirst())}" : String(part)
        }.joined(separator: "/")
    }

    /// A new way to write work into the tables has to go through a function that asks.
    @Test("Only the functions that ask for a ground write work")
    func writers() throws {
        let known: [String: Set<String>] = [
            "CaseStore.insert(&": [
                "Cases/Cases.swift", "Cases/Parts/Beginning.swift", "Cases/Parts/Parts.swift",
                "Cases/Import/ImportWriting.swift",
            ],
            "PatrolStore.insert(plan": ["GridDay/Patrol/PatrolWork.swift", "GridDay/GridDay+Warnings.swift"],
            "PatrolStore.insertion": ["GridDay/Patrol/PatrolWork.swift"],
            "FormDefinitionStore.insert": ["Forms/Proposals/Forms+Proposals.swift"],
            "ShiftStore.plan(": ["Emergencies/Rosters/Emergencies+Rosters.swift"],
        ]
        let rooms = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/Rooms")
        let files = try #require(FileManager.default.enumerator(at: rooms, includingPropertiesForKeys: nil))
        var found: [String: Set<String>] = [:]
        for case let file as URL in files where file.pathExtension == "swift" && !file.path.contains("/DemoCounty/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            let name = String(file.path.dropFirst(rooms.path.count + 1))
            for writer in known.keys where text.contains(writer) { found[writer, default: []].insert(name) }
        }
        #expect(found == known)
    }

    @Test("Every way by which the county could give a street work is refused without a ground, and open with one")
    func attempts() async throws {
        try await GroundCounty.with { county in
            for attempt in GroundCounty.attempts {
                let reply = try await attempt.run(county, nil)
                #expect(reply.isWithoutGround, "\(attempt.route): \(reply.status) \(reply.text.prefix(400))")
                #expect(GroundRoutes.ask.contains(attempt.route), "\(attempt.route)")
            }
            #expect(try await county.count("SELECT COUNT(*) FROM cases WHERE body = \(county.street)") == 0)
            #expect(try await county.count("SELECT COUNT(*) FROM patrol_plans") == 0)
            #expect(try await county.count("SELECT COUNT(*) FROM duty_shifts") == 0)
            try await county.adopt()
            for attempt in GroundCounty.attempts {
                let reply = try await attempt.run(county, "B0402")
                #expect(
                    (200..<400).contains(reply.status) && !reply.isWithoutGround,
                    "\(attempt.route): \(reply.status) \(reply.text.prefix(400))")
            }
            #expect(try await county.count("SELECT COUNT(*) FROM cases WHERE body = \(county.street)") > 0)
            #expect(try await county.count("SELECT COUNT(*) FROM patrol_plans") > 0)
            #expect(try await county.count("SELECT COUNT(*) FROM duty_shifts") > 0)
        }
    }

    @Test("What a resident reports needs no ground, on whatever list it stands")
    func residents() async throws {
        try await GroundCounty.with { county in
            let reply = try await county.give(try await county.report(phone: "13800001234"), nil)
            #expect(reply.status == 200, "\(reply.text)")
        }
    }

    @Test("A category carries its own item; one that was taken back or belongs to the residents carries nothing")
    func categories() async throws {
        try await GroundCounty.with { county in
            try await county.adopt()
            let carried = try await county.give(try await county.report(), nil)
            #expect(carried.status == 200 && !carried.isWithoutGround, "\(carried.text)")
            let bodies = try await county.rows("SELECT facts FROM ledger_entries WHERE act = 'cases.dispatch'")
            #expect(
                try bodies.contains { String(decoding: try $0.blob(0), as: UTF8.self).contains("\"ground\":\"B0502\"") }
            )
            let taken = try await county.give(try await county.report(), "R0401")
            #expect(taken.status == 422 && taken.text.contains("mandates.no-ground"))
            // An owners' committee is not ordered about, whatever list one names.
            let own = try await county.give(try await county.report(category: "010102"), "B0405")
            #expect(own.status == 422 && own.text.contains("cases.self-governed") && own.text.contains("民法典"))
        }
    }

    @Test("An item in force carries no entry of a register: the gate must have counted it")
    func registers() async throws {
        try await GroundCounty.with { county in
            try await county.adopt()
            let bureau = try await county.rows("SELECT id FROM bodies WHERE line = 'civil_affairs'").first?.text(0)
            for ground in ["B0402", "准入2026-0001"] {
                let plaque = try await county.call(
                    "/plaques", ["area": GroundCounty.area, "title": "健康驿站", "askedBy": bureau, "ground": ground],
                    as: "streethead")
                let assessment = try await county.call(
                    "/assessments",
                    [
                        "title": "年度考核", "ground": ground, "year": county.house.clock.now().local().day.parts.year,
                        "areas": [GroundCounty.area], "indicators": [["name": "满意率", "weight": 100]],
                    ], as: "bureau")
                let code = ground == "B0402" ? "mandates.not-counted" : "mandates.no-ground"
                for reply in [plaque, assessment] {
                    #expect(reply.status == 422 && reply.text.contains(code), "\(ground) \(reply.text)")
                }
            }
        }
    }
}
