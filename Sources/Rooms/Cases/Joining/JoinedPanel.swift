import Desk
import Ground
import Storage
import Web

/// With which matter this one goes on, or for which others it does.
struct JoinedPanel {
    let cases: Cases
    let visit: Visit

    struct Model: Sendable {
        var others: [CaseRecord] = []
        var goesOn: CaseRecord?
    }

    private static let most = 20

    static func model(_ record: CaseRecord, for scope: Scope, in transaction: any Transaction) throws -> Model {
        var model = Model()
        if let id = record.joinedTo { model.goesOn = try CaseStore.find(id, for: scope, in: transaction) }
        if record.joinedCount > 0 {
            model.others = try CaseStore.joined(to: record.id, limit: most, in: transaction).filter(scope.mayRead)
        }
        return model
    }

    func html(_ model: Model) -> HTML {
        if let other = model.goesOn {
            return """
                <p class="panel">\(visit("已并入", "Joined with")) <a href="/cases/\(other.id)">\(other.number) \(other.title)</a> \
                <span class="badge">\(cases.rules.stateTitle(other.state, visit))</span></p>
                """
        }
        guard !model.others.isEmpty else { return HTML() }
        let heading = visit("并入本件的诉求（\(model.others.count)）", "Joined with this one (\(model.others.count))")
        return """
            <section class="panel" aria-label="\(heading)"><h2>\(heading)</h2><ul>\(model.others.html { other in
                "<li><a href=\"/cases/\(other.id)\">\(other.number) \(other.title)</a> <small>\([other.reporter.nameMasked, other.reporter.phoneMasked].compactMap { $0 }.joined(separator: " ")) · \(visit.instantText(other.receivedAt))</small></li>" as HTML
            })</ul><p class="hint">\(visit("每位反映人都会收到进展。并错了，请打开那一件“拆分”。", "Each reporter is told of progress. If one is not the same, open it and take it apart."))</p></section>
            """
    }
}
