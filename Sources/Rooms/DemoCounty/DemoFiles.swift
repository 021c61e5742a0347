import Desk
import Foundation
import Ground
import Places
import Sheets

/// `Rules/demo/mix.yaml`: how often, when and how long.
struct DemoMix: Sendable, Decodable {
    var weekdays: [Double]
    var hours: Hours
    var months: [Double]
    var repeats: Repeats
    var handlingDays: [String: Double]
    var assumed: Assumed

    struct Hours: Sendable, Decodable {
        var workdays: [Double]
        var weekends: [Double]
    }

    struct Repeats: Sendable, Decodable {
        var writtenByEarlierWriter: Double
        var sameWriterSameSubject: Double
    }

    struct Assumed: Sendable, Decodable {
        var declined, contacted, answeredDirectly, returnedOnce, returnedTwice, referred: Double
        var extensionAsked, extensionGranted, hung, rework, reworkTwice, supervised, urged: Double
        var rated, satisfied, fairlySatisfied, dissatisfied, disputed, reopened: Double
        var handlingFactor, overdue: Double
        var channels: [String: Double]
    }

    /// Calendar days from report to answer that half of the matters keep within.
    var medianDays: Double { Quantiles(handlingDays).median * assumed.handlingFactor }
}

/// `Rules/demo/texts.yaml`: what is said.
struct DemoTexts: Sendable, Decodable {
    var before, after: [String: [String]]
    var between, patrol, results, replies: [String]
    var verified: Verified
    var ratings: Ratings
    var remarks, returns, extensions, listed, declined, rulings, urges: [String]
    var matters: [String: Matter]

    struct Verified: Sendable, Decodable { var pass, rework: [String] }
    struct Ratings: Sendable, Decodable { var satisfied, fair, dissatisfied, disputed: [String] }

    struct Matter: Sendable, Decodable {
        var reports: [Said]
        var patrol: [String]?
        var results: [String]?
    }

    struct Said: Sendable, Decodable { var title, text: String }
}

/// `Rules/demo/names.yaml`: names of nobody and nothing.
struct DemoNames: Sendable, Decodable {
    var surnames: [String: Double]
    var givenNames: Given
    var roads: Roads
    var compounds: Compounds
    var landmarks, schools, hospitals, markets, buses: [String]
    var shops, companies: Pair
    /// Where streets lie, roughly.
    var sketch: [String: Sketch]
    /// Streets in Latin letters, by code.
    var pinyin: [String: String]

    struct Given: Sendable, Decodable {
        var singleShare: Double
        var male, female: Ages
        var rare: [String]
        var rareShare: Double
    }

    struct Ages: Sendable, Decodable { var older, middle, younger: [String] }

    struct Roads: Sendable, Decodable {
        var first, second: [String]
        var sides, kinds: [String: Double]
    }

    struct Compounds: Sendable, Decodable {
        var first, second: [String]
        var kinds: [String: Double]
    }

    struct Pair: Sendable, Decodable { var first, kinds: [String] }
    struct Sketch: Sendable, Decodable { var longitude, latitude, radius: Double }
}

extension DemoNames {
    func person(_ random: inout SeededRandom, surnames: Weighted<String>) -> String {
        let surname = surnames.pick(&random) ?? "李"
        let sex = random.percent(50) ? givenNames.male : givenNames.female
        let age = random.number(0...2)
        let list = age == 0 ? sex.older : age == 1 ? sex.middle : sex.younger
        var given = random.text(list)
        if !random.percent(givenNames.singleShare) {
            given += random.percent(givenNames.rareShare) ? random.text(givenNames.rare) : random.text(list)
        }
        return surname + given
    }

    func road(_ random: inout SeededRandom) -> String {
        random.text(roads.first) + random.text(roads.second) + (Weighted<String>(roads.sides).pick(&random) ?? "")
            + (Weighted<String>(roads.kinds).pick(&random) ?? "路")
    }

    func compound(_ random: inout SeededRandom) -> String {
        random.text(compounds.first) + random.text(compounds.second)
            + (Weighted<String>(compounds.kinds).pick(&random) ?? "苑")
    }
}

/// `Rules/lines.yaml`: the departments.
struct DemoLine: Sendable, Decodable {
    var code, zh, en: String

    struct File: Decodable { var lines: [DemoLine] }
}

/// Everything that the generator reads.
struct DemoFiles: Sendable {
    var mix: DemoMix
    var texts: DemoTexts
    var names: DemoNames
    var lines: [DemoLine]
    var divisions: [Area]

    init(_ rules: RuleFiles) throws {
        mix = try rules.decode(DemoMix.self, from: "demo/mix.yaml")
        texts = try rules.decode(DemoTexts.self, from: "demo/texts.yaml")
        names = try rules.decode(DemoNames.self, from: "demo/names.yaml")
        lines = try rules.decode(DemoLine.File.self, from: "lines.yaml").lines
        let file = try rules.file("demo/divisions.csv")
        divisions = try Self.divisions(file.name)
        guard mix.weekdays.count == 7, mix.hours.workdays.count == 24, mix.hours.weekends.count == 24,
            mix.months.count == 12
        else {
            throw RuleFiles.refusal(
                "there are 7 weekdays, 24 hours and 12 months", "应有 7 个星期、24 个小时、12 个月",
                in: try rules.file("demo/mix.yaml"), line: nil)
        }
    }

    private static func divisions(_ path: String) throws -> [Area] {
        let reader = try SheetReader.open(path: path)
        var areas: [Area] = []
        try reader.forEachRow { row in
            let code = row[0]
            let parent: String? =
                switch code.utf8.count {
                case 4: String(code.prefix(2))
                case 6: String(code.prefix(4))
                case 9: String(code.prefix(6))
                case 12: String(code.prefix(9))
                default: nil
                }
            guard let area = AreaPrefix(code), let from = Day(row[3]) else {
                throw RuleFiles.refusal(
                    "no code and day", "代码或日期有误", in: RuleFiles.File(name: path, text: ""), line: row.number)
            }
            areas.append(
                Area(code: code, name: row[1], level: area.level, parent: parent, validFrom: from, source: row[5]))
        }
        return areas
    }
}
