import Desk
import Ground
import Storage
import StorageTesting
import Testing

@testable import Messages

@Suite("Notices of staff")
struct NoticeTests {
    @Test("A notice reaches its post, and no other", arguments: EngineCase.available)
    func toPost(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            try await database.write { try Messages.notify(notice(to: .post(PostID("post1"))), in: $0) }
            let messages = Messages(house: try makeHouse(database, ManualClock(start)), sender: RecordingSender())
            #expect(try await messages.unreadCount(scope(post: "post1")) == 1)
            #expect(try await messages.unreadCount(scope(post: "post2")) == 0)
        }
    }

    @Test("A body's notice is read by each post for itself", arguments: EngineCase.available)
    func toBody(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            let area = AreaPrefix("990101001")
            try await database.write { try Messages.notify(notice(to: .body(BodyID("body1"), area: area)), in: $0) }
            let messages = Messages(house: try makeHouse(database, ManualClock(start)), sender: RecordingSender())
            let first = scope(post: "post1")
            let id = try #require(
                try await database.read {
                    try NoticeStore.inbox(first, onlyUnread: true, after: nil, limit: 10, in: $0).first
                }
            ).id
            #expect(
                try await database.write { try NoticeStore.markRead(id, by: first, at: start, in: $0) } == "/cases/c1")
            #expect(try await messages.unreadCount(first) == 0)
            #expect(try await messages.unreadCount(scope(post: "post2")) == 1)
            #expect(try await messages.unreadCount(scope(post: "post3", body: "body2")) == 0)
            // A sibling whose code begins alike, and a post of the county.
            #expect(try await messages.unreadCount(scope(post: "post4", area: "990101002")) == 0)
            #expect(try await messages.unreadCount(scope(post: "post5", area: "990101")) == 1)
        }
    }

    @Test("Nobody marks or opens what is not theirs", arguments: EngineCase.available)
    func foreign(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            try await database.write { try Messages.notify(notice(to: .post(PostID("post1"))), in: $0) }
            let id = try #require(
                try await database.read {
                    try NoticeStore.inbox(scope(post: "post1"), onlyUnread: true, after: nil, limit: 10, in: $0).first
                }
            ).id
            let address = try await database.write {
                try NoticeStore.markRead(id, by: scope(post: "post2"), at: start, in: $0)
            }
            #expect(address == nil)
        }
    }

    @Test("An inbox is paged by key, newest first, and read as a whole", arguments: EngineCase.available)
    func paging(_ engine: EngineCase) async throws {
        try await engine.withDatabase(migrations: Messages.migrations) { database in
            try await database.write { transaction in
                for number in 0..<25 {
                    try Messages.notify(
                        notice(to: .post(PostID("post1")), "\(number)", at: start + .seconds(Int64(number))),
                        in: transaction)
                }
            }
            let me = scope(post: "post1")
            var seen: [String] = []
            var after: String?
            repeat {
                let page = try await database.read { [after] in
                    try NoticeStore.inbox(me, onlyUnread: true, after: after, limit: 10, in: $0)
                }
                seen += page.map(\.text.chinese)
                after = page.count == 10 ? page.last?.id.text : nil
            } while after != nil
            #expect(seen == (0..<25).reversed().map(String.init))

            try await database.write { try NoticeStore.markAllRead(by: me, in: $0) }
            let messages = Messages(house: try makeHouse(database, ManualClock(start)), sender: RecordingSender())
            #expect(try await messages.unreadCount(me) == 0)
            try await database.write {
                try Messages.notify(notice(to: .post(PostID("post1")), at: start + .minutes(5)), in: $0)
            }
            #expect(try await messages.unreadCount(me) == 1)
        }
    }
}
