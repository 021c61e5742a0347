import Synchronization

/// The identity of one `Entity`, so that a case's id can never stand where a person's is wanted.
/// Text of 26 lower-case characters, ordered by the time it was made, unique over servers.
public struct Identifier<Entity>: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public let text: String

    /// Takes text that the application itself stored. Text from outside goes through `init(parsing:)`.
    public init(_ text: String) { self.text = text }

    /// - Returns: nil unless the text has the form of an identifier.
    public init?(parsing text: some StringProtocol) {
        guard text.utf8.count == 26, text.utf8.allSatisfy(IdentifierSource.alphabet.contains) else { return nil }
        self.text = String(text)
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let identifier = Identifier(parsing: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an identifier: \(text.prefix(40))"))
        }
        self = identifier
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    public var description: String { text }
    public static func < (left: Identifier, right: Identifier) -> Bool { left.text < right.text }
}

/// Makes identifiers: 48 bits of time and 80 of chance, in Crockford's base 32; within one millisecond the last one
/// plus one, so identifiers of one source are strictly ordered, also when the clock steps back.
public final class IdentifierSource: Sendable {
    static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    private struct State {
        var random: any RandomNumberGenerator & Sendable
        var time: UInt64 = 0
        var high: UInt16 = 0
        var low: UInt64 = 0
    }

    private let state: Mutex<State>
    /// A generator tells one story to its end and goes back for the next; each thing keeps its own time then.
    private let followsBack: Bool

    public init() {
        state = Mutex(State(random: SystemRandomNumberGenerator()))
        followsBack = false
    }

    /// The same seed and the same instants give the same identifiers, each of its instant, in whatever order these come:
    /// for generators and tests.
    public init(seed: UInt64) {
        state = Mutex(State(random: SeededRandom(seed: seed)))
        followsBack = true
    }

    public func next<Entity>(at instant: Instant) -> Identifier<Entity> { Identifier(nextText(at: instant)) }

    public func nextText(at instant: Instant) -> String {
        state.withLock { state in
            let time = UInt64(max(0, instant.milliseconds)) & 0xFFFF_FFFF_FFFF
            if time > state.time || followsBack && time < state.time {
                state.time = time
                // The top bit stays free, so that counting on never overflows into the time.
                state.high = UInt16.random(in: 0...0x7FFF, using: &state.random)
                state.low = state.random.next()
            } else {
                state.low &+= 1
                if state.low == 0 { state.high &+= 1 }
            }
            return Self.text(time: state.time, high: state.high, low: state.low)
        }
    }

    /// The lowest identifier of an instant: what was made since comes after it.
    public static func lowest<Entity>(at instant: Instant) -> Identifier<Entity> {
        Identifier(text(time: UInt64(max(0, instant.milliseconds)) & 0xFFFF_FFFF_FFFF, high: 0, low: 0))
    }

    private static func text(time: UInt64, high: UInt16, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            for position in 0..<10 { buffer[position] = alphabet[Int(time >> UInt64(45 - 5 * position)) & 31] }
            var upper = UInt64(high)
            var lower = low
            for position in stride(from: 25, through: 10, by: -1) {
                buffer[position] = alphabet[Int(lower & 31)]
                lower = lower >> 5 | upper << 59
                upper >>= 5
            }
            return 26
        }
    }
}

/// A small, fast generator (SplitMix64) whose whole future follows from its seed. Never for secrets.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
