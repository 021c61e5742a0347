public import Ground

/// 数据项: one thing that may be known of a person, a household or a dwelling, defined once for all departments.
public struct Element: Sendable, Hashable {
    /// Stable, never used again for another meaning: it stands in every stored fact and in every form.
    public var key: String
    public var kind: SubjectKind
    public var name: LocalizedText
    public var meaning: LocalizedText
    public var type: ValueType
    public var unit: LocalizedText?
    /// The line (`lines.yaml`) that answers for the meaning and the quality of this element.
    public var steward: String
    /// The law or standard by which it may be asked; nil where nobody has named one. A sensitive element without one is
    /// off: it can be neither written nor shown.
    public var basis: LocalizedText?
    /// For what it may be used; the keys of `purposes`.
    public var purposes: Set<String>
    /// How long a fact stays fresh after it was last seen to be true, in days; nil when it does not age (the birth day).
    public var validDays: Int?
    public var sensitivity: Sensitivity
    /// Years it is kept after the subject has left or died.
    public var keptYears: Int
    /// Other names that departments use for it, for matching the columns of their forms.
    public var synonyms: [String]
    /// Whether a fact of this element is one to look for at a visit.
    public var isAsked: Bool

    public var isOff: Bool { sensitivity == .sensitive && basis == nil }
}

/// How much harm a value can do in the wrong hands.
public enum Sensitivity: String, Sendable, Hashable, Codable, Comparable {
    /// Shown to whoever may see the subject.
    case open
    /// Masked until a purpose is named.
    case personal
    /// Sensitive personal information (个人信息保护法 art. 28): hidden until a purpose is named that the element allows, and
    /// off without a legal basis.
    case sensitive

    private var depth: Int {
        switch self {
        case .open: 0
        case .personal: 1
        case .sensitive: 2
        }
    }

    public static func < (left: Sensitivity, right: Sensitivity) -> Bool { left.depth < right.depth }
}

/// What a value of an element looks like.
public enum ValueType: Sendable, Hashable {
    /// Free text of at most so many characters.
    case text(most: Int)
    /// A person's name.
    case name
    /// A code of the list with this key.
    case code(list: String)
    /// A whole number.
    case number(ClosedRange<Int>)
    case day
    case yesNo
    /// GB 11643.
    case citizenNumber
    case phone
    /// GB 32100.
    case creditCode
    /// A division or grid code of 6 to 15 digits.
    case area
    /// A point in degrees of CGCS 2000: `120.13042,30.25931`.
    case place
    /// Another subject: the household in which a person lives.
    case reference(SubjectKind)
}
