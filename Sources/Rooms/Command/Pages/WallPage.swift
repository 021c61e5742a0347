import Desk
import Ground
import HTTPTypes
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/command`: the wall, at a desk, on a phone, and with `?mode=wall` on a screen. It stands there whole without scripts;
/// with them, parts that change come through `/command/stream`.
struct WallPage: Sendable {
    let command: UnifiedCommand
    let watch: WallWatch

    static let script = "command.js"

    func add(to routes: Routes) {
        routes.page("/command", right: .seeCommand) { try await show($0) }
        routes.page("/command/stream", right: .seeCommand) { staff in
            try stream(staff, .page(staff.visit.language, isWall: staff.visit.isWall))
        }
    }

    static func area(_ staff: StaffVisit) throws(Refusal) -> AreaPrefix? {
        guard let code = staff.visit.query.filled("area") else { return nil }
        guard let area = AreaPrefix(code) else {
            throw Refusal(
                .malformed, "command.area", LocalizedText("区划代码有误", "No such area code"), field: "area")
        }
        guard staff.scope.area.contains(area) else { throw Refusal.nothingHere }
        return area
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (asked, scope, now, command) = (try Self.area(staff), staff.scope, visit.now, command)
        let model = try await command.house.database.read {
            try command.model(in: asked, for: scope, at: now, in: $0)
        }
        let area = model.figures.area
        let parts = WallParts(command: command, language: visit.language, isWall: visit.isWall)
        let name = command.areaName(area)
        let address = QueryParameters(
            [("area", area.code)] + (visit.isWall ? [("mode", "wall")] : [])
        ).address("/command/stream")
        let sections = WallParts.arranged(parts.all(model))
        let line: HTML = """
            <p class="notice danger wall-stale" role="status" data-stale hidden>\(symbol("circle-alert")) \(visit(CommandTexts.stale))</p>
            """
        let asOf: HTML = """
            <p class="hint asof">\(visit(CommandTexts.asOf)) <time datetime="\(now.iso8601)">\(visit.instantText(now))</time></p>
            """
        let trail = AreaTrail(
            from: scope.area, to: area, name: { command.places.name(of: $0) },
            children: { code in
                AreaPrefix(code).map { $0.level < .community } ?? false ? command.places.children(of: code) : []
            },
            address: { QueryParameters([("area", $0)]).address("/command") })
        var page = Page(
            visit.isWall ? "\(name) · \(visit(CommandTexts.command))" : visit(CommandTexts.command),
            breadcrumb: trail.crumbs, scripts: [Self.script],
            """
            \(line)<div class="wall-parts" data-stream="\(address)" data-alive="\(command.rules.stream.aliveSeconds)" \
            data-script="\(command.house.assets.address(Self.script))">\(sections)</div>\(visit.isWall ? HTML() : asOf)
            """)
        page.besides = trail.besides
        page.wall = Page.Wall(isLive: true)
        return visit.page(page)
    }

    func stream(_ staff: StaffVisit, _ form: WallWatch.Form) throws -> Response {
        let (visit, scope) = (staff.visit, staff.scope)
        let area = try Self.area(staff)
        guard (area ?? scope.area).level <= .community else {
            throw Refusal(
                .ruleBroken, "command.too-small",
                LocalizedText("指挥屏按社区及以上汇总", "The wall sums up communities and what is above them"), field: "area")
        }
        var most: Int?
        if let text = visit.query.filled("events") {
            guard let count = Int(text), (1...100_000).contains(count) else { throw Refusal.filter("events") }
            most = count
        }
        let states = try watch.listen(.init(view: .init(scope, area: area), form: form))
        let session = HeldScope(identity: command.identity, request: visit.request, scope: scope)
        let seen = WallState.Seen(eventID: visit.request.headers[.lastEventID])
        let every = Duration.seconds(command.rules.stream.sessionSeconds)
        let script = command.house.assets.address(Self.script)
        return .events(
            states, from: seen, most: most, retry: command.rules.stream.retrySeconds * 1000,
            isAllowed: { await session.holds(checkedEvery: every) }
        ) { state, seen in
            Self.event(state, &seen, form, script: script)
        }
    }

    static func event(
        _ state: WallState, _ seen: inout WallState.Seen, _ form: WallWatch.Form, script: String
    ) -> ServerEvent {
        let parts = state.parts(newTo: seen)
        let isNew = state.isNew(to: seen)
        seen = WallState.Seen(series: state.series, version: state.version)
        if case .program = form {
            guard isNew, let figures = state.parts.first else {
                let alive = JSONWriter.object { $0.member("at", state.at) }
                return ServerEvent(id: seen.eventID, name: "alive", data: String(decoding: alive, as: UTF8.self))
            }
            return ServerEvent(
                id: seen.eventID, name: "figures", data: String(decoding: figures.content, as: UTF8.self))
        }
        let data = JSONWriter.object { writer in
            writer.member("at", state.at)
            writer.member("atText", state.at.local().secondText)
            writer.member("script", script)
            guard isNew else { return }
            writer.key("parts")
            writer.object { writer in
                for part in parts {
                    writer.key(escaping: part.id)
                    writer.value(String(decoding: part.content, as: UTF8.self))
                }
            }
            // A part that is gone takes its place away.
            writer.key("all")
            writer.array(state.parts) { $0.value($1.id) }
        }
        return ServerEvent(
            id: seen.eventID, name: isNew ? "wall" : "alive", data: String(decoding: data, as: UTF8.self))
    }
}
