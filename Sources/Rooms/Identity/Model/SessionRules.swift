import Desk
import Ground

/// The numbers of `Rules/sessions.yaml`.
struct SessionRules: Sendable, Decodable {
    struct Sessions: Sendable, Decodable {
        var staffIdleMinutes: Int64
        var staffLongestMinutes: Int64
        var residentIdleMinutes: Int64
        var residentLongestMinutes: Int64
    }

    struct LogIn: Sendable, Decodable {
        var windowMinutes: Int64
        var triesPerAccount: Int64
        var triesPerAddress: Int64
        var firstWaitSeconds: Int64
        var longestWaitSeconds: Int64
    }

    struct ResidentCode: Sendable, Decodable {
        var validMinutes: Int64
        var tries: Int64
        var waitSeconds: Int64
        var perPhone: Limit
        /// What one sender asks for; stricter, so that the number's own limit is left to whose number it is.
        var perPhoneAndAddress: Limit
        var perAddressAndHour: Int64
    }

    /// How often something may be done before each further time waits, twice as long each time.
    struct Limit: Sendable, Decodable {
        var freeTries: Int64
        var windowMinutes: Int64
        var firstWaitSeconds: Int64
        var longestWaitSeconds: Int64

        func throttle(_ key: String) -> Throttle {
            Throttle(
                key: key, freeTries: freeTries, window: .minutes(windowMinutes), firstWait: .seconds(firstWaitSeconds),
                longestWait: .seconds(longestWaitSeconds))
        }
    }

    struct ResidentReports: Sendable, Decodable {
        var perPhoneAndDay: Int64
        var perAddressAndHour: Int64
    }

    struct Passwords: Sendable, Decodable {
        var shortest: Int
        var characterKinds: Int
        var refused: Set<String>
    }

    struct Tokens: Sendable, Decodable {
        var longestDays: Int64
    }

    var sessions: Sessions
    var logIn: LogIn
    var residentCode: ResidentCode
    var residentReports: ResidentReports
    var passwords: Passwords
    var tokens: Tokens

    static let fileName = "sessions.yaml"

    static func load(from rules: RuleFiles) throws(Refusal) -> SessionRules {
        try rules.decode(SessionRules.self, from: fileName)
    }
}

extension SessionRules.Passwords {
    /// Why this password is refused; nil when it will do.
    func refusal(of password: String, login: String) -> Refusal? {
        func wrong(_ code: String, _ chinese: String, _ english: String) -> Refusal {
            Refusal(.ruleBroken, code, LocalizedText(chinese, english), rule: "sessions.yaml: passwords", field: "new")
        }
        guard password.count >= shortest else {
            return wrong(
                "identity.password-short", "密码至少 \(shortest) 个字符", "A password has at least \(shortest) characters")
        }
        guard password.utf8.count <= 256 else {
            return wrong("identity.password-long", "密码最多 256 字节", "A password has at most 256 bytes")
        }
        let lowered = password.lowercased()
        let isOneCharacter = Set(lowered).count < 3
        let containsLogin = login.count >= 4 && lowered.contains(login.lowercased())
        guard !refused.contains(lowered), !isOneCharacter, !containsLogin else {
            return wrong(
                "identity.password-common", "这个密码太常见，或包含登录名", "This password is too common, or holds the log-in name")
        }
        guard kinds(password) >= characterKinds else {
            return wrong(
                "identity.password-kinds", "密码须含大写、小写、数字、符号中的 \(characterKinds) 种",
                "A password has \(characterKinds) of: capitals, small letters, digits, signs")
        }
        return nil
    }

    private func kinds(_ password: String) -> Int {
        [
            password.contains(where: \.isUppercase), password.contains(where: \.isLowercase),
            password.contains(where: \.isNumber),
            password.contains { !$0.isUppercase && !$0.isLowercase && !$0.isNumber },
        ].count { $0 }
    }
}
