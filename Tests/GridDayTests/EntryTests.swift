import Cases
import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import GridDay

@Suite("What phones send", .serialized)
struct EntryTests {
    @Test(
        "A report made offline arrives once, with its photo, however often it is sent", arguments: EngineCase.available)
    func once(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            var entry = DayEntry(.report)
            entry.owner = office.worker.staff.text
            entry.detail = "🚧🚧"
            entry.happenedAt = (office.now - .hours(3)).iso8601
            entry.photos = [.init(name: "a.png", content: GridOffice.pixel)]
            let first = try await office.send(entry, key: "k1")
            #expect(first.record.state == .done)
            let id = try #require(first.record.resultCase)
            for _ in 0..<3 { #expect(try await office.send(entry, key: "k1").record.resultCase == id) }
            let matters = try await office.rows("SELECT id, area, reported_at, photo_count FROM cases")
            #expect(matters.count == 1)
            #expect(try matters[0].text(1) == GridOffice.grid.code, "without a place it is of the worker's own grid")
            #expect(try matters[0].instant(2) == office.now - .hours(3))
            #expect(try matters[0].int(3) == 1)
            let kept = try await office.rows("SELECT content FROM day_entries")
            #expect(kept.count == 1 && kept[0].isNull(0), "what has become a matter is not kept twice")
            let late = try await office.rows(
                "SELECT happened_at FROM ledger_entries WHERE act = 'gridday.arrived-late'")
            #expect(late.count == 1)
        }
    }

    @Test("The same key with other content is refused, and nothing is written", arguments: EngineCase.available)
    func otherContent(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            var entry = DayEntry(.report)
            entry.detail = "路灯不亮"
            _ = try await office.send(entry, key: "k")
            entry.detail = "另一件事"
            let refusal = await #expect(throws: Refusal.self) { try await office.send(entry, key: "k") }
            #expect(refusal?.code == "desk.key-reused")
            #expect(try await office.rows("SELECT id FROM cases").count == 1)
        }
    }

    @Test("A colleague's entry is never taken in another person's name", arguments: EngineCase.available)
    func otherPerson(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            var entry = DayEntry(.report)
            entry.detail = "井盖松动"
            entry.owner = office.worker.staff.text
            let refusal = await #expect(throws: Refusal.self) {
                try await office.send(entry, key: "k", by: office.colleague)
            }
            #expect(refusal?.code == "day.other-person")
            let kept = try await office.rows("SELECT id FROM day_entries")
            #expect(kept.isEmpty)
            let sent = try await office.send(entry, key: "k")
            #expect(sent.record.state == .done)
        }
    }

    @Test(
        "Taken and finished offline, both steps arrive in order though they were seen at one version",
        arguments: EngineCase.available)
    func chain(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let matter = try await office.dispatched()
            let sign = office.entry("sign", on: matter)
            var finish = office.entry("finish", on: matter, follows: "sign")
            finish.result = "已清理"
            finish.happenedAt = (office.now + .minutes(30)).iso8601
            office.clock.advance(.hours(2))
            #expect(try await office.send(sign, key: "sign").record.state == .done)
            #expect(try await office.send(finish, key: "finish").record.state == .done)
            let after = try await office.matter(matter.id)
            #expect(after.state == "verifying")
            // Judged by when it was done, not by when a network came back; the state began with the arrival of the taking.
            #expect(after.finishedAt == office.now)
        }
    }

    @Test("On-time is judged by when it was done", arguments: EngineCase.available)
    func happenedEarlier(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let matter = try await office.dispatched()
            let signed = try await office.act(matter.id, Command("sign"), by: office.worker)
            office.clock.advance(.hours(1))
            let done = office.now
            var finish = office.entry("finish", on: signed)
            finish.result = "已清理"
            finish.happenedAt = done.iso8601
            office.clock.advance(.days(2))
            _ = try await office.send(finish, key: "k")
            #expect(try await office.matter(matter.id).finishedAt == done)
        }
    }

    @Test("A finish that overtakes its taking waits for it, and is then done once", arguments: EngineCase.available)
    func outOfOrder(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let matter = try await office.dispatched()
            var finish = office.entry("finish", on: matter, follows: "sign")
            finish.result = "已清理"
            let early = try await office.send(finish, key: "finish")
            #expect(early.record.state == .waiting)
            #expect(try await office.matter(matter.id).state == "dispatched")
            _ = try await office.send(office.entry("sign", on: matter), key: "sign")
            #expect(try await office.matter(matter.id).state == "verifying")
            #expect(
                try await office.send(finish, key: "finish").record.state == .done, "a repeat tells what came of it")
            let steps = try await office.rows("SELECT act FROM case_steps WHERE case_id = \(matter.id)")
            #expect(steps.count == 5)
        }
    }

    @Test(
        "Somebody else went on meanwhile: both sides are kept, and the writer decides", arguments: EngineCase.available)
    func conflict(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let matter = try await office.dispatched()
            let signed = try await office.act(matter.id, Command("sign"), by: office.colleague)
            var finish = office.entry("finish", on: matter)
            finish.result = "我已清理，照片为证"
            finish.photos = [.init(name: "a.png", content: GridOffice.pixel)]
            let outcome = try await office.send(finish, key: "k")
            #expect(outcome.record.state == .kept)
            #expect(outcome.refusal?.code == "day.changed-meanwhile")
            #expect(try await office.matter(matter.id).version == signed.version, "nothing was changed")

            let sides = try await ConflictSides.page(office.day, office.worker, after: nil).items
            let side = try #require(sides.first)
            #expect(side.entry.result == "我已清理，照片为证")
            #expect(side.entry.photos?.count == 1)
            #expect(side.matter?.state == "handling")
            #expect(side.changes.map(\.who) == ["测试·colleague"])
            #expect(side.canApply)
            #expect(try await ConflictSides.page(office.day, office.colleague, after: nil).items.isEmpty)

            let decided = try await office.work.decide(
                outcome.record.id, .apply, EntryChanges(), by: office.worker, at: office.now)
            #expect(decided.record.state == .done)
            let after = try await office.matter(matter.id)
            #expect(after.state == "verifying" && after.result == "我已清理，照片为证" && after.photoCount == 1)
            #expect(try await office.send(finish, key: "k").record.state == .done)
        }
    }

    @Test("What is no longer possible can stay as a remark", arguments: EngineCase.available)
    func asRemark(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let matter = try await office.dispatched()
            let signed = try await office.act(matter.id, Command("sign"), by: office.colleague)
            _ = try await office.act(signed.id, Command("finish", result: "同事办的"), by: office.colleague)
            var finish = office.entry("finish", on: signed)
            finish.result = "我写的经过"
            let outcome = try await office.send(finish, key: "k")
            #expect(outcome.record.state == .kept)
            let side = try #require(try await ConflictSides.page(office.day, office.worker, after: nil).items.first)
            #expect(!side.canApply)
            await #expect(throws: Refusal.self) {
                try await office.work.decide(
                    outcome.record.id, .apply, EntryChanges(), by: office.worker, at: office.now)
            }
            _ = try await office.work.decide(
                outcome.record.id, .remark, EntryChanges(), by: office.worker, at: office.now)
            let remarks = try await office.rows(
                "SELECT opinion FROM case_steps WHERE case_id = \(matter.id) AND act = 'remark'")
            #expect(try remarks.map { try $0.text(0) } == ["我写的经过"])
        }
    }

    @Test("Words are added to whatever stands by then", arguments: EngineCase.available)
    func remarkAnyway(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let matter = try await office.dispatched()
            _ = try await office.act(matter.id, Command("sign"), by: office.colleague)
            var remark = office.entry("remark", on: matter)
            remark.opinion = "住户下午在家"
            #expect(try await office.send(remark, key: "k").record.state == .done)
        }
    }

    @Test(
        "A category that is gone by the time: the report is kept and a new one chosen", arguments: EngineCase.available)
    func categoryGone(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            var entry = DayEntry(.report)
            entry.detail = "河道有漂浮物"
            entry.category = "999999"
            let outcome = try await office.send(entry, key: "k")
            #expect(outcome.record.state == .kept && outcome.record.code == "cases.unknown-category")
            #expect(try await office.rows("SELECT id FROM cases").isEmpty)
            let category = try #require(office.cases.rules.categories.leaves.first).code
            let decided = try await office.work.decide(
                outcome.record.id, .apply, EntryChanges(category: category), by: office.worker, at: office.now)
            #expect(decided.record.state == .done)
            let stored = try await office.rows("SELECT category, detail FROM cases")
            #expect(try stored.map { try $0.text(0) } == [category])
            #expect(try stored[0].text(1) == "河道有漂浮物")
        }
    }

    @Test(
        "A place outside the county, five megabytes of text, a broken photo: all is kept, with a sentence",
        arguments: EngineCase.available)
    func badInput(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            var far = DayEntry(.report)
            far.detail = "这里有坑"
            far.location = .init(longitude: 87.6, latitude: 43.8)
            var long = DayEntry(.report)
            long.detail = String(repeating: "长", count: 1_700_000)
            var broken = DayEntry(.report)
            broken.detail = "照片坏了"
            broken.photos = [.init(name: "a.jpg", content: "AAAA")]
            var empty = DayEntry(.report)
            empty.detail = "  "
            for (number, entry) in [far, long, broken, empty].enumerated() {
                let outcome = try await office.send(entry, key: "k\(number)")
                #expect(outcome.record.state == .kept)
                #expect(outcome.refusal?.message.chinese.isEmpty == false)
            }
            let sides = try await ConflictSides.page(office.day, office.worker, after: nil).items
            #expect(sides.count == 4)
            #expect(sides.contains { $0.entry.detail?.count == 1_700_000 }, "not a character is lost")
            let place = try #require(sides.first { $0.isPlaceWrong })
            let decided = try await office.work.decide(
                place.record.id, .apply, EntryChanges(withoutPlace: true), by: office.worker, at: office.now)
            #expect(decided.record.state == .done)
            #expect(try await office.rows("SELECT longitude FROM cases").first?.isNull(0) == true)
        }
    }

    @Test(
        "A matter that left the area is not shown any more, and what was written is not lost",
        arguments: EngineCase.available)
    func outOfSight(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let matter = try await office.dispatched("电话13800001234")
            let elsewhere = GridOffice.community.code + "002"
            try await office.house.database.write {
                try $0.execute("UPDATE cases SET area = \(elsewhere) WHERE id = \(matter.id)")
            }
            let outcome = try await office.send(office.entry("sign", on: matter), key: "k")
            #expect(outcome.record.state == .kept && outcome.record.code == "desk.nothing-here")
            let side = try #require(try await ConflictSides.page(office.day, office.worker, after: nil).items.first)
            #expect(side.matter == nil && side.changes.isEmpty && !side.canApply)
        }
    }

    @Test("More photos than one step takes follow a report that has no number yet", arguments: EngineCase.available)
    func morePhotos(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            var report = DayEntry(.report)
            report.detail = "工地扬尘"
            report.photos = (0..<9).map { .init(name: "\($0).png", content: GridOffice.pixel) }
            var more = DayEntry(.act)
            more.act = "remark"
            more.opinion = "更多照片"
            more.follows = "a"
            more.photos = (0..<5).map { .init(name: "\($0).png", content: GridOffice.pixel) }
            #expect(try await office.send(more, key: "b").record.state == .waiting)
            let first = try await office.send(report, key: "a")
            let id = try #require(first.record.resultCase)
            #expect(try await office.matter(id).photoCount == 14)
        }
    }

    @Test("What never becomes complete comes back to its writer", arguments: EngineCase.available)
    func predecessorLost(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let matter = try await office.dispatched()
            _ = try await office.send(office.entry("sign", on: matter, follows: "gone"), key: "k")
            try await office.work.giveUpWaiting(at: office.now + .days(2))
            #expect(try await ConflictSides.page(office.day, office.worker, after: nil).items.isEmpty)
            try await office.work.giveUpWaiting(at: office.now + .days(4))
            let side = try #require(try await ConflictSides.page(office.day, office.worker, after: nil).items.first)
            #expect(side.reason.code == "day.earlier-missing" && side.canApply)
        }
    }

    @Test("A call for help is a remark on the matter and a word to the nearest head", arguments: EngineCase.available)
    func help(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            let matter = try await office.dispatched()
            var entry = DayEntry(.help)
            entry.matter = matter.id
            entry.seenVersion = matter.version
            entry.opinion = "业主不让进门，需要社区一起去"
            #expect(try await office.send(entry, key: "k").record.state == .done)
            let notices = try await office.rows("SELECT recipient, address FROM notices WHERE kind = 'gridday.help'")
            #expect(notices.count == 1)
            #expect(try notices[0].text(0).contains(office.head.post.text))
            #expect(try notices[0].text(1) == "/cases/\(matter.id)")
        }
    }

    @Test(
        "A task off the list goes to the street with its sender, and says nothing of whoever raised it",
        arguments: EngineCase.available)
    func refuse(_ engine: EngineCase) async throws {
        try await GridOffice.with(engine) { office in
            var entry = DayEntry(.refuse)
            entry.detail = "要求网格上门推销保险。限三天完成。"
            entry.body = office.department.body
            let outcome = try await office.send(entry, key: "k")
            let id = try #require(outcome.record.resultCase)
            let record = try await office.matter(id)
            #expect(record.kind == "off-list" && record.state == "demand-raised")
            #expect(record.body == office.department.body && record.title == "要求网格上门推销保险")
            let asked = try await office.act(id, Command("ask-ground"), by: office.dispatcher)
            #expect(asked.state == "demand-asked")
            let ended = try await office.act(id, Command("withdraw-demand"), by: office.department)
            #expect(ended.endedAt != nil)
            // Nothing that rates or counts knows of it.
            #expect(try await office.rows("SELECT place FROM case_outcomes").isEmpty)
        }
    }
}
