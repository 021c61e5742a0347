import Cases
import Desk
import Ground
import Mandates

/// 三不问题.
enum Fault: String, Sendable, Hashable, CaseIterable {
    /// 不真放: a power was given, and the department above still decides.
    case notReal = "not-real"
    /// 不一致: a duty was given without the power that it needs.
    case inconsistent
    /// 不配套: a task was given without the people, the money or the equipment.
    case unmatched

    var title: LocalizedText {
        switch self {
        case .notReal: LocalizedText("不真放", "Not really given")
        case .inconsistent: LocalizedText("权责不一致", "Duty without power")
        case .unmatched: LocalizedText("人财物不配套", "Task without means")
        }
    }

    /// What mends it, and who does.
    var remedy: LocalizedText {
        switch self {
        case .notReal:
            LocalizedText(
                "部门把这类事项交街道办；不交的，县里收回赋权、责任一并收回",
                "The department hands these matters over, or the county takes power and duty back")
        case .inconsistent:
            LocalizedText(
                "街道点单取得权力，或县里把事项改派有权的部门", "The street orders the power, or the matters go to whoever holds it")
        case .unmatched:
            LocalizedText(
                "补人、补钱、补设备，或退回、购买、取消一部分任务", "People, money, equipment; or tasks go back, are bought or dropped")
        }
    }
}

/// One record on which a finding stands.
struct Evidence: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable, CaseIterable { case matter, power, contract, load, item }

    var kind: Kind
    /// As people call it: a number, a code.
    var name: String
    /// Where it can be opened.
    var address: String
    var text: LocalizedText
}

/// A fault in one street, with the records that show it.
struct Finding: Sendable, Hashable {
    var fault: Fault
    var street: AreaPrefix
    /// The power concerned; nil where it is about none.
    var power: String?
    var text: LocalizedText
    /// All of them.
    var evidence: [Evidence]

    /// Names it in addresses and lists: stable while the fault lasts.
    var key: String {
        [street.code, fault.rawValue, power ?? evidence.first?.kind.rawValue ?? ""].joined(separator: ".")
    }
}
