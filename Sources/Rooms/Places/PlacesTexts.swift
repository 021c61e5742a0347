import Desk
import Ground

/// The texts of the room's pages.
enum PlacesTexts {
    static let places = LocalizedText("区划", "Places")
    static let search = LocalizedText("查找", "Search")
    static let searchHint = LocalizedText(
        "名称开头，或代码的前几位、后几位", "The beginning of a name, or the first or last digits of a code")
    static let divisions = LocalizedText("下级区划", "Divisions below")
    static let grids = LocalizedText("网格", "Grids")
    static let bodies = LocalizedText("在此履职的机构", "Bodies that act here")
    static let allBodies = LocalizedText("机构", "Bodies")
    static let enterBody = LocalizedText("登记机构", "Enter a body")
    static let ended = LocalizedText("已撤销", "ended")
    static let history = LocalizedText("沿革", "History")
    static let cases = LocalizedText("此区域的事项", "Matters of this area")
    static let importTitle = LocalizedText("导入区划名单", "Import a list of divisions")
    static let noDivisions = LocalizedText("没有下级区划。", "There are no divisions below.")
    static let noGrids = LocalizedText("还没有划分网格。", "No grids yet.")
    static let noBodies = LocalizedText("还没有登记机构。", "No bodies entered yet.")
    static let nothingFound = LocalizedText("没有找到。", "Nothing found.")
    static let notImported = LocalizedText(
        "尚未导入区划名单。", "No list of divisions was imported yet.")
    static let importWay = LocalizedText(
        "请在服务器上运行 gewu import divisions，或由有权限者在此导入。",
        "Run gewu import divisions on the server, or let someone with the right import it here.")
    static let importHint = LocalizedText(
        "支持 CSV、CSV.gz 与 xlsx；表头须有 code 与 name。全国名单请在服务器上运行 gewu import divisions。",
        "CSV, CSV.gz or xlsx with code and name in the header. For a national list run gewu import divisions on the server."
    )
    static let file = LocalizedText("名单文件", "List")
    static let validFrom = LocalizedText("生效日期", "Valid from")
    static let source = LocalizedText("来源", "Source")
    static let day = LocalizedText("查询日期", "On the day")

    static func level(_ level: AreaLevel) -> LocalizedText {
        switch level {
        case .country: LocalizedText("全国", "country")
        case .province: LocalizedText("省级", "province")
        case .prefecture: LocalizedText("地级", "prefecture")
        case .county: LocalizedText("县级", "county")
        case .street: LocalizedText("乡镇（街道）", "street or town")
        case .community: LocalizedText("村（社区）", "community or village")
        case .grid: LocalizedText("网格", "grid")
        }
    }

    static func kind(_ kind: BodyRecord.Kind) -> LocalizedText {
        switch kind {
        case .government: LocalizedText("政府（街道、乡镇）", "Government")
        case .department: LocalizedText("职能部门", "Departments")
        case .coordination: LocalizedText("综合协调机构", "Coordination bodies")
        case .communityCommittee: LocalizedText("村（居）委会", "Community committees")
        case .partyBranch: LocalizedText("党组织", "Party branches")
        case .propertyFirm: LocalizedText("物业企业", "Property firms")
        case .ownersCommittee: LocalizedText("业主委员会", "Owners' committees")
        case .volunteers: LocalizedText("志愿队伍", "Volunteers")
        case .police: LocalizedText("公安派出所", "Police")
        case .school: LocalizedText("学校", "Schools")
        case .health: LocalizedText("医疗卫生机构", "Health services")
        case .enterprise: LocalizedText("企业", "Enterprises")
        case .other: LocalizedText("其他", "Others")
        }
    }
}
