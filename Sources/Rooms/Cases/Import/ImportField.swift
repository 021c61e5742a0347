/// What a column of a foreign table can mean for a matter.
enum ImportField: String, Sendable, Hashable, CaseIterable {
    /// The number in the system it comes from; with the source it says which matter it is.
    case number
    case title, detail
    /// A leaf or branch of our tree, by name or code; `a->b->c` names the way to it.
    case category
    /// A coarse class, where the table has nothing finer.
    case coarseClass = "class"
    case state
    case name, phone
    /// Names, each looked for only within the one before.
    case county, street, community
    /// The code of a division or grid.
    case area
    case address
    case result
    case reportedAt, endedAt
    case solved, satisfaction
    /// What a matter has no place for; kept as a remark of its first step, with the column's heading.
    case note
}
