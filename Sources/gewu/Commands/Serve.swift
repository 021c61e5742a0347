import ArgumentParser
import Desk
import Ground
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

struct Serve: SpokenCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the pages and the interface until SIGTERM or Ctrl-C. 启动服务。",
        discussion: """
            Brings the database schema forward first. Stopping finishes the requests already accepted.
            启动前自动升级数据库结构；停止时先办完已接收的请求。
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Address and port, over the configuration. 监听地址", valueName: "address:port"))
    var listen: String?

    @Option(help: ArgumentHelp("Port alone; 0 takes any free one. 端口", valueName: "n"))
    var port: Int?

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        var configuration = configuration
        if let listen { try configuration.set(.listen, listen, option: "--listen") }
        if let port {
            let host = configuration.listen.host
            let shown = host.contains(":") ? "[\(host)]" : host
            try configuration.set(.listen, "\(shown):\(port)", option: "--port")
        }
        let logger = Logger.gewu(configuration.logLevel)
        let settings = ServerSettings(configuration)
        let seconds = configuration.stopSeconds
        try await Assembly.withHouse(configuration, console) { house in
            let readiness = Readiness(house: house)
            let application = try buildApplication(
                house: house, settings: settings, logger: logger, readiness: readiness
            ) { channel in
                let scheme = settings.tls == nil ? "http" : "https"
                let port = channel.localAddress?.port ?? settings.port
                let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
                logger.notice("serving", metadata: ["address": "\(scheme)://\(host):\(port)/"])
            }
            var group = ServiceGroupConfiguration(
                // Stopped in the reverse order: watchers learn first.
                services: [.init(service: application), .init(service: readiness)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            // What has not ended by then is cut off; whatever was answered is durable anyway.
            group.maximumGracefulShutdownDuration = .seconds(seconds)
            try await ServiceGroup(configuration: group).run()
            logger.notice("stopped")
        }
    }
}
