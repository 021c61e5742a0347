public import Desk
public import Ground
import WorkCalendar

/// Who does an act.
public enum Performer: Sendable, Hashable {
    case staff(Scope)
    /// The resident who reported it, known by the proved phone number.
    case reporter
    case system
}

/// What follows from a command: the matter as it stands after it, and what to tell whom.
public struct Decision: Sendable {
    public var act: Workflow.Act
    public var before: CaseRecord
    public var after: CaseRecord
    public var notify: [Workflow.Party]
    /// What the platform does right after it: a second pass through the same body escalates by itself.
    public var follow: ActName?
}

extension CaseRules {
    /// The one place where matters change. Pure: the same matter, command, performer and instant give the same decision.
    public func decide(
        _ record: CaseRecord, _ command: Command, by performer: Performer, at now: Instant
    ) throws(Refusal) -> Decision {
        let workflow = workflow(of: record)
        guard let act = workflow[command.act] else { throw .unknownAct(command.act) }
        if let refusal = refusal(of: act, on: record, by: performer, occasion: command.occasion, at: now) {
            throw refusal
        }
        try checkNeeds(act, command, record)
        var after = record
        after.version += 1
        apply(command, of: act, to: &after, by: performer, at: now)
        if let to = act.to, let state = workflow[to] {
            after.state = to
            after.stateSince = now
            after.extensionAsked = nil
            after.endedAt = state.isEnd ? now : nil
            enter(state, from: record, &after, at: now)
        }
        if after.due != record.due || act.to != nil {
            after.rungsTold = 0
            setNextRung(&after)
        }
        var decision = Decision(act: act, before: record, after: after, notify: act.notify)
        if let follow = act.onSecondPass, let body = after.body, record.trail.returnedBy.contains(body) {
            decision.follow = follow
        }
        if act.effect == .refusesAnswer, let most = act.atMost, after.trail.spent[act.name, default: 0] >= most {
            decision.notify.append(.county)
        }
        return decision
    }

    /// Why this performer may not do this act on this matter now; nil when nothing stands against it.
    public func refusal(
        of act: Workflow.Act, on record: CaseRecord, by performer: Performer, occasion: Workflow.Occasion? = nil,
        at now: Instant
    ) -> Refusal? {
        let workflow = workflow(of: record)
        guard act.from.contains(record.state) else {
            let state = workflow[record.state]?.title ?? LocalizedText(record.state.rawValue, record.state.rawValue)
            return Refusal(
                .conflict, "cases.act-not-now",
                LocalizedText(
                    "该件现为“\(state.chinese)”，不能“\(act.title.chinese)”",
                    "The matter is “\(state.english)”; “\(act.title.english)” is not possible now"),
                wayOn: LocalizedText("可能刚有他人处理，请刷新后查看", "Someone may just have acted; reload and look again"))
        }
        if let refusal = partyRefusal(act, record, performer) { return refusal }
        // Without its occasion it is nobody's to choose.
        guard act.occasion == nil || act.occasion == occasion else { return .notYours }
        for other in act.notAfter where record.trail.spent[other, default: 0] > 0 {
            let done = workflow[other]?.title ?? LocalizedText(other.rawValue, other.rawValue)
            return Refusal(
                .ruleBroken, "cases.not-after",
                LocalizedText(
                    "该件已“\(done.chinese)”，不能再“\(act.title.chinese)”",
                    "After “\(done.english)”, “\(act.title.english)” is no longer possible"),
                wayOn: LocalizedText("请继续办理，或提请裁定", "Go on with it, or refer it for a ruling"),
                rule: "\(workflow.name).\(act.name.rawValue).notAfter")
        }
        if act.needsPartsEnded, record.openParts > 0 {
            return Refusal(
                .conflict, "cases.parts-open",
                LocalizedText(
                    "还有 \(record.openParts) 个协办（报到）事项未办结", "\(record.openParts) part(s) of it have not ended"),
                wayOn: LocalizedText(
                    "请等各方办结，或催办；全部办结后一次答复", "Wait for them or urge them; there is one answer, when all have ended"),
                rule: "\(workflow.name).\(act.name.rawValue).parts=ended")
        }
        if act.onlyWhenExtensionAsked, record.extensionAsked == nil {
            return Refusal(
                .conflict, "cases.no-extension-asked", LocalizedText("没有待审批的延期申请", "No extension was asked for"))
        }
        if act.onlyWhenExclusionAsked, record.exclusionAsked == nil || record.isExcluded {
            return Refusal(
                .conflict, "cases.no-exclusion-asked",
                LocalizedText("没有待同意的不计入申请", "Nobody asked to leave it out of the rates"))
        }
        if act.unlessBound, record.isBound {
            return Refusal(
                .ruleBroken, "cases.bound-by-ruling",
                LocalizedText("该件经裁定由贵单位主办，不再退回", "A ruling gave this matter to your body; it cannot be returned"),
                wayOn: LocalizedText("可申请延期，或请求联动支持", "Ask for more time or for help"))
        }
        if let most = act.atMost, record.trail.spent[act.name, default: 0] >= most {
            return Refusal(
                .ruleBroken, "cases.act-used-up",
                LocalizedText(
                    "“\(act.title.chinese)”在一件中最多 \(most) 次，已用完",
                    "“\(act.title.english)” is possible \(most) times in one matter, and that is used up"),
                wayOn: LocalizedText("可提请统筹办裁定", "It can be referred to the coordination body"),
                rule: "\(workflow.name).\(act.name.rawValue).atMost=\(most)")
        }
        if let most = act.perDay, record.trail.spentToday(act.name, by: performer, at: now) >= most {
            return Refusal(
                .ruleBroken, "cases.enough-today",
                LocalizedText(
                    "今天已“\(act.title.chinese)”\(most) 次，承办单位已收到",
                    "“\(act.title.english)” was done \(most) times today already; the body has it"),
                wayOn: LocalizedText("请明天再来；有新情况可备注或补充", "Come back tomorrow; what is new can be added as a remark"),
                rule: "\(workflow.name).\(act.name.rawValue).perDay=\(most)")
        }
        if case .staff(let scope) = performer {
            for other in act.notFrom where record.trail.doers[other] == scope.staff.text {
                return Refusal(
                    .ruleBroken, "cases.own-work",
                    LocalizedText(
                        "“\(workflow[other]?.title.chinese ?? "")”是您本人做的，须由他人“\(act.title.chinese)”",
                        "You did “\(workflow[other]?.title.english ?? "")” yourself; someone else must do “\(act.title.english)”"
                    ),
                    wayOn: LocalizedText("请由本辖区其他有核查权限的同事办理", "Ask a colleague of the area who holds the right"),
                    rule: "\(workflow.name).\(act.name.rawValue).notFrom")
            }
        }
        if let within = act.within, let endedAt = record.endedAt, now > time.due(from: endedAt, limit: within).instant {
            return Refusal(
                .ruleBroken, "cases.too-late-to-reopen",
                LocalizedText(
                    "已超过可重新打开的期限（\(within.display.chinese)）",
                    "The time in which it can be reopened has passed (\(within.display.english))"),
                wayOn: LocalizedText("请作为新的诉求上报，可在内容中写明原编号", "Report it anew and name the old number"))
        }
        return nil
    }

    private func partyRefusal(_ act: Workflow.Act, _ record: CaseRecord, _ performer: Performer) -> Refusal? {
        switch performer {
        case .system: return act.bySystem ? nil : .notYours
        case .reporter: return act.party == .reporter || act.reporterToo ? nil : .notYours
        case .staff(let scope):
            guard act.party != .reporter, let right = act.right else { return .notYours }
            do { try scope.require(right) } catch { return error }
            let isOfArea = scope.line == nil && scope.area.contains(record.area)
            let allowed: Bool
            switch act.party {
            case .area: allowed = isOfArea
            case .body: allowed = record.body == scope.body
            case .county: allowed = isOfArea && scope.area.level <= .county
            case .anyone: allowed = isOfArea || record.body == scope.body
            case .answerable: allowed = record.answerable == scope.staff && !scope.isMachine
            case .offered: allowed = record.offeredPost == scope.post && !scope.isMachine
            case .reporter, .platform: allowed = false
            }
            return allowed ? nil : .notYours
        }
    }

    private func checkNeeds(_ act: Workflow.Act, _ command: Command, _ record: CaseRecord) throws(Refusal) {
        for need in act.needs {
            switch need {
            case .category:
                let code = command.category ?? record.category
                guard let code, categories[code]?.isLeaf == true else {
                    throw .missing("category", LocalizedText("请选择类别（到末级）", "Choose a category, down to the last level"))
                }
            case .area:
                let area = command.area ?? record.area
                guard area.level >= .street else {
                    throw .missing("area", LocalizedText("请选择所在街道或社区", "Choose the street or community"))
                }
                guard record.area.contains(area) || area.contains(record.area) || record.area.level >= .county else {
                    throw .missing("area", LocalizedText("所选区域不在本县内", "That area is not within the county"))
                }
            case .body:
                guard command.body != nil else {
                    throw .missing("body", LocalizedText("请选择承办单位", "Choose who is to handle it"))
                }
            case .reason:
                guard let list = act.reasons, let code = command.reason, reason(code, in: list) != nil else {
                    throw .missing("reason", LocalizedText("请选择原因", "Choose a reason"))
                }
            case .opinion:
                guard let opinion = command.opinion, !opinion.isEmpty else {
                    throw .missing("opinion", LocalizedText("请填写意见", "Write your opinion"))
                }
            case .result:
                guard let result = command.result, !result.isEmpty else {
                    throw .missing("result", LocalizedText("请填写办理结果", "Write what was done"))
                }
            case .bodies:
                guard (1...20).contains(command.bodies.count), Set(command.bodies).count == command.bodies.count else {
                    throw .missing("bodies", LocalizedText("请选择 1–20 个单位", "Choose 1 to 20 bodies"))
                }
            case .variant:
                let variants = act.opens.flatMap { workflow(named: $0)?.variants } ?? []
                guard let code = command.variant, variants.contains(where: { $0.code == code }) else {
                    throw .missing("variant", LocalizedText("请选择类型", "Choose which kind"))
                }
            case .matter:
                guard command.matter != nil else {
                    throw .missing(
                        "matter",
                        LocalizedText("请填写并入哪一件的编号", "Give the number of the matter to join it with"))
                }
            case .post:
                guard command.post != nil, command.postHolder != nil else {
                    throw .missing("post", LocalizedText("请选择由谁接手", "Choose who is to take it over"))
                }
            case .workdays:
                guard let days = command.workdays, (1...60).contains(days) else {
                    throw .missing("workdays", LocalizedText("请填写申请延长的工作日（1–60）", "Name the working days, 1 to 60"))
                }
            case .rating:
                guard command.isSolved != nil, let satisfaction = command.satisfaction, (1...5).contains(satisfaction)
                else {
                    throw .missing(
                        "rating", LocalizedText("请选择是否解决，以及满意程度", "Say whether it is solved, and how satisfied you are")
                    )
                }
            }
        }
        for (field, text, most) in [("opinion", command.opinion, 2_000), ("result", command.result, 5_000)] {
            guard (text?.utf16.count ?? 0) <= most else {
                throw Refusal(
                    .ruleBroken, "cases.too-long", LocalizedText("文字超过 \(most) 字", "More than \(most) characters"),
                    field: field)
            }
        }
    }

    private func apply(
        _ command: Command, of act: Workflow.Act, to after: inout CaseRecord, by performer: Performer, at now: Instant
    ) {
        if act.atMost != nil { after.trail.spent[act.name, default: 0] += 1 }
        if act.perDay != nil { after.trail.spendToday(act.name, by: performer, at: now) }
        if case .staff(let scope) = performer {
            if workflow(of: after).acts.contains(where: { $0.notFrom.contains(act.name) }) {
                after.trail.doers[act.name] = scope.staff.text
            }
            if act.effect == .answers {
                after.answerable = scope.staff
                after.answerablePost = scope.post
            }
            // What the area answers itself, its own body handles.
            if act.needs.contains(.result), act.party == .area { after.body = scope.body }
            if act.party == .body, act.to != nil { after.handler = scope.staff }
            if act.effect == .takesAnswer {
                after.answerable = scope.staff
                after.answerablePost = scope.post
            }
        }
        if act.effect == .returns, let body = after.body, !after.trail.returnedBy.contains(body) {
            after.trail.returnedBy.append(body)
        }
        if act.opens != nil { after.openParts += max(1, act.needs.contains(.bodies) ? command.bodies.count : 1) }
        if act.needs.contains(.category), let category = command.category { after.category = category }
        if act.needs.contains(.area), let area = command.area { after.area = area }
        if act.needs.contains(.body), let body = command.body {
            after.body = body
            after.handler = nil
            after.isBound = act.binds
        }
        if let result = command.result, act.needs.contains(.result) {
            after.result = result
            after.finishedAt = now
        }
        if act.needs.contains(.workdays) { after.extensionAsked = command.workdays }
        if act.effect == .extends, let days = after.extensionAsked, let final = after.finalDue {
            let later = time.due(from: max(final.at, now), limit: .workingDays(days))
            after.finalDue = Deadline(at: later.instant, isProvisional: later.isProvisional || final.isProvisional)
            after.due = after.finalDue
        }
        if act.onlyWhenExtensionAsked { after.extensionAsked = nil }
        // What is taken up again is not yet solved, whatever was said of it before, here or in another system.
        if let to = act.to, self.state(after.state)?.isEnd == true, self.state(to)?.isEnd == false {
            after.isSolved = nil
            after.satisfaction = nil
        }
        if act.needs.contains(.rating) {
            after.isSolved = command.isSolved
            after.satisfaction = command.satisfaction
        }
        switch act.effect {
        case .supervises: after.isSupervised = true
        case .contacts where after.contactedAt == nil:
            after.contactedAt = now
            let limit = time.due(from: after.receivedAt, limit: rates.contactWithin)
            after.isContactedInTime = now <= limit.instant
        case .asksExclusion: after.exclusionAsked = command.reason
        case .excludes: after.isExcluded = true
        case .offersAnswer:
            after.offeredPost = command.post
            after.offeredStaff = command.postHolder
        case .takesAnswer, .refusesAnswer:
            after.offeredPost = nil
            after.offeredStaff = nil
            if act.effect == .refusesAnswer, let most = act.atMost, after.trail.spent[act.name, default: 0] >= most {
                after.isSupervised = true
            }
        case .joins: after.joinedTo = command.matter
        case .separates: after.joinedTo = nil
        case .answers, .extends, .contacts, .returns, nil: break
        }
    }

    /// Sets the deadlines of the state that was entered.
    private func enter(_ state: Workflow.State, from before: CaseRecord, _ after: inout CaseRecord, at now: Instant) {
        let workflow = workflow(of: before)
        if state.clock == .starts {
            after.finalDue = deadline(from: now, limit(ofCategory: after.category))
            after.isBound = false
        }
        if workflow[before.state]?.clock == .stops, let final = before.finalDue {
            let extended = time.extend(
                Due(instant: final.at, isProvisional: final.isProvisional), pausedFrom: before.stateSince,
                pausedTo: now,
                limit: limit(ofCategory: after.category))
            after.finalDue = Deadline(at: extended.instant, isProvisional: extended.isProvisional)
        }
        // Where something is still to be done, what was reported done before is not.
        if workflow.acts(from: state.name).contains(where: { $0.needs.contains(.result) }) { after.finishedAt = nil }
        after.due = due(in: state, of: after, at: now)
    }
}

extension Refusal {
    static let notYours = Refusal(
        .forbidden, "cases.not-yours",
        LocalizedText("此步骤不由您所在的岗位办理", "This step is not your post's to take"),
        wayOn: LocalizedText("请切换到相应岗位，或联系责任单位", "Switch to the post concerned, or ask the body in charge"))

    static func unknownAct(_ name: ActName) -> Refusal {
        Refusal(
            .malformed, "cases.unknown-act",
            LocalizedText("没有“\(name.rawValue)”这一动作", "There is no act “\(name.rawValue)”"), field: "act")
    }

    static func missing(_ field: String, _ message: LocalizedText) -> Refusal {
        Refusal(.ruleBroken, "cases.missing-\(field)", message, field: field)
    }
}
