public import Ground
public import Hummingbird
public import HummingbirdCore
public import Web

/// One request as a handler sees it: who comes, in which language, with what.
public struct Visit: Sendable {
    public let request: Request
    public let context: DeskContext
    public let house: House
    let frame: Frame

    public var language: Language { context.language }
    public var query: QueryParameters { request.query }
    public var now: Instant { house.clock.now() }
    public var path: String { request.uri.path }
    /// Path and query, as they stand in the browser.
    public var address: String { request.uri.description }

    /// The text in the viewer's language.
    public func callAsFunction(_ text: LocalizedText) -> String { text(context.language) }
    public func callAsFunction(_ chinese: String, _ english: String) -> String {
        context.language == .chinese ? chinese : english
    }

    /// Whether the page is asked for as it goes on a wall; see ``Page/Wall``.
    public var isWall: Bool { query["mode"] == "wall" }

    /// A part of the path (`:id`).
    public func parameter(_ name: String) throws(Refusal) -> String {
        guard let value = context.parameters.get(name) else { throw .nothingHere }
        let text = QueryParameters.decoded(value)
        // Nothing here has such a name, and no database has to be asked.
        guard !text.utf8.contains(0) else { throw .nothingHere }
        return text
    }

    public func identifier<Entity>(_ name: String = "id") throws(Refusal) -> Identifier<Entity> {
        guard let identifier = Identifier<Entity>(parsing: try parameter(name)) else { throw .nothingHere }
        return identifier
    }

    /// Answers with a page inside the frame (bar, navigation, footer).
    public func page(_ page: Page, status: HTTPResponse.Status = .ok) -> Response {
        .page(frame.html(page, for: self), status: status)
    }

    /// Hidden fields that every form that changes something carries: the session's token and a key that makes a second
    /// click the same as the first.
    public var formFields: HTML {
        """
        <input type="hidden" name="_token" value="\(context.session?.formToken ?? "")">\
        <input type="hidden" name="_key" value="\(house.identifiers.nextText(at: now))">
        """
    }

    /// Whether the answer should be a problem document rather than a page.
    var wantsJSON: Bool { path.hasPrefix("/api/") || request.headers[.accept]?.contains("application/json") == true }

    public func instantText(_ instant: Instant) -> String {
        let local = instant.local()
        guard language == .english else { return local.minuteText }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = local.day.parts
        return "\(parts.day) \(months[parts.month - 1]) \(parts.year) \(local.minuteText.suffix(5))"
    }
}

/// A request whose sender is logged in.
public struct StaffVisit: Sendable {
    public let visit: Visit
    public let scope: Scope

    public func callAsFunction(_ text: LocalizedText) -> String { visit(text) }
}

extension Refusal {
    /// What is not there, and what the viewer may not know of, look the same.
    public static let nothingHere = Refusal(
        .notFound, "desk.nothing-here", LocalizedText("没有这一项，或您无权查看", "There is no such thing, or not for you"),
        wayOn: LocalizedText("请检查地址，或返回列表查找", "Check the address, or look for it in the list"))
}
