import Cipher
import Desk
import Foundation
import Ground
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Identity
import Ledger
import NIOCore
import Storage
import Web

extension Registry {
    /// Everything that is known, as one of the open files of ``export(to:purpose:progress:)``; noted before it is made.
    func file(_ name: String, purpose: String, by scope: Scope, at now: Instant) async throws -> Response {
        try requireWhole(scope)
        try scope.require(.registryReveal)
        guard let file = RegistryFile(rawValue: name) else {
            throw Refusal(
                .ruleBroken, "registry.export.what", LocalizedText("请选择要导出的内容", "Say what is to go out"),
                field: "file")
        }
        let purpose = try checkedPurpose(purpose)
        let entry = LedgerEntry(
            id: house.identifiers.next(at: now), act: "registry.exported", subjectKind: "residents",
            subjectID: house.settings.area.code, actor: Actor(scope), happenedAt: now, receivedAt: now,
            area: house.settings.area.code, purpose: purpose.key,
            facts: JSONWriter.object { $0.member("file", file.rawValue) })
        try await house.database.write { try Ledger.record(entry, in: $0) }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-export-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        do {
            let path = folder.path + "/" + file.name
            try await write(file, to: path, on: now.local().day)
            return try Self.streamed(path, in: folder, file)
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
    }

    /// - Returns: how many lines or features there are.
    @discardableResult
    func write(
        _ file: RegistryFile, to path: String, on day: Day, _ progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Int {
        switch file {
        case .residents: return try await writeResidents(to: path, on: day, progress)
        case .facts: return try await writeFacts(to: path, progress)
        case .elements:
            try writeElements(to: path)
            return dictionary.elements.count
        case .dwellings:
            return try await PlaceFeatures(registry: self, kind: .dwelling).write(to: path, on: day, progress)
        case .buildings:
            return try await PlaceFeatures(registry: self, kind: .building).write(to: path, on: day, progress)
        }
    }

    private static let piece = 1 << 18

    /// The file piece by piece, so that a whole county never lies in memory; the folder goes with the last of it.
    private static func streamed(_ path: String, in folder: URL, _ file: RegistryFile) throws -> Response {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Refusal(
                .fault, "registry.export.unreadable",
                LocalizedText("导出文件无法读取", "The exported file cannot be read"),
                wayOn: LocalizedText("请重试", "Try again"))
        }
        // The open file outlives its name: nothing stays on the disk, even when the reader goes away.
        try FileManager.default.removeItem(at: folder)
        var response = Response.download([], name: file.name, contentType: file.contentType)
        response.body = ResponseBody { writer in
            while let data = try handle.read(upToCount: Self.piece), !data.isEmpty {
                try await writer.write(ByteBuffer(bytes: data))
            }
            try handle.close()
            try await writer.finish(nil)
        }
        response.headers[.contentLength] = nil
        return response
    }
}
