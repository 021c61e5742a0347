/// Addresses in the order in which one passes them: numbers by their value, so 2 幢 comes before 10 幢.
struct AddressOrder: Sendable, Hashable, Comparable {
    private enum Part: Sendable, Hashable, Comparable {
        case number(Int)
        case text(String)
    }

    private let parts: [Part]

    init(_ address: String) {
        var parts: [Part] = []
        var rest = address[...]
        while let first = rest.first {
            let isDigit = first.isASCII && first.isNumber
            let run = rest.prefix { ($0.isASCII && $0.isNumber) == isDigit }
            rest = rest.dropFirst(run.count)
            // A number too long for an address is only a text.
            if isDigit, let number = Int(run) {
                parts.append(.number(number))
            } else {
                parts.append(.text(String(run)))
            }
        }
        self.parts = parts
    }

    static func < (left: AddressOrder, right: AddressOrder) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts)
    }
}
