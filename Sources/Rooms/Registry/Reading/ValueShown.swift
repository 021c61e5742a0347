public import Ground
import NationalCodes

/// How much of one value a viewer sees.
public enum ValueShown: Sendable, Hashable {
    /// In words.
    case clear(LocalizedText)
    /// Part of it, or only that it is known.
    case masked(String)
    /// Known, but not to this viewer, not even in part.
    case hidden
    case unknown

    public func text(_ language: Language) -> String {
        switch self {
        case .clear(let text): text(language)
        case .masked(let text): text
        case .hidden: "＊＊＊"
        case .unknown: ""
        }
    }
}

extension DataDictionary {
    /// - Parameters:
    ///   - purpose: the one that the viewer named and the ledger keeps; nil for none.
    ///   - names: what referred subjects and areas are called.
    public func shown(
        _ value: String?, of element: Element, for purpose: String?, areaName: (String) -> String? = { _ in nil },
        names: (String) -> String? = { _ in nil }
    ) -> ValueShown {
        guard let value else { return .unknown }
        if element.isOff { return .hidden }
        let isAllowed = purpose.map(element.purposes.contains) ?? false
        if element.sensitivity == .open || isAllowed {
            if case .reference = element.type {
                let name = names(value) ?? "—"
                return .clear(LocalizedText(name, name))
            }
            return .clear(text(value, of: element, areaName: areaName))
        }
        guard element.sensitivity == .personal else { return .hidden }
        switch element.type {
        case .name: return .masked(Mask.personName(value))
        case .citizenNumber: return .masked(Mask.citizenNumber(value))
        case .phone: return .masked(Mask.phoneNumber(value))
        case .creditCode: return .masked(Mask.creditCode(value))
        case .day: return .masked(value.prefix(4) + "-**-**")
        case .text, .code, .number, .yesNo, .area, .place, .reference: return .hidden
        }
    }
}
