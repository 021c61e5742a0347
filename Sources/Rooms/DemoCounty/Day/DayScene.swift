import Cases
import Desk
import Emergencies
import Ground
import Identity
import Messages
import Storage

/// Where the story stands: the rooms it plays in, who acts, and what the lines before have brought about.
struct DayScene: Sendable {
    let stage: Stage
    let rooms: PlayedDay.Rooms
    let house: House
    let clock: ManualClock
    let midnight: Instant
    let password: String

    var matters: [String: CaseID] = [:]
    var phones: [String: String] = [:]
    var event: EventID?
    var sites: [String: SiteID] = [:]
    var lots: [String: LotID] = [:]
    var slips: [String: Int64] = [:]
    var shifts: [String: ShiftID] = [:]
    /// By log-in.
    var callers: [String: Caller] = [:]
    var machineToken: String?
    var sensorSecret: String?
    private var residents = 0

    init(stage: Stage, rooms: PlayedDay.Rooms, house: House, clock: ManualClock, midnight: Instant, password: String) {
        self.stage = stage
        self.rooms = rooms
        self.house = house
        self.clock = clock
        self.midnight = midnight
        self.password = password
    }

    var now: Instant { clock.now() }

    func instant(_ time: String) throws -> Instant {
        guard let offset = DayBeat.offset(time) else { throw DayFault.missing("no time of day: \(time)") }
        return midnight + Span(milliseconds: offset)
    }

    // MARK: Who

    func street() throws -> Stage.Street {
        guard let street = stage.streets.first else { throw DayFault.missing("the county has no street") }
        return street
    }

    func community() throws -> Stage.Community {
        guard let community = try street().communities.first else { throw DayFault.missing("the street is empty") }
        return community
    }

    /// - Parameter name: `dispatcher`, `dispatcher/2`, or a line such as `housing`.
    func actor(_ name: String?) throws -> Scope {
        guard let name else { throw DayFault.missing("it does not say who") }
        let parts = name.split(separator: "/")
        let index = parts.count > 1 ? (Int(parts[1]) ?? 1) - 1 : 0
        let role = String(parts[0])
        let street = try street()
        let people: [Scope] =
            switch role {
            case "dispatcher": street.dispatchers
            case "leader": street.leaders
            case "verifier": street.verifiers
            case "handler": street.handlers
            case "clerk": street.communities.compactMap(\.handlers.first)
            case "worker": street.communities.flatMap { $0.handlers.dropFirst() }
            case "coordination": stage.coordination
            case "hotline": stage.hotline
            default: stage.departments[role]?.handlers ?? []
            }
        guard people.indices.contains(index) else { throw DayFault.missing("nobody is called \(name)") }
        return people[index]
    }

    /// - Parameter name: a line, `street` or `committee`.
    func body(_ name: String) throws -> BodyID {
        switch name {
        case "street": return try street().body
        case "committee": return try community().committee
        default:
            guard let department = stage.departments[name] else { throw DayFault.missing("no body is called \(name)") }
            return department.body
        }
    }

    /// A number of the block that nobody has, from the end that other residents of the county hardly reach.
    mutating func newPhone() -> String {
        residents += 1
        return Founding.phone(9_000 - residents)
    }

    // MARK: What

    /// - Parameter name: as an earlier line named it; `NAME/LINE` for the part that this department has of it.
    func matter(_ name: String?) async throws -> CaseID {
        guard let name else { throw DayFault.missing("it does not say which matter") }
        let parts = name.split(separator: "/").map(String.init)
        guard let whole = matters[parts[0]] else { throw DayFault.missing("no matter is called \(name)") }
        guard parts.count > 1 else { return whole }
        let body = try body(parts[1])
        let rows = try await house.database.query(
            "SELECT id FROM cases WHERE parent = \(whole) AND body = \(body) ORDER BY id DESC LIMIT 1")
        guard let row = rows.first else { throw DayFault.missing("\(name) has no such part") }
        return try row.identifier(0)
    }

    func number(of id: CaseID) async throws -> String {
        let numbers = try await house.database.read { try rooms.cases.numbers(of: [id], in: $0) }
        guard let number = numbers[id] else { throw DayFault.missing("there is no matter \(id)") }
        return number
    }

    func matter(numbered number: String) async throws -> CaseID {
        let rows = try await house.database.query(
            "SELECT id FROM cases WHERE number_reversed = \(String(number.reversed()))")
        guard let row = rows.first else { throw DayFault.missing("there is no matter \(number)") }
        return try row.identifier(0)
    }

    // MARK: At the door

    /// Staff whose account is shown, logged in as anybody logs in.
    mutating func caller(_ role: String) async throws -> Caller {
        if let known = callers[role] { return known }
        var caller = Caller(rooms.door)
        try await caller.logIn(role, password: password)
        callers[role] = caller
        return caller
    }

    /// A resident: the code comes as a text and is read there. Each time anew, since their sessions are short.
    func resident(_ phone: String) async throws -> Caller {
        var caller = Caller(rooms.door)
        try await caller.askForCode(phone)
        for job in rooms.jobs where job.name == "send-texts" { try await job.run() }
        let texts = OutboxFileSender.lastTexts(of: house.settings.outboxFile, count: 50)
        guard let text = texts.first(where: { $0.phone == phone && $0.text.contains("验证码") })?.text,
            let code = text.split(whereSeparator: { !$0.isASCII || !$0.isNumber }).first(where: { $0.count == 6 })
        else { throw DayFault.missing("no code was sent to the resident") }
        try await caller.enter(phone, code: String(code))
        return caller
    }

    /// Another system, with a token that the data officer made for it.
    mutating func machine() async throws -> Caller {
        if let machineToken { return Caller(rooms.door, bearer: machineToken) }
        let officer = try await caller("data_officer")
        struct Made: Decodable { var secret: String }
        let body = JSONWriter.object { writer in
            writer.member("name", "演示：其他系统")
            writer.key("rights")
            writer.array(["case.report", "case.read"]) { $0.value($1) }
            writer.member("days", 1)
        }
        let answer = try await officer.send(json: body, to: "/api/v1/tokens")
        let secret = try Caller.check(answer, "POST /api/v1/tokens").decode(Made.self).secret
        machineToken = secret
        return Caller(rooms.door, bearer: secret)
    }
}
