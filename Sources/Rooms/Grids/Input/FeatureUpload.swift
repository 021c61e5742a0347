import Desk
import Foundation
import Geo
import Ground

/// A file of features that came in over the network, in a folder of its own until it is removed.
struct FeatureUpload: Sendable {
    /// What it brings.
    enum Subject: String, Sendable, Hashable, Codable, CaseIterable {
        case buildings, barriers

        var title: LocalizedText {
            switch self {
            case .buildings: GridTexts.buildings
            case .barriers: GridTexts.barriers
            }
        }
    }

    let path: String
    let name: String
    /// Where the list of what was left out may be written.
    var errors: String { folder.appendingPathComponent("left-out.csv").path }
    private let folder: URL

    /// - Parameter sent: what the sender calls the file; its end says what it is.
    init(_ bytes: [UInt8], named sent: String, of subject: Subject) throws {
        let end: String
        (name, end) = try Self.checked(sent, bytes, of: subject)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-features-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = folder.appendingPathComponent("features.\(end)").path
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            remove()
            throw Refusal(
                .unavailable, "grids.input.no-space",
                LocalizedText("无法暂存上传的文件（磁盘已满？）", "The upload cannot be stored (disk full?)"))
        }
    }

    /// What it is called, and the end that says what it is.
    static func checked(
        _ sent: String, _ bytes: [UInt8], of subject: Subject
    ) throws(Refusal) -> (name: String, end: String) {
        guard !bytes.isEmpty else {
            throw Refusal(
                .malformed, "grids.\(subject.rawValue).no-file",
                LocalizedText(
                    "请选择\(subject.title.chinese)文件", "Choose a file of \(subject.title.english.lowercased())"),
                field: "file")
        }
        let last = (sent.split { "/\\".contains($0) }.last ?? "").filter { !$0.isControl }
        let name = String(last.suffix(80))
        // Only the end is the sender's: no folders, nothing hidden.
        let parts = name.lowercased().split(separator: ".").suffix(2)
        let ends = parts.count == 2 && parts.last == "gz" ? Array(parts) : Array(parts.suffix(1))
        let end = ends.joined(separator: ".").filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
        guard FeatureFile.kind(of: "." + end) != nil else {
            throw Refusal(
                .malformed, "grids.input.kind",
                LocalizedText("“\(name)”不是可以读取的文件", "“\(name)” is no file that can be read"),
                wayOn: wayOn(subject),
                field: "file")
        }
        return (name, end)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func wayOn(_ subject: Subject) -> LocalizedText {
        switch subject {
        case .buildings:
            LocalizedText(
                "请上传 .geojson、.gpkg、.csv 或 .xlsx；Shapefile 请在服务器上用 gewu import buildings",
                "Send a .geojson, .gpkg, .csv or .xlsx; for a Shapefile use gewu import buildings on the server")
        case .barriers:
            LocalizedText(
                "请上传 .geojson、.gpkg、.csv 或 .xlsx；Shapefile 请先另存为 GeoPackage",
                "Send a .geojson, .gpkg, .csv or .xlsx; save a Shapefile as GeoPackage first")
        }
    }
}

extension Character {
    /// What no name has, and PostgreSQL keeps in no text.
    var isControl: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
