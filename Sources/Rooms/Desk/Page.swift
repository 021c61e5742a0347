import Ground
public import Web

/// What a room says of a page; the frame around it is the desk's.
public struct Page: Sendable {
    public var title: String
    /// From the widest area or list down to here; the last is this page.
    public var breadcrumb: [(text: String, address: String?)]
    /// What could stand in place of a part of the breadcrumb, by its position: shown as a switcher beside it. One past the
    /// last is the way further down.
    public var besides: [Int: [(text: String, address: String)]] = [:]
    /// How the page goes on a wall (`?mode=wall`); nil where it has nothing to show there.
    public var wall: Wall?
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

    /// A page without bars, in large letters, that renews itself; for screens that nobody touches. What it shows holds
    /// nothing of a person.
    public struct Wall: Sendable, Hashable {
        /// The part that follows; nil to begin anew.
        public var next: String?
        /// Its own script keeps it up to date; without scripts the browser loads it anew like any other.
        public var isLive: Bool

        public init(next: String? = nil, isLive: Bool = false) {
            self.next = next
            self.isLive = isLive
        }
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
        if visit.isWall, let wall = page.wall { return self.wall(page, wall, visit) }
        let scope = visit.context.scope
        return """
            \(head(page, visit, size: visit.context.appearance.size.rawValue))\
            <a class="skip" href="#main">\(visit("跳到正文", "Skip to content"))</a>\
            \(bar(visit, scope))\
            \(breadcrumb(page, visit))\
            <main id="main" tabindex="-1">\
            \(demonstrationNote(visit))\
            \(notice(page.notice))\
            <h1>\(page.title)</h1>\(page.content)</main>\
            \(footer(page, visit))</body></html>
            """
    }

    /// - Parameter more: what else stands in the head.
    private func head(_ page: Page, _ visit: Visit, size: String, more: HTML = HTML()) -> HTML {
        let appearance = visit.context.appearance
        let assets = house.assets
        return """
            <!DOCTYPE html><html lang="\(visit.language.rawValue)" data-theme="\(appearance.theme.rawValue)" data-size="\(size)">\
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\
            <title>\(page.title) · \(visit(house.settings.title))</title>\
            <link rel="stylesheet" href="\(assets.address("gewu.css"))"><link rel="icon" href="\(assets.address("favicon.svg"))" type="image/svg+xml">\
            <link rel="manifest" href="\(assets.address("manifest.webmanifest"))">\(more)\
            <script src="\(assets.address("gewu.js"))" defer></script>\
            \(page.scripts.html { "<script src=\"\(assets.address($0))\" defer></script>" })</head>\
            <body>\(HTML(trusted: assets.text("icons.svg") ?? ""))
            """
    }

    /// How long a part stays on the wall.
    private static let secondsOnWall = 30

    /// Scripts renew it without a blink and go on trying when the network is gone; without them the browser loads anew.
    private func wall(_ page: Page, _ wall: Page.Wall, _ visit: Visit) -> HTML {
        let next = wall.next ?? visit.query.setting("after", nil).address(visit.path)
        let refresh: HTML = """
            <noscript><meta http-equiv="refresh" content="\(Self.secondsOnWall);url=\(next)"></noscript>
            """
        let renewal: HTML = wall.isLive ? "" : " data-wall=\"\(Self.secondsOnWall)\" data-next=\"\(next)\""
        return """
            \(head(page, visit, size: "wall", more: refresh))<main id="main"\(renewal)>\
            <h1>\(page.title)</h1>\(page.content)\
            <p class="asof">\(visit(Self.asOf)) <time datetime="\(visit.now.iso8601)">\(visit.instantText(visit.now))</time></p></main></body></html>
            """
    }

    private static let asOf = LocalizedText("数据更新于", "As of")

    private func bar(_ visit: Visit, _ scope: Scope?) -> HTML {
        """
        <header class="top\(scope == nil ? "" : " staff")"><a class="brand" href="\(scope == nil ? "/" : "/home")"><strong>\(visit(house.settings.title))</strong></a>\
        \(navigation(visit, scope))\(account(visit, scope))</header>
        """
    }

    private func navigation(_ visit: Visit, _ scope: Scope?) -> HTML {
        guard let scope else {
            func link(_ path: String, _ icon: String, _ text: String) -> HTML {
                item(path, icon, text, isCurrent: Self.lies(visit.path, below: path))
            }
            return """
                <nav aria-label="\(visit("主导航", "Main"))">\(link("/", "house", visit("首页", "Start")))\
                \(link("/report", "file-pen", visit("我要反映", "Report")))\(link("/mine", "clipboard-list", visit("我的诉求", "My matters")))</nav>
                """
        }
        let entries = menu.filter { entry in entry.right.map(scope.may) ?? true }
        // `/places/bodies` lies below `/places`, too: the nearest entry is the one where the viewer is.
        let current = entries.map(\.path).filter { Self.lies(visit.path, below: $0) }.max {
            $0.utf8.count < $1.utf8.count
        }
        // On one row at 1366 pixels, in both languages; the rest lies one step further, by what it is for.
        let beside = entries.count > Self.mostBeside + 2 ? Self.mostBeside : entries.count
        return """
            <nav aria-label="\(visit("主导航", "Main"))">\
            \(entries.prefix(beside).html {
                item($0.path, $0.icon, visit($0.text), isCurrent: $0.path == current, isMinor: $0.order >= 50)
            })\(more(Array(entries.dropFirst(beside)), current: current, visit))</nav>
            """
    }

    /// How many entries stand beside each other on a desk; on a phone it is four.
    private static let mostBeside = 6

    private static let groups: [(orders: Range<Int>, title: LocalizedText)] = [
        (0..<50, LocalizedText("工作", "Work")), (50..<70, LocalizedText("安排与数字", "Plans and figures")),
        (70..<Int.max, LocalizedText("管理", "Administration")),
    ]

    /// Works without scripts, and by keyboard: it opens with Enter and is left with Escape.
    private func more(_ entries: [MenuEntry], current: String?, _ visit: Visit) -> HTML {
        guard !entries.isEmpty else { return HTML() }
        let isHere = entries.contains { $0.path == current }
        return """
            <details class="more\(isHere ? " current" : "")"><summary>\(symbol("ellipsis"))<span>\(visit("更多", "More"))</span></summary><div>\
            \(Self.groups.html { group in
                let own = entries.filter { group.orders.contains($0.order) }
                let links = own.html { item($0.path, $0.icon, visit($0.text), isCurrent: $0.path == current) }
                return own.isEmpty ? HTML() : "<section><p>\(visit(group.title))</p>\(links)</section>"
            })</div></details>
            """
    }

    private static func lies(_ path: String, below entry: String) -> Bool {
        path == entry || (entry != "/" && path.hasPrefix(entry + "/"))
    }

    private func item(_ path: String, _ icon: String, _ text: String, isCurrent: Bool, isMinor: Bool = false) -> HTML {
        """
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
            // Who proved a number, perhaps on somebody else's phone, finds the way out on every page.
            let door: HTML =
                visit.context.resident == nil
                ? "<a class=\"btn ghost\" href=\"/login\">\(visit("工作人员登录", "Staff log-in"))</a>"
                : "<form method=\"post\" action=\"/logout\" class=\"inline\">\(visit.formFields)<button class=\"btn ghost\">\(visit("退出", "Log out"))</button></form>"
            return "<div class=\"account\">\(switches)\(door)</div>"
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
                let others = page.besides[position].map { switcher($0, visit("换到别处", "Go elsewhere"), present: item.text) }
                return "<li\(attribute: "aria-current", position == last ? "page" : nil)>\(shown)\(others)</li>"
            })\(page.besides[last + 1].map { below in
                "<li>\(switcher(below, visit("下级", "Below"), isNamed: true))</li>"
            })</ol></nav>
            """
    }

    /// A list of links that opens beside a part of the breadcrumb; works without scripts.
    /// - Parameter isNamed: whether its name stands on the page, or is only read aloud.
    private func switcher(
        _ links: [(text: String, address: String)], _ name: String, present: String = "", isNamed: Bool = false
    ) -> HTML {
        guard !links.isEmpty else { return HTML() }
        let label: HTML = isNamed ? HTML(text: name) : "<span class=\"hide\">\(name)</span>"
        return """
            <details class="switch"><summary>\(label)\(symbol("chevron-down"))</summary><ul>\(links.html { link in
                "<li><a href=\"\(link.address)\"\(attribute: "aria-current", link.text == present ? "true" : nil)>\(link.text)</a></li>"
            })</ul></details>
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

    private func footer(_ page: Page, _ visit: Visit) -> HTML {
        let wall: HTML? = page.wall.map { _ in
            "<a href=\"\(visit.query.setting("after", nil).setting("done", nil).setting("mode", "wall").address(visit.path))\">\(visit("大屏显示", "Show on a wall"))</a>"
        }
        return """
            <footer class="foot"><span>\(visit("服务器时间", "Server time")) <time datetime="\(visit.now.iso8601)">\(visit.instantText(visit.now))</time></span>\
            \(wall)<button type="button" class="link" data-keys hidden>\(visit("快捷键（?）", "Keys (?)"))</button>\
            <a href="/complaint">\(visit("给本平台提意见", "Complain about this platform"))</a>\
            <a href="/api/v1/openapi.json">API</a><span class="request">\(visit.context.requestID)</span></footer>
            """
    }
}

/// A symbol of the sprite, beside a text that says the same.
public func symbol(_ name: String) -> HTML {
    "<svg class=\"icon\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#i-\(name)\"></use></svg>"
}
