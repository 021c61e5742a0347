import Desk
import Forms
import Ground
import Registry

/// 政务系统: one that people of the grassroots have to type into, as `Rules/systems.yaml` tells it.
struct GovernmentSystem: Sendable, Hashable {
    /// Who built it.
    enum Level: String, Sendable, Hashable, Codable, CaseIterable {
        case nation, province, city, county

        var title: LocalizedText {
            switch self {
            case .nation: LocalizedText("国家", "Nation")
            case .province: LocalizedText("省", "Province")
            case .city: LocalizedText("市", "City")
            case .county: LocalizedText("县", "County")
            }
        }
    }

    /// Who holds accounts: one for each.
    enum Users: String, Sendable, Hashable, Codable, CaseIterable {
        case grid, community

        var title: LocalizedText {
            switch self {
            case .grid: LocalizedText("网格员", "Grid workers")
            case .community: LocalizedText("社区工作者", "Community workers")
            }
        }
    }

    /// What is typed each time.
    enum Typing: String, Sendable, Hashable, Codable, CaseIterable {
        case all, changes

        var title: LocalizedText {
            switch self {
            case .all: LocalizedText("每次报全部名单", "The whole list each time")
            case .changes: LocalizedText("有变化就录", "What has changed")
            }
        }
    }

    var key: String
    var name: LocalizedText
    var owner: String
    var level: Level
    var users: Users
    /// What one user spends on it, in minutes a month.
    var minutesAMonth: Int
    var typing: Typing
    /// Elements that are held here and typed there again.
    var fields: [String]
    /// What is typed there and not held here.
    var others: [String]
    /// The list of which its import file is made.
    var form: String?
    var layout: [ImportColumn]

    var canBeServed: Bool { form != nil }
    /// The elements that the import file carries.
    var carried: [String] {
        layout.compactMap { column in
            if case .element(let element, _) = column.content { return element }
            return nil
        }
    }
}

/// 现状: how a system stands to the grassroots.
enum Standing: String, Sendable, Hashable, Codable, CaseIterable {
    /// Still typed by hand.
    case typed
    /// Served from here by its import file.
    case served
    case retired

    var title: LocalizedText {
        switch self {
        case .typed: LocalizedText("仍手工录入", "Still typed by hand")
        case .served: LocalizedText("由本平台导出代填", "Served from here")
        case .retired: LocalizedText("已停用", "Retired")
        }
    }
}
