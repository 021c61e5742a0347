import Desk
import Ground
import Hummingbird
import NIOCore
import Storage
import Web

/// `/cases/:id/photos/:file`: the bytes of a picture, for whoever may see the matter. Its reporter sees what they sent
/// themselves and the pictures of the result.
struct PhotoFiles: Sendable {
    let cases: Cases

    func add(to routes: Routes) {
        routes.openPage("/cases/:id/photos/:file") { try await photo($0) }
    }

    /// - Parameter name: the part of the path that names the picture.
    func photo(_ visit: Visit, part name: String = "file") async throws -> Response {
        let id: CaseID = try visit.identifier()
        let file: Identifier<CaseFile> = try visit.identifier(name)
        let context = visit.context
        let found = try await cases.house.database.read { transaction -> (type: String, bytes: [UInt8])? in
            guard let record = try CaseStore.find(id, in: transaction) else { return nil }
            if let scope = context.scope {
                guard scope.mayRead(record) else { return nil }
            } else {
                guard let resident = context.resident, record.reporter.phoneIndex == resident.phoneIndex,
                    try isShownToReporter(file, record, in: transaction)
                else { return nil }
            }
            return try CaseStore.fileBytes(file, of: id, in: transaction)
        }
        guard let found else { throw Refusal.nothingHere }
        return Response(
            status: .ok, headers: [.contentType: found.type, .cacheControl: "private, max-age=3600"],
            body: .init(byteBuffer: ByteBuffer(bytes: found.bytes)))
    }

    private func isShownToReporter(
        _ file: Identifier<CaseFile>, _ record: CaseRecord, in transaction: any Transaction
    ) throws -> Bool {
        guard let version = try CaseStore.files(of: record.id, in: transaction).first(where: { $0.id == file })?.version
        else { return false }
        let steps = try CaseStore.steps(of: record.id, in: transaction)
        return steps.first { $0.version == version }.map { cases.isShownToReporter($0, of: record) } ?? false
    }
}

extension Cases {
    /// Whether the pictures of a step are the reporter's to see: their own report and steps, and those of a result that
    /// has been verified.
    func isShownToReporter(_ step: CaseStep, of record: CaseRecord) -> Bool {
        if step.act == CaseStep.report || step.performer == .resident { return true }
        let isResultTold = rules.workflow[record.state].map { $0.isEnd || $0.owner?.party == .reporter } ?? false
        return isResultTold && rules.workflow[step.act]?.needs.contains(.result) == true
    }
}
