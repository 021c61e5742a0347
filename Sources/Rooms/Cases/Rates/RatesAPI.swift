import Desk
import Ground
import Hummingbird
import Storage
import Web

extension Cases {
    func addRatesAPI(to routes: Routes) {
        routes.api(Self.ratesOperation, right: .caseRead) { staff, _ in
            let question = try RateQuestion(staff.visit.query, for: staff.scope, at: staff.visit.now)
            let scope = staff.scope
            let lines = try await house.database.read { try question.lines(self, for: scope, in: $0) }
            return .json(
                JSONWriter.object { writer in
                    writer.member("from", question.days.lowerBound.description)
                    writer.member("until", question.days.upperBound.description)
                    writer.key("lines")
                    writer.array(lines) { writer, line in
                        writer.object { writer in
                            writer.member("place", line.place)
                            writer.member("name", line.name)
                            writer.key("counted")
                            Self.write(line.counted, to: &writer)
                            writer.key("withExcluded")
                            Self.write(line.all, to: &writer)
                        }
                    }
                })
        }
    }

    private static func write(_ rates: Rates, to writer: inout JSONWriter) {
        writer.object { writer in
            let figures = rates.figures
            writer.member("due", figures.due)
            writer.member("closed", figures.closed)
            writer.member("closedOnTime", figures.closedOnTime)
            writer.member("contactedInTime", figures.contactedInTime)
            writer.member("followedUp", figures.followedUp)
            writer.member("solved", figures.solved)
            writer.member("satisfied", Double(figures.satisfiedHalves) / 2)
            writer.member("closeRate", rates.closing.percent)
            writer.member("onTimeCloseRate", rates.onTimeClosing.percent)
            writer.member("responseRate", rates.response.percent)
            writer.member("solutionRate", rates.solution.percent)
            writer.member("satisfactionRate", rates.satisfaction.percent)
        }
    }

    private static let percent = Schema.nullable(.string(pattern: "^[0-9]+\\.[0-9]{2}$"))

    private static let rates = Schema.named(
        "Rates",
        .object(
            ["due", "closed", "closedOnTime", "contactedInTime", "followedUp", "solved"].map {
                .init($0, .integer(minimum: 0))
            } + [.init("satisfied", .number)]
                + ["closeRate", "onTimeCloseRate", "responseRate", "solutionRate", "satisfactionRate"].map {
                    .init($0, percent, "per cent")
                }))

    private static let ratesOperation = APIOperation(
        .get, "/rates", id: "readRates", tag: "cases",
        summary: LocalizedText("办理成效：结案率与三率", "Closing rates and the three rates"),
        query: [
            .init("from", .string(format: "date"), required: false, "first day of the final deadlines"),
            .init("until", .string(format: "date"), required: false),
            .init("by", .string(values: RateQuestion.Grouping.allCases.map(\.rawValue)), required: false),
            .init("area", .string(pattern: "^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$"), required: false),
        ],
        response: .object([
            .init("from", .string(format: "date")), .init("until", .string(format: "date")),
            .init(
                "lines",
                .array(
                    .object([
                        .init("place", .text), .init("name", .text), .init("counted", rates),
                        .init("withExcluded", rates),
                    ]))),
        ]), refusals: [422])
}
