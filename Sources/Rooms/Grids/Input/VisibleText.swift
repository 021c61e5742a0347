extension String {
    /// As a name is kept: without control characters, which PostgreSQL keeps in no text, and no longer than names are; nil
    /// when nothing is left.
    func visible(atMost length: Int = 200) -> String? {
        let text = filter { character in
            character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        }
        return text.isEmpty ? nil : String(text.prefix(length))
    }
}
