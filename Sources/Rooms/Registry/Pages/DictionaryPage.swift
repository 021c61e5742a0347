import Desk
import Ground
import Hummingbird
import Identity
import Web

/// `/dictionary`: every element once, for everybody to read.
struct DictionaryPage: Sendable {
    let registry: Registry

    func add(to routes: Routes) {
        routes.page("/dictionary", right: .registryRead) { staff in
            let visit = staff.visit
            return visit.page(
                Page(
                    visit(RegistryTexts.dictionary), breadcrumb: [(visit(RegistryTexts.dictionary), nil)],
                    """
                    <p class="hint">\(visit("版本 \(registry.dictionary.version)。表格只能由这里的数据项组成；敏感项未写明法律依据的为停用。依据按记忆列出，待当地核实。", "Version \(registry.dictionary.version). Forms are built from these elements only; sensitive ones without a legal basis are off. Bases are named from memory: to be checked locally."))</p>\
                    <p class="bar">\(exportLink(visit, path: "/dictionary/export"))</p>\
                    \(Listing(caption: visit(RegistryTexts.dictionary), columns: columns, items: registry.dictionary.elements, whenEmpty: HTML()).html(visit))
                    """))
        }
        routes.page("/dictionary/export", right: .registryRead) { staff in
            let elements = registry.dictionary.elements
            return try await SheetExport.workbook(
                named: staff(RegistryTexts.dictionary), columns: columns, for: staff
            ) { _ in (elements, nil) }
        }
    }

    private var columns: [Column<Element>] {
        let dictionary = registry.dictionary
        return [
            .text("名称", "Name") { element, visit in visit(element.name) },
            .text("标识", "Key") { element, _ in element.key },
            .text("对象", "Of") { element, visit in visit(element.kind.title) },
            .text("含义", "Meaning") { element, visit in visit(element.meaning) },
            .text("代码表", "Codes") { element, visit in
                guard case .code(let list) = element.type, let found = dictionary.lists[list] else { return nil }
                return "\(visit(found.name))（\(found.source)）"
            },
            .number("有效天数", "Days valid") { $0.validDays.map(Int64.init) },
            .text("敏感程度", "Sensitivity") { element, visit in
                switch element.sensitivity {
                case .open: visit("一般", "open")
                case .personal: visit("个人信息", "personal")
                case .sensitive:
                    element.isOff ? visit("敏感（停用）", "sensitive (off)") : visit("敏感", "sensitive")
                }
            },
            .text("依据", "Basis") { element, visit in element.basis.map { visit($0) } },
            .text("用途", "Purposes") { element, visit in
                dictionary.purposes.filter { element.purposes.contains($0.key) }.map { visit($0.title) }
                    .joined(separator: visit("、", ", "))
            },
            .text("别名", "Also called") { element, _ in element.synonyms.joined(separator: "、") },
        ]
    }
}
