import Foundation
import Ground
import Testing

@testable import gewu

@Suite("Settings have one place each, and a mistake in them is told with its line")
struct ConfigurationTests {
    private func configuration(
        _ yaml: String, environment: [String: String] = [:], database: String? = nil
    ) throws -> Configuration {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("gewu.yaml")
        try yaml.write(to: file, atomically: true, encoding: .utf8)
        return try Configuration(path: file.path, database: database, environment: environment)
    }

    private func refusal(_ yaml: String, environment: [String: String] = [:]) -> Refusal? {
        do {
            _ = try configuration(yaml, environment: environment)
            return nil
        } catch {
            return error as? Refusal
        }
    }

    @Test("The command line goes before the environment, that before the file, that before the default")
    func order() throws {
        let yaml = "listen: 127.0.0.1:1\ndatabase: sqlite:/tmp/a.sqlite\n"
        let file = try configuration(yaml)
        #expect(file.listen.port == 1)
        #expect(file.values[.listen]?.source == .file(try #require(file.file), line: 1))
        let environment = try configuration(yaml, environment: ["GEWU_LISTEN": ":2"])
        #expect(environment.listen.port == 2)
        #expect(environment.values[.listen]?.source == .environment("GEWU_LISTEN"))
        let option = try configuration(
            yaml, environment: ["GEWU_DATABASE": "sqlite:/tmp/b.sqlite"], database: "sqlite:/tmp/c.sqlite")
        #expect(option.database == "sqlite:/tmp/c.sqlite")
        #expect(try configuration("").listen.port == 8080)
    }

    @Test("An unknown name is refused with its line and the name that was probably meant")
    func unknown() {
        let refusal = refusal("listen: :1\n\ndatabsae: sqlite:x\n")
        #expect(refusal?.message.english.contains("gewu.yaml:3:") == true)
        #expect(refusal?.message.english.contains("“database”") == true)
        #expect(self.refusal("title:\n  cn: x\n")?.message.english.contains(":2:") == true)
        #expect(self.refusal("tls:\n  certficate: x\n")?.message.english.contains("“tls.certificate”") == true)
    }

    @Test(
        "A wrong value is refused with its place and what is expected",
        arguments: [
            "listen: nowhere", "area: 12345", "uploadLimit: much", "logLevel: loud", "demonstration: perhaps",
            "limits:\n  inFlight: 0", "database: mysql://x", "tls:\n  certificate: a.pem", "listen: [1, 2]", "- a",
            "title: x", "listen: a: b",
        ])
    func wrong(yaml: String) {
        let refusal = refusal(yaml)
        #expect(refusal != nil)
        #expect(refusal?.kind == .malformed)
    }

    @Test("Every name of a setting has a variable of its own")
    func variables() {
        let names = ConfigurationKey.allCases.map(\.environmentName)
        #expect(Set(names).count == names.count)
        #expect(ConfigurationKey.tlsCertificate.environmentName == "GEWU_TLS_CERTIFICATE")
        #expect(ConfigurationKey.inFlight.environmentName == "GEWU_LIMITS_IN_FLIGHT")
    }

    @Test("A variable that means nothing is told")
    func unknownVariable() throws {
        #expect(try configuration("", environment: ["GEWU_LISTN": "x"]).unknownVariables == ["GEWU_LISTN"])
    }

    @Test("Secrets are never shown")
    func secrets() throws {
        let configuration = try configuration(
            "database: postgres://gewu:s3cret@db.example/gewu?password=s3cret\nmetricsToken: s3cret\n")
        for key in ConfigurationKey.allCases { #expect(!configuration.shown(key).contains("s3cret")) }
        #expect(configuration.shown(.database).contains("db.example"))
        #expect(configuration.shown(.metricsToken) == "•••")
    }

    @Test("Paths in a file are meant from where the file lies")
    func paths() throws {
        let configuration = try configuration(
            "database: sqlite:data/a.sqlite\nkeys: /etc/gewu.keys\noutbox: out.jsonl\n")
        let folder = (try #require(configuration.file) as NSString).deletingLastPathComponent
        #expect(configuration.database == "sqlite:\(folder)/data/a.sqlite")
        #expect(configuration.keysFile == "/etc/gewu.keys")
        #expect(configuration.outboxFile == "\(folder)/out.jsonl")
    }

    @Test(
        "Sizes are read with their units",
        arguments: [("20 MB", 20_971_520), ("512KB", 524_288), ("1 GB", 1_073_741_824), ("100", 100)])
    func sizes(text: String, bytes: Int) {
        #expect(Configuration.bytes(text) == bytes)
    }

    @Test("Sizes that are none are refused", arguments: ["", "MB", "-1", "0", "1 TB", "9999999999999 GB"])
    func noSizes(text: String) {
        #expect(Configuration.bytes(text) == nil)
    }

    @Test("The files that ship are found from a build folder")
    func resources() throws {
        #expect(FileManager.default.fileExists(atPath: try Resources.folder("Rules") + "/calendars"))
        #expect(throws: Refusal.self) { try Resources.folder("NoSuchFolder-7261") }
    }
}
