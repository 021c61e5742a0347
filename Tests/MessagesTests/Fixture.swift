import Cipher
import Desk
import Foundation
import Ground
import Messages
import Storage
import StorageTesting
import Synchronization
import Web

/// A sender that remembers what it was given, and fails as long as it is told to.
final class RecordingSender: ResidentSender {
    private let state = Mutex((sent: [OutgoingText](), isBroken: false))

    struct Broken: Error {}

    var sent: [OutgoingText] { state.withLock { $0.sent } }
    func breaks(_ isBroken: Bool) { state.withLock { $0.isBroken = isBroken } }

    func send(_ text: OutgoingText) async throws {
        try state.withLock { state in
            if state.isBroken { throw Broken() }
            state.sent.append(text)
        }
    }
}

let start = Instant(milliseconds: 1_800_000_000_000)
let phone = "13800001234"
let county = AreaPrefix("990101") ?? .everywhere

func makeHouse(_ database: any Database, _ clock: ManualClock) throws -> House {
    House(
        database: database, clock: clock, identifiers: IdentifierSource(seed: 7), keys: .forTests(),
        rules: RuleFiles(shipped: "/nowhere"), assets: try StaticFiles(folders: []),
        settings: House.Settings(area: county, secureCookies: false))
}

func text(
    _ words: String, code: String? = nil, area: AreaPrefix? = AreaPrefix("990101001"), at instant: Instant = start
) throws
    -> ResidentText
{
    let vault = KeyRing.forTests().vault
    guard let number = PhoneNumber(phone) else { throw CocoaError(.formatting) }
    return ResidentText(
        phoneSealed: number.sealedForTexts(vault), phoneIndex: number.index(vault), text: words,
        codeSealed: code.map { vault.seal($0, for: ResidentText.codePurpose) }, subjectID: "",
        area: area, at: instant)
}

func scope(post: String, body: String = "body1", area: String = "990101001") -> Scope {
    Scope(
        staff: StaffID("staff1"), staffName: "测试", post: PostID(post), postName: LocalizedText("岗", "post"),
        role: "handler", rights: [], area: AreaPrefix(area) ?? .everywhere, body: BodyID(body), bodyName: "单位")
}

func notice(
    to recipient: Notice.Recipient, _ words: String = "有新的交办", at instant: Instant = start
) -> Notice {
    Notice(
        to: recipient, kind: "cases.assigned", subjectKind: "case", subjectID: "c1",
        text: LocalizedText(words, "assigned"), address: "/cases/c1", at: instant)
}
