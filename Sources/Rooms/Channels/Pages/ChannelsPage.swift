import Cases
import Desk
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// 对接: who may send us something, who is told what happens, who may read along.
struct ChannelsPage: Sendable {
    let channels: Channels

    private var commands: ChannelCommands { ChannelCommands(channels: channels) }

    func add(to routes: Routes) {
        routes.page("/channels", right: .manageChannels) { try await show($0) }
        routes.form("/channels/sensors/:source/secret", right: .manageChannels) { staff, submission in
            try await shown(staff, submission) {
                try await commands.makeSecret(
                    ofSource: staff.visit.parameter("source"), by: staff.scope, once: submission.once)
            }
        }
        routes.form("/channels/sensors/:source/revoke", right: .manageChannels) { staff, submission in
            try await commands.forgetSecret(
                ofSource: staff.visit.parameter("source"), by: staff.scope, once: submission.once)
            return .seeOther("/channels")
        }
        routes.form("/channels/destinations", right: .manageChannels) { staff, submission in
            let fields = submission.fields
            let new = ChannelCommands.NewDestination(
                name: fields["name"] ?? "", url: fields["url"] ?? "", area: fields.filled("area"),
                acts: fields.all("acts"))
            return try await shown(staff, submission) {
                try await commands.add(new, by: staff.scope, once: submission.once)
            }
        }
        routes.form("/channels/destinations/:id/:act", right: .manageChannels) { staff, submission in
            let id: Destination.ID = try staff.visit.identifier()
            switch try staff.visit.parameter("act") {
            case "pause": try await set(.paused, id, false, staff, submission)
            case "resume": try await set(.active, id, false, staff, submission)
            case "skip": try await set(.active, id, true, staff, submission)
            case "remove": try await commands.remove(id, by: staff.scope, once: submission.once)
            default: throw Refusal.nothingHere
            }
            return .seeOther("/channels")
        }
        routes.form("/channels/feeds", right: .manageChannels) { staff, submission in
            let new = ChannelCommands.NewFeed(
                name: submission.fields["feed-name"] ?? "", area: submission.fields.filled("feed-area"))
            return try await shown(staff, submission) {
                try await commands.add(new, by: staff.scope, once: submission.once)
            }
        }
        routes.form("/channels/feeds/:id/revoke", right: .manageChannels) { staff, submission in
            try await commands.revoke(staff.visit.identifier(), by: staff.scope, once: submission.once)
            return .seeOther("/channels")
        }
    }

    private func set(
        _ state: Destination.State, _ id: Destination.ID, _ skips: Bool, _ staff: StaffVisit, _ submission: Submission
    ) async throws {
        try await commands.set(state, of: id, skips: skips, by: staff.scope, once: submission.once)
    }

    /// The page with the secret that was just made, or with what was wrong.
    private func shown(
        _ staff: StaffVisit, _ submission: Submission, _ make: () async throws -> ChannelCommands.Made
    ) async throws -> Response {
        do {
            return try await show(staff, made: try await make())
        } catch let refusal as Refusal where refusal.field != nil {
            return try await show(staff, wrong: refusal, typed: submission.fields)
        }
    }

    private func show(
        _ staff: StaffVisit, made: ChannelCommands.Made? = nil, wrong: Refusal? = nil,
        typed: QueryParameters = QueryParameters()
    ) async throws -> Response {
        let visit = staff.visit
        let scope = staff.scope
        let (secrets, destinations, feeds) = try await channels.house.database.read { transaction in
            (
                try SensorStore.made(in: transaction), try DestinationStore.all(for: scope, in: transaction),
                try FeedStore.all(for: scope, in: transaction)
            )
        }
        let notice = wrong.map { refusal in
            Page.Notice(
                .danger, [refusal.message, refusal.wayOn].compactMap { $0.map { visit($0) } }.joined(separator: " "))
        }
        return visit.page(
            Page(
                visit("对接", "Channels"), notice: notice,
                """
                \(secret(made, visit))\
                \(DestinationPanel(channels: channels, scope: scope, visit: visit).html(destinations, typed))\
                \(sensors(secrets, scope, visit))\
                \(feedKeys(feeds, scope, typed, visit))\
                \(open311(visit))
                """), status: wrong?.kind.status ?? .ok)
    }

    private func secret(_ made: ChannelCommands.Made?, _ visit: Visit) -> HTML {
        guard let made else { return HTML() }
        guard let secret = made.secret else {
            return """
                <p class="notice warn">\(visit("这一项已做过，密钥不再显示；若未保存请重新生成。", "This was done before and its secret is not shown again; make another if it was lost."))</p>
                """
        }
        return """
            <section class="panel"><h2>\(visit("密钥（只显示这一次）", "The secret (shown this once)"))</h2>\
            <p><code class="wrap">\(secret)</code></p>\
            <p class="hint">\(visit("请立即交给对方系统保存；本平台加密保存或只存摘要，不再显示。", "Give it to the other system now; here it is kept sealed or as a hash, and is not shown again."))</p></section>
            """
    }

    // MARK: Sensors

    private func sensors(_ secrets: [String: Instant], _ scope: Scope, _ visit: Visit) -> HTML {
        let columns: [Column<SensorSource>] = [
            .text("来源", "Source") { source, visit in visit(source.title) },
            .text("代码", "Key") { source, _ in source.key },
            .text("类别", "Category") { source, visit in
                channels.cases.rules.categories.pathText(source.category, visit.language)
            },
            .instant("密钥生成于", "Secret made") { secrets[$0.key] },
            Column(
                "操作", "Acts", cell: { _, _ in .empty },
                html: { source, visit in
                    let hasSecret = secrets[source.key] != nil
                    let make = hasSecret ? visit("更换密钥", "Change the secret") : visit("生成密钥", "Make a secret")
                    return """
                        \(button("/channels/sensors/\(source.key)/secret", make, visit))\
                        \(hasSecret ? button("/channels/sensors/\(source.key)/revoke", visit("停用", "Revoke"), visit) : HTML())
                        """
                }),
        ]
        let listing = Listing(
            caption: visit("感知来源", "Sources of sensors"), columns: columns, items: channels.sensorRules.sources,
            whenEmpty: "<p>\(visit("sensors.yaml 中没有来源。", "There are no sources in sensors.yaml."))</p>")
        return """
            <section><h2>\(visit("感知设备接入", "Sensors that report"))</h2>\(listing.html(visit))\
            <p class="hint">\(visit("来源及字段对应写在规则文件 sensors.yaml 中；报文发往 /api/v1/sensors/代码，按 Standard Webhooks 签名。", "Sources and their fields stand in the rule file sensors.yaml; messages go to /api/v1/sensors/KEY, signed as Standard Webhooks says."))</p></section>
            """
    }

    // MARK: Feeds

    private func feedKeys(_ keys: [FeedKey], _ scope: Scope, _ typed: QueryParameters, _ visit: Visit) -> HTML {
        let columns: [Column<FeedKey>] = [
            .text("名称", "Name") { key, _ in key.name },
            .text("区域", "Area") { key, _ in channels.places.name(of: key.area.code) ?? key.area.code },
            .text("地址", "Address") { key, _ in "/feeds/areas/\(key.area.code).atom?key=…" },
            .instant("生成于", "Made") { $0.madeAt },
            Column(
                "操作", "Acts", cell: { _, _ in .empty },
                html: { key, visit in button("/channels/feeds/\(key.id)/revoke", visit("吊销", "Revoke"), visit) }),
        ]
        let listing = Listing(
            caption: visit("订阅密钥", "Keys of feeds"), columns: columns, items: keys,
            whenEmpty: "<p>\(visit("还没有订阅密钥。", "No keys yet."))</p>")
        return """
            <section><h2>\(visit("区域动态订阅（Atom）", "News of an area (Atom)"))</h2>\(listing.html(visit))\
            <form method="post" action="/channels/feeds" class="panel">\(visit.formFields)\
            \(Field.text("feed-name", visit("名称（给谁用）", "Name (for whom)"), value: typed["feed-name"], required: true, maximum: 60))\
            \(Field.text("feed-area", visit("区域代码", "Area code"), value: typed["feed-area"] ?? scope.area.code, maximum: 15, hint: visit("只能在您的辖区之内", "Within your own area"), inputMode: "numeric"))\
            \(Field.submit(visit("生成密钥", "Make a key")))</form></section>
            """
    }

    private func open311(_ visit: Visit) -> HTML {
        """
        <section><h2>Open311</h2><p>\(channels.publicRules.isOpen ? visit("已开放：", "Open: ") : visit("未开放：", "Closed: "))\
        <a href="/open311/v2/discovery.xml">/open311/v2/discovery.xml</a></p>\
        <p class="hint">\(visit("公开哪些内容写在规则文件 open311.yaml 中；上报所用 api_key 在“令牌”页创建（权限 case.report）。", "What is shown stands in the rule file open311.yaml; the api_key for reports is made on the tokens page, with the right case.report."))</p></section>
        """
    }
}

/// A form that is one button.
func button(_ path: String, _ text: String, _ visit: Visit, tone: StaticString = "ghost") -> HTML {
    """
    <form method="post" action="\(path)" class="inline">\(visit.formFields)\(Field.submit(text, tone: tone))</form>
    """
}
