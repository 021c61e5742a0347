import Cipher
import Desk
import Ground
import Storage

extension Clues {
    var store: ClueStore { ClueStore(vault: house.keys.vault) }
    var once: ClueOnce { ClueOnce(vault: house.keys.vault) }
    var diary: ClueJournal { ClueJournal(vault: house.keys.vault) }

    /// Takes a clue. Neither the address it came from nor who may be logged in is kept.
    /// - Parameter key: what makes a second sending the same; nil when there is none.
    /// - Throws: also when the key was used for another content.
    func send(_ text: String, area: AreaPrefix?, contact: String?, key: String?, at now: Instant) async throws
        -> ClueCode
    {
        let words = text.trimmedText
        guard (1...Clue.longestText).contains(words.count) else {
            throw missing(
                "text", "请写明您知道的情况（不超过 \(Clue.longestText) 字）",
                "Write what you know, in at most \(Clue.longestText) characters")
        }
        if let area, !house.settings.area.contains(area) {
            throw missing("area", "该地点不在本县内，可以留空", "That place is not in this county; it may stay empty")
        }
        let reach = contact?.trimmedText ?? ""
        guard reach.count <= 100 else { throw missing("contact", "联系方式不超过 100 字", "At most 100 characters") }
        let clue = Clue(
            text: words, area: area, contact: reach.isEmpty ? nil : reach, source: .sender, state: .received,
            receivedAt: now, changedAt: now)
        let vault = house.keys.vault
        let content = words + "\u{1}" + reach + "\u{1}" + (area?.code ?? "")
        let code = key.map { ClueCode.of(sending: $0, content: content, vault) } ?? .random()
        let clues = self
        try await house.database.write { transaction in
            if let key {
                // The code is the answer, and follows from both: it is kept nowhere.
                guard try clues.once.earlier(key, content: content, in: transaction) == nil else { return }
                try clues.once.keep("", key, content: content, in: transaction)
            }
            try clues.keep(clue, code: code, in: transaction)
        }
        return code
    }

    @discardableResult
    func keep(_ clue: Clue, code: ClueCode, in transaction: any Transaction) throws -> Int64? {
        guard let number = try store.insert(clue, code: code, in: transaction) else { return nil }
        try diary.append(ClueJournalEntry(act: .received, clue: number, at: clue.receivedAt), in: transaction)
        return number
    }

    /// What the holder of a code may see.
    func standing(_ typed: String) async throws -> Clue {
        guard let code = ClueCode(typed: typed) else { throw Self.unknownCode }
        let store = store
        guard let found = try await house.database.read({ try store.find(code, in: $0) }) else {
            throw Self.unknownCode
        }
        return found.clue
    }

    /// - Parameter key: what makes a second sending the same; nil when there is none.
    func add(_ text: String, to typed: String, key: String?, at now: Instant) async throws -> Clue {
        let words = text.trimmedText
        guard (1...Clue.longestNote).contains(words.count) else {
            throw missing(
                "addition", "请写明补充内容（不超过 \(Clue.longestNote) 字）",
                "Write what to add, in at most \(Clue.longestNote) characters")
        }
        guard let code = ClueCode(typed: typed) else { throw Self.unknownCode }
        let (store, diary, once) = (store, diary, once)
        let content = "addition\u{1}" + code.text + "\u{1}" + words
        return try await house.database.write { transaction in
            guard let (number, found) = try store.find(code, in: transaction) else { throw Self.unknownCode }
            if let key {
                if try once.earlier(key, content: content, in: transaction) != nil { return found }
                try once.keep("", key, content: content, in: transaction)
            }
            guard found.notes.count < Clue.mostNotes else { throw Self.full }
            // A repeated sending adds nothing.
            if let last = found.forSender.last, last.kind == .addition, last.text == words { return found }
            var clue = found
            clue.notes.append(Clue.Note(kind: .addition, text: words, at: now))
            clue.changedAt = now
            try store.update(clue, number, in: transaction)
            try diary.append(ClueJournalEntry(act: .added, clue: number, at: now), in: transaction)
            return clue
        }
    }

    func missing(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "clues.missing-\(field)", LocalizedText(chinese, english), field: field)
    }

    static let unknownCode = Refusal(
        .notFound, "clues.unknown-code", LocalizedText("没有这个查询码", "There is no such code"),
        wayOn: LocalizedText(
            "请核对后再试；查询码遗失无法找回，可重新提交", "Check it; a lost code cannot be found again, but you can send anew"),
        field: "code")

    static let full = Refusal(
        .ruleBroken, "clues.full", LocalizedText("补充次数已达上限", "No more can be added"),
        wayOn: LocalizedText("请重新提交一条线索", "Send a new one"))
}

extension String {
    /// Without white space at both ends.
    var trimmedText: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
