import Desk
import Ground
import Hummingbird
import Identity
import Web

/// `/api/v1/faults`: the findings with the records they stand on, for programs.
struct FaultAPI: Sendable {
    let faults: Faults

    private static let evidence = Schema.object([
        .init("kind", .string(values: Evidence.Kind.allCases.map(\.rawValue))), .init("name", .text),
        .init("address", .text), .init("text", .text),
    ])

    private static let finding = Schema.named(
        "Fault",
        .object([
            .init("key", .text), .init("fault", .string(values: Fault.allCases.map(\.rawValue))),
            .init("street", .text), .init("power", .nullable(.text)), .init("text", .text), .init("remedy", .text),
            .init("evidence", .array(evidence)),
        ]))

    func add(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/faults", id: "listFaults", tag: "faults",
                summary: LocalizedText(
                    "三不问题及其依据的记录",
                    "Powers not really given, duties without power, tasks without means, with their records"),
                query: [
                    .init("fault", .string(values: Fault.allCases.map(\.rawValue)), required: false),
                    .init("area", .string(pattern: "^([0-9]{6}|[0-9]{9})$"), required: false),
                ], response: .object([.init("items", .array(Self.finding))])), right: .readWorkload
        ) { staff, _ in
            let question = try FaultQuestion(staff.visit.query, strictly: true)
            let found = try await faults.findings(for: staff.scope, at: staff.visit.now).filter(question.holds)
            let visit = staff.visit
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found) { writer, finding in
                        writer.object { writer in
                            writer.member("key", finding.key)
                            writer.member("fault", finding.fault.rawValue)
                            writer.member("street", finding.street.code)
                            writer.member("power", finding.power)
                            writer.member("text", visit(finding.text))
                            writer.member("remedy", visit(finding.fault.remedy))
                            writer.key("evidence")
                            writer.array(finding.evidence) { writer, one in
                                writer.object { writer in
                                    writer.member("kind", one.kind.rawValue)
                                    writer.member("name", one.name)
                                    writer.member("address", one.address)
                                    writer.member("text", visit(one.text))
                                }
                            }
                        }
                    }
                }
            ).response
        }
    }
}

/// Which findings are asked for.
struct FaultQuestion: Sendable {
    var fault: Fault?
    var area: AreaPrefix?

    /// - Parameter strictly: whether what cannot be read is refused, as programs want it, or left out, as pages do.
    init(_ query: QueryParameters, strictly: Bool) throws(Refusal) {
        if let text = query.filled("fault") {
            fault = Fault(rawValue: text)
            if strictly, fault == nil { throw Self.wrong("fault") }
        }
        if let text = query.filled("area") {
            area = AreaPrefix(text)
            if strictly, area == nil { throw Self.wrong("area") }
        }
    }

    func holds(_ finding: Finding) -> Bool {
        (fault.map { $0 == finding.fault } ?? true) && (area.map { $0.contains(finding.street) } ?? true)
    }

    private static func wrong(_ field: String) -> Refusal {
        Refusal(
            .ruleBroken, "faults.\(field)", LocalizedText("“\(field)”填写有误", "“\(field)” cannot be read"), field: field)
    }
}
