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
        /// Whether anything was written, if only of homes.
        var isStored = false
    }

    func write(_ rows: [ResidentRow], at now: Instant, in transaction: any Transaction) throws -> Written {
        var written = Written()
        var homes = KnownHomes()
        homes.people = try holders(of: rows.compactMap { $0.value(CoreElement.citizenNumber) }, in: transaction)
        for row in rows {
            do {
                let dwelling = try dwelling(row, &homes, &written, at: now, in: transaction)
                guard !layout.isOfDwellings else { continue }
                let home = try dwelling.map { try household(row, in: $0, &homes, &written, at: now, in: transaction) }
                try person(row, in: home, &homes, &written, at: now, in: transaction)
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
        try registry.tell(homes.changes, at: now, in: transaction)
        written.isStored = !homes.changes.isEmpty
        return written
    }

    // MARK: The home

    /// What this transaction has found or written of homes: those who live together mostly follow one another in a register,
    /// and only the first of them costs a search.
    private struct KnownHomes {
        /// Who follows the registry is told of them at the end.
        var changes: [SubjectChange] = []
        /// By identity number, as they were before; no number stands in a register twice.
        var people: [String: SubjectID] = [:]
        /// By address and community.
        var dwellings: [String: StoredSubject] = [:]
        /// By dwelling.
        var households: [SubjectID: [StoredSubject]] = [:]
        /// By household, of those only that are new: nobody lives there but who was written here.
        var members: [SubjectID: [StoredSubject]] = [:]

        /// Others were changed by what was written: their records are to be read again.
        mutating func forget() {
            households = [:]
            members = [:]
        }
    }

    /// nil for a row without a home.
    private func dwelling(
        _ row: ResidentRow, _ homes: inout KnownHomes, _ written: inout Written, at now: Instant,
        in transaction: any Transaction
    ) throws -> StoredSubject? {
        guard let address = row.value(CoreElement.address, of: .dwelling),
            let grid = row.value(CoreElement.grid, of: .dwelling)
        else { return nil }
        let day = now.local().day
        let folded = SearchKeys.folded(address)
        let place = "\(grid.prefix(12)) \(folded)"
        let found =
            try homes.dwellings[place]
            ?? registry.search(address, for: scope, at: now, in: transaction).first { one in
                // The same words in another community are another home.
                one.kind == .dwelling && one.record.value(CoreElement.grid, at: day)?.prefix(12) == grid.prefix(12)
                    && SearchKeys.folded(one.record.value(CoreElement.address, at: day) ?? "") == folded
            }
        let stored = try store(.dwelling, found, row.facts[.dwelling] ?? [:], &homes.changes, at: now, in: transaction)
        let dwelling = stored.subject
        if found != nil, stored.isChanged { homes.forget() }
        homes.dwellings[place] = dwelling
        if found == nil {
            written.dwellings += 1
            homes.households[dwelling.id] = []
        } else if layout.isOfDwellings, stored.isChanged {
            written.changed += 1
        } else if layout.isOfDwellings {
            written.unchanged += 1
        }
        return dwelling
    }

    private func household(
        _ row: ResidentRow, in dwelling: StoredSubject, _ homes: inout KnownHomes, _ written: inout Written,
        at now: Instant, in transaction: any Transaction
    ) throws -> StoredSubject {
        let day = now.local().day
        let households =
            try homes.households[dwelling.id]
            ?? registry.card(dwelling.id, for: scope, at: day, in: transaction).below
        homes.households[dwelling.id] = households
        let number = row.value("household-register-number", of: .household)
        let household = households.first { one in
            number == nil || one.record.value("household-register-number", at: day).map { $0 == number } ?? true
        }
        var facts = row.facts[.household] ?? [:]
        if household == nil { facts[CoreElement.dwelling] = dwelling.id.text }
        if household == nil { written.households += 1 }
        if let household, facts.isEmpty { return household }
        let home = try store(
            .household, household, facts, knowing: .init(subjects: [dwelling.id: dwelling]), &homes.changes, at: now,
            in: transaction
        ).subject
        homes.households[dwelling.id] = households.replacing(home)
        if household == nil { homes.members[home.id] = [] }
        return home
    }

    // MARK: The person

    private func person(
        _ row: ResidentRow, in home: StoredSubject?, _ homes: inout KnownHomes, _ written: inout Written,
        at now: Instant, in transaction: any Transaction
    ) throws {
        let day = now.local().day
        var facts = row.facts[.person] ?? [:]
        let known = try known(row, in: home, homes, at: now, in: transaction)
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
        let foreknown = Registry.Foreknown(
            subjects: home.map { [$0.id: $0] } ?? [:],
            isNumberFree: row.value(CoreElement.citizenNumber).map { homes.people[$0] == nil } ?? false)
        let stored = try store(.person, known, facts, knowing: foreknown, &homes.changes, at: now, in: transaction)
        if known != nil, facts[CoreElement.household] != nil { homes.forget() }
        if let home, let members = homes.members[home.id] {
            homes.members[home.id] = members.replacing(stored.subject)
        }
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
        _ row: ResidentRow, in home: StoredSubject?, _ homes: KnownHomes, at now: Instant,
        in transaction: any Transaction
    ) throws -> StoredSubject? {
        if let found = row.value(CoreElement.citizenNumber).flatMap({ homes.people[$0] }) {
            return try registry.subject(found, for: scope, in: transaction)
        }
        guard let home, let name = row.value(CoreElement.name) else { return nil }
        let day = now.local().day
        let birth =
            row.value(CoreElement.birthDay)
            ?? row.value(CoreElement.citizenNumber).flatMap { try? CitizenNumber($0, today: day) }?.birthDay.description
        let members =
            try homes.members[home.id]?.filter { $0.record.endDay.map { day < $0 } ?? true }
            ?? registry.card(home.id, for: scope, at: day, in: transaction).below
        return members.first { one in
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

    /// Who has these identity numbers.
    private func holders(of numbers: [String], in transaction: any Transaction) throws -> [String: SubjectID] {
        let byKey = Dictionary(numbers.map { (registry.searchKeys.identityKey($0), $0) }) { first, _ in first }
        guard !byKey.isEmpty else { return [:] }
        var holders: [String: SubjectID] = [:]
        for row in try transaction.query(
            "SELECT number_key, subject FROM registry_identities WHERE number_key IN (\(list: byKey.keys.sorted()))")
        {
            if let number = byKey[try row.text(0)] { holders[number] = try row.identifier(1) }
        }
        return holders
    }

    // MARK: Facts

    /// Writes what differs from what holds; nothing when nothing does.
    private func store(
        _ kind: SubjectKind, _ known: StoredSubject?, _ facts: [String: String],
        knowing foreknown: Registry.Foreknown = .init(), _ changes: inout [SubjectChange], at now: Instant,
        in transaction: any Transaction
    ) throws -> (subject: StoredSubject, isChanged: Bool) {
        let day = now.local().day
        let new = facts.filter { known?.record.value($0.key, at: day) != $0.value }
        if let known, new.isEmpty { return (known, false) }
        let entry = NewEntry(
            kind, known?.id,
            facts: new.sorted { $0.key < $1.key }.map { NewEntry.Fact($0.key, $0.value) }, seenAt: seenAt,
            source: .imported)
        let written = try registry.writeUntold(
            entry, by: scope, isSystem: true, knowing: foreknown, at: now, in: transaction)
        changes += written.changes
        return (written.subject, true)
    }
}

extension [StoredSubject] {
    /// With this one as it is now, where it stood or at the end.
    fileprivate func replacing(_ one: StoredSubject) -> [StoredSubject] {
        guard let position = firstIndex(where: { $0.id == one.id }) else { return self + [one] }
        var all = self
        all[position] = one
        return all
    }
}
