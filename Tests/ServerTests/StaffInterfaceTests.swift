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
import Places
import Storage
import Testing

@testable import gewu

@Suite("Texts, notices, staff and checks for programs, each within the own area")
struct StaffInterfaceTests {
    /// Somebody in a post of a body of its own.
    private func person(_ login: String, _ role: String, _ area: String, _ street: Street) async throws -> Scope {
        let now = street.house.clock.now()
        let prefix = try #require(AreaPrefix(area))
        let known = try #require(street.rooms.identity.roles[role])
        let post = PostRecord(
            id: street.house.identifiers.next(at: now), staff: street.house.identifiers.next(at: now),
            body: street.house.identifiers.next(at: now), role: role, area: prefix, title: known.name, from: now)
        let staff = NewStaff(id: post.staff, name: "测试·\(login)", login: login, passwordHash: nil, area: prefix)
        let vault = street.house.keys.vault
        try await street.house.database.write {
            try Identity.register(staff: [staff], posts: [post], vault: vault, at: now, in: $0)
        }
        return Scope(
            staff: post.staff, staffName: staff.name, post: post.id, postName: post.title, role: role,
            rights: known.rights, area: prefix, body: post.body, bodyName: "—")
    }

    private func call(
        _ method: HTTPRequest.Method, _ address: String, _ token: String, _ json: String? = nil, _ street: Street,
        version: String? = nil
    ) async throws -> (status: HTTPResponse.Status, text: String) {
        var headers: HTTPFields = [.authorization: "Bearer " + token]
        if json != nil { headers[.contentType] = "application/json" }
        if let version { headers[.ifMatch] = version }
        let response = try await street.client.execute(
            uri: address, method: method, headers: headers, body: json.map { ByteBuffer(string: $0) })
        return (response.status, String(buffer: response.body))
    }

    private func fail(_ street: Street, area: String?) async throws -> String {
        let number = try #require(PhoneNumber(Street.phone))
        let vault = street.house.keys.vault
        let now = street.house.clock.now()
        let text = ResidentText(
            phoneSealed: number.sealedForTexts(vault), phoneIndex: number.index(vault), text: "失败的短信 \(area ?? "无")",
            subjectID: "", area: area.flatMap { AreaPrefix($0) }, at: now)
        return try await street.house.database.write { transaction in
            try Messages.text(text, in: transaction)
            let row = try transaction.first("SELECT id FROM texts ORDER BY id DESC LIMIT 1")
            let id = try #require(row).text(0)
            try transaction.execute("UPDATE texts SET state = 'failed', due = due + 1000000000 WHERE id = \(id)")
            return id
        }
    }

    @Test("Another street's clerk sees none of a street's texts, and finds none to send again")
    func texts() async throws {
        try await Street.with { street in
            _ = try await person("elsewhere", "street_dispatcher", "330106002", street)
            _ = try await person("root", "administrator", "", street)
            let id = try await fail(street, area: Street.area)
            let code = try await fail(street, area: nil)
            let elsewhere = try await street.token("elsewhere")
            let here = try await street.token("dispatcher")
            let county = try await street.token("root")
            for address in ["/messages/texts", "/api/v1/texts?state=failed"] {
                let theirs = try await call(.get, address, elsewhere, nil, street)
                #expect(theirs.status == .ok && !theirs.text.contains("失败的短信"), "\(address)")
                let own = try await call(.get, address, here, nil, street).text
                #expect(own.contains("失败的短信 330106001") && !own.contains("失败的短信 无"), "\(address)")
                #expect(try await call(.get, address, county, nil, street).text.contains("失败的短信 无"), "\(address)")
            }
            #expect(try await call(.post, "/messages/texts/\(id)/retry", elsewhere, "{}", street).status == .notFound)
            #expect(try await call(.post, "/api/v1/texts/\(id)/retry", elsewhere, nil, street).status == .notFound)
            #expect(try await call(.post, "/api/v1/texts/\(code)/retry", here, nil, street).status == .notFound)
            #expect(try await street.rows("SELECT id FROM texts WHERE state = 'failed'").count == 2)
            let again = try await call(.post, "/api/v1/texts/\(id)/retry", here, nil, street)
            #expect(again.status == .ok && again.text == #"{"state":"waiting"}"#)
            #expect(try await call(.get, "/api/v1/texts?state=lost", here, nil, street).status == .badRequest)
        }
    }

    @Test("What is told about a matter carries the matter's area")
    func areaOfTexts() async throws {
        try await Street.with { street in
            let id = try await street.report("路灯不亮", as: try await street.resident(Street.phone))
            try await street.settle(id, result: "已修好")
            let areas = try await street.rows("SELECT area FROM texts WHERE subject_id = \(id)").map {
                try $0.textIfAny(0)
            }
            #expect(!areas.isEmpty && areas.allSatisfy { $0 == Street.area })
        }
    }

    @Test("A person is changed, given a new password and left over the interface, as on the page")
    func staff() async throws {
        try await Street.with { street in
            _ = try await person("root", "administrator", "", street)
            let someone = try await person("someone", "street_handler", Street.area, street)
            _ = try await person("elsewhere", "street_leader", "330106002", street)
            let root = try await street.token("root")
            let elsewhere = try await street.token("elsewhere")
            let address = "/api/v1/staff/\(someone.staff)"
            let change = #"{"name":"新名字","phone":"13800001234","language":"en"}"#
            #expect(try await call(.put, address, elsewhere, change, street).status == .notFound)
            #expect(
                try await call(.put, address, root, change, street, version: "\"7\"").status == .preconditionFailed)
            let changed = try await call(.put, address, root, change, street, version: "\"1\"")
            #expect(changed.status == .ok)
            #expect(changed.text.contains(#""name":"新名字""#) && changed.text.contains(#""language":"en""#))
            #expect(changed.text.contains("138****1234") && !changed.text.contains(Street.phone))
            let wrong = try await call(.put, address, root, #"{"name":""}"#, street)
            #expect(wrong.status == .unprocessableContent)

            let shown = try await call(.post, address + "/reveal", root, #"{"purpose":"通知值班"}"#, street)
            #expect(shown.status == .forbidden, "an administrator reads no numbers")
            let reset = try await call(.post, address + "/password", root, #"{"secondStep":true}"#, street)
            #expect(reset.text.firstMatch(of: /"oneTimePassword":"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}"/) != nil)
            #expect(try await call(.post, address + "/password", elsewhere, "{}", street).status == .notFound)

            #expect(try await call(.post, address + "/leave", elsewhere, nil, street).status == .notFound)
            #expect(
                try await call(.post, address + "/leave", root, nil, street, version: "\"1\"").status
                    == .preconditionFailed)
            let left = try await call(.post, address + "/leave", root, nil, street)
            #expect(left.status == .ok && left.text.contains(#""active":false"#))
            let acts = try await street.rows(
                "SELECT act FROM ledger_entries WHERE subject_id = \(someone.staff) ORDER BY id")
            #expect(try acts.map { try $0.text(0) } == ["staff.changed", "staff.password-reset", "staff.left"])
        }
    }

    @Test("The ledger is checked, and its checks are read, over the interface")
    func checks() async throws {
        try await Street.with { street in
            let token = try await street.token("dispatcher")
            let made = try await street.call("/api/v1/ledger/checks", "{}", token, key: "once")
            #expect(made.status == .created && made.text.contains(#""findings":0"#))
            let again = try await street.call("/api/v1/ledger/checks", "{}", token, key: "once")
            #expect(again.text == made.text)
            // The server checks by itself, too.
            let list = try await call(.get, "/api/v1/ledger/checks?limit=200", token, nil, street)
            #expect(list.status == .ok && list.text.contains(made.text) && list.text.contains(#""next":null"#))
            let after = try await call(.get, "/api/v1/ledger/checks?after=yesterday", token, nil, street)
            #expect(after.status == .badRequest)
        }
    }

    @Test("All notices are marked as read at once over the interface")
    func notices() async throws {
        try await Street.with { street in
            let scope = street.dispatcher
            let now = street.house.clock.now()
            try await street.house.database.write { transaction in
                try Messages.notify(
                    Notice(
                        to: .post(scope.post), kind: "cases.assigned", subjectKind: "case", subjectID: "c",
                        text: LocalizedText("有新的交办", "assigned"), address: "/home", at: now), in: transaction)
            }
            let token = try await street.token("dispatcher")
            #expect(try await call(.get, "/api/v1/messages", token, nil, street).text.contains(#""unread":1"#))
            let read = try await call(.post, "/api/v1/messages/read", token, nil, street)
            #expect(read.status == .ok && read.text == #"{"unread":0}"#)
        }
    }

    @Test("Every list of these rooms is also an Excel sheet")
    func sheets() async throws {
        try await Street.with { street in
            _ = try await person("root", "administrator", "", street)
            let root = try await street.token("root")
            for path in [
                "/messages/export.xlsx?show=all", "/messages/texts/export.xlsx?state=sent", "/tokens/export.xlsx",
                "/staff/export", "/ledger/export.xlsx", "/ledger/verify/export.xlsx",
            ] {
                let response = try await street.client.execute(
                    uri: path, method: .get, headers: [.authorization: "Bearer " + root])
                #expect(response.status == .ok, "\(path)")
                #expect(response.body.readableBytesView.starts(with: [0x50, 0x4B]), "\(path) is no workbook")
                // The page of the list leads there.
                let page = String(path.split(separator: "?")[0]).replacing("/export.xlsx", with: "")
                    .replacing("/export", with: "")
                let list = try await call(.get, page, root, nil, street).text
                #expect(list.contains("href=\"\(path.split(separator: "?")[0])"), "\(page)")
            }
        }
    }

    @Test("A cross-appointment shows on the pages of both bodies, and a program is told the same")
    func crossAppointment() async throws {
        try await Street.with { street in
            _ = try await person("root", "administrator", "", street)
            let root = try await street.token("root")
            let now = street.house.clock.now()
            let (area, today) = (try #require(AreaPrefix(Street.area)), now.local().day)
            let bodies = ["北山街道党工委", "北山派出所"].map { name in
                BodyRecord(
                    id: street.house.identifiers.next(at: now), name: name, kind: .government, level: .street,
                    area: area, validFrom: today)
            }
            let staff = NewStaff(
                id: street.house.identifiers.next(at: now), name: "测试·两处任职", login: "both", passwordHash: nil,
                area: area)
            let titles = [LocalizedText("委员", "Member"), LocalizedText("所长", "Chief")]
            let posts = zip(bodies, titles).map { body, title in
                PostRecord(
                    id: street.house.identifiers.next(at: now), staff: staff.id, body: body.id, role: "street_handler",
                    area: area, title: title, from: now)
            }
            let vault = street.house.keys.vault
            try await street.house.database.write {
                try Places.register(bodies: bodies, in: $0)
                try Identity.register(staff: [staff], posts: posts, vault: vault, at: now, in: $0)
            }
            for (body, other) in [(bodies[0], bodies[1]), (bodies[1], bodies[0])] {
                let page = try await call(.get, "/places/bodies/\(body.id)", root, nil, street).text
                #expect(page.contains("测试·两处任职") && page.contains("href=\"/places/bodies/\(other.id)\">\(other.name)"))
                let answer = try await call(.get, "/api/v1/bodies/\(body.id)", root, nil, street).text
                #expect(answer.contains("\"elsewhere\":[{\"body\":\"\(other.id)\",\"name\":\"\(other.name)\""))
            }
        }
    }

    @Test("A resident finds the way out on every page, and is out after it")
    func wayOut() async throws {
        try await Street.with { street in
            let resident = try await street.resident(Street.phone)
            for address in ["/", "/mine", "/report", "/resident/login", "/nothing"] {
                let page = try await street.get(address, as: resident)
                #expect(page.text.contains("action=\"/logout\""), "\(address)")
                #expect(!page.text.contains("工作人员登录</a>"), "\(address)")
            }
            let foreign = try await street.send(
                "/logout", ["_token": "x"], as: .init(cookie: resident.cookie, token: "x"))
            #expect(foreign.status == .forbidden)
            _ = try await street.send("/logout", [:], as: resident)
            let after = try await street.get("/mine", as: resident)
            #expect(after.status == .seeOther || !after.text.contains("action=\"/logout\""))
            #expect(try await street.get("/").text.contains("工作人员登录"))
        }
    }
}
