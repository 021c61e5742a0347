import Desk
import Ground
import Storage
import Web

/// The form of a body and the query form of the list, and what they ask for.
struct BodyForm {
    let places: Places
    let visit: Visit
    /// Bodies that could stand above one of the viewer's area.
    var above: [BodyRecord] = []
    var wrong: Refusal?

    // MARK: Lines

    /// One line (department) of `Rules/lines.yaml`.
    private struct Line: Decodable {
        var code, zh, en: String

        struct File: Decodable { var lines: [Line] }
    }

    /// Nothing when the county's file of lines cannot be read: the code is then typed.
    private static func lines(_ rules: RuleFiles) -> [Line] {
        (try? rules.decode(Line.File.self, from: "lines.yaml").lines) ?? []
    }

    /// The names of lines by their codes.
    static func lineNames(_ rules: RuleFiles) -> [String: LocalizedText] {
        Dictionary(lines(rules).map { ($0.code, LocalizedText($0.zh, $0.en)) }) { first, _ in first }
    }

    // MARK: The query form

    func filter(_ filter: BodyFilter) -> HTML {
        """
        <form method="get" action="/places/bodies" class="filters" role="search">\
        \(Field.text("q", visit("名称", "Name"), value: filter.text, type: "search", maximum: 60))\
        \(area(visit.query["area"], within: filter.top, none: visit("全部", "All"), isRequired: false))\
        \(Field.choice("kind", visit("类别", "Kind"), kinds, value: filter.kind?.rawValue, none: visit("全部", "All")))\
        \(Field.text("at", visit(PlacesTexts.day), value: filter.day.description, type: "date"))\
        \(Field.submit(visit("查询", "Search"))) <a class="btn" href="/places/bodies">\(visit("重置", "Reset"))</a></form>
        """
    }

    // MARK: The fields

    /// - Parameter id: of the body that is changed; it cannot stand above itself.
    func fields(_ typed: QueryParameters, within top: AreaPrefix, besides id: BodyID? = nil) -> HTML {
        let levels = AreaLevel.allCases.map { Field.Choice($0.rawValue, visit(PlacesTexts.level($0))) }
        let others = above.filter { $0.id != id }
        return """
            \(Field.text("name", visit("名称", "Name"), value: typed["name"], required: true, maximum: 100, error: error("name")))\
            \(Field.text("englishName", visit("英文名称（可不填）", "Name in English (optional)"), value: typed["englishName"], maximum: 100))\
            \(Field.choice("kind", visit("类别", "Kind"), kinds, value: typed["kind"], required: true, none: visit("请选择", "Please choose"), error: error("kind")))\
            \(area(typed["area"], within: top, none: visit("请选择", "Please choose"), isRequired: true))\
            \(Field.choice("level", visit("隶属级别", "Belongs to the level"), levels, value: typed["level"] ?? top.level.rawValue, required: true, hint: visit("可高于履职区域：派出机构属县级，在街道履职", "May be above the area: a county's branch acts in a street"), error: error("level")))\
            \(lineField(typed))\
            \(Field.choice("parent", visit("区域上级（块）", "Above it by area"), choices(others.filter { $0.line == nil }), value: typed["parent"], none: visit("无", "None"), error: error("parent")))\
            \(Field.choice("functionalParent", visit("条线上级（条）", "Above it by line"), choices(others), value: typed["functionalParent"], none: visit("无", "None"), error: error("functionalParent")))\
            \(Field.text("phone", visit("值班电话（公开）", "Duty desk (public)"), value: typed["phone"], type: "tel", maximum: 30, hint: visit("仅限公开电话，不填个人号码", "A public number only, never a person's own"), error: error("phone"), autocomplete: "off"))\
            \(Field.text("validFrom", visit("生效日期", "From"), value: typed["validFrom"] ?? places.today.description, type: "date", required: true, error: error("validFrom")))
            """
    }

    private func error(_ field: String) -> String? { wrong?.field == field ? wrong.map { visit($0.message) } : nil }

    private var kinds: [Field.Choice] {
        BodyRecord.Kind.allCases.map { Field.Choice($0.rawValue, visit(PlacesTexts.kind($0))) }
    }

    private func choices(_ bodies: [BodyRecord]) -> [Field.Choice] {
        bodies.map { Field.Choice($0.id.text, $0.name(visit.language)) }
    }

    private func lineField(_ typed: QueryParameters) -> HTML {
        let lines = Self.lines(places.house.rules)
        let label = visit("条线（职能部门）", "Line (departments)")
        guard !lines.isEmpty else { return Field.text("line", label, value: typed["line"], maximum: 40) }
        var choices = lines.map { Field.Choice($0.code, visit(LocalizedText($0.zh, $0.en))) }
        // A line that the file no longer names stays as it is.
        if let own = typed.filled("line"), !choices.contains(where: { $0.value == own }) {
            choices.append(Field.Choice(own, own))
        }
        return Field.choice(
            "line", label, choices, value: typed["line"], none: visit("无（块上机构）", "None (a body of an area)"))
    }

    /// The viewer's area and two levels below it, under the names between.
    private func area(_ value: String?, within top: AreaPrefix, none: String, isRequired: Bool) -> HTML {
        func option(_ code: String, _ name: String) -> HTML {
            "<option value=\"\(code)\"\(flag: "selected", code == value)>\(name)</option>"
        }
        let children = places.children(of: top.code)
        let known = [top.code] + children.flatMap { [$0.code] + places.children(of: $0.code).map(\.code) }
        let groups = children.html { child in
            let below = places.children(of: child.code)
            guard !below.isEmpty else { return option(child.code, child.name) }
            return """
                <optgroup label="\(child.name)">\(option(child.code, child.name))\(below.html { option($0.code, $0.name) })</optgroup>
                """
        }
        let other: HTML =
            value.flatMap { $0.isEmpty || known.contains($0) ? nil : option($0, places.name(of: $0) ?? $0) } ?? HTML()
        let message = error("area")
        return """
            <div class="field\(message == nil ? "" : " wrong")"><label for="area">\(visit("履职区域", "Acts in"))\(isRequired ? "<span class=\"required\" aria-hidden=\"true\">*</span>" : HTML())</label>\
            <select id="area" name="area"\(flag: "required", isRequired)\(attribute: "aria-describedby", message.map { _ in "area-error" })\(attribute: "aria-invalid", message.map { _ in "true" })>\
            <option value="">\(none)</option>\(other)\(option(top.code, places.name(of: top.code) ?? visit("全部区域", "The whole area")))\(groups)</select>\
            \(message.map { "<p class=\"error\" id=\"area-error\">\($0)</p>" })</div>
            """
    }

    // MARK: What the form asks for

    /// A stored body as the form would send it.
    static func typed(_ body: BodyRecord) -> QueryParameters {
        QueryParameters([
            ("name", body.name), ("englishName", body.englishName ?? ""), ("kind", body.kind.rawValue),
            ("area", body.area.code), ("level", body.level.rawValue), ("line", body.line ?? ""),
            ("parent", body.parent?.text ?? ""), ("functionalParent", body.functionalParent?.text ?? ""),
            ("phone", body.phone ?? ""), ("validFrom", body.validFrom.description),
        ])
    }

    static func record(_ fields: QueryParameters, id: BodyID, today: Day, version: Int64) throws(Refusal) -> BodyRecord
    {
        guard let kind = fields["kind"].flatMap(BodyRecord.Kind.init(rawValue:)) else {
            throw wrong("kind", "请选择类别", "Choose a kind")
        }
        guard let area = fields.filled("area").flatMap({ AreaPrefix($0) }) else {
            throw wrong("area", "请选择履职区域", "Choose where it acts")
        }
        guard let level = fields["level"].flatMap(AreaLevel.init(rawValue:)) else {
            throw wrong("level", "请选择级别", "Choose a level")
        }
        func body(_ field: String) throws(Refusal) -> BodyID? {
            guard let text = fields.filled(field) else { return nil }
            guard let id = BodyID(parsing: text) else { throw wrong(field, "没有这个机构", "There is no such body") }
            return id
        }
        return BodyRecord(
            id: id, name: fields.filled("name") ?? "", englishName: fields.filled("englishName"), kind: kind,
            level: level, area: area, line: fields.filled("line"), parent: try body("parent"),
            functionalParent: try body("functionalParent"), phone: fields.filled("phone"),
            validFrom: try fields.day("validFrom") ?? today, version: version)
    }

    static func noDay(_ field: String) -> Refusal { wrong(field, "请选择日期", "Choose a day") }

    private static func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "places.body.\(field)", LocalizedText(chinese, english), field: field)
    }
}

/// What a list of bodies is asked for.
struct BodyFilter: Sendable {
    /// What the viewer may see at most.
    var top: AreaPrefix
    var area: AreaPrefix
    var kind: BodyRecord.Kind?
    var text: String?
    var day: Day

    init(_ query: QueryParameters, _ scope: Scope, today: Day) throws(Refusal) {
        top = scope.area
        let wanted = query.filled("area").flatMap { AreaPrefix($0) }
        area = wanted.flatMap { scope.area.contains($0) ? $0 : nil } ?? scope.area
        kind = query["kind"].flatMap(BodyRecord.Kind.init(rawValue:))
        text = query.filled("q").map { String($0.prefix(60)) }
        day = try query.day("at") ?? today
    }
}

extension BodyStore {
    /// Bodies of the area and below, ordered by area.
    static func list(
        _ filter: BodyFilter, after: String?, limit: Int, in transaction: any Transaction
    ) throws -> [BodyRecord] {
        var conditions: [SQL] = [filter.area.condition(on: "area"), AreaStore.valid(at: filter.day)]
        if let kind = filter.kind { conditions.append("kind = \(kind.rawValue)") }
        if let text = filter.text { conditions.append("length(replace(name, \(text), '')) < length(name)") }
        if let parts = after?.split(separator: ".", omittingEmptySubsequences: false), parts.count == 2 {
            conditions.append("(area, id) > (\(String(parts[0])), \(String(parts[1])))")
        }
        return try transaction.query(
            """
            SELECT \(trusted: columns) FROM bodies WHERE \(SQL.all(conditions)) ORDER BY area, id LIMIT \(limit)
            """
        ).map(body)
    }

    /// The key after which the next page begins.
    static func key(_ body: BodyRecord) -> String { body.area.code + "." + body.id.text }
}
