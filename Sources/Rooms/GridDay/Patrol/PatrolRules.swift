import Cases
import Desk
import Ground

/// `Rules/patrols.yaml`: seasons, repeats, and what counts as found before anybody complained.
struct PatrolRules: Sendable {
    struct Season: Sendable, Hashable {
        var key: String
        var title: LocalizedText
        /// What is to be looked at.
        var look: LocalizedText
        var from: MonthDay
        /// The last day, included; a season may run over the new year.
        var until: MonthDay
        var everyDays: Int
        var level: AreaLevel
        var role: String?
        var category: String?
        /// The item of the duty lists that carries it.
        var item: String

        func holds(on day: Day) -> Bool {
            let today = MonthDay(day)
            return from <= until ? from <= today && today <= until : today >= from || today <= until
        }
    }

    struct Repeats: Sendable, Hashable, Decodable {
        var matters: Int
        var weeks: Int
        var everyDays: Int
        var times: Int
    }

    /// A day of any year: `05-15`.
    struct MonthDay: Sendable, Hashable, Comparable {
        var month: Int
        var day: Int

        init(_ day: Day) {
            month = day.parts.month
            self.day = day.parts.day
        }

        init?(_ text: String) {
            let parts = text.split(separator: "-").compactMap { Int($0) }
            guard parts.count == 2, text.utf8.count == 5, Day(year: 2024, month: parts[0], day: parts[1]) != nil else {
                return nil
            }
            month = parts[0]
            day = parts[1]
        }

        static func < (left: MonthDay, right: MonthDay) -> Bool { (left.month, left.day) < (right.month, right.day) }
    }

    var seasons: [Season]
    var repeats: Repeats
    var proactiveChannels: [Channel]
    var effectDays: Int

    static let file = "patrols.yaml"

    static func load(from files: RuleFiles, categories: CategoryTree) throws(Refusal) -> PatrolRules {
        let read = try files.decode(Read.self, from: file)
        let source = try files.file(file)
        func wrong(_ english: String, _ chinese: String) -> Refusal {
            RuleFiles.refusal(english, chinese, in: source, line: nil)
        }
        var seasons: [Season] = []
        for season in read.seasons {
            guard let from = MonthDay(season.from), let until = MonthDay(season.until) else {
                throw wrong(
                    "season \(season.key): from and until are days such as 05-15", "季节 \(season.key) 的起止应写作 05-15")
            }
            guard season.everyDays >= 1, let level = AreaLevel(rawValue: season.level), level >= .street else {
                throw wrong(
                    "season \(season.key): everyDays is at least 1, level is street, community or grid",
                    "季节 \(season.key)：everyDays 至少为 1，level 为 street、community 或 grid")
            }
            if let category = season.category, categories[category]?.isLeaf != true {
                throw wrong(
                    "season \(season.key): there is no category \(category)", "季节 \(season.key)：没有类别 \(category)")
            }
            seasons.append(
                Season(
                    key: season.key, title: LocalizedText(season.zh, season.en),
                    look: LocalizedText(season.look.zh, season.look.en), from: from, until: until,
                    everyDays: season.everyDays, level: level, role: season.role, category: season.category,
                    item: season.item))
        }
        guard Set(seasons.map(\.key)).count == seasons.count else {
            throw wrong("two seasons have the same key", "有两个季节使用了同一个 key")
        }
        let channels = read.proactiveChannels.compactMap(Channel.init)
        guard channels.count == read.proactiveChannels.count else {
            throw wrong("proactiveChannels names an unknown channel", "proactiveChannels 中有不认识的渠道")
        }
        guard read.repeats.matters >= 2, (1...12).contains(read.repeats.weeks), read.repeats.everyDays >= 1,
            read.repeats.times >= 1, (1...90).contains(read.effectDays)
        else {
            throw wrong(
                "repeats: matters at least 2, weeks 1 to 12, everyDays and times at least 1; effectDays 1 to 90",
                "repeats：matters 至少 2，weeks 为 1–12，everyDays、times 至少 1；effectDays 为 1–90")
        }
        return PatrolRules(
            seasons: seasons, repeats: read.repeats, proactiveChannels: channels, effectDays: read.effectDays)
    }

    private struct Read: Decodable {
        struct Text: Decodable {
            var zh: String
            var en: String
        }

        struct Season: Decodable {
            var key: String
            var zh: String
            var en: String
            var look: Text
            var from: String
            var until: String
            var everyDays: Int
            var level: String
            var role: String?
            var item: String
            var category: String?
        }

        var seasons: [Season]
        var repeats: Repeats
        var proactiveChannels: [String]
        var effectDays: Int
    }
}
