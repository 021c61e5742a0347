import Cases
import Cipher
import Desk
import Ground
import Ledger
import Storage
import WorkCalendar

/// Draws what is looked at on site, and takes what was seen there.
struct CheckWork: Sendable {
    let closings: Closings

    private var house: House { closings.house }

    /// More past periods than this are not made up for: what was closed so long ago looks like anything by now.
    private static let mostPeriodsBack = 4

    // MARK: Drawing

    /// Draws for every period that has ended and was not drawn for, as soon as the ledger has sealed a block after it.
    /// - Returns: how many matters were drawn.
    @discardableResult
    func drawDue(at now: Instant) async throws -> Int {
        var drawn = 0
        let length = Int64(closings.rules.everyDays)
        let last = now.local().day.number / length
        for period in (0..<Int64(Self.mostPeriodsBack)).reversed() {
            let until = Day(number: (last - period) * length)
            drawn += try await house.database.write { try draw(until: until, at: now, in: $0) }
        }
        return drawn
    }

    func draw(until: Day, at now: Instant, in transaction: any Transaction) throws -> Int {
        var draw = SiteDraw(
            id: house.identifiers.next(at: now), from: until - closings.rules.everyDays, until: until, seed: "",
            block: 0, population: 0, drawn: 0, rules: closings.rules.sample, at: now)
        let (from, end) = draw.span
        guard end <= now, try CheckStore.draw(until: until, in: transaction) == nil,
            let block = try Ledger.firstBlock(sealedFrom: end, in: transaction)
        else { return 0 }
        let population = try CheckStore.closed(from: from, until: end, in: transaction)
        guard !population.isEmpty else { return 0 }
        let sample = SiteSample.draw(population, seed: block.root, closings.rules.sample)
        draw.seed = block.root.hexadecimal
        draw.block = block.number
        draw.population = Int64(population.count)
        draw.drawn = Int64(sample.count)
        try CheckStore.insert(draw, in: transaction)
        try CheckStore.markPopulation(of: draw, in: transaction)
        let due = closings.cases.rules.time.due(from: now, limit: closings.rules.limit).instant
        for closing in sample {
            try CheckStore.insert(
                house.identifiers.next(at: now), of: draw, closing: closing, dueAt: due, in: transaction)
        }
        let made = draw
        try Ledger.record(
            LedgerEntry(
                "closings.draw", on: "site-draw", made.id, by: .system, at: now, id: house.identifiers.next(at: now),
                area: house.settings.area.code
            ) { writer in
                writer.member("fromDay", made.from.description)
                writer.member("untilDay", made.until.description)
                writer.member("seed", made.seed)
                writer.member("block", made.block)
                writer.member("population", made.population)
                writer.member("drawn", made.drawn)
                writer.member("populationHash", SiteSample.fingerprint(population.map(\.id)))
                writer.member("sampleHash", SiteSample.fingerprint(sample))
            }, in: transaction)
        return sample.count
    }

    /// Draws again what was drawn: the ids, from the seed and what the draw was made of.
    func drawnAgain(_ draw: SiteDraw, in transaction: any Transaction) throws -> Set<String> {
        let seed = Self.bytes(ofHexadecimal: draw.seed)
        return Set(
            SiteSample.draw(
                try CheckStore.population(of: draw, in: transaction), seed: seed, draw.rules))
    }

    private static func bytes(ofHexadecimal text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    // MARK: What was seen

    /// Takes what somebody saw. What is not true goes back by the act of the workflow.
    func take(
        _ id: Identifier<SiteCheck>, _ outcome: CheckOutcome, words: String, photos: [Photo], by scope: Scope,
        at now: Instant, in transaction: any Transaction
    ) throws -> SiteCheck {
        guard var check = try CheckStore.find(id, for: scope, in: transaction),
            let record = try closings.cases.matter(check.caseID, for: scope, in: transaction)
        else { throw Refusal.nothingHere }
        if let refusal = Self.refusal(of: check, record, for: scope) { throw refusal }
        let said = words.trimmingBlanks
        guard CheckOutcome.told.contains(outcome) else {
            throw Refusal(
                .ruleBroken, "closings.outcome",
                LocalizedText("请选择核查结果", "Say what you saw"), field: "outcome")
        }
        guard outcome == .isTrue || !said.isEmpty, said.count <= 1_000 else {
            throw Refusal(
                .ruleBroken, "closings.words",
                LocalizedText("请写明看到的情况（1000 字以内）", "Write what you saw, in at most 1,000 characters"),
                field: "words")
        }
        guard try CheckStore.end(id, outcome, words: said, by: scope, at: now, in: transaction) else {
            throw Self.doneAlready
        }
        var command = Command(
            outcome == .untrue ? Closings.foundUntrue : Closings.siteChecked,
            opinion: ([ClosingTexts.title(of: outcome).chinese] + (said.isEmpty ? [] : [said])).joined(separator: "："))
        command.occasion = .siteCheck
        _ = try closings.cases.act(
            record.id, command, by: .staff(scope), actor: Actor(scope), photos: photos, at: now, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "closings.check", on: "site-check", id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: check.area.code
            ) { writer in
                writer.member("case", record.id.text)
                writer.member("outcome", outcome.rawValue)
                writer.member("words", Digest.sha256(said).hexadecimal)
            }, in: transaction)
        check.outcome = outcome
        check.checkedAt = now
        check.staff = scope.staff
        check.words = said
        return check
    }

    /// Why this post may not look at this matter.
    static func refusal(of check: SiteCheck, _ record: CaseRecord, for scope: Scope) -> Refusal? {
        guard check.outcome == nil else { return doneAlready }
        guard check.body != scope.body, record.body != scope.body, record.handler != scope.staff else {
            return Refusal(
                .ruleBroken, "closings.own-work",
                LocalizedText(
                    "该件由您所在单位办理，须由其他单位的人现场核查", "Your own body handled this matter; somebody of another body looks at it"
                ),
                wayOn: LocalizedText("请由上级或其他单位有核查权限的同事办理", "Leave it to a verifier of another body or of the county"),
                rule: "checks.draw")
        }
        return nil
    }

    private static let doneAlready = Refusal(
        .conflict, "closings.done-already",
        LocalizedText("该件已核查，或已重新办理", "It was looked at already, or the matter was taken up again"),
        wayOn: LocalizedText("请回到列表", "Go back to the list"))
}
