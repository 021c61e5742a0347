public import Desk
public import Ground
import Identity
import Ledger
public import Storage
import Web

extension Mandates {
    /// Publishes items as the next revision. Lists that are named are replaced whole, the others stay.
    /// - Throws: a refusal that tells every fault when one item could not stand; nothing is changed then.
    func publish(
        _ items: [MandateItem], replacing lists: Set<MandateList>, note: String, validFrom: Day, by scope: Scope,
        at now: Instant, in transaction: any Transaction
    ) throws -> ListRevision {
        try scope.require(.publishMandates)
        let words = note.trimmingSpaces()
        guard !words.isBlank, words.utf16.count <= 200 else {
            throw Refusal(
                .ruleBroken, "mandates.note",
                LocalizedText("请写明这次调整的缘由（不超过 200 字）", "Say why, in at most 200 characters"), field: "note")
        }
        let present = try ListStore.current(in: transaction)
        let before = try ListStore.items(at: present, in: transaction)
        let after = before.filter { !lists.contains($0.list) } + items
        guard after.count <= ListStore.mostItems else {
            throw Refusal(
                .ruleBroken, "mandates.too-many",
                LocalizedText("清单合计不能超过 \(ListStore.mostItems) 项", "At most \(ListStore.mostItems) items in all"))
        }
        let faults = check.faults(after)
        guard faults.isEmpty else { throw Self.refusal(faults) }
        let difference = ListDifference(from: before, to: after)
        guard !difference.isEmpty else {
            throw Refusal(
                .conflict, "mandates.no-change", LocalizedText("与现行清单没有差异", "Nothing differs from the lists in force"))
        }
        let revision = ListRevision(
            number: present + 1, note: words, validFrom: validFrom, at: now, post: scope.post,
            added: Int64(difference.added.count), changed: Int64(difference.changed.count),
            removed: Int64(difference.removed.count))
        try ListStore.publish(revision, difference, in: transaction)
        try Ledger.record(
            LedgerEntry(
                id: house.identifiers.next(at: now), act: "mandates.published", subjectKind: "mandate-revision",
                subjectID: "\(revision.number)", actor: Actor(scope), happenedAt: now, receivedAt: now,
                area: scope.area.code,
                facts: JSONWriter.object { writer in
                    writer.member("revision", revision.number)
                    writer.member("added", revision.added)
                    writer.member("changed", revision.changed)
                    writer.member("removed", revision.removed)
                    writer.member("why", words)
                }), in: transaction)
        return revision
    }

    /// Takes the lists of the rule files as a revision: for a county that begins, and for generators.
    @discardableResult
    public func adoptShipped(by scope: Scope, at now: Instant, in transaction: any Transaction) throws -> Int64 {
        try publish(
            shipped, replacing: Set(MandateList.allCases), note: "采用规则文件中的清单", validFrom: now.local().day, by: scope,
            at: now, in: transaction
        ).number
    }

    static func refusal(_ faults: [ListFault]) -> Refusal {
        let shown = faults.prefix(8)
        let more = faults.count - shown.count
        func text(_ language: Language) -> String {
            shown.map { "\($0.code)：\($0.reason(language))" }.joined(separator: "；")
        }
        return Refusal(
            .ruleBroken, "mandates.faults",
            LocalizedText(
                "有 \(faults.count) 处不能发布：\(text(.chinese))\(more > 0 ? "；另有 \(more) 处" : "")",
                "\(faults.count) faults: \(text(.english))\(more > 0 ? "; and \(more) more" : "")"),
            wayOn: LocalizedText("改正后重新提交；原清单不变", "Mend them and send it again; the lists in force stay"),
            field: "items")
    }
}
