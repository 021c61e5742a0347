import Desk
import Ground
import Web

/// Choosing the day that the map shows: a date, the days beside it, and where scripts run a slider over all of them.
struct MapTime: Sendable {
    let map: OneMap

    func html(_ staff: StaffVisit, _ day: Day?) -> HTML {
        let visit = staff.visit
        let today = visit.now.local().day
        let (first, shown) = (today - map.rules.past.days, day ?? today)
        let query = visit.query.setting("q", nil)
        let kept = query.setting("day", nil)
        // Scripts keep them true while the slider moves.
        func way(_ other: Day?, _ step: String, isThere: Bool, _ chinese: String, _ english: String) -> HTML {
            let address = query.setting("day", other == today ? nil : other?.description).address("/map")
            return
                "<a class=\"btn\" data-step=\"\(step)\" href=\"\(address)\"\(flag: "hidden", !isThere)>\(visit(chinese, english))</a>"
        }
        let hidden: HTML = ["show", "area", "category", "due", "state", "mine", "body", "tone", "at", "box"].html {
            name in
            kept.filled(name).map { "<input type=\"hidden\" name=\"\(name)\" value=\"\($0)\">" } ?? HTML()
        }
        return """
            <form method="get" action="/map" class="filters map-time" data-map-time>\(hidden)\
            <div class="field"><label for="day">\(visit("看哪一天", "Which day"))</label>\
            <input id="day" name="day" type="date" value="\(shown.description)" min="\(first.description)" max="\(today.description)"></div>\
            <div class="field wide" data-map-slider hidden><label for="map-slider">\(visit("往日", "Past days"))</label>\
            <input id="map-slider" type="range" min="0" max="\(map.rules.past.days)" step="1" value="\(map.rules.past.days - (today - shown))" \
            data-first="\(first.description)" data-now="\(visit("现在", "now"))" aria-valuetext="\(day.map(\.description) ?? visit("现在", "now"))"></div>\
            \(Field.submit(visit("看这一天", "Show the day")))\
            \(way(shown - 1, "-1", isThere: shown > first, "前一天", "Day before"))\
            \(way(shown + 1, "1", isThere: day != nil, "后一天", "Day after"))\
            \(way(nil, "", isThere: day != nil, "回到现在", "Back to now"))</form>
            """
    }
}
