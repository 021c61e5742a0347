import Cipher
public import Desk
public import Ground
public import Storage

/// Telling people: notices for staff inside the platform, and texts (SMS) for residents. Both are rows of the
/// transaction that causes them, so nothing is told that did not happen, and nothing that happened stays untold.
public struct Messages: Room {
    let house: House
    let sender: any ResidentSender
    /// Tells this process's claims from those of other servers.
    let sending: TextSending

    public init(house: House, sender: any ResidentSender) {
        self.house = house
        self.sender = sender
        sending = TextSending(house: house, sender: sender)
    }

    /// Puts a notice into the inbox of a post or of a body's posts.
    public static func notify(_ notice: Notice, in transaction: any Transaction) throws {
        try NoticeStore.insert(notice, in: transaction)
    }

    /// Queues a text for a resident. It leaves within a second or two of the commit, once, or is shown as failed.
    public static func text(_ text: ResidentText, in transaction: any Transaction) throws {
        try TextStore.insert(text, in: transaction)
    }

    /// Takes back a text that was to leave at that moment and has not left: it never does.
    public static func withdrawText(
        about subjectID: String, dueAt due: Instant, in transaction: any Transaction
    ) throws {
        try TextStore.withdraw(about: subjectID, dueAt: due, in: transaction)
    }

    /// Takes the words out of whatever was written about a subject: notices say something else, what waits to be sent is
    /// not sent, and of what was sent no text is kept.
    /// - Parameter since: when the subject began; nothing older is looked at.
    public static func blank(
        about subjectID: String, since: Instant, as words: LocalizedText, in transaction: any Transaction
    ) throws {
        try NoticeStore.blank(about: subjectID, since: since, as: words, in: transaction)
        try TextStore.blank(about: subjectID, since: since, as: words.chinese, in: transaction)
    }

    /// Puts a generated past behind: what came before `read` counts as read by these posts, and no text that is still waiting
    /// is ever sent. For generators only; nothing real is waiting then.
    package static func closePast(
        for posts: [PostID], readBefore read: Instant, in transaction: any Transaction
    ) throws {
        try NoticeStore.markRead(by: posts, before: read, in: transaction)
        try TextStore.closeWaiting(in: transaction)
    }

    /// How many notices wait for this post, counted up to 100.
    public func unreadCount(_ scope: Scope) async throws -> Int {
        try await house.database.read { try NoticeStore.unreadCount(scope, in: $0) }
    }

    public static let migrations = NoticeStore.migrations + TextStore.migrations

    public static let rights: [Right] = [.seeOutgoingTexts]

    public var menu: [MenuEntry] {
        [
            MenuEntry("/messages", icon: "bell", LocalizedText("消息", "Messages"), order: 45),
            MenuEntry(
                "/messages/texts", icon: "message-square", LocalizedText("外发短信", "Texts sent"),
                right: .seeOutgoingTexts, order: 85),
        ]
    }

    public var jobs: [Job] {
        [
            Job("send-texts", every: .seconds(1)) { [sending] in try await sending.sendDue() },
            Job("forget-old-messages", every: .hours(6)) { [house] in
                let limit = house.clock.now() - .days(180)
                try await house.database.write { transaction in
                    try NoticeStore.forget(before: limit, in: transaction)
                    try TextStore.forget(before: limit, in: transaction)
                }
            },
        ]
    }

    public func addRoutes(to routes: Routes) {
        MessagePages(house: house).add(to: routes)
        MessageAPI(house: house).add(to: routes)
    }
}

extension Right {
    /// See which texts went out to residents and which failed; numbers stay masked.
    public static let seeOutgoingTexts = Right("messages.texts")
}
