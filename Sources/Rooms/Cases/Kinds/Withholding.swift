import Cipher
public import Desk
public import Ground
import Messages
public import Storage

/// What a matter held before its content was taken out: for the room that keeps it from now on, and for nobody else.
public struct WithheldMatter: Sendable {
    public var number: String
    public var area: AreaPrefix
    /// Title, text, address, result and opinions, one below the other.
    public var text: String
    /// Name and number of whoever reported it, in clear; nil when neither is known.
    public var reporter: String?
    public var photos: [(name: String, contentType: String, bytes: [UInt8])]
}

extension Cases {
    /// What stands in place of a title that was taken out.
    static let withheldTitle = LocalizedText("内容不公开", "Content not public")

    static let withholding: ActName = "withhold"

    /// Takes what people wrote, who reported it and the photos out of a matter that the scope may see, and ends it. Its
    /// number, its area and its way stay; without a category it stands in nothing that is open to the public.
    ///
    /// The ledger keeps that it was done and by whom, as for every act, and not why.
    /// - Throws: a refusal while parts of it are open, and for what was withheld before.
    public func withhold(_ id: CaseID, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> WithheldMatter
    {
        guard let record = try CaseStore.find(id, for: scope, in: transaction), record.kind == Workflow.matter else {
            throw Refusal.nothingHere
        }
        let command = Command(Self.withholding)
        let decision = try rules.decide(record, command, by: .system, at: now)
        let withheld = try content(of: record, in: transaction)
        try store(decision, command, by: .staff(scope), actor: Actor(scope), photos: [], at: now, in: transaction)
        try UndoStore.forget(id, in: transaction)
        for one in [record] + (try CaseStore.parts(of: id, in: transaction)) { try cut(one, in: transaction) }
        return withheld
    }

    private func content(of record: CaseRecord, in transaction: any Transaction) throws -> WithheldMatter {
        let vault = house.keys.vault
        let steps = try CaseStore.steps(of: record.id, in: transaction)
        let reporter = record.reporter
        let named = [
            try reporter.nameSealed.map { try vault.open($0, for: Self.namePurpose) },
            try reporter.phoneSealed.map { try vault.open($0, for: ResidentText.phonePurpose) },
        ].compactMap { $0 }
        let lines =
            [record.title, record.detail, record.address, record.result].compactMap { $0 }
            + steps.compactMap(\.opinion)
        let photos = try CaseStore.files(of: record.id, in: transaction).compactMap { file in
            try CaseStore.fileBytes(file.id, of: record.id, in: transaction).map {
                (name: file.name, contentType: $0.type, bytes: $0.bytes)
            }
        }
        return WithheldMatter(
            number: record.number, area: record.area, text: lines.filter { !$0.isEmpty }.joined(separator: "\n"),
            reporter: named.isEmpty ? nil : named.joined(separator: " "), photos: photos)
    }

    /// In one transaction with the act: afterwards the words are in no table of this room and in no message.
    private func cut(_ record: CaseRecord, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE cases SET title = \(Self.withheldTitle.chinese), detail = '', address = NULL, cell = NULL, longitude = NULL,
                latitude = NULL, category = NULL, result = NULL, phone_index = NULL, phone_masked = NULL,
                phone_sealed = NULL, name_masked = NULL, name_sealed = NULL, photo_count = 0
            WHERE id = \(record.id)
            """)
        try transaction.execute("UPDATE case_steps SET opinion = NULL, reason = NULL WHERE case_id = \(record.id)")
        try transaction.execute("DELETE FROM case_files WHERE case_id = \(record.id)")
        try Messages.blank(
            about: record.id.text, since: record.receivedAt, as: Self.withheldTitle, in: transaction)
    }
}
