import Cases
import Cipher
import Desk
import Ground
import Identity
import Ledger
import Messages
import Storage

/// A dispute as it is entered.
struct NewDispute: Sendable {
    var kind: String
    var title: String
    var detail: String
    var area: AreaPrefix
    var parties: [NewParty]
    /// The dispute whose agreement did not hold.
    var follows: CaseID?
}

extension Disputes {
    static let wordsPurpose: StaticString = "disputes.words"
    static let namePurpose: StaticString = "disputes.party.name"
    static let notePurpose: StaticString = "disputes.note"
    static let agreementPurpose: StaticString = "disputes.agreement"

    func enter(_ new: NewDispute, by scope: Scope, at now: Instant, in transaction: any Transaction) throws -> Dispute {
        guard new.title.count <= DisputeWords.longestTitle else {
            throw missing(
                "title", "事由不超过 \(DisputeWords.longestTitle) 字", "At most \(DisputeWords.longestTitle) characters")
        }
        guard new.detail.count <= DisputeWords.longestDetail else {
            throw missing(
                "detail", "经过不超过 \(DisputeWords.longestDetail) 字", "At most \(DisputeWords.longestDetail) characters")
        }
        guard new.parties.count <= 20, new.parties.contains(where: { $0.side == .first }),
            new.parties.contains(where: { $0.side == .second })
        else {
            throw missing("parties", "请登记双方当事人（最多 20 人）", "Enter both sides (at most 20 persons)")
        }
        let record = try cases.begin(
            Beginning(
                kind: Dispute.kindName, variant: new.kind, title: new.title, detail: new.detail, area: new.area),
            by: scope, at: now, in: transaction)
        for party in new.parties { try add(party, to: record.id, by: scope, at: now, in: transaction) }
        guard var dispute = try DisputeStore.find(record.id, in: transaction) else { throw Refusal.nothingHere }
        if let follows = new.follows {
            let earlier = try DisputeStore.find(follows, for: scope, in: transaction)
            let before = dispute
            dispute.follows = earlier.id
            try DisputeStore.update(dispute, from: before, in: transaction)
        }
        return dispute
    }

    @discardableResult
    func add(
        _ new: NewParty, to id: CaseID, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> Party {
        let dispute = try DisputeStore.find(id, for: scope, in: transaction)
        guard scope.may(.beginDisputes) || scope.may(.mediate) else {
            try scope.require(.mediate)
            throw Refusal.nothingHere
        }
        guard dispute.outcome == .open else { throw Refusal.disputeEnded }
        guard try PartyStore.parties(of: id, in: transaction).count < 20 else {
            throw missing("parties", "当事人最多 20 人", "At most 20 persons")
        }
        let name = new.name.trimmedText
        guard (1...40).contains(name.count) else {
            throw missing("name", "请填写姓名或单位名称（不超过 40 字）", "A name of at most 40 characters")
        }
        let typed = (new.phone ?? "").trimmedText
        let number = typed.isEmpty ? nil : PhoneNumber(typed)
        guard typed.isEmpty || number != nil else {
            throw missing("phone", "电话号码不正确，可以留空", "That is no telephone number; it may stay empty")
        }
        let vault = house.keys.vault
        let party = Party(
            id: house.identifiers.next(at: now), dispute: id, side: new.side, nameMasked: String(name.prefix(1)) + "*",
            phoneMasked: number?.masked)
        try PartyStore.insert(
            party, nameSealed: vault.seal(name, for: Self.namePurpose), phoneSealed: number?.sealedForTexts(vault),
            phoneIndex: number?.index(vault), in: transaction)
        try record("party", on: id, dispute.area, by: Actor(scope), at: now, in: transaction) {
            $0.member("side", new.side.rawValue)
        }
        return party
    }

    /// The parties in clear, for a purpose that the ledger keeps before anything is shown.
    func reveal(_ id: CaseID, purpose text: String, by scope: Scope, at now: Instant) async throws
        -> [Identifier<Party>: (name: String, phone: String?)]
    {
        try scope.require(.reveal)
        let purpose = text.trimmedText
        guard (2...200).contains(purpose.count) else {
            throw missing("purpose", "请写明查看用途（2–200 字）", "Say what you need it for (2 to 200 characters)")
        }
        let disputes = self
        let found = try await house.database.write { transaction in
            let dispute = try DisputeStore.find(id, for: scope, in: transaction)
            let parties = try PartyStore.sealed(of: id, in: transaction)
            try disputes.record(
                "reveal", on: id, dispute.area, by: Actor(scope), at: now, purpose: purpose, in: transaction
            ) { $0.member("parties", parties.count) }
            return parties
        }
        let vault = house.keys.vault
        return try found.reduce(into: [:]) { shown, one in
            shown[one.id] = (
                try vault.open(one.name, for: Self.namePurpose),
                try one.phone.map { try vault.open($0, for: ResidentText.phonePurpose) }
            )
        }
    }

    // MARK: Shared

    func words(of id: CaseID, in transaction: any Transaction) throws -> DisputeWords {
        guard let sealed = try DisputeStore.wordsSealed(of: id, in: transaction) else { throw Refusal.nothingHere }
        return DisputeWords(sealedText: try house.keys.vault.open(sealed, for: Self.wordsPurpose))
    }

    func open(note bytes: [UInt8]) throws -> String { try house.keys.vault.open(bytes, for: Self.notePurpose) }

    func record(
        _ act: String, on id: CaseID, _ area: AreaPrefix, by actor: Actor, at now: Instant, purpose: String? = nil,
        in transaction: any Transaction, facts: (inout JSONWriter) throws -> Void = { _ in }
    ) throws {
        try Ledger.record(
            LedgerEntry(
                "disputes.\(act)", on: "dispute", id, by: actor, at: now, id: house.identifiers.next(at: now),
                area: area.code, purpose: purpose, facts: facts), in: transaction)
    }

    /// Those who mediate at the dispute's level and stand nearest to it.
    func tellMediators(_ dispute: Dispute, at now: Instant, in transaction: any Transaction) throws {
        guard let right = right(at: dispute.level) else { return }
        let holders = try identity.directory.postHolders(right: right, area: dispute.area, in: transaction)
        let nearest = holders.map(\.post.area.code.utf8.count).max()
        let kind = kindTitle(dispute.kind)
        let level = levelTitle(dispute.level)
        for holder in holders.filter({ $0.post.area.code.utf8.count == nearest }).prefix(10) {
            try Messages.notify(
                Notice(
                    to: .post(holder.post.id), kind: "disputes.to-mediate", subjectKind: "dispute",
                    subjectID: dispute.id.text,
                    text: LocalizedText(
                        "待调解（\(level.chinese)）：\(kind.chinese)", "To mediate (\(level.english)): \(kind.english)"),
                    address: "/disputes/\(dispute.id)", at: now), in: transaction)
        }
    }

    func missing(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "disputes.missing-\(field)", LocalizedText(chinese, english), field: field)
    }
}

extension Refusal {
    static let disputeEnded = Refusal(
        .conflict, "disputes.ended", LocalizedText("这件纠纷的调解已经结束", "The mediation of this dispute has ended"),
        wayOn: LocalizedText("可重新登记一件并写明与本件相关", "Enter a new one that follows this one"))
}

extension String {
    /// Without white space at both ends.
    var trimmedText: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
