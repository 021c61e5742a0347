import Desk
import Ground
import Identity
import Storage

/// What goes down by a matter asks for its ground. A resident's own matter never does: it is not sent from above.
extension Cases {
    /// Refuses an act by which work of somebody above reaches the grassroots without a ground; else notes what carries it.
    func requireGround(
        for command: inout Command, on record: CaseRecord, by performer: Performer, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard case .staff(let scope) = performer, let act = rules.workflow(of: record)[command.act] else { return }
        let reached = try reached(by: act, command, on: record, in: transaction).filter { scope.sendsDown(to: $0) }
        guard !reached.isEmpty, try !isResidents(record, in: transaction) else { return }
        // What those below brought up themselves comes back to them; nobody above sent it.
        let origin = try origin(of: record, in: transaction)
        let sent = reached.filter { area in origin.map { $0.level < area.level } ?? true }
        guard !sent.isEmpty else { return }
        let category = command.category ?? record.category
        if rules.grounds.mode(ofCategory: category) == .selfGovernance {
            throw Refusal.selfGoverned(rules.grounds.basis(ofCategory: category) ?? "")
        }
        command.ground = command.ground ?? rules.grounds.item(ofCategory: category)
        for area in sent {
            try house.requireGround(command.ground, from: scope, to: area, at: now, in: transaction)
        }
    }

    /// The areas of those to whom an act gives something, or whom it pushes.
    private func reached(
        by act: Workflow.Act, _ command: Command, on record: CaseRecord, in transaction: any Transaction
    ) throws -> Set<AreaPrefix> {
        var given: [BodyID] = []
        if act.needs.contains(.body), let body = command.body { given.append(body) }
        if act.needs.contains(.bodies) { given += command.bodies }
        if act.effect == .supervises {
            guard let body = record.body else { return [record.area] }
            given.append(body)
        }
        return Set(try given.compactMap { try bodies.body($0, in: transaction)?.area })
    }

    /// Where the body of whoever brought it in acts; nil when that is not known.
    private func origin(of record: CaseRecord, in transaction: any Transaction) throws -> AreaPrefix? {
        if let parent = record.parent, let whole = try CaseStore.find(parent, in: transaction) {
            return try origin(of: whole, in: transaction)
        }
        let body: BodyID? = try transaction.first(
            "SELECT staff_body FROM case_steps WHERE case_id = \(record.id) ORDER BY version LIMIT 1"
        )?.identifierIfAny(0)
        return try body.flatMap { try bodies.body($0, in: transaction)?.area }
    }

    /// Whether a resident, another platform's resident or a machine brought it in: nobody above made it up. What staff wrote
    /// down from a call counts when the caller's number is known.
    func isResidents(_ record: CaseRecord, in transaction: any Transaction) throws -> Bool {
        if let parent = record.parent, let whole = try CaseStore.find(parent, in: transaction) {
            return try isResidents(whole, in: transaction)
        }
        guard record.kind == Workflow.matter else { return false }
        return switch record.channel {
        case .resident, .imported, .open311, .sensor: true
        case .staff, .hotline, .program, .patrol: record.reporter.phoneIndex != nil
        }
    }

    /// What staff begin by themselves for a body below them.
    func requireGround(
        for beginning: Beginning, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        guard let body = beginning.body, let area = try bodies.body(body, in: transaction)?.area else { return }
        try house.requireGround(beginning.ground, from: scope, to: area, at: now, in: transaction)
    }
}

extension Refusal {
    static func selfGoverned(_ basis: String) -> Refusal {
        Refusal(
            .ruleBroken, "cases.self-governed",
            LocalizedText(
                "这是居（村）民自治事项，不得下达行政命令", "Residents govern this themselves; no order goes into it"),
            wayOn: LocalizedText(
                "可以建议、指导、依法监督，请居（村）委会按自治程序办", "Advise, guide, supervise lawfully; they decide by their own rules"),
            rule: basis, field: "category")
    }
}
