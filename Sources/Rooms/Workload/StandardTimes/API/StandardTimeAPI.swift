import Desk
import Ground
import Hummingbird
import Identity
import Mandates
import Storage
import Web

/// `/api/v1/workload/standard-times`: standard times beside records, and their corrections, for programs.
struct StandardTimeAPI: Sendable {
    let workload: Workload
    private static let tag = "workload"
    private static let count = Schema.integer(minimum: 0)

    private static let time = Schema.named(
        "StandardTime",
        .object([
            .init("item", .text), .init("task", .text), .init("standard", count, "minutes, on the list"),
            .init("counted", count, "minutes that count in the present month"),
            .init("recorded", .string(values: verdicts), "figures, or why there are none"),
            .init("lower", .nullable(count)), .init("middle", .nullable(count)), .init("upper", .nullable(count)),
            .init("records", .nullable(count)), .init("people", .nullable(count), "at least so many"),
            .init("reading", .nullable(.string(values: RecordedTime.Reading.allCases.map(\.rawValue)))),
            .init("load", count, "minutes in the twelve months ahead"),
            .init("difference", .nullable(.integer()), "minutes more or fewer at the recorded middle"),
        ]))
    private static let verdicts = [
        "figures", "unrecorded", "few-people", "few-records", "one-person", "afterwards", "waiting",
    ]

    private static let correction = Schema.named(
        "TimeCorrection",
        .object([
            .init("id", .identifier), .init("item", .text), .init("task", .text), .init("standard", count),
            .init("minutes", count), .init("from", .string(format: "date")), .init("reason", .text),
            .init("withdrawn", .boolean),
        ]))

    private struct Asked: Decodable {
        var item: String
        var task: String
        var minutes: Int64
        var from: String
        var reason: String
    }

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/workload/standard-times", id: "listStandardTimes", tag: Self.tag,
                summary: LocalizedText("标准工时与记录用时", "Standard times beside what records say, of groups of posts only"),
                response: .object([
                    .init("items", .array(Self.time)), .init("corrections", .array(Self.correction)),
                ])), right: .readWorkload
        ) { staff, _ in
            let times = try await workload.standardTimes(at: staff.visit.now)
            let corrections = try await workload.house.database.read { try TimeCorrectionStore.all(in: $0) }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(times) { Self.write($1, to: &$0) }
                    writer.key("corrections")
                    writer.array(corrections) { Self.write($1, to: &$0) }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/workload/standard-times/corrections", id: "correctStandardTime", tag: Self.tag,
                summary: LocalizedText("修正标准工时", "Correct a standard time from a month on"),
                request: .named(
                    "TimeCorrectionQuestion",
                    .object([
                        .init("item", .string(minimum: 1, maximum: 40)),
                        .init("task", .string(minimum: 1, maximum: 40)),
                        .init("minutes", .integer(minimum: 1, maximum: 100_000)),
                        .init("from", .string(format: "date"), "the first of a month"),
                        .init("reason", .string(minimum: 2, maximum: 200)),
                    ])), response: Self.correction, refusals: [404]), right: .readWorkload
        ) { staff, submission in
            let asked = try submission.decode(Asked.self)
            let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
            guard
                let time = try await workload.standardTimes(at: now).first(where: {
                    $0.item == asked.item && $0.task.key == asked.task
                })
            else { throw Refusal.nothingHere }
            return try await staff.visit.write(submission) { transaction in
                let kept = try workload.correct(
                    time, to: asked.minutes, from: Day(asked.from), because: asked.reason, by: scope, at: now,
                    in: transaction)
                var writer = JSONWriter()
                Self.write(kept, to: &writer)
                return .json(writer.finish())
            }
        }
        routes.api(
            APIOperation(
                .delete, "/workload/standard-times/corrections/{id}", id: "withdrawTimeCorrection", tag: Self.tag,
                summary: LocalizedText("撤回标准工时修正", "Take a correction back"), status: 204, refusals: [404]),
            right: .readWorkload
        ) { staff, submission in
            let id: TimeCorrectionID = try staff.visit.identifier()
            let (workload, scope, now) = (workload, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                try workload.withdraw(correction: id, by: scope, at: now, in: transaction)
                return Answer(status: 204)
            }
        }
    }

    private static func verdict(_ recorded: RecordedTime) -> String {
        switch recorded {
        case .figures: "figures"
        case .unrecorded: "unrecorded"
        case .fewPeople: "few-people"
        case .fewRecords: "few-records"
        case .onePerson: "one-person"
        case .afterwards: "afterwards"
        case .waiting: "waiting"
        }
    }

    private static func write(_ name: StaticString, _ value: Int64?, to writer: inout JSONWriter) {
        writer.key(name)
        if let value { writer.value(value) } else { writer.null() }
    }

    private static func write(_ time: StandardTime, to writer: inout JSONWriter) {
        let figures = time.recorded.figures
        writer.object { writer in
            writer.member("item", time.item)
            writer.member("task", time.task.key)
            writer.member("standard", time.standard)
            writer.member("counted", time.counted)
            writer.member("recorded", verdict(time.recorded))
            write("lower", figures?.lower, to: &writer)
            write("middle", figures?.middle, to: &writer)
            write("upper", figures?.upper, to: &writer)
            write("records", figures?.records, to: &writer)
            write("people", figures?.people, to: &writer)
            writer.key("reading")
            if let reading = time.reading { writer.value(reading.rawValue) } else { writer.null() }
            writer.member("load", time.load)
            write("difference", time.difference, to: &writer)
        }
    }

    private static func write(_ kept: KeptTimeCorrection, to writer: inout JSONWriter) {
        let correction = kept.correction
        writer.object { writer in
            writer.member("id", kept.id)
            writer.member("item", correction.item)
            writer.member("task", correction.task)
            writer.member("standard", correction.standard)
            writer.member("minutes", correction.minutes)
            writer.member("from", correction.from.description)
            writer.member("reason", correction.reason)
            writer.member("withdrawn", kept.withdrawnAt != nil)
        }
    }
}
