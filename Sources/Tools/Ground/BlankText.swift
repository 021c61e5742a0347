extension StringProtocol {
    /// Whether nothing of it can be seen: it is empty, or only white space, zero-width and other ignorable characters.
    public var isBlank: Bool {
        unicodeScalars.allSatisfy { scalar in
            let properties = scalar.properties
            if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return true }
            switch properties.generalCategory {
            case .control, .format: return true
            // The braille pattern without a dot is a symbol by its class.
            default: return scalar == "\u{2800}"
            }
        }
    }
}
