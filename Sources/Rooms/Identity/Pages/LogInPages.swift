import Desk
import Ground
import Hummingbird
import Messages
import Web

/// The doors: log-in of staff in two steps, the residents' code, and the way out.
struct LogInPages: Sendable {
    let house: House
    let logIn: LogIn
    let residents: ResidentDoor

    func add(to routes: Routes) {
        routes.openPage("/login") { visit in
            visit.page(logInPage(visit, next: Self.next(visit.query), login: nil, wrong: nil))
        }
        routes.openForm("/login") { try await enter($0, $1.fields) }
        routes.openForm("/login/code") { try await enterCode($0, $1.fields) }
        routes.openForm("/logout") { visit, _ in
            if let session = visit.context.session { try await logIn.leave(session) }
            var response = Response.seeOther("/")
            response.setSession(nil, isSecure: house.settings.secureCookies)
            return response
        }
        routes.openPage("/resident/login") { visit in
            visit.page(phonePage(visit, next: Self.next(visit.query), phone: nil, wrong: nil))
        }
        routes.openForm("/resident/login") { try await sendCode($0, $1.fields) }
        routes.openForm("/resident/login/code") { try await enterResident($0, $1.fields) }
    }

    /// Where to go afterwards: only a path of this platform.
    static func next(_ fields: QueryParameters, name: String = "next") -> String? {
        guard let next = fields.filled(name) else { return nil }
        let bytes = Array(next.utf8)
        // `//host` and `/\host` lead elsewhere; control characters could end the header.
        guard bytes.first == UInt8(ascii: "/"), bytes.count < 2000,
            bytes.count < 2 || (bytes[1] != UInt8(ascii: "/") && bytes[1] != UInt8(ascii: "\\")),
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return next
    }

    // MARK: Staff

    private func enter(_ visit: Visit, _ fields: QueryParameters) async throws -> Response {
        let login = fields.filled("login") ?? ""
        let next = Self.next(fields)
        do {
            // Longer ones are no log-ins; they only would cost time.
            guard !login.isEmpty, login.count <= 100, let password = fields["password"], password.utf8.count <= 256
            else { throw LogIn.refused }
            switch try await logIn.enter(login: login, password: password, client: visit.client) {
            case .entered(let cookie, let language):
                return entered(visit, cookie: cookie, language: language, next: next)
            case .codeWanted(let ticket):
                return visit.page(codePage(visit, ticket: ticket, next: next, wrong: nil))
            }
        } catch let refusal as Refusal where Self.canRetry(refusal) {
            return answer(visit, refusal, logInPage(visit, next: next, login: login, wrong: refusal))
        }
    }

    private func enterCode(_ visit: Visit, _ fields: QueryParameters) async throws -> Response {
        let ticket = fields["ticket"] ?? ""
        let next = Self.next(fields)
        do {
            let outcome = try await logIn.enter(ticket: ticket, code: fields["code"] ?? "", client: visit.client)
            guard case .entered(let cookie, let language) = outcome else { throw LogIn.refused }
            return entered(visit, cookie: cookie, language: language, next: next)
        } catch let refusal as Refusal where refusal.code == "identity.ticket-old" {
            return answer(visit, refusal, logInPage(visit, next: next, login: nil, wrong: refusal))
        } catch let refusal as Refusal where Self.canRetry(refusal) {
            return answer(visit, refusal, codePage(visit, ticket: ticket, next: next, wrong: refusal))
        }
    }

    private func entered(_ visit: Visit, cookie: String, language: Language?, next: String?) -> Response {
        var response = Response.seeOther(next ?? "/home")
        response.setSession(cookie, isSecure: house.settings.secureCookies)
        // What was chosen in this browser holds, then what the person chose elsewhere, then what the browser asks for.
        if visit.request.cookies["language"] == nil, let language {
            response.setChoice("language", language.rawValue, isSecure: house.settings.secureCookies)
        }
        return response
    }

    private static func canRetry(_ refusal: Refusal) -> Bool {
        switch refusal.kind {
        case .unauthenticated, .tooOften, .forbidden, .ruleBroken: true
        case .malformed, .notFound, .conflict, .changedMeanwhile, .tooLarge, .unavailable, .fault: false
        }
    }

    private func answer(_ visit: Visit, _ refusal: Refusal, _ page: Page) -> Response {
        var response = visit.page(page, status: refusal.kind.status)
        if let seconds = refusal.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    private func logInPage(_ visit: Visit, next: String?, login: String?, wrong: Refusal?) -> Page {
        Page(
            visit("工作人员登录", "Staff log-in"), notice: wrong.map { notice(visit, $0) },
            """
            <div class="panel narrow"><form method="post" action="/login">\(visit.formFields)\(hidden("next", next))\
            \(Field.text("login", visit("登录名", "Log-in name"), value: login, required: true, maximum: 100, autocomplete: "username"))\
            \(Field.text("password", visit("密码", "Password"), type: "password", required: true, maximum: 256, autocomplete: "current-password"))\
            \(Field.submit(visit("登录", "Log in")))</form>\
            <p class="hint">\(visit("群众办事请走", "Residents, please use")) <a href="/resident/login">\(visit("手机验证码登录", "the log-in by phone"))</a></p></div>
            """)
    }

    private func codePage(_ visit: Visit, ticket: String, next: String?, wrong: Refusal?) -> Page {
        Page(
            visit("动态口令", "One-time code"), notice: wrong.map { notice(visit, $0) },
            """
            <div class="panel narrow"><form method="post" action="/login/code">\(visit.formFields)\(hidden("next", next))\(hidden("ticket", ticket))\
            \(Field.text("code", visit("手机验证器上的 6 位口令", "The 6 digits in your authenticator app"), required: true, maximum: 10, autocomplete: "one-time-code", inputMode: "numeric"))\
            \(Field.submit(visit("继续", "Go on")))</form></div>
            """)
    }

    // MARK: Residents

    private func sendCode(_ visit: Visit, _ fields: QueryParameters) async throws -> Response {
        let next = Self.next(fields)
        let typed = fields.filled("phone") ?? ""
        do {
            guard let phone = PhoneNumber(typed) else { throw Self.noPhone }
            try await residents.sendCode(to: phone, client: visit.client)
            return visit.page(residentCodePage(visit, phone: phone, next: next, wrong: nil))
        } catch let refusal as Refusal where refusal.kind == .tooOften {
            // The code that was sent a moment ago may be in the person's hand already.
            if let phone = PhoneNumber(typed), try await residents.hasCode(phone) {
                return answer(visit, refusal, residentCodePage(visit, phone: phone, next: next, wrong: refusal))
            }
            return answer(visit, refusal, phonePage(visit, next: next, phone: typed, wrong: refusal))
        } catch let refusal as Refusal where Self.canRetry(refusal) {
            return answer(visit, refusal, phonePage(visit, next: next, phone: typed, wrong: refusal))
        }
    }

    private func enterResident(_ visit: Visit, _ fields: QueryParameters) async throws -> Response {
        let next = Self.next(fields)
        guard let phone = PhoneNumber(fields["phone"] ?? "") else { throw Self.noPhone }
        do {
            let cookie = try await residents.enter(phone: phone, code: fields["code"] ?? "", client: visit.client)
            var response = Response.seeOther(next ?? "/mine")
            response.setSession(cookie, isSecure: house.settings.secureCookies)
            return response
        } catch let refusal as Refusal where Self.canRetry(refusal) {
            return answer(visit, refusal, residentCodePage(visit, phone: phone, next: next, wrong: refusal))
        }
    }

    private static let noPhone = Refusal(
        .ruleBroken, "identity.phone-mobile", LocalizedText("请输入 11 位手机号", "Enter a mobile number of 11 digits"),
        field: "phone")

    private func phonePage(_ visit: Visit, next: String?, phone: String?, wrong: Refusal?) -> Page {
        Page(
            visit("手机验证码登录", "Log in by phone"), notice: wrong.map { notice(visit, $0) },
            """
            <div class="panel narrow"><form method="post" action="/resident/login">\(visit.formFields)\(hidden("next", next))\
            \(Field.text("phone", visit("手机号", "Mobile number"), value: phone, type: "tel", required: true, maximum: 20, hint: visit("只用于查看和办理您自己的诉求", "Only used to show and handle your own matters"), autocomplete: "tel", inputMode: "tel"))\
            \(Field.submit(visit("获取验证码", "Send me a code")))</form>\
            <p class="hint">\(visit("不会用手机？请到社区窗口，或请网格员代办。", "No phone? Come to the community's desk, or ask your grid worker to do it for you."))</p></div>
            """)
    }

    private func residentCodePage(_ visit: Visit, phone: PhoneNumber, next: String?, wrong: Refusal?) -> Page {
        let outbox: HTML =
            house.settings.isDemonstration
            ? """
            <p class="hint">\(visit("演示环境：短信见", "Demonstration: texts are in the")) <a href="/demo/outbox" target="_blank" rel="noopener">\(visit("演示短信箱", "demonstration outbox"))</a></p>
            """ : HTML()
        return Page(
            visit("输入验证码", "Enter the code"), notice: wrong.map { notice(visit, $0) },
            """
            <div class="panel narrow"><p>\(visit("验证码已发送至", "A code was sent to")) \(phone.masked)</p>\(outbox)\
            <form method="post" action="/resident/login/code">\(visit.formFields)\(hidden("next", next))\(hidden("phone", phone.text))\
            \(Field.text("code", visit("6 位验证码", "Code of 6 digits"), required: true, maximum: 10, autocomplete: "one-time-code", inputMode: "numeric"))\
            \(Field.submit(visit("登录", "Log in")))</form>\
            <form method="post" action="/resident/login" class="inline">\(visit.formFields)\(hidden("next", next))\(hidden("phone", phone.text))\
            \(Field.submit(visit("没收到？重新获取", "Nothing came? Send again"), tone: "ghost"))</form></div>
            """)
    }
}

/// A field that is not seen; nothing when there is no value.
func hidden(_ name: String, _ value: String?) -> HTML {
    value.map { "<input type=\"hidden\" name=\"\(name)\" value=\"\($0)\">" } ?? HTML()
}

/// What a refusal says, above the form that it leaves as it was.
func notice(_ visit: Visit, _ refusal: Refusal) -> Page.Notice {
    let text =
        visit(refusal.message) + (refusal.wayOn.map { (visit.language == .chinese ? "。" : ". ") + visit($0) } ?? "")
    return Page.Notice(refusal.kind == .tooOften ? .warn : .danger, text)
}
