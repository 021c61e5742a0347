public import Desk
public import Ground
import Ledger
public import Sheets
import Storage

/// What came of a list of compounds and landmarks.
public struct LandmarkResult: Sendable, Hashable {
    public var rows = 0
    public var taken = 0
    public var rejected = 0
    public var firstProblems: [RowProblem] = []

    static let problemsKept = 20
}

extension Cases {
    /// Takes over a list of compounds and landmarks, so that their names in a text lead to their area: CSV or XLSX with
    /// the columns name; area (a code), or street and community (names); kind, longitude, latitude if known. Run again, it
    /// changes nothing but what changed.
    /// - Parameter errors: where rows that were not taken are written, with the reason.
    public func importLandmarks(
        file: String, errors: String? = nil, language: Language = .chinese, by actor: Actor
    ) async throws -> LandmarkResult {
        let now = house.clock.now()
        let (landmarks, result) = try readLandmarks(file, errors, language)
        let source = String(file.split(separator: "/").last ?? "")
        for start in stride(from: 0, to: landmarks.count, by: 500) {
            let chunk = landmarks[start..<min(start + 500, landmarks.count)]
            try await house.database.write { transaction in
                try transaction.batch(chunk.map { LandmarkStore.insertion($0, source: source, at: now) })
            }
        }
        if !landmarks.isEmpty {
            let entry = LedgerEntry(
                id: house.identifiers.next(at: now), act: "cases.landmarks", subjectKind: "landmarks",
                subjectID: source, actor: actor, happenedAt: now, receivedAt: now, area: house.settings.area.code,
                facts: JSONWriter.object { $0.member("rows", landmarks.count) })
            try await house.database.write { try Ledger.record(entry, in: $0) }
        }
        try await suggester.refresh()
        return result
    }

    private func readLandmarks(
        _ file: String, _ errors: String?, _ language: Language
    ) throws -> ([LandmarkStore.Landmark], LandmarkResult) {
        let reader = try SheetReader.open(path: file)
        let columns = try LandmarkColumns(reader, file)
        let sheet = try errors.map { path throws(Refusal) in
            try ErrorSheet(path: path, language: language, header: reader.header)
        }
        var names = AreaNames(areas, county: house.settings.area)
        var result = LandmarkResult()
        var found: [LandmarkStore.Landmark] = []
        try reader.forEachRow { row in
            result.rows += 1
            do {
                found.append(try landmark(row, columns, &names))
                result.taken += 1
            } catch let refusal as Refusal {
                let problem = RowProblem(
                    row: row.number, column: refusal.field ?? "", value: row[columns.name], code: refusal.code,
                    message: refusal.message)
                result.rejected += 1
                if result.firstProblems.count < LandmarkResult.problemsKept { result.firstProblems.append(problem) }
                try sheet?.add(problem, original: row.cells)
            }
        }
        try sheet?.close()
        return (found, result)
    }

    private func landmark(
        _ row: SheetRow, _ columns: LandmarkColumns, _ names: inout AreaNames
    ) throws(Refusal) -> LandmarkStore.Landmark {
        func cell(_ column: Int?) -> String { column.map { row[$0].trimmed } ?? "" }
        let name = cell(columns.name)
        guard (2...60).contains(name.count) else {
            throw Refusal(
                .ruleBroken, "cases.landmarks.name", LocalizedText("名称须为 2–60 字", "The name has 2 to 60 characters"),
                field: "name")
        }
        let area = try area(cell(columns.area), cell(columns.street), cell(columns.community), &names)
        var location: Location?
        let (longitude, latitude) = (cell(columns.longitude), cell(columns.latitude))
        if !longitude.isEmpty || !latitude.isEmpty {
            location = Double(longitude).flatMap { east in
                Double(latitude).flatMap { Location(longitude: east, latitude: $0) }
            }
            guard location != nil else {
                throw Refusal(
                    .ruleBroken, "cases.landmarks.location",
                    LocalizedText("经度、纬度须为度数", "Longitude and latitude are degrees"), field: "longitude")
            }
        }
        return LandmarkStore.Landmark(name: name, area: area, kind: cell(columns.kind), location: location)
    }

    private func area(
        _ code: String, _ street: String, _ community: String, _ names: inout AreaNames
    ) throws(Refusal) -> AreaPrefix {
        let county = house.settings.area
        let found: AreaPrefix?
        if !code.isEmpty {
            found = AreaPrefix(code).flatMap { areas.name(of: $0) == nil ? nil : $0 }
        } else {
            let named = names.find(county: "", street: street, community: community)
            found = named.unknown.isEmpty ? named.area : nil
        }
        guard let found, county.contains(found), found.level >= .street else {
            throw Refusal(
                .ruleBroken, "cases.landmarks.area",
                LocalizedText(
                    "本县没有这个街道或社区：\(code)\(street)\(community)",
                    "The county has no such street or community: \(code) \(street) \(community)"),
                field: code.isEmpty ? "community" : "area")
        }
        return found
    }
}

/// Where the columns stand, under either language's names.
private struct LandmarkColumns {
    var name: Int
    var area, street, community, kind, longitude, latitude: Int?

    init(_ reader: SheetReader, _ file: String) throws(Refusal) {
        func column(_ names: String...) -> Int? { names.lazy.compactMap { reader.column(named: $0) }.first }
        let name = column("name", "名称", "小区名称", "地名")
        area = column("area", "区划代码", "社区代码", "网格代码")
        street = column("street", "街道", "镇街", "所属街道")
        community = column("community", "社区", "村社", "所属社区")
        kind = column("kind", "类型", "类别")
        longitude = column("longitude", "经度")
        latitude = column("latitude", "纬度")
        guard let name, area != nil || street != nil else {
            throw Refusal(
                .malformed, "cases.landmarks.columns",
                LocalizedText(
                    "\(file)：须有列 名称，以及 区划代码 或 街道（和社区）",
                    "\(file): it needs a column `name`, and `area` or `street` (with `community`)"),
                wayOn: LocalizedText(
                    "现有列：\(reader.header.joined(separator: "、"))", "It has: \(reader.header.joined(separator: ", "))"))
        }
        self.name = name
    }
}
