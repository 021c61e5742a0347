import Desk
import Ground
import Hummingbird
import Identity
import Mandates
import Storage
import Web

/// `/api/v1/workload`: load and what-if for programs.
struct WorkloadAPI: Sendable {
    let workload: Workload
    private static let tag = "workload"
    private static let count = Schema.integer(minimum: 0)

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/workload", id: "readWorkload", tag: Self.tag,
                summary: LocalizedText(
                    "岗位负荷", "Load of the posts of an area in the twelve months from this one, in minutes"),
                query: [.init("area", .string(pattern: "^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$"), required: false)],
                response: .object([
                    .init("area", .text), .init("posts", Self.count), .init("over", Self.count),
                    .init("capacity", Self.count), .init("load", Self.count),
                    .init("saturation", .nullable(Self.count)),
                    .init(
                        "months",
                        .array(
                            .object([
                                .init("month", .text), .init("capacity", Self.count), .init("load", Self.count),
                            ]))),
                    .init(
                        "forecast",
                        .nullable(
                            .object([
                                .init("month", .text), .init("capacity", Self.count), .init("known", Self.count),
                                .init("expected", Self.count), .init("least", Self.count),
                                .init("most", Self.count), .init("months", Self.count),
                            ])),
                        "of the next month, from what months past brought beyond the lists, and from the forecast of matters"
                    ),
                ])), right: .readWorkload
        ) { staff, _ in
            let area = try query(area: staff)
            let now = staff.visit.now
            let basis = try await workload.forecast.basis(from: LoadMonth(of: now.local().day), at: now)
            let sheet = basis.sheet
            let sum = sheet.sum(of: sheet.positions(in: area))
            let next = try await workload.forecast.nextMonth(in: area, of: basis, for: staff.scope)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("area", area.code)
                    writer.member("posts", sum.posts)
                    writer.member("over", sum.over)
                    writer.member("capacity", sum.capacity)
                    writer.member("load", sum.load)
                    writer.key("saturation")
                    if let saturation = sum.saturation { writer.value(saturation) } else { writer.null() }
                    writer.key("months")
                    writer.array(0..<12) { writer, month in
                        writer.object { writer in
                            writer.member("month", (sheet.first + month).description)
                            writer.member("capacity", sum.capacityOfMonth[month])
                            writer.member("load", sum.loadOfMonth[month])
                        }
                    }
                    writer.key("forecast")
                    if let next {
                        writer.object { writer in
                            writer.member("month", next.month.description)
                            writer.member("capacity", next.capacity)
                            writer.member("known", next.known)
                            writer.member("expected", next.expected)
                            writer.member("least", next.least)
                            writer.member("most", next.most)
                            writer.member("months", Int64(next.past.count))
                        }
                    } else {
                        writer.null()
                    }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/workload/what-if", id: "askWhatIf", tag: Self.tag,
                summary: LocalizedText("推演：这项工作会怎样", "What a further piece of work would do; nothing is sent"),
                query: [
                    .init("area", .string(pattern: "^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$"), required: false),
                    .init("level", .string(values: ["street", "community", "grid"]), required: false),
                    .init("minutes", .integer(minimum: 1, maximum: 100_000)),
                    .init("times", .integer(minimum: 1, maximum: 10_000)),
                    .init("from", .string(format: "date")), .init("until", .string(format: "date")),
                ],
                response: .object(
                    [
                        "minutes", "unstaffedMinutes", "yuan", "posts", "overBefore", "overAfter", "before", "after",
                        "offsetMinutes", "bearable",
                    ].map { .init($0, Self.count) })), right: .readWorkload
        ) { staff, _ in
            let work = try WhatIfQuestion(staff.visit.query, staff, workload).work
            let effect = try await workload.forecast.whatIf(work, at: staff.visit.now).effect
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("minutes", effect.minutes)
                    writer.member("unstaffedMinutes", effect.unstaffedMinutes)
                    writer.member("yuan", workload.mandates.price(minutes: effect.minutes))
                    writer.member("posts", effect.posts)
                    writer.member("overBefore", effect.overBefore)
                    writer.member("overAfter", effect.overAfter)
                    writer.member("before", effect.before)
                    writer.member("after", effect.after)
                    writer.member("offsetMinutes", effect.offsetMinutes)
                    writer.member("bearable", effect.bearable)
                }
            ).response
        }
    }

    private func query(area staff: StaffVisit) throws(Refusal) -> AreaPrefix {
        guard let text = staff.visit.query.filled("area") else { return staff.scope.area }
        guard let area = AreaPrefix(text), area.level >= .county else {
            throw Refusal(
                .ruleBroken, "workload.area", LocalizedText("区域代码有误", "That is no area code"), field: "area")
        }
        guard staff.scope.area.contains(area) else { throw Refusal.nothingHere }
        return area
    }
}
