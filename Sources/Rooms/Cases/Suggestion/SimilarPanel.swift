import Desk
import Ground
import Hummingbird
import Storage
import Web

/// "This may be the same matter": beside the acts of whoever takes matters in. People decide.
struct SimilarPanel {
    let cases: Cases
    let visit: Visit

    /// - Parameter joins: the matter that is looked at, when the viewer may join it with one of these.
    func html(_ matters: [SimilarMatter], joins: CaseRecord? = nil) -> HTML {
        guard !matters.isEmpty else { return HTML() }
        return """
            <section class="panel noprint" aria-label="\(visit("可能是同一件", "Possibly the same matter"))"><h2>\(visit("可能是同一件", "Possibly the same matter"))</h2><ul>\
            \(matters.html { matter in
                "<li><a href=\"/cases/\(matter.record.id)\">\(matter.record.number) \(matter.record.title)</a><br><small>\(reasons(matter))</small>\(matter.record.endedAt == nil ? joins.map { join($0, with: matter.record) } ?? HTML() : HTML())</li>"
            })</ul><p class="hint">\(visit("并入后由那一件继续办理，双方反映人都会收到进展；并错了可以拆分。", "Joined, the other goes on for both and both reporters are told; a wrong join can be taken apart."))</p></section>
            """
    }

    private func join(_ record: CaseRecord, with other: CaseRecord) -> HTML {
        """
        <form method="post" action="/cases/\(record.id)/acts">\(visit.formFields)<input type="hidden" name="_version" value="\(record.version)">\
        <input type="hidden" name="act" value="join"><input type="hidden" name="matter" value="\(other.number)">\
        <button class="btn">\(symbol("layers"))<span>\(visit("并入这一件", "Join with this one"))</span></button></form>
        """
    }

    private func reasons(_ matter: SimilarMatter) -> String {
        let record = matter.record
        return [
            matter.similarity.map { share in
                let percent = Int((share * 100).rounded())
                return visit("文字相似 \(percent)%", "text \(percent)% alike")
            },
            matter.isNearby ? visit("同一社区", "same community") : nil,
            matter.isSameCategory ? visit("同一类别", "same category") : nil,
            cases.rules.state(record.state).map { visit($0.title) },
            visit.instantText(record.receivedAt),
        ].compactMap { $0 }.joined(separator: " · ")
    }
}

extension Cases {
    func addSimilarAPI(to routes: Routes) {
        routes.api(
            APIOperation(
                .get, "/cases/{id}/similar", id: "listSimilarCases", tag: "cases",
                summary: LocalizedText("可能是同一件的诉求", "Matters that may be the same one"),
                response: .object([
                    .init(
                        "similar",
                        .array(
                            .object([
                                .init("case", CaseJSON.record),
                                .init("similarity", .nullable(.number), "how alike the texts are, 0 to 1"),
                                .init("isNearby", .boolean), .init("isSameCategory", .boolean),
                            ])))
                ])), right: .caseAccept
        ) { staff, _ in
            let id: CaseID = try staff.visit.identifier()
            let scope = staff.scope
            let now = staff.visit.now
            let found = try await house.database.read { transaction in
                try CaseStore.find(id, for: scope, in: transaction).map {
                    try self.similar(to: $0, for: scope, at: now, in: transaction)
                }
            }
            guard let found else { throw Refusal.nothingHere }
            return .json(
                JSONWriter.object { writer in
                    writer.key("similar")
                    writer.array(found) { writer, matter in
                        writer.object { writer in
                            writer.key("case")
                            CaseJSON.write(matter.record, to: &writer)
                            writer.key("similarity")
                            if let similarity = matter.similarity { writer.value(similarity) } else { writer.null() }
                            writer.member("isNearby", matter.isNearby)
                            writer.member("isSameCategory", matter.isSameCategory)
                        }
                    }
                })
        }
    }
}
