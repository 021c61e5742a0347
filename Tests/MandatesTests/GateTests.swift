import Desk
import Ground
import Testing
import WorkCalendar

@testable import Mandates

@Suite("What the gate answers")
struct GateTests {
    private let gate: Gate
    private let items: [String: MandateItem]

    init() throws {
        let rules = try DutyWorld.rules()
        let calendar = try rules.file("calendars/cn.yaml")
        gate = Gate(
            rules: try GateRules.load(from: rules) { _ in true },
            lines: try rules.decode(LineNames.self, from: "lines.yaml"),
            calendar: WorkCalendar(holidays: try HolidayList(yaml: calendar.text, file: calendar.name)),
            caps: try BurdenCaps.load(from: rules, lines: try DutyWorld.lines),
            limits: try PowerLimits.load(from: rules),
            boundaries: try Boundaries.load(from: rules, lines: try DutyWorld.lines))
        let duty = MandateItem(
            code: "C01", list: .cooperative, zh: "消防排查", en: "Fire risks", basis: ["《消防法》"], lead: "fire",
            tasks: [DutyTask(key: "look", zh: "排查", en: "Looking", minutes: 60, times: 12)])
        let taken = MandateItem(
            code: "R01", list: .reclaimed, zh: "电梯检查", en: "Lifts", basis: ["《特种设备安全法》"], lead: "market")
        items = ["C01": duty, "R01": taken]
    }

    private func answer(
        _ content: DemandContent, line: String? = "fire", load: LoadEffect? = .harmless, others: [Gate.Other] = [],
        powers: Set<String> = []
    ) -> GateAnswer {
        gate.answer(
            content, line: line,
            Gate.Knowledge(today: DutyWorld.today, items: items, others: others, powers: powers, load: load))
    }

    private func weight(_ question: GateAnswer.Question, _ answer: GateAnswer) -> GateAnswer.Weight? {
        answer.findings.first { $0.question == question }?.weight
    }

    @Test("Work on a list, within its times and hours, by the one who leads it, is admitted")
    func listed() {
        // 60 minutes three times in 91 days is less than 12 times in a year.
        let result = answer(DutyWorld.content(item: "C01", minutes: 60, times: 2))
        #expect(result.verdict == .admitted)
        #expect(result.missingYuan == 0)
        #expect(Set(result.findings.map(\.question)) == Set(GateAnswer.Question.allCases))
        #expect(result.findings.allSatisfy { !$0.rule.isEmpty && !$0.text.chinese.isEmpty && !$0.text.english.isEmpty })
    }

    @Test("More than the standard of its item is paid for")
    func beyondStandard() {
        let result = answer(DutyWorld.content(item: "C01", minutes: 60, times: 40))
        #expect(result.verdict == .priced)
        #expect(weight(.list, result) == .price)
        #expect(result.missingYuan == result.priceYuan)
    }

    @Test("Without a ground, on a list of what was taken back, or from a body that does not lead it, it is refused")
    func barred() {
        #expect(answer(DutyWorld.content(basis: nil)).verdict == .refused)
        #expect(answer(DutyWorld.content(basis: "领导要求")).verdict == .refused)
        #expect(answer(DutyWorld.content(item: "X99")).verdict == .refused)
        let taken = answer(DutyWorld.content(item: "R01", times: 1), line: "market")
        #expect(taken.verdict == .refused && weight(.list, taken) == .bar)
        #expect(answer(DutyWorld.content(item: "C01", times: 1), line: "health").verdict == .refused)
    }

    @Test("Off the lists it has its price: hours times the county's rate, rounded up")
    func price() {
        let poor = answer(DutyWorld.content())
        #expect(poor.verdict == .priced)
        // Ten hours at 40 yuan.
        #expect(poor.priceYuan == 400 && poor.missingYuan == 400 && poor.proposal.yuan == 400)
        let paid = answer(DutyWorld.content(yuan: 400))
        #expect(paid.missingYuan == 0)
        #expect(weight(.money, paid) == .fine)
    }

    @Test("Without an end, or with one too far, it gets one; too short a notice moves its beginning")
    func dates() {
        let endless = answer(DutyWorld.content(item: "C01", times: 1, until: nil))
        #expect(endless.verdict == .changed)
        #expect(endless.proposal.until == Gate.day(DutyWorld.today + 30, plusMonths: 12))
        // 2 March 2026 is a Monday; three working days after it is Thursday.
        let hurried = answer(DutyWorld.content(item: "C01", times: 1, from: DutyWorld.today))
        #expect(hurried.proposal.from == DutyWorld.today + 3)
        #expect(weight(.notice, hurried) == .change)
    }

    @Test("A power that the streets do not hold bars it; one that they hold does not")
    func power() {
        var content = DutyWorld.content(item: "C01", times: 1)
        content.power = "P-12"
        #expect(weight(.power, answer(content)) == .bar)
        #expect(weight(.power, answer(content, powers: ["P-12"])) == .fine)
    }

    @Test("What is alike and of the same kind is a duplicate")
    func duplicate() {
        let same = Gate.Other(name: "准入2026-0001", title: "楼道电动车检查", kind: .task, similarity: 0.9)
        #expect(weight(.duplicate, answer(DutyWorld.content(), others: [same])) == .bar)
        var other = same
        other.kind = .meeting
        #expect(weight(.duplicate, answer(DutyWorld.content(), others: [other])) == .fine)
        let likeness = TitleLikeness("楼道电动车夜间检查")
        #expect(likeness.likeness(to: "楼道电动车夜间检查") == 1)
        #expect(likeness.likeness(to: "医保参保动员") == 0)
        #expect(likeness.likeness(to: "楼道电动车夜间检查通知") > 0.6)
    }

    @Test(
        "What would put posts over is cut to what they can bear; what they cannot bear at all is only for hired people")
    func load() {
        let half = answer(DutyWorld.content(times: 4, yuan: 100_000), load: .heavy)
        #expect(weight(.load, half) == .change && half.proposal.times == 2)
        // Half the work, half the price: fifty hours at 40 yuan.
        #expect(half.priceYuan == 2_000)
        let none = answer(DutyWorld.content(yuan: 100_000), load: .unbearable)
        #expect(none.verdict == .priced && none.proposal.isByHired)
        var hired = DutyWorld.content(yuan: 100_000)
        hired.isByHired = true
        #expect(weight(.load, answer(hired, load: .unbearable)) == .fine)
        // A duty that is on the list stays one; that it is too much is a matter of staffing.
        #expect(weight(.load, answer(DutyWorld.content(item: "C01", times: 1), load: .unbearable)) == .note)
    }

    @Test("More demanded of the same work never gets a milder answer")
    func monotone() {
        var random = SeededRandom(seed: 5)
        let order: [GateAnswer.Verdict] = [.admitted, .changed, .priced, .refused]
        for _ in 0..<300 {
            let minutes = Int64.random(in: 1...200, using: &random)
            let times = Int64.random(in: 1...50, using: &random)
            let content = DutyWorld.content(
                item: Bool.random(using: &random) ? "C01" : nil, minutes: minutes, times: times,
                yuan: Int64.random(in: 0...2_000, using: &random))
            var more = content
            more.times += Int64.random(in: 0...50, using: &random)
            let less = answer(content).verdict
            let grown = answer(more).verdict
            #expect((order.firstIndex(of: less) ?? 9) <= (order.firstIndex(of: grown) ?? -1))
        }
    }
}

@Suite("The course of a demand")
struct DemandCourseTests {
    @Test("Every run through the gate ends, and no stage waits for nobody")
    func proof() { #expect(DemandCourse.faults().isEmpty) }

    @Test("The proof finds a circle, a stage without a limit, and one without an end")
    func planted() {
        var circle = DemandCourse.moves
        circle.append(.init(act: .heard, from: .deciding, to: .hearing, by: .coordination))
        #expect(DemandCourse.faults(circle).contains { $0.contains("comes round") })
        let silent = DemandCourse.moves.filter { $0.act != .hearingLapses }
        #expect(DemandCourse.faults(silent).contains { $0.contains("hearing") })
        let unbounded = DemandCourse.moves.map { move in
            var move = move
            move.atMost = nil
            return move
        }
        #expect(!DemandCourse.faults(unbounded).isEmpty)
        let stuck = DemandCourse.moves.filter { $0.from != .offered }
        #expect(DemandCourse.faults(stuck).contains { $0.contains("offered reaches no end") })
    }

    @Test("Five hundred random runs end, and nothing but an act of people ever admits")
    func runs() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            var stage = DemandStage.hearing
            var used: [DemandCourse.Act: Int64] = [:]
            var steps = 0
            while true {
                let open = DemandCourse.moves.filter { move in
                    move.from == stage && (move.atMost.map { used[move.act, default: 0] < $0 } ?? true)
                }
                guard let move = open.randomElement(using: &random) else { break }
                if move.to == .admitted { #expect(move.by != .platform) }
                used[move.act, default: 0] += 1
                stage = move.to
                steps += 1
                #expect(steps < 20)
                if steps >= 20 { return }
            }
            #expect(DemandCourse.ends.contains(stage))
        }
    }
}
