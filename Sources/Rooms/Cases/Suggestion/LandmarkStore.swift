import Desk
import Ground
import Storage

/// Compounds and landmarks of the county, under the names that people use.
enum LandmarkStore {
    private static let page = 5_000

    struct Landmark: Sendable, Hashable {
        var name: String
        var area: AreaPrefix
        /// As the list says: 小区, 学校, 商场 …; for people.
        var kind: String
        var location: Location?
    }

    static func insertion(_ landmark: Landmark, source: String, at now: Instant) -> SQL {
        """
        INSERT INTO case_landmarks (name, area, kind, longitude, latitude, source, at)
        VALUES (\(landmark.name), \(landmark.area.code), \(landmark.kind), \(landmark.location?.longitude),
            \(landmark.location?.latitude), \(source), \(now))
        ON CONFLICT (name, area) DO UPDATE SET kind = excluded.kind, longitude = excluded.longitude,
            latitude = excluded.latitude, source = excluded.source, at = excluded.at
        """
    }

    /// When the last one was entered; nil while there are none. Servers compare it to know that theirs are old.
    static func newest(in transaction: any Transaction) throws -> Instant? {
        try transaction.first("SELECT at FROM case_landmarks ORDER BY at DESC LIMIT 1")?.instant(0)
    }

    /// All of them, read page by page.
    static func entries(in database: any Database) async throws -> [Gazetteer.Entry] {
        var found: [Gazetteer.Entry] = []
        var after = ("", "")
        while true {
            let (name, area) = after
            let rows = try await database.query(
                """
                SELECT name, area, longitude, latitude FROM case_landmarks
                WHERE name > \(name) OR (name = \(name) AND area > \(area)) ORDER BY name, area LIMIT \(page)
                """)
            for row in rows {
                after = (try row.text(0), try row.text(1))
                guard let area = AreaPrefix(after.1) else { continue }
                var location: Location?
                if let longitude = try row.doubleIfAny(2), let latitude = try row.doubleIfAny(3) {
                    location = Location(longitude: longitude, latitude: latitude)
                }
                found.append(
                    Gazetteer.Entry(
                        name: after.0, area: area,
                        certainty: after.0.count <= 2 ? Gazetteer.landmarkCertainty / 2 : Gazetteer.landmarkCertainty,
                        location: location))
            }
            if rows.count < page { return found }
        }
    }
}
