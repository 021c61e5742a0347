import Foundation
import Ground
import Storage

/// What can be wrong with the file of a SQLite database, told with its path.
enum DatabaseFile {
    /// Nil when the database is no file.
    static func path(_ configuration: Configuration) -> String? {
        let location = configuration.database
        return location.hasPrefix("sqlite:") ? String(location.dropFirst("sqlite:".count)) : nil
    }

    /// SQLite opens a file that is write-protected too, and then refuses every change: better not to start at all.
    static func requireWritable(_ configuration: Configuration) throws(Refusal) {
        guard let path = path(configuration) else { return }
        let folder = (path as NSString).deletingLastPathComponent
        let place = folder.isEmpty ? "." : folder
        guard isFolder(place) else {
            throw Refusal(
                .notFound, "database.no-folder",
                LocalizedText(
                    "数据库文件 \(path) 所在的目录 \(place) 不存在",
                    "The folder \(place) of the database file \(path) does not exist"),
                wayOn: LocalizedText("请先建立该目录，或用 --database 指明另一位置", "Make it, or name another place with --database"))
        }
        guard !isFolder(path) else {
            throw Refusal(
                .malformed, "database.is-folder",
                LocalizedText("数据库 \(path) 是一个目录，不是文件", "The database \(path) is a folder, not a file"),
                wayOn: LocalizedText("请用 --database 指明其中的文件", "Name a file in it with --database"))
        }
        // The log beside it is made anew at each start, so the folder must be writable too.
        let isThere = FileManager.default.fileExists(atPath: path)
        for one in isThere ? [path, place] : [place] where access(one, R_OK | W_OK) != 0 {
            let reason = String(cString: strerror(errno))
            throw Refusal(
                .unavailable, "database.read-only",
                LocalizedText(
                    "数据库 \(path) 只读或无权访问：\(one)（\(reason)）",
                    "The database \(path) is read-only or may not be read: \(one) (\(reason))"),
                wayOn: LocalizedText(
                    "请让运行格物的用户可读写该文件及其目录，并检查磁盘是否以只读方式挂载",
                    "Let the user who runs Gewu read and write the file and its folder, and check that the disk is not mounted read-only"
                ))
        }
    }

    /// Says which file it is that cannot be used.
    static func named<Value>(
        _ configuration: Configuration, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError {
            guard let path = path(configuration) else { throw error }
            throw refusal(error, path) ?? error
        }
    }

    private static func refusal(_ error: DatabaseError, _ path: String) -> Refusal? {
        switch error.code {
        case .corrupt:
            Refusal(
                .unavailable, "database.damaged",
                LocalizedText(
                    "文件 \(path) 已损坏或不是数据库（\(error.message)）；未作改动",
                    "The file \(path) is damaged or is no database (\(error.message)); it was left as it is"),
                wayOn: LocalizedText(
                    "请把它另存一边，用 gewu restore 将最近的备份恢复为新文件",
                    "Put it aside and restore the last backup into a new file with `gewu restore`"))
        case .connection, .readOnly:
            Refusal(
                .unavailable, "database.unusable",
                LocalizedText(
                    "无法使用数据库文件 \(path)（\(error.message)）", "The database file \(path) cannot be used (\(error.message))"
                ),
                wayOn: LocalizedText(
                    "请检查该文件及其目录的权限", "Check the permissions of the file and of its folder"))
        default: nil
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
