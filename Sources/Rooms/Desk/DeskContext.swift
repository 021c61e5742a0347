public import Ground
public import Hummingbird
public import Logging
import NIOCore

/// What is known about a request while it is served.
public struct DeskContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Stands in the log, in every answer and on the page of an error.
    public var requestID: String
    /// Where the connection comes from (or the client behind a trusted proxy).
    public var clientAddress: String
    public var language: Language = .chinese
    public var appearance = Appearance()
    /// The member of staff or the machine; nil before log-in.
    public var scope: Scope?
    /// The resident who proved a phone number; nil otherwise.
    public var resident: ResidentReference?
    /// The session whose cookie came with the request; forms must carry its token.
    public var session: SessionReference?

    public init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = ""
        clientAddress = source.channel.remoteAddress?.ipAddress ?? "local"
    }

    /// Of a request that comes from the program itself, over no connection.
    public init(inside logger: Logger) {
        coreContext = CoreRequestContextStorage(source: InsideSource(logger: logger))
        requestID = ""
        clientAddress = "local"
    }

    private struct InsideSource: RequestContextSource {
        let logger: Logger
    }
}

/// How pages look to this viewer.
public struct Appearance: Sendable, Hashable {
    public enum Theme: String, Sendable, CaseIterable { case auto, light, dark }
    public enum Size: String, Sendable, CaseIterable { case standard, care, care2 }

    public var theme = Theme.auto
    public var size = Size.standard

    public init() {}
}

/// A resident by the blind index of the phone number that was proved; the number itself is kept only sealed.
public struct ResidentReference: Sendable, Hashable {
    public var phoneIndex: String
    /// `138****1234`.
    public var maskedPhone: String
    /// The number, sealed for texts, so that what is reported in this session can be answered.
    public var phoneSealed: [UInt8]

    public init(phoneIndex: String, maskedPhone: String, phoneSealed: [UInt8]) {
        self.phoneIndex = phoneIndex
        self.maskedPhone = maskedPhone
        self.phoneSealed = phoneSealed
    }
}

/// A session and the token that its forms carry, so that no other site can send them.
public struct SessionReference: Sendable, Hashable {
    public var id: String
    public var formToken: String

    public init(id: String, formToken: String) {
        self.id = id
        self.formToken = formToken
    }
}
