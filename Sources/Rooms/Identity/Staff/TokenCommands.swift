import Cipher
import Desk
import Ground
import Ledger
import Storage
import Web

/// Tokens for machines: each acts in its maker's post, with a part of the rights and of the area, and ends by itself.
struct TokenCommands: Sendable {
    let house: House
    let keeper: SessionKeeper

    struct Making: Sendable, Decodable {
        var name: String
        var rights: [String]
        /// The post's own area when it is not said.
        var area: String?
        var days: Int64
    }

    struct Made: Sendable {
        var id: TokenID
        /// Shown to its maker once; only its hash is stored. nil when the request is a repeat.
        var secret: String?
        var expires: Instant
    }

    func make(_ making: Making, by scope: Scope, once: Once) async throws -> Made {
        // A machine that could make tokens would outlive its own.
        guard !scope.isMachine else {
            throw Refusal(
                .forbidden, "identity.token-by-machine", LocalizedText("令牌不能创建令牌", "A token cannot make tokens"))
        }
        let name = making.name.trimmingSpaces()
        guard (1...60).contains(name.count) else {
            throw StaffCommands.wrong("name", "名称须为 1–60 字", "A name has 1 to 60 characters")
        }
        let rights = Set(making.rights.map { Right($0) })
        guard !rights.isEmpty, rights.isSubset(of: scope.rights) else {
            throw Refusal(
                .forbidden, "identity.rights-beyond",
                LocalizedText("令牌的权限须至少一项，且不超出您的岗位", "A token has at least one right, and none that your post lacks"),
                field: "rights")
        }
        let code = making.area ?? ""
        guard let area = code.isEmpty ? scope.area : AreaPrefix(code) else {
            throw StaffCommands.wrong("area", "区划代码不对", "That is no area code")
        }
        guard scope.area.contains(area) else { throw StaffAuthority.outsideArea }
        let longest = keeper.rules.tokens.longestDays
        guard (1...longest).contains(making.days) else {
            throw StaffCommands.wrong(
                "days", "有效期须为 1–\(longest) 天", "A token lasts 1 to \(longest) days")
        }
        let now = house.clock.now()
        let secret = SessionKeeper.tokenBeginning + SecureRandom.token()
        let token = TokenRecord(
            id: house.identifiers.next(at: now), name: name, post: scope.post, rights: rights.sorted(), area: area,
            created: now, expires: now + .days(making.days))
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let (answer, isFirst) = try await house.database.write { transaction in
            var isFirst = false
            // What is kept for a repeat holds the id and never the secret.
            let answer = try once.perform(in: transaction, at: now) { transaction in
                isFirst = true
                try TokenStore.insert(
                    token, secretHash: SessionKeeper.id(of: secret), by: scope.staff, in: transaction)
                try StaffCommands.record(
                    "token.made", "token", token.id.text, scope, now, entry, area, in: transaction
                ) { writer in
                    writer.key("rights")
                    writer.array(token.rights) { $0.value($1.rawValue) }
                    writer.member("expires", token.expires)
                }
                return Answer(status: 201, body: Array("\(token.id) \(token.expires.milliseconds)".utf8))
            }
            return (answer, isFirst)
        }
        if isFirst { return Made(id: token.id, secret: secret, expires: token.expires) }
        let parts = String(decoding: answer.body, as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let id = TokenID(parsing: parts[0]), let expires = Int64(parts[1]) else {
            throw Refusal.nothingHere
        }
        return Made(id: id, secret: nil, expires: Instant(milliseconds: expires))
    }

    func revoke(_ id: TokenID, by scope: Scope, once: Once) async throws -> Answer {
        let now = house.clock.now()
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let answer = try await house.database.write { transaction in
            try once.perform(in: transaction, at: now) { transaction in
                guard let token = try TokenStore.token(id, in: transaction), scope.area.contains(token.area),
                    try TokenStore.revoke(id, at: now, in: transaction)
                else { throw Refusal.nothingHere }
                try StaffCommands.record(
                    "token.revoked", "token", id.text, scope, now, entry, token.area, in: transaction)
                return .seeOther("/tokens")
            }
        }
        keeper.forget()
        return answer
    }
}
