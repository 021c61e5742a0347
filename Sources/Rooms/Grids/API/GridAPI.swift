import Desk
import Geo
import GridDesign
import Ground
import Hummingbird
import Identity
import Places
import Storage
import Web

/// Plans, coverage, verdicts and functional grids, for programs.
struct GridAPI: Sendable {
    let grids: Grids

    func add(to routes: Routes) {
        addPlans(to: routes)
        addCoverage(to: routes)
        addFunctional(to: routes)
    }

    private var database: any Database { grids.house.database }

    // MARK: Plans

    private func addPlans(to routes: Routes) {
        routes.api(Self.plansOperation, right: .gridsRead) { staff, _ in
            let (scope, after) = (staff.scope, staff.visit.query.filled("after"))
            let plans = try await database.read { try PlanStore.page(for: scope, after: after, limit: 51, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("plans")
                    writer.array(plans.prefix(50)) { Self.write($1, to: &$0) }
                    writer.member("next", plans.count > 50 ? plans[49].id.text : nil)
                })
        }
        routes.api(Self.makeOperation, right: .gridsPlan) { staff, submission in
            let request = try submission.decode(MakeRequest.self)
            guard let area = AreaPrefix(request.area) else {
                throw Refusal(
                    .ruleBroken, "grids.plan-area",
                    LocalizedText("请选择本辖区内的街道或社区", "Choose a street or a community of your area"), field: "area")
            }
            let (now, scope) = (staff.visit.now, staff.scope)
            let work = PlanWork(grids: grids)
            let made = try await work.make(area, title: request.title, by: scope, at: now)
            return try await staff.visit.write(submission) { transaction in
                try work.store(made, by: scope, at: now, in: transaction)
                return .json(Self.json(made.plan, made.choices.map(\.0)), status: 201, version: made.plan.version)
            }
        }
        routes.api(Self.planOperation, right: .gridsRead) { staff, _ in
            let id: GridPlanID = try staff.visit.identifier()
            let scope = staff.scope
            let (plan, choices) = try await database.read {
                (try PlanStore.find(id, for: scope, in: $0), try PlanStore.choices(of: id, in: $0))
            }
            return .json(Self.json(plan, choices))
        }
        routes.api(Self.planGridsOperation, right: .gridsRead) { staff, _ in
            let id: GridPlanID = try staff.visit.identifier()
            let scope = staff.scope
            let wanted = staff.visit.query.filled("choice")
            let found = try await database.read { transaction -> [GridPlan.PlannedGrid] in
                let plan = try PlanStore.find(id, for: scope, in: transaction)
                let choices = try PlanStore.choices(of: id, in: transaction)
                let kind = wanted.flatMap { Redesign.Choice.Kind(rawValue: $0) }
                if wanted != nil, kind == nil || !choices.contains(where: { $0.kind == kind }) {
                    throw Refusal.nothingHere
                }
                guard let shown = kind ?? plan.chosen ?? choices.first?.kind else { throw Refusal.nothingHere }
                return try PlanStore.grids(of: id, shown, in: transaction)
            }
            var response = Response.json(PlanPages.geoJSON(found))
            response.headers[.contentType] = "application/geo+json"
            return response
        }
        routes.api(Self.acceptOperation, right: .gridsPlan) { staff, submission in
            let id: GridPlanID = try staff.visit.identifier()
            let (kind, day) = try submission.decode(AcceptRequest.self).read()
            let (now, scope) = (staff.visit.now, staff.scope)
            let answer = try await staff.visit.write(submission) { transaction in
                let plan = try PlanWork(grids: grids).accept(
                    id, kind, on: day, seen: submission.seenVersion, by: scope, at: now, in: transaction)
                return .json(
                    Self.json(plan, try PlanStore.choices(of: id, in: transaction)), version: plan.version)
            }
            try await TakingEffect(grids: grids).run(at: now)
            return answer
        }
        routes.api(Self.dropOperation, right: .gridsPlan) { staff, submission in
            let id: GridPlanID = try staff.visit.identifier()
            let (now, scope) = (staff.visit.now, staff.scope)
            return try await staff.visit.write(submission) { transaction in
                _ = try PlanWork(grids: grids).drop(
                    id, seen: submission.seenVersion, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
    }

    private struct MakeRequest: Decodable {
        var area: String
        var title: String
    }

    private static func json(_ plan: GridPlan, _ choices: [GridPlan.Choice]) -> [UInt8] {
        JSONWriter.object { writer in
            writer.key("plan")
            write(plan, to: &writer)
            writer.key("choices")
            writer.array(choices) { writer, choice in
                writer.object { writer in
                    writer.member("choice", choice.kind.rawValue)
                    writer.member("grids", choice.grids)
                    writer.member("withinNorm", choice.inNorm)
                    writer.member("householdsMoved", choice.householdsMoved)
                    writer.member("unevenness", choice.unevenness)
                    writer.member("walkMetres", choice.walk)
                    writer.member("needlessCompoundCuts", choice.compoundCuts)
                }
            }
            writer.key("communities")
            writer.array(plan.verdicts) { writer, line in
                writer.object { writer in
                    writer.member("community", line.community)
                    writer.member("verdict", line.kind)
                    writer.member("reasons", line.chinese)
                    writer.member("reasonsEnglish", line.english)
                }
            }
        }
    }

    private static func write(_ plan: GridPlan, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", plan.id)
            writer.member("area", plan.area.code)
            writer.member("title", plan.title)
            writer.member("state", plan.state.rawValue)
            writer.member("choice", plan.chosen?.rawValue)
            writer.member("effectiveOn", plan.effectiveOn?.description)
            writer.member("madeAt", plan.madeAt)
            writer.member("version", plan.version)
        }
    }

    // MARK: Coverage and verdicts

    private func addCoverage(to routes: Routes) {
        routes.api(Self.coverageOperation, right: .gridsRead) { staff, _ in
            let scope = staff.scope
            let after = staff.visit.query.filled("after") ?? ""
            let coverage = try await database.read { try Coverage.of(scope.area, grids, in: $0) }
            let lines = coverage.lines.filter { $0.grid > after }
            return .json(
                JSONWriter.object { writer in
                    writer.member("grids", coverage.lines.count)
                    writer.member("withoutWorker", coverage.without)
                    writer.member("withSeveral", coverage.several)
                    writer.key("lines")
                    writer.array(lines.prefix(500)) { writer, line in
                        writer.object { writer in
                            writer.member("grid", line.grid)
                            writer.member("name", line.name)
                            writer.member("households", line.households)
                            writer.member("workers", line.workers)
                        }
                    }
                    writer.member("next", lines.count > 500 ? lines[499].grid : nil)
                })
        }
        routes.api(Self.communitiesOperation, right: .gridsRead) { staff, _ in
            let page = try await CommunityLines(grids: grids).page(
                staff.scope, after: staff.visit.query.filled("after") ?? "")
            return .json(
                JSONWriter.object { writer in
                    writer.key("communities")
                    writer.array(page.items) { writer, line in
                        writer.object { writer in
                            writer.member("community", line.community)
                            writer.member("name", line.name)
                            writer.member("type", line.type.key)
                            writer.member("households", line.households)
                            writer.member("grids", line.gridsToday)
                            writer.member("verdict", line.verdict.kind.rawValue)
                            writer.key("reasons")
                            writer.array(line.verdict.reasons) { $0.value(staff.visit($1)) }
                        }
                    }
                    writer.member("next", page.next)
                })
        }
        routes.api(Self.standingOperation, right: .gridsPlan) { staff, submission in
            let community = try staff.visit.parameter("community")
            let request = try submission.decode(StandingRequest.self)
            let (now, scope) = (staff.visit.now, staff.scope)
            return try await staff.visit.write(submission) { transaction in
                let standing = try request.store(community, grids, by: scope, at: now, in: transaction)
                return .json(
                    JSONWriter.object { writer in
                        writer.member("community", standing.community)
                        writer.member("version", standing.version)
                    })
            }
        }
    }

    // MARK: Functional grids

    private func addFunctional(to routes: Routes) {
        routes.api(Self.functionalOperation, right: .gridsRead) { staff, _ in
            let (scope, after) = (staff.scope, staff.visit.query.filled("after"))
            let all = try await database.read { try FunctionalStore.page(for: scope, after: after, limit: 51, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.key("functionalGrids")
                    writer.array(all.prefix(50)) { Self.write($1, to: &$0) }
                    writer.member("next", all.count > 50 ? all[49].id.text : nil)
                })
        }
        routes.api(Self.layOperation, right: .gridsPlan) { staff, submission in
            let request = try submission.decode(FunctionalWork.Request.self)
            let (now, scope) = (staff.visit.now, staff.scope)
            let answer = try await staff.visit.write(submission) { transaction in
                let grid = try FunctionalWork(grids: grids).lay(request, by: scope, at: now, in: transaction)
                var writer = JSONWriter()
                Self.write(grid, to: &writer)
                return .json(writer.finish(), status: 201)
            }
            try await FunctionalWork(grids: grids).takeMatters(at: now)
            return answer
        }
        routes.api(Self.endOperation, right: .gridsPlan) { staff, submission in
            let id: Identifier<FunctionalGrid> = try staff.visit.identifier()
            let (now, scope) = (staff.visit.now, staff.scope)
            return try await staff.visit.write(submission) { transaction in
                try FunctionalWork(grids: grids).end(id, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
    }

    private static func write(_ grid: FunctionalGrid, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", grid.id)
            writer.member("area", grid.area.code)
            writer.member("name", grid.name)
            writer.key("categories")
            writer.array(grid.categories) { $0.value($1) }
            writer.key("grids")
            writer.array(grid.members) { $0.value($1) }
            writer.member("validFrom", grid.validFrom.description)
            writer.member("lastDay", (grid.validTo - 1).description)
            writer.member("post", grid.post)
        }
    }
}
