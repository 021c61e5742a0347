import Cipher
import Desk
import Ground
import Hummingbird
import Identity
import Ledger
import Places
import Storage
import Web

/// `/api/v1/registry`: facts in and out, and the dictionary they are made of.
struct RegistryAPI: Sendable {
    let registry: Registry
    private static let tag = "registry"

    func add(to routes: Routes) {
        dictionary(routes)
        reading(routes)
        writing(routes)
        finding(routes)
    }

    private func json(
        _ subject: StoredSubject, _ visit: Visit, purpose: String? = nil, status: Int = 200, location: String? = nil
    ) -> Answer {
        .json(
            JSONWriter.object { writer in
                RegistryJSON.write(
                    subject, registry.dictionary, at: visit.now.local().day, purpose: purpose, visit.language,
                    areaName: registry.places.name(of:), to: &writer)
            }, status: status, location: location, version: subject.version)
    }

    // MARK: The dictionary

    private func dictionary(_ routes: Routes) {
        let element: Schema = .object([
            .init("key", .text), .init("of", .text), .init("name", .text), .init("meaning", .text),
            .init("steward", .text), .init("basis", .nullable(.text)), .init("purposes", .array(.text)),
            .init("validDays", .nullable(.integer(minimum: 1))),
            .init("sensitivity", .string(values: ["open", "personal", "sensitive"])), .init("isOff", .boolean),
            .init("codes", .nullable(.text), "the code list"), .init("synonyms", .array(.text)),
        ])
        routes.api(
            APIOperation(
                .get, "/dictionary", id: "readDictionary", tag: Self.tag,
                summary: LocalizedText("数据字典", "The data dictionary"),
                response: .object([.init("version", .text), .init("elements", .array(.named("Element", element)))])),
            right: .registryRead
        ) { staff, _ in
            let (dictionary, language) = (registry.dictionary, staff.visit.language)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.member("version", dictionary.version)
                    writer.key("elements")
                    writer.array(dictionary.elements) { writer, element in
                        writer.object { Self.write(element, language, to: &$0) }
                    }
                }
            ).response
        }
    }

    private static func write(_ element: Element, _ language: Language, to writer: inout JSONWriter) {
        writer.member("key", element.key)
        writer.member("of", element.kind.rawValue)
        writer.member("name", element.name(language))
        writer.member("meaning", element.meaning(language))
        writer.member("steward", element.steward)
        writer.member("basis", element.basis?(language))
        writer.key("purposes")
        writer.array(element.purposes.sorted()) { $0.value($1) }
        writer.key("validDays")
        if let days = element.validDays { writer.value(days) } else { writer.null() }
        writer.member("sensitivity", element.sensitivity.rawValue)
        writer.member("isOff", element.isOff)
        if case .code(let list) = element.type {
            writer.member("codes", list)
        } else {
            writer.member("codes", nil as String?)
        }
        writer.key("synonyms")
        writer.array(element.synonyms) { $0.value($1) }
    }

    // MARK: Reading

    private func reading(_ routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/registry/subjects", id: "listSubjects", tag: Self.tag,
                summary: LocalizedText("辖区内的人员、家户或房屋", "Persons, households or dwellings of an area"),
                query: [
                    .init("kind", .string(values: SubjectKind.allCases.map(\.rawValue))),
                    .init("area", .string(maximum: 15), required: false),
                    .init("after", .string(maximum: 60), required: false),
                    .init(
                        "near", .string(maximum: 60), required: false,
                        "`longitude,latitude`: homes or buildings of its grid, nearest first"),
                ],
                response: .object([.init("items", .array(RegistryJSON.subject)), .init("next", .nullable(.text))])),
            right: .registryRead
        ) { staff, _ in
            let visit = staff.visit
            let question = try SubjectQuestion(visit.query, within: staff.scope)
            let (registry, scope) = (registry, staff.scope)
            let page = try await registry.house.database.read { try question.page(registry, scope, in: $0) }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(page.items) { writer, one in
                        writer.object {
                            RegistryJSON.write(
                                one, registry.dictionary, at: visit.now.local().day, purpose: nil, visit.language,
                                areaName: registry.places.name(of:), to: &$0)
                        }
                    }
                    writer.member("next", page.next)
                }
            ).response
        }
        routes.api(
            APIOperation(
                .get, "/registry/subjects/{id}", id: "readSubject", tag: Self.tag,
                summary: LocalizedText("一份档案（个人信息脱敏）", "One subject, personal values masked"),
                response: RegistryJSON.subject), right: .registryRead
        ) { staff, _ in
            let id: SubjectID = try staff.visit.identifier()
            let (registry, scope) = (registry, staff.scope)
            let subject = try await registry.house.database.read { try registry.subject(id, for: scope, in: $0) }
            return json(subject, staff.visit).response
        }
        routes.api(
            APIOperation(
                .get, "/registry/subjects/{id}/entries", id: "listEntries", tag: Self.tag,
                summary: LocalizedText("登记记录：何时、由谁、登记了哪些数据项", "What was written of a subject, when and by whom"),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("id", .identifier), .init("elements", .array(.text)),
                                .init("knownSince", .instant),
                                .init("seenAt", .instant), .init("source", .text),
                                .init("post", .nullable(.identifier)),
                                .init("voidedAt", .nullable(.instant)),
                            ])))
                ])), right: .registryRead
        ) { staff, _ in
            let id: SubjectID = try staff.visit.identifier()
            let (registry, scope) = (registry, staff.scope)
            let entries = try await registry.house.database.read { try registry.entries(of: id, for: scope, in: $0) }
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(entries) { writer, entry in
                        writer.object { writer in
                            writer.member("id", entry.id)
                            writer.key("elements")
                            writer.array(entry.content.statements.keys.sorted()) { $0.value($1) }
                            writer.member("knownSince", entry.knownSince)
                            writer.member("seenAt", entry.seenAt)
                            writer.member("source", entry.source.rawValue)
                            writer.member("post", entry.post)
                            writer.member("voidedAt", entry.voidedAt)
                        }
                    }
                }
            ).response
        }
    }

    // MARK: Writing

    private struct Writing: Decodable {
        struct Fact: Decodable {
            var element: String
            var value: String?
            var since: Day?
        }

        var kind: SubjectKind?
        var facts: [Fact]
        var seenAt: String?
        var source: FactSource?
        var correction: Bool?
    }

    private static let facts: [Schema.Member] = [
        .init(
            "facts",
            .array(
                .object([
                    .init("element", .string(minimum: 1, maximum: 40)),
                    .init("value", .nullable(.string(maximum: 1_000)), required: false, "null: nothing holds any more"),
                    .init(
                        "since", .nullable(.string(format: "date")), required: false,
                        "true since; the day it was seen when not said"),
                ]))),
        .init("seenAt", .nullable(.instant), required: false, "when it was seen; now when not said"),
        .init("source", .string(values: FactSource.allCases.map(\.rawValue)), required: false),
        .init("correction", .boolean, required: false, "what was known from `since` on was a mistake"),
    ]

    private func entry(_ asked: Writing, _ kind: SubjectKind, _ id: SubjectID?, _ version: Int64?, at now: Instant)
        throws -> NewEntry
    {
        var seenAt = now
        if let text = asked.seenAt {
            guard let instant = Instant(iso8601: text) else {
                throw Refusal(
                    .malformed, "registry.no-instant",
                    LocalizedText("时间须如 2026-11-21T08:30:00+08:00", "A time is written 2026-11-21T08:30:00+08:00"),
                    field: "seenAt")
            }
            seenAt = instant
        }
        return NewEntry(
            kind, id, facts: asked.facts.map { .init($0.element, $0.value, since: $0.since) }, seenAt: seenAt,
            source: asked.source ?? .counter, isCorrection: asked.correction ?? false, seenVersion: version)
    }

    private func writing(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/registry/subjects", id: "registerSubject", tag: Self.tag,
                summary: LocalizedText("建档", "Register a person, a household or a dwelling"),
                request: .named(
                    "NewSubject",
                    .object([.init("kind", .string(values: SubjectKind.allCases.map(\.rawValue)))] + Self.facts)),
                status: 201, response: RegistryJSON.subject), right: .registryWrite
        ) { staff, submission in
            let asked = try submission.decode(Writing.self)
            guard let kind = asked.kind else {
                throw Refusal(
                    .malformed, "registry.no-kind", LocalizedText("缺少 kind", "`kind` is missing"), field: "kind")
            }
            return try await write(asked, kind, nil, staff, submission, status: 201)
        }
        routes.api(
            APIOperation(
                .post, "/registry/subjects/{id}/entries", id: "writeFacts", tag: Self.tag,
                summary: LocalizedText("登记事实：一处登记，所有表随之更新", "Write facts once; every form follows in the same moment"),
                request: .named("NewFacts", .object(Self.facts)), response: RegistryJSON.subject), right: .registryWrite
        ) { staff, submission in
            let asked = try submission.decode(Writing.self)
            let id: SubjectID = try staff.visit.identifier()
            let (registry, scope) = (registry, staff.scope)
            let kind = try await registry.house.database.read { try registry.subject(id, for: scope, in: $0) }.kind
            return try await write(asked, kind, id, staff, submission, status: 200)
        }
    }

    private func write(
        _ asked: Writing, _ kind: SubjectKind, _ id: SubjectID?, _ staff: StaffVisit, _ submission: Submission,
        status: Int
    ) async throws -> Response {
        let (visit, scope, now, registry) = (staff.visit, staff.scope, staff.visit.now, registry)
        let entry = try entry(asked, kind, id, submission.seenVersion, at: now)
        return try await visit.write(submission) { transaction in
            let subject = try registry.write(entry, by: scope, at: now, in: transaction)
            return json(
                subject, visit, status: status,
                location: status == 201 ? "/api/v1/registry/subjects/\(subject.id)" : nil)
        }
    }

    // MARK: Finding and looking

    private func finding(_ routes: Routes) {
        routes.api(
            APIOperation(
                .post, "/registry/search", id: "searchRegistry", tag: Self.tag,
                summary: LocalizedText(
                    "按姓名、拼音首字母、电话、地址或身份证号查找（记入台账）",
                    "Find by name, initials, telephone, address or identity number; noted on the ledger"),
                request: .object([.init("text", .string(minimum: 1, maximum: 200))]),
                response: .object([.init("items", .array(RegistryJSON.subject))])), right: .registryRead
        ) { staff, submission in
            struct Asked: Decodable { var text: String }
            let text = try submission.decode(Asked.self).text
            let found = try await registry.searched(text, by: staff.scope, at: staff.visit.now)
            return Answer.json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(found) { writer, one in
                        writer.object {
                            RegistryJSON.write(
                                one, registry.dictionary, at: staff.visit.now.local().day, purpose: nil,
                                staff.visit.language, areaName: registry.places.name(of:), to: &$0)
                        }
                    }
                }
            ).response
        }
        routes.api(
            APIOperation(
                .post, "/registry/subjects/{id}/reveal", id: "revealSubject", tag: Self.tag,
                summary: LocalizedText("按用途查看原文（记入台账）", "In clear as far as the purpose allows; noted on the ledger"),
                request: .object([.init("purpose", .string(values: registry.dictionary.purposes.map(\.key)))]),
                response: RegistryJSON.subject), right: .registryReveal
        ) { staff, submission in
            struct Asked: Decodable { var purpose: String }
            let purpose = try submission.decode(Asked.self).purpose
            let id: SubjectID = try staff.visit.identifier()
            let subject = try await registry.revealed(id, purpose: purpose, by: staff.scope, at: staff.visit.now)
            return json(subject, staff.visit, purpose: purpose).response
        }
    }
}

extension Registry {
    /// Finds, and notes that somebody looked; not what for a name was typed.
    func searched(_ text: String, by scope: Scope, at now: Instant) async throws -> [StoredSubject] {
        guard !text.isBlank, text.utf16.count <= 200 else {
            throw Refusal(
                .ruleBroken, "registry.no-text", LocalizedText("请输入要查找的内容", "Type what to look for"), field: "text")
        }
        let registry = self
        return try await house.database.write { transaction in
            let found = try registry.search(text, for: scope, at: now, in: transaction)
            let id: Identifier<LedgerEntry> = registry.house.identifiers.next(at: now)
            try Ledger.record(
                LedgerEntry(
                    "registry.searched", on: "search", id, by: Actor(scope), at: now, id: id, area: scope.area.code
                ) { $0.member("rows", found.count) }, in: transaction)
            return found
        }
    }

    /// A subject for somebody who named a purpose; noted before it is shown.
    func revealed(_ id: SubjectID, purpose: String, by scope: Scope, at now: Instant) async throws -> StoredSubject {
        let registry = self
        return try await house.database.write { transaction in
            let subject = try registry.subject(id, for: scope, in: transaction)
            try registry.noteLook(at: subject, purpose: purpose, by: scope, at: now, in: transaction)
            return subject
        }
    }
}
