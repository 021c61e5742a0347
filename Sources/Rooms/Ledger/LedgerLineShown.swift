import Desk
import Foundation
import Ground
import Storage
import Web

/// An entry in words: what its codes mean and what the things in it are called. The codes stand beside them.
struct LedgerLineShown: Sendable {
    /// A value of a fact, as entries hold them: one flat object of JSON.
    enum Value: Sendable, Hashable {
        case none
        case truth(Bool)
        case number(String)
        case text(String)
        case list([Value])
    }

    struct Fact: Sendable {
        var name: LocalizedText
        var code: String
        var value: Value
    }

    var line: LedgerLine
    var act: LocalizedText
    var subject: LocalizedText
    var subjectName: LocalizedText?
    var subjectAddress: String?
    var post: LocalizedText?
    var area: LocalizedText?
    var facts: [Fact]
    /// What the codes and ids in the facts are called, by fact and code.
    private var called: [LedgerWords.Reference: LocalizedText]

    var entry: LedgerEntry { line.entry }
    var rawFacts: String { String(decoding: entry.facts, as: UTF8.self) }

    /// All lines of a page together: one question for the names of each kind.
    /// - Parameter scope: of the viewer; what it may not open is no link.
    static func lines(
        _ lines: [LedgerLine], _ words: LedgerWords, for scope: Scope, in transaction: any Transaction
    ) throws -> [LedgerLineShown] {
        let read = lines.map { ($0, values($0.entry.facts)) }
        var ids: [String: Set<String>] = [:]
        for (line, values) in read {
            ids[line.entry.subjectKind, default: []].insert(line.entry.subjectID)
            if let post = line.entry.actor.post { ids["post", default: []].insert(post) }
            if let area = line.entry.area { ids["area", default: []].insert(area) }
            for (fact, kind) in words.references {
                if case .text(let id) = values[fact] { ids[kind, default: []].insert(id) }
            }
        }
        var names: [String: [String: LocalizedText]] = [:]
        for (kind, wanted) in ids { names[kind] = try words.names(kind, wanted.sorted(), transaction) }
        let acts = Dictionary(words.acts.map { ($0.code, $0.title) }) { first, _ in first }
        return read.map { line, values in
            shown(line, values, act: acts[line.entry.act], words, names, scope)
        }
    }

    private static func shown(
        _ line: LedgerLine, _ values: [String: Value], act: LocalizedText?, _ words: LedgerWords,
        _ names: [String: [String: LocalizedText]], _ scope: Scope
    ) -> LedgerLineShown {
        let entry = line.entry
        let kind = words.subjects[entry.subjectKind]
        let known = words.facts.filter { values[$0.code] != nil }
        let others = values.keys.filter { code in !known.contains { $0.code == code } }.sorted()
        let facts = (known + others.map { LedgerWords.Word($0, $0, $0) }).compactMap { word in
            values[word.code].flatMap { $0 == .none ? nil : Fact(name: word.title, code: word.code, value: $0) }
        }
        var called: [LedgerWords.Reference: LocalizedText] = [:]
        for case let (fact, .text(code)) in values {
            let name = words.references[fact].flatMap { names[$0]?[code] } ?? words.value(fact, code)
            if let name { called[LedgerWords.Reference(kind: fact, id: code)] = name }
        }
        let name = names[entry.subjectKind]?[entry.subjectID]
        let mayOpen = kind?.right.map(scope.may) ?? true
        return LedgerLineShown(
            line: line, act: act ?? LocalizedText(entry.act, entry.act),
            subject: kind?.title ?? LocalizedText(entry.subjectKind, entry.subjectKind), subjectName: name,
            // What is not there any more, or was never here, has no page.
            subjectAddress: name == nil || !mayOpen ? nil : kind?.address?(entry.subjectID),
            post: entry.actor.post.flatMap { names["post"]?[$0] }, area: entry.area.flatMap { names["area"]?[$0] },
            facts: facts, called: called)
    }

    // MARK: In words

    func actor(_ visit: Visit) -> String {
        switch entry.actor.kind {
        case .system: visit("系统", "The platform")
        case .resident: visit("居民 ", "Resident ") + entry.actor.name
        case .machine: visit("接口 ", "Interface, ") + entry.actor.name
        case .staff: entry.actor.name
        }
    }

    func html(_ fact: Fact, _ visit: Visit) -> HTML {
        "<span class=\"hint\" title=\"\(fact.code)\">\(visit(fact.name))\(visit("：", ": "))</span>\(html(fact.value, of: fact.code, visit))"
    }

    private func html(_ value: Value, of fact: String, _ visit: Visit) -> HTML {
        switch value {
        case .list(let values):
            values.map { html($0, of: fact, visit) }.joined(separator: HTML(text: visit("、", ", ")))
        // A fingerprint tells that a text was not changed, not what it says: its beginning is enough for the eye.
        case .text(let text) where Self.isFingerprint(text): "<code title=\"\(text)\">\(text.prefix(8))…</code>"
        case .text(let text) where called[LedgerWords.Reference(kind: fact, id: text)] != nil:
            "<span title=\"\(text)\">\(self.text(value, of: fact, visit))</span>"
        case .none, .truth, .number, .text: HTML(text: self.text(value, of: fact, visit))
        }
    }

    /// All facts in one line, for a sheet.
    func factsText(_ visit: Visit) -> String {
        facts.map { visit($0.name) + visit("：", ": ") + text($0.value, of: $0.code, visit) }
            .joined(separator: visit("；", "; "))
    }

    private func text(_ value: Value, of fact: String, _ visit: Visit) -> String {
        switch value {
        case .none: "—"
        case .truth(let isSo): isSo ? visit("是", "yes") : visit("否", "no")
        case .number(let number): number
        case .list(let values): values.map { text($0, of: fact, visit) }.joined(separator: visit("、", ", "))
        case .text(let text):
            if let name = called[LedgerWords.Reference(kind: fact, id: text)] {
                visit(name)
            } else if text.utf8.count > 16, let instant = Instant(iso8601: text) {
                visit.instantText(instant)
            } else {
                text
            }
        }
    }

    private static func isFingerprint(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    // MARK: Reading

    /// Facts that cannot be read are none: the page shows them as they are stored.
    private static func values(_ facts: [UInt8]) -> [String: Value] {
        (try? JSONDecoder().decode([String: Value].self, from: Data(facts))) ?? [:]
    }
}

extension LedgerLineShown.Value: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .none
        } else if let isSo = try? container.decode(Bool.self) {
            self = .truth(isSo)
        } else if let number = try? container.decode(Int64.self) {
            self = .number(String(number))
        } else if let number = try? container.decode(Double.self) {
            self = .number(String(number))
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .list(try container.decode([LedgerLineShown.Value].self))
        }
    }
}
