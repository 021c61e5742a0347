import Ground
public import Web

/// The fields of a form: a label, the control, a hint, and what is wrong with it. One look, on every page. `formName` is
/// what is sent where several forms of one page need ids of their own.
public enum Field {
    public struct Choice: Sendable, Hashable {
        public var value: String
        public var text: String

        public init(_ value: String, _ text: String) {
            self.value = value
            self.text = text
        }
    }

    public static func text(
        _ name: String, _ label: String, value: String? = nil, type: StaticString = "text", required: Bool = false,
        maximum: Int? = nil, hint: String? = nil, error: String? = nil, autocomplete: String? = nil,
        placeholder: String? = nil, inputMode: String? = nil, formName: String? = nil
    ) -> HTML {
        frame(name, label, required, hint, error) {
            """
            <input id="\(name)" name="\(formName ?? name)" type="\(HTML(trusted: "\(type)"))" value="\(value ?? "")"\(flag: "required", required)\
            \(attribute: "maxlength", maximum.map { "\($0)" })\(attribute: "autocomplete", autocomplete)\
            \(attribute: "placeholder", placeholder)\(attribute: "inputmode", inputMode)\(describedBy(name, hint, error))>
            """
        }
    }

    public static func longText(
        _ name: String, _ label: String, value: String? = nil, required: Bool = false, maximum: Int? = nil,
        rows: Int = 4, hint: String? = nil, error: String? = nil, opinions: [String] = [], formName: String? = nil
    ) -> HTML {
        frame(name, label, required, hint, error) {
            """
            \(opinions.isEmpty ? HTML() : "<span class=\"opinions\">\(opinions.html { "<button type=\"button\" class=\"btn ghost\" data-opinion=\"\($0)\" data-for=\"\(name)\">\($0)</button>" })</span>")\
            <textarea id="\(name)" name="\(formName ?? name)" rows="\(rows)"\(flag: "required", required)\
            \(attribute: "maxlength", maximum.map { "\($0)" })\(describedBy(name, hint, error))>
            \(value ?? "")</textarea>
            """
        }
    }

    public static func choice(
        _ name: String, _ label: String, _ choices: [Choice], value: String? = nil, required: Bool = false,
        none: String? = nil, hint: String? = nil, error: String? = nil, formName: String? = nil
    ) -> HTML {
        frame(name, label, required, hint, error) {
            """
            <select id="\(name)" name="\(formName ?? name)"\(flag: "required", required)\(describedBy(name, hint, error))>\
            \(none.map { "<option value=\"\">\($0)</option>" })\
            \(choices.html { "<option value=\"\($0.value)\"\(flag: "selected", $0.value == value)>\($0.text)</option>" })</select>
            """
        }
    }

    public static func checkbox(_ name: String, _ label: String, isOn: Bool = false) -> HTML {
        """
        <div class="field check"><label><input type="checkbox" name="\(name)" value="yes"\(flag: "checked", isOn)> \(label)</label></div>
        """
    }

    /// - Parameter accept: kinds of files, as browsers name them: `image/jpeg,image/png`.
    public static func file(
        _ name: String, _ label: String, accept: String, multiple: Bool = false, required: Bool = false,
        hint: String? = nil, error: String? = nil, formName: String? = nil
    ) -> HTML {
        frame(name, label, required, hint, error) {
            """
            <input id="\(name)" name="\(formName ?? name)" type="file" accept="\(accept)"\(flag: "multiple", multiple)\
            \(flag: "required", required)\(describedBy(name, hint, error))>
            """
        }
    }

    /// The button that sends a form.
    public static func submit(_ text: String, name: String? = nil, value: String? = nil, tone: StaticString = "p")
        -> HTML
    {
        """
        <button class="btn \(HTML(trusted: "\(tone)"))"\(attribute: "name", name)\(attribute: "value", value)>\(text)</button>
        """
    }

    private static func frame(
        _ name: String, _ label: String, _ required: Bool, _ hint: String?, _ error: String?, _ control: () -> HTML
    ) -> HTML {
        """
        <div class="field\(error == nil ? "" : " wrong")"><label for="\(name)">\(label)\(required ? "<span class=\"required\" aria-hidden=\"true\">*</span>" : HTML())</label>\
        \(control())\
        \(hint.map { "<p class=\"hint\" id=\"\(name)-hint\">\($0)</p>" })\
        \(error.map { "<p class=\"error\" id=\"\(name)-error\">\($0)</p>" })</div>
        """
    }

    private static func describedBy(_ name: String, _ hint: String?, _ error: String?) -> HTML {
        let ids = [hint.map { _ in name + "-hint" }, error.map { _ in name + "-error" }].compactMap { $0 }
        return
            "\(attribute: "aria-describedby", ids.isEmpty ? nil : ids.joined(separator: " "))\(attribute: "aria-invalid", error == nil ? nil : "true")"
    }
}
