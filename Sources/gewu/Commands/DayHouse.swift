import Cases
import DemoCounty
import Desk
import Ground
import Hummingbird
import Logging
import NIOCore

/// A whole server in which a day is played: its clock is the day's, its identifiers follow from the seed, and its jobs run
/// when the played time says so.
struct DayHouse: Sendable {
    let house: House
    let clock: ManualClock
    let rooms: Assembly.Rooms

    init(_ house: House, setting: DaySetting) throws {
        var own = house
        clock = ManualClock(setting.midnight)
        own.clock = clock
        own.identifiers = IdentifierSource(seed: setting.seed)
        own.settings.area = setting.area
        // Invented people with a password that everybody knows: never anything but a demonstration.
        own.settings.isDemonstration = true
        self.house = own
        rooms = try Assembly.Rooms(in: own, numbers: CaseNumberSource(seed: setting.seed))
    }

    func application(
        _ settings: ServerSettings, logger: Logger,
        onRunning: @escaping @Sendable (any NIOCore.Channel) async -> Void = { _ in }
    ) throws -> Application<RouterResponder<DeskContext>> {
        try buildApplication(
            house: house, settings: settings, logger: logger, rooms: rooms, runsJobs: false, onRunning: onRunning)
    }

    /// Its routes without a connection, for a day that nobody watches.
    func door(_ logger: Logger) throws -> any FrontDoor {
        InsideDoor(responder: try application(ServerSettings(), logger: logger).responder, logger: logger)
    }

    /// - Parameter door: of the same rooms.
    func day(_ setting: DaySetting, door: any FrontDoor) -> PlayedDay {
        PlayedDay(
            setting,
            rooms: PlayedDay.Rooms(
                cases: rooms.cases, emergencies: rooms.emergencies, command: rooms.command,
                jobs: rooms.all.flatMap(\.jobs), door: door),
            house: house, clock: clock)
    }
}
