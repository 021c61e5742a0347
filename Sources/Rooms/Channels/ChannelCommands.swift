import Cipher
import Desk
import Ground
import Identity
import Ledger
import Storage

/// What those do who connect other systems: each act once, kept in the ledger, within the own area.
struct ChannelCommands: Sendable {
    let channels: Channels

    private var house: House { channels.house }

    /// A secret that was made: shown to its maker once; nil when the request is a repeat.
    struct Made: Sendable {
        var id: String
        var secret: String?
    }

    struct NewDestination: Sendable, Decodable {
        var name: String
        var url: String
        /// The post's own area when it is not said.
        var area: String?
        /// All when it is empty.
        var acts: [String]?
    }

    struct NewFeed: Sendable, Decodable {
        var name: String
        var area: String?
    }

    // MARK: Sensors

    /// How long the secret before stays good.
    static let overlap = Span.days(1)

    func makeSecret(ofSource key: String, by scope: Scope, once: Once) async throws -> Made {
        guard let source = channels.sensorRules[key] else { throw Refusal.nothingHere }
        try requireCounty(scope)
        let secret = WebhookSecret.made()
        let now = house.clock.now()
        let vault = house.keys.vault
        let isFirst = try await perform(once, "channels.secret-made", "sensor-source", source.key, scope, at: now) {
            try SensorStore.keep(
                secret, of: source.key, by: scope, earlierUntil: now + Self.overlap, vault, at: now, in: $0)
        }
        return Made(id: source.key, secret: isFirst ? secret.text : nil)
    }

    func forgetSecret(ofSource key: String, by scope: Scope, once: Once) async throws {
        try requireCounty(scope)
        _ = try await perform(once, "channels.secret-revoked", "sensor-source", key, scope, at: house.clock.now()) {
            guard try SensorStore.forget(key, in: $0) else { throw Refusal.nothingHere }
        }
    }

    /// Sources are the whole county's.
    private func requireCounty(_ scope: Scope) throws(Refusal) {
        guard scope.area.contains(house.settings.area) else {
            throw Refusal(
                .forbidden, "channels.whole-county",
                LocalizedText(
                    "感知来源属于全县，您的岗位辖区不足", "Sources of sensors are the whole county's; your post's area is smaller"))
        }
    }

    // MARK: Destinations

    func add(_ new: NewDestination, by scope: Scope, once: Once) async throws -> Made {
        let name = try name(new.name)
        let area = try area(new.area, scope)
        let url = try WebhookURL(new.url.trimmingLine, allowsPlainHTTP: channels.webhookRules.allowsPlainHTTP)
        if let bytes = WebhookRules.bytes(of: url.host), let address = NetworkAddress(bytes: bytes),
            !channels.webhookRules.mayReach(address)
        {
            throw Refusal(
                .ruleBroken, "channels.private-address",
                LocalizedText("该地址属于内网或保留网段", "That address is of a private or reserved range"),
                wayOn: LocalizedText(
                    "确需外发到内网系统，请在 webhooks.yaml 的 allowPrivate 中写明网段",
                    "If it is meant, name its range in allowPrivate of webhooks.yaml"),
                field: "url")
        }
        let acts = Array(Set(new.acts ?? [])).sorted()
        if let unknown = acts.first(where: { act in !channels.acts.contains { $0.code == act } }) {
            throw Refusal(
                .ruleBroken, "channels.unknown-act",
                LocalizedText("没有事件 \(unknown.prefix(60))", "There is no event \(unknown.prefix(60))"), field: "acts")
        }
        let secret = WebhookSecret.made()
        let now = house.clock.now()
        let id: Destination.ID = house.identifiers.next(at: now)
        let vault = house.keys.vault
        return try await make(once, secret.text, id, "channels.destination-added", "destination", area, scope, at: now)
        {
            transaction in
            let destination = Destination(
                id: id, name: name, url: url.text, area: area, acts: acts, madeAt: now, post: scope.post,
                state: .active, position: try Ledger.end(in: transaction), nextAt: now)
            try DestinationStore.insert(destination, secret, vault, in: transaction)
        }
    }

    /// - Parameter skips: leaves out what was not told yet, and goes on from now.
    func set(_ state: Destination.State, of id: Destination.ID, skips: Bool, by scope: Scope, once: Once) async throws {
        let now = house.clock.now()
        let act = state == .active ? "channels.destination-resumed" : "channels.destination-stopped"
        _ = try await perform(once, act, "destination", id.text, scope, at: now) { transaction in
            guard try DestinationStore.find(id, for: scope, in: transaction) != nil else { throw Refusal.nothingHere }
            try DestinationStore.setState(state, of: id, nextAt: now, in: transaction)
            if skips { try DestinationStore.skip(id, to: try Ledger.end(in: transaction), in: transaction) }
        }
    }

    func remove(_ id: Destination.ID, by scope: Scope, once: Once) async throws {
        _ = try await perform(
            once, "channels.destination-removed", "destination", id.text, scope, at: house.clock.now()
        ) { transaction in
            guard try DestinationStore.find(id, for: scope, in: transaction) != nil else { throw Refusal.nothingHere }
            try DestinationStore.remove(id, in: transaction)
        }
    }

    // MARK: Feeds

    func add(_ new: NewFeed, by scope: Scope, once: Once) async throws -> Made {
        let name = try name(new.name)
        let area = try area(new.area, scope)
        let now = house.clock.now()
        let secret = FeedStore.beginning + SecureRandom.token()
        let id: FeedKey.ID = house.identifiers.next(at: now)
        return try await make(once, secret, id, "channels.feed-key-made", "feed-key", area, scope, at: now) {
            try FeedStore.insert(FeedKey(id: id, name: name, area: area, madeAt: now), secret: secret, in: $0)
        }
    }

    func revoke(_ id: FeedKey.ID, by scope: Scope, once: Once) async throws {
        let now = house.clock.now()
        _ = try await perform(once, "channels.feed-key-revoked", "feed-key", id.text, scope, at: now) {
            guard try FeedStore.revoke(id, for: scope, at: now, in: $0) else { throw Refusal.nothingHere }
        }
    }

    // MARK: All

    private func name(_ text: String) throws(Refusal) -> String {
        let name = text.trimmingLine
        guard (1...60).contains(name.count) else {
            throw Refusal(
                .ruleBroken, "channels.name", LocalizedText("名称须为 1–60 字", "A name has 1 to 60 characters"),
                field: "name")
        }
        return name
    }

    private func area(_ code: String?, _ scope: Scope) throws(Refusal) -> AreaPrefix {
        let code = code ?? ""
        guard let area = code.isEmpty ? scope.area : AreaPrefix(code), scope.area.contains(area) else {
            throw Refusal(
                .ruleBroken, "channels.area",
                LocalizedText("区划代码有误，或不在您的辖区之内", "That is no area code, or not within your area"), field: "area")
        }
        return area
    }

    /// - Returns: whether it was done now, not before.
    private func perform(
        _ once: Once, _ act: String, _ kind: String, _ subject: String, _ scope: Scope, at now: Instant,
        _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws -> Bool {
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        return try await house.database.write { transaction in
            var isFirst = false
            _ = try once.perform(in: transaction, at: now) { transaction in
                isFirst = true
                try body(transaction)
                try Ledger.record(
                    LedgerEntry(
                        id: entry, act: act, subjectKind: kind, subjectID: subject, actor: Actor(scope),
                        happenedAt: now, receivedAt: now, area: scope.area.code), in: transaction)
                return Answer(status: 204)
            }
            return isFirst
        }
    }

    /// What is kept for a repeat holds the id and never the secret.
    private func make<Subject>(
        _ once: Once, _ secret: String, _ id: Identifier<Subject>, _ act: String, _ kind: String, _ area: AreaPrefix,
        _ scope: Scope, at now: Instant, _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws -> Made {
        let entry: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        let text = id.text
        return try await house.database.write { transaction in
            var isFirst = false
            let answer = try once.perform(in: transaction, at: now) { transaction in
                isFirst = true
                try body(transaction)
                try Ledger.record(
                    LedgerEntry(
                        id: entry, act: act, subjectKind: kind, subjectID: text, actor: Actor(scope), happenedAt: now,
                        receivedAt: now, area: area.code), in: transaction)
                return Answer(status: 201, body: Array(text.utf8))
            }
            return Made(id: String(decoding: answer.body, as: UTF8.self), secret: isFirst ? secret : nil)
        }
    }
}
