import Cipher
import Desk
import Ground
import Hummingbird
import Ledger
import Messages
import Storage
import Web

/// The doors and the own account, for programs: the acts of the pages, with the same throttles. What only a person can do
/// takes the session's cookie, never a token.
struct AccountAPI: Sendable {
    let house: House
    let bodies: any BodyLookup
    let own: OwnAccount
    let residents: ResidentDoor

    private static let tag = "account"
    private static let secret = Schema.string(minimum: 1, maximum: 256)
    private static let code = Schema.string(minimum: 1, maximum: 10)
    private static let done = Schema.object([.init("done", .boolean)])

    func add(to routes: Routes) {
        addDoors(to: routes)
        addResidentDoor(to: routes)
        addAccount(to: routes)
        addSecondStep(to: routes)
    }

    private static var doneAnswer: Answer { .json(JSONWriter.object { $0.member("done", true) }) }

    // MARK: The doors of staff

    private static let entered = Schema.object([
        .init("outcome", .string(values: ["entered", "codeWanted"])),
        .init("ticket", .nullable(.text), "goes with the code of the second step, within five minutes"),
        .init("token", .nullable(.text), "X-Form-Token of every write with this session's cookie"),
    ])

    private func addDoors(to routes: Routes) {
        routes.openAPI(
            APIOperation(
                .post, "/log-in", id: "logIn", tag: Self.tag,
                summary: LocalizedText("工作人员登录；答复带会话 Cookie", "Log in as staff; the answer sets the session's cookie"),
                request: .named(
                    "LogIn",
                    .object([.init("login", Schema.string(minimum: 1, maximum: 100)), .init("password", Self.secret)])),
                response: Self.entered, refusals: [401])
        ) { visit, submission in
            struct Asked: Decodable {
                var login: String
                var password: String
            }
            let asked = try submission.decode(Asked.self)
            guard !asked.login.isEmpty, asked.login.count <= 100, asked.password.utf8.count <= 256 else {
                throw LogIn.refused
            }
            return try await answer(
                try await own.logIn.enter(login: asked.login, password: asked.password, client: visit.client))
        }
        routes.openAPI(
            APIOperation(
                .post, "/log-in/code", id: "logInWithCode", tag: Self.tag,
                summary: LocalizedText("登录第二步：动态口令", "The second step of logging in"),
                request: .named(
                    "LogInCode", .object([.init("ticket", Schema.string(maximum: 300)), .init("code", Self.code)])),
                response: Self.entered, refusals: [401])
        ) { visit, submission in
            struct Asked: Decodable {
                var ticket: String
                var code: String
            }
            let asked = try submission.decode(Asked.self)
            return try await answer(
                try await own.logIn.enter(ticket: asked.ticket, code: asked.code, client: visit.client))
        }
        routes.openAPI(
            APIOperation(
                .post, "/log-out", id: "logOut", tag: Self.tag,
                summary: LocalizedText("退出登录", "Log out"), response: Self.done, access: .session)
        ) { visit, _ in
            if let session = visit.context.session { try await own.logIn.leave(session) }
            var response = Self.doneAnswer.response
            response.setSession(nil, isSecure: house.settings.secureCookies)
            return response
        }
    }

    private func answer(_ outcome: LogIn.Outcome) async throws -> Response {
        switch outcome {
        case .codeWanted(let ticket): return try await answer(nil, ticket: ticket)
        case .entered(let cookie, _): return try await answer(cookie, ticket: nil)
        }
    }

    private func answer(_ cookie: String?, ticket: String?) async throws -> Response {
        var token: String?
        if let cookie { token = try await own.keeper.visitor(cookie: cookie)?.session?.formToken }
        let told = token
        var response = Answer.json(
            JSONWriter.object { writer in
                writer.member("outcome", cookie == nil ? "codeWanted" : "entered")
                writer.member("ticket", ticket)
                writer.member("token", told)
            }
        ).response
        if let cookie { response.setSession(cookie, isSecure: house.settings.secureCookies) }
        return response
    }

    // MARK: The door of residents

    private func addResidentDoor(to routes: Routes) {
        routes.openAPI(
            APIOperation(
                .post, "/residents/codes", id: "sendResidentCode", tag: Self.tag,
                summary: LocalizedText("给手机号发送验证码", "Send a code to a mobile number"),
                request: .named("ResidentCode", .object([.init("phone", Schema.string(minimum: 1, maximum: 20))])),
                response: .object([.init("sentTo", .text, "masked; the same for every number, known here or not")]))
        ) { visit, submission in
            struct Asked: Decodable { var phone: String }
            let phone = try phone(try submission.decode(Asked.self).phone)
            try await residents.sendCode(to: phone, client: visit.client)
            return Answer.json(JSONWriter.object { $0.member("sentTo", phone.masked) }).response
        }
        routes.openAPI(
            APIOperation(
                .post, "/residents/log-in", id: "logInAsResident", tag: Self.tag,
                summary: LocalizedText(
                    "居民以验证码登录；答复带会话 Cookie", "Log in as a resident with the code; the answer sets the cookie"),
                request: .named(
                    "ResidentLogIn",
                    .object([.init("phone", Schema.string(minimum: 1, maximum: 20)), .init("code", Self.code)])),
                response: Self.entered, refusals: [401])
        ) { visit, submission in
            struct Asked: Decodable {
                var phone: String
                var code: String
            }
            let asked = try submission.decode(Asked.self)
            let cookie = try await residents.enter(
                phone: try phone(asked.phone), code: asked.code, client: visit.client)
            return try await answer(cookie, ticket: nil)
        }
    }

    private func phone(_ text: String) throws(Refusal) -> PhoneNumber {
        guard text.utf8.count <= 60, let phone = PhoneNumber(text) else {
            throw Refusal(
                .ruleBroken, "identity.phone-mobile",
                LocalizedText("请输入 11 位手机号", "Enter a mobile number of 11 digits"),
                field: "phone")
        }
        return phone
    }

    // MARK: The own account

    private static let account = Schema.object([
        .init("name", .text), .init("login", .text), .init("hasSecondStep", .boolean),
        .init(
            "posts",
            .array(
                .object([
                    .init("id", .identifier), .init("title", .text), .init("body", .nullable(.text)),
                    .init("isPresent", .boolean),
                ]))),
        .init(
            "sessions",
            .array(
                .object([
                    .init("id", .text), .init("device", .text), .init("lastSeen", .instant), .init("isThis", .boolean),
                ]))),
    ])

    private func addAccount(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/account", id: "readAccount", tag: Self.tag,
                summary: LocalizedText("我的账户、岗位与会话", "One's own account, posts and sessions"),
                response: Self.account, access: .session), right: nil
        ) { staff, _ in
            let session = try own.session(of: staff)
            let (scope, now) = (staff.scope, staff.visit.now)
            let bodies = bodies
            let (record, posts, sessions) = try await house.database.read { transaction in
                (
                    try StaffStore.staff(scope.staff, in: transaction),
                    try PostStore.current(of: scope.staff, at: now, in: transaction).map {
                        ($0, try bodies.body($0.body, in: transaction))
                    }, try SessionStore.sessions(of: scope.staff, after: now, in: transaction)
                )
            }
            guard let record else { throw Refusal.nothingHere }
            return .json(
                JSONWriter.object { writer in
                    writer.member("name", record.name)
                    writer.member("login", record.login)
                    writer.member("hasSecondStep", record.totpSecret != nil)
                    writer.key("posts")
                    writer.array(posts) { writer, held in
                        writer.object {
                            $0.member("id", held.0.id)
                            $0.member("title", staff(held.0.title))
                            $0.member("body", held.1.map { staff($0.title) })
                            $0.member("isPresent", held.0.id == scope.post)
                        }
                    }
                    writer.key("sessions")
                    writer.array(sessions) { writer, one in
                        writer.object {
                            $0.member("id", String(one.id.prefix(16)))
                            $0.member("device", one.device)
                            $0.member("lastSeen", one.lastSeen)
                            $0.member("isThis", one.id == session.id)
                        }
                    }
                })
        }
        routes.api(
            APIOperation(
                .post, "/account/post", id: "switchPost", tag: Self.tag,
                summary: LocalizedText("切换到自己的另一岗位", "Switch to another of one's own posts"),
                request: .named("SwitchPost", .object([.init("post", .identifier)])), response: Self.done,
                access: .session), right: nil
        ) { staff, submission in
            struct Asked: Decodable { var post: PostID }
            let asked = try submission.decode(Asked.self)
            let session = try own.session(of: staff)
            let (scope, now, own) = (staff.scope, staff.visit.now, own)
            let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
            let response = try await staff.visit.write(submission) { transaction in
                try own.switchPost(to: asked.post, session, scope, entry: entry, at: now, in: transaction)
                return Self.doneAnswer
            }
            own.keeper.forget(session.id)
            return response
        }
        routes.api(
            APIOperation(
                .post, "/account/password", id: "changeOwnPassword", tag: Self.tag,
                summary: LocalizedText("修改自己的密码，其他会话随之结束", "Change one's own password; other sessions end"),
                request: .named("ChangePassword", .object([.init("current", Self.secret), .init("new", Self.secret)])),
                response: Self.done, access: .session), right: nil
        ) { staff, submission in
            struct Asked: Decodable {
                var current: String
                var new: String
            }
            let asked = try submission.decode(Asked.self)
            let session = try own.session(of: staff)
            try await own.changePassword(from: asked.current, to: asked.new, keeping: session, staff.scope)
            return Self.doneAnswer.response
        }
        routes.api(
            APIOperation(
                .delete, "/account/sessions/{session}", id: "endSession", tag: Self.tag,
                summary: LocalizedText("结束自己的一个会话", "End one of one's own sessions"), response: Self.done,
                access: .session), right: nil
        ) { staff, _ in
            _ = try own.session(of: staff)
            try await own.endSession(beginning: staff.visit.parameter("session"), staff.scope)
            return Self.doneAnswer.response
        }
    }

    // MARK: The second step

    private func addSecondStep(to routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/account/second-step/secret", id: "proposeSecondStep", tag: Self.tag,
                summary: LocalizedText(
                    "生成动态口令密钥（登记前不保存）", "Make a secret for the second step; kept only once enrolled"),
                response: .object([.init("secret", .text), .init("address", .text)]), access: .session), right: nil
        ) { staff, _ in
            _ = try own.session(of: staff)
            let scope = staff.scope
            guard let record = try await house.database.read({ try StaffStore.staff(scope.staff, in: $0) }) else {
                throw Refusal.nothingHere
            }
            let secret = SecureRandom.bytes(20)
            let address = OneTimeCode.address(
                secret: secret, account: record.login, issuer: house.settings.title.chinese)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("secret", secret.hexadecimal)
                    writer.member("address", address)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/account/second-step", id: "enrolSecondStep", tag: Self.tag,
                summary: LocalizedText("登记动态口令", "Enrol a second step"),
                request: .named(
                    "EnrolSecondStep",
                    .object([
                        .init("secret", .string(pattern: "^[0-9a-f]{40}$")), .init("code", Self.code),
                        .init("current", Self.secret, "the present password"),
                    ])), response: Self.done, access: .session), right: nil
        ) { staff, submission in
            struct Asked: Decodable {
                var secret: String
                var code: String
                var current: String
            }
            let asked = try submission.decode(Asked.self)
            _ = try own.session(of: staff)
            guard let secret = [UInt8](hexadecimal: asked.secret), secret.count == 20 else {
                throw Refusal(
                    .ruleBroken, "identity.secret",
                    LocalizedText("密钥须为 40 位十六进制", "A secret has 40 hexadecimal digits"),
                    field: "secret")
            }
            guard try await own.enrol(secret, code: asked.code, password: asked.current, staff.scope) else {
                throw Refusal(
                    .conflict, "identity.second-step-there",
                    LocalizedText("已登记动态口令", "A second step is enrolled"),
                    wayOn: LocalizedText("更换时先注销再登记", "Remove it first to enrol another"))
            }
            return Self.doneAnswer.response
        }
        routes.api(
            APIOperation(
                .post, "/account/second-step/remove", id: "removeSecondStep", tag: Self.tag,
                summary: LocalizedText("注销动态口令", "Remove the second step"),
                request: .named(
                    "RemoveSecondStep", .object([.init("code", Self.code), .init("current", Self.secret)])),
                response: Self.done, access: .session), right: nil
        ) { staff, submission in
            struct Asked: Decodable {
                var code: String
                var current: String
            }
            let asked = try submission.decode(Asked.self)
            _ = try own.session(of: staff)
            try await own.removeSecondStep(code: asked.code, password: asked.current, staff.scope)
            return Self.doneAnswer.response
        }
    }
}
