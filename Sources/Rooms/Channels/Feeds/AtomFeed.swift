import Cases
import Desk
import Ground

/// A feed of RFC 4287: the newest matters of one area, as far as anybody may see them.
struct AtomFeed: Sendable {
    var title: String
    var author: String
    var area: AreaPrefix
    /// Of the server, without a path.
    var base: String
    var matters: [PublicMatter]
    var view: PublicView
    /// When nothing is in it.
    var emptySince: Instant

    var bytes: [UInt8] {
        let updated = matters.map { Self.changed($0) }.max() ?? emptySince
        var text = """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="\(view.language.rawValue)">\
            <id>urn:gewu:area:\(area.code)</id><title>\(XMLText.escaped(title))</title>\
            <updated>\(updated.iso8601)</updated><author><name>\(XMLText.escaped(author))</name></author>\
            <link rel="self" type="application/atom+xml" href="\(XMLText.escaped(base))/feeds/areas/\(area.code).atom"/>
            """
        for matter in matters { text += entry(matter) }
        return Array((text + "</feed>").utf8)
    }

    private static func changed(_ matter: PublicMatter) -> Instant { matter.endedAt ?? matter.changedAt }

    private func entry(_ matter: PublicMatter) -> String {
        let state = view.state(matter.state)
        let lines = [
            view.area(matter.area), view.body(matter), matter.dueAt.map { $0.local().day.description },
        ].compactMap { $0 }
        return """
            <entry><id>urn:gewu:case:\(matter.number)</id>\
            <title>\(XMLText.escaped(view.category(matter.category))) · \(XMLText.escaped(state))</title>\
            <updated>\(Self.changed(matter).iso8601)</updated><published>\(matter.receivedAt.iso8601)</published>\
            <category term="\(matter.category)" label="\(XMLText.escaped(view.category(matter.category)))"/>\
            <category scheme="urn:gewu:state" term="\(XMLText.escaped(matter.state.rawValue))" label="\(XMLText.escaped(state))"/>\
            <link rel="alternate" href="\(XMLText.escaped(base))/cases/\(matter.id.text)"/>\
            <summary>\(XMLText.escaped(lines.joined(separator: " · ")))</summary></entry>
            """
    }
}
