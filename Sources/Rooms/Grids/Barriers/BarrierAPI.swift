import Desk
import Geo
import Ground
import Hummingbird
import Identity
import Storage
import Uploads
import Web

/// `/api/v1/grid-barriers`: rivers, railways, roads and bridges that plans heed, in and out, for programs.
struct BarrierAPI: Sendable {
    let grids: Grids

    private static let pageLength = 500

    func add(to routes: Routes) {
        routes.api(BarrierOperations.put, right: .gridsBuildings) { staff, submission in
            try await take(staff, submission)
        }
        routes.api(BarrierOperations.box, right: .gridsRead) { staff, _ in try await box(staff) }
        routes.api(BarrierOperations.all(grids.norms), right: .gridsRead) { staff, _ in
            let query = staff.visit.query
            let list = try BarrierList(query, grids.norms, for: staff.scope)
            let page = try await grids.house.database.read {
                try list.page(after: query.filled("after"), limit: Self.pageLength, in: $0)
            }
            return .json(
                JSONWriter.object { writer in
                    writer.member("type", "FeatureCollection")
                    writer.key("features")
                    writer.array(page.items) { writer, line in
                        writer.object { writer in
                            writer.feature(id: line.barrier.id.text, line.barrier.shape) { line.write(to: &$0) }
                        }
                    }
                    writer.member("next", page.next)
                })
        }
        routes.api(BarrierOperations.sources, right: .gridsRead) { staff, _ in try await sources(staff) }
        removing(routes)
    }

    private func box(_ staff: StaffVisit) async throws -> Response {
        let text = staff.visit.query.filled("box") ?? ""
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
        guard parts.count == 4, parts.allSatisfy(\.isFinite), parts[0] < parts[2], parts[1] < parts[3],
            parts[2] - parts[0] <= 0.5
        else {
            throw QueryParameters.unreadable(
                "box", text,
                because: LocalizedText(
                    "格式为 西,南,东,北（度），宽不超过 0.5", "west,south,east,north in degrees, at most 0.5 wide"))
        }
        let box = Box(west: parts[0], south: parts[1], east: parts[2], north: parts[3])
        let found = try await grids.house.database.read { try BarrierStore.touching(box, in: $0) }
        var writer = GeoJSONWriter()
        for (number, barrier) in found.enumerated() {
            let shape: Geometry = barrier.course.count == 1 ? .point(barrier.course[0]) : .line(barrier.course)
            writer.feature(id: "\(number)", shape) { $0.member("class", barrier.kind) }
        }
        var response = Response.json(writer.end())
        response.headers[.contentType] = "application/geo+json"
        return response
    }

    private func take(_ staff: StaffVisit, _ submission: Submission) async throws -> Response {
        let (query, language) = (staff.visit.query, staff.visit.language)
        // A program that sends one file, as all did before there were several, means all that there is.
        let place = try query.choice("replace", as: BarrierImport.Place.self) ?? .all
        let datum = try query.choice("datum", as: Datum.self)
        try grids.requireBarriers(staff.scope)
        // Reading takes its time, so the answer of its first sending is asked for before it begins.
        if let earlier = try await grids.house.database.read({ try submission.once.earlier(in: $0) }) {
            return earlier.response
        }
        var name = query.filled("name") ?? "barriers"
        if FeatureFile.kind(of: name) != .geoJSON { name += ".geojson" }
        let upload = try FeatureUpload.keep(submission.bytes, named: name, of: .barriers)
        defer { upload.remove() }
        let report = try await BarrierImport(grids: grids).run(
            BarrierImport.Order(
                path: upload.path, name: upload.name, datum: datum, place: place, language: language), by: staff.scope)
        let answer = Answer.json(JSONWriter.object { report.write(to: &$0, in: language) })
        return try await staff.visit.write(submission) { _ in answer }
    }

    private func sources(_ staff: StaffVisit) async throws -> Response {
        let list = try BarrierList(QueryParameters(), grids.norms, for: staff.scope)
        let (sources, sums, removals) = try await grids.house.database.read { transaction in
            (
                try BarrierSourceStore.sources(limit: 1_000, in: transaction), try list.sums(in: transaction),
                try BarrierSourceStore.removals(limit: 1_000, in: transaction)
            )
        }
        return .json(
            JSONWriter.object { writer in
                writer.key("sources")
                writer.array(sources) { writer, source in
                    writer.object { writer in
                        writer.member("id", source.id)
                        writer.member("name", source.name)
                        writer.member("broughtAt", source.broughtAt)
                        writer.member("barriers", source.barriers)
                        writer.member("bridges", source.bridges)
                        writer.member("metres", source.metres.rounded())
                    }
                }
                writer.key("classes")
                writer.array(sums) { writer, sum in
                    writer.object { writer in
                        writer.member("class", sum.kind)
                        writer.member("title", staff(grids.norms.barrierTitle(sum.kind)))
                        writer.member("count", sum.count)
                        writer.member("metres", sum.metres.rounded())
                    }
                }
                writer.key("removals")
                writer.array(removals) { writer, removal in
                    writer.object { writer in
                        writer.member("id", removal.id)
                        writer.member("name", removal.name)
                        writer.member("at", removal.at)
                        writer.member("barriers", removal.barriers)
                    }
                }
            })
    }

    private func removing(_ routes: Routes) {
        routes.api(BarrierOperations.removeOne, right: .gridsBuildings) { staff, submission in
            try await remove(.one(try staff.visit.identifier()), staff, submission)
        }
        routes.api(BarrierOperations.removeSource, right: .gridsBuildings) { staff, submission in
            try await remove(.source(try staff.visit.identifier()), staff, submission)
        }
        routes.api(BarrierOperations.undo, right: .gridsBuildings) { staff, submission in
            let id: Removal.ID = try staff.visit.identifier()
            let (grids, scope, now) = (grids, staff.scope, staff.visit.now)
            return try await staff.visit.write(submission) { transaction in
                let count = try BarrierWork(grids: grids).restore(id, by: scope, at: now, in: transaction)
                return .json(JSONWriter.object { $0.member("barriers", count) })
            }
        }
    }

    private func remove(
        _ part: BarrierSourceStore.Part, _ staff: StaffVisit, _ submission: Submission
    ) async throws -> Response {
        let (grids, scope, now) = (grids, staff.scope, staff.visit.now)
        return try await staff.visit.write(submission) { transaction in
            let removal = try BarrierWork(grids: grids).remove(part, by: scope, at: now, in: transaction)
            return .json(
                JSONWriter.object { writer in
                    writer.member("removal", removal.id)
                    writer.member("barriers", removal.barriers)
                })
        }
    }
}
