import Desk
import Ground
import Identity
import Ledger
import Storage

/// 约束数据权: what is taken in clear too often is refused with the rule, and the refusal is on the ledger.
extension Forms {
    /// A taking over the limit; whoever opened the transaction has it noted in one of its own.
    struct TakenTooOften: Error {
        var form: FormDefinition
        var refusal: Refusal
    }

    /// The line for which a taking counts; nil for those who keep the facts themselves, and for further pages.
    /// - Throws: ``TakenTooOften``.
    func countedLine(
        of form: CompiledForm, _ question: FormQuestion, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> String? {
        guard let line = scope.line, line != "data" else { return nil }
        let definition = form.definition
        if question.after != nil {
            let before = try FormReadingsStore.count(
                of: .form, definition, line: line, since: now - .minutes(taking.pagesWithinMinutes), in: transaction)
            if before.count > 0 { return nil }
        }
        for limit in taking.limits {
            let most = limit.most(statedTimesAYear: definition.timesAYear)
            let before = try FormReadingsStore.count(
                of: limit.of, definition, line: line, since: now - .days(limit.days), in: transaction)
            guard before.count >= most else { continue }
            throw TakenTooOften(form: definition, refusal: refusal(limit, most, definition, before.first, now))
        }
        return line
    }

    private func refusal(
        _ limit: TakingRules.Limit, _ most: Int, _ form: FormDefinition, _ first: Instant?, _ now: Instant
    ) -> Refusal {
        let freeAt = first.map { $0 + .days(limit.days) } ?? now
        let whole =
            switch limit.of {
            case .form: LocalizedText("同一张表", "one form")
            case .purpose: LocalizedText("同一用途", "one purpose")
            }
        return Refusal(
            .tooOften, "forms.too-often",
            LocalizedText(
                "本部门取用原文已达上限：\(whole.chinese) \(limit.days) 天内最多 \(most) 次",
                "Your department has taken it in clear as often as it may: \(whole.english), \(most) times in \(limit.days) days"
            ),
            wayOn: LocalizedText(
                "只要变化的请订阅；统计数和打码名单不限次数", "Subscribe for what changes; figures and masked lists are not limited"),
            rule: "约束数据权：取用频次（\(TakingRules.file)）",
            retryAfterSeconds: max(1, Int((freeAt - now).milliseconds / 1_000)))
    }

    /// A write in which something is taken in clear.
    /// - Throws: the refusal, after it was noted, when it is taken too often.
    func taking<Value: Sendable>(
        by scope: Scope, at now: Instant, _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        do {
            return try await house.database.write(body)
        } catch let over as TakenTooOften {
            let id: Identifier<LedgerEntry> = house.identifiers.next(at: now)
            try await house.database.write { transaction in
                try Ledger.record(
                    LedgerEntry(
                        id: id, act: "forms.taking-refused", subjectKind: "form", subjectID: over.form.key,
                        actor: Actor(scope), happenedAt: now, receivedAt: now, area: scope.area.code,
                        purpose: over.form.purpose,
                        facts: JSONWriter.object { $0.member("code", over.refusal.code) }), in: transaction)
            }
            throw over.refusal
        }
    }
}
