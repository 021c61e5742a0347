import Foundation
import Ground
import NIOCore
import Storage

/// Whatever went wrong, as one sentence for the person at the terminal.
enum Failures {
    static func sentence(_ refusal: Refusal, _ language: Language) -> String {
        [refusal.message(language), refusal.wayOn?(language)].compactMap { $0 }.map { text in
            guard let last = text.last, !"。？！.?!".contains(last) else { return text }
            return text + (language == .chinese ? "。" : ".")
        }.joined(separator: language == .chinese ? "" : " ")
    }

    static func refusal(_ error: any Error) -> Refusal {
        switch error {
        case let refusal as Refusal: refusal
        case let error as DatabaseError: refusal(of: error)
        case let error as IOError: refusal(of: error)
        case is CancellationError:
            Refusal(.unavailable, "command.stopped", LocalizedText("已中止", "Stopped"))
        default:
            Refusal(
                .fault, "command.fault",
                LocalizedText("出现故障：\(error.localizedDescription)", "Something failed: \(error)"))
        }
    }

    private static func refusal(of error: DatabaseError) -> Refusal {
        let (chinese, english): (String, String) =
            switch error.code {
            case .full: ("磁盘已满，未写入", "The disk is full; nothing half-written was kept")
            case .readOnly: ("数据库只读", "The database is read-only")
            case .corrupt: ("数据库文件已损坏或不是数据库", "The file is damaged or is no database")
            case .connection: ("无法连接数据库", "The database cannot be reached")
            case .busy, .timeout, .overloaded, .serialization, .cancelled:
                ("数据库正忙", "The database is busy")
            default: ("数据库出错", "The database failed")
            }
        return Refusal(
            .unavailable, "command.database",
            LocalizedText("\(chinese)（\(error.message)）", "\(english) (\(error.message))"),
            wayOn: error.code == .full
                ? LocalizedText("请清理磁盘后重试", "Make room and try again")
                : LocalizedText("请检查 --database 与 gewu config", "Check --database and `gewu config`"))
    }

    private static func refusal(of error: IOError) -> Refusal {
        switch error.errnoCode {
        case EADDRINUSE:
            Refusal(
                .unavailable, "command.port-taken", LocalizedText("端口已被占用", "The port is taken by another program"),
                wayOn: LocalizedText("请换一个端口（--port），或先停止占用者", "Choose another with --port, or stop the other"))
        case EACCES:
            Refusal(
                .unavailable, "command.port-forbidden",
                LocalizedText("没有权限监听该端口", "Listening on that port is not permitted"),
                wayOn: LocalizedText("请使用 1024 以上的端口", "Use a port above 1023"))
        default:
            Refusal(
                .unavailable, "command.network",
                LocalizedText("网络错误：\(error.description)", "A network error: \(error.description)"))
        }
    }
}
