import Cipher
import Desk
import Ground
import Hummingbird
import Ledger
import Storage
import Web

/// One's own account: posts, password, second step, sessions.
struct AccountPages: Sendable {
    let house: House
    let bodies: any BodyLookup
    let own: OwnAccount

    private var keeper: SessionKeeper { own.keeper }

    func add(to routes: Routes) {
        routes.page("/account") { try await account($0, notice: nil) }
        routes.form("/account/post") { try await switchPost($0, $1) }
        routes.page("/account/password") { passwordPage($0, wrong: nil) }
        routes.form("/account/password") { try await changePassword($0, $1.fields) }
        routes.page("/account/second-step") { try await secondStepPage($0, secret: SecureRandom.bytes(20), wrong: nil) }
        routes.form("/account/second-step") { try await enrol($0, $1.fields) }
        routes.form("/account/second-step/remove") { try await removeSecondStep($0, $1.fields) }
        routes.form("/account/sessions/end") { try await endSession($0, $1.fields) }
    }

    // MARK: Overview

    private func account(_ staff: StaffVisit, notice: Page.Notice?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let now = visit.now
        let bodies = bodies
        let (record, posts, sessions) = try await house.database.read { transaction in
            (
                try StaffStore.staff(scope.staff, in: transaction),
                try PostStore.current(of: scope.staff, at: now, in: transaction).map {
                    ($0, try bodies.body($0.body, in: transaction))
                },
                try SessionStore.sessions(of: scope.staff, after: now, in: transaction)
            )
        }
        guard let record else { throw Refusal.nothingHere }
        return visit.page(
            Page(
                visit("我的账户", "My account"), notice: notice,
                """
                <section class="panel"><h2>\(visit("岗位", "Posts"))</h2><ul class="rows">\
                \(posts.html { post, body in
                    let current = post.id == scope.post
                    let act: HTML = current ? "<span class=\"badge ok\">\(visit("当前", "present"))</span>" : "<form method=\"post\" action=\"/account/post\" class=\"inline\">\(visit.formFields)\(hidden("post", post.id.text))\(Field.submit(visit("切换到此岗位", "Switch to this post"), tone: "ghost"))</form>"
                    return "<li><strong>\(visit(post.title))</strong> \(body.map { visit($0.title) } ?? "—") \(act)</li>"
                })</ul></section>\
                <section class="panel"><h2>\(visit("登录与安全", "Log-in and safety"))</h2><dl class="facts">\
                <dt>\(visit("姓名", "Name"))</dt><dd>\(record.name)</dd><dt>\(visit("登录名", "Log-in name"))</dt><dd>\(record.login)</dd>\
                <dt>\(visit("密码", "Password"))</dt><dd><a href="/account/password">\(visit("修改密码", "Change"))</a></dd>\
                <dt>\(visit("动态口令", "Second step"))</dt><dd>\(record.totpSecret == nil ? visit("未登记", "not enrolled") : visit("已登记", "enrolled")) \
                <a href="/account/second-step">\(visit("管理", "Manage"))</a></dd></dl>\
                <form method="post" action="/logout">\(visit.formFields)\(Field.submit(visit("退出登录", "Log out"), tone: "ghost"))</form></section>\
                <section class="panel"><h2>\(visit("在线会话", "Active sessions"))</h2><ul class="rows">\
                \(sessions.html { session in
                    let isThis = session.id == visit.context.session?.id
                    let act: HTML = isThis ? "<span class=\"badge ok\">\(visit("本机", "this one"))</span>" : "<form method=\"post\" action=\"/account/sessions/end\" class=\"inline\">\(visit.formFields)\(hidden("session", String(session.id.prefix(16))))\(Field.submit(visit("结束", "End"), tone: "ghost"))</form>"
                    return "<li>\(session.device.isEmpty ? "—" : session.device) <span class=\"hint\">\(visit("最近使用", "last used")) \(visit.instantText(session.lastSeen))</span> \(act)</li>"
                })</ul></section>
                """))
    }

    private func switchPost(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        guard let wanted = submission.fields["post"].flatMap({ PostID(parsing: $0) }) else { throw Refusal.nothingHere }
        let session = try own.session(of: staff)
        let (scope, now, own) = (staff.scope, staff.visit.now, own)
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let response = try await staff.visit.write(submission) { transaction in
            try own.switchPost(to: wanted, session, scope, entry: entry, at: now, in: transaction)
            return .seeOther("/home")
        }
        keeper.forget(session.id)
        return response
    }

    private func endSession(_ staff: StaffVisit, _ fields: QueryParameters) async throws -> Response {
        try await own.endSession(beginning: fields["session"] ?? "", staff.scope)
        return .seeOther("/account")
    }

    // MARK: Password

    private func passwordPage(_ staff: StaffVisit, wrong: Refusal?) -> Response {
        let visit = staff.visit
        let rules = keeper.rules.passwords
        let hint =
            rules.characterKinds > 1
            ? visit(
                "至少 \(rules.shortest) 个字符，含大写、小写、数字、符号中的 \(rules.characterKinds) 种",
                "At least \(rules.shortest) characters, with \(rules.characterKinds) of capitals, small letters, digits, signs"
            )
            : visit(
                "至少 \(rules.shortest) 个字符；几个词连成一句最好记",
                "At least \(rules.shortest) characters; a few words in a row are easiest to keep in mind")
        func error(_ field: String) -> String? { wrong?.field == field ? wrong.map { visit($0.message) } : nil }
        return visit.page(
            Page(
                visit("修改密码", "Change the password"), notice: wrong.map { notice(visit, $0) },
                """
                <div class="panel narrow"><form method="post" action="/account/password">\(visit.formFields)\
                \(Field.text("current", visit("当前密码", "Present password"), type: "password", required: true, maximum: 256, error: error("current"), autocomplete: "current-password"))\
                \(Field.text("new", visit("新密码", "New password"), type: "password", required: true, maximum: 256, hint: hint, error: error("new"), autocomplete: "new-password"))\
                \(Field.text("repeat", visit("再输一次新密码", "New password again"), type: "password", required: true, maximum: 256, error: error("repeat"), autocomplete: "new-password"))\
                \(Field.submit(visit("保存并退出其他会话", "Save and end other sessions")))</form></div>
                """), status: wrong?.kind.status ?? .ok)
    }

    private func changePassword(_ staff: StaffVisit, _ fields: QueryParameters) async throws -> Response {
        do {
            guard fields["new"] == fields["repeat"] else {
                throw Refusal(
                    .ruleBroken, "identity.password-repeat",
                    LocalizedText("两次输入的新密码不同", "The two new passwords differ"),
                    field: "repeat")
            }
            try await own.changePassword(
                from: fields["current"] ?? "", to: fields["new"] ?? "", keeping: staff.visit.context.session,
                staff.scope)
            return try await account(
                staff,
                notice: Page.Notice(
                    .ok, staff.visit("密码已修改，其他会话已退出", "The password is changed; other sessions have ended")))
        } catch let refusal as Refusal where refusal.field != nil || refusal.kind == .tooOften {
            return passwordPage(staff, wrong: refusal)
        }
    }

    // MARK: Second step

    private func secondStepPage(_ staff: StaffVisit, secret: [UInt8], wrong: Refusal?) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        guard let record = try await house.database.read({ try StaffStore.staff(scope.staff, in: $0) }) else {
            throw Refusal.nothingHere
        }
        func error(_ field: String) -> String? { wrong?.field == field ? wrong.map { visit($0.message) } : nil }
        let password = Field.text(
            "current", visit("当前密码", "Present password"), type: "password", required: true, maximum: 256,
            error: error("current"), autocomplete: "current-password")
        let code = Field.text(
            "code", visit("验证器上的 6 位口令", "The 6 digits in the app"), required: true, maximum: 10,
            error: error("code"), autocomplete: "one-time-code", inputMode: "numeric")
        let content: HTML
        if record.totpSecret == nil {
            let address = OneTimeCode.address(
                secret: secret, account: record.login, issuer: house.settings.title.chinese)
            content = """
                <p>\(visit("用手机上的验证器应用扫码，或手工输入密钥，然后填写显示的 6 位口令。", "Scan this with an authenticator app, or type the secret, then enter the 6 digits it shows."))</p>\
                \(QRCode(address).map { $0.svg(label: visit("登记二维码", "Enrolment code")) })\
                <dl class="facts"><dt>\(visit("密钥", "Secret"))</dt><dd><code>\(OneTimeCode.base32(secret))</code></dd>\
                <dt>\(visit("地址", "Address"))</dt><dd><code class="wrap">\(address)</code></dd></dl>\
                <form method="post" action="/account/second-step">\(visit.formFields)\(hidden("secret", secret.hexadecimal))\
                \(password)\(code)\(Field.submit(visit("登记", "Enrol")))</form>
                """
        } else {
            content = """
                <p>\(visit("已登记动态口令。更换手机时，先在此注销再重新登记；手机丢失请找管理员重置。", "You are enrolled. For a new phone, remove it here and enrol again; if the phone is lost, ask an administrator."))</p>\
                <form method="post" action="/account/second-step/remove">\(visit.formFields)\(password)\(code)\
                \(Field.submit(visit("注销动态口令", "Remove the second step"), tone: "ghost"))</form>
                """
        }
        return visit.page(
            Page(
                visit("动态口令", "Second step at log-in"), notice: wrong.map { notice(visit, $0) },
                "<div class=\"panel narrow\">\(content)</div>"), status: wrong?.kind.status ?? .ok)
    }

    private func enrol(_ staff: StaffVisit, _ fields: QueryParameters) async throws -> Response {
        guard let secret = [UInt8](hexadecimal: fields["secret"] ?? ""), secret.count == 20 else {
            throw Refusal.nothingHere
        }
        do {
            guard
                try await own.enrol(
                    secret, code: fields["code"] ?? "", password: fields["current"] ?? "", staff.scope)
            else { return .seeOther("/account/second-step") }
            return .seeOther("/account")
        } catch let refusal as Refusal where refusal.field != nil || refusal.kind == .tooOften {
            return try await secondStepPage(staff, secret: secret, wrong: refusal)
        }
    }

    private func removeSecondStep(_ staff: StaffVisit, _ fields: QueryParameters) async throws -> Response {
        do {
            try await own.removeSecondStep(
                code: fields["code"] ?? "", password: fields["current"] ?? "", staff.scope)
            return .seeOther("/account/second-step")
        } catch let refusal as Refusal where refusal.field != nil || refusal.kind == .tooOften {
            return try await secondStepPage(staff, secret: [], wrong: refusal)
        }
    }
}
