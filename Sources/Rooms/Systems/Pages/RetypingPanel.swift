public import Desk
import Ground
import Hummingbird
import Identity
import Storage
public import Web

extension Systems {
    /// How each kind of user types today.
    func retyping(for staff: StaffVisit) async throws -> [(users: GovernmentSystem.Users, figures: RetypingFigures)] {
        let (systems, today) = (self, staff.visit.now.local().day)
        let standings = try await house.database.read { try systems.standings(at: today, in: $0) }
        return GovernmentSystem.Users.allCases.map { users in
            (users, RetypingFigures(list.systems, users: users) { standings[$0]?.standing ?? .typed })
        }
    }

    /// For the page where leaders see loads: how many systems each grid worker types into, and how many fields of them are
    /// held here already.
    public func retypingPanel(_ staff: StaffVisit) async throws -> HTML {
        let visit = staff.visit
        let all = try await retyping(for: staff)
        func figure(_ name: String, _ value: Int) -> HTML {
            "<div><dt>\(name)</dt><dd><strong>\(value)</strong></dd></div>"
        }
        let more: HTML =
            staff.scope.may(.formsRead)
            ? "<p class=\"bar\"><a class=\"btn\" href=\"/systems\">\(visit(SystemTexts.systems))</a></p>" : HTML()
        return """
            <section class="panel"><h2>\(visit("重复录入", "Typed again"))</h2>\(all.html { one in
                """
                <h3>\(visit(one.users.title))</h3><dl class="kpi">\
                \(figure(visit("每人要录的系统", "Systems each"), one.figures.systems))\
                \(figure(visit("重复录入的栏目", "Fields typed again"), one.figures.fields))\
                \(figure(visit("每人每月分钟", "Minutes a month each"), one.figures.minutesAMonth))</dl>
                """
            })\(more)<p class="hint">\(visit("分钟为清单中的估计，待当地核实。", "Minutes are estimates of the list, to be checked locally."))</p></section>
            """
    }

    /// The same for programs.
    func addRetyping(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/systems/retyping", id: "readRetyping", tag: "systems",
                summary: LocalizedText("每人要录的系统、重复录入的栏目", "Systems that each user types into, and fields typed again"),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init(
                                    "users", .string(values: GovernmentSystem.Users.allCases.map(\.rawValue))),
                                .init("systems", .integer(minimum: 0)), .init("fields", .integer(minimum: 0)),
                                .init("minutesAMonth", .integer(minimum: 0)),
                            ])))
                ])), right: .formsRead
        ) { staff, _ in
            let all = try await retyping(for: staff)
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(all) { writer, one in
                        writer.object { writer in
                            writer.member("users", one.users.rawValue)
                            writer.member("systems", one.figures.systems)
                            writer.member("fields", one.figures.fields)
                            writer.member("minutesAMonth", one.figures.minutesAMonth)
                        }
                    }
                })
        }
    }
}
