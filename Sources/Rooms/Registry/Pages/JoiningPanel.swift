import Desk
import Ground
import Hummingbird
import Identity
import Storage
import Web

/// On the card of a person: who could be the same, who was joined into this record, and the way back.
struct JoiningPanel: Sendable {
    let registry: Registry

    func add(to routes: Routes) {
        routes.form("/registry/subjects/:id/join", right: .registryManage) { staff, submission in
            guard let duplicate = SubjectID(parsing: submission.fields["duplicate"] ?? "") else {
                throw Refusal.nothingHere
            }
            return try await act(staff, submission) { registry, id, scope, now, transaction in
                try registry.join(duplicate, into: id, by: scope, at: now, in: transaction)
            }
        }
        routes.form("/registry/subjects/:id/part", right: .registryManage) { staff, submission in
            try await act(staff, submission) { registry, id, scope, now, transaction in
                try registry.part(id, by: scope, at: now, in: transaction)
            }
        }
        routes.form("/registry/subjects/:id/void", right: .registryWrite) { staff, submission in
            guard let entry = RegistryEntry.ID(parsing: submission.fields["entry"] ?? "") else {
                throw Refusal.nothingHere
            }
            return try await act(staff, submission) { registry, id, scope, now, transaction in
                try registry.void(entry, of: id, by: scope, at: now, in: transaction)
            }
        }
    }

    private func act(
        _ staff: StaffVisit, _ submission: Submission,
        _ body: @escaping @Sendable (Registry, SubjectID, Scope, Instant, any Transaction) throws -> StoredSubject
    ) async throws -> Response {
        let id: SubjectID = try staff.visit.identifier()
        let (registry, scope, now) = (registry, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            .seeOther("/registry/subjects/\(try body(registry, id, scope, now, transaction).id)")
        }
    }

    struct Content: Sendable {
        var lookAlikes: [StoredSubject] = []
        var joined: [StoredSubject] = []
    }

    func read(_ subject: StoredSubject, for scope: Scope, in transaction: any Transaction) throws -> Content {
        guard scope.may(.registryManage) else { return Content() }
        let group = try registry.group(of: subject.id, in: transaction).dropFirst()
        return Content(
            lookAlikes: try registry.lookAlikes(of: subject, for: scope, in: transaction),
            joined: try registry.subjects(Array(group), for: scope, in: transaction).values.sorted { $0.id < $1.id })
    }

    func html(_ content: Content, _ subject: StoredSubject, _ names: SubjectNames, _ visit: Visit) -> HTML {
        let dictionary = registry.dictionary
        let alike: HTML =
            content.lookAlikes.isEmpty
            ? HTML()
            : """
            <section class="panel"><h2>\(visit("可能是同一人", "Perhaps the same person"))</h2><ul class="rows">\(content.lookAlikes.html { other in
                """
                <li><a href="/registry/subjects/\(other.id)">\(names.title(of: other, dictionary, visit.language))</a> <span class="hint">\(registry.areaName(other.area))</span>\
                <form class="inline" method="post" action="/registry/subjects/\(subject.id)/join">\(visit.formFields)<input type="hidden" name="duplicate" value="\(other.id)">\
                \(Field.submit(visit("并入此档案", "Join into this one"), tone: ""))</form></li>
                """
            })</ul></section>
            """
        let joined: HTML =
            content.joined.isEmpty
            ? HTML()
            : """
            <section class="panel"><h2>\(visit("已并入的档案", "Joined into this one"))</h2><ul class="rows">\(content.joined.html { other in
                """
                <li>\(names.title(of: other, dictionary, visit.language)) <span class="hint">\(other.id.text)</span>\
                <form class="inline" method="post" action="/registry/subjects/\(other.id)/part">\(visit.formFields)\(Field.submit(visit("拆分", "Part again"), tone: ""))</form></li>
                """
            })</ul></section>
            """
        return "\(alike)\(joined)"
    }
}
