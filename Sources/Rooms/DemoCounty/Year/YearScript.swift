import Desk
import Ground
import Mandates

/// `Rules/demo/year.yaml`: what departments send down, how often, and what is done about it when the year turns.
struct YearScript: Sendable, Decodable {
    /// What a department asks for again and again: each time for some months, through the gate.
    struct Series: Sendable, Decodable {
        var line: String
        var kind: DemandKind
        var title: String
        var purpose: String
        var item: String
        var minutes: Int64
        /// Times a month in each area.
        var monthly: Double
        /// Length of one admission.
        var days: Int
        var characters: Int64?
        /// Whether it goes to one street and is done there, instead of in every grid.
        var street: Bool?
        var then: Turn?
    }

    /// What is done about a series, once, when the year turns.
    struct Turn: Sendable, Decodable {
        /// Days after the year has turned.
        var after: Int
        /// The kind of burden that an officer holds it to be, against the rule, with `because`.
        var `as`: BurdenKind?
        var because: String?
        var measure: BurdenMeasure
        var minutes: Int64?
        var monthly: Double?
        /// Title of the series that it joins.
        var joins: String?
        /// The reason; what its sender takes back needs none.
        var words: String?
        var serves: Form?
        var buys: Purchase?
    }

    /// A form of the data dictionary that serves what was filled in by hand.
    struct Form: Sendable, Decodable {
        var name: String
        var purpose: String
        var basis: String
        var ground: String
        var filter: String
        var timesAYear: Int
        var columns: [String]
        var reason: String
    }

    /// Work that is bought from the streets, done by people whom its money hires.
    struct Purchase: Sendable, Decodable {
        var title: String
        var purpose: String
        var basis: String
        var minutes: Int64
        var times: Int64
        var days: Int
        /// What the first street asks for besides.
        var conditions: String
    }

    /// Off the lists and without a ground.
    struct Barred: Sendable, Decodable {
        /// Of the history, 0 for the first.
        var day: Int
        var line: String
        var kind: DemandKind
        var title: String
        var purpose: String
        var minutes: Int64
        var monthly: Double
        var days: Int
    }

    struct Power: Sendable, Decodable {
        var daysAgo: Int
        /// 1 for the first.
        var street: Int
        var code: String
    }

    /// Of each year.
    var days: Int
    /// Before the base year, in which the first demands are filed.
    var runUp: Int
    /// From filing to the first day of the work.
    var notice: Int
    /// Per cent by which times and terms differ from what the file says.
    var spread: Double
    /// Per cent of the streets heard.
    var objects: Double
    var objections: [String]
    var admits: String
    var refuses: String
    var series: [Series]
    var barred: [Barred]
    var powers: [Power]

    /// Days from the first of the history to the present.
    var history: Int { runUp + 2 * days }

    /// - Throws: a refusal naming the file when the year could not be played as it says.
    static func load(from files: RuleFiles) throws(Refusal) -> YearScript {
        let script = try files.decode(YearScript.self, from: "demo/year.yaml")
        let file = try files.file("demo/year.yaml")
        func wrong(_ chinese: String, _ english: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: file, line: nil)
        }
        guard (60...366).contains(script.days), (1...60).contains(script.runUp), (5...30).contains(script.notice),
            (0..<100).contains(script.spread), (0...100).contains(script.objects),
            script.objects == 0 || !script.objections.isEmpty
        else { throw wrong("天数或比例超出范围", "a number of days or a share is out of range") }
        var titles: Set<String> = []
        for series in script.series {
            guard titles.insert(series.title).inserted else {
                throw wrong("“\(series.title)”出现两次", "“\(series.title)” stands twice")
            }
            guard series.minutes > 0, series.monthly > 0, (30...365).contains(series.days) else {
                throw wrong("“\(series.title)”数字超出范围", "“\(series.title)”: a figure is out of range")
            }
        }
        for series in script.series {
            guard let then = series.then else { continue }
            let isWhole =
                switch then.measure {
                case .merge: then.joins.map { titles.contains($0) && $0 != series.title } ?? false
                case .redesign, .reduce: then.minutes != nil || then.monthly != nil
                case .cut, .withdrawn: true
                }
            guard isWhole, (0..<script.days).contains(then.after), (then.as == nil) == (then.because == nil),
                then.words != nil || then.measure == .withdrawn
            else { throw wrong("“\(series.title)”的措施不完整", "the measure on “\(series.title)” is not whole") }
        }
        return script
    }
}
