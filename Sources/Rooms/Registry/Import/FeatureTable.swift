import Foundation
import Geo
import Ground
import Sheets

/// A register that came as GeoJSON, written out as a table: a row for each feature, a column for each property and one for the
/// place, so that features go in by the same way as rows. A shape is where its middle is.
struct FeatureTable: Sendable {
    /// The table; gone with ``remove()``.
    let path: String
    /// What could not be read as a feature; its row is blank.
    private(set) var problems: [RowProblem] = []
    private let folder: String

    /// Everything is kept in CGCS 2000, which lies within a metre of the WGS 84 that the format means (RFC 7946).
    private static let systems = ["CRS84", "4326", "4490"]

    /// As a table may: it comes over the network, too.
    private static let unpackedBytes = SheetLimits().unpackedBytes
    /// Each of them is a column in each row of the table.
    private static let mostColumns = 500

    /// Whether a file holds GeoJSON: a table does not begin with a brace.
    static func isGeoJSON(_ file: String) throws -> Bool {
        var first: UInt8?
        do {
            try FilePieces.read(file, limit: unpackedBytes) { bytes in
                first = bytes.first { $0 > 0x20 && $0 != 0x1E && ![0xEF, 0xBB, 0xBF].contains($0) }
                if first != nil { throw CancellationError() }
            }
        } catch is CancellationError {}
        return first == UInt8(ascii: "{")
    }

    /// - Throws: a refusal when the file holds no feature, or its coordinates are in a system that is not known here.
    init(features file: String) throws {
        let (keys, system) = try Self.properties(of: file)
        if let system, !Self.isKnown(system) {
            throw Refusal(
                .malformed, "registry.import.unknown-system",
                LocalizedText("坐标系“\(system)”不能识别", "The coordinate system “\(system)” is not known here"),
                wayOn: LocalizedText(
                    "请转换为 CGCS2000（EPSG:4490）或 WGS 84 经纬度后再导入",
                    "Convert it to degrees of CGCS 2000 (EPSG:4490) or WGS 84 first"))
        }
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("gewu-features-\(UUID().uuidString)").path
        // Called as the file is: what cannot be read of it is told by its name.
        path = folder + "/" + (file.split(separator: "/").last.map(String.init) ?? "features")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        do {
            problems = try Self.write(file, keys, to: path)
        } catch {
            remove()
            throw error
        }
    }

    /// By the last part of its name: `urn:ogc:def:crs:OGC:1.3:CRS84`, `EPSG:4490`.
    private static func isKnown(_ system: String) -> Bool {
        system.split { ":/".contains($0) }.last.map { systems.contains($0.uppercased()) } ?? false
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// The names of all properties in the order in which they first appear, and the system the file names.
    private static func properties(of file: String) throws -> (keys: [String], system: String?) {
        var reader = GeoJSONReader()
        var keys: [String] = []
        var known: Set<String> = []
        var count = 0
        var first: FeatureProblem?
        func take(_ outcome: Result<Feature, FeatureProblem>) throws {
            switch outcome {
            case .success(let feature):
                count += 1
                for (key, _) in feature.properties where known.insert(key).inserted { keys.append(key) }
                guard keys.count <= mostColumns else { throw tooManyColumns }
            case .failure(let problem): first = first ?? problem
            }
        }
        try FilePieces.read(file, limit: unpackedBytes) { try reader.read($0, take) }
        try reader.finish(take)
        guard count > 0 else {
            let why = first?.message ?? LocalizedText("文件中没有要素", "there is no feature in it")
            throw Refusal(
                .malformed, "registry.import.no-feature",
                LocalizedText("没有可读的要素：\(why.chinese)", "No feature can be read: \(why.english)"),
                wayOn: LocalizedText("请检查文件是否为 GeoJSON", "Check that the file is GeoJSON"))
        }
        return (keys, reader.namedReferenceSystem)
    }

    private static let tooManyColumns = Refusal(
        .tooLarge, "registry.import.too-many-columns",
        LocalizedText("属性超过 \(mostColumns) 种", "It has more than \(mostColumns) different properties"),
        wayOn: LocalizedText("请只保留登记所需的属性", "Keep only those that the register needs"))

    private static func write(_ file: String, _ keys: [String], to path: String) throws -> [RowProblem] {
        var options = CSVWriter.Options()
        options.hasByteOrderMark = false
        let table = try CSVWriter(path: path, options: options)
        try table.addRow(keys + [CoreElement.place])
        var reader = GeoJSONReader()
        var problems: [RowProblem] = []
        func take(_ outcome: Result<Feature, FeatureProblem>) throws {
            switch outcome {
            case .success(let feature):
                let values = Dictionary(feature.properties.map { ($0.key, $0.value) }) { first, _ in first }
                try table.addRow(keys.map { plain(values[$0]?.text) } + [place(feature.geometry)])
            case .failure(let problem):
                if problem.feature > 0 { try table.addRow(Array(repeating: "", count: keys.count + 1)) }
                problems.append(
                    RowProblem(
                        row: problem.feature, column: "", value: problem.subject, code: "registry.import.feature",
                        message: problem.message))
            }
        }
        try FilePieces.read(file, limit: unpackedBytes) { try reader.read($0, take) }
        try reader.finish(take)
        try table.close()
        return problems
    }

    /// One line, so that the line of the table tells the feature.
    private static func plain(_ text: String?) -> String {
        guard let text else { return "" }
        return text.contains(where: \.isNewline) ? String(text.map { $0.isNewline ? " " : $0 }) : text
    }

    /// What lies elsewhere, such as latitude before longitude, stays as it is written and is told with its row.
    private static func place(_ geometry: Geometry?) -> String {
        guard let middle = geometry?.middle else { return "" }
        let written = "\(middle.longitude),\(middle.latitude)"
        return PlacePoint(written)?.text ?? written
    }
}

extension FeatureProblem {
    fileprivate var message: LocalizedText {
        let about = subject.isEmpty ? LocalizedText("", "") : LocalizedText("：" + subject, ": " + subject)
        let text: LocalizedText =
            switch kind {
            case .notJSON: LocalizedText("不是 JSON", "not JSON")
            case .endsEarly: LocalizedText("文件不完整，在此处中断", "the file ends before it is whole")
            case .notUTF8: LocalizedText("文字不是 UTF-8 编码", "a text is not UTF-8")
            case .tooLarge: LocalizedText("要素过大（超过 64 MiB）", "the feature is larger than 64 MiB")
            case .badCoordinates: LocalizedText("坐标有误", "its coordinates are wrong")
            case .unknownType: LocalizedText("几何类型不能识别", "its type is not known")
            case .empty: LocalizedText("没有要素", "there is no feature")
            }
        return LocalizedText(text.chinese + about.chinese, text.english + about.english)
    }
}
