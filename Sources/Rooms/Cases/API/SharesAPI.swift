import Desk
import Ground
import Hummingbird
import Storage
import Web

/// What the form of taking a matter shows of colleagues, for programs.
extension Cases {
    func addSharesAPI(to routes: Routes) {
        routes.api(Self.sharesOperation, right: .caseRead) { staff, _ in
            let id: CaseID = try staff.visit.identifier()
            let (scope, now) = (staff.scope, staff.visit.now)
            let board = try await house.database.read { transaction -> WorkShareBoard? in
                guard let record = try CaseStore.find(id, for: scope, in: transaction), record.body == scope.body,
                    let act = self.rules.workflow(of: record).acts.first(where: self.workShare.applies),
                    act.right.map(scope.may) ?? false
                else { return nil }
                var board = try self.takingBoard(of: act, on: record, for: scope, in: transaction)
                if !self.isWeighed(record, at: now) { board.finding = nil }
                return board
            }
            guard let board else { throw Refusal.nothingHere }
            return .json(
                JSONWriter.object { writer in
                    writer.key("people")
                    writer.array(board.people) { writer, person in
                        writer.object { writer in
                            writer.member("staff", person.staff)
                            writer.member("name", person.name)
                            writer.member("open", person.open)
                        }
                    }
                    writer.key("beyond")
                    if let finding = board.finding { write(finding, to: &writer) } else { writer.null() }
                })
        }
    }

    private func write(_ finding: WorkShare.Finding, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("open", finding.open)
            writer.member("median", finding.median)
            writer.key("roomy")
            writer.array(finding.roomy) { $0.value($1.text) }
            writer.key("reasons")
            writer.array(rules.reasons[WorkShare.reasons] ?? []) { $0.value($1.code) }
        }
    }

    private static let sharesOperation = APIOperation(
        .get, "/cases/{id}/shares", id: "readCaseShares", tag: "cases",
        summary: LocalizedText(
            "本单位同岗位各人在办件数（只供内部分工）", "What colleagues of the body and role have in hand, for sharing work among them"),
        response: .object([
            .init(
                "people",
                .array(
                    .object([.init("staff", .identifier), .init("name", .text), .init("open", .integer(minimum: 0))])),
                "by name; one who asks is among them"),
            .init(
                "beyond",
                .nullable(
                    .object([
                        .init("open", .integer(minimum: 0)), .init("median", .number),
                        .init("roomy", .array(.identifier)), .init("reasons", .array(.text)),
                    ])),
                "why whoever asks takes one more only with one of the reasons: without it the act answers cases.beyond-share"
            ),
        ]))
}
