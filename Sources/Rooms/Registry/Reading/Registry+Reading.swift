import Cipher
public import Desk
public import Ground
import Identity
import Ledger
import NationalCodes
public import Storage

extension Registry {
    /// What stands on the card of a subject: itself, and those who belong to it.
    public struct Card: Sendable {
        public var subject: StoredSubject
        /// The household of a person, the dwelling of a household, the building of a dwelling.
        public var above: StoredSubject?
        /// The dwelling in which a person's household lives.
        public var home: StoredSubject?
        /// Who lives in the household now, the households in the dwelling, the dwellings of a building, who works for an
        /// organisation.
        public var below: [StoredSubject]
    }

    /// - Throws: a refusal when there is none that this scope may see.
    public func subject(_ id: SubjectID, for scope: Scope, in transaction: any Transaction) throws -> StoredSubject {
        guard let found = try SubjectStore.find(id, for: scope, vault: house.keys.vault, in: transaction) else {
            throw Refusal.nothingHere
        }
        return found
    }

    /// Several at once, as many of them as the scope may see.
    public func subjects(_ ids: [SubjectID], for scope: Scope, in transaction: any Transaction) throws
        -> [SubjectID: StoredSubject]
    {
        try SubjectStore.find(ids, vault: house.keys.vault, in: transaction).filter { $0.value.isVisible(in: scope) }
    }

    public func card(_ id: SubjectID, for scope: Scope, at day: Day, in transaction: any Transaction) throws -> Card {
        let subject = try subject(id, for: scope, in: transaction)
        func referred(_ element: String, of record: SubjectRecord) throws -> StoredSubject? {
            try record.value(element, at: day).flatMap { SubjectID(parsing: $0) }.flatMap {
                try standing($0, in: transaction)
            }
        }
        func referring(by element: String) throws -> [StoredSubject] {
            let targets = try group(of: id, in: transaction)
            let named = Set(targets.map(\.text))
            return try referrers(toAny: targets, by: element, in: transaction).filter {
                named.contains($0.record.value(element, at: day) ?? "") && $0.record.endDay.map { day < $0 } ?? true
            }
        }
        switch subject.kind {
        case .person:
            let household = try referred(CoreElement.household, of: subject.record)
            let home = try household.flatMap { try referred(CoreElement.dwelling, of: $0.record) }
            return Card(subject: subject, above: household, home: home, below: [])
        case .household:
            let home = try referred(CoreElement.dwelling, of: subject.record)
            return Card(subject: subject, above: home, home: home, below: try referring(by: CoreElement.household))
        case .dwelling:
            return Card(
                subject: subject, above: try referred(CoreElement.building, of: subject.record), home: subject,
                below: try referring(by: CoreElement.dwelling))
        case .building:
            return Card(subject: subject, above: nil, home: nil, below: try referring(by: CoreElement.building))
        case .organisation:
            return Card(subject: subject, above: nil, home: nil, below: try referring(by: CoreElement.employer))
        }
    }

    /// Those whose name, initials, telephone, address or identity number is what was typed, within the scope.
    public func search(_ text: String, for scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> [StoredSubject]
    {
        let day = now.local().day
        let typed = text.trimmed
        var ids: [SubjectID] = []
        if let number = try? CitizenNumber(typed, today: day) {
            let key = searchKeys.identityKey(number.text)
            ids = try transaction.query("SELECT subject FROM registry_identities WHERE number_key = \(key)").map {
                try $0.identifier(0)
            }
        } else if let code = try? CreditCode(typed) {
            let key = searchKeys.creditKey(code.text)
            ids = try transaction.query("SELECT subject FROM registry_identities WHERE number_key = \(key)").map {
                try $0.identifier(0)
            }
        } else {
            let keys = searchKeys.keys(forTyped: typed)
            guard !keys.isEmpty else { return [] }
            let statements = keys.map { key -> SQL in
                """
                SELECT subject FROM registry_keys
                WHERE search_key = \(key) AND \(scope.area.condition(on: "area"))
                ORDER BY search_key, area, subject LIMIT 51
                """
            }
            ids = try transaction.queries(statements).joined().map { try $0.identifier(0) }
        }
        var seen: Set<SubjectID> = []
        let wanted = ids.filter { seen.insert($0).inserted }.prefix(51)
        let found = try subjects(Array(wanted), for: scope, in: transaction)
        return wanted.compactMap { found[$0] }.filter { $0.standing == .present }
    }

    /// Everything that was ever written of a subject and of those that were joined into it, oldest first.
    public func entries(of id: SubjectID, for scope: Scope, in transaction: any Transaction) throws -> [RegistryEntry] {
        let subject = try subject(id, for: scope, in: transaction)
        return try groupEntries(of: id, kind: subject.kind, in: transaction).sorted { $0.id < $1.id }
    }

    /// Notes that somebody looks at personal values, and for what; before they are shown.
    public func noteLook(
        at subject: StoredSubject, purpose: String, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try scope.require(.registryReveal)
        let purpose = try checkedPurpose(purpose)
        try Ledger.record(
            LedgerEntry(
                "registry.looked-at", on: subject.kind.rawValue, subject.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: subject.area.code, purpose: purpose.key), in: transaction)
    }

    /// - Throws: a refusal when it is no purpose of the dictionary.
    public func checkedPurpose(_ key: String) throws(Refusal) -> Purpose {
        guard let purpose = dictionary.purpose(key) else {
            throw Refusal(
                .ruleBroken, "registry.no-purpose",
                LocalizedText("请选择数据字典中的用途", "Name a purpose of the data dictionary"), field: "purpose")
        }
        return purpose
    }
}

extension Registry {
    /// Records of a kind after an id, by id: for whoever computes something from all of them.
    public func records(
        of kind: SubjectKind, after cursor: SubjectID?, limit: Int, in transaction: any Transaction
    ) throws -> [(id: SubjectID, record: SubjectRecord)] {
        let low = cursor?.text ?? ""
        let vault = house.keys.vault
        var found: [(id: SubjectID, record: SubjectRecord)] = []
        try transaction.each(
            """
            SELECT \(trusted: SubjectStore.columns) FROM registry_subjects
            WHERE kind = \(kind.rawValue) AND id > \(low) ORDER BY kind, id LIMIT \(limit)
            """
        ) { row in
            let subject = try SubjectStore.subject(row, vault)
            // What was merged away counts nowhere, but the way goes on after it.
            found.append((subject.id, subject.standing == .present ? subject.record : SubjectRecord(kind: kind)))
        }
        return found
    }
}

extension Registry {
    /// Where somebody lives: the household and the dwelling, as far as there are any.
    public struct Home: Sendable {
        public var household: StoredSubject?
        public var dwelling: StoredSubject?

        public init(household: StoredSubject? = nil, dwelling: StoredSubject? = nil) {
            self.household = household
            self.dwelling = dwelling
        }
    }

    /// The homes of several persons or households on a day: two queries. Whoever calls has checked that they may be seen.
    public func homes(of subjects: [StoredSubject], at day: Day, in transaction: any Transaction) throws
        -> [SubjectID: Home]
    {
        func reference(_ key: String, _ record: SubjectRecord) -> SubjectID? {
            record.value(key, at: day).flatMap { SubjectID(parsing: $0) }
        }
        let vault = house.keys.vault
        let named = Set(
            subjects.filter { $0.kind == .person }.compactMap { reference(CoreElement.household, $0.record) })
        var households = try SubjectStore.find(named.sorted(), vault: vault, in: transaction)
        for one in subjects where one.kind == .household { households[one.id] = one }
        let stands = Set(households.values.compactMap { reference(CoreElement.dwelling, $0.record) })
        let dwellings = try SubjectStore.find(stands.sorted(), vault: vault, in: transaction)
        var homes: [SubjectID: Home] = [:]
        for one in subjects {
            let household =
                one.kind == .household ? one : reference(CoreElement.household, one.record).flatMap { households[$0] }
            let dwelling =
                one.kind == .dwelling
                ? one : household.flatMap { reference(CoreElement.dwelling, $0.record) }.flatMap { dwellings[$0] }
            homes[one.id] = Home(household: household, dwelling: dwelling)
        }
        return homes
    }
}

extension Registry {
    /// Those that a form lists: the form's own rows say who may be seen where, so an older place counts, too.
    public func listed(_ ids: [SubjectID], in transaction: any Transaction) throws -> [SubjectID: StoredSubject] {
        try SubjectStore.find(ids, vault: house.keys.vault, in: transaction)
    }
}
