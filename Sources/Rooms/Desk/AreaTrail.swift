/// The way from a wide area down to a narrow one, as a breadcrumb whose parts can be switched: 市 › 区 › 街道 › 社区 › 网格.
public struct AreaTrail: Sendable {
    public var crumbs: [(text: String, address: String?)] = []
    /// For each part what else lies beside it; one past the last, what lies below.
    public var besides: [Int: [(text: String, address: String)]] = [:]

    /// Longer lists than this are for a search, not for a menu.
    private static let most = 300

    /// - Parameters:
    ///   - top: the widest that the viewer may see; it stands first and is not switched.
    ///   - address: where each area leads.
    public init(
        from top: AreaPrefix, to area: AreaPrefix, name: (String) -> String?,
        children: (String) -> [(code: String, name: String)], address: (String) -> String
    ) {
        func links(below code: String) -> [(text: String, address: String)] {
            let below = children(code)
            return below.count > Self.most ? [] : below.map { ($0.name, address($0.code)) }
        }
        let area = top.contains(area) ? area : top
        var above: String?
        for length in [0, 2, 4, 6, 9, 12, 15] where (top.code.utf8.count...area.code.utf8.count).contains(length) {
            let code = String(area.code.prefix(length))
            guard let name = name(code) else { continue }
            if let above { besides[crumbs.count] = links(below: above) }
            crumbs.append((name, address(code)))
            above = code
        }
        if let above, above == area.code { besides[crumbs.count] = links(below: above) }
    }
}
