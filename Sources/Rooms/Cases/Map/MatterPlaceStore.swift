import Desk
import Geo
import Ground
import Storage

/// Open matters by where they are: one number for the place, whose ranges are the tiles of a map.
enum MatterPlaceStore {
    static let migrations = [
        Migration(
            "cases.0023-places",
            "ALTER TABLE cases ADD COLUMN cell BIGINT",
            """
            CREATE INDEX cases_open_by_cell ON cases (cell, id)
            WHERE ended_at IS NULL AND kind = 'matter' AND cell IS NOT NULL
            """,
            "CREATE INDEX cases_without_cell ON cases (id) WHERE cell IS NULL AND longitude IS NOT NULL",
            "CREATE INDEX case_landmarks_by_place ON case_landmarks (longitude, name, area)"),
        PastMatterStore.migration,
    ]

    static let columns: StaticString = "cell, id, number, category, area, state, body, due_at, longitude, latitude"

    /// Of a matter that may have no place.
    static func pastMatter(_ row: Row) throws -> PlacedMatter { try matter(row, cell: try row.intIfAny(0) ?? -1) }

    static func matter(_ row: Row) throws -> PlacedMatter { try matter(row, cell: try row.int(0)) }

    private static func matter(_ row: Row, cell: Int64) throws -> PlacedMatter {
        PlacedMatter(
            cell: cell, id: try row.identifier(1), number: try row.text(2), category: try row.textIfAny(3),
            area: AreaPrefix(try row.text(4)) ?? .everywhere, state: StateName(rawValue: try row.text(5)),
            body: try row.identifierIfAny(6), dueAt: try row.instantIfAny(7),
            location: try row.location(8, 9))
    }

    static func matters(
        _ filter: CaseFilter, in range: ClosedRange<Int64>, box: Box?, after: PlacedMatter.Key?, limit: Int,
        for scope: Scope
    ) -> SQL {
        var conditions = [filter.openCondition(for: scope), Self.within(range), box.map(Self.within) ?? "TRUE"]
        if let after { conditions.append("(cell, id) > (\(after.cell), \(after.id))") }
        return """
            SELECT \(trusted: columns) FROM cases WHERE \(SQL.all(conditions)) ORDER BY cell, id LIMIT \(limit)
            """
    }

    /// How many there are in each square of a zoom, and where their middle is.
    static func clusters(
        _ filter: CaseFilter, in range: ClosedRange<Int64>, zoom: Int, for scope: Scope, at now: Instant
    ) -> SQL {
        """
        SELECT cell >> \(SpatialCell.shift(ofZoom: zoom)), COUNT(*),
            CAST(SUM(CASE WHEN due_at < \(now) THEN 1 ELSE 0 END) AS BIGINT), AVG(longitude), AVG(latitude)
        FROM cases WHERE \(SQL.all([filter.openCondition(for: scope), within(range)])) GROUP BY 1
        """
    }

    private static func within(_ range: ClosedRange<Int64>) -> SQL {
        "cell >= \(range.lowerBound) AND cell <= \(range.upperBound)"
    }

    /// A cell reaches a little beyond the box; the matter itself may not.
    private static func within(_ box: Box) -> SQL {
        """
        longitude + 0 >= \(box.west) AND longitude + 0 <= \(box.east)
            AND latitude + 0 >= \(box.south) AND latitude + 0 <= \(box.north)
        """
    }

    /// Matters of the years before there were cells get theirs, a few at a time.
    static func fill(most: Int, in transaction: any Transaction) throws -> Int {
        let rows = try transaction.query(
            """
            SELECT id, longitude, latitude FROM cases WHERE cell IS NULL AND longitude IS NOT NULL
            ORDER BY id LIMIT \(most)
            """)
        try transaction.batch(
            rows.map { row in
                let id: CaseID = try row.identifier(0)
                // What is no place on the globe is kept where nothing is shown.
                let cell = try row.location(1, 2)?.cell ?? -1
                return "UPDATE cases SET cell = \(cell) WHERE id = \(id)"
            })
        return rows.count
    }
}

extension Location {
    /// Its number in the index of places.
    var cell: Int64? { SpatialCell(longitude: longitude, latitude: latitude)?.rawValue }
}

extension Row {
    fileprivate func location(_ longitude: Int, _ latitude: Int) throws(DatabaseError) -> Location? {
        guard let longitude = try doubleIfAny(longitude), let latitude = try doubleIfAny(latitude) else { return nil }
        return Location(longitude: longitude, latitude: latitude)
    }
}

extension CaseFilter {
    /// Open residents' matters that the scope may see, written so that no engine is tempted by another index than that of
    /// places: a column in an expression has none.
    func openCondition(for scope: Scope) -> SQL {
        // Written out, not bound: an index of only these is found by these words.
        var conditions: [SQL] = ["ended_at IS NULL", "kind = 'matter'", "cell IS NOT NULL", whichever(for: scope)]
        if !states.isEmpty { conditions.append("state || '' IN (\(list: states.map(\.rawValue)))") }
        if isOverdue { conditions.append("due_at + 0 < \(now)") }
        if isDueSoon { conditions.append("due_at + 0 >= \(now) AND due_at + 0 < \(now + .hours(24))") }
        if let finishedSince { conditions.append("finished_at + 0 >= \(finishedSince)") }
        return SQL.all(conditions)
    }

    /// What the scope may see and the filter wants, but for what changes in the course of a matter: its state and times.
    func whichever(for scope: Scope) -> SQL {
        var conditions = [Self.visibility(scope, narrowing: false)]
        if let area, !area.code.isEmpty {
            conditions.append("area || '' >= \(area.code) AND area || '' < \(area.upperBound)")
        }
        if let category {
            conditions.append("category || '' >= \(category) AND category || '' < \(category + ":")")
        }
        if let body { conditions.append("body || '' = \(body)") }
        switch mine {
        case .answerable: conditions.append("answerable || '' = \(scope.staff)")
        case .handler: conditions.append("handler || '' = \(scope.staff)")
        case .reported: conditions.append("reporting_staff || '' = \(scope.staff)")
        case nil: break
        }
        if let phoneIndex { conditions.append("phone_index || '' = \(phoneIndex)") }
        if let numberEnd {
            let reversed = String(numberEnd.reversed())
            conditions.append("number_reversed || '' >= \(reversed) AND number_reversed || '' < \(reversed + ":")")
        }
        return SQL.all(conditions)
    }
}
