import Cipher
import Desk
import Foundation
import Ground
import Identity
import Ledger
import Sheets
import Storage

/// What an export wrote.
public struct RegistryExportResult: Sendable, Hashable {
    /// Rows of `residents.csv`.
    public var residents = 0
    /// Lines of `facts.jsonl`.
    public var facts = 0
    /// Features of `dwellings.geojson` and `buildings.geojson`.
    public var places = 0
}

extension Registry {
    /// Writes everything that is known into a folder, in forms that any program reads:
    ///
    /// - `residents.csv`: one row for each person who is there now, with household and dwelling; `importResidents` takes it.
    /// - `facts.jsonl`: every statement that was ever written, one a line, with true since, seen at and known since.
    /// - `elements.csv`: what the keys of the two mean.
    /// - `dwellings.geojson`, `buildings.geojson`: those with a place, as points.
    ///
    /// Values are in clear: the purpose is kept on the ledger.
    /// - Throws: a refusal when the purpose is none of the dictionary, or the folder is there already.
    public func export(
        to folder: String, purpose: String, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> RegistryExportResult {
        let purpose = try checkedPurpose(purpose)
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw Refusal(
                .conflict, "registry.export.exists",
                LocalizedText("“\(folder)”已存在，未覆盖", "“\(folder)” exists and was not overwritten"),
                wayOn: LocalizedText("请换一个目录名", "Choose another name"))
        }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let now = house.clock.now()
        let entry = LedgerEntry(
            id: house.identifiers.next(at: now), act: "registry.exported", subjectKind: "residents",
            subjectID: house.settings.area.code, actor: .system, happenedAt: now, receivedAt: now,
            area: house.settings.area.code, purpose: purpose.key)
        try await house.database.write { try Ledger.record(entry, in: $0) }
        var result = RegistryExportResult()
        for file in RegistryFile.allCases {
            let count = try await write(file, to: folder + "/" + file.name, on: now.local().day, progress)
            switch file {
            case .residents: result.residents = count
            case .facts: result.facts = count
            case .elements: break
            case .dwellings, .buildings: result.places += count
            }
        }
        return result
    }

    private static let exportPage = 500

    /// What may be collected at all, and is no reference to another record of this installation.
    private var exported: [Element] {
        dictionary.elements.filter { element in
            if case .reference = element.type { return false }
            return !element.isOff && element.kind != .building && element.kind != .organisation
        }
    }

    func writeElements(to path: String) throws {
        let writer = try CSVWriter(path: path)
        try writer.addRow(["key", "of", "name", "english", "meaning"])
        for element in dictionary.elements {
            try writer.addRow([
                element.key, element.kind.rawValue, element.name.chinese, element.name.english, element.meaning.chinese,
            ])
        }
        try writer.close()
    }

    func writeResidents(to path: String, on day: Day, _ progress: @Sendable (Int) -> Void) async throws -> Int {
        let elements = exported
        let writer = try CSVWriter(path: path)
        try writer.addRow(elements.map(\.key))
        var cursor: SubjectID?
        var count = 0
        while true {
            let (after, registry) = (cursor, self)
            let page = try await house.database.read { transaction -> (last: SubjectID?, rows: [[String]]) in
                let records = try registry.records(
                    of: .person, after: after, limit: Self.exportPage, in: transaction)
                let found = try registry.listed(records.map(\.id), in: transaction)
                let people = records.compactMap { found[$0.id] }.filter { $0.standing == .present }
                let homes = try registry.homes(of: people, at: day, in: transaction)
                let rows = people.map { person in
                    elements.map { element -> String in
                        let subject: StoredSubject? =
                            switch element.kind {
                            case .person: person
                            case .household: homes[person.id]?.household
                            case .dwelling: homes[person.id]?.dwelling
                            case .building, .organisation: nil
                            }
                        return subject?.record.value(element.key, at: day) ?? ""
                    }
                }
                return (records.last?.id, rows)
            }
            for row in page.rows { try writer.addRow(row) }
            count += page.rows.count
            progress(count)
            guard let last = page.last else { break }
            cursor = last
        }
        try writer.close()
        return count
    }

    func writeFacts(to path: String, _ progress: @Sendable (Int) -> Void) async throws -> Int {
        _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw Refusal(
                .fault, "registry.export.unwritable",
                LocalizedText("无法写入“\(path)”", "“\(path)” cannot be written"))
        }
        defer { try? file.close() }
        var cursor: RegistryEntry.ID?
        var count = 0
        let vault = house.keys.vault
        while true {
            let after = cursor
            let entries = try await house.database.read {
                try EntryStore.page(after: after, limit: Self.exportPage, vault: vault, in: $0)
            }
            var lines: [UInt8] = []
            for entry in entries {
                for (element, statements) in entry.content.statements.sorted(by: { $0.key < $1.key }) {
                    for statement in statements {
                        lines += Self.line(entry, element, statement) + [0x0A]
                        count += 1
                    }
                }
            }
            try file.write(contentsOf: Data(lines))
            progress(count)
            guard let last = entries.last?.id else { return count }
            cursor = last
        }
    }

    private static func line(_ entry: RegistryEntry, _ element: String, _ statement: Statement) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("entry", entry.id)
            writer.member("subject", entry.subject)
            writer.member("of", entry.content.kind.rawValue)
            writer.member("element", element)
            writer.member("value", statement.value)
            writer.member("since", statement.since.description)
            writer.member("seenAt", entry.seenAt)
            writer.member("knownSince", entry.knownSince)
            writer.member("source", entry.source.rawValue)
            writer.member("voidedAt", entry.voidedAt)
        }
    }
}
