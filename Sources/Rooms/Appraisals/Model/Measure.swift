import Cases
import Ground

/// One thing in which a department is appraised: a share of what came to it.
enum Measure: String, Sendable, Hashable, CaseIterable, Decodable {
    case solution, satisfaction, onTime, closing, response
    /// Of the calls that it was to answer: reported in within the limit.
    case reportIn
    /// What streets gave it, of what they could have given.
    case rating
    /// Of what came to it: not given back although it was its own, as a ruling found.
    case keeping

    /// - Parameter withExcluded: with the matters that were left out.
    func share(of record: DepartmentRecord, withExcluded: Bool = false) -> Share {
        let figures = withExcluded ? record.matters + record.excluded : record.matters
        let rates = Rates(figures)
        let calls = record.reportIns
        switch self {
        case .solution: return rates.solution
        case .satisfaction: return rates.satisfaction
        case .onTime: return rates.onTimeClosing
        case .closing: return rates.closing
        case .response: return rates.response
        case .reportIn: return Share(Int64(calls.inTime), of: Int64(calls.inTime + calls.late + calls.silent))
        case .rating: return Share(Int64(calls.ratingSum), of: Int64(calls.rated * 5), sample: Int64(calls.rated))
        case .keeping:
            let came = figures.due + Int64(calls.called - calls.released)
            return Share(max(0, came - record.ruledItsOwn), of: came)
        }
    }

    /// The lists that show what it is made of: the part first.
    var figures: (part: Figure, whole: Figure) {
        switch self {
        case .solution: (.solved, .followedUp)
        case .satisfaction: (.satisfied, .followedUp)
        case .onTime: (.closedOnTime, .due)
        case .closing: (.closed, .due)
        case .response: (.contactedInTime, .due)
        case .reportIn: (.inTime, .called)
        case .rating: (.rated, .rated)
        case .keeping: (.ruledItsOwn, .givenBack)
        }
    }

    var title: LocalizedText {
        switch self {
        case .solution: LocalizedText("解决率", "Solved")
        case .satisfaction: LocalizedText("满意率", "Satisfied")
        case .onTime: LocalizedText("按期结案率", "Closed on time")
        case .closing: LocalizedText("结案率", "Closed")
        case .response: LocalizedText("响应率", "Response")
        case .reportIn: LocalizedText("按时报到率", "Reported in on time")
        case .rating: LocalizedText("街道评价", "Rated by streets")
        case .keeping: LocalizedText("不推诿", "Not bounced")
        }
    }
}
