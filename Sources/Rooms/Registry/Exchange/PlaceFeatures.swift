import Desk
import Foundation
import Ground
import Storage

/// Dwellings and buildings with a place, as GeoJSON (RFC 7946), one feature a line. Places are in degrees of CGCS 2000,
/// which lies within a metre of the WGS 84 that the format means.
struct PlaceFeatures: Sendable {
    let registry: Registry
    let kind: SubjectKind

    private static let page = 500

    private var placeElement: String { kind == .building ? "building-place" : CoreElement.place }

    /// - Returns: how many features there are.
    func write(to path: String, on day: Day, _ progress: @Sendable (Int) -> Void = { _ in }) async throws -> Int {
        _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw Refusal(
                .fault, "registry.export.unwritable",
                LocalizedText("无法写入“\(path)”", "“\(path)” cannot be written"))
        }
        defer { try? file.close() }
        try file.write(contentsOf: Data("{\"type\":\"FeatureCollection\",\"features\":[".utf8))
        var cursor: SubjectID?
        var count = 0
        while true {
            let (after, registry, kind) = (cursor, registry, kind)
            let page = try await registry.house.database.read {
                try registry.records(of: kind, after: after, limit: Self.page, in: $0)
            }
            guard let last = page.last else { break }
            for (id, record) in page {
                guard let feature = feature(id, record, on: day) else { continue }
                try file.write(contentsOf: Data((count == 0 ? "\n" : ",\n").utf8 + feature))
                count += 1
            }
            progress(count)
            cursor = last.id
        }
        try file.write(contentsOf: Data("\n]}\n".utf8))
        return count
    }

    /// nil where no place is known.
    private func feature(_ id: SubjectID, _ record: SubjectRecord, on day: Day) -> [UInt8]? {
        guard let place = record.value(placeElement, at: day).flatMap({ PlacePoint($0) }) else { return nil }
        let elements = registry.dictionary.elements(of: kind).filter { !$0.isOff && $0.key != placeElement }
        return JSONWriter.object { writer in
            writer.member("type", "Feature")
            writer.member("id", id)
            writer.key("geometry")
            writer.object { writer in
                writer.member("type", "Point")
                writer.key("coordinates")
                writer.array([place.longitude, place.latitude]) { $0.value($1) }
            }
            writer.key("properties")
            writer.object { writer in
                for element in elements {
                    guard let value = record.value(element.key, at: day) else { continue }
                    writer.key(escaping: element.key)
                    writer.value(value)
                }
            }
        }
    }
}
