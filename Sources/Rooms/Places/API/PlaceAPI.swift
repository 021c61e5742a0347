import Desk
import Ground
import Hummingbird
import Storage
import Web

struct PlaceAPI: Sendable {
    let places: Places

    private var house: House { places.house }

    private static let areaSchema = Schema.named(
        "Area",
        .object([
            .init("code", .text), .init("name", .text), .init("level", .text), .init("parent", .nullable(.text)),
            .init("validFrom", .string(format: "date")), .init("validTo", .nullable(.string(format: "date"))),
            .init("source", .text),
        ]))

    private static let gridSchema = Schema.named(
        "Grid",
        .object([
            .init("code", .text), .init("community", .text), .init("name", .text),
            .init("kind", .string(values: Grid.Kind.allCases.map(\.rawValue))), .init("households", .integer()),
            .init("longitude", .nullable(.number)), .init("latitude", .nullable(.number)),
            .init("validFrom", .string(format: "date")), .init("validTo", .nullable(.string(format: "date"))),
        ]))

    private static let bodySchema = Schema.named(
        "Body",
        .object([
            .init("id", .identifier), .init("name", .text), .init("englishName", .nullable(.text)),
            .init("kind", .string(values: BodyRecord.Kind.allCases.map(\.rawValue))), .init("level", .text),
            .init("area", .text), .init("line", .nullable(.text)), .init("parent", .nullable(.identifier)),
            .init("functionalParent", .nullable(.identifier)), .init("phone", .nullable(.text)),
            .init("validFrom", .string(format: "date")), .init("validTo", .nullable(.string(format: "date"))),
            .init("version", .integer()),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/areas/{code}", id: "getArea", tag: "places",
                summary: LocalizedText("一个区划、其上级与下级", "A division with those around it and below it"),
                query: [.init("at", .string(format: "date"), required: false, "as of this day")],
                response: .object([
                    .init("area", Self.areaSchema), .init("ancestors", .array(Self.areaSchema)),
                    .init("children", .array(Self.areaSchema)), .init("grids", .array(Self.gridSchema)),
                ])), right: .placesRead
        ) { staff, _ in try await area(staff) }
        routes.api(
            APIOperation(
                .get, "/areas", id: "listAreas", tag: "places",
                summary: LocalizedText("下级区划，或按名称、代码查找", "Divisions below one, or found by name or code"),
                query: [
                    .init("parent", .text, required: false), .init("q", .text, required: false),
                    .init("at", .string(format: "date"), required: false), .init("after", .text, required: false),
                    .init("limit", .integer(minimum: 1, maximum: 1000), required: false),
                ],
                response: .object([.init("items", .array(Self.areaSchema)), .init("next", .nullable(.text))])),
            right: .placesRead
        ) { staff, _ in try await areas(staff) }
        routes.api(
            APIOperation(
                .get, "/area-at", id: "findAreaAt", tag: "places",
                summary: LocalizedText(
                    "某一地点所在的网格：以网格范围为准，没有范围的按最近的中心",
                    "The grid of a place: the one whose ground holds it; where none does, the one whose centre is nearest within five kilometres"
                ),
                query: [
                    .init("longitude", .number, "degrees, CGCS2000"), .init("latitude", .number, "degrees, CGCS2000"),
                ],
                response: .object([
                    .init("grid", .text), .init("name", .text),
                    .init("ground", .string(values: FoundGrid.Ground.allCases.map(\.rawValue))),
                    .init("path", .array(.object([.init("code", .text), .init("name", .text)])), "widest first"),
                ])), right: .placesRead
        ) { staff, _ in try areaAt(staff) }
        routes.api(
            APIOperation(
                .get, "/bodies", id: "listBodies", tag: "places",
                summary: LocalizedText("在一个区域履职的机构", "Bodies that act in an area"),
                query: [
                    .init("area", .text, required: false), .init("at", .string(format: "date"), required: false),
                    .init("limit", .integer(minimum: 1, maximum: 1000), required: false),
                ], response: .object([.init("items", .array(Self.bodySchema))])), right: .placesRead
        ) { staff, _ in try await bodies(staff) }
        routes.api(
            APIOperation(
                .get, "/bodies/{id}", id: "getBody", tag: "places",
                summary: LocalizedText(
                    "一个机构、其条块上级和在岗人员（含交叉任职）",
                    "A body with those above it, by area and by line, and its people with their posts elsewhere"),
                response: .object([
                    .init("body", Self.bodySchema), .init("areaChain", .array(Self.bodySchema)),
                    .init("lineChain", .array(Self.bodySchema)), .init("people", BodyPeopleList.schema),
                ])), right: .placesRead
        ) { staff, _ in try await body(staff) }
        routes.api(
            APIOperation(
                .post, "/bodies", id: "createBody", tag: "places",
                summary: LocalizedText("登记机构", "Enter a body"), request: Self.requestSchema, status: 201,
                response: Self.bodySchema), right: .bodiesManage
        ) { staff, submission in try await create(submission, by: staff) }
        routes.api(
            APIOperation(
                .put, "/bodies/{id}", id: "updateBody", tag: "places",
                summary: LocalizedText("修改机构（需 If-Match）", "Change a body (needs If-Match)"),
                request: Self.requestSchema, response: Self.bodySchema), right: .bodiesManage
        ) { staff, submission in try await update(submission, by: staff) }
    }

    // MARK: Reading

    private func limit(_ visit: Visit) throws(Refusal) -> Int {
        let limit = visit.query.filled("limit").flatMap { Int($0) } ?? 200
        guard (1...1000).contains(limit) else {
            throw Refusal(
                .malformed, "places.limit", LocalizedText("limit 须在 1 到 1000 之间", "limit lies between 1 and 1000"),
                field: "limit")
        }
        return limit
    }

    private func area(_ staff: StaffVisit) async throws -> Response {
        guard let area = AreaPrefix(try staff.visit.parameter("code")), !area.code.isEmpty, area.level != .grid else {
            throw Refusal.nothingHere
        }
        let day = try staff.visit.query.day("at") ?? places.today
        let page = try await house.database.read { try AreaPage(area, at: day, in: $0) }
        guard let own = page.lineage.last, own.code == area.code else { throw Refusal.nothingHere }
        return .json(
            JSONWriter.object { writer in
                writer.key("area")
                own.write(to: &writer)
                writer.key("ancestors")
                writer.array(page.lineage.dropLast()) { $1.write(to: &$0) }
                writer.key("children")
                writer.array(page.children) { $1.area.write(to: &$0) }
                writer.key("grids")
                writer.array(page.grids) { $1.write(to: &$0) }
            })
    }

    private func areas(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let limit = try limit(visit)
        let day = try visit.query.day("at") ?? places.today
        var areas: [Area]
        var next: String?
        if let text = visit.query.filled("q") {
            areas = try await places.search(text, in: staff.scope, limit: limit)
        } else {
            let parent = visit.query.filled("parent")
            let after = visit.query.filled("after")
            areas = try await house.database.read { transaction in
                try AreaStore.children(of: parent, at: day, after: after, limit: limit + 1, in: transaction)
            }
            if areas.count > limit {
                areas.removeLast()
                next = areas.last?.code
            }
        }
        return .json(
            JSONWriter.object { writer in
                writer.key("items")
                writer.array(areas) { $1.write(to: &$0) }
                writer.member("next", next)
            })
    }

    private func areaAt(_ staff: StaffVisit) throws -> Response {
        func degrees(_ name: String, _ range: ClosedRange<Double>) throws(Refusal) -> Double {
            guard let text = staff.visit.query.filled(name), let number = Double(text), range.contains(number) else {
                throw Refusal(
                    .ruleBroken, "places.no-place",
                    LocalizedText("longitude、latitude 须为经纬度（度）", "longitude and latitude are to be degrees"),
                    field: name)
            }
            return number
        }
        let longitude = try degrees("longitude", -180...180)
        let latitude = try degrees("latitude", -90...90)
        guard let found = places.grid(longitude: longitude, latitude: latitude) else {
            throw Refusal(
                .notFound, "places.nowhere",
                LocalizedText("该地点附近没有网格", "There is no grid near that place"),
                wayOn: LocalizedText("经纬度是否写反了？", "Are longitude and latitude swapped?"))
        }
        return .json(
            JSONWriter.object { writer in
                writer.member("grid", found.code)
                writer.member("name", places.name(of: found.code))
                writer.member("ground", found.ground.rawValue)
                writer.key("path")
                writer.array(places.path(of: found.code)) { writer, part in
                    writer.object { writer in
                        writer.member("code", part.code)
                        writer.member("name", part.name)
                    }
                }
            })
    }

    private func bodies(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let limit = try limit(visit)
        let day = try visit.query.day("at") ?? places.today
        let text = visit.query.filled("area") ?? staff.scope.area.code
        guard let area = AreaPrefix(text) else {
            throw Refusal(
                .malformed, "places.area", LocalizedText("area 应为区划代码", "area must be an area code"), field: "area")
        }
        let bodies = try await house.database.read { transaction in
            try BodyStore.acting(in: area, at: day, limit: limit, transaction: transaction)
        }
        return .json(
            JSONWriter.object { writer in
                writer.key("items")
                writer.array(bodies) { $1.write(to: &$0) }
            })
    }

    private func body(_ staff: StaffVisit) async throws -> Response {
        let id: BodyID = try staff.visit.identifier()
        let (byArea, byLine, people) = try await house.database.read { [places] transaction in
            (
                try BodyStore.chain(of: id, by: .area, in: transaction),
                try BodyStore.chain(of: id, by: .line, in: transaction),
                try BodyPeopleList(of: id, places, in: transaction)
            )
        }
        guard let body = byArea.first else { throw Refusal.nothingHere }
        return .json(
            JSONWriter.object { writer in
                writer.key("body")
                body.write(to: &writer)
                writer.key("areaChain")
                writer.array(byArea.dropFirst()) { $1.write(to: &$0) }
                writer.key("lineChain")
                writer.array(byLine.dropFirst()) { $1.write(to: &$0) }
                writer.key("people")
                people.write(to: &writer, staff.visit)
            }, headers: [.eTag: Answer.entityTag(body.version)])
    }

    // MARK: Writing

    private static let requestSchema = Schema.named(
        "BodyRequest",
        .object([
            .init("name", .text), .init("englishName", .nullable(.text), required: false),
            .init("kind", .string(values: BodyRecord.Kind.allCases.map(\.rawValue))),
            .init("level", .string(values: AreaLevel.allCases.map(\.rawValue))), .init("area", .text),
            .init("line", .nullable(.text), required: false), .init("parent", .nullable(.identifier), required: false),
            .init("functionalParent", .nullable(.identifier), required: false),
            .init("phone", .nullable(.text), required: false),
            .init("validFrom", .string(format: "date"), required: false),
            .init("validTo", .nullable(.string(format: "date")), required: false),
        ]))

    private struct BodyRequest: Decodable {
        var name: String
        var englishName: String?
        var kind: BodyRecord.Kind
        var level: AreaLevel
        var area: AreaPrefix
        var line: String?
        var parent: BodyID?
        var functionalParent: BodyID?
        var phone: String?
        var validFrom: Day?
        var validTo: Day?

        private enum CodingKeys: String, CodingKey {
            case name, englishName, kind, level, area, line, parent, functionalParent, phone, validFrom, validTo
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            englishName = try container.decodeIfPresent(String.self, forKey: .englishName)
            kind = try container.decode(BodyRecord.Kind.self, forKey: .kind)
            level = try container.decode(AreaLevel.self, forKey: .level)
            guard let area = AreaPrefix(try container.decode(String.self, forKey: .area)) else {
                throw DecodingError.dataCorruptedError(forKey: .area, in: container, debugDescription: "no area code")
            }
            self.area = area
            line = try container.decodeIfPresent(String.self, forKey: .line)
            parent = try container.decodeIfPresent(BodyID.self, forKey: .parent)
            functionalParent = try container.decodeIfPresent(BodyID.self, forKey: .functionalParent)
            phone = try container.decodeIfPresent(String.self, forKey: .phone)
            validFrom = try container.decodeIfPresent(Day.self, forKey: .validFrom)
            validTo = try container.decodeIfPresent(Day.self, forKey: .validTo)
        }

        func record(_ id: BodyID, today: Day, version: Int64) -> BodyRecord {
            BodyRecord(
                id: id, name: name, englishName: englishName, kind: kind, level: level, area: area, line: line,
                parent: parent, functionalParent: functionalParent, phone: phone, validFrom: validFrom ?? today,
                validTo: validTo, version: version)
        }
    }

    private func create(_ submission: Submission, by staff: StaffVisit) async throws -> Response {
        let now = staff.visit.now
        let scope = staff.scope
        let record = try submission.decode(BodyRequest.self).record(
            house.identifiers.next(at: now), today: places.today, version: 1)
        let entry = house.identifiers.nextText(at: now)
        return try await staff.visit.write(submission) { transaction in
            try Places.create(record, by: scope, at: now, entry: Identifier(entry), in: transaction)
            return .json(
                Self.json(record), status: 201, location: "/api/v1/bodies/\(record.id)", version: record.version)
        }
    }

    private func update(_ submission: Submission, by staff: StaffVisit) async throws -> Response {
        let id: BodyID = try staff.visit.identifier()
        let now = staff.visit.now
        let scope = staff.scope
        guard let version = submission.seenVersion else {
            throw Refusal(
                .malformed, "places.body.version",
                LocalizedText("请以 If-Match 说明所见版本", "Say with If-Match which version you saw"), field: "If-Match")
        }
        let record = try submission.decode(BodyRequest.self).record(id, today: places.today, version: version)
        let entry = house.identifiers.nextText(at: now)
        return try await staff.visit.write(submission) { transaction in
            try Places.update(record, by: scope, at: now, entry: Identifier(entry), in: transaction)
            var changed = record
            changed.version += 1
            return .json(Self.json(changed), version: changed.version)
        }
    }

    private static func json(_ body: BodyRecord) -> [UInt8] {
        var writer = JSONWriter()
        body.write(to: &writer)
        return writer.finish()
    }
}

extension Area {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("code", code)
            writer.member("name", name)
            writer.member("level", level.rawValue)
            writer.member("parent", parent)
            writer.member("validFrom", validFrom.description)
            writer.member("validTo", validTo?.description)
            writer.member("source", source)
        }
    }
}

extension Grid {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("code", code)
            writer.member("community", community)
            writer.member("name", name)
            writer.member("kind", kind.rawValue)
            writer.member("households", households)
            writer.key("longitude")
            if let centre { writer.value(centre.longitude) } else { writer.null() }
            writer.key("latitude")
            if let centre { writer.value(centre.latitude) } else { writer.null() }
            writer.member("validFrom", validFrom.description)
            writer.member("validTo", validTo?.description)
        }
    }
}

extension BodyRecord {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", name)
            writer.member("englishName", englishName)
            writer.member("kind", kind.rawValue)
            writer.member("level", level.rawValue)
            writer.member("area", area.code)
            writer.member("line", line)
            writer.member("parent", parent)
            writer.member("functionalParent", functionalParent)
            writer.member("phone", phone)
            writer.member("validFrom", validFrom.description)
            writer.member("validTo", validTo?.description)
            writer.member("version", version)
        }
    }
}
