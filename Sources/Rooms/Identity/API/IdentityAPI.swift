import Cipher
import Desk
import Ground
import Hummingbird
import NationalCodes
import Storage
import Web

/// Accounts, posts and tokens for programs.
struct IdentityAPI: Sendable {
    let house: House
    let bodies: any BodyLookup
    let staffCommands: StaffCommands
    let tokenCommands: TokenCommands

    private static let code = Schema.string(pattern: "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})?$")
    private static let post = Schema.named(
        "Post",
        .object([
            .init("id", .identifier), .init("staff", .identifier), .init("body", .identifier),
            .init("bodyName", .nullable(.text)), .init("role", .text), .init("title", .text), .init("area", code),
            .init("from", .instant), .init("until", .nullable(.instant)),
        ]))
    static let person = Schema.named(
        "StaffMember",
        .object([
            .init("id", .identifier), .init("name", .text), .init("login", .text),
            .init("maskedPhone", .nullable(.text), "the number itself is never given here"), .init("active", .boolean),
            .init(
                "language", .nullable(.string(values: Language.allCases.map(\.rawValue))),
                "null while the browser decides"),
            .init("version", .integer()), .init("posts", .array(post)),
        ]))
    private static let token = Schema.named(
        "Token",
        .object([
            .init("id", .identifier), .init("name", .text), .init("rights", .array(.text)), .init("area", code),
            .init("created", .instant), .init("expires", .instant), .init("lastUsed", .nullable(.instant)),
        ]))

    func add(to routes: Routes) {
        addMe(to: routes)
        addSession(to: routes)
        addStaff(to: routes)
        addStaffActs(to: routes)
        addPosts(to: routes)
        addTokens(to: routes)
    }

    private func addMe(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/me", id: "getMe", tag: "identity",
                summary: LocalizedText("当前身份、岗位与权限", "Who I am, in which post, with which rights"),
                response: .object([
                    .init("staff", .identifier), .init("name", .text), .init("post", .identifier),
                    .init("postName", .text), .init("role", .text), .init("rights", .array(.text)),
                    .init("area", Self.code),
                    .init("body", .identifier), .init("bodyName", .text), .init("line", .nullable(.text)),
                    .init("machine", .boolean),
                ])), right: nil
        ) { staff, _ in
            let scope = staff.scope
            return .json(
                JSONWriter.object { writer in
                    writer.member("staff", scope.staff)
                    writer.member("name", scope.staffName)
                    writer.member("post", scope.post)
                    writer.member("postName", staff(scope.postName))
                    writer.member("role", scope.role)
                    writer.key("rights")
                    writer.array(scope.rights.sorted()) { $0.value($1.rawValue) }
                    writer.member("area", scope.area.code)
                    writer.member("body", scope.body)
                    writer.member("bodyName", scope.bodyName)
                    writer.member("line", scope.line)
                    writer.member("machine", scope.isMachine)
                })
        }
    }

    /// What a page needs to send later what was done without a network.
    private func addSession(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/session", id: "readSession", tag: "identity",
                summary: LocalizedText(
                    "谁在登录、表单令牌、离线记录的密钥", "Who is logged in, the token of forms, the key of entries kept offline"),
                response: .object([
                    .init("staff", .identifier), .init("post", .identifier), .init("token", .nullable(.text)),
                    .init("outboxKey", .text), .init("at", .instant),
                ])), right: nil
        ) { staff, _ in
            let scope = staff.scope
            let vault = house.keys.vault
            return .json(
                JSONWriter.object { writer in
                    writer.member("staff", scope.staff)
                    writer.member("post", scope.post)
                    writer.member("token", staff.visit.context.session?.formToken)
                    // Only with this can the phone read what this person has not sent yet. The name is that of the room
                    // in which it began; another would make what lies on phones unreadable.
                    writer.member("outboxKey", vault.blindIndex(scope.staff.text, for: "gridday.outbox"))
                    writer.member("at", staff.visit.now)
                })
        }
    }

    // MARK: Staff

    private func addStaff(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/staff", id: "listStaff", tag: "identity",
                summary: LocalizedText("辖区内在任岗位及人员", "Posts held in the area, with their people"),
                query: [
                    .init("body", .identifier, required: false), .init("role", .text, required: false),
                    .init("q", .text, required: false, "the beginning of a name or of a log-in name"),
                    .init("area", Self.code, required: false), .init("after", .text, required: false),
                    .init("limit", .integer(minimum: 1, maximum: 500), required: false),
                ],
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("staff", .identifier), .init("name", .text), .init("login", .text),
                                .init("active", .boolean), .init("post", Self.post),
                            ]))), .init("next", .nullable(.text)),
                ])), right: .manageStaff
        ) { staff, _ in try await list(staff) }
        routes.api(
            APIOperation(
                .get, "/staff/{id}", id: "getStaff", tag: "identity",
                summary: LocalizedText("一名工作人员及其岗位", "One person with their posts"), response: Self.person),
            right: .manageStaff
        ) { staff, _ in try await person(staff) }
        routes.api(
            APIOperation(
                .post, "/staff", id: "enterStaff", tag: "identity",
                summary: LocalizedText("新增人员及首个岗位", "Enter a person with a first post"),
                request: .object([
                    .init("name", .string(minimum: 1, maximum: 60)), .init("login", .string(minimum: 2, maximum: 60)),
                    .init("phone", .text, required: false), .init("body", .identifier), .init("role", .text),
                    .init("area", Self.code, required: false), .init("titleZh", .text, required: false),
                    .init("titleEn", .text, required: false),
                ]), status: 201,
                response: .object([
                    .init("id", .identifier), .init("post", .identifier),
                    .init("oneTimePassword", .nullable(.text), "null when the request is a repeat"),
                ])), right: .manageStaff
        ) { staff, submission in
            let entering = try submission.decode(StaffCommands.Entering.self)
            let (answer, password) = try await staffCommands.enterWithPassword(
                entering, by: staff.scope, once: submission.once)
            // The stored answer ends with a brace; the password joins it only on its way out.
            var body = answer
            body.body =
                Array(answer.body.dropLast())
                + Array(",\"oneTimePassword\":\(password.map { "\"\($0)\"" } ?? "null")}".utf8)
            return body.response
        }
    }

    private func list(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let query = visit.query
        let scope = staff.scope
        let limit = query.filled("limit").flatMap { Int($0) } ?? 100
        guard (1...500).contains(limit) else {
            throw Refusal(
                .malformed, "identity.limit", LocalizedText("limit 须在 1 到 500 之间", "limit lies between 1 and 500"),
                field: "limit")
        }
        let filter = StaffFilter(
            body: query.filled("body").flatMap { BodyID(parsing: $0) }, role: query.filled("role"),
            text: query.filled("q"), area: query.filled("area").flatMap { AreaPrefix($0) })
        let after = query.filled("after")
        let bodies = bodies
        let now = visit.now
        let lines = try await house.database.read { transaction in
            try StaffList.lines(
                filter, scope: scope, bodies: bodies, at: now, after: after, limit: limit + 1, in: transaction)
        }
        let shown = lines.prefix(limit)
        return .json(
            JSONWriter.object { writer in
                writer.key("items")
                writer.array(shown) { writer, line in
                    writer.object { writer in
                        writer.member("staff", line.staff)
                        writer.member("name", line.name)
                        writer.member("login", line.login)
                        writer.member("active", line.isActive)
                        writer.key("post")
                        if let post = line.post { Self.write(post, line.body, &writer, visit) } else { writer.null() }
                    }
                }
                writer.member("next", lines.count > limit ? shown.last?.key : nil)
            })
    }

    func person(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let id: StaffID = try visit.identifier()
        let scope = staff.scope
        let now = visit.now
        let bodies = bodies
        let commands = staffCommands
        let found = try await house.database.read { transaction -> (StaffRecord, [(PostRecord, BodyFacts?)])? in
            guard let record = try StaffStore.staff(id, in: transaction),
                try commands.isSeen(record, by: scope, at: now, in: transaction)
            else { return nil }
            return (
                record,
                try PostStore.posts(of: id, in: transaction).map { ($0, try bodies.body($0.body, in: transaction)) }
            )
        }
        guard let (record, posts) = found else { throw Refusal.nothingHere }
        let phone = try record.phoneSealed.map { try house.keys.vault.open($0, for: StaffStore.phonePurpose) }
        var response = Response.json(
            JSONWriter.object { writer in
                writer.member("id", record.id)
                writer.member("name", record.name)
                writer.member("login", record.login)
                writer.member("maskedPhone", phone.map(Mask.phoneNumber))
                writer.member("active", record.state == .active)
                writer.member("language", record.language?.rawValue)
                writer.member("version", record.version)
                writer.key("posts")
                writer.array(posts) { writer, item in Self.write(item.0, item.1, &writer, visit) }
            })
        response.headers[.eTag] = Answer.entityTag(record.version)
        return response
    }

    private static func write(_ post: PostRecord, _ body: BodyFacts?, _ writer: inout JSONWriter, _ visit: Visit) {
        writer.object { writer in
            writer.member("id", post.id)
            writer.member("staff", post.staff)
            writer.member("body", post.body)
            writer.member("bodyName", body?.name)
            writer.member("role", post.role)
            writer.member("title", visit(post.title))
            writer.member("area", post.area.code)
            writer.member("from", post.from)
            writer.member("until", post.until)
        }
    }

    // MARK: Posts

    private func addPosts(to routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/posts", id: "givePost", tag: "identity",
                summary: LocalizedText("任命岗位", "Give a person a post"),
                request: .object([
                    .init("staff", .identifier), .init("body", .identifier), .init("role", .text),
                    .init("area", Self.code, required: false), .init("titleZh", .text, required: false),
                    .init("titleEn", .text, required: false),
                ]), status: 201, response: .object([.init("id", .identifier)])), right: .manageStaff
        ) { staff, submission in
            let giving = try submission.decode(StaffCommands.Giving.self)
            return try await staffCommands.give(giving, by: staff.scope, once: submission.once).response
        }
        routes.api(
            APIOperation(
                .post, "/posts/{id}/end", id: "endPost", tag: "identity", summary: LocalizedText("卸任岗位", "End a post"),
                response: .object([.init("staff", .identifier)])), right: .manageStaff
        ) { staff, submission in
            let id: PostID = try staff.visit.identifier()
            return try await staffCommands.end(id, by: staff.scope, once: submission.once).response
        }
    }

    // MARK: Tokens

    private func addTokens(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/tokens", id: "listTokens", tag: "identity",
                summary: LocalizedText("辖区内的令牌", "Tokens of the area"),
                response: .object([.init("items", .array(Self.token))])), right: .manageTokens
        ) { staff, _ in
            let scope = staff.scope
            let tokens = try await house.database.read { try TokenStore.tokens(in: scope.area, limit: 500, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(tokens) { writer, token in
                        writer.object { writer in
                            writer.member("id", token.id)
                            writer.member("name", token.name)
                            writer.key("rights")
                            writer.array(token.rights) { $0.value($1.rawValue) }
                            writer.member("area", token.area.code)
                            writer.member("created", token.created)
                            writer.member("expires", token.expires)
                            writer.member("lastUsed", token.lastUsed)
                        }
                    }
                })
        }
        routes.api(
            APIOperation(
                .post, "/tokens", id: "makeToken", tag: "identity",
                summary: LocalizedText("新建令牌（密钥只给一次）", "Make a token; its secret is given once"),
                request: .object([
                    .init("name", .string(minimum: 1, maximum: 60)), .init("rights", .array(.text)),
                    .init("area", Self.code, required: false), .init("days", .integer(minimum: 1)),
                ]), status: 201,
                response: .object([
                    .init("id", .identifier), .init("secret", .nullable(.text), "null when the request is a repeat"),
                    .init("expires", .instant),
                ])), right: .manageTokens
        ) { staff, submission in
            let making = try submission.decode(TokenCommands.Making.self)
            let made = try await tokenCommands.make(making, by: staff.scope, once: submission.once)
            return .json(
                JSONWriter.object { writer in
                    writer.member("id", made.id)
                    writer.member("secret", made.secret)
                    writer.member("expires", made.expires)
                }, status: .created)
        }
        routes.api(
            APIOperation(
                .delete, "/tokens/{id}", id: "revokeToken", tag: "identity",
                summary: LocalizedText("吊销令牌", "Revoke a token"), response: .object([.init("revoked", .boolean)])),
            right: .manageTokens
        ) { staff, submission in
            let id: TokenID = try staff.visit.identifier()
            _ = try await tokenCommands.revoke(id, by: staff.scope, once: submission.once)
            return .json(JSONWriter.object { $0.member("revoked", true) })
        }
    }
}
