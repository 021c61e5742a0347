import Ground
public import Web

/// What a room says of a page; the frame around it is the desk's.
public struct Page: Sendable {
    public var title: String
    /// From the widest area or list down to here; the last is this page.
    public var breadcrumb: [(text: String, address: String?)]
    public var content: HTML
    /// A sentence above the content: what was just done, or what to know.
    public var notice: Notice?
    /// Names of further scripts among the browser's files.
    public var scripts: [String]

    public init(
        _ title: String, breadcrumb: [(text: String, address: String?)] = [], notice: Notice? = nil,
        scripts: [String] = [], _ content: HTML
    ) {
        self.title = title
        self.breadcrumb = breadcrumb
        self.notice = notice
        self.scripts = scripts
        self.content = content
    }

    public struct Notice: Sendable, Hashable {
        public enum Tone: String, Sendable, Hashable { case ok, warn, danger }
        public var tone: Tone
        public var text: String

        public init(_ tone: Tone, _ text: String) {
            self.tone = tone
            self.text = text
        }
    }
}

/// The bar, the navigation and the footer around every page.
struct Frame: Sendable {
    var menu: [MenuEntry]
    var house: House

    func html(_ page: Page, for visit: Visit) -> HTML {
        let appearance = visit.context.appearance
        let assets = house.assets
        let scope = visit.context.scope
        return """
            <!DOCTYPE html><html lang="\(visit.language.rawValue)" data-theme="\(appearance.theme.rawValue)" data-size="\(appearance.size.rawValue)">\
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\
            <title>\(page.title) · \(visit(house.settings.title))</title>\
            <link rel="stylesheet" href="\(assets.address("gewu.css"))"><link rel="icon" href="\(assets.address("favicon.svg"))" type="image/svg+xml">\
            <link rel="manifest" href="\(assets.address("manifest.webmanifest"))">\
            <script src="\(assets.address("gewu.js"))" defer></script>\
            \(page.scripts.html { "<script src=\"\(assets.address($0))\" defer></script>" })</head>\
            <body>\(HTML(trusted: assets.text("icons.svg") ?? ""))\
            <a class="skip" href="#main">\(visit("跳到正文", "Skip to content"))</a>\
            \(bar(visit, scope))\
            \(breadcrumb(page, visit))\
            <main id="main" tabindex="-1">\
            \(demonstrationNote(visit))\
            \(notice(page.notice))\
            <h1>\(page.title)</h1>\(page.content)</main>\
            \(footer(visit))</body></html>
            """
    }

    private func bar(_ visit: Visit, _ scope: Scope?) -> HTML {
        """
        <header class="top"><a class="brand" href="\(scope == nil ? "/" : "/home")"><strong>\(visit(house.settings.title))</strong></a>\
        \(navigation(visit, scope))\(account(visit, scope))</header>
        """
    }

    private func navigation(_ visit: Visit, _ scope: Scope?) -> HTML {
        guard let scope else {
            return """
                <nav aria-label="\(visit("主导航", "Main"))">\(item("/", "house", visit("首页", "Start"), visit))\
                \(item("/report", "file-pen", visit("我要反映", "Report"), visit))\(item("/mine", "clipboard-list", visit("我的诉求", "My matters"), visit))</nav>
                """
        }
        let entries = menu.filter { entry in entry.right.map(scope.may) ?? true }
        return """
            <nav aria-label="\(visit("主导航", "Main"))">\
            \(entries.html { item($0.path, $0.icon, visit($0.text), visit, isMinor: $0.order >= 50) })</nav>
            """
    }

    private func item(_ path: String, _ icon: String, _ text: String, _ visit: Visit, isMinor: Bool = false) -> HTML {
        let isCurrent = visit.path == path || (path != "/" && visit.path.hasPrefix(path + "/"))
        return """
            <a href="\(path)"\(attribute: "class", isMinor ? "minor" : nil)\(attribute: "aria-current", isCurrent ? "page" : nil)>\
            \(symbol(icon))<span>\(text)</span></a>
            """
    }

    private func account(_ visit: Visit, _ scope: Scope?) -> HTML {
        let switches: HTML = """
            <a class="btn ghost" href="/appearance?back=\(address: visit.address)">\(symbol("settings-2"))<span>\(visit("显示", "Display"))</span></a>\
            <form method="post" action="/language" class="inline">\(visit.formFields)\
            <input type="hidden" name="back" value="\(visit.address)">\
            <button class="btn ghost" name="language" value="\(visit.language == .chinese ? "en" : "zh-Hans")" lang="\(visit.language == .chinese ? "en" : "zh-Hans")">\
            \(visit.language == .chinese ? "English" : "中文")</button></form>
            """
        guard let scope else {
            return
                "<div class=\"account\">\(switches)<a class=\"btn ghost\" href=\"/login\">\(visit("工作人员登录", "Staff log-in"))</a></div>"
        }
        return """
            <div class="account">\(switches)<a class="btn ghost who" href="/account" title="\(visit(scope.postName))">\(symbol("user"))\
            <span>\(scope.staffName)</span></a></div>
            """
    }

    private func breadcrumb(_ page: Page, _ visit: Visit) -> HTML {
        guard !page.breadcrumb.isEmpty else { return HTML() }
        let last = page.breadcrumb.count - 1
        return """
            <nav class="crumb" aria-label="\(visit("当前位置", "You are here"))"><ol>\
            \(page.breadcrumb.enumerated().html { position, item in
                let text = HTML(text: item.text)
                let shown: HTML = item.address.map { "<a href=\"\($0)\">\(text)</a>" } ?? text
                return "<li\(attribute: "aria-current", position == last ? "page" : nil)>\(shown)</li>"
            })</ol></nav>
            """
    }

    private func notice(_ notice: Page.Notice?) -> HTML {
        guard let notice else { return HTML() }
        return "<p class=\"notice \(notice.tone.rawValue)\" role=\"status\">\(notice.text)</p>"
    }

    private func demonstrationNote(_ visit: Visit) -> HTML {
        guard house.settings.isDemonstration else { return HTML() }
        return """
            <p class="notice demo">\(visit("演示环境：区划为公开数据，人员与诉求均为程序生成，非真实个人。", "Demonstration: divisions are public facts; all people and matters are generated, nobody is real."))</p>
            """
    }

    private func footer(_ visit: Visit) -> HTML {
        """
        <footer class="foot"><span>\(visit("服务器时间", "Server time")) <time datetime="\(visit.now.iso8601)">\(visit.instantText(visit.now))</time></span>\
        <a href="/complaint">\(visit("给本平台提意见", "Complain about this platform"))</a>\
        <a href="/api/v1/openapi.json">API</a><span class="request">\(visit.context.requestID)</span></footer>
        """
    }
}

/// A symbol of the sprite, beside a text that says the same.
public func symbol(_ name: String) -> HTML {
    "<svg class=\"icon\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#i-\(name)\"></use></svg>"
}
