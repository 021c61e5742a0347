import Cases
import Desk
import Ground
import Hummingbird
import HummingbirdCore
import Storage
import Web

/// GeoReport v2 (wiki.open311.org/GeoReport_v2): what others' clients see of matters, and how they report them.
struct Open311: Sendable {
    let channels: Channels

    var rules: PublicRules { channels.publicRules }

    func add(to routes: Routes) {
        for (path, parts) in [
            ("/open311/:one", ["one"]), ("/open311/v2/:one", ["one"]), ("/open311/v2/:one/:two", ["one", "two"]),
        ] {
            let isVersioned = path.hasPrefix("/open311/v2")
            routes.foreign(.get, path) { visit in
                try await answered(visit, parts) { try await get($0, visit, isVersioned: isVersioned) }
            }
            routes.foreign(.post, path) { visit in
                try await answered(visit, parts) { try await post($0, visit, isVersioned: isVersioned) }
            }
        }
    }

    /// What is asked for, below `/open311/v2`.
    struct Target: Sendable {
        var name: String
        var item: String?
        var format: GeoFormat
    }

    private func answered(
        _ visit: Visit, _ parts: [String], _ body: (Target) async throws -> Response
    ) async throws -> Response {
        var names: [String] = []
        for part in parts { names.append(try visit.parameter(part)) }
        let (last, format) = GeoFormat.split(names.last ?? "", accept: visit.request.headers[.accept])
        let target =
            names.count > 1
            ? Target(name: names[0], item: last, format: format) : Target(name: last, item: nil, format: format)
        do {
            guard rules.isOpen else { throw Self.closed }
            try checkJurisdiction(visit.query["jurisdiction_id"])
            return try await body(target)
        } catch let refusal as Refusal {
            return format.refusal(refusal, visit.language)
        }
    }

    private func get(_ target: Target, _ visit: Visit, isVersioned: Bool) async throws -> Response {
        switch (target.name, target.item) {
        case ("discovery", nil): return discovery(target.format, visit)
        case ("services", nil) where isVersioned: return services(target.format, visit.language)
        case ("services", let code?) where isVersioned: return try definition(code, target.format, visit.language)
        case ("requests", let item) where isVersioned: return try await requests(item, target.format, visit)
        case ("servicerequestupdates", nil) where isVersioned:
            return try await Open311Updates(open311: self).list(target.format, visit)
        case ("tokens", let token?) where isVersioned: return try await self.token(token, target.format)
        default: throw Self.nothing
        }
    }

    private func post(_ target: Target, _ visit: Visit, isVersioned: Bool) async throws -> Response {
        switch (target.name, target.item) {
        case ("requests", nil) where isVersioned:
            return try await Open311Reporting(open311: self).report(target.format, visit)
        case ("servicerequestupdates", nil) where isVersioned:
            return try await Open311Updates(open311: self).take(target.format, visit)
        default: throw Self.nothing
        }
    }

    /// It may be left out; one that is sent must be ours.
    func checkJurisdiction(_ name: String?) throws(Refusal) {
        guard let name, !name.isEmpty, name != rules.jurisdiction else { return }
        throw Refusal(
            .notFound, "open311.jurisdiction",
            LocalizedText(
                "jurisdiction_id 应为 \(rules.jurisdiction)", "The jurisdiction_id here is \(rules.jurisdiction)"),
            field: "jurisdiction_id")
    }

    // MARK: What there is

    private func discovery(_ format: GeoFormat, _ visit: Visit) -> Response {
        let scheme = visit.house.settings.secureCookies ? "https" : "http"
        let address = "\(scheme)://\(visit.request.head.authority ?? "localhost")/open311/v2"
        return format.response(
            .object([
                .init("changeset", .text("2026-11-21T12:00:00Z")),
                .init("contact", .text(rules.contact(visit.language))),
                .init(
                    "key_service",
                    .text(
                        LocalizedText(
                            "上报所用 api_key 为本平台的令牌（权限 case.report），由管理员在“令牌”页创建",
                            "The api_key is a token of this platform with the right case.report; an administrator makes it on the tokens page"
                        )(visit.language))),
                .init(
                    "endpoints",
                    .list(
                        item: "endpoint",
                        [
                            .object([
                                .init("specification", .text("http://wiki.open311.org/GeoReport_v2")),
                                .init("url", .text(address)),
                                .init("changeset", .text("2026-11-21T12:00:00Z")),
                                .init("type", .text(visit.house.settings.isDemonstration ? "test" : "production")),
                                .init(
                                    "formats",
                                    .list(item: "format", [.text("text/xml"), .text("application/json")])),
                            ])
                        ])),
            ]), root: "discovery")
    }

    private func services(_ format: GeoFormat, _ language: Language) -> Response {
        let tree = channels.cases.rules.categories
        let services = rules.services(of: tree).map { leaf in
            let path = tree.path(leaf.code)
            return GeoValue.object([
                .init("service_code", .text(leaf.code)), .init("service_name", .text(leaf.title(language))),
                .init("description", .text(tree.pathText(leaf.code, language))),
                .init("metadata", .flag(rules.attributes.contains { $0.applies(to: leaf.code) })),
                .init("type", .text("realtime")), .init("keywords", .text(leaf.keywords.joined(separator: ", "))),
                .init("group", .text(path.first?.title(language))),
            ])
        }
        return format.response(.list(item: "service", services), root: "services")
    }

    private func definition(_ code: String, _ format: GeoFormat, _ language: Language) throws(Refusal) -> Response {
        guard let leaf = service(code) else { throw Self.unknownService(code) }
        let attributes = rules.attributes.filter { $0.applies(to: leaf.code) }.enumerated().map { order, attribute in
            GeoValue.object([
                .init("variable", .flag(true)), .init("code", .text(attribute.code)),
                .init("datatype", .text(attribute.dataType.rawValue)), .init("required", .flag(attribute.isRequired)),
                .init("datatype_description", .none), .init("order", .whole(Int64(order + 1))),
                .init("description", .text(attribute.title(language))),
                .init(
                    "values",
                    .list(
                        item: "value",
                        attribute.values.map {
                            .object([.init("key", .text($0.key)), .init("name", .text($0.title(language)))])
                        })),
            ])
        }
        return format.response(
            .object([
                .init("service_code", .text(leaf.code)), .init("attributes", .list(item: "attribute", attributes)),
            ]), root: "service_definition")
    }

    /// The category of a service, if it is offered here.
    func service(_ code: String) -> Category? {
        guard let leaf = channels.cases.rules.categories[code], leaf.isLeaf, rules.isShown(code) else { return nil }
        return leaf
    }

    // MARK: Matters

    private func requests(_ item: String?, _ format: GeoFormat, _ visit: Visit) async throws -> Response {
        let question = try Open311Question(visit.query, item: item, rules: rules, now: visit.now) { service($0) != nil }
        let withWords = rules.show.description || rules.show.address || rules.show.notes
        let found = try await channels.house.database.read { [channels, rules] transaction in
            let matters =
                switch question {
                case .numbered(let numbers):
                    try channels.cases.publicMatters(numbered: numbers, withWords: withWords, in: transaction)
                case .matching(var matching):
                    try {
                        matching.area = channels.house.settings.area
                        matching.withWords = withWords
                        return try channels.cases.publicMatters(matching, in: transaction)
                    }()
                }
            let shown = matters.filter { rules.isShown($0) }
            return (shown, try channels.bodyNames(shown, in: transaction))
        }
        if item != nil, found.0.isEmpty { throw Self.noSuchRequest }
        let view = PublicView(channels: channels, language: visit.language, bodies: found.1)
        return format.response(
            .list(item: "request", found.0.map { request($0, view) }), root: "service_requests")
    }

    private func request(_ matter: PublicMatter, _ view: PublicView) -> GeoValue {
        let place = rules.shown(matter.location)
        return .object([
            .init("service_request_id", .text(matter.number)),
            .init("status", .text(matter.endedAt == nil ? "open" : "closed")),
            .init("status_notes", .text(view.notes(matter))),
            .init("service_name", .text(view.category(matter.category))),
            .init("service_code", .text(matter.category)),
            .init("description", .text(rules.show.description ? matter.words?.detail : nil)),
            .init("agency_responsible", .text(view.body(matter))),
            .init("service_notice", .none),
            .init("requested_datetime", .instant(matter.receivedAt)),
            .init("updated_datetime", .instant(matter.endedAt ?? matter.changedAt)),
            .init("expected_datetime", .instant(matter.dueAt)),
            .init("address", .text(view.address(matter))),
            .init("address_id", .text(matter.area.code)),
            .init("zipcode", .none),
            .init("lat", place.map { .number($0.latitude) } ?? .none),
            .init("long", place.map { .number($0.longitude) } ?? .none),
            .init("media_url", .none),
        ])
    }

    /// Every report gets its number at once, so a token is that number.
    private func token(_ token: String, _ format: GeoFormat) async throws -> Response {
        let found = try await channels.house.database.read { [channels] in
            try channels.cases.publicMatters(numbered: [token], withWords: false, in: $0).first
        }
        guard let found, rules.isShown(found) else { throw Self.noSuchRequest }
        return format.response(
            .list(
                item: "request",
                [.object([.init("service_request_id", .text(found.number)), .init("token", .text(token))])]),
            root: "service_requests")
    }

    // MARK: Refusals

    static func unknownService(_ code: String) -> Refusal {
        Refusal(
            .notFound, "open311.service",
            LocalizedText("没有服务代码 \(code.prefix(20))", "There is no service code \(code.prefix(20))"),
            wayOn: LocalizedText("可用的代码见 services", "See services for those that there are"), field: "service_code")
    }

    private static let closed = Refusal(
        .notFound, "open311.closed", LocalizedText("本平台未开放 Open311", "Open311 is not open here"))
    private static let nothing = Refusal(
        .notFound, "open311.nothing-here", LocalizedText("没有这个地址", "There is nothing here"),
        wayOn: LocalizedText("见 /open311/v2/discovery.xml", "See /open311/v2/discovery.xml"))
    static let noSuchRequest = Refusal(
        .notFound, "open311.request", LocalizedText("没有这个编号", "There is no request of that number"),
        field: "service_request_id")
}
