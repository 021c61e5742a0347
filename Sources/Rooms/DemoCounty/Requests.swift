import Desk
import Forms
import Ground
import Registry
import Storage
import Systems

/// 数据需求: a department asks for a form of 36 columns, and the data bureau approves what is held already; some systems are
/// served from here or retired. What is told of them is computed by the rooms as for anybody else.
struct Requests: Sendable {
    let stage: Stage
    let forms: Forms
    let systems: Systems
    let house: House

    private struct File: Decodable {
        struct Request: Decodable {
            var line: String
            var name: String
            var purpose: String
            var basis: String
            var filter: String
            var timesAYear: Int
            var columns: [String]
            var ground: String?
            /// New columns that are approved, with the elements that they become.
            var admitted: [String: String]?
            var reason: String?
        }

        struct Decided: Decodable {
            var system: String
            var standing: String
            var daysAgo: Int64
            var reason: String
        }

        var approved: Request
        var waiting: Request
        var systems: [Decided]
    }

    func play(at now: Instant) async throws {
        let file = try house.rules.decode(File.self, from: "demo/requests.yaml")
        guard let officer = stage.dataOfficers.first else { return }
        let forms = forms
        for (request, isApproved) in [(file.approved, true), (file.waiting, false)] {
            guard let handler = stage.departments[request.line]?.handlers.first else { continue }
            let asked = DataRequest(
                name: request.name, purpose: request.purpose, basis: request.basis, kind: .person,
                filter: request.filter, columns: request.columns, timesAYear: request.timesAYear,
                ground: request.ground)
            try await house.database.write { transaction in
                let id = try forms.ask(asked, by: handler, at: now - .hours(3), in: transaction)
                if isApproved {
                    try forms.approve(
                        id, admitting: request.admitted ?? [:], reason: request.reason, by: officer,
                        at: now - .hours(1), in: transaction)
                }
            }
        }
        let systems = systems
        for decided in file.systems {
            let at = now - .days(decided.daysAgo)
            try await house.database.write { transaction in
                try systems.decide(
                    decided.system, decided.standing, since: at.local().day, reason: decided.reason, by: officer,
                    at: at, in: transaction)
            }
        }
    }
}
