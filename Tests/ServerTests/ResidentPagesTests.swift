import Cases
import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Messages
import NIOCore
import Storage
import Testing
import Web

@testable import gewu

@Suite("What people report comes in, and its reporter can follow it")
struct ResidentPagesTests {
    @Test("A report without a phone number gets a number and a day, and nobody else's session sees it")
    func anonymous() async throws {
        try await Street.with { street in
            let ways = try await street.get("/report")
            #expect(ways.text.contains("/resident/login?next=/report"))
            #expect(!ways.text.contains("name=\"detail\""))
            let sent = try await street.send("/report", ["anonymous": "yes", "detail": "路灯不亮", "area": Street.area])
            #expect(sent.status == .seeOther)
            let address = try #require(sent.location)
            let done = try await street.get(address)
            let row = try #require(
                try await street.rows("SELECT number, phone_index, channel, due_at FROM cases").first)
            #expect(done.text.contains(try row.text(0)))
            #expect(done.text.contains(try row.instant(3).iso8601))
            #expect(done.text.contains("data-draft-done=\"resident-report\""))
            #expect(row.isNull(1))
            #expect(try row.text(2) == "resident")
            #expect(try await street.get(address, as: try await street.resident(Street.phone)).status == .notFound)
        }
    }

    @Test("A report that is refused keeps what was typed, and says at the field what is wrong")
    func refused() async throws {
        try await Street.with { street in
            let typed = ["anonymous": "yes", "detail": "河边有垃圾", "address": "长堤 <3> 号", "latitude": "30.1"]
            let answer = try await street.send("/report", typed)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("河边有垃圾"))
            #expect(answer.text.contains("长堤 &lt;3&gt; 号"))
            #expect(answer.text.contains("id=\"longitude-error\""))
            #expect(try await street.rows("SELECT id FROM cases").isEmpty)
            let empty = try await street.send("/report", ["anonymous": "yes", "detail": "  "])
            #expect(empty.text.contains("id=\"detail-error\""))
        }
    }

    @Test("What only staff may say is not taken from a resident's form")
    func forged() async throws {
        try await Street.with { street in
            let leaf = try #require(street.rooms.cases.rules.categories.leaves.first)
            _ = try await street.send(
                "/report",
                [
                    "anonymous": "yes", "detail": "井盖松动", "category": leaf.code, "reporterName": "别人",
                    "reporterPhone": "13900005678",
                ])
            let row = try #require(try await street.rows("SELECT category, phone_index, name_masked FROM cases").first)
            #expect(row.isNull(0) && row.isNull(1) && row.isNull(2))
        }
    }

    @Test("A second click on the same form makes no second matter")
    func once() async throws {
        try await Street.with { street in
            let form = ["anonymous": "yes", "detail": "路灯不亮", "_key": "the-same"]
            let first = try await street.send("/report", form)
            let second = try await street.send("/report", form)
            #expect(first.location == second.location)
            #expect(try await street.rows("SELECT id FROM cases").count == 1)
        }
    }

    @Test("Whoever sends very many is asked to wait, keeps what was typed, and holds up nobody with an account")
    func limited() async throws {
        try await Street.with { street in
            let limit = 40
            for number in 1...limit {
                let sent = try await street.send("/report", ["anonymous": "yes", "detail": "路灯不亮 \(number)"])
                #expect(sent.status == .seeOther)
            }
            let refused = try await street.send("/complaint", ["detail": "第四十一条意见"])
            #expect(refused.status == .tooManyRequests)
            #expect(refused.text.contains("第四十一条意见"))
            #expect(refused.text.contains("12345"))
            #expect(try await street.rows("SELECT id FROM cases").count == limit)
            let resident = try await street.resident(Street.phone)
            let known = try await street.send("/report", ["detail": "井盖松动", "area": Street.area], as: resident)
            #expect(known.status == .seeOther)
        }
    }

    @Test("A resident who proved a number sees the own matter, gets texts by it, and another resident sees nothing")
    func ownMatter() async throws {
        try await Street.with { street in
            #expect(try await street.get("/mine").location?.hasPrefix("/resident/login?next=") == true)
            let resident = try await street.resident(Street.phone)
            let sent = try await street.send("/report", ["detail": "楼道堆物\n三天了", "area": Street.area], as: resident)
            let id = try #require(sent.location?.split(separator: "/").last.map(String.init))
            let row = try #require(
                try await street.rows("SELECT phone_index, phone_sealed, phone_masked FROM cases").first)
            let vault = street.house.keys.vault
            #expect(try row.text(0) == PhoneNumber(Street.phone)?.index(vault))
            #expect(try vault.open(try row.blob(1), for: ResidentText.phonePurpose) == Street.phone)
            #expect(try await street.get("/mine", as: resident).text.contains("/mine/\(id)"))
            let page = try await street.get("/mine/\(id)", as: resident)
            #expect(page.text.contains("楼道堆物<br>三天了"))

            let other = try await street.resident("13900005678")
            #expect(try await !street.get("/mine", as: other).text.contains(id))
            #expect(try await street.get("/mine/\(id)", as: other).status == .notFound)
            let forged = try await street.send("/mine/\(id)/reopen", ["opinion": "重开"], as: other)
            #expect(forged.status == .notFound)
            let loggedOut = try await street.get("/mine/\(id)")
            #expect(loggedOut.location?.hasPrefix("/resident/login?next=") == true)
        }
    }

    @Test("A photo comes along, and is the reporter's to see and no other resident's")
    func photos() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            let start: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            let picture =
                start + [0, 0, 0, 13] + Array("IHDR".utf8) + [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 1, 2, 3, 4]
                + [0, 0, 0, 0] + Array("IEND".utf8) + [0xAE, 0x42, 0x60, 0x82]
            let noPicture = try await street.send(
                "/report", ["detail": "墙面开裂"], photos: [Array("<svg>".utf8)], as: resident)
            #expect(noPicture.text.contains("id=\"photos-error\"") && noPicture.text.contains("墙面开裂"))
            let sent = try await street.send("/report", ["detail": "墙面开裂"], photos: [picture], as: resident)
            let id = try #require(sent.location?.split(separator: "/").last.map(String.init))
            let page = try await street.get("/mine/\(id)", as: resident)
            let address = String(try #require(page.text.firstMatch(of: /<img src="([^"]+)"/)).1)
            let photo = try await street.get(address, as: resident)
            #expect(photo.status == .ok)
            #expect(photo.type == "image/png")
            #expect(try await street.get(address, as: try await street.resident("13900005678")).status == .notFound)
            #expect(try await street.get(address).status == .notFound)
        }
    }

    @Test("A result shows when somebody else has verified it, and no opinion of the staff shows ever")
    func result() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            let id = try await street.report("路面有坑", as: resident)
            try await street.settle(id, result: "已经修补", until: "settle-directly")
            var page = try await street.get("/mine/\(id)", as: resident).text
            #expect(!page.contains("已经修补"))
            try await street.act(id, Command("pass", opinion: "内部意见甲"), by: street.leader)
            page = try await street.get("/mine/\(id)", as: resident).text
            #expect(page.contains("已经修补"))
            for opinion in ["内部意见甲", "内部意见乙", "内部意见丙"] { #expect(!page.contains(opinion)) }
        }
    }

    @Test("A matter that was declined tells its reporter why")
    func declined() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            let id = try await street.report("要求赔偿", as: resident)
            let reason = try #require(street.rooms.cases.rules.reasons["decline"]?.first?.code)
            try await street.act(id, Command("decline", opinion: "请向法院起诉", reason: reason), by: street.dispatcher)
            #expect(try await street.get("/mine/\(id)", as: resident).text.contains("请向法院起诉"))
        }
    }

    @Test("Solved ends the matter; not solved takes it up again, and wants to know why")
    func rating() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            let id = try await street.report("路面有坑", as: resident)
            try await street.settle(id, result: "已经修补")
            let unsolved = ["solved": "no", "satisfaction": "1"]
            let silent = try await street.send("/mine/\(id)/rate", unsolved, as: resident)
            #expect(silent.status == .unprocessableContent)
            #expect(silent.text.contains("id=\"opinion-error\""))
            let disputed = try await street.send(
                "/mine/\(id)/rate", unsolved.merging(["opinion": "坑还在"]) { $1 }, as: resident)
            #expect(disputed.status == .seeOther)
            #expect(try await street.state(id) == "accepted")
            try await street.settle(id, result: "重新修补", isAccepted: true)
            let solved = try await street.send(
                "/mine/\(id)/rate", ["solved": "yes", "satisfaction": "5"], as: resident)
            #expect(solved.location == "/mine/\(id)?done=yes")
            let row = try #require(try await street.rows("SELECT state, is_solved, satisfaction FROM cases").first)
            #expect(try row.text(0) == "archived")
            #expect(try row.bool(1))
            #expect(try row.int(2) == 5)
            let again = try await street.send("/mine/\(id)/rate", ["solved": "yes", "satisfaction": "1"], as: resident)
            #expect(again.status == .conflict)
            #expect(again.text.contains("class=\"notice danger\""))
        }
    }

    @Test("Once it was sent back as often as is possible, not solved ends it as not solved")
    func lastDispute() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            let id = try await street.report("路面有坑", as: resident)
            let unsolved = ["solved": "no", "satisfaction": "1", "opinion": "坑还在"]
            try await street.settle(id, result: "已经修补")
            for _ in 0..<2 {
                _ = try await street.send("/mine/\(id)/rate", unsolved, as: resident)
                try await street.settle(id, result: "又修补了", isAccepted: true)
            }
            #expect(try await street.send("/mine/\(id)/rate", unsolved, as: resident).status == .seeOther)
            let row = try #require(try await street.rows("SELECT state, is_solved FROM cases").first)
            #expect(try row.text(0) == "archived")
            #expect(try !row.bool(1))
        }
    }

    @Test("What has ended is taken up again when its reporter says why")
    func reopening() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            let id = try await street.report("路面有坑", as: resident)
            try await street.settle(id, result: "已经修补")
            _ = try await street.send("/mine/\(id)/rate", ["solved": "yes", "satisfaction": "4"], as: resident)
            let silent = try await street.send("/mine/\(id)/reopen", [:], as: resident)
            #expect(silent.status == .unprocessableContent)
            #expect(silent.text.contains("class=\"notice danger\""))
            #expect(try await street.state(id) == "archived")
            let said = try await street.send("/mine/\(id)/reopen", ["opinion": "又塌了"], as: resident)
            #expect(said.status == .seeOther)
            #expect(try await street.state(id) == "accepted")
        }
    }

    @Test("Staff report for somebody: the reporter is sealed, the own area is taken, and the page leads on")
    func staffReport() async throws {
        try await Street.with { street in
            let staff = try await street.staff("dispatcher")
            let form = try await street.get("/cases/new", as: staff)
            #expect(form.text.contains("<option value=\"\(Street.area)\" selected>"))
            let wrong = try await street.send(
                "/cases/new", ["detail": "独居老人漏水", "area": Street.area, "reporterPhone": "12"], as: staff)
            #expect(wrong.status == .unprocessableContent)
            #expect(wrong.text.contains("id=\"reporterPhone-error\""))
            #expect(wrong.text.contains("独居老人漏水"))
            #expect(wrong.text.contains("<details class=\"act\" open>"))
            let sent = try await street.send(
                "/cases/new",
                [
                    "detail": "独居老人漏水", "area": Street.area, "reporterName": "测试人", "reporterPhone": Street.phone,
                    "byPhone": "yes",
                ], as: staff)
            #expect(sent.location?.hasPrefix("/cases/") == true)
            #expect(sent.location?.hasSuffix("?done=report") == true)
            let row = try #require(
                try await street.rows("SELECT name_masked, phone_masked, reporting_staff, area, channel FROM cases")
                    .first)
            // Whoever called came by the hotline, whoever came to the desk by staff.
            #expect(try row.text(4) == "hotline")
            #expect(try row.text(0) == "测*")
            #expect(try row.text(1) == "138****1234")
            #expect(try row.text(2) == street.dispatcher.staff.text)
            #expect(try row.text(3) == Street.area)
            let page = try await street.get(try #require(sent.location), as: staff)
            #expect(page.status == .ok)
            #expect(!page.text.contains(Street.phone) && !page.text.contains("测试人"))
        }
    }

    @Test(
        "A complaint about the platform is a matter of its own kind, from whoever it burdens", arguments: [true, false])
    func complaint(isStaff: Bool) async throws {
        try await Street.with { street in
            let session = isStaff ? try await street.staff("dispatcher") : nil
            let empty = try await street.send("/complaint", ["detail": " "], as: session)
            #expect(empty.text.contains("id=\"detail-error\""))
            let sent = try await street.send("/complaint", ["detail": "同一张表要填三遍"], as: session)
            #expect(sent.status == .seeOther)
            let row = try #require(try await street.rows("SELECT category, channel, detail FROM cases").first)
            let categories = street.rooms.cases.rules.categories
            #expect(categories[try row.text(0)]?.title.chinese == "平台意见")
            #expect(try row.text(1) == (isStaff ? "staff" : "resident"))
            #expect(try row.text(2) == "同一张表要填三遍")
        }
    }
}
