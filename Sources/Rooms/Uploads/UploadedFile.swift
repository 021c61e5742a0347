import Desk
import Foundation
import Ground
import Web

/// A file that came in over the network, in a folder of its own until it is removed.
public struct UploadedFile: Sendable {
    public let path: String
    /// What its sender calls it.
    public let name: String
    /// Where the list of what was left out may be written.
    public var errors: String { folder.appendingPathComponent("left-out.csv").path }
    private let folder: URL

    /// - Parameter name: a plain one, see `plainName`: it is kept under it, as its end says what it is.
    public init(_ bytes: [UInt8], named name: String) throws {
        self.name = name
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-upload-\(UUID().uuidString)")
        // Apart from the list of errors, so that no name is in its way.
        let own = folder.appendingPathComponent("file")
        path = own.path + "/" + name
        let hasFolder: Void? = try? FileManager.default.createDirectory(
            at: own, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard hasFolder != nil, FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            remove()
            throw Refusal(
                .unavailable, "uploads.no-space",
                LocalizedText("无法暂存上传的文件（磁盘已满？）", "The upload cannot be stored (disk full?)"))
        }
    }

    public func remove() { try? FileManager.default.removeItem(at: folder) }

    /// The list of what was left out, once it was written.
    public func leftOut() -> [UInt8]? { FileManager.default.contents(atPath: errors).map { Array($0) } }

    /// The last part of what its sender calls a file, without folders, without what is not seen, and no longer than file
    /// systems take; nil when nothing is left of it.
    public static func plainName(of sent: String) -> String? {
        // By scalars: a slash that bears an accent is a slash to a file system.
        let last = sent.unicodeScalars.split { "/\\".unicodeScalars.contains($0) }.last ?? Substring().unicodeScalars
        let seen = last.filter { ![.control, .format, .lineSeparator].contains($0.properties.generalCategory) }
        var name = String(String.UnicodeScalarView(seen)).trimmingSpaces().suffix(80)
        while name.utf8.count > 200 || name.hasPrefix(".") { name.removeFirst() }
        return name.isEmpty ? nil : String(name)
    }
}
