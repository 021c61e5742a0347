import Cases
import Desk
import Ground

/// An entry as it lies in the store.
struct EntryRecord: Sendable {
    enum State: String, Sendable, CaseIterable {
        /// It became what it was meant to be.
        case done
        /// Another one has to come first and has not arrived.
        case waiting
        /// It could not be done; its writer decides what becomes of it.
        case kept
        /// Its writer let it go.
        case discarded
    }

    var id: Identifier<EntryRecord>
    var owner: StaffID
    var key: String
    var fingerprint: [UInt8]
    var kind: DayEntry.Kind
    var matter: CaseID?
    var seenVersion: Int64?
    var follows: String?
    var happenedAt: Instant
    var receivedAt: Instant
    var state: State
    /// Why it is kept.
    var code: String?
    /// Sealed; nil once it is done or discarded.
    var content: [UInt8]?
    var resultCase: CaseID?
    var resultVersion: Int64?

    static let contentPurpose: StaticString = "gridday.entry"
}

/// What came of an entry, as its sender is told.
struct EntryOutcome: Sendable {
    var record: EntryRecord
    /// Why it is kept.
    var refusal: Refusal?
    var number: String?
}
