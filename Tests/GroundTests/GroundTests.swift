import Ground
import Testing

@Suite("Time")
struct TimeTests {
    @Test("A day counts as the calendar does, over leap years and centuries")
    func days() throws {
        #expect(Day(year: 1970, month: 1, day: 1)?.number == 0)
        #expect(Day("2026-11-21")?.weekday == 6)
        #expect(Day("2000-02-29") != nil)
        #expect(Day("1900-02-29") == nil)
        #expect(Day("2026-13-01") == nil)
        for number in stride(from: Int64(-200_000), through: 200_000, by: 37) {
            let parts = Day(number: number).parts
            #expect(Day(year: parts.year, month: parts.month, day: parts.day)?.number == number)
        }
    }

    @Test(
        "ISO 8601 is read with any offset, and without one as Beijing time",
        arguments: [
            ("2026-11-21T10:32:05.123+08:00", "2026-11-21T02:32:05.123Z"),
            ("2026-11-21T02:32:05Z", "2026-11-21T02:32:05.000Z"),
            ("2026-11-21 10:32", "2026-11-21T02:32:00.000Z"),
            ("2026-11-21", "2026-11-20T16:00:00.000Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ])
    func reading(text: String, expected: String) {
        #expect(Instant(iso8601: text)?.iso8601 == expected)
    }

    @Test(
        "What is no time is refused",
        arguments: ["", "yesterday", "2026-11-21T25:00", "2026-02-30", "2026-11-21T10:32:05x"])
    func refusing(text: String) {
        #expect(Instant(iso8601: text) == nil)
    }
}

@Suite("Identifiers")
struct IdentifierTests {
    enum Something {}

    @Test("Identifiers of one source are strictly ordered, also within a millisecond")
    func order() {
        let source = IdentifierSource()
        let made = (0..<10_000).map { source.nextText(at: Instant(milliseconds: 1_700_000_000_000 + Int64($0 / 1000))) }
        #expect(zip(made, made.dropFirst()).allSatisfy { $0 < $1 })
        #expect(made.allSatisfy { $0.utf8.count == 26 && Identifier<Something>(parsing: $0) != nil })
    }

    @Test("A later instant gives a greater identifier, whichever source made it")
    func time() {
        let early = IdentifierSource(seed: 9).nextText(at: Instant(milliseconds: 1_000))
        let late = IdentifierSource(seed: 1).nextText(at: Instant(milliseconds: 1_001))
        #expect(early < late)
    }

    @Test("A clock that steps back breaks no order; who writes a past with a seed gives each thing its own time")
    func back() {
        let (late, early) = (Instant(milliseconds: 5_000), Instant(milliseconds: 1_000))
        let running = IdentifierSource()
        let before = running.nextText(at: late)
        #expect(running.nextText(at: early) > before)
        let written = IdentifierSource(seed: 3)
        let (first, second, third) = (
            written.nextText(at: late), written.nextText(at: early), written.nextText(at: late)
        )
        #expect(first.prefix(10) == third.prefix(10) && first != third)
        #expect(second.prefix(10) == (IdentifierSource.lowest(at: early) as Identifier<Something>).text.prefix(10))
    }

    @Test("The same seed gives the same identifiers")
    func seeds() {
        let instant = Instant(milliseconds: 5)
        #expect(IdentifierSource(seed: 3).nextText(at: instant) == IdentifierSource(seed: 3).nextText(at: instant))
    }

    @Test(
        "Text of another form is no identifier",
        arguments: ["", "abc", "0123456789abcdefghjkmnpq'; ", "ILOU56789abcdefghjkmnpqrst"])
    func parsing(text: String) {
        #expect(Identifier<Something>(parsing: text) == nil)
    }
}

@Suite("JSON and language")
struct TextTests {
    @Test("Text is escaped, numbers and nesting come out as written")
    func json() {
        let bytes = JSONWriter.object { writer in
            writer.member("text", "a\"b\\c\n\u{1}中😀")
            writer.member("number", Int64.min)
            writer.key("list")
            writer.array([1, 2]) { $0.value($1) }
            writer.member("nothing", String?.none)
        }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"text":"a\"b\\c\n\u0001中😀","number":-9223372036854775808,"list":[1,2],"nothing":null}"#)
    }

    @Test("The caller's language is taken from the header, Chinese when it names neither")
    func languages() {
        #expect(Language(accepting: "en-GB,en;q=0.9,zh;q=0.8") == .english)
        #expect(Language(accepting: "zh-CN,en;q=0.9") == .chinese)
        #expect(Language(accepting: "fr") == .chinese)
        #expect(Language(accepting: nil) == .chinese)
    }
}
