package import Cases
package import Desk
import Foundation
package import Ground
import Hummingbird
import Storage
import Web

/// `/clue/matter/:id`: somebody on the staff finds that an ordinary matter tells of a crime. Its text, its reporter and its
/// photos go to the police and are cut out of the matter; what stays says only that its content is not public.
struct SealingOver: Sendable {
    let clues: Clues

    func add(to routes: Routes) {
        routes.keepUntold("/clue/matter/:id")
        routes.page("/clue/matter/:id", right: Right("case.read")) { try await show($0) }
        routes.form("/clue/matter/:id", right: Right("case.read")) { try await send($0, $1) }
    }

    private func show(_ staff: StaffVisit, _ refusal: Refusal? = nil) async throws -> Response {
        let visit = staff.visit
        let id: CaseID = try visit.identifier()
        let (clues, scope) = (clues, staff.scope)
        let record = try await clues.house.database.read { try clues.cases.matter(id, for: scope, in: $0) }
        guard let record else { throw Refusal.nothingHere }
        let title = visit("内容移交公安", "Hand its content to the police")
        return visit.page(
            Page(
                title,
                breadcrumb: [(record.number, "/cases/\(id)"), (title, nil)], notice: refusal?.notice(visit),
                """
                <form class="panel narrow" method="post" action="/clue/matter/\(id)" autocomplete="off">\(visit.formFields)\
                <p>\(visit("适用于诉求中含有涉黑涉恶等违法犯罪线索的情形。提交后：", "For matters that tell of a crime. Once sent:"))</p>\
                <ul><li>\(visit("标题、内容、地址、照片、反映人、办理意见转给公安，只有公安能看；", "title, text, address, photos, reporter and opinions go to the police, and only they can read them;"))</li>\
                <li>\(visit("诉求只留编号，显示“内容不公开”，不再办理，不对外公开；", "the matter keeps its number, says “content not public”, is handled no more and told to nobody outside;"))</li>\
                <li>\(visit("不能撤销；您之后也看不到。请不要与他人谈论。", "it cannot be taken back, and you cannot read it afterwards. Do not talk about it."))</li></ul>\
                \(Field.longText("note", visit("您的说明（只给公安，可不填）", "Your note, for the police only; may stay empty"), maximum: Clue.longestNote, rows: 3))\
                <p>\(Field.submit(visit("移交", "Hand over"), tone: "danger"))</p></form>
                """), status: refusal?.kind.status ?? .ok)
    }

    private func send(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let visit = staff.visit
        let id: CaseID = try visit.identifier()
        let note = (submission.fields["note"] ?? "").trimmedText
        do {
            try await clues.sealOver(id, note: note, by: staff.scope, at: visit.now)
        } catch let refusal as Refusal where refusal.kind == .conflict || refusal.kind == .ruleBroken {
            return try await show(staff, refusal)
        }
        return .seeOther("/home")
    }
}

extension Clues {
    func sealOver(_ id: CaseID, note: String, by scope: Scope, at now: Instant) async throws {
        guard note.count <= Clue.longestNote else {
            throw missing("note", "说明不超过 \(Clue.longestNote) 字", "At most \(Clue.longestNote) characters")
        }
        let clues = self
        let code = ClueCode.random()
        try await house.database.write { transaction in
            let matter = try clues.cases.withhold(id, by: scope, at: now, in: transaction)
            var clue = Clue(
                text: matter.text, area: matter.area, contact: matter.reporter, source: .matter, matter: matter.number,
                state: .received, receivedAt: now, changedAt: now)
            if !note.isEmpty { clue.notes.append(Clue.Note(kind: .internalNote, text: note, at: now)) }
            guard let number = try clues.keep(clue, code: code, in: transaction) else { return }
            for (position, photo) in matter.photos.enumerated() {
                try clues.store.insert(
                    ClueStore.File(name: photo.name, contentType: photo.contentType, bytes: Data(photo.bytes)),
                    position: position, of: number, in: transaction)
            }
        }
    }
}

extension Clues {
    /// For a generator of a past: the same as somebody on the staff does it.
    package func generateSealingOver(_ id: CaseID, by scope: Scope, at now: Instant) async throws {
        try await sealOver(id, note: "", by: scope, at: now)
    }
}
