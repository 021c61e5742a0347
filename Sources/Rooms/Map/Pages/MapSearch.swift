import Cases
import Desk
import Geo
import Ground
import Hummingbird
import Places
import Storage
import Web

/// The finder of an installation, made anew when places changed, or after a while for what changed among landmarks.
actor KeptFinder {
    private static let keptFor = Duration.seconds(300)
    private static let mostLandmarks = 200_000

    private var kept: (finder: PlaceFinder, version: Int64, at: ContinuousClock.Instant)?

    func finder(of map: OneMap) async throws -> PlaceFinder {
        let version = map.places.version
        if let kept, kept.version == version, ContinuousClock.now - kept.at < Self.keptFor { return kept.finder }
        var entries = map.areas.byCode.map { place in
            PlaceFinder.Entry(
                id: place.code, layer: "areas", names: [place.name], area: place.code,
                longitude: place.position.longitude, latitude: place.position.latitude)
        }
        let (cases, everywhere) = (map.cases, map.house.settings.area)
        var after: PlacedLandmark.Key?
        repeat {
            let key = after
            let page = try await map.house.database.read {
                try cases.landmarks(in: nil, within: everywhere, after: key, limit: 5_000, in: $0)
            }
            for one in page {
                entries.append(
                    PlaceFinder.Entry(
                        id: one.key.text, layer: "landmarks", names: [one.name], area: one.area.code,
                        longitude: one.location.longitude, latitude: one.location.latitude))
            }
            after = page.count == 5_000 ? page.last?.key : nil
        } while after != nil && entries.count < Self.mostLandmarks
        let finder = PlaceFinder(entries, readings: map.rules.ownReadings)
        kept = (finder, version, ContinuousClock.now)
        return finder
    }
}

/// Finding a place by name, on the page and for programs.
struct MapSearch: Sendable {
    let map: OneMap

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/map/search", id: "searchMap", tag: "map",
                summary: LocalizedText(
                    "按名称找地方：全称、部分、错一字、拼音或首字母；或按“经度,纬度”找所在网格",
                    "Find places by name: whole, in part, with one slip, in pinyin or its initials; or the grid of a place, as `longitude,latitude`"
                ),
                query: [.init("q", .string(minimum: 1, maximum: 100), "what is looked for")],
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("id", .text), .init("layer", .text), .init("name", .text), .init("area", .text),
                                .init("longitude", .number), .init("latitude", .number),
                                .init("rank", .integer(minimum: 0)),
                            ])))
                ])), right: .placesRead
        ) { staff, _ in
            guard let text = staff.visit.query.filled("q") else {
                throw Refusal(
                    .ruleBroken, "map.search-for-what", LocalizedText("请写明要找的名称", "Say what you look for"), field: "q")
            }
            let found = try await matches(text, for: staff.scope)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found) { writer, match in
                        writer.object { writer in
                            writer.member("id", match.entry.id)
                            writer.member("layer", match.entry.layer)
                            writer.member("name", match.name)
                            writer.member("area", match.entry.area)
                            writer.member("longitude", match.entry.longitude)
                            writer.member("latitude", match.entry.latitude)
                            writer.member("rank", match.rank)
                        }
                    }
                }
            ).response
        }
    }

    /// `120.155,30.274`: which grid it lies in.
    private func placed(_ text: String, for scope: Scope) -> PlaceFinder.Match? {
        let parts = text.split { ",， 　".contains($0) }.map { Double($0) ?? .nan }
        guard parts.count == 2, (-180...180).contains(parts[0]), (-90...90).contains(parts[1]),
            let grid = map.places.grid(longitude: parts[0], latitude: parts[1]), scope.area.contains(code: grid.code)
        else { return nil }
        let name = map.areaName(grid.code)
        return PlaceFinder.Match(
            entry: PlaceFinder.Entry(
                id: grid.code, layer: AreaLayer.name, names: [name], area: grid.code, longitude: parts[0],
                latitude: parts[1]), name: name, rank: 0)
    }

    func matches(_ text: String, for scope: Scope) async throws -> [PlaceFinder.Match] {
        if let place = placed(text, for: scope) { return [place] }
        let area = scope.area
        return try await map.finder.finder(of: map).matches(text) { area.contains(code: $0) }
    }

    /// What was found, each a way to its place on the map.
    func html(_ text: String, _ staff: StaffVisit) async throws -> HTML {
        let (visit, found) = (staff.visit, try await matches(text, for: staff.scope))
        guard !found.isEmpty else {
            return """
                <p class="notice warn" role="status">\(visit("没有找到“\(text)”。可用名称的一部分、拼音首字母，或在诉求队列按编号查找。", "“\(text)” was not found. Try a part of the name, the initials of its pinyin, or the queue by number."))</p>
                """
        }
        return """
            <nav class="panel map-found" aria-label="\(visit("查找结果", "Found"))"><ul class="rows">\(found.html { match in
                let place = "\(match.entry.longitude),\(match.entry.latitude),\(match.entry.area.utf8.count < 12 && match.entry.layer == "areas" ? 13 : 16)"
                let around = match.entry.layer == "areas" ? String(match.entry.area.dropLast(3)) : match.entry.area
                return "<li><a href=\"\(visit.query.setting("q", nil).setting("at", place).address("/map"))\">\(match.name)</a> <span class=\"hint\">\(map.areaName(around))</span></li>"
            })</ul></nav>
            """
    }
}
