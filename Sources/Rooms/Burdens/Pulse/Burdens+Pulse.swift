import Cipher
import Desk
import Ground
import Identity
import Ledger
import Storage

extension Burdens {
    /// A round with its slips, told once and kept nowhere in clear.
    struct OpenedPulse: Sendable {
        var round: PulseRound
        var groups: [(group: PulseGroup, codes: [String])]
    }

    /// Letters and digits that are not mistaken for each other.
    private static let alphabet = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")

    /// Ten characters of thirty-two: nobody tries them all.
    private static func code() -> String {
        let text = SecureRandom.bytes(10).map { alphabet[Int($0) % alphabet.count] }
        return String(text.prefix(5)) + "-" + String(text.suffix(5))
    }

    /// Opens a round for the whole county. One at a time: two at once could be compared.
    func openPulse(by scope: Scope, at now: Instant, in transaction: any Transaction) throws -> OpenedPulse {
        try scope.require(.decideDemand)
        let today = now.local().day
        let county = house.settings.area
        if let last = try PulseStore.rounds(for: scope, after: nil, limit: 1, in: transaction).first,
            last.isOpen(on: today)
        {
            throw Refusal(
                .conflict, "pulse.open",
                LocalizedText("上一轮问卷到 \(last.closesOn) 才结束", "The last round is open until \(last.closesOn)"),
                wayOn: LocalizedText("结束后再开新一轮", "Open the next when it is over"))
        }
        let holders = try identity.directory.heldPosts(
            within: county, roles: identity.roles.all.map(\.key).sorted(), limit: 200_000, in: transaction)
        // One person one slip, in the street of the first post.
        var asked: Set<StaffID> = []
        var people: [String: Int] = [:]
        for post in holders where asked.insert(post.staff).inserted {
            people[String(post.area.code.prefix(9)), default: 0] += 1
        }
        let groups = PulseGroup.groups(of: people, smallest: pulse.smallest)
        guard !groups.isEmpty else {
            throw Refusal(
                .ruleBroken, "pulse.few",
                LocalizedText("全县不足 \(pulse.smallest) 人，不能开展", "Fewer than \(pulse.smallest) people in all"),
                wayOn: LocalizedText("人太少时匿名没有保证，请当面听取意见", "So few cannot be anonymous; ask them in person"))
        }
        let round = PulseRound(
            id: house.identifiers.next(at: now), area: county, openedAt: now, closesOn: today + pulse.days,
            questions: pulse.questions.map(\.key))
        let opened = groups.map { ($0, (0..<$0.size).map { _ in Self.code() }) }
        try PulseStore.insert(round, opened, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "pulse.opened", on: "pulse", round.id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: county.code
            ) { writer in
                writer.member("groups", Int64(groups.count))
                writer.member("slips", Int64(groups.reduce(0) { $0 + $1.size }))
            }, in: transaction)
        return OpenedPulse(round: round, groups: opened)
    }

    /// Counts a slip. No entry of the ledger, no sender, no time: the sums are all there is.
    func answerPulse(
        _ code: String, _ choices: [String: String], at now: Instant, in transaction: any Transaction
    ) throws {
        guard let round = try PulseStore.round(ofSlip: code, in: transaction),
            round.isOpen(on: now.local().day)
        else {
            throw Refusal(
                .notFound, "pulse.slip",
                LocalizedText("没有这张纸条，或已用过、已截止", "There is no such slip, or it was used, or the round is over"),
                wayOn: LocalizedText("请核对纸条上的十位字符", "Compare the ten characters on the slip"), field: "code")
        }
        for key in round.questions {
            let known = pulse.questions.first { $0.key == key }?.choices.map(\.key) ?? []
            guard known.isEmpty || choices[key].map(known.contains) ?? false else {
                throw Refusal(
                    .ruleBroken, "pulse.choice", LocalizedText("每一题都请选一项", "Choose one for each question"), field: key)
            }
        }
        let asked = choices.filter { round.questions.contains($0.key) }
        guard try PulseStore.count(asked, ofSlip: code, in: transaction) else {
            throw Refusal(.conflict, "pulse.used", LocalizedText("这张纸条已用过", "The slip was used"), field: "code")
        }
    }
}
