import Cases
import Desk
import Emergencies
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// `/command/nearest`: who can go to a matter or an alarm, the nearest able unit first.
struct NearestPage: Sendable {
    let command: UnifiedCommand

    func add(to routes: Routes) {
        routes.page("/command/nearest", right: .seeCommand) { try await show($0) }
    }

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let (query, scope, now, command) = (visit.query, staff.scope, visit.now, command)
        let answer = try await command.house.database.read {
            try command.nearest(NearestQuestion(query), for: scope, at: now, in: $0)
        }
        let listing = Listing(
            caption: visit("可派单位，最合适的在前", "Units that can go, the most suitable first"),
            columns: Self.columns(command), items: answer.units,
            whenEmpty: """
                <p>\(visit("没有找到有此职责的单位。", "No unit with that power was found."))</p>\
                <p class="hint">\(visit("请在“区划”中登记单位及其条线和区域。", "Enter bodies with their line and area under Places."))</p>
                """)
        let line = answer.line.map { LineNames(command.house.rules).name($0, visit) }
        return visit.page(
            Page(
                visit(CommandTexts.nearest),
                breadcrumb: [(visit(CommandTexts.command), "/command"), (visit(CommandTexts.nearest), nil)],
                """
                <dl class="facts"><dt>\(visit("对象", "For"))</dt><dd>\(answer.address.map { "<a href=\"\($0)\">\(answer.title(visit.language))</a>" as HTML } ?? HTML(text: answer.title(visit.language)))</dd>\
                <dt>\(visit(CommandTexts.area))</dt><dd>\(command.areaName(answer.place))</dd>\
                <dt>\(visit("所需职责", "Power needed"))</dt><dd>\(line ?? visit("属地", "that of the area"))</dd></dl>\
                \(listing.html(visit))\
                <p class="hint">\(visit("排序：职责对口、现在有人在岗、距离、管辖范围由小到大。距离按登记的网格中心直线计算，不记录、不使用任何人员位置。", "Order: able by its line, somebody on shift now, distance, the smaller area first. Distances are as the crow flies between kept centres of grids; where people are is neither kept nor used."))</p>
                """))
    }

    private static func columns(_ command: UnifiedCommand) -> [Column<CapableUnit>] {
        let lines = LineNames(command.house.rules)
        return [
            .text("单位", "Unit") { unit, visit in visit(unit.name) },
            .text("职责", "Power") { unit, visit in
                switch unit.power {
                case .line: unit.line.map { lines.name($0, visit) }
                case .area: visit("属地", "Its own area")
                }
            },
            .text(
                "现在在岗", "On shift now",
                html: { unit, visit in
                    unit.onShift.isEmpty
                        ? "<span class=\"tag\">\(visit("无班次", "none"))</span>"
                        : "<span class=\"tag ok\">\(symbol("circle-check"))\(unit.onShift.map { visit($0) }.joined(separator: visit("、", ", ")))</span>"
                }
            ) { unit, visit in unit.onShift.map { visit($0) }.joined(separator: "、") },
            .text("距离", "Distance") { unit, visit in
                guard let metres = unit.metres else { return visit("未登记位置", "place not kept") }
                return metres < 950
                    ? "\(Int((metres / 100).rounded()) * 100) m" : "\((metres / 100).rounded() / 10) km"
            },
            .text("管辖", "Area") { unit, _ in command.areaName(unit.area) },
            .text("值班电话", "Duty phone") { unit, _ in unit.phone },
        ]
    }
}

/// What somebody is sought for.
struct NearestQuestion: Sendable {
    enum Subject: Sendable {
        case matter(CaseID)
        case handOver(HandOverID)
        case area(AreaPrefix)
    }

    var subject: Subject
    /// Named by the asker; nil for that of the matter's category.
    var line: String?

    init(_ query: QueryParameters) throws(Refusal) {
        if let text = query.filled("matter") {
            guard let id = CaseID(parsing: text) else { throw Refusal.filter("matter") }
            subject = .matter(id)
        } else if let text = query.filled("hand-over") {
            guard let id = HandOverID(parsing: text) else { throw Refusal.filter("hand-over") }
            subject = .handOver(id)
        } else if let text = query.filled("area") {
            guard let area = AreaPrefix(text) else { throw Refusal.filter("area") }
            subject = .area(area)
        } else {
            throw Refusal(
                .malformed, "command.nearest-to-what",
                LocalizedText("请指明诉求、交接或区域", "Say which matter, hand-over or area"), field: "matter")
        }
        line = query.filled("line")
    }
}

struct NearestAnswer: Sendable {
    var title: LocalizedText
    var address: String?
    var place: AreaPrefix
    var line: String?
    var units: [CapableUnit]
}

extension UnifiedCommand {
    /// Who can go, the nearest able unit first.
    func nearest(
        _ question: NearestQuestion, for scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> NearestAnswer {
        var answer: NearestAnswer
        var point: Grid.Centre?
        switch question.subject {
        case .matter(let id):
            guard let matter = try cases.matter(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
            let category = matter.category.flatMap { cases.rules.categories[$0] }
            let name = category.map(\.title) ?? LocalizedText(matter.number, matter.number)
            answer = NearestAnswer(
                title: LocalizedText("\(name.chinese) \(matter.number)", "\(name.english) \(matter.number)"),
                address: "/cases/\(matter.id)", place: matter.area, line: question.line ?? category?.line, units: [])
            point = matter.location.map { Grid.Centre(longitude: $0.longitude, latitude: $0.latitude) }
        case .handOver(let id):
            let one = try emergencies.openHandOver(id, for: scope, in: transaction)
            answer = NearestAnswer(
                title: LocalizedText(
                    "第 \(one.handOver.slip) 号交接 → \(one.toName)", "Hand-over \(one.handOver.slip) → \(one.toName)"),
                address: "/emergencies/\(one.handOver.event)", place: one.area, line: question.line, units: [])
        case .area(let area):
            guard scope.area.contains(area) else { throw Refusal.nothingHere }
            let name = areaName(area)
            answer = NearestAnswer(
                title: LocalizedText(name, name), address: nil, place: area, line: question.line, units: [])
        }
        if let line = question.line, LineNames(house.rules)[line] == nil { throw Refusal.filter("line") }
        let here = point ?? places.centre(of: answer.place.code)
        answer.units = NearestUnits.order(
            try units(around: answer.place, here, for: scope, at: now, in: transaction), line: answer.line,
            place: answer.place, most: rules.nearest.most)
        return answer
    }

    private func units(
        around place: AreaPrefix, _ here: Grid.Centre?, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> [CapableUnit] {
        let bodies = try Places.bodies(actingIn: place, at: now.local().day, limit: 1_000, in: transaction)
        var onShift: [BodyID: [LocalizedText]] = [:]
        if scope.may(.readEmergencies) {
            for shift in try emergencies.onShift(in: scope.area, for: scope, at: now, in: transaction) {
                guard let post = try identity.directory.post(shift.post, in: transaction) else { continue }
                onShift[post.body, default: []].append(post.title)
            }
        }
        return bodies.map { body in
            var unit = CapableUnit(
                body: body.id, name: LocalizedText(body.name, body.englishName ?? body.name), line: body.line,
                area: body.area, phone: body.phone)
            unit.onShift = onShift[body.id] ?? []
            // The middle of a county says nothing of where its offices are.
            if body.area.level >= .street, let here, let there = places.centre(of: body.area.code) {
                unit.metres = here.metres(to: there)
            }
            return unit
        }
    }
}

/// What lines are called.
struct LineNames: Sendable {
    private struct File: Decodable {
        var lines: [Line]
    }

    private struct Line: Decodable {
        var code: String
        var zh: String
        var en: String
    }

    private let names: [String: LocalizedText]

    init(_ files: RuleFiles) {
        // Read and checked at start by the room that keeps bodies.
        let lines = (try? files.decode(File.self, from: "lines.yaml").lines) ?? []
        names = Dictionary(lines.map { ($0.code, LocalizedText($0.zh, $0.en)) }) { first, _ in first }
    }

    subscript(_ code: String) -> LocalizedText? { names[code] }
    func name(_ code: String, _ visit: Visit) -> String { names[code].map { visit($0) } ?? code }
}
