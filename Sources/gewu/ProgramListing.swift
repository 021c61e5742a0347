import Cases
import Desk
import Foundation
import GridDay
import Ground
import Hummingbird
import Places
import Storage
import Synchronization

/// What the whole program consists of: its routes, the columns of its tables, its words. For the self-audit.
final class ProgramListing: Sendable {
    private let house: House
    private let known = Mutex<BurdenAudit.Program?>(nil)

    init(of house: House) { self.house = house }

    /// Made once: a running program does not change.
    func program() throws -> BurdenAudit.Program {
        if let known = known.withLock({ $0 }) { return known }
        var program = BurdenAudit.Program()
        program.routes = try Self.routes(of: house)
        program.columns = Self.columns(of: Assembly.migrations)
        program.needs = Workflow.Need.allCases.map(\.rawValue)
        for folder in [house.rules.shipped, house.rules.own].compactMap({ $0 }) {
            // The list of what is forbidden names it.
            program.texts += ProgramTexts.read(folder: folder, named: "Rules").filter {
                !$0.file.hasSuffix(BurdenRules.file)
            }
        }
        if let web = try? Resources.folder("Web") {
            program.texts += ProgramTexts.read(folder: web + "/assets", named: "Web/assets")
        }
        if let sources = try? Resources.folder("Sources"),
            FileManager.default.fileExists(atPath: sources + "/Rooms/GridDay/GridDay.swift")
        {
            program.texts += ProgramTexts.read(folder: sources, named: "Sources")
            program.hasSources = true
        }
        known.withLock { $0 = program }
        return program
    }

    /// Every route of every room, as a server would serve them.
    private static func routes(of house: House) throws -> [String] {
        let rooms = try Assembly.Rooms(in: house)
        let router = Router(context: DeskContext.self)
        let routes = Routes(
            router: router, house: house, menu: rooms.all.flatMap(\.menu), catalogue: APICatalogue())
        for room in rooms.all { room.addRoutes(to: routes) }
        StartPage().add(to: routes)
        InterfaceDocument.add(to: routes)
        return router.routes.map { "\($0.method.rawValue) \($0.path)" }.sorted()
    }

    /// `table.column` for each column that any step of the schema makes.
    static func columns(of migrations: [Migration]) -> [String] {
        migrations.flatMap(\.statements).flatMap { statement -> [String] in
            switch statement {
            case .shared(let text), .only(_, let text): columns(of: text)
            }
        }
    }

    private static func columns(of statement: String) -> [String] {
        let words = statement.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count > 3, words[1].uppercased() == "TABLE" else { return [] }
        if words[0].uppercased() == "ALTER" {
            guard words.count > 5, words[3].uppercased() == "ADD", words[4].uppercased() == "COLUMN" else { return [] }
            return ["\(words[2]).\(words[5])"]
        }
        guard words[0].uppercased() == "CREATE", let open = statement.firstIndex(of: "("),
            let close = statement.lastIndex(of: ")"), open < close
        else { return [] }
        let table = words[2].split(separator: "(").first.map(String.init) ?? words[2]
        var parts = [""]
        var depth = 0
        for character in statement[statement.index(after: open)..<close] {
            if character == "(" { depth += 1 } else if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        let constraints: Set = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT"]
        return parts.compactMap { part in
            guard let name = part.split(whereSeparator: \.isWhitespace).first.map(String.init),
                !constraints.contains(name.uppercased())
            else { return nil }
            return "\(table).\(name)"
        }
    }
}
