import Foundation
import Ground
import Logging
import Synchronization
import Testing

@testable import gewu

@Suite("The command line says what it does and what is wrong")
struct CommandTests {
    @Test("docs/commands.md shows the help of every command as it is")
    func manual() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/commands.md")
        let manual = Gewu.manual()
        if ProcessInfo.processInfo.environment["GEWU_UPDATE_DOCS"] == "1" {
            try manual.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == manual, "run with GEWU_UPDATE_DOCS=1 and look at it")
    }

    @Test(
        "The terminal's language is that of LC_ALL, else of LANG",
        arguments: [
            (["LANG": "zh_CN.UTF-8"], Language.chinese), (["LANG": "en_GB.UTF-8"], .english), ([:], .english),
            (["LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"], .english),
            (["LANG": "zh_CN.UTF-8", "LC_ALL": ""], .chinese),
        ] as [([String: String], Language)])
    func language(environment: [String: String], expected: Language) {
        #expect(CommonOptions.languageOfTerminal(environment) == expected)
    }

    @Test("A failure is told in whole sentences, in either language")
    func sentence() {
        let refusal = Refusal(
            .conflict, "x.y", LocalizedText("文件已存在", "The file exists"), wayOn: LocalizedText("请换一个", "Choose another?")
        )
        #expect(Failures.sentence(refusal, .english) == "The file exists. Choose another?")
        #expect(Failures.sentence(refusal, .chinese) == "文件已存在。请换一个。")
    }

    @Test("A log line is one JSON object, and holds no secret")
    func logLine() throws {
        let lines = Mutex<[String]>([])
        var logger = Logger(label: "gewu") {
            JSONLogHandler(label: $0, level: .info) { line in lines.withLock { $0.append(line) } }
        }
        logger[metadataKey: "id"] = "r1"
        logger.info(
            "said \"hello\"\nto all",
            metadata: [
                "formToken": "t0k3n", "phone": "13800138000", "time": "mine",
                "headers": ["Authorization": "Bearer abc", "accept": "text/html"],
            ])
        logger.debug("not this")
        let line = try #require(lines.withLock { $0 }.first)
        #expect(lines.withLock { $0.count } == 1)
        #expect(line.hasSuffix("}\n") && line.dropLast().allSatisfy { $0 != "\n" })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["message"] as? String == "said \"hello\"\nto all")
        #expect(object["level"] as? String == "info")
        #expect(object["id"] as? String == "r1")
        #expect(object["_time"] as? String == "mine")
        for secret in ["t0k3n", "13800138000", "Bearer abc"] { #expect(!line.contains(secret)) }
        #expect(line.contains("text/html"))
    }
}
