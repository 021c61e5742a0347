import Desk
import Ground
import Identity
import Storage
import WorkCalendar

/// What the people of one body and role have open, for whoever shares work among them.
struct WorkShareBoard: Sendable {
    struct Person: Sendable, Hashable {
        var staff: StaffID
        var name: String
        var open: Int64
    }

    /// By name, never by number.
    var people: [Person]
    /// Why one more is too much for the person asked about; nil when it is not, or when no rule applies now.
    var finding: WorkShare.Finding?

    /// A board of one has nobody to share with.
    var isShared: Bool { people.count > 1 }

    func names(of staff: [StaffID]) -> LocalizedText {
        let names = people.filter { staff.contains($0.staff) }.map(\.name)
        return LocalizedText(names.joined(separator: "、"), names.joined(separator: ", "))
    }
}

extension Cases {
    /// States in which the body's handler has something to do now: neither those that wait for others nor those whose time
    /// stands still.
    var statesInHand: [StateName] {
        rules.workflows.flatMap(\.states).filter { $0.owner?.party == .body && $0.clock != .stops }.map(\.name)
    }

    // MARK: Asking

    /// Checks that whoever becomes handler, or is asked to answer for the matter, has no more than a fair share, or that a
    /// reason is named; what was found is kept with the command for the ledger.
    func weigh(
        _ command: inout Command, _ decision: Decision, by performer: Performer, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let isTaking = workShare.applies(to: decision.act)
        guard case .staff(let scope) = performer, isTaking || decision.act.effect == .offersAnswer else { return }
        let board =
            isWeighed(decision.before, at: now)
            ? try weighedBoard(for: command, decision, by: scope, in: transaction) : nil
        guard let board, let finding = board.finding else {
            // A reason of this list says that somebody had much; nobody did.
            if decision.act.reasons == nil { command.reason = nil }
            return
        }
        guard let code = command.reason, rules.reason(code, in: WorkShare.reasons) != nil else {
            throw Refusal.beyondShare(finding, roomy: board.names(of: finding.roomy))
        }
        command.beyondShare = finding
    }

    /// - Returns: nil where it is plain without one: mostly nobody has much.
    private func weighedBoard(
        for command: Command, _ decision: Decision, by scope: Scope, in transaction: any Transaction
    ) throws -> WorkShareBoard? {
        guard workShare.applies(to: decision.act) else {
            guard let post = command.post else { return nil }
            return try answeringBoards(on: decision.before, for: scope, in: transaction)[post]
        }
        guard decision.after.handler == scope.staff, decision.before.handler != scope.staff,
            try WorkShareStore.hasInHand(
                workShare.leastOpen, scope.staff, of: scope.body, in: statesInHand, in: transaction)
        else { return nil }
        return try takingBoard(of: decision.act, on: decision.before, for: scope, in: transaction)
    }

    /// Not at night, when whoever is there takes what comes, nor for what is urgent.
    func isWeighed(_ record: CaseRecord, at now: Instant) -> Bool {
        guard rules.time.isInOffice(at: now) else { return false }
        guard let urgency = record.category.flatMap({ rules.categories[$0]?.urgency }) else { return true }
        return !workShare.urgent.contains(urgency)
    }

    // MARK: Boards

    /// Who of somebody's body and role may take, wherever it is, and what each has in hand.
    struct Takers: Sendable {
        fileprivate var holders: [PostHolder]
        fileprivate var open: [StaffID: Int64]
    }

    func takers(by right: Right?, for scope: Scope, in transaction: any Transaction) throws -> Takers {
        Takers(
            holders: try directory.postHolders(
                body: scope.body, role: scope.role, right: right, in: transaction),
            open: try WorkShareStore.inHand(of: scope.body, in: statesInHand, in: transaction))
    }

    /// What those who could take a matter of the body have in hand: people of the same role whose post reaches its place.
    func takingBoard(
        of act: Workflow.Act, on record: CaseRecord? = nil, for scope: Scope, in transaction: any Transaction
    ) throws -> WorkShareBoard {
        takingBoard(of: try takers(by: act.right, for: scope, in: transaction), on: record, for: scope)
    }

    func takingBoard(of takers: Takers, on record: CaseRecord?, for scope: Scope) -> WorkShareBoard {
        let near = takers.holders.filter { holder in
            guard let area = record?.area else { return true }
            return holder.post.area.contains(area) || area.contains(holder.post.area)
        }
        return board(near, takers.open, asking: scope.staff)
    }

    /// For each post of the giver's own body that could answer for a matter: what people of its role answer for.
    func answeringBoards(
        on record: CaseRecord, for scope: Scope, in transaction: any Transaction
    ) throws -> [PostID: WorkShareBoard] {
        let holders = try directory.postHolders(
            body: scope.body, right: .caseAccept, area: record.area, in: transaction
        ).filter { $0.staff != record.answerable }
        let open = try WorkShareStore.answeredFor(by: holders.map(\.staff), in: transaction)
        return holders.reduce(into: [:]) { boards, holder in
            boards[holder.post.id] = board(
                holders.filter { $0.post.role == holder.post.role }, open, asking: holder.staff)
        }
    }

    /// One person may hold several posts.
    private func board(_ holders: [PostHolder], _ open: [StaffID: Int64], asking staff: StaffID) -> WorkShareBoard {
        var seen: Set<StaffID> = []
        let people = holders.filter { seen.insert($0.staff).inserted }
            .map { WorkShareBoard.Person(staff: $0.staff, name: $0.staffName, open: open[$0.staff] ?? 0) }
            .sorted { ($0.name, $0.staff) < ($1.name, $1.staff) }
        let own = people.first { $0.staff == staff }?.open ?? open[staff] ?? 0
        let colleagues = people.filter { $0.staff != staff }.map { (staff: $0.staff, open: $0.open) }
        return WorkShareBoard(people: people, finding: workShare.finding(for: own, among: colleagues))
    }
}

extension Refusal {
    /// - Parameter roomy: the names of colleagues who have room.
    static func beyondShare(_ finding: WorkShare.Finding, roomy: LocalizedText) -> Refusal {
        let median = WorkShareBoard.text(finding.median)
        return Refusal(
            .ruleBroken, "cases.beyond-share",
            LocalizedText(
                "手头已有 \(finding.open) 件，同单位同岗位同事的中位数为 \(median) 件：再接一件须说明理由",
                "\(finding.open) are open already, the median of colleagues of the same body and role is \(median): one more needs a reason"
            ),
            wayOn: LocalizedText(
                "请选择理由后再办，或由手头较少的同事接办：\(roomy.chinese)",
                "Choose a reason, or let one of those take it who have room: \(roomy.english)"),
            rule: WorkShare.file, field: "reason")
    }
}

extension WorkShareBoard {
    /// Halves occur.
    static func text(_ median: Double) -> String {
        median == median.rounded() ? String(Int64(median)) : String(median)
    }
}
