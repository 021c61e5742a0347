/// What came of a register of residents that was sent in.
struct ResidentReport: Sendable, Hashable, Codable {
    var rows = 0
    var created = 0
    var changed = 0
    var unchanged = 0
    var rejected = 0
    var partly = 0
    var lookAlikes = 0
    var dwellings = 0
    var households = 0
    var unusedColumns: [String] = []

    init() {}

    init(_ result: ResidentImportResult) {
        rows = result.rows
        created = result.created
        changed = result.changed
        unchanged = result.unchanged
        rejected = result.rejected
        partly = result.partly
        lookAlikes = result.lookAlikes
        dwellings = result.dwellings
        households = result.households
        unusedColumns = result.unusedColumns
    }
}
