import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import NIOCore
import Web

/// What makes the page an app on the phone: its manifest, and the worker that shows it without a network.
struct PhoneFiles: Sendable {
    let house: House

    func add(to routes: Routes) {
        routes.openPage("/day/manifest.webmanifest") { manifest($0) }
        routes.openPage("/day/worker.js") { try worker($0) }
    }

    private func manifest(_ visit: Visit) -> Response {
        let assets = house.assets
        let body = JSONWriter.object { writer in
            writer.member("id", "/day")
            writer.member("name", visit(house.settings.title) + visit("·网格员", " · grid worker"))
            writer.member("short_name", visit("今日", "Today"))
            writer.member("lang", visit.language.rawValue)
            writer.member("start_url", "/day")
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
        let assets = house.assets
        guard let text = assets.text("day-worker.js") else { throw Refusal.nothingHere }
        let needed = ["gewu.css", "gewu.js", "day.js", "favicon.svg", "icon-192.png"].filter(assets.contains)
        var writer = JSONWriter()
        writer.array(needed) { $0.value(assets.address($1)) }
        let head = "const ASSETS = \(String(decoding: writer.finish(), as: UTF8.self));\n"
        return answer(Array((head + text).utf8), "text/javascript; charset=utf-8")
    }

    private func answer(_ body: [UInt8], _ type: String) -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-cache"]
        // The worker lies below `/day` and looks after `/day` itself, too.
        if let allowed = HTTPField.Name("Service-Worker-Allowed") { headers[allowed] = "/day" }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
