public import Desk
public import Ground

/// A subject as it stands now.
public struct StoredSubject: Sendable, Hashable {
    public enum Standing: String, Sendable, Hashable {
        case present
        /// The same person was entered twice: what was known went to another subject.
        case merged
    }

    public var id: SubjectID
    public var kind: SubjectKind
    /// Where it is: the grid lived in, else the one of registration, else where it was entered.
    public var area: AreaPrefix
    public var registeredArea: AreaPrefix?
    public var standing: Standing
    public var mergedInto: SubjectID?
    public var record: SubjectRecord
    public var version: Int64
    public var changedAt: Instant

    public func isVisible(in scope: Scope) -> Bool {
        scope.area.contains(area) || registeredArea.map(scope.area.contains) == true
    }
}

/// One thing that was written, at one time, by one person.
public struct RegistryEntry: Sendable, Hashable {
    public typealias ID = Identifier<RegistryEntry>

    public var id: ID
    public var subject: SubjectID
    public var area: AreaPrefix
    public var knownSince: Instant
    public var seenAt: Instant
    public var source: FactSource
    public var staff: StaffID?
    public var post: PostID?
    public var voidedAt: Instant?
    /// What it states, and nothing else.
    public var content: SubjectRecord
}

/// A subject before and after one write; what follows the registry sees nothing else.
public struct SubjectChange: Sendable {
    public var id: SubjectID
    public var kind: SubjectKind
    /// nil where it is new.
    public var before: SubjectRecord?
    /// nil where it was merged into another, or voided altogether.
    public var after: SubjectRecord?

    public init(id: SubjectID, kind: SubjectKind, before: SubjectRecord?, after: SubjectRecord?) {
        self.id = id
        self.kind = kind
        self.before = before
        self.after = after
    }

    /// The elements whose statements differ.
    public var elements: Set<String> {
        let old = before?.statements ?? [:]
        let new = after?.statements ?? [:]
        return Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
    }
}
