import Cases
import Desk
import Emergencies
import Ground
import Web

/// The parts of the wall, as they stand in the page and go through the stream: the same text for everybody who looks in
/// the same way, so nothing here depends on who looks. Nothing of a person stands in them.
struct WallParts {
    let command: UnifiedCommand
    let language: Language
    let isWall: Bool

    typealias Part = (id: String, html: HTML)

    func all(_ model: WallModel) -> [Part] {
        var parts: [Part] = [
            ("wall-counts", counts(model)), ("wall-areas", areas(model)), ("wall-whistles", whistles(model)),
        ]
        if model.figures.emergencies != nil || model.figures.open.sensed.total > 0 {
            parts.append(("wall-alarms", alarms(model)))
        }
        if model.figures.emergencies != nil {
            parts.append(("wall-emergencies", emergencies(model)))
            parts.append(("wall-shifts", shifts(model)))
        }
        return parts
    }

    /// The figures above, what there is to the left, what calls somebody to the right.
    static func arranged(_ parts: [Part]) -> HTML {
        let left: Set<String> = ["wall-areas", "wall-shifts"]
        func sections(_ parts: [Part]) -> HTML { parts.html { "<section id=\"\($0.id)\">\($0.html)</section>" } }
        return """
            \(sections(parts.filter { $0.id == "wall-counts" }))<div>\(sections(parts.filter { left.contains($0.id) }))</div>\
            <div>\(sections(parts.filter { $0.id != "wall-counts" && !left.contains($0.id) }))</div>
            """
    }

    func say(_ text: LocalizedText) -> String { text(language) }
    private func say(_ chinese: String, _ english: String) -> String { language == .chinese ? chinese : english }

    // MARK: Figures

    private func counts(_ model: WallModel) -> HTML {
        let figures = model.figures
        let matters = figures.count("matter")
        let whistles = figures.count(UnifiedCommand.whistle)
        let reportIns = figures.count(UnifiedCommand.reportIn)
        var tiles = OpenPressure.allCases.filter { $0 != .undated || matters[$0] > 0 }.html { pressure in
            tile(
                say(pressure.title), matters[pressure], WallAddress.matters(figures.area, "matter", pressure),
                tone: pressure.tone)
        }
        tiles += tile(
            say(CommandTexts.whistles), whistles.total, WallAddress.matters(figures.area, UnifiedCommand.whistle),
            tone: whistles[.overdue] > 0 ? "danger" : nil, note: overdue(whistles[.overdue]))
        tiles += tile(
            say(CommandTexts.reportIns), reportIns.total, WallAddress.matters(figures.area, UnifiedCommand.reportIn),
            tone: reportIns[.overdue] > 0 ? "danger" : nil, note: overdue(reportIns[.overdue]))
        tiles += tile(
            say(CommandTexts.sensed), figures.open.sensed.total, WallAddress.matters(figures.area, WallAddress.sensed),
            tone: "danger")
        if let emergencies = figures.emergencies {
            tiles += tile(
                say(CommandTexts.handOvers), emergencies.unacknowledged,
                WallAddress.handOvers(figures.area, .unacknowledged), tone: emergencies.late > 0 ? "danger" : "warn",
                note: handOverNote(emergencies))
            // A screen has no room for one more: there the panel of alarms says it.
            if !isWall {
                tiles += tile(
                    say(CommandTexts.ringing), ringingCount(figures), WallAddress.alarms(figures.area), tone: "danger")
            }
        }
        return "<div class=\"kpi\">\(tiles)</div>"
    }

    private func ringingCount(_ figures: WallFigures) -> Int64 {
        figures.emergencies?.ringing.values.reduce(0, +) ?? 0
    }

    private func handOverNote(_ figures: EmergencyFigures) -> String? {
        // One of the two, since a tile is narrow: who waits for an answer comes first.
        if figures.late > 0 { return say("逾期\(figures.late)", "\(figures.late) late") }
        return figures.differences > 0 ? say("不符\(figures.differences)", "\(figures.differences) differ") : nil
    }

    private func overdue(_ count: Int64) -> String? { count > 0 ? say("逾期\(count)", "\(count) late") : nil }

    private func tile(_ name: String, _ count: Int64, _ address: String, tone: String?, note: String? = nil) -> HTML {
        """
        <a href="\(address)"\(attribute: "class", count > 0 ? tone : nil)><span>\(name)</span><strong>\(count)</strong>\
        \(note.map { "<span>\(symbol("circle-alert")) \($0)</span>" as HTML } ?? HTML())</a>
        """
    }

    // MARK: Areas

    private func areas(_ model: WallModel) -> HTML {
        let figures = model.figures
        // Where most is overdue first: a screen holds only some.
        let all = figures.open.areas.sorted {
            ($1.value[.overdue], $1.value.total, $0.key.code) < ($0.value[.overdue], $0.value.total, $1.key.code)
        }
        let shown =
            isWall && all.count > command.rules.lines.areas ? all.prefix(command.rules.lines.areas - 1) : all[...]
        let rest = all.dropFirst(shown.count)
        let pressures: [OpenPressure] = [.overdue, .today, .week, .later]
        return panel(
            say("各区域在办诉求", "Open matters by area"), isEmpty: all.isEmpty,
            empty: say("没有在办诉求。", "No open matters."), isTight: true,
            """
            <thead><tr><th scope="col">\(say(CommandTexts.area))</th>\
            \(pressures.html { "<th scope=\"col\" class=\"n\">\(say($0.shortTitle))</th>" })\
            <th scope="col" class="n">\(say(CommandTexts.total))</th></tr></thead><tbody>\
            \(shown.html { area, count in
                let name = area == figures.area ? say("未定到下级", "Not placed further down") : command.areaName(area)
                return row(name, area, count, pressures, isUnplaced: area == figures.area)
            })\(rest.isEmpty ? HTML() : restRow(rest.map(\.value), figures.area, pressures))</tbody>
            """)
    }

    private func row(
        _ name: String, _ area: AreaPrefix, _ count: OpenCount, _ pressures: [OpenPressure], isUnplaced: Bool
    ) -> HTML {
        func cell(_ number: Int64, _ pressure: OpenPressure?) -> HTML {
            let address = WallAddress.matters(area, "matter", pressure, isUnplaced: isUnplaced)
            let label = "\(name) \(pressure.map { say($0.title) } ?? say(CommandTexts.total)) \(number)"
            let title = say(pressure?.title ?? CommandTexts.total)
            guard number > 0 else { return "<td class=\"n\" data-label=\"\(title)\">0</td>" }
            return """
                <td class="n" data-label="\(title)"><a href="\(address)" aria-label="\(label)"\(attribute: "class", pressure?.tone)>\(number)</a></td>
                """
        }
        return """
            <tr><td>\(name)</td>\(pressures.html { cell(count[$0], $0) })\(cell(count.total, nil))</tr>
            """
    }

    /// What the screen has no lines for: nothing is missing in the sums.
    private func restRow(_ counts: [OpenCount], _ area: AreaPrefix, _ pressures: [OpenPressure]) -> HTML {
        let sums = pressures.map { pressure in counts.reduce(0) { $0 + $1[pressure] } }
        return """
            <tr><td>\(say("其余 \(counts.count) 处", "\(counts.count) others"))</td>\
            \(sums.html { "<td class=\"n\">\($0)</td>" })<td class="n">\(counts.reduce(0) { $0 + $1.total })</td></tr>
            """
    }

    // MARK: Whistles

    private func whistles(_ model: WallModel) -> HTML {
        panel(
            say("吹哨与时限", "Whistles and their limits"), isEmpty: model.whistles.isEmpty,
            empty: say("没有在办吹哨。", "No open whistles."),
            """
            <thead><tr><th scope="col">\(say(CommandTexts.area))</th><th scope="col">\(say(CommandTexts.state))</th>\
            <th scope="col" class="few">\(say("报到", "Came"))</th><th scope="col" class="due">\(say(CommandTexts.due))</th></tr></thead><tbody>\
            \(model.whistles.html { whistle in
                """
                <tr><td><a href="/cases/\(whistle.record.id)">\(command.areaName(whistle.record.area))</a></td>\
                <td data-label="\(say(CommandTexts.state))">\(state(whistle.record))</td><td class="n" data-label="\(say("报到", "Came"))">\(whistle.called == 0 ? "—" : "\(whistle.present)/\(whistle.called)")</td>\
                <td data-label="\(say(CommandTexts.due))">\(due(whistle.record.due?.at, model.figures.at))</td></tr>
                """
            })</tbody>
            """)
    }

    private func state(_ record: CaseRecord) -> String {
        let state = command.cases.rules.state(record.state).map { say($0.title) } ?? record.state.rawValue
        let variant = record.variant.flatMap { code in
            command.cases.rules.workflow(named: record.kind)?.variants.first { $0.code == code }
        }
        // A screen has no room for both: the list has them.
        return isWall ? state : variant.map { "\(say($0.title)) · \(state)" } ?? state
    }

    /// A deadline with a word and a sign beside its colour.
    func due(_ due: Instant?, _ now: Instant) -> HTML {
        guard let due else { return "—" }
        let isToday = due.local().day == now.local().day
        let clock = String(due.local().minuteText.suffix(5))
        let day = due.local().day.parts
        let at = isToday ? clock : "\(day.month)-\(day.day) \(clock)"
        let (tone, icon, word): (String, String, String) =
            due < now
            ? ("danger", "circle-alert", say("逾期", "overdue"))
            : isToday ? ("warn", "clock-alert", say("今日", "today")) : ("ok", "clock", say("至", "by"))
        return """
            <span class="tag \(tone)">\(symbol(icon))<span>\(word) <time datetime="\(due.iso8601)">\(at)</time></span></span>
            """
    }

    // MARK: Alarms

    private func alarms(_ model: WallModel) -> HTML {
        let figures = model.figures
        let late = model.handOvers.filter { $0.isLate(at: figures.at) }
        let rows: [HTML] =
            late.map { handOver($0, figures.at) } + model.ringing.map { self.ringing($0, figures.at) }
            + model.sensed.map { sensed($0, figures.at) }
            + model.handOvers.filter { !$0.isLate(at: figures.at) }.map { handOver($0, figures.at) }
        let most = isWall ? command.rules.lines.alarms : rows.count
        let differences = figures.emergencies?.differences ?? 0
        let note: HTML =
            differences == 0 || isWall
            ? HTML()
            : """
            <p class="wall-note"><a href="\(WallAddress.handOvers(figures.area, .differences))">\(symbol("circle-alert")) \
            \(say("另有 \(differences) 次交接数量不符待核", "\(differences) hand-overs with an unexplained difference"))</a></p>
            """
        let count = ringingCount(figures)
        let caption =
            say(CommandTexts.alarms)
            + (isWall && count > 0 ? say(" · \(count) 项正在报警", " · \(count) ringing") : "")
        return panel(
            caption, isEmpty: rows.isEmpty, empty: say("没有报警。", "No alarms."),
            """
            <thead><tr><th scope="col">\(say("报警", "Alarm"))</th><th scope="col">\(say(CommandTexts.area))</th>\
            <th scope="col" class="due">\(say("时间", "When"))</th>\(isWall ? HTML() : "<th scope=\"col\"><span class=\"hide\">\(say(CommandTexts.nearest))</span></th>")</tr></thead>\
            <tbody>\(rows.prefix(most).html { $0 })</tbody>
            """) + note
    }

    /// An exercise says so. On a screen before all else: what comes after it may be cut off, and a drill whose mark is gone
    /// looks like an emergency.
    private func marked(_ link: HTML, _ isExercise: Bool) -> HTML {
        guard isExercise else { return link }
        let mark: HTML = "<span class=\"tag\">\(say(CommandTexts.exercise))</span>"
        return isWall ? "\(mark) \(link)" : "\(link) \(mark)"
    }

    private func handOver(_ one: OpenHandOver, _ now: Instant) -> HTML {
        let what = say(
            "交接 \(one.handOver.slip) 号在途 \(one.handOver.outstanding)",
            "Hand-over \(one.handOver.slip): \(one.handOver.outstanding) on the way")
        return """
            <tr><td>\(marked("<a href=\"/emergencies/\(one.handOver.event)\">\(what)</a>", one.isExercise))</td>\
            <td>\(one.fromName) → \(one.toName)</td><td>\(due(one.handOver.expectedBy, now))</td>\
            \(nearest("hand-over", one.handOver.id.text))</tr>
            """
    }

    /// The words of whoever raised it stay in the list: nothing of a person stands on a wall.
    private func ringing(_ alarm: RingingAlarm, _ now: Instant) -> HTML {
        """
        <tr><td>\(marked("<a href=\"\(AlarmList.address(alarm))\">\(say(alarm.kind.title))</a>", alarm.isExercise))</td>\
        <td>\(command.areaName(alarm.area))</td><td>\(ringsSince(alarm.since, now))</td>\
        \(nearest("area", alarm.area.code))</tr>
        """
    }

    private func ringsSince(_ since: Instant, _ now: Instant) -> HTML {
        let local = since.local()
        let text = String(local.minuteText.suffix(local.day == now.local().day ? 5 : 11))
        return """
            <span class="tag danger">\(symbol("circle-alert"))<span>\(say("自", "since")) <time datetime="\(since.iso8601)">\(text)</time></span></span>
            """
    }

    private func sensed(_ record: CaseRecord, _ now: Instant) -> HTML {
        let category = record.category.flatMap { command.cases.rules.categories[$0] }.map { say($0.title) }
        return """
            <tr><td><a href="/cases/\(record.id)">\(say("感知", "Sensor"))：\(category ?? record.number)</a></td>\
            <td>\(command.areaName(record.area))</td><td>\(due(record.due?.at, now))</td>\
            \(nearest("matter", record.id.text))</tr>
            """
    }

    private func nearest(_ kind: String, _ id: String) -> HTML {
        guard !isWall else { return HTML() }
        return """
            <td><a class="btn" href="/command/nearest?\(kind)=\(id)">\(symbol("locate-fixed"))<span>\(say(CommandTexts.nearest))</span></a></td>
            """
    }

    // MARK: Emergencies, shifts

    private func emergencies(_ model: WallModel) -> HTML {
        let figures = model.figures.emergencies ?? EmergencyFigures()
        let sums = say(
            "运行中 \(figures.running)，演练 \(figures.exercises)",
            "\(figures.running) running, \(figures.exercises) as exercises")
        return panel(
            say(CommandTexts.emergencies) + (isWall ? say("：", ": ") + sums : ""), isEmpty: model.events.isEmpty,
            empty: say("没有启动的应急响应。", "No emergency is running."),
            """
            <tbody>\(model.events.html { event in
                let title = command.emergencies.title(of: event)
                return """
                    <tr><td>\(marked("<a href=\"/emergencies/\(event.id)\">\(event.title)</a>", event.isExercise))</td>\
                    <td><span class="tag danger">\(symbol("triangle-alert"))\(say(title.level))</span></td>\
                    <td>\(command.areaName(event.area))</td></tr>
                    """
            })</tbody>
            """)
            + (model.events.isEmpty || isWall
                ? HTML()
                : "<p class=\"wall-note\"><a href=\"\(WallAddress.events(model.figures.area))\">\(sums)</a></p>")
    }

    private func shifts(_ model: WallModel) -> HTML {
        let count = model.figures.onShift.values.reduce(0, +)
        let more = count - Int64(model.shifts.count)
        return panel(
            say(CommandTexts.onShift) + " \(count)", isEmpty: model.shifts.isEmpty,
            empty: say("现在没有人在班表上。", "Nobody stands on the roster now."),
            """
            <thead><tr><th scope="col">\(say(CommandTexts.area))</th><th scope="col">\(say("班次", "Duty"))</th>\
            <th scope="col">\(say(CommandTexts.post))</th><th scope="col" class="few">\(say("至", "Until"))</th></tr></thead>\
            <tbody>\(model.shifts.html { shift in
                let kind = command.emergencies.dutyKinds.first { $0.key == shift.record.kind }
                return """
                    <tr><td>\(command.areaName(shift.record.area))</td><td>\(kind.map { say($0.title) } ?? shift.record.kind)</td>\
                    <td>\(say(shift.post))</td><td data-label="\(say("至", "Until"))"><time datetime="\(shift.record.until.iso8601)">\(String(shift.record.until.local().minuteText.suffix(5)))</time></td></tr>
                    """
            })</tbody>
            """)
            + (isWall
                ? HTML()
                : "<p class=\"wall-note\"><a href=\"\(WallAddress.shifts(model.figures.area))\">\(more > 0 ? say("另有 \(more) 班", "\(more) more") : say("全部在岗", "All on shift"))</a></p>")
    }

    /// - Parameter isTight: numbers in narrow columns, which stay a table on a phone.
    private func panel(
        _ caption: String, isEmpty: Bool, empty: String, isTight: Bool = false, _ table: HTML
    ) -> HTML {
        guard !isEmpty else {
            return
                "<div class=\"panel wall-none\"><strong>\(caption)</strong><p>\(symbol("circle-check")) \(empty)</p></div>"
        }
        return """
            <div class="panel scroll"\(attribute: "tabindex", isWall ? nil : "0")\(attribute: "role", isWall ? nil : "region")\(attribute: "aria-label", isWall ? nil : caption)>\
            <table\(attribute: "class", isTight ? "tight" : isWall ? nil : "list")><caption>\(caption)</caption>\(table)</table></div>
            """
    }
}

/// Where figures lead.
enum WallAddress {
    static let sensed = "sensed"

    static func matters(
        _ area: AreaPrefix, _ kind: String, _ pressure: OpenPressure? = nil, isUnplaced: Bool = false
    ) -> String {
        var query = QueryParameters([("of", kind), ("area", area.code)])
        if let pressure { query.append("due", pressure.rawValue) }
        if isUnplaced { query.append("unplaced", "true") }
        return query.address("/command/matters")
    }

    static func handOvers(_ area: AreaPrefix, _ which: OpenHandOvers) -> String {
        QueryParameters([("which", which.rawValue), ("area", area.code)]).address("/command/hand-overs")
    }

    static func alarms(_ area: AreaPrefix) -> String {
        QueryParameters([("area", area.code)]).address("/command/alarms")
    }

    static func events(_ area: AreaPrefix) -> String {
        QueryParameters([("area", area.code)]).address("/command/emergencies")
    }

    static func shifts(_ area: AreaPrefix) -> String {
        QueryParameters([("area", area.code)]).address("/command/shifts")
    }
}
