import Cipher
import Desk
import Ground
import Messages
import Storage

/// How a resident proves a phone number: a code of six digits, sent to it.
struct ResidentDoor: Sendable {
    let house: House
    let keeper: SessionKeeper

    private var rules: SessionRules.ResidentCode { keeper.rules.residentCode }

    /// Sends a code. The answer is the same for every number, known here or not.
    func sendCode(to phone: PhoneNumber, client: Client) async throws {
        guard phone.isMobile else {
            throw Refusal(
                .ruleBroken, "identity.phone-mobile",
                LocalizedText("请输入 11 位手机号", "Enter a mobile number of 11 digits"),
                field: "phone")
        }
        let now = house.clock.now()
        let vault = house.keys.vault
        let index = phone.index(vault)
        let code = SecureRandom.code(digits: 6)
        let hash = hash(code, phoneIndex: index)
        let rules = rules
        let minutes = rules.validMinutes
        let text = ResidentText(
            phoneSealed: phone.sealedForTexts(vault), phoneIndex: index,
            text: "【\(house.settings.title.chinese)】验证码 {code}，\(minutes) 分钟内有效。工作人员不会向您索要验证码。",
            codeSealed: vault.seal(code, for: ResidentText.codePurpose), subjectID: "", area: nil, at: now)
        let phoneThrottle = rules.perPhone.throttle("resident:" + index)
        let senderThrottle = rules.perPhoneAndAddress.throttle(
            "resident-sender:" + house.keys.vault.blindIndex(index + " " + client.address, for: "identity.throttle"))
        let addressThrottle = Throttle(
            key: "resident-address:" + keeper.addressIndex(client.address), freeTries: rules.perAddressAndHour,
            window: .hours(1), firstWait: .minutes(10), longestWait: .hours(1))
        try await house.database.write { transaction in
            if let sent = try transaction.first("SELECT sent FROM resident_codes WHERE phone_index = \(index)") {
                let freeAt = try sent.instant(0) + .seconds(rules.waitSeconds)
                if now < freeAt { throw Throttle.tooOften(until: freeAt, now: now, Self.tooManyCodes) }
            }
            for throttle in [addressThrottle, senderThrottle, phoneThrottle] {
                try throttle.count(at: now, in: transaction, refusal: Self.tooManyCodes)
            }
            try transaction.execute(
                """
                INSERT INTO resident_codes (phone_index, code_hash, sent, expires, tries)
                VALUES (\(index), \(hash), \(now), \(now + .minutes(minutes)), 0)
                ON CONFLICT (phone_index) DO UPDATE SET code_hash = excluded.code_hash, sent = excluded.sent,
                    expires = excluded.expires, tries = 0
                """)
            try Messages.text(text, in: transaction)
        }
    }

    private static func tooManyCodes(_ wait: LocalizedText) -> Refusal {
        Refusal(
            .tooOften, "identity.too-often",
            LocalizedText("验证码请求较多，请\(wait.chinese)后再获取", "Many codes were asked for; ask again in \(wait.english)"),
            wayOn: LocalizedText(
                "最近收到的验证码在有效期内仍可使用；急事请拨打 12345 或到社区窗口",
                "The last code that came still opens while it is valid; if it is urgent call 12345 or come to the community's desk"
            ))
    }

    /// Whether a code that was sent to this number still opens: then a refused request for another need not stop anyone.
    func hasCode(_ phone: PhoneNumber) async throws -> Bool {
        let now = house.clock.now()
        let index = phone.index(house.keys.vault)
        let most = rules.tries
        let rows = try await house.database.query(
            "SELECT 1 FROM resident_codes WHERE phone_index = \(index) AND expires > \(now) AND tries < \(most)")
        return !rows.isEmpty
    }

    /// - Returns: the cookie of the new session.
    func enter(phone: PhoneNumber, code: String, client: Client) async throws -> String {
        let now = house.clock.now()
        let index = phone.index(house.keys.vault)
        let sealed = phone.sealedForTexts(house.keys.vault)
        let hash = hash(LogIn.digits(code), phoneIndex: index)
        let most = rules.tries
        let cookie = SecureRandom.token()
        let keeper = keeper
        // A wrong code must count, so the transaction ends well in both cases.
        let isRight = try await house.database.write { transaction in
            let counted = try transaction.execute(
                """
                UPDATE resident_codes SET tries = tries + 1
                WHERE phone_index = \(index) AND tries < \(most) AND expires > \(now)
                """)
            guard counted > 0,
                let row = try transaction.first("SELECT code_hash FROM resident_codes WHERE phone_index = \(index)"),
                Digest.equal(try row.blob(0), hash)
            else { return false }
            // Used up, but the wait until the next one stays.
            try transaction.execute("UPDATE resident_codes SET expires = \(now) WHERE phone_index = \(index)")
            try keeper.begin(
                cookie: cookie, staff: nil, post: nil,
                resident: ResidentReference(phoneIndex: index, maskedPhone: phone.masked, phoneSealed: sealed),
                client: client, at: now,
                in: transaction)
            return true
        }
        guard isRight else {
            throw Refusal(
                .unauthenticated, "identity.resident-code-refused",
                LocalizedText("验证码不正确、已过期或试错过多", "The code is wrong, too old, or was tried too often"),
                wayOn: LocalizedText(
                    "请核对短信；\(rules.waitSeconds) 秒后可重新获取", "Look at the text again, or ask for a new code"),
                field: "code")
        }
        if let earlier = client.cookie { keeper.forget(SessionKeeper.id(of: earlier)) }
        return cookie
    }

    /// Six digits alone could be guessed from a plain hash; the key of the installation prevents it.
    private func hash(_ code: String, phoneIndex: String) -> [UInt8] {
        Digest.authentication(of: Array("resident-code \(phoneIndex) \(code)".utf8), key: house.keys.session)
    }
}
