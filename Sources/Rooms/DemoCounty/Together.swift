import Cases
import Cipher
import Desk
import Ground
import Messages
import Storage

/// What several bodies do together in the last days: a whistle that is over, one under way and one to approve, an
/// invitation, a matter handled by two, the same matter told twice. Through the same rules as real acts.
struct Together: Sendable {
    let stage: Stage
    let cases: Cases
    let house: House

    /// A whole whistle, from the call to its end, in one day.
    func whistle(on day: Day) async throws {
        guard let street = stage.streets.first, let dispatcher = street.dispatchers.first,
            let leader = street.leaders.first
        else { return }
        let departments = ["fire", "emergency", "city_management"].compactMap { stage.departments[$0] }
        guard !departments.isEmpty else { return }
        @Sendable func at(_ hour: Int, _ minute: Int) -> Instant {
            Instant(LocalTime(day: day, hour: hour, minute: minute))
        }
        let area = street.communities.first?.area ?? street.area
        try await house.database.write { transaction in
            let whistle = try cases.begin(
                Beginning(
                    kind: "whistle", variant: "emergency", title: "围墙倾斜，有倒塌危险",
                    detail: "小区北侧围墙倾斜约十度，下方为人行道，已拉警戒线。请到场会商处置。", area: area),
                by: dispatcher, at: at(9, 40), in: transaction)
            try call(departments.map(\.body), whistle.id, leader, at: at(9, 52), in: transaction)
            for (index, part) in try parts(of: whistle.id, in: transaction).enumerated() {
                guard let hand = departments.first(where: { $0.body == part.body })?.handlers.first else { continue }
                try act(part.id, Command("report-in"), hand, at: at(10, 15 + index * 7), in: transaction)
                try act(
                    part.id, Command("report-done", result: "已到场参与处置，危险墙体已支护，现场留人值守。"), hand,
                    at: at(13, 5 + index * 11), in: transaction)
                try act(
                    part.id, Command("rate-department", isSolved: true, satisfaction: index == 0 ? 5 : 4), dispatcher,
                    at: at(15, 10 + index), in: transaction)
            }
            try act(
                whistle.id, Command("close-whistle", result: "墙体已支护并列入翻建计划，警戒区保留三天。"), dispatcher,
                at: at(15, 40), in: transaction)
        }
    }

    /// What is still under way at the end of the history.
    func underWay(at now: Instant) async throws {
        guard let street = stage.streets.first, let dispatcher = street.dispatchers.first,
            let leader = street.leaders.first, let department = stage.departments["city_management"],
            let other = stage.departments["market"]
        else { return }
        let area = street.communities.first?.area ?? street.area
        let before = now - .hours(2)
        try await house.database.write { transaction in
            let joint = try cases.begin(
                Beginning(
                    kind: "whistle", variant: "enforcement", title: "夜市占道与油烟，请联合检查",
                    detail: "夜市沿街占道经营、油烟直排，请联合现场检查。", area: area), by: dispatcher, at: before, in: transaction)
            try call([department.body, other.body], joint.id, leader, at: before + .minutes(12), in: transaction)
            if let part = try parts(of: joint.id, in: transaction).first(where: { $0.body == department.body }),
                let hand = department.handlers.first
            {
                try act(part.id, Command("report-in"), hand, at: before + .minutes(40), in: transaction)
            }
            _ = try cases.begin(
                Beginning(
                    kind: "whistle", variant: "alone", title: "老旧小区消防通道长期堵塞",
                    detail: "多次劝导无效，涉及产权单位，街道难以单独解决。", area: area), by: dispatcher,
                at: before + .minutes(50), in: transaction)
            _ = try cases.begin(
                Beginning(
                    kind: "invitation", title: "约请共商早餐车规范", detail: "请到社区会客厅，与居民、摊主一起商定早餐车的点位和时间。",
                    area: area, body: other.body), by: dispatcher, at: before + .minutes(55), in: transaction)
            try assist(street, dispatcher, other.body, at: now, in: transaction)
            try join(street, dispatcher, at: now, in: transaction)
        }
    }

    /// A second body takes part in a matter that the first is handling.
    private func assist(
        _ street: Stage.Street, _ dispatcher: Scope, _ body: BodyID, at now: Instant, in transaction: any Transaction
    ) throws {
        let row = try transaction.first(
            """
            SELECT id FROM cases WHERE street = \(street.area.code) AND state = 'handling' AND body <> \(body)
            ORDER BY id DESC LIMIT 1
            """)
        guard let id: CaseID = try row?.identifier(0) else { return }
        var command = Command("add-assisting", opinion: "涉及证照，请派员一并核查。")
        command.bodies = [body]
        try act(id, command, dispatcher, at: now, in: transaction)
    }

    /// Somebody else tells the same once more, by the hotline.
    private func join(
        _ street: Stage.Street, _ dispatcher: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let row = try transaction.first(
            """
            SELECT number, title, detail, area, category FROM cases
            WHERE street = \(street.area.code) AND state = 'reported' ORDER BY id DESC LIMIT 1
            """)
        guard let row, let area = AreaPrefix(try row.text(3)) else { return }
        let report = Report(
            title: try row.text(1), detail: "也来反映这件事：" + (try row.text(2)), category: try row.textIfAny(4),
            area: area, channel: .hotline, reporterPhone: PhoneNumber("19900007788"))
        let again = try cases.report(
            report, by: stage.hotline.first.map { Actor($0) } ?? .system, scope: nil, at: now, in: transaction)
        var command = Command("join")
        command.matterNumber = try row.text(0)
        try act(again.id, command, dispatcher, at: now, in: transaction)
    }

    private func call(
        _ bodies: [BodyID], _ id: CaseID, _ leader: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        var command = Command("approve-whistle", opinion: "情况属实，同意吹哨。")
        command.bodies = bodies
        try act(id, command, leader, at: now, in: transaction)
    }

    private struct Part {
        var id: CaseID
        var body: BodyID
    }

    private func parts(of id: CaseID, in transaction: any Transaction) throws -> [Part] {
        try transaction.query("SELECT id, body FROM cases WHERE parent = \(id) AND body IS NOT NULL ORDER BY id").map {
            Part(id: try $0.identifier(0), body: try $0.identifier(1))
        }
    }

    private func act(
        _ id: CaseID, _ command: Command, _ scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try cases.act(playing: id, command, by: scope, at: now, in: transaction)
    }
}
