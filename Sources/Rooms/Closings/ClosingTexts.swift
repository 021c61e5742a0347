import Cases
import Desk
import Ground

/// Words of the room, in both languages.
enum ClosingTexts {
    static let checks = LocalizedText("现场核查", "Site checks")
    static let draws = LocalizedText("抽样记录", "How the sample was drawn")
    static let calls = LocalizedText("电话回访", "Follow-up calls")
    static let words = LocalizedText("看到的情况", "What was seen")
    static let due = LocalizedText("核查期限", "Look at it by")
    static let closedAt = LocalizedText("办结时间", "Closed")
    static let attempts = LocalizedText("已打次数", "Attempts")

    static func title(of outcome: CheckOutcome) -> LocalizedText {
        switch outcome {
        case .isTrue: LocalizedText("属实", "True")
        case .untrue: LocalizedText("不属实", "Not true")
        case .unclear: LocalizedText("无法判断", "Cannot tell")
        case .overtaken: LocalizedText("已另行重办", "Taken up again before")
        }
    }

    static func title(of end: CallEnd) -> LocalizedText {
        switch end {
        case .answered: LocalizedText("已答复", "Answered")
        case .refused: LocalizedText("不愿接受回访", "Does not want to be asked")
        case .wrongNumber: LocalizedText("号码有误", "Wrong number")
        case .unreachable: LocalizedText("多次未接通", "Could not be reached")
        case .rated: LocalizedText("已自行评价", "Rated by themselves")
        case .overtaken: LocalizedText("已重新办理", "Taken up again")
        case .late: LocalizedText("过期未打", "Nobody called in time")
        case .noNumber: LocalizedText("没有电话", "No number known")
        }
    }
}

extension String {
    /// Without blanks at either end.
    var trimmingBlanks: String {
        let blanks: Set<Character> = [" ", "\t", "\n", "\r", "\r\n", "\u{3000}"]
        guard let first = firstIndex(where: { !blanks.contains($0) }),
            let last = lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(self[first...last])
    }
}
