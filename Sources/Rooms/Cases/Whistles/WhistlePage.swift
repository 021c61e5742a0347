import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/whistles`: how streets call and how departments report in. In the order of places and names, never of results.
struct WhistlePage: Sendable {
    let cases: Cases

    static let title = LocalizedText("吹哨报到", "Whistles")

    struct Figures: Sendable {
        var days: ClosedRange<Day>
        var streets: [StreetWhistles]
        var bodies: [ReportInFigures]
    }

    func add(to routes: Routes) {
        routes.page("/whistles", right: .caseRead) { try await show($0) }
        routes.page("/whistles/export", right: .caseExport) { staff in
            let figures = try await figures(staff)
            return try await SheetExport.workbook(named: staff(Self.title), columns: Self.columns, for: staff) { _ in
                (figures.bodies, nil)
            }
        }
        routes.api(Self.operation, right: .caseRead) { staff, _ in
            let figures = try await figures(staff)
            return .json(JSONWriter.object { Self.write(figures, to: &$0) })
        }
    }

    private func figures(_ staff: StaffVisit) async throws -> Figures {
        let question = try RateQuestion(staff.visit.query, for: staff.scope, at: staff.visit.now)
        let (cases, scope, now) = (cases, staff.scope, staff.visit.now)
        guard let whistle = cases.rules.workflow(named: "whistle"),
            let reportIn = cases.rules.workflow(named: "report-in")
        else { throw Refusal.nothingHere }
        let band = try WhistleBand.load(from: cases.house.rules)
        return try await cases.house.database.read { transaction in
            let length = question.days.upperBound.number - question.days.lowerBound.number + 1
            let streets = try WhistleStore.byStreet(question.days, whistle, for: scope, in: transaction).map { street in
                var street = street
                street.name = AreaPrefix(street.street).flatMap(cases.areas.name(of:)) ?? street.street
                street.standing = band.standing(street.count, in: length)
                return street
            }
            let bodies = try WhistleStore.byBody(question.days, reportIn, for: scope, at: now, in: transaction).map {
                figures in
                var figures = figures
                figures.name = try cases.bodies.body(figures.body, in: transaction)?.name ?? figures.body.text
                return figures
            }
            return Figures(days: question.days, streets: streets, bodies: bodies.sorted { $0.name < $1.name })
        }
    }

    private static let columns: [Column<ReportInFigures>] = [
        .text("部门", "Body") { line, _ in line.name }, .number("被吹哨", "Called") { Int64($0.called) },
        .number("按时报到", "In time") { Int64($0.inTime) }, .number("逾时报到", "Late") { Int64($0.late) },
        .number("逾时未报到", "Silent") { Int64($0.silent) },
        .number("裁定免除", "Released") { Int64($0.released) },
        Column(
            "平均报到用时（分）", "Minutes to report in", .number,
            cell: { line, _ in line.averageMinutes.map { .number($0) } ?? .empty }),
        Column(
            "街道评价（5 分）", "Rated by streets, of 5", .number,
            cell: { line, _ in line.averageRating.map { .number($0) } ?? .empty }),
    ]

    private func show(_ staff: StaffVisit) async throws -> Response {
        let visit = staff.visit
        let figures = try await figures(staff)
        let listing = Listing(
            caption: visit("部门报到", "Report-ins"), columns: Self.columns, items: figures.bodies,
            whenEmpty: """
                <p>\(visit("这一时期没有吹哨。", "No whistle in this period."))</p>\
                <p><a class="btn" href="/cases?kind=whistle">\(visit("查看吹哨", "See the whistles"))</a></p>
                """)
        let streets = Listing(
            caption: visit("各街乡吹哨", "Whistles of each street"),
            columns: [
                .text("街乡", "Street") { (line: StreetWhistles, _) in line.name },
                .number("次数", "Whistles") { Int64($0.count) },
                .text("对照区间", "Against the band") { line, visit in Self.standing(line.standing, visit) },
            ], items: figures.streets,
            whenEmpty: "<p>\(visit("这一时期没有吹哨。", "No whistle in this period."))</p>")
        return visit.page(
            Page(
                visit(Self.title),
                """
                <form method="get" action="/whistles" class="filters" role="search">\
                \(Field.text("from", visit("从", "From"), value: figures.days.lowerBound.description, type: "date"))\
                \(Field.text("until", visit("到", "until"), value: figures.days.upperBound.description, type: "date"))\
                \(Field.submit(visit("查询", "Search")))</form>\
                <div class="bar"><a class="btn" href="/cases?kind=whistle">\(visit("全部吹哨", "All whistles"))</a>\
                <a class="btn" href="/cases?kind=report-in">\(visit("全部报到", "All report-ins"))</a>\
                \(staff.scope.may(.caseExport) ? exportLink(visit, path: "/whistles/export") : HTML())</div>\
                \(listing.html(visit))\(streets.html(visit))\
                <p class="hint">\(visit("吹哨过少说明机制沉睡，过多说明日常机制失灵；区间见 Rules/whistles.yaml，请按本地核对。是否按时以报到时刻和批准时的时限为准。", "Too few means that it sleeps, too many that the daily way is broken; the band is in Rules/whistles.yaml, to be checked locally. In time is judged by when the body reported in."))</p>
                """))
    }

    private static func standing(_ standing: WhistleBand.Standing, _ visit: Visit) -> String {
        switch standing {
        case .below: visit("低于区间", "below the band")
        case .within: visit("区间内", "within the band")
        case .above: visit("高于区间", "above the band")
        }
    }

    private static func write(_ figures: Figures, to writer: inout JSONWriter) {
        writer.member("from", figures.days.lowerBound.description)
        writer.member("until", figures.days.upperBound.description)
        writer.key("streets")
        writer.array(figures.streets) { writer, line in
            writer.object { writer in
                writer.member("street", line.street)
                writer.member("name", line.name)
                writer.member("whistles", line.count)
                writer.member("standing", line.standing.rawValue)
            }
        }
        writer.key("bodies")
        writer.array(figures.bodies) { writer, line in
            writer.object { writer in
                writer.member("body", line.body)
                writer.member("name", line.name)
                writer.member("called", line.called)
                writer.member("inTime", line.inTime)
                writer.member("late", line.late)
                writer.member("silent", line.silent)
                writer.member("released", line.released)
                writer.key("averageMinutes")
                if let minutes = line.averageMinutes { writer.value(minutes) } else { writer.null() }
                writer.key("averageRating")
                if let rating = line.averageRating { writer.value(rating) } else { writer.null() }
            }
        }
    }

    private static let operation = APIOperation(
        .get, "/whistles", id: "readWhistles", tag: "cases",
        summary: LocalizedText("吹哨报到情况", "Whistles of streets and report-ins of departments"),
        query: [
            .init("from", .string(format: "date"), required: false),
            .init("until", .string(format: "date"), required: false),
        ],
        response: .object([
            .init("from", .string(format: "date")), .init("until", .string(format: "date")),
            .init(
                "streets",
                .array(
                    .object([
                        .init("street", .text), .init("name", .text), .init("whistles", .integer(minimum: 0)),
                        .init("standing", .string(values: ["below", "within", "above"])),
                    ]))),
            .init(
                "bodies",
                .array(
                    .object(
                        [.init("body", .identifier), .init("name", .text)]
                            + ["called", "inTime", "late", "silent", "released"].map {
                                .init($0, .integer(minimum: 0))
                            } + [
                                .init("averageMinutes", .nullable(.number)), .init("averageRating", .nullable(.number)),
                            ]))),
        ]), refusals: [422])
}
