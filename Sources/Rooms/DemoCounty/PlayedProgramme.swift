import Cases
import Desk
import Ground
import Storage

/// A programme in the second turn of its loop: set, planned, carried out, fed back, adjusted, planned again. Through the same
/// rules as real acts.
struct PlayedProgramme: Sendable {
    let stage: Stage
    let cases: Cases
    let house: House

    private static let title = "老旧小区雨水管网汛前清掏"

    /// What happens on a day, by how many days are left to the end of the history.
    func play(on day: Day, before left: Int) async throws {
        guard let officer = stage.coordination.first,
            let water = stage.departments["water"] ?? stage.departments["housing"],
            let other = stage.departments["city_management"]
        else { return }
        @Sendable func at(_ hour: Int, _ minute: Int) -> Instant {
            Instant(LocalTime(day: day, hour: hour, minute: minute))
        }
        switch left {
        case 21:
            try await house.database.write { transaction in
                let begun = try cases.begin(
                    Beginning(
                        kind: "programme", title: Self.title,
                        detail: "目标：月底前清掏全部老旧小区雨水管；随任务给：经费八十万元、抽排设备四套、技术人员两名。"),
                    by: officer, at: at(9, 5), in: transaction)
                var plan = Command("plan-programme", opinion: "水利牵头管网，城管负责路面井口；按小区分两批。")
                plan.bodies = [water.body, other.body]
                try act(begun.id, plan, officer, at: at(10, 20), in: transaction)
            }
        case 19:
            try await house.database.write { transaction in
                for task in try tasks(in: transaction) {
                    guard let hand = hand(task, [water, other]) else { continue }
                    try act(task.id, Command("take-task"), hand, at: at(9, 30), in: transaction)
                }
            }
        case 9:
            try await house.database.write { transaction in
                for task in try tasks(in: transaction) {
                    guard let hand = hand(task, [water, other]) else { continue }
                    try act(
                        task.id, Command("report-task", result: "第一批清掏完成；两处管道塌陷，须先修复才能继续。"), hand,
                        at: at(14, 10), in: transaction)
                }
                guard let id = try programme(in: transaction) else { return }
                try act(
                    id, Command("feed-back", result: "第一批按时完成，第二批受两处塌陷影响。"), officer, at: at(15, 0),
                    in: transaction)
                try act(
                    id, Command("adjust-programme", opinion: "先修复塌陷两处，第二批顺延；不增加网格员工作。"), officer,
                    at: at(15, 40), in: transaction)
                var plan = Command("plan-programme", opinion: "水利负责修复并完成第二批清掏。")
                plan.bodies = [water.body]
                try act(id, plan, officer, at: at(16, 15), in: transaction)
            }
        default: break
        }
    }

    private struct Task {
        var id: CaseID
        var body: BodyID
    }

    private func hand(_ task: Task, _ departments: [Stage.Department]) -> Scope? {
        departments.first { $0.body == task.body }?.handlers.first
    }

    private func programme(in transaction: any Transaction) throws -> CaseID? {
        try transaction.first(
            "SELECT id FROM cases WHERE state = 'programme-running' ORDER BY id DESC LIMIT 1")?.identifier(0)
    }

    private func tasks(in transaction: any Transaction) throws -> [Task] {
        guard let id = try programme(in: transaction) else { return [] }
        return try transaction.query(
            "SELECT id, body FROM cases WHERE parent = \(id) AND ended_at IS NULL AND body IS NOT NULL ORDER BY id LIMIT 50"
        ).map { Task(id: try $0.identifier(0), body: try $0.identifier(1)) }
    }

    private func act(
        _ id: CaseID, _ command: Command, _ scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try cases.act(playing: id, command, by: scope, at: now, in: transaction)
    }
}
