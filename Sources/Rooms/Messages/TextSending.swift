import Cipher
import Desk
import Ground
import Storage

/// Carries waiting texts to the sender. At least once: when a server dies between handing a text over and noting it,
/// another sends it again under the same id.
struct TextSending: Sendable {
    let house: House
    let sender: any ResidentSender

    /// A claim holds this long; then another server may take the text.
    static let claimLength = Span.minutes(2)
    /// Attempts before a text counts as failed; with the waits below some four hours.
    static let mostTries = 8
    static let atOnce = 50

    func sendDue() async throws {
        let now = house.clock.now()
        let claim = house.identifiers.nextText(at: now)
        let claimed = try await house.database.write { transaction in
            try TextStore.claim(
                as: claim, at: now, until: now + Self.claimLength, limit: Self.atOnce, in: transaction)
        }
        for text in claimed { try await send(text, claim: claim) }
    }

    private func send(_ text: ClaimedText, claim: String) async throws {
        do {
            let vault = house.keys.vault
            var words = text.text
            if let sealed = text.codeSealed {
                words = words.replacing("{code}", with: try vault.open(sealed, for: ResidentText.codePurpose))
            }
            let phone = try vault.open(text.phoneSealed, for: ResidentText.phonePurpose)
            try await sender.send(OutgoingText(id: text.id, phone: phone, text: words, at: text.at))
        } catch {
            let now = house.clock.now()
            let retryAt = text.tries + 1 < Self.mostTries ? now + Self.wait(after: text.tries) : nil
            // What the sender says may quote the number or the text; only a refusal of our own is kept in full.
            let reason = (error as? Refusal)?.description ?? "\(type(of: error))"
            try await house.database.write { transaction in
                try TextStore.markFailed(text.id, claim: claim, reason: reason, retryAt: retryAt, in: transaction)
            }
            return
        }
        let now = house.clock.now()
        try await house.database.write { transaction in
            try TextStore.markSent(text.id, claim: claim, at: now, in: transaction)
        }
    }

    /// 10 s, 40 s, 160 s and so on, at most two hours.
    static func wait(after tries: Int) -> Span {
        .seconds(min(7_200, 10 << (2 * min(tries, 10))))
    }
}
