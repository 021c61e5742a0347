import Desk
import Ground

enum RegistryJSON {
    static let subject: Schema = .named(
        "RegistrySubject",
        .object([
            .init("id", .identifier), .init("kind", .string(values: SubjectKind.allCases.map(\.rawValue))),
            .init("area", .text), .init("registeredArea", .nullable(.text)),
            .init("standing", .string(values: ["present", "merged"])), .init("mergedInto", .nullable(.identifier)),
            .init("version", .integer(minimum: 1)), .init("changedAt", .instant),
            .init("facts", .array(fact)),
        ]))

    static let fact: Schema = .named(
        "RegistryFact",
        .object([
            .init("element", .text), .init("value", .nullable(.text), "null where it is masked or hidden"),
            .init("shown", .text, "in words, masked where no purpose was named"),
            .init("since", .string(format: "date")),
            .init("seenAt", .instant),
        ]))

    static func write(
        _ subject: StoredSubject, _ dictionary: DataDictionary, at day: Day, purpose: String?, _ language: Language,
        areaName: (String) -> String?, to writer: inout JSONWriter
    ) {
        writer.member("id", subject.id)
        writer.member("kind", subject.kind.rawValue)
        writer.member("area", subject.area.code)
        writer.member("registeredArea", subject.registeredArea?.code)
        writer.member("standing", subject.standing.rawValue)
        writer.member("mergedInto", subject.mergedInto)
        writer.member("version", subject.version)
        writer.member("changedAt", subject.changedAt)
        writer.key("facts")
        writer.array { writer in
            for element in dictionary.elements(of: subject.kind) {
                guard let statement = subject.record.statement(element.key, at: day), let value = statement.value,
                    !element.isOff
                else { continue }
                let shown = dictionary.shown(
                    value, of: element, for: purpose, areaName: areaName, names: { $0 })
                writer.object { writer in
                    writer.member("element", element.key)
                    if case .clear = shown {
                        writer.member("value", value)
                    } else {
                        writer.member("value", nil as String?)
                    }
                    writer.member("shown", shown.text(language))
                    writer.member("since", statement.since.description)
                    writer.member("seenAt", statement.seenAt)
                }
            }
        }
    }
}
