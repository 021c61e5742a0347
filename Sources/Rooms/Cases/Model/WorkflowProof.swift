public import Desk
public import Ground

/// Proves that a workflow is closed: whatever people do or leave undone, every matter comes to an end, and at each moment
/// somebody must act by a certain time.
///
/// The argument: take away every act that may be done only so often. If what is left has no circle, then between two
/// bounded acts only finitely many others fit, so every run is finite. If what is left still leads from every state to an
/// end, no run stops before an end, even when all bounds are used up. Taking an act back (``Undoable``) is bounded in every
/// matter, leads to a state where the matter was, and gives back no bound: it is one more bounded act, and changes nothing. With an owner who can act, a limit and something that
/// happens at the limit in every state, no state waits for nobody.
public struct WorkflowProof: Sendable {
    public struct Fault: Sendable, Hashable {
        public var line: Int
        /// The state (or act) that it is about.
        public var place: String
        public var reason: LocalizedText
    }

    /// The longest run without any bounded act, in acts: shown in the documentation of the loop.
    public let longestPlainRun: Int

    /// - Parameter rolesByRight: which roles hold each right, so that an owner is somebody.
    /// - Throws: a refusal that names file, line, state and reason of the first fault.
    public init(_ workflow: Workflow, file: String, rolesByRight: [Right: [String]]) throws(Refusal) {
        let faults = Self.faults(of: workflow, rolesByRight: rolesByRight)
        if let fault = faults.min(by: { $0.line < $1.line }) {
            let more = faults.count - 1
            throw Refusal(
                .fault, "cases.workflow-open",
                LocalizedText(
                    "\(file):\(fault.line)：流程不闭环，\(fault.place)：\(fault.reason.chinese)"
                        + (more > 0 ? "（另有 \(more) 处）" : ""),
                    "\(file):\(fault.line): the workflow is not closed, \(fault.place): \(fault.reason.english)"
                        + (more > 0 ? " (and \(more) more)" : "")),
                wayOn: LocalizedText("请改正该流程文件后重新启动", "Correct the workflow file and start again"))
        }
        longestPlainRun = Self.longestRun(in: workflow)
    }

    static func faults(of workflow: Workflow, rolesByRight: [Right: [String]]) -> [Fault] {
        reachability(workflow) + endings(workflow) + circles(workflow) + owners(workflow, rolesByRight)
            + bounds(workflow)
    }

    /// Acts that change the state and may be done any number of times.
    private static func plainMoves(_ workflow: Workflow) -> [(from: StateName, to: StateName, act: Workflow.Act)] {
        workflow.acts.filter { $0.atMost == nil }.flatMap { act in
            act.from.compactMap { from in act.to.map { (from, $0, act) } }
        }
    }

    private static func reachability(_ workflow: Workflow) -> [Fault] {
        var reached: Set<StateName> = [workflow.first]
        var frontier = [workflow.first]
        while let state = frontier.popLast() {
            for act in workflow.acts(from: state) {
                guard let to = act.to, reached.insert(to).inserted else { continue }
                frontier.append(to)
            }
        }
        return workflow.states.filter { !reached.contains($0.name) }.map {
            fault($0, "没有任何动作通向它", "no act leads to it")
        }
    }

    private static func endings(_ workflow: Workflow) -> [Fault] {
        var ending = Set(workflow.states.filter(\.isEnd).map(\.name))
        guard !ending.isEmpty else {
            return [
                Fault(
                    line: 1, place: workflow.name,
                    reason: LocalizedText("没有结束状态（end: true）", "no state is an end (end: true)"))
            ]
        }
        // What is not possible after another act may be impossible in some run, so nothing is proved with it.
        let moves = plainMoves(workflow).filter { $0.act.notAfter.isEmpty }
        var grew = true
        while grew {
            grew = false
            for move in moves where ending.contains(move.to) && ending.insert(move.from).inserted { grew = true }
        }
        return workflow.states.filter { !ending.contains($0.name) }.map {
            fault($0, "当限次动作用尽后，无法到达结束状态", "once every bounded act is used up, no end can be reached from it")
        }
    }

    private static func circles(_ workflow: Workflow) -> [Fault] {
        enum Mark { case open, done }
        var marks: [StateName: Mark] = [:]
        var faults: [Fault] = []
        let moves = plainMoves(workflow)
        func visit(_ state: StateName, _ path: [StateName]) {
            marks[state] = .open
            for move in moves where move.from == state {
                switch marks[move.to] {
                case .open:
                    let circle = (path.drop { $0 != move.to } + [move.to]).map(\.rawValue).joined(separator: " → ")
                    faults.append(
                        Fault(
                            line: move.act.line, place: state.rawValue,
                            reason: LocalizedText(
                                "可以无限循环（\(circle)）：动作 \(move.act.name.rawValue) 或圈内另一动作须有 atMost",
                                "can go round for ever (\(circle)): act \(move.act.name.rawValue) or another one of the circle needs `atMost`"
                            )))
                case .done: continue
                case nil: visit(move.to, path + [move.to])
                }
            }
            marks[state] = .done
        }
        for state in workflow.states where marks[state.name] == nil { visit(state.name, [state.name]) }
        return faults
    }

    private static func owners(_ workflow: Workflow, _ rolesByRight: [Right: [String]]) -> [Fault] {
        var faults: [Fault] = []
        for state in workflow.states where !state.isEnd {
            guard let owner = state.owner else {
                faults.append(fault(state, "没有责任人（owner）", "it has no owner"))
                continue
            }
            if state.limit == nil { faults.append(fault(state, "没有时限（limit）", "it has no limit")) }
            switch state.onLimit {
            case nil:
                faults.append(fault(state, "没有规定超时怎么办（onLimit）", "nothing happens when its limit passes (onLimit)"))
            case .act(let name):
                if let act = workflow[name],
                    !act.bySystem || !act.from.contains(state.name) || act.to == nil || act.atMost != nil
                {
                    faults.append(
                        fault(
                            state, "超时动作 \(name.rawValue) 须为 system: true、可从本状态发起、改变状态且不限次",
                            "its act at the limit, \(name.rawValue), must be `system: true`, start here, change the state and be unbounded"
                        ))
                }
            case .notifyLeader:
                // Nobody can compel a resident; so a state that waits for one must be ended by the platform.
                if owner.party == .reporter {
                    faults.append(
                        fault(
                            state, "等待居民的状态须有超时动作（onLimit: act）",
                            "a state that waits for the resident needs an act at its limit"))
                }
            }
            let leaving = workflow.acts(from: state.name).filter { $0.to != nil }
            if leaving.isEmpty { faults.append(fault(state, "没有离开它的动作（死路）", "no act leaves it: a dead end")) }
            switch owner.party {
            case .anyone, .answerable, .offered, .platform:
                faults.append(fault(state, "责任人须是确定的一方", "its owner must be a definite party"))
            case .reporter:
                if !leaving.contains(where: { $0.party == .reporter }) {
                    faults.append(fault(state, "居民在此无可做的动作", "the resident, its owner, has no act to leave it by"))
                }
            case .area, .body, .county:
                guard let right = owner.right, rolesByRight[right]?.isEmpty == false else {
                    faults.append(
                        fault(
                            state, "没有任何角色拥有其责任人权限 \(owner.right?.rawValue ?? "（未写）")",
                            "no role holds its owner's right \(owner.right?.rawValue ?? "(none)"), so it waits for nobody"
                        ))
                    continue
                }
                if !leaving.contains(where: { $0.party == owner.party && $0.atMost == nil && $0.notAfter.isEmpty }) {
                    faults.append(
                        fault(
                            state, "责任方（\(owner.party.rawValue)）没有不限次的离开动作",
                            "its owner (\(owner.party.rawValue)) has no unbounded act to leave it by"))
                }
            }
        }
        for act in workflow.acts {
            if let right = act.right, rolesByRight[right]?.isEmpty != false {
                faults.append(
                    Fault(
                        line: act.line, place: act.name.rawValue,
                        reason: LocalizedText(
                            "没有任何角色拥有权限 \(right.rawValue)", "no role holds the right \(right.rawValue)")))
            }
            if act.right == nil, act.party != .reporter, act.party != .platform {
                faults.append(
                    Fault(
                        line: act.line, place: act.name.rawValue,
                        reason: LocalizedText("缺少权限（right）", "it names no right")))
            }
        }
        return faults
    }

    /// What moves a deadline or leaves an end must be bounded, or a matter could be kept open for ever.
    private static func bounds(_ workflow: Workflow) -> [Fault] {
        var faults: [Fault] = []
        for act in workflow.acts where act.atMost == nil {
            if act.effect == .extends || act.needs.contains(.workdays) {
                faults.append(
                    Fault(
                        line: act.line, place: act.name.rawValue,
                        reason: LocalizedText("改变时限的动作须限次（atMost）", "an act that moves the deadline needs `atMost`")))
            }
            for state in act.from where workflow[state]?.isEnd == true && act.to != nil {
                faults.append(
                    Fault(
                        line: act.line, place: act.name.rawValue,
                        reason: LocalizedText(
                            "从结束状态 \(state.rawValue) 重新打开须限次（atMost）",
                            "reopening the end \(state.rawValue) needs `atMost`")))
            }
        }
        if !workflow.states.contains(where: { $0.clock == .starts }) {
            faults.append(
                Fault(
                    line: 1, place: workflow.name,
                    reason: LocalizedText("没有开始计时的状态（clock: starts）", "no state starts the clock (clock: starts)")))
        }
        return faults
    }

    private static func longestRun(in workflow: Workflow) -> Int {
        let moves = plainMoves(workflow)
        var known: [StateName: Int] = [:]
        func length(_ state: StateName) -> Int {
            if let found = known[state] { return found }
            let longest = moves.filter { $0.from == state }.map { 1 + length($0.to) }.max() ?? 0
            known[state] = longest
            return longest
        }
        return workflow.states.map { length($0.name) }.max() ?? 0
    }

    private static func fault(_ state: Workflow.State, _ chinese: String, _ english: String) -> Fault {
        Fault(line: state.line, place: state.name.rawValue, reason: LocalizedText(chinese, english))
    }
}
