import Appraisals
import Cases
import Desk
import Ground

/// 成绩单: one page of facts about a street or a department in a period. Each figure leads to what it counts. No marks, no
/// order of merit, nothing of a person.
struct ReportCard: Sendable, Hashable {
    enum Value: Sendable, Hashable {
        case count(Int64)
        /// Of matters where "basically satisfied" counts half.
        case halves(Double)
        case minutes(Int64)
        case yuan(Int64)
        /// nil where there is nothing to divide by.
        case perMille(Int64?)
        case share(Share)
        case words(LocalizedText)

        enum Unit: String, Sendable, Hashable, CaseIterable {
            case count, minutes, yuan
            case perMille = "per_mille"
            case basisPoints = "basis_points"
            case text
        }

        var unit: Unit {
            switch self {
            case .count, .halves: .count
            case .minutes: .minutes
            case .yuan: .yuan
            case .perMille: .perMille
            case .share: .basisPoints
            case .words: .text
            }
        }

        /// In its unit; nil for words, and where there is nothing to divide by.
        var number: Double? {
            switch self {
            case .count(let number), .minutes(let number), .yuan(let number): Double(number)
            case .halves(let number): number
            case .perMille(let number): number.map(Double.init)
            case .share(let share): share.basisPoints.map(Double.init)
            case .words: nil
            }
        }
    }

    struct Figure: Sendable, Hashable {
        /// Stable, for programs: `hours.form`.
        var key: String
        var name: LocalizedText
        var value: Value
        /// Where its records stand.
        var address: String
        /// Of what it is made, or what to know of it.
        var note: LocalizedText?

        init(_ key: String, _ name: LocalizedText, _ value: Value, _ address: String, note: LocalizedText? = nil) {
            self.key = key
            self.name = name
            self.value = value
            self.address = address
            self.note = note
        }
    }

    struct Section: Sendable, Hashable {
        var key: String
        var title: LocalizedText
        /// The days, the year, or today: not everything is known of the past.
        var span: LocalizedText
        var figures: [Figure]
        /// What stands there without figures.
        var whenEmpty: LocalizedText
    }

    enum Subject: Sendable, Hashable {
        case street(AreaPrefix)
        case department(BodyID)

        /// The page of the card, without its period.
        var address: String {
            switch self {
            case .street(let street): "/accounts/streets/\(street.code)/card"
            case .department(let body): "/accounts/departments/\(body)"
            }
        }

        var title: LocalizedText {
            switch self {
            case .street: AccountTexts.streetCard
            case .department: AccountTexts.departmentCard
            }
        }

        /// A code or an id, as programs know it.
        var text: String {
            switch self {
            case .street(let street): street.code
            case .department(let body): body.text
            }
        }
    }

    var subject: Subject
    var name: String
    var period: AppraisalPeriod
    var sections: [Section]

    var figures: [Figure] { sections.flatMap(\.figures) }
}
