import Cases
import Desk
import Ground
import Identity
import Ledger
import Storage
import WorkCalendar

/// What came of one call.
enum CallOutcome: String, Sendable, CaseIterable {
    case answered
    case noAnswer = "no-answer"
    case refused
    case wrongNumber = "wrong-number"

    var title: LocalizedText {
        switch self {
        case .answered: LocalizedText("已答复", "Answered")
        case .noAnswer: LocalizedText("未接通", "No answer")
        case .refused: ClosingTexts.title(of: CallEnd.refused)
        case .wrongNumber: ClosingTexts.title(of: CallEnd.wrongNumber)
        }
    }
}

/// What somebody says who called.
struct CallReport: Sendable {
    var outcome: CallOutcome
    var isSolved: Bool?
    var satisfaction: Int?
    /// Not solved: whether it is taken up again.
    var takesUp = true
    var words: String
}

/// Lists of calls: one for each post, handed on when somebody is away.
struct CallWork: Sendable {
    let closings: Closings

    private var house: House { closings.house }
    private var rules: CallRules { closings.rules.calls }

    // MARK: Lists

    /// Puts the longest waiting on the list of this post.
    func take(by scope: Scope, at now: Instant, in transaction: any Transaction) throws -> Int {
        let held = try ClosingStore.list(of: scope.post, at: now, limit: rules.batch, in: transaction)
        let waiting = try ClosingStore.waiting(
            for: scope, at: now, limit: max(0, rules.batch - held.count), in: transaction)
        guard !waiting.isEmpty else { return 0 }
        try ClosingStore.give(
            waiting.map(\.id), to: scope.post, until: now + rules.kept, in: transaction)
        try record("closings.take", count: waiting.count, to: nil, by: scope, at: now, in: transaction)
        return waiting.count
    }

    /// Hands some of the own list to another post, or back to all.
    func give(
        _ ids: [Identifier<Closing>], to post: PostID?, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Int {
        let held = try ClosingStore.list(of: scope.post, at: now, limit: 500, in: transaction)
        let given = ids.isEmpty ? held : held.filter { ids.contains($0.id) }
        guard !given.isEmpty else {
            throw Refusal(
                .ruleBroken, "closings.nothing-chosen",
                LocalizedText("名单中没有所选的件", "None of these is on your list"),
                wayOn: LocalizedText("请刷新名单后重选", "Reload the list and choose again"), field: "select")
        }
        if let post {
            let known = try holders(for: scope, in: transaction).first { $0.post.id == post }
            guard let known, given.allSatisfy({ known.post.area.contains($0.area) }) else {
                throw Refusal(
                    .ruleBroken, "closings.unknown-post",
                    LocalizedText("该岗位不能接收这份名单", "That post cannot take these calls"),
                    wayOn: LocalizedText(
                        "请选择本辖区其他有回访权限的岗位，或退回", "Choose another post with the right in the area, or give them back"),
                    field: "post")
            }
        }
        try ClosingStore.give(given.map(\.id), to: post, until: post.map { _ in now + rules.kept }, in: transaction)
        try record("closings.give", count: given.count, to: post, by: scope, at: now, in: transaction)
        return given.count
    }

    /// Other posts that may call people of this area.
    func holders(for scope: Scope, in transaction: any Transaction) throws -> [PostHolder] {
        try closings.directory.postHolders(right: .caseFollowUp, area: scope.area, in: transaction)
            .filter { $0.post.id != scope.post }
    }

    private func record(
        _ act: String, count: Int, to post: PostID?, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        let id: Identifier<LedgerEntry> = house.identifiers.next(at: now)
        try Ledger.record(
            LedgerEntry(act, on: "call-list", id, by: Actor(scope), at: now, id: id, area: scope.area.code) { writer in
                writer.member("count", Int64(count))
                if let post { writer.member("toPost", post.text) }
            }, in: transaction)
    }

    // MARK: Calling

    /// The number of one resident on the own list, at an hour at which people may be called. The purpose is on the ledger.
    func number(of id: Identifier<Closing>, by scope: Scope, at now: Instant) async throws
        -> (name: String?, phone: String?)
    {
        let found = try await house.database.read { try ClosingStore.find(id, for: scope, in: $0) }
        guard let found else { throw Refusal.nothingHere }
        try check(found, scope, at: now)
        try checkHour(now)
        return try await closings.cases.revealReporter(found.caseID, purpose: "回访", by: scope, at: now)
    }

    private func check(_ record: ClosingRecord, _ scope: Scope, at now: Instant) throws(Refusal) {
        guard let callAt = record.callAt else {
            throw Refusal(
                .conflict, "closings.not-to-call",
                LocalizedText("该件不再需要回访", "Nobody is to be called about this any more"),
                wayOn: LocalizedText("请回到名单", "Go back to the list"))
        }
        guard record.isHeld(by: scope.post, at: now) else {
            throw Refusal(
                .conflict, "closings.not-on-list",
                LocalizedText("该件不在您的名单上", "This is not on your list"),
                wayOn: LocalizedText("请先领取名单；同一件只由一个岗位打", "Take calls first; only one post calls one person"))
        }
        guard callAt <= now else {
            throw Refusal(
                .conflict, "closings.too-soon",
                LocalizedText(
                    "刚打过，请于 \(callAt.local().minuteText) 后再打",
                    "It was tried just now; call again after \(callAt.local().minuteText)"),
                wayOn: LocalizedText("请先打名单上的其他件", "Call others on the list first"))
        }
    }

    func checkHour(_ now: Instant) throws(Refusal) {
        let calendar = closings.cases.rules.time.calendar
        guard !rules.isDecent(now, calendar) else { return }
        let hours = rules.hours(of: now.local().day, calendar).map(\.text)
        throw Refusal(
            .conflict, "closings.no-hour-to-call",
            LocalizedText(
                hours.isEmpty ? "今天不打回访电话" : "现在不是打电话的时间（今天 \(hours.joined(separator: "、"))）",
                hours.isEmpty
                    ? "Nobody is called today"
                    : "This is no hour to call people (today \(hours.joined(separator: ", ")))"),
            wayOn: LocalizedText("请在规定时段内拨打", "Call within these hours"), rule: "checks.calls")
    }

    /// Takes what came of a call.
    func take(
        _ report: CallReport, of id: Identifier<Closing>, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> CallEnd? {
        guard let closing = try ClosingStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        try check(closing, scope, at: now)
        guard report.words.count <= 1_000 else {
            throw Refusal(
                .ruleBroken, "closings.words", LocalizedText("超过 1000 字", "More than 1,000 characters"), field: "words")
        }
        let attempts = closing.attempts + 1
        let end: CallEnd? =
            switch report.outcome {
            case .answered: .answered
            case .refused: .refused
            case .wrongNumber: .wrongNumber
            case .noAnswer: attempts >= rules.attempts ? .unreachable : nil
            }
        if let end {
            // Before the act, which ends what is still open in other ways.
            try ClosingStore.end(closing, end, attempts: attempts, at: now, in: transaction)
        } else {
            try ClosingStore.noteAttempt(closing, next: now + rules.pause, in: transaction)
        }
        if report.outcome == .answered {
            try takeAnswer(report, of: closing, by: scope, at: now, in: transaction)
        }
        try Ledger.record(
            LedgerEntry(
                "closings.call", on: "closing", id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: closing.area.code
            ) { writer in
                writer.member("case", closing.caseID.text)
                writer.member("outcome", report.outcome.rawValue)
                writer.member("attempt", Int64(attempts))
            }, in: transaction)
        return end
    }

    private func takeAnswer(
        _ report: CallReport, of closing: ClosingRecord, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let isSolved = report.isSolved, let satisfaction = report.satisfaction else {
            throw Refusal(
                .ruleBroken, "cases.missing-rating",
                LocalizedText("请选择是否解决，以及满意程度", "Say whether it is solved, and how satisfied they are"), field: "rating"
            )
        }
        guard let record = try closings.cases.matter(closing.caseID, for: scope, in: transaction) else {
            throw Refusal.nothingHere
        }
        let isTakenUp = !isSolved && report.takesUp
        let isEnded = record.endedAt != nil
        var command = Command(
            isTakenUp ? Closings.callUnsolved : isEnded ? Closings.callAnsweredLate : Closings.callAnswered,
            opinion: report.words.isEmpty ? nil : report.words, isSolved: isSolved, satisfaction: satisfaction)
        if isTakenUp, report.words.isEmpty {
            throw Refusal(
                .ruleBroken, "closings.words",
                LocalizedText("未解决的，请写明群众的原话", "Not solved: write what the resident said"), field: "words")
        }
        command.occasion = .call
        _ = try closings.cases.act(
            record.id, command, by: .staff(scope), actor: Actor(scope), at: now, in: transaction)
    }

    /// Whom nobody called in time.
    func endLate(at now: Instant) async throws {
        let before = now - rules.within
        while try await house.database.write({ try ClosingStore.endLate(before: before, at: now, in: $0) }) == 500 {}
    }
}
