import Cipher
import Desk
import Foundation
import Ground
import Storage
import Synchronization

/// By what a subject can be found: keyed hashes of whole values, so that the database can be searched without being
/// readable. A name is found whole, or by the initials of its pinyin (王小明: wxm); an identity or telephone number whole;
/// an address whole, or by each of its numbers together with the word before it (文三路 100 号).
struct SearchKeys: Sendable {
    let vault: Vault
    let spellings: NameSpellings

    /// - Parameter day: only what holds on it is searched by.
    func keys(of record: SubjectRecord, at day: Day) -> [String] {
        var keys: Set<String> = []
        if let name = record.value(CoreElement.name, at: day) { keys.formUnion(nameKeys(name)) }
        for element in [CoreElement.organisationName, CoreElement.buildingName] {
            if let name = record.value(element, at: day) { keys.formUnion(nameKeys(name)) }
        }
        if let phone = record.value(CoreElement.phone, at: day) { keys.insert(key(of: phone, .phone)) }
        if let address = record.value(CoreElement.address, at: day) {
            keys.insert(key(of: Self.folded(address), .address))
        }
        return keys.sorted()
    }

    func nameKeys(_ name: String) -> Set<String> {
        var keys: Set<String> = [key(of: Self.folded(name), .name)]
        for initials in spellings.initials(of: name) where initials.count > 1 {
            keys.insert(key(of: initials, .initials))
        }
        return keys
    }

    func creditKey(_ code: String) -> String { vault.blindIndex(code, for: "registry.credit-code") }

    func identityKey(_ number: String) -> String { vault.blindIndex(number, for: "registry.citizen-number") }

    /// The keys under which somebody who types this would find a subject: as a name, as initials, a telephone, an address.
    func keys(forTyped text: String) -> [String] {
        let folded = Self.folded(text)
        guard !folded.isEmpty else { return [] }
        var keys = [key(of: folded, .name), key(of: folded, .address)]
        if folded.utf8.allSatisfy({ (0x61...0x7A).contains($0) }), folded.utf8.count > 1 {
            keys.append(key(of: folded, .initials))
        }
        let digits = folded.filter { $0.isASCII && $0.isNumber }
        if digits.count >= 7 { keys.append(key(of: digits.count == folded.count ? digits : folded, .phone)) }
        return keys
    }

    private enum Use { case name, initials, phone, address }

    private func key(of text: String, _ use: Use) -> String {
        switch use {
        case .name: vault.blindIndex(text, for: "registry.name")
        case .initials: vault.blindIndex(text, for: "registry.initials")
        case .phone: vault.blindIndex(text, for: "registry.phone")
        case .address: vault.blindIndex(text, for: "registry.address")
        }
    }

    /// Width, case and white space do not matter.
    static func folded(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping.lowercased().filter { !$0.isWhitespace && $0 != "·" }
    }
}

/// How names are read: the initials of each character's pinyin.
final class NameSpellings: Sendable {
    /// Family names that are read otherwise than the same character elsewhere (单 shan, 曾 zeng); from `Rules/spellings.yaml`.
    private let familyNames: [String: String]
    /// Asking the system's tables costs as much as all else of a name, and a county uses some thousand characters.
    private let known = Mutex<[Character: Character?]>([:])

    init(familyNames: [String: String]) { self.familyNames = familyNames }

    /// `wxm` for 王小明; both readings where a family name has one of its own.
    func initials(of name: String) -> Set<String> {
        let characters = name.filter { !$0.isWhitespace && $0 != "·" }
        let common = characters.compactMap { initial(of: $0) }
        guard common.count == characters.count, !common.isEmpty else { return [] }
        var all: Set<String> = [String(common)]
        if let first = characters.first, let own = familyNames[String(first)]?.first {
            all.insert(String([own] + common.dropFirst()))
        }
        return all
    }

    private func initial(of character: Character) -> Character? {
        if character.isASCII, character.isLetter { return Character(character.lowercased()) }
        if let remembered = known.withLock({ $0[character] }) { return remembered }
        let spelling = String(character).applyingTransform(.mandarinToLatin, reverse: false)?
            .applyingTransform(.stripDiacritics, reverse: false)
        let first = spelling?.lowercased().first.flatMap { $0.isASCII && $0.isLetter ? $0 : nil }
        known.withLock { $0[character] = .some(first) }
        return first
    }
}
