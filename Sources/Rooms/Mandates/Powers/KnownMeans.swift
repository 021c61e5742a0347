public import Desk
public import Ground
public import Storage

/// What the platform itself knows of the means of a street for one power. Nil where it holds no records of that kind: then
/// there is nothing to compare with, and the page says so.
public struct KnownMeans: Sendable, Hashable {
    /// People in posts that may use the power.
    public var staff: Int64?
    /// Of these, people whose qualification was entered.
    public var qualified: Int64?
    /// Hours of training that were entered for such posts, of all people together.
    public var trainingHours: Int64?
    /// Names of the equipment on the street's list of assets.
    public var equipment: [String]?

    public init(
        staff: Int64? = nil, qualified: Int64? = nil, trainingHours: Int64? = nil, equipment: [String]? = nil
    ) {
        self.staff = staff
        self.qualified = qualified
        self.trainingHours = trainingHours
        self.equipment = equipment
    }
}

/// Which records a power is compared with, as `powers.yaml` has it.
public struct ComparedMeans: Sendable, Hashable, Decodable {
    /// Roles whose posts may use the power.
    public var roles: [String]
    /// Keys of `staffing.yaml` that a qualified person has all of; none when the power asks for no qualification.
    public var qualifications: [String]
    /// Training of so many days back counts.
    public var trainingDays: Int

    public init(roles: [String], qualifications: [String], trainingDays: Int) {
        self.roles = roles
        self.qualifications = qualifications
        self.trainingDays = trainingDays
    }
}

/// Whoever knows posts, qualifications, training and equipment.
public protocol MeansLookup: Sendable {
    func means(
        of street: AreaPrefix, for compared: ComparedMeans, at now: Instant, in transaction: any Transaction
    ) throws -> KnownMeans
}

/// Where no such room is there.
public struct NothingKnown: MeansLookup {
    public init() {}

    public func means(
        of street: AreaPrefix, for compared: ComparedMeans, at now: Instant, in transaction: any Transaction
    ) throws -> KnownMeans { KnownMeans() }
}

extension PowerMenu {
    /// Where a street says more than the platform's own records do; each asks for a reason. Saying less is no claim.
    static func differences(_ ready: Readiness, _ known: KnownMeans) -> [LocalizedText] {
        var differences: [LocalizedText] = []
        if let staff = known.staff, ready.staff > staff {
            differences.append(
                LocalizedText(
                    "人员：填报 \(ready.staff) 人，平台在岗 \(staff) 人", "Staff: \(ready.staff) told, \(staff) in such posts"))
        }
        if let qualified = known.qualified, ready.qualified > qualified {
            differences.append(
                LocalizedText(
                    "持证：填报 \(ready.qualified) 人，平台登记 \(qualified) 人",
                    "Qualified: \(ready.qualified) told, \(qualified) entered"))
        }
        if let hours = known.trainingHours, ready.trainingHours * ready.staff > hours {
            differences.append(
                LocalizedText(
                    "培训：填报 \(ready.staff) 人各 \(ready.trainingHours) 学时，平台登记合计 \(hours) 人时",
                    "Training: \(ready.trainingHours) hours each of \(ready.staff) told, \(hours) hours of all entered")
            )
        }
        if let equipment = known.equipment {
            for thing in ready.equipment where !equipment.contains(where: { $0.contains(thing) }) {
                differences.append(
                    LocalizedText("设备：填报有\(thing)，资产台账没有", "Equipment: \(thing) told, not on the list of assets"))
            }
        }
        return differences
    }
}
