public import Ground
import HTTPTypes
import Hummingbird
import NIOCore
public import Web

/// A page that works without a network: an app on the phone with a manifest of its own, a worker that shows the page as it
/// was last seen, and the outbox (Web/assets/outbox.js) that keeps what was done until it can be sent.
public struct OfflinePage: Sendable {
    /// `/day`; its manifest and its worker lie right below.
    public var path: String
    public var title: LocalizedText
    /// What stands below the symbol on the phone.
    public var shortTitle: LocalizedText
    /// The page's own script among the browser's files.
    public var script: String

    public init(_ path: String, title: LocalizedText, shortTitle: LocalizedText, script: String) {
        self.path = path
        self.title = title
        self.shortTitle = shortTitle
        self.script = script
    }

    /// What the page names in ``Page/scripts``, in this order.
    public var scripts: [String] { ["outbox.js", script] }

    public func add(to routes: Routes) {
        routes.openPage(path + "/manifest.webmanifest") { manifest($0) }
        routes.openPage(path + "/worker.js") { try worker($0) }
    }

    /// The part above what a page shows of its own: how old it is, whether the session holds, what waits to be sent.
    /// - Parameter logIn: where the way back leads.
    public func frame(owner: String, id: String, _ visit: Visit, _ fresh: HTML) -> HTML {
        """
        <div id="\(id)" data-owner="\(owner)" data-at="\(visit.now.iso8601)">\
        <p class="notice warn" data-day-offline hidden>\(visit("没有网络。现在显示的是", "No network. What you see is of")) <b data-day-at></b>\(visit("的内容；您写的会先存在手机上，联网后自动上传。", "; what you write is kept on the phone and sent later."))</p>\
        <p class="notice warn" data-day-login hidden>\(visit("登录已过期，您写的都在。", "Your session has ended; everything you wrote is here.")) <a class="btn p" href="/login?next=\(path)">\(visit("重新登录后继续上传", "Log in and go on"))</a></p>\
        <p class="notice" data-day-others hidden></p>\
        <section class="panel" data-outbox hidden aria-label="\(visit("待上传", "To be sent"))"><h2>\(visit("待上传", "To be sent"))</h2><ul class="rows" data-outbox-list></ul>\
        <p class="bar"><button type="button" class="btn" data-outbox-send>\(visit("现在上传", "Send now"))</button> <button type="button" class="btn ghost" data-outbox-export>\(visit("导出未上传内容", "Export what is not sent"))</button></p></section>\
        <p role="status" class="hint" data-day-said></p>\
        <div data-day-fresh>\(fresh)</div></div>
        """
    }

    private func manifest(_ visit: Visit) -> Response {
        let assets = visit.house.assets
        let body = JSONWriter.object { writer in
            writer.member("id", path)
            writer.member("name", visit(visit.house.settings.title) + "·" + visit(title))
            writer.member("short_name", visit(shortTitle))
            writer.member("lang", visit.language.rawValue)
            writer.member("start_url", path)
            writer.member("scope", "/")
            writer.member("display", "standalone")
            writer.member("background_color", "#F3F5F8")
            writer.member("theme_color", "#0F56B3")
            writer.key("icons")
            writer.array { writer in
                for (size, name) in [("192x192", "icon-192.png"), ("512x512", "icon-512.png")] {
                    writer.object {
                        $0.member("src", assets.address(name))
                        $0.member("sizes", size)
                        $0.member("type", "image/png")
                        $0.member("purpose", "any")
                    }
                }
                writer.object {
                    $0.member("src", assets.address("icon-512.png"))
                    $0.member("sizes", "512x512")
                    $0.member("type", "image/png")
                    $0.member("purpose", "maskable")
                }
            }
        }
        return answer(body, "application/manifest+json")
    }

    /// The worker's text with the addresses of what the page needs, so that a new version of any is a new worker.
    private func worker(_ visit: Visit) throws -> Response {
        let assets = visit.house.assets
        guard let text = assets.text("page-worker.js") else { throw Refusal.nothingHere }
        let needed = (["gewu.css", "gewu.js"] + scripts + ["favicon.svg", "icon-192.png"]).filter(assets.contains)
        var writer = JSONWriter()
        writer.array(needed) { $0.value(assets.address($1)) }
        let head = "const PAGE = '\(path)';\nconst ASSETS = \(String(decoding: writer.finish(), as: UTF8.self));\n"
        return answer(Array((head + text).utf8), "text/javascript; charset=utf-8")
    }

    private func answer(_ body: [UInt8], _ type: String) -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-cache"]
        // The worker lies below the page and looks after the page itself, too.
        if let allowed = HTTPField.Name("Service-Worker-Allowed") { headers[allowed] = path }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
