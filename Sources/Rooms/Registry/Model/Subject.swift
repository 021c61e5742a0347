public import Ground

/// One thing that facts are about.
public enum Subject {}
public typealias SubjectID = Identifier<Subject>

/// What kinds of things facts are about.
public enum SubjectKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// 人.
    case person
    /// 家户: people who live together in one dwelling.
    case household
    /// 房屋: a dwelling with its standard address; stands in a grid.
    case dwelling
    /// 楼栋: a building with dwellings in it.
    case building
    /// 单位: an enterprise, a trader, an institution; whom people work for.
    case organisation

    public var title: LocalizedText {
        switch self {
        case .person: LocalizedText("人员", "Person")
        case .household: LocalizedText("家户", "Household")
        case .dwelling: LocalizedText("房屋", "Dwelling")
        case .building: LocalizedText("楼栋", "Building")
        case .organisation: LocalizedText("单位", "Organisation")
        }
    }
}

/// How a fact came to be known.
public enum FactSource: String, Sendable, Hashable, Codable, CaseIterable {
    /// Seen or asked at home.
    case visit
    /// Told at a counter.
    case counter
    /// Told by the resident in writing.
    case resident
    /// From a list that somebody handed in.
    case imported = "import"
    /// From a department's own record.
    case department
    /// Follows from another fact, as the birth day does from the identity number.
    case derived

    public var title: LocalizedText {
        switch self {
        case .visit: LocalizedText("入户", "Visit")
        case .counter: LocalizedText("窗口", "Counter")
        case .resident: LocalizedText("居民自报", "Told by the resident")
        case .imported: LocalizedText("导入", "Import")
        case .department: LocalizedText("部门数据", "Department's record")
        case .derived: LocalizedText("推算", "Derived")
        }
    }
}
