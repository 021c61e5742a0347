public import Hummingbird
import Web

/// Where rooms put their routes. The right is checked here, once; a handler of staff gets a scope and hands it on.
public struct Routes {
    let router: Router<DeskContext>
    public let house: House
    public let catalogue: APICatalogue
    let door: Door
    /// Of which addresses neither the log nor the metrics are told.
    public let untold = UntoldPaths()

    public init(router: Router<DeskContext>, house: House, menu: [MenuEntry], catalogue: APICatalogue) {
        self.router = router
        self.house = house
        self.catalogue = catalogue
        door = Door(house: house, frame: Frame(menu: menu.sorted { $0.order < $1.order }, house: house))
    }

    /// Requests of this address stand in no log and in no metrics: that somebody came is itself a secret.
    /// - Parameter path: as it is routed, or as an operation of the interface names it.
    public func keepUntold(_ path: String) { untold.add(path) }

    // MARK: Pages of staff

    /// A page that only staff with the right may read; without one, any member of staff.
    public func page(
        _ path: String, right: Right? = nil, _ handler: @escaping @Sendable (StaffVisit) async throws -> Response
    ) {
        router.get(RouterPath(path)) { [door] request, context in
            let visit = door.visit(request, context)
            guard context.scope != nil else {
                let next = QueryParameters([("next", visit.address)])
                return Response.seeOther(next.address("/login"))
            }
            return try await handler(door.staffVisit(visit, right))
        }
    }

    /// A form of a page of staff.
    public func form(
        _ path: String, right: Right? = nil,
        _ handler: @escaping @Sendable (StaffVisit, Submission) async throws -> Response
    ) {
        router.post(RouterPath(path)) { [door] request, context in
            let staff = try door.staffVisit(door.visit(request, context), right)
            let submission = try await door.submission(ofForm: staff.visit)
            return try await handler(staff, submission)
        }
    }

    // MARK: Pages for everybody

    public func openPage(_ path: String, _ handler: @escaping @Sendable (Visit) async throws -> Response) {
        router.get(RouterPath(path)) { [door] request, context in try await handler(door.visit(request, context)) }
    }

    public func openForm(_ path: String, _ handler: @escaping @Sendable (Visit, Submission) async throws -> Response) {
        router.post(RouterPath(path)) { [door] request, context in
            let visit = door.visit(request, context)
            return try await handler(visit, try await door.submission(ofForm: visit))
        }
    }

    // MARK: The interface for programs

    public func api(
        _ operation: APIOperation, right: Right?,
        _ handler: @escaping @Sendable (StaffVisit, Submission) async throws -> Response
    ) {
        catalogue.add(operation, right: right)
        router.on(RouterPath("/api/v1" + operation.path), method: operation.method) { [door] request, context in
            let staff = try door.staffVisit(door.visit(request, context), right)
            return try await handler(staff, try await door.submission(ofProgram: staff.visit))
        }
    }

    /// A route of the interface that needs no log-in.
    public func openAPI(
        _ operation: APIOperation, _ handler: @escaping @Sendable (Visit, Submission) async throws -> Response
    ) {
        catalogue.add(operation, right: nil, isOpen: true)
        router.on(RouterPath("/api/v1" + operation.path), method: operation.method) { [door] request, context in
            let visit = door.visit(request, context)
            return try await handler(visit, try await door.submission(ofProgram: visit))
        }
    }
}
