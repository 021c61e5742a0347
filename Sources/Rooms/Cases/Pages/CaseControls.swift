import Desk
import Ground
import Identity
import Web

/// The choices that several forms offer: a category, an area, a body. All are plain lists, so they work anywhere.
enum CaseControls {
    struct Group {
        var title: String?
        var choices: [Field.Choice]
    }

    static func grouped(
        _ name: String, _ label: String, _ groups: [Group], value: String?, none: String? = nil,
        required: Bool = false, hint: String? = nil, error: String? = nil, formName: String? = nil
    ) -> HTML {
        let described = [hint.map { _ in name + "-hint" }, error.map { _ in name + "-error" }].compactMap { $0 }
        return """
            <div class="field\(error == nil ? "" : " wrong")"><label for="\(name)">\(label)\(required ? "<span class=\"required\" aria-hidden=\"true\">*</span>" : HTML())</label>\
            <select id="\(name)" name="\(formName ?? name)"\(flag: "required", required)\
            \(attribute: "aria-describedby", described.isEmpty ? nil : described.joined(separator: " "))\
            \(attribute: "aria-invalid", error == nil ? nil : "true")>\
            \(none.map { "<option value=\"\">\($0)</option>" } ?? HTML())\
            \(groups.html { group in
                let options = group.choices.html {
                    "<option value=\"\($0.value)\"\(flag: "selected", $0.value == value)>\($0.text)</option>"
                }
                return group.title.map { "<optgroup label=\"\($0)\">\(options)</optgroup>" } ?? options
            })</select>\
            \(hint.map { "<p class=\"hint\" id=\"\(name)-hint\">\($0)</p>" } ?? HTML())\
            \(error.map { "<p class=\"error\" id=\"\(name)-error\">\($0)</p>" } ?? HTML())</div>
            """
    }

    /// What carries work that goes down; empty where the category says it, or where nothing goes down.
    static func ground(_ visit: Visit, id: String = "ground", value: String?, error: String?) -> HTML {
        Field.text(
            id, visit("依据（下派时）", "Ground (when it goes down)"), value: value, maximum: 40,
            hint: visit(
                "清单事项、准入或合同编号；有类别的按类别自动对应",
                "An item of the lists, an admission or a contract; a category finds its own item"), error: error,
            formName: "ground")
    }

    /// Leaves only, as a matter needs one, under the names of their branches.
    static func leaves(_ tree: CategoryTree, _ language: Language) -> [Group] {
        tree.all.filter { $0.code.utf8.count == 4 }.map { branch in
            Group(
                title: tree.pathText(branch.code, language),
                choices: tree.leaves.filter { $0.parentCode == branch.code }.map {
                    Field.Choice($0.code, $0.title(language))
                })
        }
    }

    /// Every level, as a filter may want one.
    static func categories(_ tree: CategoryTree, _ language: Language) -> [Group] {
        tree.all.filter { $0.code.utf8.count == 2 }.map { root in
            Group(
                title: root.title(language),
                choices: tree.all.filter { $0.code.hasPrefix(root.code) }.map { category in
                    let indent = String(repeating: "\u{3000}", count: category.code.utf8.count / 2 - 1)
                    return Field.Choice(category.code, indent + category.title(language))
                })
        }
    }

    /// An area and the two levels below it: enough for a street to name a grid, and short enough for one list.
    static func areas(_ areas: any AreaLookup, within top: AreaPrefix, isTopOffered: Bool = true) -> [Group] {
        var groups: [Group] = []
        if isTopOffered {
            groups.append(Group(title: nil, choices: [Field.Choice(top.code, areas.name(of: top) ?? top.code)]))
        }
        for child in areas.children(of: top) {
            let below = areas.children(of: child.area).map { Field.Choice($0.area.code, $0.name) }
            groups.append(Group(title: child.name, choices: [Field.Choice(child.area.code, child.name)] + below))
        }
        return groups
    }

    /// Departments first, then the bodies of the area by their area.
    static func bodies(_ bodies: [BodyFacts], names: any AreaLookup, _ visit: Visit) -> [Group] {
        let departments = bodies.filter { $0.line != nil }
        let others = bodies.filter { $0.line == nil }
        var groups: [Group] = []
        if !departments.isEmpty {
            groups.append(
                Group(
                    title: visit("条线部门", "Departments"),
                    choices: departments.map { Field.Choice($0.id.text, visit($0.title)) }))
        }
        var seen: [AreaPrefix] = []
        for body in others where !seen.contains(body.area.streetOrWider) { seen.append(body.area.streetOrWider) }
        for area in seen {
            groups.append(
                Group(
                    title: names.name(of: area) ?? area.code,
                    choices: others.filter { $0.area.streetOrWider == area }.map {
                        Field.Choice($0.id.text, visit($0.title))
                    }))
        }
        return groups
    }
}

extension AreaPrefix {
    fileprivate var streetOrWider: AreaPrefix { street.flatMap { AreaPrefix($0) } ?? self }
}
