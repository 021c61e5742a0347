import Cases
import Cipher
import Desk
import Ground
import HTTPTypes
import Hummingbird
import Storage
import Web

/// Where messages of sensors come in: signed, each once, one open matter per sensor.
struct SensorDoor: Sendable {
    let channels: Channels

    /// What became of a message.
    enum Outcome: String, Sendable, CaseIterable {
        /// It became a matter.
        case raised
        /// It is a remark in the sensor's open matter.
        case remarked
        /// The sensor's matter is open and was remarked on lately; only counted.
        case counted
        /// Nothing that asks for a matter.
        case noted
    }

    private static let mostBytes = 256 * 1024

    func add(to routes: Routes) {
        routes.openAPI(Self.operation) { visit, submission in
            try await take(submission.bytes, from: visit.parameter("source"), visit)
        }
    }

    private func take(_ body: [UInt8], from key: String, _ visit: Visit) async throws -> Response {
        guard let source = channels.sensorRules[key] else { throw Self.unknown }
        guard body.count <= Self.mostBytes else {
            throw Refusal(
                .tooLarge, "channels.too-large",
                LocalizedText(
                    "报文超过 \(Self.mostBytes / 1024) KB", "The message has more than \(Self.mostBytes / 1024) KB"),
                wayOn: LocalizedText("只发读数，照片和日志留在网关", "Send readings only; keep pictures and logs at the gateway"))
        }
        let headers = visit.request.headers
        let message = try SignedMessage(
            id: headers[.webhookID], time: headers[.webhookTime], signature: headers[.webhookSignature])
        let now = visit.now
        let vault = visit.house.keys.vault
        let known = try await visit.house.database.read {
            try SensorStore.secret(of: key, vault, at: now, in: $0)
        }
        guard let known else { throw Self.noSecret }
        try message.check(body, against: known.secrets, at: now, tolerance: channels.sensorRules.tolerance)
        let read = try source.read(try Request.decode(JSONValue.self, from: body))
        let once = Once(owner: "sensor " + key, key: message.id, content: body)
        let scope = scope(of: source, known)
        return try await visit.house.database.write { transaction in
            try once.perform(in: transaction, at: now) {
                try handle(read, of: source, by: scope, at: now, in: $0)
            }
        }.response
    }

    /// A machine in the post of whoever made the secret, with just the rights that this needs.
    private func scope(of source: SensorSource, _ secret: SensorSecret) -> Scope {
        Scope(
            staff: secret.staff, staffName: source.title.chinese, post: secret.post, postName: source.title,
            role: "sensor", rights: [Right("case.report"), Right("case.read")], area: channels.house.settings.area,
            body: secret.body, bodyName: source.title.chinese, isMachine: true)
    }

    private func handle(
        _ message: SensorSource.Message, of source: SensorSource, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Answer {
        var state =
            try SensorStore.state(source.key, message.device, in: transaction)
            ?? SensorState(seenAt: now, remarkedAt: now, messages: 0)
        state.seenAt = now
        state.messages += 1
        var outcome = Outcome.noted
        if let open = state.caseID, let standing = try channels.cases.standing(of: open, in: transaction),
            !standing.isEnded
        {
            outcome = .counted
            if now - state.remarkedAt >= source.remarkEvery, mayRemark(in: standing.state) {
                _ = try channels.cases.act(
                    open, Command("remark", opinion: message.title + "\n" + message.detail), by: .staff(scope),
                    actor: Actor(scope), at: now, in: transaction)
                state.remarkedAt = now
                outcome = .remarked
            }
        } else if message.isRaised {
            state.caseID = try raise(message, of: source, by: scope, at: now, in: transaction)
            state.remarkedAt = now
            outcome = .raised
        } else {
            state.caseID = nil
        }
        try SensorStore.keep(state, source.key, message.device, in: transaction)
        let number = try state.caseID.flatMap { try channels.cases.numbers(of: [$0], in: transaction)[$0] }
        return .json(
            JSONWriter.object { writer in
                writer.member("outcome", outcome.rawValue)
                writer.member("number", number)
                writer.member("messages", state.messages)
            })
    }

    private func mayRemark(in state: StateName) -> Bool {
        channels.cases.rules.workflow["remark" as ActName]?.from.contains(state) == true
    }

    private func raise(
        _ message: SensorSource.Message, of source: SensorSource, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> CaseID {
        let (area, isKnown) = try area(of: message)
        var detail = message.detail
        if !isKnown { detail += "\n" + Self.unknownPlace(message) }
        let report = Report(
            title: message.title, detail: detail, category: source.category, area: area,
            address: message.address, location: isKnown ? message.location : nil, channel: .sensor,
            // A sensor whose clock is ahead has seen it now.
            reportedAt: message.at.map { min($0, now) })
        return try channels.cases.report(report, by: Actor(scope), scope: scope, at: now, in: transaction).id
    }

    /// Nobody stands at the other end who could correct a place: an alarm from outside the county is one all the same, for
    /// the county to find out where it is.
    private func area(of message: SensorSource.Message) throws(Refusal) -> (AreaPrefix, isKnown: Bool) {
        let county = channels.house.settings.area
        let finding = PlaceFinding(places: channels.places, county: county)
        do {
            return (
                try finding.area(location: message.location, named: message.area, address: message.address), true
            )
        } catch  where error.kind == .ruleBroken {
            return (try finding.area(location: nil, named: nil, address: message.address), false)
        }
    }

    // MARK: Words

    private static func unknownPlace(_ message: SensorSource.Message) -> String {
        let place = message.location.map { "经纬度 \($0.longitude), \($0.latitude)" }
        let area = message.area.map { "区域 \($0.code)" }
        return "设备上报的位置（\([place, area].compactMap { $0 }.joined(separator: "，"))）不在本平台范围内，请核实设备位置。"
    }

    private static let unknown = Refusal(
        .notFound, "channels.unknown-source", LocalizedText("没有这个感知来源", "There is no such source"),
        wayOn: LocalizedText("来源写在 sensors.yaml 中", "Sources stand in sensors.yaml"), field: "source")

    private static let noSecret = Refusal(
        .forbidden, "channels.no-secret",
        LocalizedText("该来源尚无密钥，不能接收", "This source has no secret yet, so nothing can be taken from it"),
        wayOn: LocalizedText("请在“对接”页为它生成密钥", "Make one on the page Channels"), field: "source")

    private static let operation = APIOperation(
        .post, "/sensors/{source}", id: "sendSensorMessage", tag: "channels",
        summary: LocalizedText(
            "感知设备报文（Standard Webhooks 签名：webhook-id、webhook-timestamp、webhook-signature）",
            "A message of a sensor, signed as Standard Webhooks says: webhook-id, webhook-timestamp, webhook-signature"),
        request: .object([]),
        response: .object([
            .init("outcome", .string(values: Outcome.allCases.map(\.rawValue))), .init("number", .nullable(.text)),
            .init("messages", .integer(minimum: 1)),
        ]))
}

extension HTTPField.Name {
    static let webhookID = literal(SignedMessage.idHeader)
    static let webhookTime = literal(SignedMessage.timeHeader)
    static let webhookSignature = literal(SignedMessage.signatureHeader)
}
