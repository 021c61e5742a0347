import Ground

/// One record that a figure counts.
struct TraceLine: Sendable, Hashable {
    var number: String
    /// nil where the viewer may not open it (any more): a matter that another body has by now.
    var address: String?
    var at: Instant
    var text: LocalizedText
    /// After which the next page begins.
    var key: String
}
