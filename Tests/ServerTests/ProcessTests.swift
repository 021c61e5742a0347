import Foundation
import Ground
import Testing

@testable import gewu

@Suite("The program as a process: it stops well, and fails in one sentence")
struct ProcessTests {
    /// `gewu` beside the tests, in a folder of its own.
    private final class Program: Sendable {
        let folder: URL

        init() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func start(_ arguments: [String], language: String = "en_US.UTF-8") throws -> (
            Process, errors: Pipe, result: Pipe
        ) {
            let process = Process()
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            process.executableURL = URL(filePath: tests).deletingLastPathComponent().appending(path: "gewu")
            process.arguments = arguments
            process.currentDirectoryURL = folder
            process.environment = ["LANG": language, "PATH": "/usr/bin:/bin", "HOME": folder.path]
            let errors = Pipe()
            let result = Pipe()
            process.standardError = errors
            process.standardOutput = result
            process.standardInput = FileHandle.nullDevice
            try process.run()
            return (process, errors, result)
        }

        func run(_ arguments: String..., language: String = "en_US.UTF-8") throws -> (
            status: Int32, errors: String, result: String
        ) {
            let (process, errors, result) = try start(arguments, language: language)
            let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let answered = String(decoding: result.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, said, answered)
        }

        /// Starts serving and returns when it listens.
        func serve() throws -> (process: Process, port: Int, errors: Pipe) {
            let (process, errors, _) = try start(["serve", "--port", "0"])
            var said = ""
            while true {
                let data = errors.fileHandleForReading.availableData
                guard !data.isEmpty else { throw RawConnection.Failure(description: "it ended: \(said)") }
                said += String(decoding: data, as: UTF8.self)
                if let match = said.firstMatch(of: #/"address":"http:\/\/127\.0\.0\.1:(\d+)\/"/#),
                    let port = Int(match.output.1)
                {
                    return (process, port, errors)
                }
            }
        }
    }

    @Test("SIGTERM finishes the request that was accepted, and ends with status 0", .timeLimit(.minutes(1)))
    func gracefulStop() async throws {
        let program = try Program()
        let (process, port, _) = try program.serve()
        let connection = try RawConnection(port: port)
        await connection.send(
            "POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 31\r\n\r\nlogin=nobody"
        )
        try await Task.sleep(for: .milliseconds(300))
        process.terminate()
        try await Task.sleep(for: .milliseconds(300))
        #expect(process.isRunning, "it waits for the request")
        await connection.send("&password=wrongword")
        let answer = try #require(await connection.textToEnd())
        #expect(answer.hasPrefix("HTTP/1.1 "))
        #expect(answer.contains("X-Request-ID"))
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(throws: RawConnection.Failure.self) { try RawConnection(port: port) }
    }

    @Test("A port that is taken is told in one sentence, in the terminal's language", .timeLimit(.minutes(1)))
    func portTaken() throws {
        let program = try Program()
        let (process, port, _) = try program.serve()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let english = try program.run("serve", "--port", "\(port)", "--database", "sqlite:second.sqlite")
        #expect(english.status == 1)
        #expect(english.errors.contains("gewu: The port is taken by another program. Choose another with --port"))
        let chinese = try program.run(
            "serve", "--port", "\(port)", "--database", "sqlite:second.sqlite", language: "zh_CN.UTF-8")
        #expect(chinese.errors.contains("端口已被占用"))
    }

    @Test("What was backed up comes back, and only into an empty database", .timeLimit(.minutes(1)))
    func backup() throws {
        let program = try Program()
        #expect(try program.run("staff", "add-administrator", "--json").status == 0)
        let backup = try program.run("backup", "one.backup", "--with-keys", "--json")
        #expect(backup.status == 0)
        let summary = try #require(try JSONSerialization.jsonObject(with: Data(backup.result.utf8)) as? [String: Any])
        let rows = try #require(summary["rows"] as? Int)
        #expect(rows > 2)
        #expect(try program.run("backup", "one.backup").status == 1)
        let full = try program.run("restore", "one.backup")
        #expect(full.status == 1)
        #expect(full.errors.contains("not empty"))
        let restored = try program.run("restore", "one.backup", "--database", "sqlite:new.sqlite", "--json")
        #expect(restored.status == 0)
        #expect(restored.result.contains("\"rows\":\(rows)"))
        // Whoever was entered is there again: the same name cannot be entered twice.
        let again = try program.run("staff", "add-administrator", "--database", "sqlite:new.sqlite")
        #expect(again.status == 1)
        #expect(again.errors.contains("taken"))
        #expect(
            try program.run("audit", "verify", "--database", "sqlite:new.sqlite", "--json").result.contains(
                "\"intact\":true"))
    }

    @Test("A backup that was cut off is refused, and nothing of it is kept", .timeLimit(.minutes(1)))
    func damagedBackup() throws {
        let program = try Program()
        #expect(try program.run("staff", "add-administrator").status == 0)
        #expect(try program.run("backup", "one.backup").status == 0)
        let file = program.folder.appending(path: "one.backup")
        let bytes = try Data(contentsOf: file)
        try bytes.dropLast(bytes.count / 3).write(to: file)
        let restored = try program.run("restore", "one.backup", "--database", "sqlite:new.sqlite", "--json")
        #expect(restored.status == 1)
        #expect(restored.result.contains("\"error\""))
        #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/new.sqlite"))
    }

    @Test("A command that only reads makes no database where none was", .timeLimit(.minutes(1)))
    func noDatabase() throws {
        let program = try Program()
        let result = try program.run("backup", "one.backup")
        #expect(result.status == 1)
        #expect(result.errors.contains("There is no database file gewu.sqlite"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path).isEmpty)
    }

    @Test("`gewu config --json` names every setting with its source", .timeLimit(.minutes(1)))
    func config() throws {
        let program = try Program()
        let result = try program.run("config", "--json", "--database", "sqlite:elsewhere.sqlite")
        #expect(result.status == 0)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.result.utf8)) as? [String: Any])
        let settings = try #require(object["settings"] as? [String: [String: Any]])
        #expect(settings.count == ConfigurationKey.allCases.count)
        #expect(settings["database"]?["value"] as? String == "sqlite:elsewhere.sqlite")
        #expect(settings["database"]?["source"] as? String == "command line --database")
    }

    @Test("A wrong option ends with status 64 and the usage", .timeLimit(.minutes(1)))
    func usage() throws {
        let program = try Program()
        let result = try program.run("serve", "--prot", "1")
        #expect(result.status == 64)
        #expect(result.errors.contains("Usage: gewu serve"))
    }

    @Test("What people labelled is learned, the same way each time, and tried on other texts; another table is refused")
    func learning() throws {
        let program = try Program()
        let words = [("道路", ["井盖缺失", "路灯不亮", "路面坑洼"]), ("噪声", ["夜间施工", "音响太大", "装修扰民"])]
        func table(_ name: String, _ count: Int, _ columns: String, _ row: (String, String, Int) -> String) throws {
            var lines = [columns]
            for number in 0..<count {
                for (label, own) in words { lines.append(row(label, own[number % own.count], number)) }
            }
            try Data(lines.joined(separator: "\n").utf8).write(to: program.folder.appending(path: name))
        }
        try table("learn.csv", 60, "subject,detail,label") { "\($1),小区门口\($1)，已有\($2)天，请处理。,\($0)" }
        try table("try.csv", 9, "tokens,label") { "\($1) 小区 门口 \($2) 天,\($0)" }
        let first = try program.run("cases", "train", "--input", "learn.csv", "--model", "a.model", "--json")
        #expect(first.status == 0, Comment(rawValue: first.errors))
        #expect(first.result.contains(#""texts":120"#))
        _ = try program.run("cases", "train", "--input", "learn.csv", "--model", "b.model")
        let models = ["a.model", "b.model"].map { FileManager.default.contents(atPath: program.folder.path + "/" + $0) }
        #expect(models[0] != nil && models[0] == models[1])
        let tried = try program.run("cases", "evaluate", "--model", "a.model", "--input", "try.csv", "--json")
        #expect(tried.result.contains(#""macroF1":1"#))
        #expect(tried.result.contains(#""messages":18"#))
        let wrong = try program.run("cases", "train", "--input", "a.model", "--model", "c.model")
        #expect(wrong.status != 0)
        let noModel = try program.run("cases", "evaluate", "--model", "try.csv", "--input", "try.csv")
        #expect(noModel.status != 0 && noModel.errors.contains("try.csv"))
    }
}
