import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Ledger
import Places
import Storage
import StorageTesting
import Testing
import Uploads
import Web

@testable import Registry
@testable import Visits

/// A register comes in by the network, and everything goes out again.
struct ExchangeTests {
    private static let grid = VisitsWorld.grids[0]
    private static let register = """
        姓名,公民身份号码,联系电话,住址,网格,就业状况
        王小明,11010519491231002X,13800138000,文三路 1 号 101 室,\(grid),离退休
        李秀英,,,文三路 1 号 101 室,\(grid),
        赵五,,12,文三路 2 号,\(grid),失业
        周八,,,文三路 5 号,330106009009009,

        """

    private func upload(_ text: String, as name: String = "data", _ world: VisitsWorld) async throws -> (
        status: Int, id: String, text: String
    ) {
        let body = "{\"file\":\"\(Array(text.utf8).base64URL)\",\"name\":\"名册.csv\"}"
        let answer = try await world.call(.post, "/api/v1/registry/uploads", body, as: name)
        let id = answer.text.firstMatch(of: /"id":"([0-9a-z]{26})"/).map { String($0.output.1) } ?? ""
        return (answer.status, id, answer.text)
    }

    private func read(_ id: String, _ world: VisitsWorld) async throws -> String {
        try await world.call(.get, "/api/v1/registry/uploads/\(id)", as: "data").text
    }

    private func count(_ query: SQL, _ world: VisitsWorld) async throws -> Int64 {
        try await world.house.database.query(query)[0].int(0)
    }

    @Test(
        "A register that is sent in is taken over once, its errors are a file, and who sent it is on the ledger",
        arguments: EngineCase.available)
    func uploads(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let first = try await upload(Self.register, world)
            #expect(first.status == 201 && first.text.contains("\"state\":\"waiting\""), "\(first.text)")
            let page = try await world.call(.get, "/registry/exchange/uploads/\(first.id)", as: "data")
            #expect(page.text.contains("<progress") && page.text.contains("名册.csv"))
            #expect(try await world.registry.uploads.takeOver() == 1)
            let told = try await read(first.id, world)
            #expect(told.contains("\"state\":\"done\"") && told.contains("\"created\":3"), "\(told)")
            #expect(told.contains("\"rejected\":1") && told.contains("\"hasErrors\":true"))
            let errors = try await world.call(
                .get, "/api/v1/registry/uploads/\(first.id)/errors", as: "data")
            #expect(errors.status == 200 && errors.text.contains("registry.value") && errors.text.contains("周八"))
            // The register itself is gone, and nothing of it lies open.
            #expect(try await count("SELECT COUNT(*) FROM uploads WHERE content IS NOT NULL", world) == 0)
            let kept = try await world.house.database.query("SELECT errors FROM uploads")
            #expect(!String(decoding: try kept[0].blob(0), as: UTF8.self).contains("周八"))
            let again = try await upload(Self.register, world)
            #expect(try await world.registry.uploads.takeOver() == 1)
            let second = try await read(again.id, world)
            #expect(second.contains("\"created\":0") && second.contains("\"unchanged\":3"), "\(second)")
            for act in ["registry.uploaded", "registry.imported"] {
                #expect(
                    try await count(
                        "SELECT COUNT(*) FROM ledger_entries WHERE act = \(act) AND actor_kind <> 'system'", world)
                        == 2,
                    "\(act)")
            }
            let list = try await world.call(.get, "/registry/exchange", as: "data")
            #expect(list.status == 200 && list.text.contains("名册.csv"))
        }
    }

    @Test(
        "Who does not answer for the whole area sends no register and takes nothing; a file that is none harms nothing",
        arguments: EngineCase.available)
    func refusals(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let part = try await upload(Self.register, as: "clerk", world)
            #expect(part.status == 403 && part.text.contains("registry.exchange.whole"))
            #expect(try await upload(Self.register, as: "worker", world).status == 403)
            #expect(try await world.call(.get, "/registry/exchange", as: "clerk").status == 403)
            let taken = try await world.call(
                .post, "/api/v1/registry/files", "{\"file\":\"residents\",\"purpose\":\"registration\"}", as: "clerk")
            #expect(taken.status == 403)
            #expect(try await upload("", world).status == 400)
            let none = try await upload("只有一列\n甲\n", world)
            #expect(none.status == 201)
            #expect(try await world.registry.uploads.takeOver() == 1)
            let told = try await read(none.id, world)
            #expect(told.contains("\"state\":\"failed\"") && !told.contains("gewu-upload"), "\(told)")
            // A file that is no table at all is told by the name that its sender gave it.
            let document = try await upload("%PDF-1.7 无", world)
            #expect(try await world.registry.uploads.takeOver() == 1)
            let named = try await read(document.id, world)
            #expect(named.contains("“名册.csv”") && named.contains("PDF"), "\(named)")
            #expect(try await world.call(.get, "/registry/exchange/uploads/\(none.id)", as: "data").status == 200)
            #expect(
                try await world.call(.get, "/api/v1/registry/uploads/\(none.id)/errors", as: "data").status == 404)
            #expect(try await count("SELECT COUNT(*) FROM registry_subjects", world) == 0)
        }
    }

    @Test("A register is cancelled by who answers for the whole, before it is over", arguments: EngineCase.available)
    func cancelled(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let sent = try await upload(Self.register, world)
            let path = "/api/v1/registry/uploads/\(sent.id)/cancel"
            #expect(try await world.call(.post, path, "", as: "clerk").status == 403)
            #expect(try await world.call(.post, path, "", as: "data").status == 204)
            #expect(try await world.registry.uploads.takeOver() == 0)
            #expect(try await read(sent.id, world).contains("\"state\":\"cancelled\""))
            #expect(try await count("SELECT COUNT(*) FROM registry_subjects", world) == 0)
            let page = try await world.call(.get, "/registry/exchange/uploads/\(sent.id)", as: "data")
            #expect(page.text.contains("已取消") && !page.text.contains("取消导入"))
            #expect(try await world.call(.post, path, "", as: "data").status == 409)
        }
    }

    @Test(
        "What was written is on the ledger with it, also when the import breaks off; the next run goes on",
        arguments: EngineCase.available)
    func brokenOff(engine: EngineCase) async throws {
        struct Gone: Error {}
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString).csv")
            defer { try? FileManager.default.removeItem(at: file) }
            let letters = Array("甲乙丙丁戊己庚辛壬癸")
            let rows = (0..<600).map { number in
                let given = [number / 100, number / 10 % 10, number % 10].map { String(letters[$0]) }.joined()
                return "王\(given),文三路 \(number) 号,\(Self.grid)"
            }
            try (["姓名,住址,网格"] + rows).joined(separator: "\n").write(to: file, atomically: false, encoding: .utf8)
            await #expect(throws: Gone.self) {
                _ = try await world.registry.importResidents(
                    file: file.path, written: { reached, _ in if reached.rows > 500 { throw Gone() } })
            }
            let written = try await count("SELECT COUNT(*) FROM registry_subjects WHERE kind = 'person'", world)
            #expect(written == 500)
            #expect(
                try await count("SELECT COUNT(*) FROM ledger_entries WHERE act = 'registry.import-written'", world) == 2
            )
            #expect(try await count("SELECT COUNT(*) FROM ledger_entries WHERE act = 'registry.imported'", world) == 0)
            let rest = try await world.registry.importResidents(file: file.path)
            #expect(rest.created == 100 && rest.unchanged == 500)
            #expect(
                try await count("SELECT COUNT(*) FROM ledger_entries WHERE act = 'registry.import-written'", world) == 3
            )
        }
    }

    @Test("Registers sent in before all rooms shared one queue are still taken over", arguments: EngineCase.available)
    func former(engine: EngineCase) async throws {
        let former = Registry.migrations.suffix(2)
        #expect(former.map(\.name) == ["registry.0002-uploads", "registry.0003-uploads-in-one-queue"])
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let id = world.house.identifiers.nextText(at: world.clock.now())
            let content = world.house.keys.vault.seal(Array(Self.register.utf8), for: "registry.upload", of: id)
            // As a database of before: the same steps once more, under names of the test.
            func run(_ step: Migration) async throws {
                var step = step
                step.name = "test." + step.name
                try await Migrator.migrate(world.house.database, VisitsWorld.migrations + ran + [step])
                ran.append(step)
            }
            var ran: [Migration] = []
            try await run(former[former.startIndex])
            try await world.house.database.write {
                try $0.execute(
                    """
                    INSERT INTO registry_uploads (id, file_name, actor_kind, actor_id, actor_name, language, state,
                        uploaded_at, seen_at, bytes_read, byte_count, rows_read, content)
                    VALUES (\(id), '名册.csv', 'staff', 'x', '甲', 'zh', 'waiting', 1, 1, 0, 9, 0, \(content))
                    """)
            }
            try await run(former[former.startIndex + 1])
            #expect(try await world.registry.uploads.takeOver() == 1)
            #expect(try await read(id, world).contains("\"created\":3"))
        }
    }

    @Test(
        "Everything goes out in open formats for a purpose: dwellings and buildings as GeoJSON, people as a register",
        arguments: EngineCase.available)
    func files(engine: EngineCase) async throws {
        struct Collection: Decodable {
            struct Feature: Decodable {
                struct Geometry: Decodable {
                    var type: String
                    var coordinates: [Double]
                }
                var geometry: Geometry
                var properties: [String: String]
            }
            var type: String
            var features: [Feature]
        }
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            func take(_ file: String, _ purpose: String = "registration") async throws -> (status: Int, bytes: [UInt8])
            {
                let answer = try await world.call(
                    .post, "/api/v1/registry/files", "{\"file\":\"\(file)\",\"purpose\":\"\(purpose)\"}", as: "data")
                return (answer.status, answer.bytes)
            }
            let empty = try JSONDecoder().decode(Collection.self, from: Data(try await take("buildings").bytes))
            #expect(empty.type == "FeatureCollection" && empty.features.isEmpty)
            let home = try await world.write(
                .dwelling, ["grid": Self.grid, "address": "文三路 1 号", "place": "120.13042,30.25931"])
            _ = try await world.write(.dwelling, ["grid": Self.grid, "address": "文三路 2 号"])
            let household = try await world.write(.household, ["dwelling": home.id.text])
            try await world.resident("王小明", born: "1940-05-05", in: household)
            let places = try JSONDecoder().decode(Collection.self, from: Data(try await take("dwellings").bytes))
            #expect(places.features.count == 1 && places.features[0].geometry.coordinates == [120.13042, 30.25931])
            #expect(places.features[0].properties["address"] == "文三路 1 号")
            let people = String(decoding: try await take("residents").bytes, as: UTF8.self)
            #expect(people.contains("王小明") && people.contains("文三路 1 号"))
            #expect(try await take("facts").bytes.count > 100)
            #expect(try await take("secrets").status == 422)
            #expect(try await take("residents", "curiosity").status == 422)
            let noted =
                "SELECT COUNT(*) FROM ledger_entries WHERE act = 'registry.exported' AND purpose = 'registration'"
                as SQL
            #expect(try await count(noted, world) == 4)
        }
    }

    @Test("The list of who is cared for goes out as it is shown: masked", arguments: [EngineCase.sqlite])
    func care(engine: EngineCase) async throws {
        try await VisitsWorld.with(engine, forms: VisitsWorld.fewForms) { world in
            let home = try await world.household()
            let old = try await world.resident("王秀英", born: "1940-05-05", sex: "2", in: home)
            let (visits, head, now) = (world.visits, try world.scope("clerk"), world.clock.now())
            let post = try world.scope("worker").post
            _ = try await world.house.database.write {
                try visits.enter(old.id, in: "old-alone", post: post, by: head, at: now, in: $0)
            }
            let answer = try await world.call(.get, "/visits/care/export", as: "clerk")
            #expect(answer.status == 200 && answer.type.contains("spreadsheetml"))
            #expect(answer.bytes.starts(with: [0x50, 0x4B]))
        }
    }
}
