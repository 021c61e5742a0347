import Desk
import Ground
import Hummingbird
import Storage
import Web

/// Language, colours and size: for everybody, logged in or not.
struct AppearancePages: Sendable {
    let house: House

    private var isSecure: Bool { house.settings.secureCookies }

    func add(to routes: Routes) {
        routes.openForm("/language") { visit, submission in
            var response = Response.seeOther(LogInPages.next(submission.fields, name: "back") ?? "/")
            if let language = submission.fields["language"].flatMap(Language.init(rawValue:)) {
                response.setChoice("language", language.rawValue, isSecure: isSecure)
                if let scope = visit.context.scope, !scope.isMachine {
                    try await house.database.write { try StaffStore.setLanguage(scope.staff, language, in: $0) }
                }
            }
            return response
        }
        routes.openPage("/appearance") { page($0) }
        routes.openForm("/appearance") { visit, submission in
            let fields = submission.fields
            var response = Response.seeOther(LogInPages.next(fields, name: "back") ?? "/appearance")
            if let theme = fields["theme"].flatMap(Appearance.Theme.init(rawValue:)) {
                response.setChoice("theme", theme.rawValue, isSecure: isSecure)
            }
            if let size = fields["size"].flatMap(Appearance.Size.init(rawValue:)) {
                response.setChoice("size", size.rawValue, isSecure: isSecure)
            }
            return response
        }
    }

    private func page(_ visit: Visit) -> Response {
        let back = LogInPages.next(visit.query, name: "back")
        let appearance = visit.context.appearance
        let sizes: [(Appearance.Size, LocalizedText, LocalizedText)] = [
            (.standard, LocalizedText("标准", "Standard"), LocalizedText("适合电脑办公", "For work at a desk")),
            (
                .care, LocalizedText("关怀版（大字）", "Care edition (large)"),
                LocalizedText("字大、按钮大、一列排布", "Large text and buttons, one column")
            ),
            (
                .care2, LocalizedText("关怀版（特大字）", "Care edition (largest)"),
                LocalizedText("正文约 30 像素", "Text of about 30 pixels")
            ),
        ]
        let themes: [(Appearance.Theme, LocalizedText)] = [
            (.auto, LocalizedText("随系统", "As the system")), (.light, LocalizedText("浅色", "Light")),
            (.dark, LocalizedText("深色（指挥大厅）", "Dark (command rooms)")),
        ]
        let isCare = appearance.size != .standard
        return visit.page(
            Page(
                visit("显示设置", "Display"),
                """
                <div class="panel narrow"><form method="post" action="/appearance">\(visit.formFields)\(hidden("back", back))\
                <button class="btn p wide" name="size" value="\(isCare ? "standard" : "care")">\
                \(isCare ? visit("回到标准版", "Back to the standard edition") : visit("进入关怀版（大字）", "Enter the care edition (large text)"))</button></form>\
                <form method="post" action="/appearance">\(visit.formFields)\(hidden("back", back))\
                <fieldset><legend>\(visit("字号", "Size"))</legend>\
                \(sizes.html { size, name, hint in
                    "<label class=\"choice\"><input type=\"radio\" name=\"size\" value=\"\(size.rawValue)\"\(flag: "checked", size == appearance.size)> \(visit(name)) <span class=\"hint\">\(visit(hint))</span></label>"
                })</fieldset>\
                <fieldset><legend>\(visit("颜色", "Colours"))</legend>\
                \(themes.html { theme, name in
                    "<label class=\"choice\"><input type=\"radio\" name=\"theme\" value=\"\(theme.rawValue)\"\(flag: "checked", theme == appearance.theme)> \(visit(name))</label>"
                })</fieldset>\
                \(Field.submit(visit("保存", "Save")))</form></div>
                """))
    }
}
