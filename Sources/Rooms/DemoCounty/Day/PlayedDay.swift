public import Cases
public import Command
public import Desk
public import Emergencies
public import Ground
import Ledger
import Storage

/// One day of a street, from midnight to midnight: every channel, whistles, what several do together, a storm, the change
/// of shifts, and the usual matters of the whole county beside them. Whatever people do goes through the same routes and
/// rules as theirs; what the platform does by itself, its own jobs do, in the played time.
public struct PlayedDay: Sendable {
    /// What a day is played in: rooms that stand in a house whose clock is the day's.
    public struct Rooms: Sendable {
        public var cases: Cases
        public var emergencies: Emergencies
        public var command: UnifiedCommand
        /// Of all rooms.
        public var jobs: [Job]
        public var door: any FrontDoor

        public init(
            cases: Cases, emergencies: Emergencies, command: UnifiedCommand, jobs: [Job], door: any FrontDoor
        ) {
            self.cases = cases
            self.emergencies = emergencies
            self.command = command
            self.jobs = jobs
            self.door = door
        }
    }

    /// What happens while it is played.
    public struct Told: Sendable, Hashable {
        /// Of the played day.
        public var at: Instant
        public var text: LocalizedText
    }

    /// What came of it.
    public struct Outcome: Sendable {
        public var day: Day
        public var told: [Told]
        public var figures: [DayFigure]
        /// Matters that came in.
        public var reported: Int
        public var ledgerEntries: Int
        /// Acts of the usual matters that the rules refused: the clock or the platform had overtaken them.
        public var refusedActs: Int
        public var seconds: Double

        public var agrees: Bool { figures.allSatisfy(\.agrees) }
    }

    public let setting: DaySetting
    let rooms: Rooms
    let house: House
    let clock: ManualClock
    let password: String

    /// - Parameters:
    ///   - house: whose clock is `clock`, at the day's first instant.
    public init(
        _ setting: DaySetting, rooms: Rooms, house: House, clock: ManualClock, password: String = DemoCounty.password
    ) {
        self.setting = setting
        self.rooms = rooms
        self.house = house
        self.clock = clock
        self.password = password
    }

    /// Plays the day.
    /// - Parameters:
    ///   - seconds: of real time that it takes at least; 0 for as fast as it goes.
    ///   - minutes: how much of the day is played.
    ///   - tell: what happens now.
    ///   - afterHour: called when an hour of the day is over, with its number.
    public func play(
        seconds: Double = 0, minutes: Int = 1_440, tell: @Sendable (Told) -> Void = { _ in },
        afterHour: @Sendable (Int) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        let real = ContinuousClock()
        let started = real.now
        let script = try DayScript.load(house.rules)
        var scene = DayScene(
            stage: setting.stage, rooms: rooms, house: house, clock: clock, midnight: setting.midnight,
            password: password)
        var play = try others(script)
        var jobs = Timetable(rooms.jobs, from: setting.midnight)
        var beats = try ordered(script.beats)[...]
        var told: [Told] = []
        let before = try await ledgerEntries()
        for minute in 1...max(1, minutes) {
            let end = setting.midnight + .minutes(Int64(minute))
            while let (at, beat) = beats.first, at < end {
                beats.removeFirst()
                try await play.play(until: at)
                clock.set(at)
                try await perform(beat, in: &scene)
                if let words = beat.tell {
                    let one = Told(at: at, text: words.text)
                    told.append(one)
                    tell(one)
                }
            }
            try await play.play(until: end)
            clock.set(end)
            try await jobs.run(until: end)
            if minute.isMultiple(of: 60) { try await afterHour(minute / 60) }
            if seconds > 0 {
                try await real.sleep(until: started + .seconds(seconds * Double(minute) / 1_440))
            }
        }
        let midnight = setting.midnight
        let reported = try await house.database.query(
            "SELECT COUNT(*) FROM cases WHERE received_at >= \(midnight) AND kind = 'matter'")
        return Outcome(
            day: midnight.local().day, told: told, figures: try await figures(),
            reported: Int(try reported[0].int(0)), ledgerEntries: try await ledgerEntries() - before,
            refusedActs: play.refused, seconds: (real.now - started) / .seconds(1))
    }

    private func figures() async throws -> [DayFigure] {
        let walls = DayWalls(house: house, command: rooms.command, rules: rooms.cases.rules, stage: setting.stage)
        return try await DayFigures(house, rooms.cases.rules).compare() + walls.compare()
    }

    private func ledgerEntries() async throws -> Int {
        Int(try await house.database.query("SELECT COUNT(*) FROM ledger_entries")[0].int(0))
    }

    /// The county's usual matters of that day, beside the story.
    private func others(_ script: DayScript) throws -> Play {
        let files = try DemoFiles(house.rules)
        let day = setting.midnight.local().day
        var reports = Reports(
            stage: setting.stage, files: files, rules: rooms.cases.rules, from: setting.midnight, days: 1,
            seed: setting.seed)
        let usual = Double(max(24, setting.households / 720)) * script.otherMatters / 100
        // What other systems sent on earlier days keeps its numbers.
        var matters = reports.matters(Int(usual.rounded()), of: day)
        for index in matters.indices {
            matters[index].report.sourceNumber = matters[index].report.sourceNumber.map { "\(day)-\($0)" }
        }
        var play = Play(cases: rooms.cases, house: house, clock: clock, looksAtLimits: false)
        play.add(matters)
        return play
    }

    /// The beats in the order of time, each at a second of its minute that follows from the seed.
    private func ordered(_ beats: [DayBeat]) throws -> [(Instant, DayBeat)] {
        var random = SeededRandom(seed: setting.seed ^ 0xDA7)
        var timed: [(offset: Int64, beat: DayBeat)] = []
        for beat in beats {
            guard let offset = DayBeat.offset(beat.at) else {
                throw RuleFiles.refusal(
                    "“\(beat.at)” is no time of day", "“\(beat.at)”不是一天中的时间",
                    in: try house.rules.file(DayScript.file), line: nil)
            }
            timed.append((offset, beat))
        }
        var result: [(at: Instant, beat: DayBeat)] = []
        // Those of one minute keep the order in which they stand.
        for (_, (offset, beat)) in timed.enumerated().sorted(by: {
            ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
        }) {
            let drawn = setting.midnight + Span(milliseconds: offset + Int64(random.number(0...50_000)))
            let earliest = result.last.map { $0.at + Span(milliseconds: 1) } ?? drawn
            result.append((max(drawn, earliest), beat))
        }
        return result
    }

    private func perform(_ beat: DayBeat, in scene: inout DayScene) async throws {
        do {
            switch beat.kind {
            case .page: try await scene.page(beat)
            case .desk: try await scene.desk(beat)
            case .file: try await scene.file(beat)
            case .interface: try await scene.interface(beat)
            case .open311: try await scene.open311(beat)
            case .sensor: try await scene.sensor(beat)
            case .outbox: try await scene.outbox(beat)
            case .planPatrol: try await scene.planPatrol(beat)
            case .act: try await scene.act(beat)
            case .begin: try await scene.begin(beat)
            case .rate: try await scene.rate(beat)
            case .roster: try await scene.roster(beat)
            case .offerShift: try await scene.offerShift(beat)
            case .takeShift: try await scene.takeShift(beat)
            case .start: try await scene.start(beat)
            case .reach: try await scene.reach(beat)
            case .site: try await scene.site(beat)
            case .register: try await scene.register(beat)
            case .handOver: try await scene.handOver(beat)
            case .settle: try await scene.settle(beat)
            case .report: try await scene.report(beat)
            case .end: try await scene.end(beat)
            }
        } catch let refusal as Refusal where refusal.code == beat.refusal {
            return
        } catch let error as Refusal {
            throw Self.stopped(beat, "\(error.message.english) (\(error.code))")
        } catch let error as DayFault {
            throw Self.stopped(beat, "\(error)")
        }
        if let code = beat.refusal { throw Self.stopped(beat, "it should have been refused: \(code)") }
    }

    private static func stopped(_ beat: DayBeat, _ why: String) -> Refusal {
        let what = "\(beat.at) \(beat.kind) \(beat.act ?? "") \(beat.on ?? beat.name ?? "")"
        return Refusal(
            .conflict, "demo.day-stopped",
            LocalizedText("演示日在“\(what)”处中断：\(why)", "The played day stopped at “\(what)”: \(why)"),
            wayOn: LocalizedText(
                "请用 --reset 重新生成演示县后再试；自定义过 Rules 的，请核对 demo/day.yaml",
                "Begin anew with --reset; if you changed rules, look at demo/day.yaml"))
    }
}

/// Which of the platform's jobs are due: as often as on a server, but never twice in a played minute.
private struct Timetable {
    private var jobs: [(job: Job, next: Instant)]

    init(_ jobs: [Job], from start: Instant) { self.jobs = jobs.map { ($0, start) } }

    mutating func run(until now: Instant) async throws {
        for index in jobs.indices where jobs[index].next <= now {
            try await jobs[index].job.run()
            jobs[index].next = now + jobs[index].job.every
        }
    }
}
