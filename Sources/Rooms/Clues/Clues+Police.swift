import Desk
import Ground
import Identity
import Storage

extension Clues {
    struct Line: Sendable {
        var number: Int64
        var clue: Clue
    }

    func list(for scope: Scope, before: Int64?, limit: Int) async throws -> (items: [Line], next: Int64?) {
        let (store, county) = (store, house.settings.area)
        let page = try await house.database.read {
            try store.page(for: scope, county: county, before: before, limit: limit, in: $0)
        }
        return (page.items.map { Line(number: $0.number, clue: $0.clue) }, page.next)
    }

    private func found(_ number: Int64, for scope: Scope, in transaction: any Transaction) throws -> Clue {
        guard let clue = try store.find(number, in: transaction), clue.isFor(scope, county: house.settings.area) else {
            throw Refusal.nothingHere
        }
        return clue
    }

    /// The whole clue, for a purpose that the journal keeps before anything is shown.
    func read(_ number: Int64, purpose text: String, by scope: Scope, at now: Instant) async throws -> (
        clue: Clue, files: Int
    ) {
        try scope.require(.readClues)
        let purpose = text.trimmedText
        guard (2...200).contains(purpose.count) else {
            throw missing("purpose", "请写明查阅目的（2–200 字）", "Say what you read it for (2 to 200 characters)")
        }
        let clues = self
        return try await house.database.write { transaction in
            let clue = try clues.found(number, for: scope, in: transaction)
            try clues.note(.read, number, by: scope, at: now, purpose: purpose, in: transaction)
            return (clue, try clues.store.fileCount(of: number, in: transaction))
        }
    }

    func file(_ position: Int64, of number: Int64, by scope: Scope, at now: Instant) async throws -> ClueStore.File {
        try scope.require(.readClues)
        let clues = self
        return try await house.database.write { transaction in
            _ = try clues.found(number, for: scope, in: transaction)
            guard let file = try clues.store.file(position, of: number, in: transaction) else {
                throw Refusal.nothingHere
            }
            try clues.note(.read, number, by: scope, at: now, purpose: "附件 \(position)", in: transaction)
            return file
        }
    }

    /// - Parameters:
    ///   - text: what is noted, answered, found at the end, or to whom it was handed on.
    ///   - key: what makes a second sending the same; nil when there is none.
    /// - Returns: the state in which the act left the clue.
    func act(
        _ act: ClueAct, on number: Int64, text: String, key: String?, by scope: Scope, at now: Instant
    ) async throws -> Clue.State {
        try scope.require(.actOnClues)
        let words = text.trimmedText
        guard act == .take || (1...Clue.longestNote).contains(words.count) else {
            throw missing(
                "text", "请填写内容（不超过 \(Clue.longestNote) 字）", "Write something, at most \(Clue.longestNote) characters")
        }
        let clues = self
        return try await house.database.write { transaction in
            var clue = try clues.found(number, for: scope, in: transaction)
            let content = "act\u{1}\(number)\u{1}\(act.rawValue)\u{1}\(words)"
            let owned = key.map { scope.staff.text + "\u{1}" + $0 }
            if let owned, let answer = try clues.once.earlier(owned, content: content, in: transaction) {
                return Clue.State(rawValue: answer) ?? clue.state
            }
            guard act.isPossible(in: clue.state), clue.notes.count < Clue.mostNotes else {
                throw Refusal(
                    .conflict, "clues.not-now",
                    LocalizedText("这条线索现在不能这样处理", "That is not possible with this clue now"),
                    wayOn: LocalizedText("可能刚有同事处理，请刷新查看", "A colleague may just have acted; look again"))
            }
            clue.changedAt = now
            let journal: ClueJournalEntry.Act
            switch act {
            case .take:
                clue.state = .looking
                journal = .taken
            case .note:
                clue.notes.append(Clue.Note(kind: .internalNote, text: words, at: now))
                journal = .noted
            case .reply:
                clue.notes.append(Clue.Note(kind: .reply, text: words, at: now))
                journal = .noted
            case .handOn:
                clue.state = .looking
                clue.notes.append(Clue.Note(kind: .internalNote, text: "移交：\(words)", at: now))
                journal = .handedOn
            case .end:
                clue.state = .ended
                clue.outcome = words
                journal = .ended
            }
            try clues.store.update(clue, number, in: transaction)
            try clues.note(journal, number, by: scope, at: now, purpose: nil, in: transaction)
            if let owned {
                try clues.once.keep(clue.state.rawValue, owned, content: content, in: transaction)
            }
            return clue.state
        }
    }

    private func note(
        _ act: ClueJournalEntry.Act, _ number: Int64, by scope: Scope, at now: Instant, purpose: String?,
        in transaction: any Transaction
    ) throws {
        try diary.append(
            ClueJournalEntry(
                act: act, clue: number, at: now, staff: scope.staff.text, staffName: scope.staffName, purpose: purpose),
            in: transaction)
    }

    /// For the police's auditor, and for the police themselves: what was done, never what a clue says.
    func journal(for scope: Scope, before: Int64?, limit: Int) async throws -> (
        items: [(number: Int64, entry: ClueJournalEntry)], next: Int64?
    ) {
        try scope.require(.auditClues)
        // What the journal tells is of the whole county.
        guard scope.line == nil, scope.area.contains(house.settings.area) else { throw Refusal.nothingHere }
        let diary = diary
        return try await house.database.read { try diary.page(before: before, limit: limit, in: $0) }
    }
}
