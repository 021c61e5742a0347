import Cases
import Desk
import Foundation
import GridDay
import Ground
import HTTPTypes
import Storage
import Web

/// Warnings, forecasts and trials, for programs.
extension Warnings {
    func addAPI(to routes: Routes) {
        routes.api(Self.listOperation, right: .warningDecide) { staff, _ in
            let (scope, county) = (staff.scope, house.settings.area)
            let (state, after) = (try WarningsPage.state(staff), staff.visit.query.filled("after"))
            let (found, forecasts, trial) = try await house.database.read { transaction in
                (
                    try WarningStore.list(state, for: scope, after: after, limit: 51, in: transaction),
                    try WarningStore.forecasts(for: scope, in: transaction),
                    try WarningStore.trial(of: county, in: transaction)
                )
            }
            return .json(
                JSONWriter.object { writer in
                    writer.key("warnings")
                    writer.array(found.prefix(50)) { Self.write($1, to: &$0) }
                    writer.member("next", found.count > 50 ? WarningStore.key(after: found[49]) : nil)
                    writer.key("forecasts")
                    writer.array(forecasts) { writer, kept in
                        writer.object { writer in
                            writer.member("street", kept.forecast.key.area)
                            writer.member("category", kept.forecast.key.category)
                            writer.member("after", kept.madeOn.description)
                            writer.member("days", rules.horizonDays)
                            writer.key("expected")
                            writer.value(kept.forecast.expected)
                            writer.member("low", kept.forecast.low)
                            writer.member("high", kept.forecast.high)
                        }
                    }
                    writer.key("trial")
                    if let (trial, day) = trial {
                        writer.object { writer in
                            writer.member("until", day.description)
                            writer.member("watched", trial.watched)
                            writer.member("warned", trial.warned)
                            writer.member("judged", trial.judged)
                            writer.member("calm", trial.calm)
                            writer.member("forecast", trial.forecast)
                            writer.member("held", trial.held)
                        }
                    } else {
                        writer.null()
                    }
                })
        }
        routes.api(Self.decideOperation, right: .warningDecide) { staff, submission in
            let id: Identifier<EarlyWarning> = try staff.visit.identifier()
            let request = try submission.decode(DecideRequest.self)
            let now = staff.visit.now
            let note = request.note?.trimmingCharacters(in: .whitespacesAndNewlines)
            guard request.decision == .plan || note?.isEmpty == false else {
                throw WarningWork.wordless
            }
            let answer = try await staff.visit.write(submission) { transaction in
                try WarningWork(warnings: self).decide(
                    id, dismissing: request.decision == .plan ? nil : note, ground: request.ground, by: staff.scope,
                    at: now, in: transaction)
                return Answer(status: 204)
            }
            if request.decision == .plan { try await day.putDueOnPhones(at: now) }
            return answer
        }
    }

    private struct DecideRequest: Decodable {
        enum Decision: String, Decodable { case plan, dismiss }

        var decision: Decision
        var note: String?
        var ground: String?
    }

    private static func write(_ warning: EarlyWarning, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", warning.id)
            writer.member("area", warning.area.code)
            writer.member("category", warning.category)
            writer.member("raisedOn", warning.raisedOn.description)
            writer.member("days", warning.window)
            writer.member("seen", warning.seen)
            writer.key("expected")
            writer.value(warning.expected)
            writer.member("state", warning.state.rawValue)
            writer.member("note", warning.note)
            writer.member("outcome", warning.outcome?.rawValue)
        }
    }

    private static let count = Schema.integer(minimum: 0)

    private static let listOperation = APIOperation(
        .get, "/warnings", id: "listWarnings", tag: "warnings",
        summary: LocalizedText("早期预警、预测和检验", "Early warnings, forecasts and how right they were"),
        query: [
            .init("state", .string(values: EarlyWarning.State.allCases.map(\.rawValue)), required: false),
            .init("after", .text, required: false),
        ],
        response: .object([
            .init(
                "warnings",
                .array(
                    .object([
                        .init("id", .identifier), .init("area", .text), .init("category", .text),
                        .init("raisedOn", .string(format: "date")), .init("days", count), .init("seen", count),
                        .init("expected", .number),
                        .init("state", .string(values: EarlyWarning.State.allCases.map(\.rawValue))),
                        .init("note", .nullable(.text)), .init("outcome", .nullable(.text)),
                    ]))), .init("next", .nullable(.text)),
            .init(
                "forecasts",
                .array(
                    .object([
                        .init("street", .text), .init("category", .text), .init("after", .string(format: "date")),
                        .init("days", count), .init("expected", .number), .init("low", count), .init("high", count),
                    ]))),
            .init(
                "trial",
                .nullable(
                    .object(
                        [.init("until", .string(format: "date"))]
                            + ["watched", "warned", "judged", "calm", "forecast", "held"].map { .init($0, count) }))),
        ]), refusals: [422])

    private static let decideOperation = APIOperation(
        .post, "/warnings/{id}", id: "decideWarning", tag: "warnings",
        summary: LocalizedText("安排查看，或说明无须查看", "Arrange looks, or say why none is needed"),
        request: .named(
            "WarningDecision",
            .object([
                .init("decision", .string(values: ["plan", "dismiss"])),
                .init("note", .nullable(.string(maximum: 200)), required: false),
                .init("ground", .nullable(.string(maximum: 40)), required: false),
            ])), status: 204)
}
