import Ground

enum ClueTexts {
    static let clues = LocalizedText("线索", "Clues")
    static let journal = LocalizedText("线索查阅记录", "Journal of clues")
    static let handIn = LocalizedText("提供违法犯罪线索", "Tell the police of a crime")
    static let code = LocalizedText("查询码", "Code")
    static let area = LocalizedText("发生地", "Where")
    static let received = LocalizedText("收到时间", "Received")

    static func title(_ state: Clue.State) -> LocalizedText {
        switch state {
        case .received: LocalizedText("已收到", "Received")
        case .looking: LocalizedText("正在核查", "Being looked at")
        case .ended: LocalizedText("已办结", "Ended")
        }
    }

    static func title(_ source: Clue.Source) -> LocalizedText {
        switch source {
        case .sender: LocalizedText("来信", "From a sender")
        case .matter: LocalizedText("由诉求移交", "Sealed over from a matter")
        }
    }

    static func title(_ act: ClueJournalEntry.Act) -> LocalizedText {
        switch act {
        case .received: LocalizedText("收到", "Received")
        case .added: LocalizedText("补充", "Added to")
        case .read: LocalizedText("查阅", "Read")
        case .taken: LocalizedText("开始核查", "Taken up")
        case .noted: LocalizedText("记录", "Noted")
        case .handedOn: LocalizedText("移交", "Handed on")
        case .ended: LocalizedText("办结", "Ended")
        }
    }
}
