public import Desk
public import Ground
public import Messages

/// What someone reports, before it is a matter.
public struct Report: Sendable {
    public var title: String
    public var detail: String
    public var category: String?
    public var area: AreaPrefix?
    public var address: String?
    public var location: Location?
    public var channel: Channel
    /// When it was seen or said; nil when that is now.
    public var reportedAt: Instant?
    public var reporterName: String?
    public var reporterPhone: PhoneNumber?
    /// A resident whose number was proved; takes the place of name and phone.
    public var reporter: Reporter?
    public var source: String?
    public var sourceNumber: String?
    public var photos: [Photo]

    public init(
        title: String = "", detail: String, category: String? = nil, area: AreaPrefix? = nil, address: String? = nil,
        location: Location? = nil, channel: Channel, reportedAt: Instant? = nil, reporterName: String? = nil,
        reporterPhone: PhoneNumber? = nil, source: String? = nil, sourceNumber: String? = nil, photos: [Photo] = []
    ) {
        self.title = title
        self.detail = detail
        self.category = category
        self.area = area
        self.address = address
        self.location = location
        self.channel = channel
        self.reportedAt = reportedAt
        self.reporterName = reporterName
        self.reporterPhone = reporterPhone
        self.source = source
        self.sourceNumber = sourceNumber
        self.photos = photos
    }

    static let longestTitle = 100
    static let longestDetail = 10_000
    /// A time further back is a slip of the hand.
    static let oldestDays: Int64 = 3_653

    /// The title that stands in lists: as given, or the beginning of what was said.
    var effectiveTitle: String {
        let given = title.trimmed
        if !given.isBlank { return given }
        // No more than a list shows: a text of megabytes is not walked through for its title.
        let start = detail.trimmed.prefix(200).prefix { !$0.isNewline && !"。！？!?".contains($0) }
        return start.count > 30 ? start.prefix(30) + "…" : String(start)
    }

    /// What is wrong with it; nil when it can be taken.
    func refusal(within county: AreaPrefix, categories: CategoryTree, at now: Instant) -> Refusal? {
        if effectiveTitle.isBlank {
            return Refusal(
                .ruleBroken, "cases.nothing-said", LocalizedText("请写明要反映什么", "Say what it is about"), field: "detail")
        }
        if effectiveTitle.count > Self.longestTitle {
            return Refusal(
                .ruleBroken, "cases.title-too-long",
                LocalizedText("标题超过 \(Self.longestTitle) 字", "The title has more than \(Self.longestTitle) characters"),
                field: "title")
        }
        // Characters are costly to count; what has more bytes than they could ever have is told at once.
        if detail.utf8.count > Self.longestDetail * 32 || detail.count > Self.longestDetail {
            return Refusal(
                .ruleBroken, "cases.detail-too-long",
                LocalizedText("内容超过 \(Self.longestDetail) 字", "More than \(Self.longestDetail) characters"),
                wayOn: LocalizedText("请保留要点，其余可作为附件提交", "Keep the main points; send the rest as a photo"),
                field: "detail")
        }
        if let category, categories[category]?.isLeaf != true {
            return Refusal(
                .ruleBroken, "cases.unknown-category",
                LocalizedText("没有类别 \(category)", "There is no category \(category)"), field: "category")
        }
        if let area, !county.contains(area) {
            return Refusal(
                .ruleBroken, "cases.elsewhere",
                LocalizedText("该地点不在本平台服务的区域内", "That place is not in the area this platform serves"),
                wayOn: LocalizedText("请向当地 12345 反映", "Report it to the hotline 12345 of that place"), field: "area")
        }
        if let reportedAt, reportedAt < now - .days(Self.oldestDays) {
            return Refusal(
                .ruleBroken, "cases.too-long-ago",
                LocalizedText("发生时间早于十年前，请核对年份", "That was more than ten years ago; check the year"),
                wayOn: LocalizedText("更早的事请写在内容中", "Write of earlier things in the text"), field: "occurredAt")
        }
        if let reportedAt, reportedAt > now + .minutes(5) {
            return Refusal(
                .ruleBroken, "cases.in-the-future", LocalizedText("发生时间晚于现在", "The time lies in the future"),
                field: "occurredAt")
        }
        return nil
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
