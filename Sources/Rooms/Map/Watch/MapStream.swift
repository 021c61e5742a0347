import Desk
import Ground
import Hummingbird
import Identity
import Places
import Web

/// `/map/stream`: what changes, to maps that are open.
struct MapStream: Sendable {
    let map: OneMap
    let watch: MapWatch

    func add(to routes: Routes) {
        routes.page("/map/stream", right: .placesRead) { try stream($0) }
        routes.api(
            APIOperation(
                .get, "/map/stream", id: "followMap", tag: "map",
                summary: LocalizedText(
                    "地图上的变化（server-sent events）：anew 重新取瓦片，changes 变化，alive 存活信号",
                    "What changes on the map, as server-sent events: `anew` (load the tiles), `changes`, `alive`; goes on until the client or its session ends"
                ),
                query: [.init("events", .integer(minimum: 1, maximum: 100_000), required: false, "ends after so many")],
                response: .object([
                    .init("event", .text, required: false), .init("id", .text, required: false),
                    .init("data", .text, required: false),
                ]), responseType: "text/event-stream"), right: .placesRead
        ) { staff, _ in try stream(staff) }
    }

    private func stream(_ staff: StaffVisit) throws -> Response {
        let (visit, scope) = (staff.visit, staff.scope)
        let most = try visit.query.number("events", in: 1...100_000)
        let states = try watch.listen(MapWatch.Audience(scope))
        let session = HeldScope(identity: map.identity, request: visit.request, scope: scope)
        let every = Duration.seconds(map.rules.stream.sessionSeconds)
        return .events(
            states, from: MapChanges.Seen(eventID: visit.request.headers[.lastEventID]), most: most,
            retry: map.rules.stream.retrySeconds * 1000, isAllowed: { await session.holds(checkedEvery: every) },
            event: Self.event)
    }

    static func event(_ state: MapChanges, _ seen: inout MapChanges.Seen) -> ServerEvent {
        let news = state.news(since: seen)
        seen = MapChanges.Seen(series: state.series, number: state.number)
        let name =
            switch news {
            case .anew: "anew"
            case .nothing: "alive"
            case .changes: "changes"
            }
        let data = JSONWriter.object { writer in
            writer.member("at", state.at)
            writer.member("atText", state.at.local().secondText)
            guard case .changes(let changes) = news else { return }
            writer.key("changes")
            writer.array(changes) { $0.raw($1.json) }
        }
        return ServerEvent(id: seen.eventID, name: name, data: String(decoding: data, as: UTF8.self))
    }
}
