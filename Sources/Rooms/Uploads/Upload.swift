public import Desk
import Foundation
public import Ground

/// A file that somebody sent in, to be taken over while nobody waits, and how far that is.
public struct Upload: Sendable, Hashable {
    public typealias ID = Identifier<Upload>

    public enum State: String, Sendable, Hashable, CaseIterable {
        case waiting, running, done, failed, cancelled

        public var title: LocalizedText {
            switch self {
            case .waiting: LocalizedText("等待导入", "Waiting")
            case .running: LocalizedText("正在导入", "Being imported")
            case .done: LocalizedText("已导入", "Imported")
            case .failed: LocalizedText("未能导入", "Could not be imported")
            case .cancelled: LocalizedText("已取消", "Cancelled")
            }
        }

        public var isOver: Bool {
            switch self {
            case .waiting, .running: false
            case .done, .failed, .cancelled: true
            }
        }
    }

    /// How far it is.
    public struct Progress: Sendable, Hashable {
        /// Rows or features read so far.
        public var rows: Int
        /// Of `total`: bytes read, or rows dealt with.
        public var done: Int64
        /// Nil while nobody knows.
        public var total: Int64?

        public init(rows: Int = 0, done: Int64 = 0, total: Int64? = nil) {
            self.rows = rows
            self.done = done
            self.total = total
        }

        public var percent: Int64? { total.map { $0 <= 0 ? 0 : min(100, done * 100 / $0) } }
    }

    /// Why it could not be taken over.
    public struct Failure: Sendable, Hashable, Codable {
        public var code: String
        public var chinese: String
        public var english: String

        public var text: LocalizedText { LocalizedText(chinese, english) }

        init(code: String, _ text: LocalizedText) {
            self.code = code
            (chinese, english) = (text.chinese, text.english)
        }

        /// - Parameters:
        ///   - path: where the file lay, which is no name that anybody knows.
        ///   - name: what its sender calls it.
        init(_ refusal: Refusal, calling path: String?, _ name: String) {
            func told(_ message: String, _ wayOn: String?, _ stop: String) -> String {
                let text = message + (wayOn.map { stop + $0 } ?? "")
                return path.map { text.replacing($0, with: name) } ?? text
            }
            code = refusal.code
            chinese = told(refusal.message.chinese, refusal.wayOn?.chinese, "。")
            english = told(refusal.message.english, refusal.wayOn?.english, ". ")
        }
    }

    public var id: ID
    /// What it brings; the room whose queue it stands in knows.
    public var subject: String
    public var fileName: String
    /// What was chosen for it, as one JSON object.
    var options: String
    /// Where its sender may change what it brings.
    public var area: AreaPrefix
    /// Who sent it, as the ledger names them.
    public var actor: Actor
    /// Of the file of errors.
    public var language: Language
    public var state: State
    public var uploadedAt: Instant
    public var finishedAt: Instant?
    public var progress = Progress()
    /// What came of it, or why nothing did, as one JSON object.
    var outcome: String?
    public var hasErrors = false
    /// How often it was begun.
    var attempts: Int64 = 0

    /// Whether it was begun before, so that something of it may be written of which `progress` knows nothing.
    public var wasBegunBefore: Bool { attempts > 1 }

    /// - Throws: a refusal when it was kept with other options.
    public func options<Options: Decodable>(as type: Options.Type) throws(Refusal) -> Options {
        do { return try JSONDecoder().decode(type, from: Data(options.utf8)) } catch {
            throw Refusal(
                .ruleBroken, "uploads.options",
                LocalizedText("上传时的选项已不能读取", "What was chosen for it cannot be read any more"),
                wayOn: LocalizedText("请重新上传", "Send it again"))
        }
    }

    /// What came of it; nil unless it was taken over.
    public func report<Report: Decodable>(as type: Report.Type) throws -> Report? {
        guard state == .done, let outcome else { return nil }
        return try JSONDecoder().decode(type, from: Data(outcome.utf8))
    }

    public var failure: Failure? {
        guard state == .failed, let outcome else { return nil }
        return try? JSONDecoder().decode(Failure.self, from: Data(outcome.utf8))
    }

    static func text(of value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
