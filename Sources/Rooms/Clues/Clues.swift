public import Cases
import Cipher
public import Desk
import Ground
public import Identity
public import Places
public import Storage

/// 线索 (扫黑除恶): what somebody tells the police and nobody else. Nothing of it, not even that there is anything, stands
/// in any list, count, export, feed, search, webhook, figure, log line or ledger entry that anybody else can see.
///
/// How that holds: own tables, every column but a running number sealed; identifiers from a source of its own; no notice,
/// no stored answer, no counter shared with another room; the routes tell the log and the metrics nothing; and the ledger
/// gets one mark an hour whether anything happened or not (``ClueMarks``).
public struct Clues: Room {
    let house: House
    let identity: Identity
    let places: Places
    let cases: Cases
    let limit = SendingLimit()

    public init(house: House, identity: Identity, places: Places, cases: Cases) {
        self.house = house
        self.identity = identity
        self.places = places
        self.cases = cases
        cases.link(Workflow.matter) {
            CaseLink("/clue/matter/\($0)", LocalizedText("含违法犯罪线索？移交公安", "It tells of a crime? Hand it to the police"))
        }
    }

    public static let migrations: [Migration] = ClueSchema.migrations

    public var menu: [MenuEntry] {
        [
            MenuEntry("/clues", icon: "lock", ClueTexts.clues, right: .readClues, order: 5),
            MenuEntry("/clues/journal", icon: "history", ClueTexts.journal, right: .auditClues, order: 90),
        ]
    }

    public var jobs: [Job] {
        [Job("hourly-marks", every: .minutes(1)) { try await ClueMarks(clues: self).run() }]
    }

    public func addRoutes(to routes: Routes) {
        SenderPages(clues: self).add(to: routes)
        PolicePages(clues: self).add(to: routes)
        SealingOver(clues: self).add(to: routes)
        ClueAPI(clues: self).add(to: routes)
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }
}
