import Cases
import Desk
import Ground
import Messages

/// Someone who reports. Known only by an invented name and a number of the block that nobody has.
struct Resident: Sendable, Hashable {
    var name: String
    var phone: String
    var street: Int
    var community: Int
    var compound: String
    var building: String
}

/// Who does one act.
enum Doer: Sendable {
    case staff(Scope)
    case reporter
}

/// One thing that will be done with a matter.
struct Beat: Sendable {
    var at: Instant
    var doer: Doer
    var command: Command
}

/// A matter that is going to be reported, and everything that will be done with it.
struct Matter: Sendable {
    var report: Report
    var at: Instant
    /// nil for residents and other systems.
    var reporter: Scope?
    var beats: [Beat]
}
