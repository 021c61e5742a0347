import Desk
import Ground
import Identity
import Web

/// The query form above the queue. It sends by GET, so what was asked for stands in the address.
struct QueueForm {
    let cases: Cases
    let staff: StaffVisit
    let bodies: [BodyFacts]

    private var visit: Visit { staff.visit }
    private var query: QueryParameters { visit.query }

    var html: HTML {
        """
        <form method="get" action="/cases" class="filters" role="search">\(kept)\
        \(Field.text("number", visit("编号末几位", "Last digits of the number"), value: query["number"], type: "search", maximum: 16, placeholder: visit("末 6 位即可", "6 are enough"), inputMode: "numeric"))\
        \(CaseControls.grouped("area", visit(CaseTexts.area), areas, value: query["area"], none: visit(CaseTexts.all)))\
        \(CaseControls.grouped("category", visit(CaseTexts.category), CaseControls.categories(cases.rules.categories, visit.language), value: query["category"], none: visit(CaseTexts.all)))\
        \(bodyField)\
        \(Field.choice("mine", visit("仅看与我有关", "Only mine"), ownerships, value: query["mine"], none: visit(CaseTexts.all)))\
        \(Field.choice("order", visit("排序", "Order"), orders, value: query["order"]))\
        \(Field.choice("due", visit(CaseTexts.due), QueuePage.Pressure.allCases.map { Field.Choice($0.rawValue, visit($0.title)) }, value: QueuePage.Pressure(query)?.rawValue, none: visit(CaseTexts.all)))\
        \(Field.submit(visit("查询", "Search"))) <a class="btn" href="/cases">\(visit("重置", "Reset"))</a></form>
        """
    }

    /// The tab stays when the form is sent, and so does the resident that was looked for.
    private var kept: HTML {
        ["state", "reporter"].html { name in
            query.filled(name).map { "<input type=\"hidden\" name=\"\(name)\" value=\"\($0)\">" } ?? HTML()
        }
    }

    /// The areas below the one that was chosen, so that the list leads down to a grid.
    private var areas: [CaseControls.Group] {
        let top = staff.scope.area
        var groups = CaseControls.areas(cases.areas, within: top, isTopOffered: false)
        let offered = groups.flatMap(\.choices).map(\.value)
        guard let chosen = query.filled("area").flatMap({ AreaPrefix($0) }), top.contains(chosen),
            chosen.level >= .community || !offered.contains(chosen.code)
        else { return groups }
        let below = cases.areas.children(of: chosen).map { Field.Choice($0.area.code, $0.name) }
        let name = CaseNames.path(chosen, cases)
        groups.insert(
            CaseControls.Group(
                title: name, choices: (offered.contains(chosen.code) ? [] : [Field.Choice(chosen.code, name)]) + below),
            at: 0)
        return groups
    }

    private var bodyField: HTML {
        guard !bodies.isEmpty else {
            return query.filled("body").map { "<input type=\"hidden\" name=\"body\" value=\"\($0)\">" } ?? HTML()
        }
        return CaseControls.grouped(
            "body", visit(CaseTexts.body), CaseControls.bodies(bodies, names: cases.areas, visit),
            value: query["body"], none: visit(CaseTexts.all))
    }

    private var ownerships: [Field.Choice] {
        [
            Field.Choice("answerable", visit("我首接负责的", "I answer for")),
            Field.Choice("handler", visit("我经办的", "I handle")),
            Field.Choice("reported", visit("我上报的", "I reported")),
        ]
    }

    private var orders: [Field.Choice] {
        [
            Field.Choice("newest", visit("最新在前", "Newest first")),
            Field.Choice("due", visit("最急在前", "Most pressing first")),
        ]
    }

    /// By POST: a number in an address would stay in histories and logs.
    var phoneForm: HTML {
        let isOn = query.filled("reporter") != nil
        return """
            <details class="noprint"\(flag: "open", isOn)><summary>\(visit("按反映人电话查找", "Find by the reporter's phone"))</summary>\
            <form method="post" action="/cases/phone" class="filters">\(visit.formFields)\
            \(Field.text("phone", visit("完整电话号码", "The whole number"), type: "tel", required: true, maximum: 20, autocomplete: "off", inputMode: "tel"))\
            \(Field.choice("purpose", visit("用途（记入台账）", "What for (goes on the ledger)"), RevealPage.purposes.map { Field.Choice($0.chinese, visit($0)) }, required: true, none: visit(CaseTexts.choose)))\
            \(Field.submit(visit("查找", "Find"), tone: "ghost"))\
            \(isOn ? "<a class=\"btn\" href=\"\(query.setting("reporter", nil).setting("after", nil).address("/cases"))\">\(visit("不限反映人", "Any reporter"))</a>" : HTML())</form></details>
            """
    }
}
