public import Desk
public import Ground

/// The identity of a matter.
public typealias CaseID = Identifier<CaseRecord>

/// How a matter came in.
public enum Channel: String, Sendable, Hashable, Codable, CaseIterable {
    case resident, staff, hotline, program, imported, open311, sensor, patrol

    public var title: LocalizedText {
        switch self {
        case .resident: LocalizedText("居民自报", "Resident")
        case .staff: LocalizedText("工作人员上报", "Staff")
        case .hotline: LocalizedText("热线", "Hotline")
        case .program: LocalizedText("接口", "Interface")
        case .imported: LocalizedText("导入", "Imported")
        case .open311: LocalizedText("Open311", "Open311")
        case .sensor: LocalizedText("感知设备", "Sensor")
        case .patrol: LocalizedText("巡查发现", "Found on patrol")
        }
    }
}

/// A place on the earth in CGCS2000, degrees; as good as WGS 84 for every purpose here.
public struct Location: Sendable, Hashable {
    public var longitude: Double
    public var latitude: Double

    /// - Returns: nil when it is no place on the earth.
    public init?(longitude: Double, latitude: Double) {
        guard (-180...180).contains(longitude), (-90...90).contains(latitude) else { return nil }
        self.longitude = longitude
        self.latitude = latitude
    }
}

/// Who reported it, as far as it may be kept in the open: the name and the number are sealed.
public struct Reporter: Sendable, Hashable {
    /// Blind index of the phone number; nil when none was given.
    public var phoneIndex: String?
    /// `138****1234`.
    public var phoneMasked: String?
    public var phoneSealed: [UInt8]?
    public var nameMasked: String?
    public var nameSealed: [UInt8]?

    public init(
        phoneIndex: String? = nil, phoneMasked: String? = nil, phoneSealed: [UInt8]? = nil, nameMasked: String? = nil,
        nameSealed: [UInt8]? = nil
    ) {
        self.phoneIndex = phoneIndex
        self.phoneMasked = phoneMasked
        self.phoneSealed = phoneSealed
        self.nameMasked = nameMasked
        self.nameSealed = nameSealed
    }
}

/// One matter, from its report to its end, as it stands now.
public struct CaseRecord: Sendable {
    public var id: CaseID
    /// The workflow that it runs in: what residents report, or a whistle, a part of a larger matter …
    public var kind = Workflow.matter
    /// One of the variants of its kind; nil where the kind has none.
    public var variant: String?
    /// The matter of which this is a part.
    public var parent: CaseID?
    /// The matter that goes on for this one, being the same; see the act with the effect `joins`.
    public var joinedTo: CaseID?
    /// How many other matters this one goes on for.
    public var joinedCount = 0
    /// How many of its own parts have not ended.
    public var openParts = 0
    /// What people call it by: 16 digits, date first.
    public var number: String
    /// Rises with every act; what a page saw last is compared with it.
    public var version: Int64 = 1
    public var title: String
    public var detail: String
    public var category: String?
    /// The smallest area known: a grid, community, street or the county.
    public var area: AreaPrefix
    public var address: String?
    public var location: Location?
    public var channel: Channel
    public var state: StateName
    /// When the reporter saw or said it.
    public var reportedAt: Instant
    /// When the platform had it.
    public var receivedAt: Instant
    public var stateSince: Instant
    /// By when the owner of the present state must act; nil in ends.
    public var due: Deadline?
    /// By when the matter must be handled, from its acceptance; judged by ``finishedAt``.
    public var finalDue: Deadline?
    /// When the handling body last reported it done.
    public var finishedAt: Instant?
    public var endedAt: Instant?
    public var body: BodyID?
    public var handler: StaffID?
    /// The one person who stays answerable to the resident until the end.
    public var answerable: StaffID
    public var answerablePost: PostID
    /// Who was asked to become answerable and has not said yet.
    public var offeredStaff: StaffID?
    public var offeredPost: PostID?
    /// How many rungs of the ladder of reminders were told since the present deadline began, and when the next is.
    public var rungsTold = 0
    public var tellAt: Instant?
    public var isSupervised = false
    /// A ruling binds the body: no return.
    public var isBound = false
    public var extensionAsked: Int?
    public var trail = Trail()
    public var result: String?
    public var isSolved: Bool?
    /// 1 very dissatisfied … 5 very satisfied.
    public var satisfaction: Int?
    /// When somebody first talked with the resident after the report, and whether that was within the time for it.
    public var contactedAt: Instant?
    public var isContactedInTime: Bool?
    /// The reason for which it was asked to leave the matter out of the rates.
    public var exclusionAsked: String?
    /// A second person has granted that.
    public var isExcluded = false
    public var reporter = Reporter()
    /// The member of staff who reported it, if one did.
    public var reportingStaff: StaffID?
    /// The system and number it was imported from; unique together.
    public var source: String?
    public var sourceNumber: String?
    public var photoCount = 0

    /// How often bounded acts were done, and who did last what others must not do after them.
    public struct Trail: Sendable, Hashable {
        public var spent: [ActName: Int] = [:]
        public var doers: [ActName: String] = [:]
        /// The bodies that gave it back, in order.
        public var returnedBy: [BodyID] = []

        public init() {}

        /// `dispatch:2,return:1|finish:STAFF|BODY,BODY`, the first two sorted, as it is stored.
        public init(stored text: String) {
            let thirds = text.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
            for item in thirds[0].split(separator: ",") {
                let parts = item.split(separator: ":")
                if parts.count == 2, let count = Int(parts[1]) { spent[ActName(rawValue: String(parts[0]))] = count }
            }
            guard thirds.count > 1 else { return }
            for item in thirds[1].split(separator: ",") {
                let parts = item.split(separator: ":")
                if parts.count == 2 { doers[ActName(rawValue: String(parts[0]))] = String(parts[1]) }
            }
            guard thirds.count > 2 else { return }
            returnedBy = thirds[2].split(separator: ",").map { BodyID(String($0)) }
        }

        /// Acts that are bounded by day are counted under a name of their own, such as `urge@reporter.20778`.
        private static func daily(_ act: ActName, _ performer: Performer) -> String {
            let kind =
                switch performer {
                case .staff: "staff"
                case .reporter: "reporter"
                case .system: "system"
                }
            return "\(act.rawValue)@\(kind)."
        }

        func spentToday(_ act: ActName, by performer: Performer, at now: Instant) -> Int {
            spent[ActName(rawValue: Self.daily(act, performer) + String(now.local().day.number)), default: 0]
        }

        /// Yesterday's count is of no use any more.
        mutating func spendToday(_ act: ActName, by performer: Performer, at now: Instant) {
            let name = Self.daily(act, performer)
            let count = spentToday(act, by: performer, at: now) + 1
            spent = spent.filter { !$0.key.rawValue.hasPrefix(name) }
            spent[ActName(rawValue: name + String(now.local().day.number))] = count
        }

        public var stored: String {
            if spent.isEmpty && doers.isEmpty && returnedBy.isEmpty { return "" }
            let text =
                spent.sorted { $0.key < $1.key }.map { "\($0.key.rawValue):\($0.value)" }.joined(separator: ",")
                + "|"
                + doers.sorted { $0.key < $1.key }.map { "\($0.key.rawValue):\($0.value)" }.joined(separator: ",")
            return returnedBy.isEmpty ? text : text + "|" + returnedBy.map(\.text).joined(separator: ",")
        }
    }
}

/// A stored due instant; provisional when the year's calendar is not published yet.
public struct Deadline: Sendable, Hashable {
    public var at: Instant
    public var isProvisional: Bool

    public init(at: Instant, isProvisional: Bool) {
        self.at = at
        self.isProvisional = isProvisional
    }
}
