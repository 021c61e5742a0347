import CountForecasts
import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// `/api/v1/workload/volumes`: how many matters the coming months may bring, for programs.
struct VolumeAPI: Sendable {
    let workload: Workload
    private static let count = Schema.integer(minimum: 0)

    private static let told = Schema.nullable(
        .object([.init("expected", count), .init("low", count), .init("high", count)]))
    private static let line = Schema.object([
        .init("area", .text), .init("last", count, "matters of the last whole month"),
        .init("months", .array(told), "null while too little is known"),
    ])

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/workload/volumes", id: "readMatterForecast", tag: "workload",
                summary: LocalizedText(
                    "诉求量预测", "Matters that the present and the coming months may bring, with a band tried on the past"),
                query: [.init("area", .string(pattern: "^([0-9]{6}|[0-9]{9}|[0-9]{12})$"), required: false)],
                response: .object([
                    .init("months", .array(.text)), .init("known", Self.count, "whole months on record"),
                    .init("whole", Self.line), .init("places", .array(Self.line)),
                    .init(
                        "trials", .array(.object([.init("made", Self.count), .init("held", Self.count)])),
                        "by months ahead: how often the truth lay within the band"),
                    .init(
                        "tasks",
                        .array(
                            .object([
                                .init("item", .text), .init("times", Self.count, "by the list, next month"),
                                .init("matters", Self.told), .init("difference", .integer(), "minutes"),
                                .init("least", .integer()), .init("most", .integer()),
                            ]))),
                ]), refusals: [404]), right: .readWorkload
        ) { staff, _ in
            var area = staff.scope.area
            if let text = staff.visit.query.filled("area") {
                guard let asked = AreaPrefix(text), area.contains(asked) else { throw Refusal.nothingHere }
                area = asked
            }
            let now = staff.visit.now
            guard let volumes = try await workload.forecast.volumes(in: area, for: staff.scope, at: now) else {
                throw Refusal.nothingHere
            }
            let basis = try await workload.forecast.basis(from: LoadMonth(of: now.local().day), at: now)
            let tasks = try await workload.forecast.taskVolumes(in: area, of: basis, for: staff.scope)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("months")
                    writer.array(volumes.months) { $0.value($1.description) }
                    writer.member("known", Int64(volumes.known))
                    writer.key("whole")
                    Self.write(volumes.whole, to: &writer)
                    writer.key("places")
                    writer.array(volumes.places) { Self.write($1, to: &$0) }
                    writer.key("trials")
                    writer.array(volumes.trials) { writer, trial in
                        writer.object { writer in
                            writer.member("made", Int64(trial.made))
                            writer.member("held", Int64(trial.held))
                        }
                    }
                    writer.key("tasks")
                    writer.array(tasks) { writer, task in
                        writer.object { writer in
                            writer.member("item", task.item)
                            writer.member("times", task.times)
                            writer.key("matters")
                            Self.write(task.told, to: &writer)
                            writer.member("difference", task.difference)
                            writer.member("least", task.least)
                            writer.member("most", task.most)
                        }
                    }
                }
            ).response
        }
    }

    private static func write(_ line: MatterVolumes.Line, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("area", line.area.code)
            writer.member("last", Int64(line.last))
            writer.key("months")
            writer.array(line.told) { writer, told in
                if let told { write(told, to: &writer) } else { writer.null() }
            }
        }
    }

    private static func write(_ told: PeriodCounts.Forecast, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("expected", Int64(told.expected.rounded()))
            writer.member("low", Int64(told.low))
            writer.member("high", Int64(told.high))
        }
    }
}
