/// A text and what people decided it is: what a classifier learns from.
public struct LabelledText: Sendable, Hashable {
    /// May be empty. Counts for more than the body.
    public var title: String
    public var body: String
    public var label: String

    public init(title: String, body: String, label: String) {
        self.title = title
        self.body = body
        self.label = label
    }
}
