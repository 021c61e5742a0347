import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// Every act of the page, for programs.
struct ChannelsAPI: Sendable {
    let channels: Channels

    private var commands: ChannelCommands { ChannelCommands(channels: channels) }

    func add(to routes: Routes) {
        addSensors(to: routes)
        addDestinations(to: routes)
        addFeeds(to: routes)
    }

    private static let area = Schema.Member(
        "area", .nullable(.string(pattern: "^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})?$")), required: false,
        "the post's own when it is not said")
    private static let made = Schema.object([
        .init("id", .text), .init("secret", .nullable(.text), "given once; null when the request is a repeat"),
    ])
    private static let done = Schema.object([.init("done", .boolean)])

    private func answer(_ made: ChannelCommands.Made) -> Response {
        .json(
            JSONWriter.object { writer in
                writer.member("id", made.id)
                writer.member("secret", made.secret)
            }, status: .created)
    }

    private func done() -> Response { .json(JSONWriter.object { $0.member("done", true) }) }

    // MARK: Sensors

    private func addSensors(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/channels/sensors", id: "listSensorSources", tag: "channels",
                summary: LocalizedText("感知来源", "Sources of sensors"),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("key", .text), .init("title", .text), .init("category", .text),
                                .init("secretMadeAt", .nullable(.instant)),
                            ])))
                ])), right: .manageChannels
        ) { staff, _ in
            let made = try await channels.house.database.read { try SensorStore.made(in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(channels.sensorRules.sources) { writer, source in
                        writer.object { writer in
                            writer.member("key", source.key)
                            writer.member("title", staff(source.title))
                            writer.member("category", source.category)
                            writer.member("secretMadeAt", made[source.key])
                        }
                    }
                })
        }
        routes.api(
            APIOperation(
                .post, "/channels/sensors/{source}/secret", id: "makeSensorSecret", tag: "channels",
                summary: LocalizedText(
                    "生成来源密钥（只给一次；原密钥再用一天）", "Make a source's secret, given once; the one before is good for a day"),
                status: 201, response: Self.made), right: .manageChannels
        ) { staff, submission in
            answer(
                try await commands.makeSecret(
                    ofSource: staff.visit.parameter("source"), by: staff.scope, once: submission.once))
        }
        routes.api(
            APIOperation(
                .delete, "/channels/sensors/{source}/secret", id: "revokeSensorSecret", tag: "channels",
                summary: LocalizedText("停用来源密钥", "Revoke a source's secret"), response: Self.done),
            right: .manageChannels
        ) { staff, submission in
            try await commands.forgetSecret(
                ofSource: staff.visit.parameter("source"), by: staff.scope, once: submission.once)
            return done()
        }
    }

    // MARK: Destinations

    private func addDestinations(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/channels/destinations", id: "listDestinations", tag: "channels",
                summary: LocalizedText("外发目的地及其状态", "Destinations, and how telling them goes"),
                response: .object([.init("items", .array(Self.destination))])), right: .manageChannels
        ) { staff, _ in
            let scope = staff.scope
            let all = try await channels.house.database.read { try DestinationStore.all(for: scope, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(all) { Self.write($1, to: &$0) }
                })
        }
        routes.api(
            APIOperation(
                .post, "/channels/destinations", id: "addDestination", tag: "channels",
                summary: LocalizedText("新增外发目的地（签名密钥只给一次）", "Add a destination; its signing secret is given once"),
                request: .object([
                    .init("name", .string(minimum: 1, maximum: 60)), .init("url", .string(maximum: 1_000)), Self.area,
                    .init("acts", .nullable(.array(.text)), required: false, "all when empty"),
                ]), status: 201, response: Self.made), right: .manageChannels
        ) { staff, submission in
            let new = try submission.decode(ChannelCommands.NewDestination.self)
            return answer(try await commands.add(new, by: staff.scope, once: submission.once))
        }
        routes.api(
            APIOperation(
                .post, "/channels/destinations/{id}/state", id: "setDestinationState", tag: "channels",
                summary: LocalizedText("停止或恢复外发", "Stop or resume a destination"),
                request: .object([
                    .init("state", .string(values: ["active", "paused"])),
                    .init("skip", .nullable(.boolean), required: false, "leave out what was not told yet"),
                ]), response: Self.done), right: .manageChannels
        ) { staff, submission in
            struct Setting: Decodable {
                var state: String
                var skip: Bool?
            }
            let setting = try submission.decode(Setting.self)
            guard let state = Destination.State(rawValue: setting.state) else {
                throw Refusal(
                    .ruleBroken, "channels.state",
                    LocalizedText("state 为 active 或 paused", "state is active or paused"), field: "state")
            }
            try await commands.set(
                state, of: staff.visit.identifier(), skips: setting.skip ?? false, by: staff.scope,
                once: submission.once)
            return done()
        }
        routes.api(
            APIOperation(
                .delete, "/channels/destinations/{id}", id: "removeDestination", tag: "channels",
                summary: LocalizedText("删除外发目的地", "Remove a destination"), response: Self.done),
            right: .manageChannels
        ) { staff, submission in
            try await commands.remove(staff.visit.identifier(), by: staff.scope, once: submission.once)
            return done()
        }
    }

    private static let destination = Schema.object([
        .init("id", .identifier), .init("name", .text), .init("url", .text), .init("area", .text),
        .init("acts", .array(.text)), .init("state", .string(values: ["active", "paused"])),
        .init("delivered", .integer()), .init("deliveredAt", .nullable(.instant)),
        .init("failures", .integer(), "in a row"), .init("failedAt", .nullable(.instant)),
        .init("failure", .nullable(.text)), .init("nextAt", .nullable(.instant)),
    ])

    private static func write(_ destination: Destination, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", destination.id)
            writer.member("name", destination.name)
            writer.member("url", destination.url)
            writer.member("area", destination.area.code)
            writer.key("acts")
            writer.array(destination.acts) { $0.value($1) }
            writer.member("state", destination.state.rawValue)
            writer.member("delivered", destination.delivered)
            writer.member("deliveredAt", destination.deliveredAt)
            writer.member("failures", destination.failures)
            writer.member("failedAt", destination.failedAt)
            writer.member("failure", destination.failure)
            writer.member("nextAt", destination.failures > 0 ? destination.nextAt : nil)
        }
    }

    // MARK: Feeds

    private func addFeeds(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/channels/feeds", id: "listFeedKeys", tag: "channels",
                summary: LocalizedText("订阅密钥", "Keys of feeds"),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("id", .identifier), .init("name", .text), .init("area", .text),
                                .init("madeAt", .instant),
                            ])))
                ])), right: .manageChannels
        ) { staff, _ in
            let scope = staff.scope
            let keys = try await channels.house.database.read { try FeedStore.all(for: scope, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(keys) { writer, key in
                        writer.object { writer in
                            writer.member("id", key.id)
                            writer.member("name", key.name)
                            writer.member("area", key.area.code)
                            writer.member("madeAt", key.madeAt)
                        }
                    }
                })
        }
        routes.api(
            APIOperation(
                .post, "/channels/feeds", id: "makeFeedKey", tag: "channels",
                summary: LocalizedText("生成订阅密钥（只给一次）", "Make a key of a feed, given once"),
                request: .object([.init("name", .string(minimum: 1, maximum: 60)), Self.area]), status: 201,
                response: Self.made), right: .manageChannels
        ) { staff, submission in
            let new = try submission.decode(ChannelCommands.NewFeed.self)
            return answer(try await commands.add(new, by: staff.scope, once: submission.once))
        }
        routes.api(
            APIOperation(
                .delete, "/channels/feeds/{id}", id: "revokeFeedKey", tag: "channels",
                summary: LocalizedText("吊销订阅密钥", "Revoke a key of a feed"), response: Self.done),
            right: .manageChannels
        ) { staff, submission in
            try await commands.revoke(staff.visit.identifier(), by: staff.scope, once: submission.once)
            return done()
        }
    }
}
