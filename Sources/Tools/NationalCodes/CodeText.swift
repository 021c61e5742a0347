/// What people type for codes, brought to one form.
enum CodeText {
    /// Full-width characters become half-width, letters upper case, every white space goes.
    static func normalised(_ input: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        for scalar in input.unicodeScalars where !scalar.properties.isWhitespace {
            // Full-width forms stand at a fixed distance from ASCII.
            let isFullWidth = (0xFF01...0xFF5E).contains(scalar.value)
            let plain = isFullWidth ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
            let isLower = ("a"..."z").contains(plain)
            result.append(isLower ? Unicode.Scalar(plain.value - 32) ?? plain : plain)
        }
        return String(result)
    }

    static func isDigits(_ bytes: some Sequence<UInt8>) -> Bool { bytes.allSatisfy { (0x30...0x39).contains($0) } }

    /// The value of ASCII digits that were checked before.
    static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 * 10 + Int($1) - 0x30 } }

    static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
