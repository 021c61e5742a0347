import Desk
import Text

/// The names by which people call places of the county, found in what they write: streets, communities, compounds and
/// landmarks, each with the area it lies in.
struct Gazetteer: Sendable {
    /// A place under one of its names.
    struct Entry: Sendable, Hashable {
        var name: String
        var area: AreaPrefix
        /// How often this name means this place rather than something else, 0...1.
        var certainty: Double
        var location: Location?
    }

    /// Areas in the order of how sure they are, and the names that led there.
    struct Answer: Sendable {
        var candidates: [MatterSuggestion.Candidate<AreaPrefix>]
        var words: [String]
        /// Of a landmark within the first area.
        var location: Location?
    }

    let entries: [Entry]
    private let matcher: PhraseMatcher

    init(_ entries: [Entry]) {
        self.entries = entries
        matcher = PhraseMatcher(entries.map(\.name))
    }

    // MARK: Names

    /// Divisions of the county under their full names and without what only says of which kind they are. A short name may
    /// mean a road or a shop as well, so it says less.
    static func divisions(of county: AreaPrefix, _ areas: any AreaLookup) -> [Entry] {
        var found: [Entry] = []
        func add(_ name: String, _ area: AreaPrefix) {
            found.append(Entry(name: name, area: area, certainty: 0.95))
            let short = AreaNames.folded(name)
            if short != name, short.count >= 2 {
                found.append(Entry(name: short, area: area, certainty: short.count == 2 ? 0.55 : 0.7))
            }
        }
        func walk(_ area: AreaPrefix) {
            for child in areas.children(of: area) where child.area.level <= .community {
                if child.area.level > .county { add(child.name, child.area) }
                walk(child.area)
            }
        }
        walk(county)
        return found
    }

    /// How much a compound's or landmark's name says.
    static let landmarkCertainty = 0.9

    // MARK: Finding

    /// A hint that does not come from the text: where the phone was, or what the reporter chose.
    struct Clue: Sendable {
        var area: AreaPrefix
        var certainty: Double
    }

    /// - Parameter clues: weighed with the names found.
    func areas(in text: String, _ clues: [Clue] = []) -> Answer {
        var evidence = clues.map {
            Evidence(entries: [Entry(name: "", area: $0.area, certainty: $0.certainty)], words: nil)
        }
        var seen: Set<String> = []
        for match in matcher.matches(in: text) {
            let named = match.phrases.map { entries[$0] }
            // Said twice is not twice as sure.
            guard match.length >= 2, seen.insert(match.words).inserted, let first = named.first else { continue }
            if evidence.contains(where: { $0.entries.first == first }) { continue }
            evidence.append(Evidence(entries: named, words: match.words))
        }
        return Self.weigh(evidence)
    }

    private struct Evidence {
        /// More than one where several places bear the name.
        var entries: [Entry]
        var words: String?
    }

    private static func related(_ one: AreaPrefix, _ other: AreaPrefix) -> Bool {
        one.contains(other) || other.contains(one)
    }

    /// What each piece says for an area: its certainty, shared between the places that bear the name. A street that is
    /// named too takes the others of the name out of question.
    private static func weigh(_ evidence: [Evidence]) -> Answer {
        let evidence = evidence.map { piece in
            guard piece.entries.count > 1 else { return piece }
            let others = evidence.filter { $0.entries.count == 1 }.flatMap(\.entries)
            let possible = piece.entries.filter { entry in others.contains { related($0.area, entry.area) } }
            return Evidence(entries: possible.isEmpty ? piece.entries : possible, words: piece.words)
        }
        let areas = Set(evidence.flatMap { $0.entries.map(\.area) })
        /// That not all that speaks for it is wrong.
        func support(_ area: AreaPrefix) -> Double {
            1
                - evidence.reduce(1.0) { doubt, piece in
                    let fitting = piece.entries.filter { related($0.area, area) }
                    guard let best = fitting.map(\.certainty).max() else { return doubt }
                    // A wider area that is named says for the narrower only that it is possible.
                    let isOwn = fitting.contains { area.contains($0.area) }
                    return doubt * (1 - best / Double(piece.entries.count) * (isOwn ? 1 : 0.3))
                }
        }
        let supports = areas.map { ($0, support($0)) }
        var candidates = supports.map { area, own in
            let against = supports.filter { !related($0.0, area) }.map(\.1).max() ?? 0
            return MatterSuggestion.Candidate(value: area, confidence: own * own / max(own + against, own, 1e-9))
        }
        candidates.sort {
            $0.confidence != $1.confidence ? $0.confidence > $1.confidence : $0.value.code < $1.value.code
        }
        guard let best = narrowest(of: candidates) else { return Answer(candidates: [], words: [], location: nil) }
        candidates = [best] + candidates.filter { !related($0.value, best.value) }
        let speaking = evidence.filter { $0.entries.contains { related($0.area, best.value) } }
        let places = speaking.flatMap(\.entries).filter { best.value.contains($0.area) }
        return Answer(
            candidates: candidates, words: speaking.compactMap(\.words),
            location: places.lazy.compactMap(\.location).first)
    }

    /// Of an area and one within it the narrower is the better answer, unless it is far less sure.
    private static func narrowest(
        of candidates: [MatterSuggestion.Candidate<AreaPrefix>]
    ) -> MatterSuggestion.Candidate<AreaPrefix>? {
        guard var best = candidates.first else { return nil }
        while let inner = candidates.first(where: {
            $0.value != best.value && best.value.contains($0.value) && $0.confidence >= best.confidence * 0.6
        }) { best = inner }
        return best
    }
}
