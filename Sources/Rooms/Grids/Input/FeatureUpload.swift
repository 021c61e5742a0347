import Desk
import Geo
import Ground
import Uploads

/// A file of features that came in over the network.
enum FeatureUpload {
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

    /// Checked, and kept while it is read.
    static func keep(_ bytes: [UInt8], named sent: String, of subject: Subject) throws -> UploadedFile {
        try UploadedFile(bytes, named: try checked(sent, bytes, of: subject))
    }

    /// What it is called; its end says what it is.
    static func checked(_ sent: String, _ bytes: [UInt8], of subject: Subject) throws(Refusal) -> String {
        guard !bytes.isEmpty else {
            throw Refusal(
                .malformed, "grids.\(subject.rawValue).no-file",
                LocalizedText(
                    "请选择\(subject.title.chinese)文件", "Choose a file of \(subject.title.english.lowercased())"),
                field: "file")
        }
        let name = UploadedFile.plainName(of: sent) ?? ""
        guard FeatureFile.kind(of: name) != nil else {
            throw Refusal(
                .malformed, "grids.input.kind",
                LocalizedText("“\(name)”不是可以读取的文件", "“\(name)” is no file that can be read"),
                wayOn: wayOn(subject),
                field: "file")
        }
        return name
    }

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
