import Desk
import Foundation
import Ground

/// A table that came in over the network, in a folder of its own until it is removed.
struct ImportUpload {
    private let folder: URL
    let orders: String
    let mapping: String?

    /// - Throws: a refusal when nothing came, or there is no room for it.
    init(orders: [UInt8], mapping: [UInt8]?) throws {
        guard !orders.isEmpty else {
            throw Refusal(
                .malformed, "cases.import.no-file", LocalizedText("请选择工单文件", "Choose a file of work orders"),
                field: "orders")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-import-\(UUID().uuidString)")
        // Work orders hold personal elements: only this process may look.
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The kind is found from the content, so the name that the sender gave is not used.
        self.orders = try Self.store(orders, "orders", in: folder)
        self.mapping = try mapping.map { bytes in try Self.store(bytes, "mapping.yaml", in: folder) }
        self.folder = folder
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func store(_ bytes: [UInt8], _ name: String, in folder: URL) throws -> String {
        let path = folder.appendingPathComponent(name).path
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            try? FileManager.default.removeItem(at: folder)
            throw Refusal(
                .unavailable, "cases.import.no-space",
                LocalizedText("无法暂存上传的文件（磁盘已满？）", "The upload cannot be stored (disk full?)"))
        }
        return path
    }
}
