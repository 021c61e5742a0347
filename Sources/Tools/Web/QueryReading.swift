public import Ground

/// Parts of an address that take only certain values. What is missing or empty is nil; what is none of them is refused
/// (422) with the list of those that are, in one wording.
extension QueryParameters {
    /// - Throws: a refusal (rule broken) naming the field and the values that it takes.
    public func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(Refusal) -> Value? where Value.RawValue == String {
        guard let text = filled(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            throw Self.notAllowed(name, text, among: Value.allCases.map(\.rawValue))
        }
        return value
    }

    /// - Throws: a refusal (rule broken) naming the field and the values that it takes.
    public func choice(_ name: String, among values: [String]) throws(Refusal) -> String? {
        guard let text = filled(name) else { return nil }
        guard values.contains(text) else { throw Self.notAllowed(name, text, among: values) }
        return text
    }

    /// `true` or `false`.
    public func flag(_ name: String) throws(Refusal) -> Bool? {
        try choice(name, among: ["true", "false"]).map { $0 == "true" }
    }

    /// A whole number within bounds.
    public func number(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text = filled(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Self.unreadable(
                name, text,
                because: LocalizedText(
                    "须为 \(range.lowerBound)–\(range.upperBound) 的整数",
                    "a whole number from \(range.lowerBound) to \(range.upperBound) is meant"))
        }
        return number
    }

    /// What to throw where a part of an address has a form of its own.
    /// - Parameter reason: what is meant, as the end of a sentence.
    public static func unreadable(_ name: String, _ text: String, because reason: LocalizedText) -> Refusal {
        let given = String(text.prefix(40))
        return Refusal(
            .ruleBroken, "web.query-value",
            LocalizedText(
                "条件 \(name) 不能是“\(given)”：\(reason.chinese)", "\(name) cannot be “\(given)”: \(reason.english)"),
            wayOn: LocalizedText("请更正或去掉这一条件", "Mend this condition or leave it out"), field: name)
    }

    private static func notAllowed(_ name: String, _ text: String, among values: [String]) -> Refusal {
        unreadable(
            name, text,
            because: LocalizedText(
                "可用 \(values.joined(separator: "、"))", "one of \(values.joined(separator: ", ")) is meant"))
    }
}
