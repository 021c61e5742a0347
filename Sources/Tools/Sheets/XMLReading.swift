import CExpat
import Ground

/// Drives expat over pieces of a document. A document type declaration is refused: no workbook has one, and it is how
/// a small document asks for endless memory.
final class XMLReading {
    struct Broken: Error {
        var line: Int
        var reason: String
    }

    private let parser: XML_Parser
    private let events: any XMLEvents
    private var failure: (any Error)?

    init?(_ events: any XMLEvents) {
        guard let parser = XML_ParserCreate(nil) else { return nil }
        self.parser = parser
        self.events = events
        // The parser calls back only inside `parse`, while `self` is held by its caller.
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { user, name, attributes in
                guard let reading = XMLReading.from(user), let name else { return }
                reading.guarded { try reading.events.start(XMLName(name), XMLAttributes(attributes)) }
            },
            { user, name in
                guard let reading = XMLReading.from(user), let name else { return }
                reading.guarded { try reading.events.end(XMLName(name)) }
            })
        XML_SetCharacterDataHandler(parser) { user, characters, count in
            guard let reading = XMLReading.from(user), let characters, reading.failure == nil else { return }
            characters.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
                reading.events.text(UnsafeBufferPointer(start: bytes, count: Int(count)))
            }
        }
        XML_SetStartDoctypeDeclHandler(parser) { user, _, _, _, _ in
            guard let reading = XMLReading.from(user) else { return }
            let line = Int(XML_GetCurrentLineNumber(reading.parser))
            reading.guarded { throw Broken(line: line, reason: "document type declaration") }
        }
    }

    deinit { XML_ParserFree(parser) }

    func parse(_ bytes: UnsafeBufferPointer<CChar>, isLast: Bool) throws {
        let status = XML_Parse(parser, bytes.baseAddress, Int32(bytes.count), isLast ? 1 : 0)
        if let failure { throw failure }
        guard status == XML_STATUS_OK else {
            let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
            throw Broken(line: Int(XML_GetCurrentLineNumber(parser)), reason: reason ?? "not XML")
        }
    }

    private static func from(_ user: UnsafeMutableRawPointer?) -> XMLReading? {
        user.map { Unmanaged<XMLReading>.fromOpaque($0).takeUnretainedValue() }
    }

    /// An error must not cross the C code: it is kept, the parser stopped, and the error thrown by `parse`.
    private func guarded(_ body: () throws -> Void) {
        guard failure == nil else { return }
        do {
            try body()
        } catch {
            failure = error
            XML_StopParser(parser, 0)
        }
    }
}
