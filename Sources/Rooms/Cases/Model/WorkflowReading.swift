import Desk
import Ground
import WorkCalendar
import Yams

/// Reads a workflow file; every mistake is told with its line.
struct WorkflowReading {
    let file: RuleFiles.File

    static func read(_ name: String, from rules: RuleFiles) throws(Refusal) -> Workflow {
        let (node, file) = try rules.node(name)
        return try WorkflowReading(file: file).workflow(node)
    }

    static func read(text: String, name: String) throws(Refusal) -> Workflow {
        let file = RuleFiles.File(name: name, text: text)
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch {
            throw RuleFiles.refusal("\(error)", "\(error)", in: file, line: nil)
        }
        guard let node else { throw RuleFiles.refusal("the file is empty", "文件为空", in: file, line: 1) }
        return try WorkflowReading(file: file).workflow(node)
    }

    private func workflow(_ node: Node) throws(Refusal) -> Workflow {
        try only(
            ["workflow", "version", "zh", "en", "first", "states", "acts", "variants", "begin", "place"], in: node,
            "workflow")
        var states: [Workflow.State] = []
        for (key, value) in try pairs(node, "states") { states.append(try state(key, value)) }
        var acts: [Workflow.Act] = []
        for (key, value) in try pairs(node, "acts") { acts.append(try act(key, value)) }
        var result = Workflow(
            name: try text(node, "workflow"), version: try number(node, "version") ?? 1, title: try title(node),
            first: StateName(rawValue: try text(node, "first")), states: states, acts: acts)
        if node.mapping?["variants"] != nil {
            for (key, value) in try pairs(node, "variants") { result.variants.append(try variant(key, value)) }
        }
        if let begin = node.mapping?["begin"] {
            try only(["right", "needs", "asks"], in: begin, "begin")
            let asks = try begin.mapping?["asks"].map { node throws(Refusal) in try self.title(node) }
            result.begin = Workflow.Begin(right: Right(try text(begin, "right")), needs: try needs(begin), asks: asks)
        }
        if let place = node.mapping?["place"] {
            guard place.string == "body" else { throw wrong(place, "place is `body`", "place 只能是 body") }
            result.standsWithBody = true
        }
        try checkNames(result, node)
        return result
    }

    private func needs(_ node: Node) throws(Refusal) -> [Workflow.Need] {
        var needs: [Workflow.Need] = []
        for item in try list(node, "needs") {
            guard let need = item.string.flatMap(Workflow.Need.init(rawValue:)) else {
                throw wrong(
                    item,
                    "unknown need \(item.string ?? "?"); known: \(Workflow.Need.allCases.map(\.rawValue).joined(separator: ", "))",
                    "未知的 needs：\(item.string ?? "?")")
            }
            needs.append(need)
        }
        return needs
    }

    private func variant(_ key: Node, _ node: Node) throws(Refusal) -> Workflow.Variant {
        let code = key.string ?? ""
        try only(["zh", "en", "lines", "check"], in: node, code)
        let lines = node.mapping?["lines"] == nil ? nil : Set(try list(node, "lines").compactMap(\.string))
        return Workflow.Variant(code: code, title: try title(node), lines: lines)
    }

    private func limit(_ node: Node) throws(Refusal) -> Workflow.Limit {
        if node.string == "category" { return .ofCategory }
        if let words = node.string?.split(separator: " "), words.count == 3, words[1...] == ["of", "whole"],
            words[0].last == "%", let share = Int(words[0].dropLast()), (1...100).contains(share)
        {
            return .ofWhole(share)
        }
        guard let table = node.mapping else { return .length(try length(node)) }
        var limits: [String: TimeLimit] = [:]
        for (key, value) in table { limits[key.string ?? ""] = try length(value) }
        return .ofVariant(limits)
    }

    private func state(_ key: Node, _ node: Node) throws(Refusal) -> Workflow.State {
        let name = StateName(rawValue: key.string ?? "")
        try only(
            ["zh", "en", "end", "owner", "limit", "onLimit", "clock", "check", "onParts"], in: node, name.rawValue)
        var owner: Workflow.Owner?
        if let found = node.mapping?["owner"] {
            try only(["who", "right"], in: found, "owner")
            owner = Workflow.Owner(
                party: try party(found, "who"), right: found.mapping?["right"]?.string.map { Right($0) })
        }
        let limit = try node.mapping?["limit"].map { node throws(Refusal) in try self.limit(node) }
        var onLimit: Workflow.OnLimit?
        if let found = node.mapping?["onLimit"] {
            try only(["notify", "act"], in: found, "onLimit")
            if let act = found.mapping?["act"]?.string {
                onLimit = .act(ActName(rawValue: act))
            } else if found.mapping?["notify"]?.string == "leader" {
                onLimit = .notifyLeader
            } else {
                throw wrong(
                    found, "onLimit is `notify: leader` or `act: NAME`", "onLimit 只能是 `notify: leader` 或 `act: 动作名`")
            }
        }
        return Workflow.State(
            name: name, title: try title(node), isEnd: node.mapping?["end"]?.bool ?? false, owner: owner, limit: limit,
            onLimit: onLimit, clock: try word(node, "clock"),
            onParts: node.mapping?["onParts"]?.string.map { ActName(rawValue: $0) }, line: line(key))
    }

    private func act(_ key: Node, _ node: Node) throws(Refusal) -> Workflow.Act {
        let name = ActName(rawValue: key.string ?? "")
        try only(
            [
                "zh", "en", "from", "to", "keeps", "right", "by", "needs", "reasons", "atMost", "notFrom", "notify",
                "system", "effect", "tells",
                "reporterToo", "only", "unlessBound", "binds", "within", "undoable", "notAfter",
                "opens", "parts", "onSecondPass", "perDay",
            ], in: node, name.rawValue)
        let keeps = node.mapping?["keeps"]?.bool ?? false
        let to = node.mapping?["to"]?.string.map { StateName(rawValue: $0) }
        guard keeps != (to != nil) else {
            throw wrong(
                key, "act \(name.rawValue) has either `to: STATE` or `keeps: true`",
                "动作 \(name.rawValue) 须有 `to: 状态` 或 `keeps: true` 之一")
        }
        let needs = try needs(node)
        var notify: [Workflow.Party] = []
        for item in try list(node, "notify") { notify.append(try party(item)) }
        let only = node.mapping?["only"]?.string
        let occasion = only.flatMap(Workflow.Occasion.init(rawValue:))
        guard only == nil || occasion != nil || only == "extension-asked" || only == "exclusion-asked" else {
            throw wrong(
                key, "`only` knows `extension-asked`, `exclusion-asked`, `site-check` and `call`",
                "`only` 只能是 `extension-asked`、`exclusion-asked`、`site-check` 或 `call`")
        }
        let parts = node.mapping?["parts"]?.string
        guard parts == nil || parts == "ended" else {
            throw wrong(key, "`parts` knows only `ended`", "`parts` 只能是 `ended`")
        }
        return Workflow.Act(
            name: name, title: try title(node),
            from: try list(node, "from").map { StateName(rawValue: $0.string ?? "") }, to: to,
            right: node.mapping?["right"]?.string.map { Right($0) }, party: try party(node, "by"), needs: needs,
            reasons: node.mapping?["reasons"]?.string, effect: try word(node, "effect"),
            atMost: try number(node, "atMost"), perDay: try number(node, "perDay"),
            notFrom: try list(node, "notFrom").map { ActName(rawValue: $0.string ?? "") },
            notAfter: try list(node, "notAfter").map { ActName(rawValue: $0.string ?? "") }, notify: notify,
            bySystem: node.mapping?["system"]?.bool ?? false, reporterToo: node.mapping?["reporterToo"]?.bool ?? false,
            opens: node.mapping?["opens"]?.string, needsPartsEnded: parts == "ended",
            onSecondPass: node.mapping?["onSecondPass"]?.string.map { ActName(rawValue: $0) },
            onlyWhenExtensionAsked: only == "extension-asked", onlyWhenExclusionAsked: only == "exclusion-asked",
            occasion: occasion, unlessBound: node.mapping?["unlessBound"]?.bool ?? false,
            binds: node.mapping?["binds"]?.bool ?? false, within: try within(node),
            isUndoable: node.mapping?["undoable"]?.bool ?? false, tells: try node.mapping?["tells"].map(title),
            line: line(key))
    }

    /// Every name that is used is one that is defined.
    private func checkNames(_ workflow: Workflow, _ node: Node) throws(Refusal) {
        guard workflow[workflow.first] != nil else {
            throw wrong(
                node.mapping?["first"] ?? node, "the first state “\(workflow.first.rawValue)” is not defined",
                "起始状态“\(workflow.first.rawValue)”没有定义")
        }
        for act in workflow.acts {
            try checkUndoing(act, in: workflow)
            for state in act.from + [act.to].compactMap({ $0 }) where workflow[state] == nil {
                throw RuleFiles.refusal(
                    "act \(act.name.rawValue) names the state “\(state.rawValue)”, which is not defined",
                    "动作 \(act.name.rawValue) 引用了未定义的状态“\(state.rawValue)”", in: file, line: act.line)
            }
            for other in act.notFrom where workflow[other] == nil {
                throw RuleFiles.refusal(
                    "act \(act.name.rawValue): notFrom names the act “\(other.rawValue)”, which is not defined",
                    "动作 \(act.name.rawValue) 的 notFrom 引用了未定义的动作“\(other.rawValue)”", in: file, line: act.line)
            }
        }
        for act in workflow.acts {
            // Only bounded acts are counted in a matter, so only those can be known to have been done.
            for other in act.notAfter where workflow[other]?.atMost == nil {
                throw RuleFiles.refusal(
                    "act \(act.name.rawValue): notAfter names “\(other.rawValue)”, which is no act with atMost",
                    "动作 \(act.name.rawValue) 的 notAfter 须为有 atMost 的动作，“\(other.rawValue)”不是", in: file, line: act.line)
            }
            if act.party == .platform, !act.bySystem || act.right != nil {
                throw RuleFiles.refusal(
                    "act \(act.name.rawValue) is the platform's: it needs `system: true` and no right",
                    "动作 \(act.name.rawValue) 由平台做出：须有 system: true，且不写 right", in: file, line: act.line)
            }
        }
        for state in workflow.states {
            guard case .ofVariant(let limits)? = state.limit else { continue }
            guard Set(limits.keys) == Set(workflow.variants.map(\.code)), !limits.isEmpty else {
                throw RuleFiles.refusal(
                    "state \(state.name.rawValue): its limits name \(limits.keys.sorted().joined(separator: ", ")), the variants are \(workflow.variants.map(\.code).sorted().joined(separator: ", "))",
                    "状态 \(state.name.rawValue) 的各类时限须与 variants 一一对应", in: file, line: state.line)
            }
        }
        for state in workflow.states {
            guard case .act(let name)? = state.onLimit, workflow[name] == nil else { continue }
            throw RuleFiles.refusal(
                "state \(state.name.rawValue): onLimit names the act “\(name.rawValue)”, which is not defined",
                "状态 \(state.name.rawValue) 的 onLimit 引用了未定义的动作“\(name.rawValue)”", in: file, line: state.line)
        }
    }

    /// Only an act that moves a matter between states in which it goes on can be taken back, and only one that nobody has
    /// to justify: what was returned, verified, rated or ended stands.
    private func checkUndoing(_ act: Workflow.Act, in workflow: Workflow) throws(Refusal) {
        let reserved: Set<ActName> = [CaseStep.undo, CaseStep.report, "import"]
        guard !reserved.contains(act.name) else {
            throw RuleFiles.refusal(
                "the name “\(act.name.rawValue)” is the platform's own; give the act another",
                "“\(act.name.rawValue)”为平台保留的名称，请给动作另取名", in: file, line: act.line)
        }
        guard act.isUndoable else { return }
        let isEnding = ([act.to].compactMap { $0 } + act.from).contains { workflow[$0]?.isEnd == true }
        guard act.to != nil, !isEnding, act.party != .reporter, act.reasons == nil, act.notFrom.isEmpty,
            act.opens == nil
        else {
            throw RuleFiles.refusal(
                "act \(act.name.rawValue) cannot be `undoable`: it keeps the state, ends or reopens, needs a reason, verifies, opens parts, or is the resident's",
                "动作 \(act.name.rawValue) 不能设为 undoable：它不改变状态，或结束、重开，或须说明原因，或属核查，或由群众本人做出", in: file,
                line: act.line)
        }
    }

    // MARK: Pieces

    private func title(_ node: Node) throws(Refusal) -> LocalizedText {
        LocalizedText(try text(node, "zh"), try text(node, "en"))
    }

    private func text(_ node: Node, _ key: String) throws(Refusal) -> String {
        guard let text = node.mapping?[Node(key)]?.string, !text.isEmpty else {
            throw wrong(node, "“\(key)” is missing", "缺少“\(key)”")
        }
        return text
    }

    private func number(_ node: Node, _ key: String) throws(Refusal) -> Int? {
        guard let found = node.mapping?[Node(key)] else { return nil }
        guard let number = found.int, number >= 1 else {
            throw wrong(found, "“\(key)” is a whole number from 1", "“\(key)”须为不小于 1 的整数")
        }
        return number
    }

    private func list(_ node: Node, _ key: String) throws(Refusal) -> [Node] {
        guard let found = node.mapping?[Node(key)] else { return [] }
        guard let sequence = found.sequence else { throw wrong(found, "“\(key)” is a list", "“\(key)”须为列表") }
        return Array(sequence)
    }

    private func pairs(_ node: Node, _ key: String) throws(Refusal) -> [(Node, Node)] {
        guard let mapping = node.mapping?[Node(key)]?.mapping, !mapping.isEmpty else {
            throw wrong(node, "“\(key)” is missing or empty", "缺少“\(key)”")
        }
        return mapping.map { ($0.key, $0.value) }
    }

    private func party(_ node: Node, _ key: String) throws(Refusal) -> Workflow.Party {
        guard let found = node.mapping?[Node(key)] else { throw wrong(node, "“\(key)” is missing", "缺少“\(key)”") }
        return try party(found)
    }

    private func party(_ node: Node) throws(Refusal) -> Workflow.Party {
        guard let party = node.string.flatMap(Workflow.Party.init(rawValue:)) else {
            throw wrong(
                node,
                "unknown party \(node.string ?? "?"); known: \(Workflow.Party.allCases.map(\.rawValue).joined(separator: ", "))",
                "未知的一方：\(node.string ?? "?")")
        }
        return party
    }

    private func word<Word: RawRepresentable<String> & CaseIterable>(_ node: Node, _ key: String) throws(Refusal)
        -> Word?
    {
        guard let found = node.mapping?[Node(key)] else { return nil }
        guard let word = found.string.flatMap(Word.init(rawValue:)) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong(found, "“\(key)” is one of \(known)", "“\(key)”须为 \(known) 之一")
        }
        return word
    }

    private func length(_ node: Node) throws(Refusal) -> TimeLimit {
        guard let limit = node.string.flatMap({ try? TimeLimit(parsing: $0) }) else {
            throw wrong(
                node, "not a length of time: “\(node.string ?? "?")” (such as `4 working hours`, `5 working days`)",
                "不是时限：“\(node.string ?? "?")”（如 `4 working hours`、`5 working days`）")
        }
        return limit
    }

    private func within(_ node: Node) throws(Refusal) -> TimeLimit? {
        guard let found = node.mapping?["within"] else { return nil }
        // Days of the calendar are hours of the clock.
        if let days = found.string?.split(separator: " "), days.count == 2, days[1] == "days", let count = Int(days[0])
        {
            return .clockHours(count * 24)
        }
        return try length(found)
    }

    private func only(_ known: Set<String>, in node: Node, _ what: String) throws(Refusal) {
        guard let mapping = node.mapping else {
            throw wrong(node, "\(what) is no table of names and values", "\(what) 不是键值表")
        }
        for (key, _) in mapping where !known.contains(key.string ?? "") {
            throw wrong(
                key, "\(what): unknown “\(key.string ?? "?")”; known: \(known.sorted().joined(separator: ", "))",
                "\(what)：未知的“\(key.string ?? "?")”")
        }
    }

    private func line(_ node: Node) -> Int { node.mark?.line ?? 1 }

    private func wrong(_ node: Node, _ english: String, _ chinese: String) -> Refusal {
        RuleFiles.refusal(english, chinese, in: file, line: line(node))
    }
}
