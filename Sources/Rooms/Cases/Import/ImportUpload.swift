import Desk
import Foundation
import Ground

/// A table that came in over the network, in a folder of its own until it is removed.
struct ImportUpload {
    private let folder: URL
    let orders: String
    let mapping: String?

    /// - Parameters:
    ///   - name, mappingName: what the sender calls the files; refusals say them.
    /// - Throws: a refusal when nothing came, or there is no room for it.
    init(orders: [UInt8], named name: String = "orders", mapping: [UInt8]?, named mappingName: String = "mapping.yaml")
        throws
    {
        guard !orders.isEmpty else {
            throw Refusal(
                .malformed, "cases.import.no-file", LocalizedText("请选择工单文件", "Choose a file of work orders"),
                field: "orders")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-import-\(UUID().uuidString)")
        // Work orders hold personal elements: only this process may look.
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The kind is found from the content; the names are only for reading, each in a folder of its own.
        self.orders = try Self.store(orders, name, in: folder.appendingPathComponent("orders"), folder)
        self.mapping = try mapping.map { bytes in
            try Self.store(bytes, mappingName, in: folder.appendingPathComponent("mapping"), folder)
        }
        self.folder = folder
    }

    /// Says in a refusal only the names of the files, not where they lay meanwhile.
    func naming<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch var refusal as Refusal {
            for place in [orders, mapping ?? orders].map({ ($0 as NSString).deletingLastPathComponent + "/" }) {
                refusal.message.chinese = refusal.message.chinese.replacingOccurrences(of: place, with: "")
                refusal.message.english = refusal.message.english.replacingOccurrences(of: place, with: "")
            }
            throw refusal
        }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func store(_ bytes: [UInt8], _ name: String, in place: URL, _ folder: URL) throws -> String {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let path = place.appendingPathComponent(fileName(name)).path
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            try? FileManager.default.removeItem(at: folder)
            throw Refusal(
                .unavailable, "cases.import.no-space",
                LocalizedText("无法暂存上传的文件（磁盘已满？）", "The upload cannot be stored (disk full?)"))
        }
        return path
    }

    /// The last part of a name that a sender gave, fit for a file: no folders, nothing hidden, not too long.
    private static func fileName(_ name: String) -> String {
        let last = name.split(whereSeparator: { "/\\".contains($0) }).last.map(String.init) ?? ""
        let plain = String(
            String.UnicodeScalarView(last.unicodeScalars.filter { $0.properties.generalCategory != .control }).suffix(
                60))
        return plain.isEmpty || plain.hasPrefix(".") ? "file" + plain : plain
    }
}
