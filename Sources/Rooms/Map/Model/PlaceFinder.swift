import Foundation

/// Finds places by what people type: the name or a part of it, another name, with one wrong or missing character, in pinyin
/// or its initials. Pure and in memory; made once for the places of an installation, then only read.
struct PlaceFinder: Sendable {
    struct Entry: Sendable, Hashable {
        /// As the layer names it.
        var id: String
        var layer: String
        /// The standard name first, then the others.
        var names: [String]
        /// The code of the area that it is or lies in: what decides who may find it.
        var area: String
        var longitude: Double
        var latitude: Double
    }

    struct Match: Sendable, Hashable {
        var entry: Entry
        /// The name that fitted.
        var name: String
        /// Smaller is better: 0 the very name, then its beginning, a part, its pinyin, a slip.
        var rank: Int
    }

    private struct Key: Sendable {
        var entry: Int32
        var name: Int32
        var letters: [Character]
        var pinyin: String
        var initials: String
    }

    private let entries: [Entry]
    private let keys: [Key]
    /// The keys in which a character stands.
    private let keysByLetter: [Character: [Int32]]

    /// - Parameter readings: how characters are read in names of places where that differs from elsewhere: 地, di.
    init(_ entries: [Entry], readings: [Character: String] = [:]) {
        self.entries = entries
        var keys: [Key] = []
        var byLetter: [Character: [Int32]] = [:]
        for (entry, one) in entries.enumerated() {
            for (name, text) in one.names.enumerated() {
                let folded = Self.folded(text)
                let syllables = Self.syllables(folded, readings)
                for letter in Set(folded) { byLetter[letter, default: []].append(Int32(keys.count)) }
                keys.append(
                    Key(
                        entry: Int32(entry), name: Int32(name), letters: Array(folded), pinyin: syllables.joined(),
                        initials: String(syllables.compactMap(\.first))))
            }
        }
        self.keys = keys
        keysByLetter = byLetter
    }

    /// - Parameter isVisible: by the code of the area.
    func matches(_ typed: String, limit: Int = 20, where isVisible: (String) -> Bool) -> [Match] {
        let text = Self.folded(typed)
        guard !text.isEmpty, text.count <= 100 else { return [] }
        let letters = Array(text)
        let isLatin = text.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        var best: [Int32: Match] = [:]
        func offer(_ key: Key, _ rank: Int) {
            let entry = entries[Int(key.entry)]
            guard isVisible(entry.area), rank < best[key.entry]?.rank ?? .max else { return }
            best[key.entry] = Match(entry: entry, name: entry.names[Int(key.name)], rank: rank)
        }
        if isLatin, letters.count > 1 {
            for key in keys {
                if key.initials == text || key.pinyin == text {
                    offer(key, 2)
                } else if key.initials.hasPrefix(text) {
                    offer(key, 4)
                } else if key.pinyin.hasPrefix(text) {
                    offer(key, 3)
                } else if letters.count > 3, key.pinyin.contains(text) {
                    offer(key, 5)
                }
            }
        }
        // What shares at least half of its characters is looked at closer.
        var shared: [Int32: Int] = [:]
        for letter in Set(letters) { for key in keysByLetter[letter] ?? [] { shared[key, default: 0] += 1 } }
        let least = max(1, Set(letters).count / 2)
        for (number, count) in shared where count >= least {
            let key = keys[Int(number)]
            if let rank = Self.rank(key.letters, letters) { offer(key, rank) }
        }
        return best.values.sorted {
            ($0.rank, $0.name.count, $0.entry.area, $0.entry.id) < ($1.rank, $1.name.count, $1.entry.area, $1.entry.id)
        }.prefix(limit).map { $0 }
    }

    private static func rank(_ name: [Character], _ typed: [Character]) -> Int? {
        if name == typed { return 0 }
        if name.starts(with: typed) { return 1 }
        if holds(name, typed) { return 2 }
        // What was typed says more than the name: 西湖区翠苑一区 finds 翠苑一区.
        if name.count > 2, holds(typed, name) { return 3 }
        if typed.count > 2, distance(name, typed, atMost: 1) <= 1 { return 6 }
        if typed.count > 3, name.count > typed.count,
            distance(Array(name.prefix(typed.count)), typed, atMost: 1) <= 1
        {
            return 7
        }
        return nil
    }

    private static func holds(_ long: [Character], _ short: [Character]) -> Bool {
        guard short.count <= long.count, let first = short.first else { return false }
        for start in 0...(long.count - short.count) where long[start] == first {
            if long[start..<start + short.count].elementsEqual(short) { return true }
        }
        return false
    }

    /// How many characters are wrong, missing, too many, or changed places with their neighbour (Damerau and Levenshtein).
    static func distance(_ one: [Character], _ two: [Character], atMost: Int) -> Int {
        guard abs(one.count - two.count) <= atMost else { return atMost + 1 }
        var before: [Int] = []
        var last = Array(0...two.count)
        for (row, letter) in one.enumerated() {
            var line = [row + 1]
            for (column, other) in two.enumerated() {
                var best = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, line[column] + 1)
                if row > 0, column > 0, letter == two[column - 1], one[row - 1] == other {
                    best = min(best, before[column - 1] + 1)
                }
                line.append(best)
            }
            if (line.min() ?? 0) > atMost { return atMost + 1 }
            (before, last) = (last, line)
        }
        return last[two.count]
    }

    /// Width, case, white space and punctuation do not matter; nor does how a number of a building is written.
    static func folded(_ text: String) -> String {
        let plain = (text.applyingTransform(.fullwidthToHalfwidth, reverse: false) ?? text).lowercased()
        return String(plain.filter { $0.isLetter || $0.isNumber })
    }

    /// Pinyin without tones; what is no Chinese character stands for itself.
    static func syllables(_ text: String, _ readings: [Character: String]) -> [String] {
        let text = text.map { one in readings[one].map { " \($0) " } ?? String(one) }.joined()
        let latin = text.applyingTransform(.mandarinToLatin, reverse: false) ?? text
        let plain = latin.applyingTransform(.stripDiacritics, reverse: false) ?? latin
        return plain.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
