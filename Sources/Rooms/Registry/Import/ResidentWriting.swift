import Cipher
import Desk
import Ground
import Identity
import NationalCodes
import Places
import Sheets
import Storage

/// Writes some rows in one transaction: each dwelling, household and person that is not there yet, and of those that are
/// only what differs. A row that the registry refuses harms no other.
struct ResidentWriting: Sendable {
    let registry: Registry
    let layout: ResidentLayout
    let scope: Scope
    let seenAt: Instant

    struct Written: Sendable {
        var created = 0
        var changed = 0
        var unchanged = 0
        var dwellings = 0
        var households = 0
        var problems: [(problem: RowProblem, original: [String])] = []
        /// Taken, but somebody of the same name and birth day is there already.
        var lookAlikes = 0
    }

    func write(_ rows: [ResidentRow], at now: Instant, in transaction: any Transaction) throws -> Written {
        var written = Written()
        for row in rows {
            do {
                let home = try home(row, &written, at: now, in: transaction)
                try person(row, in: home, &written, at: now, in: transaction)
            } catch let refusal as Refusal where refusal.kind != .fault && refusal.kind != .unavailable {
                let key = refusal.field ?? ""
                let column = layout.position(key)
                written.problems.append(
                    (
                        RowProblem(
                            row: row.number, column: layout.heading(key),
                            value: column.map { row.original.indices.contains($0) ? row.original[$0] : "" } ?? "",
                            code: refusal.code, message: refusal.message), row.original
                    ))
            }
        }
        return written
    }

    // MARK: The home

    private func home(
        _ row: ResidentRow, _ written: inout Written, at now: Instant, in transaction: any Transaction
    ) throws -> StoredSubject? {
        guard let address = row.value(CoreElement.address, of: .dwelling),
            let grid = row.value(CoreElement.grid, of: .dwelling)
        else { return nil }
        let day = now.local().day
        let found = try registry.search(address, for: scope, at: now, in: transaction).first { one in
            // The same words in another community are another home.
            one.kind == .dwelling && one.record.value(CoreElement.grid, at: day)?.prefix(12) == grid.prefix(12)
                && SearchKeys.folded(one.record.value(CoreElement.address, at: day) ?? "")
                    == SearchKeys.folded(address)
        }
        let dwelling = try store(.dwelling, found, row.facts[.dwelling] ?? [:], at: now, in: transaction)
        if found == nil { written.dwellings += 1 }
        let card = try registry.card(dwelling.subject.id, for: scope, at: day, in: transaction)
        let number = row.value("household-register-number", of: .household)
        let household = card.below.first { one in
            number == nil || one.record.value("household-register-number", at: day).map { $0 == number } ?? true
        }
        var facts = row.facts[.household] ?? [:]
        if household == nil { facts[CoreElement.dwelling] = dwelling.subject.id.text }
        if household == nil { written.households += 1 }
        guard household == nil || !facts.isEmpty else { return household }
        return try store(.household, household, facts, at: now, in: transaction).subject
    }

    // MARK: The person

    private func person(
        _ row: ResidentRow, in home: StoredSubject?, _ written: inout Written, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let day = now.local().day
        var facts = row.facts[.person] ?? [:]
        let known = try known(row, in: home, at: now, in: transaction)
        if let known, let name = row.value(CoreElement.name), let held = known.record.value(CoreElement.name, at: day),
            SearchKeys.folded(held) != SearchKeys.folded(name)
        {
            throw Refusal(
                .conflict, "registry.import.other-name",
                LocalizedText(
                    "此公民身份号码已登记在另一姓名下，未改动", "The identity number is registered under another name; nothing was changed"),
                field: CoreElement.citizenNumber)
        }
        if let home, known?.record.value(CoreElement.household, at: day) != home.id.text {
            facts[CoreElement.household] = home.id.text
        }
        let stored = try store(.person, known, facts, at: now, in: transaction)
        if known == nil {
            written.created += 1
            if try tellLookAlike(of: stored.subject, row, &written, in: transaction) { written.lookAlikes += 1 }
        } else if stored.isChanged {
            written.changed += 1
        } else {
            written.unchanged += 1
        }
    }

    /// By the number; without one by name and birth day among those of the same home.
    private func known(
        _ row: ResidentRow, in home: StoredSubject?, at now: Instant, in transaction: any Transaction
    ) throws -> StoredSubject? {
        if let number = row.value(CoreElement.citizenNumber) {
            let key = registry.searchKeys.identityKey(number)
            if let found = try transaction.first("SELECT subject FROM registry_identities WHERE number_key = \(key)") {
                return try registry.subject(try found.identifier(0), for: scope, in: transaction)
            }
        }
        guard let home, let name = row.value(CoreElement.name) else { return nil }
        let day = now.local().day
        let birth =
            row.value(CoreElement.birthDay)
            ?? row.value(CoreElement.citizenNumber).flatMap { try? CitizenNumber($0, today: day) }?.birthDay.description
        return try registry.card(home.id, for: scope, at: day, in: transaction).below.first { one in
            guard SearchKeys.folded(one.record.value(CoreElement.name, at: day) ?? "") == SearchKeys.folded(name) else {
                return false
            }
            // Two of one name in a home are told apart by their birth days and numbers.
            if let number = row.value(CoreElement.citizenNumber),
                let held = one.record.value(CoreElement.citizenNumber, at: day), held != number
            {
                return false
            }
            guard let birth, let held = one.record.value(CoreElement.birthDay, at: day) else { return true }
            return birth == held
        }
    }

    private func tellLookAlike(
        of subject: StoredSubject, _ row: ResidentRow, _ written: inout Written, in transaction: any Transaction
    ) throws -> Bool {
        guard try !registry.lookAlikes(of: subject, for: scope, in: transaction).isEmpty else { return false }
        written.problems.append(
            (
                RowProblem(
                    row: row.number, column: layout.heading(CoreElement.name), value: row.value(CoreElement.name) ?? "",
                    code: "registry.import.look-alike",
                    message: LocalizedText(
                        "已登记；但已有同名同出生日期的档案，可能重复，请在人员档案页核对合并",
                        "Taken; but somebody of this name and birth day is there already: compare and join them on the page of the person"
                    )), row.original
            ))
        return true
    }

    // MARK: Facts

    /// Writes what differs from what holds; nothing when nothing does.
    private func store(
        _ kind: SubjectKind, _ known: StoredSubject?, _ facts: [String: String], at now: Instant,
        in transaction: any Transaction
    ) throws -> (subject: StoredSubject, isChanged: Bool) {
        let day = now.local().day
        let new = facts.filter { known?.record.value($0.key, at: day) != $0.value }
        if let known, new.isEmpty { return (known, false) }
        let entry = NewEntry(
            kind, known?.id,
            facts: new.sorted { $0.key < $1.key }.map { NewEntry.Fact($0.key, $0.value) }, seenAt: seenAt,
            source: .imported)
        return (try registry.write(entry, by: scope, isSystem: true, at: now, in: transaction), true)
    }
}
