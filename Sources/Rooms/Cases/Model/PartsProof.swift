import Desk
import Ground

/// Proves that matters with parts end as well, over all kinds together.
///
/// Each kind by itself is closed (``WorkflowProof``). A matter opens only finitely many parts, since every act that opens
/// some is bounded; kinds do not open each other in a circle, so parts of parts come to a last kind; every part ends by its
/// own proof and is not taken up again. So whatever waits for its parts goes on one day, and nothing ends while a part of
/// it is still open.
enum PartsProof {
    static func check(_ workflows: [Workflow]) throws(Refusal) {
        guard let (workflow, fault) = fault(in: workflows) else { return }
        throw Refusal(
            .fault, "cases.workflow-open",
            LocalizedText(
                "workflows/\(workflow.name).yaml:\(fault.line)：流程不闭环，\(fault.place)：\(fault.reason.chinese)",
                "workflows/\(workflow.name).yaml:\(fault.line): the workflow is not closed, \(fault.place): \(fault.reason.english)"
            ),
            wayOn: LocalizedText("请改正该流程文件后重新启动", "Correct the workflow file and start again"))
    }

    static func fault(in workflows: [Workflow]) -> (Workflow, WorkflowProof.Fault)? {
        for workflow in workflows {
            let fault =
                names(workflow, among: workflows) ?? opening(workflow, among: workflows) ?? endings(workflow)
                ?? circle(from: workflow, among: workflows)
            if let fault { return (workflow, fault) }
        }
        return nil
    }

    /// A state's name belongs to one kind, so lists by state never mix kinds; an act's name has one title everywhere.
    private static func names(_ workflow: Workflow, among workflows: [Workflow]) -> WorkflowProof.Fault? {
        for other in workflows.prefix(while: { $0.name != workflow.name }) {
            if let state = workflow.states.first(where: { other[$0.name] != nil }) {
                return fault(
                    state.line, state.name.rawValue, "流程 \(other.name) 已有同名状态",
                    "the workflow \(other.name) has a state of this name already")
            }
            for act in workflow.acts {
                guard let known = other[act.name], known.title != act.title else { continue }
                return fault(
                    act.line, act.name.rawValue, "流程 \(other.name) 的同名动作名称不同",
                    "the act of this name in the workflow \(other.name) has another title")
            }
        }
        return nil
    }

    private static func opening(_ workflow: Workflow, among workflows: [Workflow]) -> WorkflowProof.Fault? {
        for act in workflow.acts {
            guard let kind = act.opens else {
                guard act.needs.contains(.bodies) || act.needs.contains(.variant) else { continue }
                return fault(
                    act.line, act.name.rawValue, "needs 中的 bodies、variant 须与 opens 同用",
                    "its needs `bodies` and `variant` go with `opens`")
            }
            guard let part = workflows.first(where: { $0.name == kind }) else {
                return fault(
                    act.line, act.name.rawValue, "没有名为 \(kind) 的流程", "there is no workflow called \(kind)")
            }
            guard act.atMost != nil else {
                return fault(
                    act.line, act.name.rawValue, "开立分项的动作须限次（atMost）", "an act that opens parts needs `atMost`")
            }
            let isReporters = part.acts.contains { $0.party == .reporter || $0.reporterToo }
            let leavesEnd = part.acts.contains { act in
                act.to != nil && act.from.contains { part[$0]?.isEnd == true }
            }
            if isReporters || leavesEnd {
                return fault(
                    act.line, act.name.rawValue, "分项流程 \(kind) 不得有群众的动作，也不得重新打开",
                    "the workflow of its parts, \(kind), has acts of the resident or leaves an end")
            }
            if part.variants.isEmpty == act.needs.contains(.variant), workflow.variants.isEmpty {
                return fault(
                    act.line, act.name.rawValue, "流程 \(kind) 有类型时须在 needs 写 variant，没有时不得写",
                    "it needs `variant` exactly when the workflow \(kind) has variants")
            }
        }
        return nil
    }

    /// From where parts may be open, every way to an end passes an act that waits for them.
    private static func endings(_ workflow: Workflow) -> WorkflowProof.Fault? {
        let openers = workflow.acts.filter { $0.opens != nil }
        var open = Set(openers.flatMap { act in act.to.map { [$0] } ?? act.from })
        var frontier = Array(open)
        while let state = frontier.popLast() {
            for act in workflow.acts(from: state) where !act.needsPartsEnded {
                guard let to = act.to else { continue }
                if workflow[to]?.isEnd == true {
                    return fault(
                        act.line, act.name.rawValue, "可能有未办结的分项，须写 parts: ended",
                        "parts of it may still be open, so it needs `parts: ended`")
                }
                if open.insert(to).inserted { frontier.append(to) }
            }
        }
        for state in workflow.states {
            guard let name = state.onParts else { continue }
            guard let act = workflow[name], act.bySystem, act.from.contains(state.name), act.to != nil else {
                return fault(
                    state.line, state.name.rawValue, "onParts 动作须为 system: true 且可从本状态发起",
                    "its act for when the parts have ended must be `system: true`, start here and change the state")
            }
        }
        for act in workflow.acts {
            guard let name = act.onSecondPass else { continue }
            guard let to = act.to, let follow = workflow[name], follow.bySystem, follow.from.contains(to),
                follow.to != nil
            else {
                return fault(
                    act.line, act.name.rawValue, "onSecondPass 动作须为 system: true 且可从其后的状态发起",
                    "its act for a second pass must be `system: true`, start where this one leads and change the state")
            }
        }
        return nil
    }

    private static func circle(from workflow: Workflow, among workflows: [Workflow]) -> WorkflowProof.Fault? {
        func opened(by name: String) -> [Workflow.Act] {
            workflows.first { $0.name == name }?.acts.filter { $0.opens != nil } ?? []
        }
        var seen: Set<String> = []
        var frontier = opened(by: workflow.name)
        while let act = frontier.popLast() {
            guard let kind = act.opens else { continue }
            if kind == workflow.name {
                return fault(
                    act.line, act.name.rawValue, "各流程互相开立，可能没有尽头",
                    "kinds open each other in a circle, which need not end")
            }
            if seen.insert(kind).inserted { frontier += opened(by: kind) }
        }
        return nil
    }

    private static func fault(_ line: Int, _ place: String, _ chinese: String, _ english: String)
        -> WorkflowProof.Fault
    {
        WorkflowProof.Fault(line: line, place: place, reason: LocalizedText(chinese, english))
    }
}
