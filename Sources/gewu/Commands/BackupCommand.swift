import ArgumentParser
import Foundation
import Ground
import Storage

struct BackupCommand: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write all data into one file while the server runs. 备份。",
        discussion: """
            The file is one consistent state, and can be restored on either engine. Without \
            the key file the personal elements in it cannot be read: keep both, apart, or \
            use --with-keys and guard the files.
            备份为同一时刻的完整数据，可恢复到任一种数据库；没有密钥文件则无法读取其中的个人要素。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The file to write. 备份文件", valueName: "file"))
    var file: String

    @Flag(help: "Put a copy of the key file beside it, as FILE.keys. 同时备份密钥文件")
    var withKeys = false

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        for path in [file] + (withKeys ? [KeyCopy.path(beside: file)] : [])
        where FileManager.default.fileExists(atPath: path) {
            throw Refusal(
                .conflict, "backup.exists",
                LocalizedText("文件 \(path) 已存在，未覆盖", "The file \(path) exists and was not overwritten"),
                wayOn: LocalizedText("请换一个文件名", "Choose another name"))
        }
        try Existing.require(configuration)
        let database = try Assembly.openDatabaseWithoutMigrating(configuration)
        let line = console.progress(LocalizedText("已备份行数", "rows written"))
        do {
            try await Backup.backup(database, to: file) { line.update($0, of: nil) }
            await database.close()
        } catch {
            await database.close()
            line.finish()
            throw error
        }
        line.finish()
        // What was written is read again: a backup nobody has read is a hope.
        let summary = try Backup.verify(file)
        if withKeys { try KeyCopy.copy(from: configuration.keysFile, to: KeyCopy.path(beside: file)) }
        console.result(
            LocalizedText(
                "已备份 \(summary.tables) 张表、\(summary.rows) 行到 \(file)，并重读核对无误",
                "Wrote \(summary.tables) tables and \(summary.rows) rows to \(file), and read them back")
        ) { writer in
            writer.member("file", file)
            writer.member("madeAt", summary.madeAt.iso8601)
            writer.member("tables", summary.tables)
            writer.member("rows", summary.rows)
            writer.member("keys", withKeys ? KeyCopy.path(beside: file) : nil)
        }
    }
}

struct RestoreCommand: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Fill an empty database from a backup. 恢复。",
        discussion: """
            A database that holds data is refused. Name a new one with --database and point \
            the configuration to it. A restore that was killed leaves nothing; run it again.
            只恢复到空数据库；请用 --database 指定新的数据库。中断的恢复不留下任何内容，可重新执行。
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The backup. 备份文件", valueName: "file"))
    var file: String

    @Flag(help: "Also restore FILE.keys, if no key file is there. 同时恢复密钥文件")
    var withKeys = false

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let expected = try Backup.verify(file)
        let keys = KeyCopy.path(beside: file)
        if withKeys { try KeyCopy.checkFree(configuration.keysFile, for: keys) }
        let database = try Assembly.openDatabaseWithoutMigrating(configuration)
        let line = console.progress(LocalizedText("已恢复行数", "rows restored"))
        let summary: Backup.Summary
        do {
            summary = try await Backup.restore(
                from: file, into: database, migrations: Assembly.migrations
            ) { line.update($0, of: expected.rows) }
            await database.close()
        } catch {
            await database.close()
            line.finish()
            throw error
        }
        line.finish()
        if withKeys { try KeyCopy.copy(from: keys, to: configuration.keysFile) }
        let hasKeys = FileManager.default.fileExists(atPath: configuration.keysFile)
        if !hasKeys {
            console.say(
                LocalizedText(
                    "注意：密钥文件 \(configuration.keysFile) 不在，个人要素将无法读取；请先放回原密钥文件再启动",
                    "Note: the key file \(configuration.keysFile) is missing; put the original one back before "
                        + "starting, or personal elements stay unreadable"))
        }
        console.result(
            LocalizedText(
                "已恢复 \(summary.tables) 张表、\(summary.rows) 行（备份于 \(summary.madeAt.iso8601)）",
                "Restored \(summary.tables) tables and \(summary.rows) rows, as of \(summary.madeAt.iso8601)")
        ) { writer in
            writer.member("madeAt", summary.madeAt.iso8601)
            writer.member("tables", summary.tables)
            writer.member("rows", summary.rows)
            writer.member("hasKeys", hasKeys)
        }
    }
}

/// Commands that only read must not make an empty database where none was.
enum Existing {
    static func require(_ configuration: Configuration) throws(Refusal) {
        let location = configuration.database
        guard location.hasPrefix("sqlite:") else { return }
        let path = String(location.dropFirst("sqlite:".count))
        guard !FileManager.default.fileExists(atPath: path) else { return }
        throw Refusal(
            .notFound, "command.no-database",
            LocalizedText("没有数据库文件 \(path)", "There is no database file \(path)"),
            wayOn: LocalizedText("请用 --database 或配置文件指明", "Name it with --database or in the configuration"))
    }
}

/// The key file's own backup: readable by its owner only, and never written over another key.
enum KeyCopy {
    static func path(beside backup: String) -> String { backup + ".keys" }

    static func checkFree(_ target: String, for copy: String) throws(Refusal) {
        guard let bytes = FileManager.default.contents(atPath: copy) else {
            throw Refusal(
                .notFound, "backup.no-keys",
                LocalizedText("找不到密钥备份 \(copy)", "There is no key backup \(copy)"))
        }
        guard let present = FileManager.default.contents(atPath: target), present != bytes else { return }
        throw Refusal(
            .conflict, "backup.other-keys",
            LocalizedText("\(target) 已有另一个密钥文件，未覆盖", "\(target) holds another key already and was left alone"),
            wayOn: LocalizedText("请在配置中另指定 keys", "Name another file as `keys`"))
    }

    static func copy(from source: String, to target: String) throws(Refusal) {
        guard let data = FileManager.default.contents(atPath: source) else {
            throw Refusal(
                .notFound, "backup.no-keys", LocalizedText("找不到密钥文件 \(source)", "There is no key file \(source)"))
        }
        if FileManager.default.contents(atPath: target) == data { return }
        let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        let bytes = [UInt8](data)
        let isWritten =
            descriptor >= 0 && write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        if descriptor >= 0 { close(descriptor) }
        guard isWritten else {
            if descriptor >= 0 { unlink(target) }
            throw Refusal(
                .unavailable, "backup.keys-write",
                LocalizedText("无法写入密钥文件 \(target)", "The key file \(target) cannot be written"))
        }
    }
}
