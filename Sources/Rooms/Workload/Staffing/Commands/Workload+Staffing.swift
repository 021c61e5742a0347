import Desk
import Dispatch
import Ground
import Identity
public import Ledger
import Mandates
import Places
import Storage

extension Workload {
    /// Computes a proposal for the whole county; changes nothing. Takes as long as the rules allow a step, on a thread of its
    /// own.
    func propose(assumesConsent: Bool, by scope: Scope, at now: Instant) async throws -> StaffingProposal {
        try scope.require(.decideDemand)
        let first = LoadMonth(of: now.local().day)
        let (picture, sources) = try await staffingPicture(from: first, at: now)
        let one = assumesConsent ? picture.one.without([.consent]) : picture.one
        let rules = staffing
        let answer = try await withCheckedThrowingContinuation { continuation in
            Self.solving.async {
                continuation.resume(
                    with: Result {
                        try StaffingAnswer.solve(
                            one, within: Int32(rules.seconds) * 1000, gap: Double(rules.gapPerMille) / 1000)
                    })
            }
        }
        guard answer.count.faults.isEmpty else {
            throw Refusal(
                .unavailable, "staffing.no-plan",
                LocalizedText("规定时间内没有算出方案", "No plan was found in the time that is set"),
                wayOn: LocalizedText(
                    "可在 staffing.yaml 中放宽 seconds 或减少 mostItems", "Allow more seconds or fewer items in staffing.yaml"))
        }
        return StaffingProposal(
            answer, picture, sources: sources, first: first, assumesConsent: assumesConsent)
    }

    /// The county as the solver sees it.
    func staffingPicture(
        from first: LoadMonth, at now: Instant
    ) async throws -> (picture: StaffingPicture, sources: [(code: String, title: LocalizedText)]) {
        let basis = try await forecast.basis(from: first, at: now)
        let county = house.settings.area
        let (identity, rules) = (identity, staffing)
        let day = now.local().day
        let held = basis.records
        let (idle, details) = try await house.database.read { transaction in
            let roles = rules.kinds.filter(\.isCounty).flatMap(\.roles)
            let idle =
                roles.isEmpty ? [] : try Forecast.records(within: county, roles, identity, in: transaction)
            var holders: [PostID: StaffID] = [:]
            for record in held + idle { holders[record.id] = record.staff }
            return (
                idle, try StaffingStore.details(within: county, on: day, holders: holders, in: transaction)
            )
        }
        let (candidates, sources) = staffingCandidates(basis)
        return (
            StaffingPicture(
                sheet: basis.sheet, posts: held, idle: idle, details: details, candidates: candidates,
                capacityOfMonth: basis.capacityOfMonth, rules: rules), sources
        )
    }

    /// The items with the most hours that may leave by the rules: all work of an item leaves together.
    private func staffingCandidates(
        _ basis: Forecast.Basis
    ) -> (
        candidates: [(work: [LoadWork], list: MandateList, isLedByLine: Bool)],
        sources: [(code: String, title: LocalizedText)]
    ) {
        let allowed = Set(staffing.bought.lists + staffing.returned.lists)
        var items:
            [String: (list: MandateList, title: LocalizedText, lead: String, works: [LoadWork], minutes: Int64)] =
                [:]
        for work in basis.works {
            guard case .item(let code, let list, let title, let lead) = basis.work[work.source].source,
                allowed.contains(list)
            else { continue }
            items[code, default: (list, title, lead, [], 0)].works.append(work)
            items[code]?.minutes += basis.sheet.bySource[work.source] + basis.sheet.unstaffed[work.source]
        }
        let most = items.sorted { ($1.value.minutes, $0.key) < ($0.value.minutes, $1.key) }.prefix(staffing.mostItems)
        return (
            most.map {
                ($0.value.works, $0.value.list, !["street", "community"].contains($0.value.lead))
            }, most.map { ($0.key, $0.value.title) }
        )
    }

    func keep(
        _ proposal: StaffingProposal, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> KeptProposal {
        try scope.require(.decideDemand)
        let kept = KeptProposal(
            id: house.identifiers.next(at: now), area: house.settings.area, at: now, content: proposal)
        try StaffingStore.insert(kept, by: scope, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "staffing.proposed", on: "staffing-proposal", kept.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: kept.area.code
            ) { writer in
                writer.member("yuan", proposal.yuan)
                writer.member("overMinutes", proposal.over)
                writer.member("missingMinutes", proposal.missing)
                writer.member("assumesConsent", proposal.assumesConsent)
            }, in: transaction)
        return kept
    }

    /// Somebody says of themselves where they would go. Nobody says it for another, and it can be taken back at any time.
    func agree(_ consent: KeptConsent, by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        guard !scope.isMachine else { throw Self.onlyOneself }
        guard staffing.kind(ofRole: scope.role) != nil else {
            throw Refusal(
                .ruleBroken, "staffing.kind", LocalizedText("本岗位不在调配的岗位类别之内", "Posts of this kind are not moved"),
                wayOn: LocalizedText("有其他岗位的请切换岗位", "Switch to another post, if you hold one"))
        }
        let county = String(scope.area.code.prefix(6))
        guard !consent.places.isEmpty, consent.places.count <= 100,
            consent.places.allSatisfy({ place in
                place == county
                    || place.utf8.count == 9 && place.hasPrefix(county) && places.name(of: place) != nil
            })
        else {
            throw Refusal(
                .ruleBroken, "staffing.places", LocalizedText("请选择本县的街道", "Choose streets of this county"),
                field: "places")
        }
        let today = now.local().day
        guard consent.until >= today, consent.until - today <= 366 else {
            throw Refusal(
                .ruleBroken, "staffing.until", LocalizedText("有效期须在今天起一年之内", "Valid from today for a year at most"),
                field: "until")
        }
        try StaffingStore.setConsent(of: scope, consent, at: now, in: transaction)
        try recordOfPost("staffing.agreed", scope.post, scope, at: now, in: transaction) { writer in
            writer.member("places", consent.places.sorted().map { places.name(of: $0) ?? $0 }.joined(separator: "、"))
            writer.member("until", consent.until.description)
        }
    }

    func withdrawConsent(by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        guard !scope.isMachine else { throw Self.onlyOneself }
        guard try StaffingStore.withdrawConsent(of: scope, in: transaction) else { return }
        try recordOfPost("staffing.withdrew", scope.post, scope, at: now, in: transaction) { _ in }
    }

    private static let onlyOneself = Refusal(
        .forbidden, "staffing.oneself", LocalizedText("同意只能由本人登录后作出", "Only the person says it, logged in"))

    /// The street enters grade and qualifications of a post of its own.
    func setDetails(
        of post: PostID, grade: Int, qualifications: [String], by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let record = try identity.directory.post(post, in: transaction), scope.area.contains(record.area) else {
            throw Refusal.nothingHere
        }
        try requireEntering(scope)
        guard (1...staffing.grades).contains(grade) else {
            throw Refusal(
                .ruleBroken, "staffing.grade",
                LocalizedText("等级须为 1–\(staffing.grades)", "A grade from 1 to \(staffing.grades)"), field: "grade")
        }
        let known = Set(staffing.qualifications.map(\.key))
        guard known.isSuperset(of: qualifications) else {
            throw Refusal(
                .ruleBroken, "staffing.qualification", LocalizedText("没有这项资格", "There is no such qualification"),
                field: "qualifications")
        }
        try StaffingStore.setDetails(
            of: record, grade: grade, qualifications: Array(Set(qualifications)), at: now, in: transaction)
        try recordOfPost("staffing.details", post, scope, at: now, in: transaction) { writer in
            writer.member("grade", Int64(grade))
            writer.member("qualifications", qualifications.sorted().joined(separator: ","))
        }
    }

    /// A street for its own posts, and the coordination office.
    func requireEntering(_ scope: Scope) throws(Refusal) {
        if !scope.may(.decideDemand) { try scope.require(.answerDemand) }
    }

    /// Names with grades leave the house.
    func recordExport(of rows: Int, in area: AreaPrefix, by scope: Scope, at now: Instant) async throws {
        let id: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        try await house.database.write { transaction in
            try Ledger.record(
                LedgerEntry(
                    "staffing.exported", on: "export", id, by: Actor(scope), at: now, id: id, area: scope.area.code
                ) { writer in
                    writer.member("exportedArea", area.code)
                    writer.member("rows", rows)
                }, in: transaction)
        }
    }

    private func recordOfPost(
        _ act: String, _ post: PostID, _ scope: Scope, at now: Instant, in transaction: any Transaction,
        facts: (inout JSONWriter) throws -> Void
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "staffing-post", post, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: scope.area.code, facts: facts), in: transaction)
    }

    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [
            .init("staffing.", WorkloadTexts.staffing), .init("workload.", WorkloadTexts.workload),
        ]
        words.acts = [
            .init("staffing.proposed", "计算用人调配方案", "A staffing proposal was computed"),
            .init("staffing.agreed", "本人同意调配", "Agreed to be moved"),
            .init("staffing.withdrew", "本人撤回同意", "Took the agreement back"),
            .init("staffing.details", "登记等级与资格", "Grade and qualifications entered"),
            .init("staffing.exported", "导出等级与资格", "Grades and qualifications taken out"),
            .init("workload.capacity", "登记可用工时变化", "A change of the time that there is was entered"),
            .init("workload.capacity-withdrawn", "撤回可用工时登记", "An entry of time was taken back"),
            .init("workload.standard-time", "修正标准工时", "A standard time was corrected"),
            .init("workload.standard-time-withdrawn", "撤回标准工时修正", "A correction of a standard time was taken back"),
        ]
        words.subjects = [
            "staffing-proposal": .init("用人调配方案", "Staffing proposal", right: .readWorkload) { "/staffing/\($0)" },
            "staffing-post": .init("岗位", "Post", right: .readWorkload),
            "time-correction": .init("标准工时修正", "Correction of a standard time", right: .readWorkload) { _ in
                "/workload/standard-times"
            },
            "capacity-entry": .init("可用工时登记", "Entry of time", right: .readWorkload),
        ]
        words.facts = [
            .init("overMinutes", "超负荷分钟", "Minutes over"), .init("missingMinutes", "仍缺分钟", "Minutes still missing"),
            .init("assumesConsent", "按全员同意推算", "As if all agreed"), .init("places", "愿去的街道", "Streets"),
            .init("until", "有效期至", "Until"), .init("grade", "等级", "Grade"),
            .init("qualifications", "资格", "Qualifications"), .init("capacityKind", "变化种类", "Kind of change"),
            .init("exportedArea", "导出区域", "Area taken out"), .init("people", "人数", "People"),
            .init("since", "自", "From"),
            .init("dutyItem", "清单事项", "Item of the lists"),
            .init("task", "任务", "Task"), .init("correctedMinutes", "修正后分钟", "Corrected minutes"),
            .init("standardMinutes", "清单标准分钟", "Minutes on the list"),
            .init("middleMinutes", "记录中位分钟", "Recorded middle, in minutes"), .init("records", "记录件数", "Records"),
        ]
        return words
    }
}
