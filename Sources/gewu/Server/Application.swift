import Desk
import Funds
import Ground
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Identity
import Logging
import NIOCore
import NIOSSL
import Places
import ServiceLifecycle
import Web

/// What the server needs to know beside the house.
struct ServerSettings: Sendable {
    var host = "127.0.0.1"
    var port = 8080
    var tls: (certificate: String, key: String)?
    var limits = ConnectionLimits()
    var connections = 4000
    var inFlight = 512
    /// How many requests wait for one of those in flight to end.
    var waiting = 1024
    var metricsToken: String?

    init() {}

    init(_ configuration: Configuration) {
        (host, port) = configuration.listen
        tls = configuration.tls
        limits.requestSeconds = Int64(configuration.requestSeconds)
        connections = configuration.connections
        inFlight = configuration.inFlight
        waiting = configuration.inFlight * 2
        metricsToken = configuration.metricsToken
    }
}

/// The whole server over one house; the command line and the tests build it alike.
/// - Parameters:
///   - rooms: nil for those of the house as it is.
///   - runsJobs: false where somebody else runs the rooms' jobs, in another time.
func buildApplication(
    house: House, settings: ServerSettings = ServerSettings(), logger: Logger, readiness: Readiness? = nil,
    rooms: Assembly.Rooms? = nil, runsJobs: Bool = true,
    onRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
) throws -> Application<RouterResponder<DeskContext>> {
    let metrics = Metrics()
    let readiness = readiness ?? Readiness(house: house)
    let gate = Gate(limit: settings.inFlight, waiting: settings.waiting)
    let rooms = try rooms ?? Assembly.Rooms(in: house)
    let catalogue = APICatalogue()

    let router = Router(context: DeskContext.self, options: .autoGenerateHeadEndpoints)
    let routes = Routes(router: router, house: house, menu: rooms.all.flatMap(\.menu), catalogue: catalogue)
    router.add(middleware: Reception(house: house, logger: logger, metrics: metrics, untold: routes.untold))
    router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
    router.add(middleware: FullDiskNotice(readiness: readiness))
    router.add(middleware: LoadShedding(gate: gate, exempt: OperationRoutes.paths))
    // What stands before the sessions knows nobody, and costs no look into the database.
    OperationRoutes(readiness: readiness, metrics: metrics, token: settings.metricsToken).add(to: router)
    AssetRoutes(assets: house.assets).add(to: router)
    router.add(middleware: rooms.identity.sessions)
    // Once more behind the sessions: who is logged in stays so on the page of a refusal, with the way on and the way out.
    router.add(middleware: RefusalAnswers(routes: routes, logger: logger))
    router.add(middleware: FullDiskNotice(readiness: readiness))
    for room in rooms.all { room.addRoutes(to: routes) }
    StartPage(isMoneyOpen: rooms.funds.isMoneyOpen).add(to: routes)
    InterfaceDocument.add(to: routes)

    metrics.gauge("gewu_requests_in_flight", help: "Requests being handled.") { Double(gate.inside) }
    metrics.gauge("gewu_requests_waiting", help: "Requests waiting to be handled.") { Double(gate.waiting) }
    metrics.gauge("gewu_requests_shed", help: "Requests told to come back later, since the start.") {
        Double(gate.refused)
    }
    metrics.gauge("gewu_resident_memory_bytes", help: "Memory of the process.") { Double(ProcessMemory.residentBytes) }

    let jobs: [any Service] =
        runsJobs
        ? [JobService(jobs: rooms.all.flatMap(\.jobs) + [Once.forgetOld(in: house)], logger: logger, metrics: metrics)]
        : []
    var application = Application(
        router: router, server: try serverBuilder(settings),
        configuration: ApplicationConfiguration(
            address: .hostname(settings.host, port: settings.port), backlog: 1024,
            availableConnectionsDelegate: MaximumAvailableConnections(settings.connections, logger: logger)),
        // Stopped in the reverse order: the listener, the jobs, the database.
        services: [DatabaseService(database: house.database)] + jobs,
        onServerRunning: onRunning, logger: logger)
    let places = rooms.places
    // Names are asked for without a query, so they must be there before the first page.
    application.beforeServerStarts { try await places.refresh() }
    return application
}

private func serverBuilder(_ settings: ServerSettings) throws -> HTTPServerBuilder {
    let plain = HTTPServerBuilder.guarded(settings.limits)
    guard let (certificateFile, keyFile) = settings.tls else { return plain }
    do {
        let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
        let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        return try .tls(plain, tlsConfiguration: tls)
    } catch {
        throw Refusal(
            .malformed, "config.tls",
            LocalizedText(
                "TLS 证书 \(certificateFile) 或私钥 \(keyFile) 无法使用（\(error)）",
                "The TLS certificate \(certificateFile) or its key \(keyFile) cannot be used (\(error))"),
            wayOn: LocalizedText(
                "两者须为 PEM 文件，且互相匹配、可被本用户读取",
                "Both are PEM files that belong together and can be read by this user"))
    }
}
