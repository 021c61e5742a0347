import ArgumentParser
import Cipher
import Clues
import Foundation
import Ground
import Ledger
import Storage

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the ledger's past, and that the platform is no burden. 核验台账、自查负担。",
        subcommands: [AuditVerify.self, AuditBurden.self])
}

struct AuditVerify: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute every seal of the ledger. 逐块重新计算台账封印。",
        discussion: """
            Ends with status 1 and names the block and entry when anything of the past differs. Note the root it prints \
            somewhere else: given back as --expect-root it shows that nothing up to it was replaced.
            如有改动，指出所在的块与条目，并以状态 1 结束。请把输出的根值另行保存，以后用 --expect-root 核对。
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("A root that was noted elsewhere earlier. 以往另行保存的根值", valueName: "root"))
    var expectRoot: String?

    @Option(help: ArgumentHelp("The first block to check. 起始块号", valueName: "n"))
    var fromBlock: Int64 = 1

    func validate() throws {
        guard let expectRoot else { return }
        guard [UInt8](hexadecimal: expectRoot[...])?.count == 32 else {
            throw ValidationError("--expect-root takes 64 hexadecimal digits. --expect-root 应为 64 位十六进制数。")
        }
    }

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        try Existing.require(configuration)
        // The key is needed to check signatures; making a new one would call every seal forged.
        guard FileManager.default.fileExists(atPath: configuration.keysFile) else {
            throw Refusal(
                .notFound, "audit.no-keys",
                LocalizedText("没有密钥文件 \(configuration.keysFile)", "There is no key file \(configuration.keysFile)"),
                wayOn: LocalizedText("请在配置中指定 keys", "Name it as `keys` in the configuration"))
        }
        let keys = try KeyRing.loadOrCreate(at: configuration.keysFile)
        let database = try Assembly.openDatabaseWithoutMigrating(configuration)
        let found: Verification
        let isJournalIntact: Bool
        do {
            found = try await Ledger.verify(
                database, publicKey: keys.signing.publicKey, fromBlock: fromBlock,
                expectedRoot: expectRoot.flatMap { [UInt8](hexadecimal: $0[...]) })
            isJournalIntact = try await Clues.isIntact(database, keys: keys)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
        tell(found, console)
        guard isJournalIntact else {
            console.fail(
                Refusal(
                    .conflict, "audit.marks-differ",
                    LocalizedText("密件日志与台账的每小时封记不符", "The sealed journal is not what the ledger's hourly marks say"),
                    wayOn: LocalizedText(
                        "请保全数据库与备份，通知公安的查阅审计人员", "Keep the database and its backups; tell the auditor of the police")),
                alsoAsResult: false)
            throw ExitCode.failure
        }
        guard found.isIntact else {
            console.fail(
                Refusal(
                    .conflict, "audit.changed",
                    LocalizedText(
                        "台账有 \(found.findingCount) 处与封印不符",
                        "The ledger differs from its seals in \(found.findingCount) places"),
                    wayOn: LocalizedText(
                        "请保全数据库与备份，按上列位置核查",
                        "Keep the database and its backups as they are, and look at the places above")
                ), alsoAsResult: false)
            throw ExitCode.failure
        }
    }

    private func tell(_ found: Verification, _ console: Console) {
        let root = found.lastRoot.hexadecimal
        for finding in found.findings { console.say(finding.text) }
        console.result(
            LocalizedText(
                "已核验 \(found.blocks) 块、\(found.entries) 条；\(found.unsealed) 条尚未封存；最后一块 \(found.lastBlock)，根值 \(root)",
                "Checked \(found.blocks) blocks and \(found.entries) entries; \(found.unsealed) not sealed yet; "
                    + "last block \(found.lastBlock), root \(root)")
        ) { writer in
            writer.member("intact", found.isIntact)
            writer.member("blocks", found.blocks)
            writer.member("entries", found.entries)
            writer.member("unsealed", found.unsealed)
            writer.member("lastBlock", found.lastBlock)
            writer.member("lastRoot", root)
            writer.member("findingCount", found.findingCount)
            writer.key("findings")
            writer.array(found.findings) { writer, finding in
                writer.object { writer in
                    writer.member("kind", finding.kind.rawValue)
                    writer.member("block", finding.block)
                    writer.member("entry", finding.entry)
                    if let position = finding.position { writer.member("position", position) }
                }
            }
        }
    }
}
