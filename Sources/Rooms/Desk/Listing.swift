public import Ground
public import Web

/// What stands in one cell of an exported sheet.
public enum Cell: Sendable, Hashable {
    case text(String)
    case number(Double)
    case instant(Instant)
    case empty
}

/// One column of a list: the same on the page and in the exported sheet.
public struct Column<Item: Sendable>: Sendable {
    public enum Kind: Sendable { case text, longText, number, instant }

    /// Where a column is shown.
    public enum Place: Sendable {
        case everywhere
        /// Not on a wall: it may hold something of a person, or needs a hand.
        case notOnWalls
        /// There in place of another.
        case onlyOnWalls
    }

    public var title: LocalizedText
    public var kind: Kind
    public var place = Place.everywhere
    public var html: @Sendable (Item, Visit) -> HTML
    public var cell: @Sendable (Item, Visit) -> Cell

    /// - Parameter html: how it looks on the page; without it, as in the sheet.
    public init(
        _ chinese: String, _ english: String, _ kind: Kind = .text,
        cell: @escaping @Sendable (Item, Visit) -> Cell, html: (@Sendable (Item, Visit) -> HTML)? = nil
    ) {
        title = LocalizedText(chinese, english)
        self.kind = kind
        self.cell = cell
        self.html =
            html ?? { item, visit in
                switch cell(item, visit) {
                case .text(let text): HTML(text: text)
                case .number(let number):
                    HTML(text: number == number.rounded() ? String(Int64(number)) : String(number))
                case .instant(let instant): "<time datetime=\"\(instant.iso8601)\">\(visit.instantText(instant))</time>"
                case .empty: HTML()
                }
            }
    }

    public func shown(_ place: Place) -> Column {
        var column = self
        column.place = place
        return column
    }

    func isShown(onWall: Bool) -> Bool {
        switch place {
        case .everywhere: true
        case .notOnWalls: !onWall
        case .onlyOnWalls: onWall
        }
    }

    /// A column of text.
    public static func text(
        _ chinese: String, _ english: String, html: (@Sendable (Item, Visit) -> HTML)? = nil,
        _ value: @escaping @Sendable (Item, Visit) -> String?
    ) -> Column {
        Column(chinese, english, cell: { item, visit in value(item, visit).map(Cell.text) ?? .empty }, html: html)
    }

    public static func instant(
        _ chinese: String, _ english: String, _ value: @escaping @Sendable (Item) -> Instant?
    ) -> Column {
        Column(chinese, english, .instant, cell: { item, _ in value(item).map(Cell.instant) ?? .empty })
    }

    public static func number(_ chinese: String, _ english: String, _ value: @escaping @Sendable (Item) -> Int64?)
        -> Column
    {
        Column(chinese, english, .number, cell: { item, _ in value(item).map { Cell.number(Double($0)) } ?? .empty })
    }
}

/// One page of a list and the way to the next. `next` is the key after which the next page begins; lists never count
/// pages, so the thousandth costs what the first does.
public struct Listing<Item: Sendable>: Sendable {
    public var caption: String
    public var columns: [Column<Item>]
    public var items: [Item]
    public var next: String?
    /// Shown instead of the table when there is nothing: why, and what to do.
    public var whenEmpty: HTML
    /// The value of the box in front of each row, for acts on several at once.
    public var selection: (@Sendable (Item) -> String)?

    public init(
        caption: String, columns: [Column<Item>], items: [Item], next: String? = nil, whenEmpty: HTML,
        selection: (@Sendable (Item) -> String)? = nil
    ) {
        self.caption = caption
        self.columns = columns
        self.items = items
        self.next = next
        self.whenEmpty = whenEmpty
        self.selection = selection
    }

    public func html(_ visit: Visit) -> HTML {
        guard !items.isEmpty else { return "<div class=\"panel empty\">\(whenEmpty)</div>" }
        if visit.isWall { return wall(visit) }
        let columns = columns.filter { $0.isShown(onWall: false) }
        return """
            <div class="panel scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="list"><caption>\(caption)</caption><thead><tr>\
            \(selection == nil ? HTML() : "<th class=\"select\"><input type=\"checkbox\" data-select-all aria-label=\"\(visit("全选", "Select all"))\"></th>")\
            \(columns.html { "<th scope=\"col\"\(attribute: "class", Self.style($0.kind))>\(visit($0.title))</th>" })</tr></thead><tbody>\
            \(items.html { row($0, columns, visit) })</tbody></table></div>\(pager(visit))\
            <p class="hint asof">\(visit("数据更新于", "As of")) <time datetime="\(visit.now.iso8601)">\(visit.instantText(visit.now))</time></p>
            """
    }

    /// As large as it must be to be read from afar: no boxes, no way on, nothing of a person.
    private func wall(_ visit: Visit) -> HTML {
        let columns = columns.filter { $0.isShown(onWall: true) }
        return """
            <div class="panel scroll"><table class="list"><caption>\(caption)</caption><thead><tr>\
            \(columns.html { "<th scope=\"col\"\(attribute: "class", Self.style($0.kind))>\(visit($0.title))</th>" })</tr></thead><tbody>\
            \(items.html { item in
                "<tr>\(columns.html { "<td\(attribute: "class", Self.style($0.kind))>\($0.html(item, visit))</td>" })</tr>"
            })</tbody></table></div>
            """
    }

    private func row(_ item: Item, _ columns: [Column<Item>], _ visit: Visit) -> HTML {
        let box: HTML =
            selection.map { value in
                "<td class=\"select\"><input type=\"checkbox\" name=\"select\" value=\"\(value(item))\" aria-label=\"\(visit("选择", "Select"))\"></td>"
            } ?? HTML()
        return """
            <tr>\(box)\(columns.html { column in
                "<td\(attribute: "class", Self.style(column.kind)) data-label=\"\(visit(column.title))\">\(column.html(item, visit))</td>"
            })</tr>
            """
    }

    private func pager(_ visit: Visit) -> HTML {
        let isFirst = visit.query["after"] == nil
        guard next != nil || !isFirst else { return HTML() }
        let first = visit.query.setting("after", nil).address(visit.path)
        let following = next.map { visit.query.setting("after", $0).address(visit.path) }
        return """
            <nav class="pager" aria-label="\(visit("翻页", "Pages"))">\
            \(isFirst ? HTML() : "<a class=\"btn\" href=\"\(first)\">\(visit("回到第一页", "First page"))</a>")\
            \(following.map { "<a class=\"btn\" rel=\"next\" href=\"\($0)\">\(visit("下一页", "Next page"))</a>" })</nav>
            """
    }

    private static func style(_ kind: Column<Item>.Kind) -> String? {
        switch kind {
        case .text: nil
        case .longText: "t"
        case .number: "n"
        case .instant: "time"
        }
    }
}

/// The link that exports a list as it is filtered, and the one that gives its address to somebody else.
public func exportLink(_ visit: Visit, path: String) -> HTML {
    """
    <a class="btn" href="\(visit.query.setting("after", nil).address(path))" download>\(symbol("download"))<span>\(visit("导出 Excel", "Export to Excel"))</span></a>\
    \(copyLink(visit))
    """
}

/// Copies the address of the page; there with scripts only.
public func copyLink(_ visit: Visit) -> HTML {
    """
    <button type="button" class="btn" data-copy="" hidden>\(symbol("copy"))<span>\(visit("复制链接", "Copy link"))</span></button>
    """
}
