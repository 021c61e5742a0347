public import Ground

/// The five lists. Three belong to the township or street, two to the grids under it.
public enum MandateList: String, Sendable, Hashable, Codable, CaseIterable {
    /// 基本履职事项: the township does it itself.
    case basic
    /// 配合履职事项: a department leads, the township helps.
    case cooperative
    /// 上级收回事项: a department has taken it back, the township does nothing.
    case reclaimed
    /// 社区网格依法履行职责事项: the community's own by law.
    case statutory = "grid-statutory"
    /// 社区网格协助政府工作事项: help that the grid gives the government.
    case assisting = "grid-assisting"

    public var title: LocalizedText {
        switch self {
        case .basic: LocalizedText("基本履职事项", "Basic duties")
        case .cooperative: LocalizedText("配合履职事项", "Cooperative duties")
        case .reclaimed: LocalizedText("上级收回事项", "Taken back by departments")
        case .statutory: LocalizedText("网格依法履职事项", "Grid: own by law")
        case .assisting: LocalizedText("网格协助政府事项", "Grid: help to the government")
        }
    }

    /// Whether work of the list may reach a street, a community or a grid at all.
    public var isDoneBelow: Bool { self != .reclaimed }

    public var isOfGrids: Bool { self == .statutory || self == .assisting }
}
