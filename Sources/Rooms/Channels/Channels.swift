public import Cases
public import Desk
public import Ground
public import Identity
public import Ledger
public import Places
public import Storage

/// 渠道: how matters come in from other systems, and how what becomes of them goes out again.
public struct Channels: Room {
    let house: House
    let identity: Identity
    let cases: Cases
    let places: Places
    let bodies: any BodyLookup
    let publicRules: PublicRules
    let sensorRules: SensorRules
    let webhookRules: WebhookRules

    /// - Throws: a refusal naming file and line when a rule file is wrong.
    public init(
        house: House, identity: Identity, cases: Cases, places: Places, bodies: any BodyLookup
    ) throws(Refusal) {
        self.house = house
        self.identity = identity
        self.cases = cases
        self.places = places
        self.bodies = bodies
        publicRules = try PublicRules.load(from: house.rules, categories: cases.rules.categories)
        webhookRules = try WebhookRules.load(from: house.rules)
        sensorRules = try SensorRules.load(from: house.rules, categories: cases.rules.categories)
    }

    public static let migrations: [Migration] = ChannelSchema.migrations

    public func addRoutes(to routes: Routes) {
        Open311(channels: self).add(to: routes)
        SensorDoor(channels: self).add(to: routes)
        FeedDoor(channels: self).add(to: routes)
        ChannelsAPI(channels: self).add(to: routes)
        ChannelsPage(channels: self).add(to: routes)
    }

    public var menu: [MenuEntry] {
        [MenuEntry("/channels", icon: "split", LocalizedText("对接", "Channels"), right: .manageChannels, order: 82)]
    }

    public var jobs: [Job] {
        let telling = WebhookTelling(
            house: house, cases: cases, rules: webhookRules, sender: NetworkSender(rules: webhookRules))
        let following = UpdateFollowing(house: house, cases: cases, rules: publicRules)
        return [
            Job("webhooks", every: .seconds(2)) { try await telling.run() },
            Job("open311-updates", every: .seconds(5)) { try await following.run() },
        ]
    }

    /// What destinations can be told of.
    var acts: [LedgerWords.Word] {
        cases.ledgerWords.acts.filter { $0.code.hasPrefix("cases.") && !WebhookEvent.withheld.contains($0.code) }
    }

    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("channels.", "对接", "Channels")]
        words.acts = [
            .init("channels.secret-made", "生成感知来源密钥", "Secret of a source made"),
            .init("channels.secret-revoked", "停用感知来源密钥", "Secret of a source revoked"),
            .init("channels.destination-added", "新增外发目的地", "Destination added"),
            .init("channels.destination-resumed", "恢复外发", "Destination resumed"),
            .init("channels.destination-stopped", "停止外发", "Destination stopped"),
            .init("channels.destination-paused", "外发连续失败，自动暂停", "Destination paused after failures"),
            .init("channels.destination-removed", "删除外发目的地", "Destination removed"),
            .init("channels.feed-key-made", "生成订阅密钥", "Key of a feed made"),
            .init("channels.feed-key-revoked", "吊销订阅密钥", "Key of a feed revoked"),
        ]
        words.subjects = [
            "sensor-source": .init("感知来源", "Source of sensors", right: .manageChannels) { _ in "/channels" },
            "destination": .init("外发目的地", "Destination", right: .manageChannels) { _ in "/channels" },
            "feed-key": .init("订阅密钥", "Key of a feed", right: .manageChannels) { _ in "/channels" },
        ]
        words.facts = [.init("failures", "连续失败次数", "Failures in a row")]
        return words
    }

    /// The names of the bodies that matters were given to.
    func bodyNames(_ matters: [PublicMatter], in transaction: any Transaction) throws -> [BodyID: String] {
        var names: [BodyID: String] = [:]
        for id in Set(matters.compactMap(\.body)) { names[id] = try bodies.body(id, in: transaction)?.name }
        return names
    }
}
