import Cipher
import Desk
import Foundation
import Ground
import Ledger
import Storage
import StorageTesting
import Synchronization
import Testing
import Web

@testable import Uploads

/// A house with nothing in it but a line of files.
struct UploadsWorld: Sendable {
    struct Chosen: Codable, Sendable, Equatable {
        var datum: String
    }

    struct Report: Codable, Sendable, Equatable {
        var lines: Int
    }

    let house: House
    let clock: ManualClock
    let scope: Scope

    static func with(_ engine: EngineCase, _ body: (UploadsWorld) async throws -> Void) async throws {
        try await engine.withDatabase(migrations: Ledger.migrations + UploadQueue.migrations) { database in
            let clock = ManualClock(Instant(milliseconds: 1_790_000_000_000))
            let identifiers = IdentifierSource()
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path
            let area = AreaPrefix("330106001") ?? .everywhere
            let house = House(
                database: database, clock: clock, identifiers: identifiers, keys: .forTests("uploads"),
                rules: RuleFiles(shipped: root + "/Rules"), assets: try StaticFiles(folders: []),
                settings: House.Settings(area: AreaPrefix("330106") ?? .everywhere, outboxFile: "/dev/null"))
            let now = clock.now()
            try await body(
                UploadsWorld(
                    house: house, clock: clock,
                    scope: Scope(
                        staff: identifiers.next(at: now), staffName: "甲", post: identifiers.next(at: now),
                        postName: LocalizedText("数据员", "Data officer"), role: "data", rights: [], area: area,
                        body: identifiers.next(at: now), bodyName: "街道")))
        }
    }

    func queue(
        _ line: String = "tests",
        work: @escaping @Sendable (UploadWork) async throws -> UploadWork.Outcome = Self.countLines
    ) -> UploadQueue {
        UploadQueue(
            UploadQueue.Line(
                line, contentPurpose: "tests.upload", errorsPurpose: "tests.upload.errors", subject: "test-upload",
                sent: "tests.uploaded", cancelled: "tests.upload-cancelled"), of: house, work: work)
    }

    @Sendable static func countLines(_ work: UploadWork) async throws -> UploadWork.Outcome {
        let lines = try String(contentsOfFile: work.file.path, encoding: .utf8).split(separator: "\n")
        try work.note(Upload.Progress(rows: lines.count))
        let left = lines.filter { $0.contains("错") }
        try left.joined(separator: "\n").write(toFile: work.file.errors, atomically: false, encoding: .utf8)
        return try UploadWork.Outcome(Report(lines: lines.count), rows: lines.count, hasErrors: !left.isEmpty)
    }

    @discardableResult
    func send(_ text: String, as name: String = "名册.csv", to queue: UploadQueue) async throws -> Upload {
        let (scope, now) = (scope, clock.now())
        return try await house.database.write {
            try queue.take(
                Array(text.utf8), named: name, of: "lines", Chosen(datum: "GCJ-02"), language: .chinese, by: scope,
                at: now, in: $0)
        }
    }

    func state(of upload: Upload, in queue: UploadQueue) async throws -> Upload {
        try #require(try await house.database.read { try queue.find(upload.id, in: $0) })
    }

    func cancel(_ upload: Upload, in queue: UploadQueue) async throws {
        let (scope, now) = (scope, clock.now())
        try await house.database.write { try queue.cancel(upload, by: scope, at: now, in: $0) }
    }

    /// Waits until somebody is at it.
    func begun(_ upload: Upload, in queue: UploadQueue) async throws {
        for _ in 0..<500 {
            if try await state(of: upload, in: queue).state == .running { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("nobody began it")
    }
}

@Suite("Files that are taken over while nobody waits")
struct UploadQueueTests {
    @Test(
        "A file is sealed, taken over once with its options, and goes; what was left out is kept for thirty days",
        arguments: EngineCase.available)
    func whole(engine: EngineCase) async throws {
        try await UploadsWorld.with(engine) { world in
            let queue = world.queue()
            let upload = try await world.send("甲\n错乙\n丙\n", to: queue)
            #expect(upload.state == .waiting && upload.area == world.scope.area)
            #expect(try upload.options(as: UploadsWorld.Chosen.self) == .init(datum: "GCJ-02"))
            let kept = try await world.house.database.query("SELECT content FROM uploads")
            #expect(!String(decoding: try kept[0].blob(0), as: UTF8.self).contains("甲"))
            #expect(try await queue.takeOver() == 1)
            let done = try await world.state(of: upload, in: queue)
            #expect(done.state == .done && done.progress.rows == 3 && done.hasErrors && done.failure == nil)
            #expect(try done.report(as: UploadsWorld.Report.self) == .init(lines: 3))
            let errors = try await world.house.database.read { try queue.errors(of: done, in: $0) }
            #expect(errors.map { String(decoding: $0, as: UTF8.self) } == "错乙")
            let rows = try await world.house.database.query("SELECT content, errors FROM uploads")
            #expect(try rows[0].blobIfAny(0) == nil)
            #expect(!String(decoding: try rows[0].blob(1), as: UTF8.self).contains("乙"))
            #expect(try await queue.takeOver() == 0)
            let acts = try await world.house.database.query("SELECT act FROM ledger_entries")
            #expect(try acts.map { try $0.text(0) } == ["tests.uploaded"])
            world.clock.advance(.days(31))
            try await queue.forgetErrors()
            let later = try await world.state(of: upload, in: queue)
            #expect(!later.hasErrors)
            #expect(try later.report(as: UploadsWorld.Report.self) == .init(lines: 3))
        }
    }

    @Test(
        "Each line sees its own files only, a page those of its area, the latest first", arguments: EngineCase.available
    )
    func apart(engine: EngineCase) async throws {
        try await UploadsWorld.with(engine) { world in
            let (mine, other) = (world.queue("mine"), world.queue("other"))
            let first = try await world.send("甲", to: mine)
            world.clock.advance(.seconds(1))
            let second = try await world.send("乙", to: mine)
            #expect(try await other.takeOver() == 0)
            #expect(try await world.house.database.read { try other.find(first.id, in: $0) } == nil)
            func page(_ area: String) async throws -> [Upload.ID] {
                let area = try #require(AreaPrefix(area))
                return try await world.house.database.read {
                    try mine.page(of: "lines", in: area, limit: 9, transaction: $0)
                }.map(\.id)
            }
            #expect(try await page("330106") == [second.id, first.id])
            #expect(try await page("330106002").isEmpty)
            #expect(try await mine.takeOver() == 2)
        }
    }

    @Test("Why a file cannot be used is told by the name that its sender gave it", arguments: EngineCase.available)
    func refused(engine: EngineCase) async throws {
        try await UploadsWorld.with(engine) { world in
            let queue = world.queue { work in
                throw Refusal(
                    .ruleBroken, "tests.no-table",
                    LocalizedText("“\(work.file.path)”不是表格", "“\(work.file.path)” is no table"),
                    wayOn: LocalizedText("请另存为 CSV", "Save it as CSV"))
            }
            let upload = try await world.send("%PDF", to: queue)
            #expect(try await queue.takeOver() == 1)
            let failed = try await world.state(of: upload, in: queue)
            #expect(failed.state == .failed && failed.failure?.code == "tests.no-table")
            #expect(failed.failure?.text.chinese == "“名册.csv”不是表格。请另存为 CSV")
            #expect(try failed.report(as: UploadsWorld.Report.self) == nil)
            #expect(try await world.house.database.query("SELECT id FROM uploads WHERE content IS NOT NULL").isEmpty)
        }
    }

    @Test(
        "What a server left lying another takes; the first, come back, writes nothing more of it",
        arguments: EngineCase.available)
    func left(engine: EngineCase) async throws {
        try await UploadsWorld.with(engine) { world in
            let queue = world.queue()
            let upload = try await world.send("甲\n乙", to: queue)
            let first = try #require(try await queue.claim())
            #expect(try await queue.takeOver() == 0)
            world.clock.advance(.minutes(6))
            let second = try #require(try await queue.claim())
            #expect(second.upload.id == upload.id && second.holder != first.holder)
            let now = world.clock.now()
            let store = UploadStore(
                line: "tests", vault: world.house.keys.vault, contentPurpose: "tests.upload",
                errorsPurpose: "tests.upload.errors")
            let goesOn = try await world.house.database.write { transaction in
                try [first, second].map {
                    try store.note(
                        Upload.Progress(rows: 1), of: upload.id, heldAs: $0.holder, at: now, in: transaction)
                }
            }
            #expect(goesOn == [false, true])
            try await world.house.database.write {
                try store.finish(
                    upload.id, .done, "{}", rows: 9, errors: nil, heldAs: first.holder, at: now, in: $0)
                try store.putBack(upload.id, heldAs: first.holder, in: $0)
            }
            #expect(try await world.state(of: upload, in: queue).state == .running)
        }
    }

    @Test(
        "A disk or a database that fails is no fault of the file: it is tried for ever", arguments: EngineCase.available
    )
    func patience(engine: EngineCase) async throws {
        try await UploadsWorld.with(engine) { world in
            let troubles = Mutex<[any Error]>(
                Array(repeating: Refusal(.unavailable, "tests.full", LocalizedText("磁盘已满", "Disk full")), count: 3)
                    + [DatabaseError(.connection, "away"), DatabaseError(.busy, "busy")])
            let queue = world.queue { work in
                if let trouble = troubles.withLock({ $0.popLast() }) { throw trouble }
                return try await UploadsWorld.countLines(work)
            }
            let upload = try await world.send("甲", to: queue)
            for _ in 0..<5 {
                await #expect(throws: (any Error).self) { try await queue.takeOver() }
                #expect(try await queue.takeOver() == 0)
                world.clock.advance(.minutes(6))
            }
            #expect(try await queue.takeOver() == 1)
            #expect(try await world.state(of: upload, in: queue).state == .done)
        }
    }

    @Test(
        "A file that cannot be opened any more holds up nothing behind it",
        arguments: EngineCase.available)
    func unreadable(engine: EngineCase) async throws {
        try await UploadsWorld.with(engine) { world in
            let queue = world.queue()
            let first = try await world.send("甲", to: queue)
            let spoilt: [UInt8] = Array(repeating: 7, count: 100)
            try await world.house.database.write { try $0.execute("UPDATE uploads SET content = \(spoilt)") }
            world.clock.advance(.seconds(1))
            let second = try await world.send("乙", to: queue)
            #expect(try await queue.takeOver() == 2)
            #expect(try await world.state(of: first, in: queue).failure?.code == "uploads.unreadable")
            #expect(try await world.state(of: second, in: queue).state == .done)
        }
    }

    @Test(
        "A file that meets a fault of ours each time, or what the database refuses of it, is given up after three",
        arguments: EngineCase.available, [true, false])
    func attempts(engine: EngineCase, isRefused: Bool) async throws {
        struct Fault: Error {}
        let fault: any Error = isRefused ? DatabaseError(.other, "invalid byte sequence") : Fault()
        try await UploadsWorld.with(engine) { world in
            let begun = Mutex(0)
            let queue = world.queue { _ in
                begun.withLock { $0 += 1 }
                throw fault
            }
            let upload = try await world.send("甲", to: queue)
            for _ in 0..<3 {
                await #expect(throws: (any Error).self) { try await queue.takeOver() }
                #expect(try await world.state(of: upload, in: queue).state == .running)
                world.clock.advance(.minutes(6))
            }
            #expect(try await queue.takeOver() == 0)
            #expect(begun.withLock { $0 } == 3)
            let failed = try await world.state(of: upload, in: queue)
            #expect(failed.state == .failed && failed.failure?.code == "uploads.given-up")
            #expect(try await world.house.database.query("SELECT id FROM uploads WHERE content IS NOT NULL").isEmpty)
        }
    }

    @Test(
        "Cancelled before it began nothing is done, cancelled meanwhile it stops; what is over stays so",
        arguments: EngineCase.available)
    func cancelled(engine: EngineCase) async throws {
        try await UploadsWorld.with(engine) { world in
            let queue = world.queue { work in
                while true {
                    try work.note(Upload.Progress(rows: 7))
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            let first = try await world.send("甲", to: queue)
            try await world.cancel(first, in: queue)
            #expect(try await queue.takeOver() == 0)
            let again = await #expect(throws: Refusal.self) { try await world.cancel(first, in: queue) }
            #expect(again?.code == "uploads.over")
            let second = try await world.send("乙", to: queue)
            async let taken = queue.takeOver()
            try await world.begun(second, in: queue)
            try await world.cancel(second, in: queue)
            #expect(try await taken == 1)
            #expect(try await world.state(of: second, in: queue).state == .cancelled)
            #expect(
                try await world.house.database.query(
                    "SELECT act FROM ledger_entries WHERE act = 'tests.upload-cancelled'"
                ).count == 2)
        }
    }

    @Test("A transaction of a file that was cancelled meanwhile is undone", arguments: EngineCase.available)
    func cancelledInTransaction(engine: EngineCase) async throws {
        try await UploadsWorld.with(engine) { world in
            let (house, scope, now) = (world.house, world.scope, world.clock.now())
            let queue = world.queue()
            let working = world.queue { work in
                try await house.database.write { try queue.cancel(work.upload, by: scope, at: now, in: $0) }
                try await house.database.write { transaction in
                    try Ledger.record(
                        LedgerEntry(
                            "tests.written", on: "test", work.upload.id, by: .system, at: now,
                            id: house.identifiers.next(at: now)), in: transaction)
                    try work.note(Upload.Progress(rows: 1, done: 1, total: 2), in: transaction)
                }
                return try UploadWork.Outcome(UploadsWorld.Report(lines: 1), rows: 1, hasErrors: false)
            }
            let upload = try await world.send("甲", to: queue)
            #expect(try await working.takeOver() == 1)
            #expect(try await world.state(of: upload, in: queue).state == .cancelled)
            #expect(
                try await house.database.query("SELECT act FROM ledger_entries WHERE act = 'tests.written'").isEmpty)
        }
    }

    /// What a file's work is at when the server goes down.
    enum Moment: CaseIterable, Sendable { case reading, writing, waiting }

    @Test(
        "A server that goes down puts back what it held, whatever it was at, and that counts as no attempt",
        arguments: EngineCase.available, Moment.allCases)
    func down(engine: EngineCase, moment: Moment) async throws {
        try await UploadsWorld.with(engine) { world in
            let database = world.house.database
            let queue = world.queue { work in
                while true {
                    switch moment {
                    case .reading:
                        try work.note(Upload.Progress(rows: 7))
                        try? await Task.sleep(for: .milliseconds(20))
                    case .writing: _ = try await database.write { try $0.query("SELECT COUNT(*) FROM uploads") }
                    case .waiting: try await Task.sleep(for: .seconds(60))
                    }
                }
            }
            let upload = try await world.send("甲", to: queue)
            let server = Task { try await queue.takeOver() }
            try await world.begun(upload, in: queue)
            server.cancel()
            _ = try await server.value
            #expect(try await world.state(of: upload, in: queue).state == .waiting)
            let attempts = try await world.house.database.query("SELECT attempts FROM uploads")
            #expect(try attempts[0].int(0) == 0)
            // The next has it at once.
            #expect(try await world.queue().takeOver() == 1)
        }
    }

    @Test("What came to its end as the server went down is told so", arguments: EngineCase.available)
    func ended(engine: EngineCase) async throws {
        try await UploadsWorld.with(engine) { world in
            let queue = world.queue { work in
                while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
                return try await UploadsWorld.countLines(work)
            }
            let upload = try await world.send("甲\n乙", to: queue)
            let server = Task { try await queue.takeOver() }
            try await world.begun(upload, in: queue)
            server.cancel()
            _ = try await server.value
            // It was stopped in the middle of counting, or had counted: never something between.
            let state = try await world.state(of: upload, in: queue).state
            #expect(state == .waiting || state == .done)
        }
    }

    @Test(
        "Of what its sender calls a file the last part stays, visible and short enough for a disk",
        arguments: [
            ("C:\\data\\roads.geojson", "roads.geojson"), ("../../etc/passwd", "passwd"), (".hidden", "hidden"),
            ("a\u{0}b\n.csv", "ab.csv"), ("...", nil),
            ("a/\u{301}b.csv", "\u{301}b.csv"), ("a\u{600}/b.csv", "b.csv"), (" x.csv ", "x.csv"), (" ", nil),
            ("\u{200B}", nil), ("\u{202E}gpj.csv", "gpj.csv"), ("", nil), ("/", nil),
            (String(repeating: "册", count: 90) + ".csv", String(repeating: "册", count: 65) + ".csv"),
        ] as [(String, String?)])
    func names(sent: String, plain: String?) {
        #expect(UploadedFile.plainName(of: sent) == plain)
    }
}
