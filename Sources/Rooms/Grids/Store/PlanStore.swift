import Desk
import Foundation
import Geo
import GridDesign
import Ground
import Storage

/// Plans, their choices and their grids.
enum PlanStore {
    private static let columns: StaticString =
        "id, area, title, state, chosen, effective_on, made_by, made_at, verdicts, version"

    static func insert(
        _ plan: GridPlan, _ choices: [(GridPlan.Choice, [GridPlan.PlannedGrid])], in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO grid_plans (id, area, title, state, chosen, effective_on, made_by, made_at, verdicts, version)
            VALUES (\(plan.id), \(plan.area.code), \(plan.title), \(plan.state.rawValue), \(plan.chosen?.rawValue),
                    \(plan.effectiveOn), \(plan.madeBy), \(plan.madeAt), \(try encoded(plan.verdicts)), \(plan.version))
            """)
        for (place, (choice, grids)) in choices.enumerated() {
            try transaction.execute(
                """
                INSERT INTO grid_plan_choices (plan, kind, place, grids, in_norm, households_moved, unevenness, walk, cut,
                                               compound_cuts)
                VALUES (\(plan.id), \(choice.kind.rawValue), \(place), \(choice.grids), \(choice.inNorm),
                        \(choice.householdsMoved), \(choice.unevenness), \(choice.walk), \(choice.cut),
                        \(choice.compoundCuts))
                """)
            try transaction.batch(grids.map { insertion($0, choice.kind, plan.id) })
        }
    }

    private static func insertion(
        _ grid: GridPlan.PlannedGrid, _ kind: Redesign.Choice.Kind, _ plan: GridPlanID
    ) -> SQL {
        """
        INSERT INTO grid_plan_grids (plan, kind, code, name, is_new, households, workload, buildings, longitude, latitude,
                                     reason, outline, members)
        VALUES (\(plan), \(kind.rawValue), \(grid.code), \(grid.name), \(grid.isNew), \(grid.households),
                \(grid.workload), \(grid.members.count), \(grid.centre.longitude), \(grid.centre.latitude),
                \(grid.reason?.rawValue), \(grid.outline.map(WellKnownBinary.bytes)),
                \(grid.members.joined(separator: "\n")))
        """
    }

    static func update(_ plan: GridPlan, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE grid_plans SET state = \(plan.state.rawValue), chosen = \(plan.chosen?.rawValue),
                effective_on = \(plan.effectiveOn), version = \(plan.version) WHERE id = \(plan.id)
            """)
    }

    /// Newest first.
    static func page(for scope: Scope, after: String?, limit: Int, in transaction: any Transaction) throws -> [GridPlan]
    {
        try transaction.query(pageQuery(for: scope, after: after, limit: limit)).map(plan)
    }

    static func pageQuery(for scope: Scope, after: String?, limit: Int) -> SQL {
        let rest: SQL = after.map { "id < \($0)" } ?? "TRUE"
        return """
            SELECT \(trusted: columns) FROM grid_plans WHERE \(scope.area.condition(on: "area")) AND \(rest)
            ORDER BY id DESC LIMIT \(limit)
            """
    }

    static func find(_ id: GridPlanID, for scope: Scope, in transaction: any Transaction) throws -> GridPlan {
        guard scope.line == nil, let plan = try find(id, in: transaction), scope.area.contains(plan.area) else {
            throw Refusal.nothingHere
        }
        return plan
    }

    static func find(_ id: GridPlanID, in transaction: any Transaction) throws -> GridPlan? {
        try transaction.first("SELECT \(trusted: columns) FROM grid_plans WHERE id = \(id)").map(plan)
    }

    /// Accepted ones whose day has come.
    static func due(on day: Day, limit: Int, in transaction: any Transaction) throws -> [GridPlan] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM grid_plans
            WHERE state = 'accepted' AND effective_on <= \(day) ORDER BY effective_on, id LIMIT \(limit)
            """
        ).map(plan)
    }

    /// Accepted plans that wait, in an area that one of these contains or that lies in it.
    static func waiting(around area: AreaPrefix, in transaction: any Transaction) throws -> [GridPlan] {
        try transaction.query(
            """
            SELECT \(trusted: columns) FROM grid_plans WHERE state = 'accepted' ORDER BY effective_on, id LIMIT 1000
            """
        ).map(plan).filter { $0.area.contains(area) || area.contains($0.area) }
    }

    static func choices(of id: GridPlanID, in transaction: any Transaction) throws -> [GridPlan.Choice] {
        try transaction.query(
            """
            SELECT kind, grids, in_norm, households_moved, unevenness, walk, cut, compound_cuts FROM grid_plan_choices
            WHERE plan = \(id) ORDER BY place LIMIT 10
            """
        ).compactMap { row in
            guard let kind = Redesign.Choice.Kind(rawValue: try row.text(0)) else { return nil }
            return GridPlan.Choice(
                kind: kind, grids: Int(try row.int(1)), inNorm: Int(try row.int(2)),
                householdsMoved: Int(try row.int(3)), unevenness: try row.double(4), walk: try row.double(5),
                cut: Int(try row.int(6)), compoundCuts: Int(try row.int(7)))
        }
    }

    static func grids(
        of id: GridPlanID, _ kind: Redesign.Choice.Kind, after: String = "", limit: Int = 10_000,
        in transaction: any Transaction
    ) throws -> [GridPlan.PlannedGrid] {
        try transaction.query(
            """
            SELECT code, name, is_new, households, workload, longitude, latitude, reason, outline, members
            FROM grid_plan_grids WHERE plan = \(id) AND kind = \(kind.rawValue) AND code > \(after)
            ORDER BY code LIMIT \(limit)
            """
        ).map { row in
            GridPlan.PlannedGrid(
                code: try row.text(0), name: try row.text(1), isNew: try row.bool(2), households: Int(try row.int(3)),
                workload: try row.double(4),
                centre: Position(longitude: try row.double(5), latitude: try row.double(6)),
                reason: try row.textIfAny(7).flatMap { PlanException.Reason(rawValue: $0) },
                outline: try row.blobIfAny(8).flatMap { WellKnownBinary.geometry($0) },
                members: try row.text(9).split(separator: "\n").map(String.init))
        }
    }

    private static func plan(_ row: Row) throws -> GridPlan {
        guard let area = AreaPrefix(try row.text(1)), let state = GridPlan.State(rawValue: try row.text(3)) else {
            throw DatabaseError(.wrongType, "grid_plans holds no plan")
        }
        return GridPlan(
            id: try row.identifier(0), area: area, title: try row.text(2), state: state,
            chosen: try row.textIfAny(4).flatMap { Redesign.Choice.Kind(rawValue: $0) },
            effectiveOn: try row.textIfAny(5).flatMap { Day($0) }, madeBy: try row.identifier(6),
            madeAt: try row.instant(7), verdicts: try decoded(try row.text(8)), version: try row.int(9))
    }

    private static func encoded(_ lines: [GridPlan.Line]) throws -> String {
        String(decoding: try JSONEncoder().encode(lines), as: UTF8.self)
    }

    private static func decoded(_ text: String) throws -> [GridPlan.Line] {
        try JSONDecoder().decode([GridPlan.Line].self, from: Data(text.utf8))
    }
}
