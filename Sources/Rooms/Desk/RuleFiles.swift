import Foundation
public import Ground
public import Yams

/// The data files that say what differs from place to place: the ones that ship, and a county's own over them. A file of
/// the county replaces the shipped one of the same name.
public struct RuleFiles: Sendable {
    public let shipped: String
    public let own: String?

    public init(shipped: String, own: String? = nil) {
        self.shipped = shipped
        self.own = own
    }

    /// One file, with the name to show when something in it is wrong.
    public struct File: Sendable {
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// - Parameter name: below the folder of rules: `workflows/matter.yaml`.
    public func file(_ name: String) throws(Refusal) -> File {
        for folder in [own, shipped].compactMap({ $0 }) {
            let path = folder + "/" + name
            guard FileManager.default.fileExists(atPath: path) else { continue }
            guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
            else {
                throw Refusal(
                    .fault, "rules.unreadable",
                    LocalizedText("规则文件 \(path) 无法读取或不是 UTF-8", "The rule file \(path) cannot be read or is not UTF-8"))
            }
            return File(name: path, text: text)
        }
        throw Refusal(
            .fault, "rules.missing", LocalizedText("缺少规则文件 \(name)", "The rule file \(name) is missing"),
            wayOn: LocalizedText("请检查配置 rules 指向的目录：\(shipped)", "Check the folder that `rules` names: \(shipped)"))
    }

    /// Names of the files in a folder, the county's own included, sorted.
    public func names(in folder: String, suffix: String = ".yaml") -> [String] {
        let all = [shipped, own].compactMap { $0 }.flatMap { root in
            (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []
        }
        return Set(all.filter { $0.hasSuffix(suffix) }).sorted().map { folder + "/" + $0 }
    }

    public func decode<Value: Decodable>(_ type: Value.Type, from name: String) throws(Refusal) -> Value {
        let file = try file(name)
        do {
            return try YAMLDecoder().decode(type, from: file.text)
        } catch {
            throw Self.refusal(error, in: file)
        }
    }

    /// The file as a tree whose nodes know their lines.
    public func node(_ name: String) throws(Refusal) -> (node: Node, file: File) {
        let file = try file(name)
        do {
            guard let node = try Yams.compose(yaml: file.text) else {
                throw Self.refusal("the file is empty", "文件为空", in: file, line: 1)
            }
            return (node, file)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Self.refusal(error, in: file)
        }
    }

    /// `FILE:LINE: reason`, as every mistake in a rule file is told.
    public static func refusal(_ english: String, _ chinese: String, in file: File, line: Int?) -> Refusal {
        let place = file.name + (line.map { ":\($0)" } ?? "")
        return Refusal(
            .fault, "rules.wrong", LocalizedText("\(place)：\(chinese)", "\(place): \(english)"),
            wayOn: LocalizedText("请改正该文件后重新启动", "Correct the file and start again"))
    }

    private static func refusal(_ error: any Error, in file: File) -> Refusal {
        if let error = error as? DecodingError {
            let (path, reason) = described(error)
            let names = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            let place = names.isEmpty ? "" : "\(names): "
            return refusal("\(place)\(reason)", "\(place)\(reason)", in: file, line: line(of: path, in: file.text))
        }
        let text = "\(error)"
        // The parser's own message begins with line and column.
        let line = text.split(separator: ":").first.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        return refusal(text, text, in: file, line: line)
    }

    private static func described(_ error: DecodingError) -> ([any CodingKey], String) {
        switch error {
        case .keyNotFound(let key, let context): (context.codingPath, "“\(key.stringValue)” is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            (context.codingPath, context.underlyingError.map { "\($0)" } ?? context.debugDescription)
        @unknown default: ([], "\(error)")
        }
    }

    private static func line(of path: [any CodingKey], in text: String) -> Int? {
        guard var node = (try? Yams.compose(yaml: text)) ?? nil else { return nil }
        for key in path {
            let next =
                key.intValue.flatMap { index in
                    node.sequence.flatMap { index < $0.count ? $0[index] : nil }
                } ?? node.mapping?[Node(key.stringValue)]
            guard let next else { break }
            node = next
        }
        return node.mark?.line
    }
}
