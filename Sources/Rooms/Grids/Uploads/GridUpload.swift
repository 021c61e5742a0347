import Geo

/// Files of buildings or barriers that take their time, and stand in this room's line of uploads.
enum GridUpload {
    /// What was chosen for a file.
    struct Options: Sendable, Hashable, Codable {
        var datum: Datum?
        /// Of buildings: whether the file has only some of its communities.
        var isPartial = false
        /// Of barriers.
        var place = BarrierImport.Place.same
    }

    /// What came of it.
    struct Report: Sendable, Hashable, Codable {
        var buildings: BuildingReport?
        var barriers: BarrierReport?

        var rows: Int { buildings?.rows ?? barriers?.rows ?? 0 }
        var rejected: Int { buildings?.rejected ?? barriers?.rejected ?? 0 }
    }
}
