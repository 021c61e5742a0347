/// What an XML reader tells, without its library: so that those who listen can be driven by anything.
protocol XMLEvents: AnyObject {
    func start(_ name: XMLName, _ attributes: XMLAttributes) throws
    func end(_ name: XMLName) throws
    /// A piece of text in UTF-8; one text may come in several pieces.
    func text(_ bytes: UnsafeBufferPointer<UInt8>)
}

/// An element's or attribute's name without its prefix; valid only during the event.
struct XMLName {
    private let local: UnsafePointer<CChar>

    init(_ qualified: UnsafePointer<CChar>) {
        var start = qualified
        var next = qualified
        while next.pointee != 0 {
            if next.pointee == 0x3A { start = next + 1 }
            next += 1
        }
        local = start
    }

    static func == (name: XMLName, text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes in
            for index in 0..<bytes.count where UInt8(bitPattern: name.local[index]) != bytes[index] { return false }
            return name.local[bytes.count] == 0
        }
    }

    static func ~= (text: StaticString, name: XMLName) -> Bool { name == text }
}

/// The attributes of an element: names and values in turn, ended by nil; valid only during the event.
struct XMLAttributes {
    private let list: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    init(_ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?) { self.list = list }

    /// Visits every attribute: cheaper than asking for several by name.
    func forEach(_ body: (XMLName, UnsafePointer<CChar>) -> Void) {
        guard var entry = list else { return }
        while let name = entry[0], let value = entry[1] {
            body(XMLName(name), value)
            entry += 2
        }
    }

    subscript(name: StaticString) -> String? {
        var found: String?
        forEach { if $0 == name, found == nil { found = String(cString: $1) } }
        return found
    }

    /// `1` and `true` are true.
    func flag(_ name: StaticString) -> Bool { self[name].map { $0 == "1" || $0 == "true" } ?? false }
}
