/// What is wrong with one feature of a file, or with the file.
public struct FeatureProblem: Error, Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No JSON where JSON should be.
        case notJSON
        /// The file ends inside a feature or before its list is closed.
        case endsEarly
        /// A text is not UTF-8.
        case notUTF8
        /// One feature alone is larger than the reader takes (64 MiB).
        case tooLarge
        /// Coordinates that are no numbers, are not finite, or are nested otherwise than the type says.
        case badCoordinates
        /// A type that GeoJSON does not know.
        case unknownType
        /// There is no feature at all.
        case empty
    }

    public var kind: Kind
    /// The feature concerned, counted from 1 in the order of the file; 0 for the file itself.
    public var feature: Int
    /// The member, type or value concerned.
    public var subject: String

    public init(_ kind: Kind, feature: Int, subject: String = "") {
        self.kind = kind
        self.feature = feature
        self.subject = subject
    }
}
