import Desk
import Ground

/// One message of the Common Alerting Protocol 1.2 (OASIS): an event as it stands, or an alarm within it.
struct CapAlert: Sendable {
    var identifier: String
    var sender: String
    var sent: Instant
    var isExercise: Bool
    /// Alert, Update, Cancel.
    var kind: String
    /// Messages that this one follows: `sender,identifier,sent`.
    var references: [String]
    var category: String
    var event: LocalizedText
    /// Extreme, Severe, Moderate, Minor.
    var severity: String
    /// Immediate while it goes on, Past when ended.
    var urgency: String
    var expires: Instant
    var senderName: LocalizedText
    var headline: LocalizedText
    var description: LocalizedText
    var instruction: LocalizedText?
    var areaName: String
    var areaCode: String

    var bytes: [UInt8] {
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>\(Self.escaped(identifier))</identifier>\
            <sender>\(Self.escaped(sender))</sender><sent>\(Self.time(sent))</sent>\
            <status>\(isExercise ? "Exercise" : "Actual")</status><msgType>\(kind)</msgType><scope>Restricted</scope>\
            <restriction>\(Self.escaped("应急指挥内部 / for those in charge of emergencies"))</restriction>
            """
        if isExercise { text += "<note>\(Self.escaped("演练 / exercise"))</note>" }
        if !references.isEmpty { text += "<references>\(Self.escaped(references.joined(separator: " ")))</references>" }
        for (language, tag) in [(Language.chinese, "zh-CN"), (.english, "en-US")] { text += info(language, tag) }
        return Array((text + "</alert>\n").utf8)
    }

    private func info(_ language: Language, _ tag: String) -> String {
        """
        <info><language>\(tag)</language><category>\(category)</category><event>\(Self.escaped(event(language)))</event>\
        <urgency>\(urgency)</urgency><severity>\(severity)</severity><certainty>Observed</certainty>\
        <expires>\(Self.time(expires))</expires><senderName>\(Self.escaped(senderName(language)))</senderName>\
        <headline>\(Self.escaped(headline(language)))</headline>\
        <description>\(Self.escaped(description(language)))</description>\
        \(instruction.map { "<instruction>\(Self.escaped($0(language)))</instruction>" } ?? "")\
        <area><areaDesc>\(Self.escaped(areaName))</areaDesc>\
        <geocode><valueName>GB/T 2260</valueName><value>\(areaCode)</value></geocode></area></info>
        """
    }

    /// CAP wants whole seconds and a numeric offset, never `Z`.
    static func time(_ instant: Instant) -> String {
        let local = instant.local()
        return local.secondText.split(separator: " ").joined(separator: "T") + "+08:00"
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{0}"..<"\u{9}", "\u{B}", "\u{C}", "\u{E}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
