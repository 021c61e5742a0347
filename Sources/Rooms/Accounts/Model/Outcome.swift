import Cases
import Desk
import Ground

/// 成对指标: what less burden is set against, so that it is not less work.
enum OutcomeKind: String, Sendable, Hashable, CaseIterable {
    case solved, onTime, repeated

    var title: LocalizedText {
        switch self {
        case .solved: LocalizedText("解决率", "Solved")
        case .onTime: LocalizedText("按期结案率", "On time")
        case .repeated: LocalizedText("重复率", "Come up again")
        }
    }

    /// A lower share is the better one.
    var isLowerBetter: Bool { self == .repeated }

    func share(_ outcomes: OutcomesOfDays) -> Share {
        switch self {
        case .solved: outcomes.rates.solution
        case .onTime: outcomes.rates.onTimeClosing
        case .repeated: outcomes.repeats
        }
    }
}

/// What a share says after, against before.
enum OutcomeVerdict: String, Sendable, Hashable, CaseIterable {
    case better, same, worse
    /// Too few matters, or too few days.
    case unknown

    init(_ kind: OutcomeKind, before: Share, after: Share, _ rules: AccountRules) {
        guard let old = before.basisPoints, let new = after.basisPoints, before.sample >= rules.fewestMatters,
            after.sample >= rules.fewestMatters
        else {
            self = .unknown
            return
        }
        let gain = kind.isLowerBetter ? old - new : new - old
        // Within the tolerance, or no more than chance does between so few matters: no change.
        let least = max(Double(rules.tolerance), rules.deviations * Self.error(before, after) * 10_000)
        self = Double(gain) > least ? .better : Double(gain) < -least ? .worse : .same
    }

    /// The standard error of the difference of two shares, as part of one.
    private static func error(_ one: Share, _ other: Share) -> Double {
        func variance(_ share: Share) -> Double {
            guard share.whole > 0, share.sample > 0 else { return 0 }
            let part = Double(share.part) / Double(share.whole)
            return part * (1 - part) / Double(share.sample)
        }
        return (variance(one) + variance(other)).squareRoot()
    }

    var title: LocalizedText {
        switch self {
        case .better: LocalizedText("变好", "Better")
        case .same: LocalizedText("没有变差", "No worse")
        case .worse: LocalizedText("变差", "Worse")
        case .unknown: LocalizedText("样本不足", "Too few to say")
        }
    }

    var tone: StaticString {
        switch self {
        case .better, .same: "ok"
        case .worse: "danger"
        case .unknown: "caution"
        }
    }
}

extension [OutcomeVerdict] {
    /// Of several: worse when one is, else as far as they are known.
    var whole: OutcomeVerdict {
        if contains(.worse) { return .worse }
        if contains(.better) { return .better }
        return contains(.same) ? .same : .unknown
    }
}
