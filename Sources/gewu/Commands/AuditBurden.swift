import ArgumentParser
import Cipher
import Desk
import Foundation
import GridDay
import Ground
import Storage

/// Proves that the platform has none of the functions that burden the grassroots.
struct AuditBurden: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "burden",
        abstract: "Check that there is no check-in, no points, no ranking, no tracks. 自查：不做新负担。",
        discussion: """
            Looks over every route, every column of every table and every text for what the rules on government apps
            forbid (Rules/burden.yaml), and for the complaint box that they ask for. Ends with status 1 and names the
            place when something is found. The same stands on the page /burden.
            核对全部地址、字段与文字（规则见 Rules/burden.yaml）；发现问题时指出位置，并以状态 1 结束。结果也在 /burden 页公布。
            """)

    @OptionGroup var common: CommonOptions

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let furniture = try Assembly.Furniture(configuration)
        // The schema is read from the program, so no database is touched; the rooms only want one to stand on.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gewu-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try openDatabase(DatabaseLocation("sqlite:\(folder.path)/audit.sqlite"))
        let result: BurdenAudit.Result
        do {
            let house = furniture.house(around: database, keys: .forTests("audit"))
            let rules = try BurdenRules.load(from: house.rules)
            result = BurdenAudit.run(rules, over: try ProgramListing(of: house).program())
            await database.close()
        } catch {
            await database.close()
            throw error
        }
        tell(result, console)
        guard result.isClean else {
            console.fail(
                Refusal(
                    .conflict, "audit.burden",
                    LocalizedText(
                        "自查发现 \(result.findings.count) 处不该有的功能",
                        "\(result.findings.count) things that should not be there"),
                    wayOn: LocalizedText(
                        "请去掉它们；确实不是的，在 Rules/burden.yaml 写明理由",
                        "Take them out, or write in Rules/burden.yaml why they are none")), alsoAsResult: false)
            throw ExitCode.failure
        }
    }

    private func tell(_ result: BurdenAudit.Result, _ console: Console) {
        for finding in result.findings {
            console.say(
                LocalizedText(
                    "\(finding.place)：\(finding.word)（\(finding.title.chinese)，\(finding.source)）",
                    "\(finding.place): \(finding.word) (\(finding.title.english); \(finding.source))"))
        }
        if !result.hasSources {
            console.say(
                LocalizedText(
                    "没有程序源文件：其中的文字在构建时的测试中核对", "No sources here: their words are checked by the tests of the build"))
        }
        console.result(
            LocalizedText(
                "按 \(result.rules) 条规则核对了 \(result.routes) 个地址、\(result.columns) 个字段、\(result.texts) 处文字：\(result.findings.count) 处问题，\(result.excused.count) 处有说明的例外",
                "Checked \(result.routes) routes, \(result.columns) columns and \(result.texts) texts by \(result.rules) rules: \(result.findings.count) findings, \(result.excused.count) explained exceptions"
            )
        ) { writer in result.write(console.language, to: &writer) }
    }
}
