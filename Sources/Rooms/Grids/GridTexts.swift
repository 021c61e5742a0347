import Ground
import Identity
public import Ledger

/// Words that pages of the room share.
enum GridTexts {
    static let grids = LocalizedText("网格划分", "Grids")
    static let plans = LocalizedText("划分方案", "Plans of grids")
    static let coverage = LocalizedText("网格员覆盖", "Coverage")
    static let verdicts = LocalizedText("社区研判", "Which communities need grids")
    static let buildings = LocalizedText("楼栋", "Buildings")
    static let barriers = LocalizedText("障碍", "Barriers")
    static let functional = LocalizedText("功能性网格", "Functional grids")
}

extension Grids {
    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("grids.", "网格划分", "Grids")]
        words.acts = [
            .init("grids.plan-made", "编制划分方案", "A plan of grids was made"),
            .init("grids.plan-accepted", "采纳划分方案", "A plan of grids was accepted"),
            .init("grids.plan-dropped", "作废划分方案", "A plan of grids was dropped"),
            .init("grids.plan-effective", "划分方案生效", "A plan of grids took effect"),
            .init("grids.standing", "填报社区情况", "A community’s standing was stated"),
            .init("grids.functional-laid", "设立功能性网格", "A functional grid was laid"),
            .init("grids.functional-ended", "提前撤销功能性网格", "A functional grid was ended early"),
            .init("grids.buildings", "导入楼栋", "Buildings were brought in"),
            .init("grids.buildings-written", "写入一批楼栋", "Some of the buildings were written"),
            .init("grids.buildings-missing", "标记文件中不再有的楼栋", "Buildings no more in the file were marked"),
            .init("grids.barriers", "导入障碍", "Barriers were brought in"),
            .init("grids.barriers-removed", "取出障碍", "Barriers were taken out"),
            .init("grids.barriers-restored", "恢复取出的障碍", "Barriers were put back"),
            .init("grids.uploaded", "上传楼栋或障碍文件", "A file of buildings or barriers was sent in"),
            .init("grids.upload-cancelled", "取消导入", "An import was cancelled"),
            .init("grids.exported", "导出网格清单", "A list of grids was exported"),
        ]
        words.subjects = [
            "grid-plan": .init("划分方案", "Plan of grids", right: .gridsRead) { "/grids/plans/\($0)" },
            "functional-grid": .init("功能性网格", "Functional grid", right: .gridsRead) { "/grids/functional/\($0)" },
            "buildings": .init("楼栋", "Buildings", right: .gridsRead) { "/grids/buildings?area=\($0)" },
            "barriers": .init("障碍", "Barriers", right: .gridsRead) { _ in "/grids/barriers" },
            "grid-upload": .init("上传的文件", "A file that was sent in", right: .gridsBuildings) { "/grids/uploads/\($0)" },
            "community": .init("社区", "Community", right: .gridsRead) { "/places/\($0)" },
        ]
        words.facts = [
            .init("choice", "选择", "Choice"), .init("effectiveOn", "生效日期", "Takes effect"),
            .init("plan", "方案", "Plan"), .init("type", "类型", "Type"),
            .init("selfGovernance", "自治水平", "Self-governance"), .init("oneOwnerShare", "单位户占比", "Share of one owner"),
            .init("file", "文件", "File"), .init("rows", "行数", "Rows"), .init("created", "新增", "New"),
            .init("changed", "更新", "Changed"), .init("rejected", "未采用", "Left out"),
            .init("missing", "文件中不再有", "No more in the file"), .init("datum", "坐标系", "Datum"),
            .init("replaced", "替换", "Replaced"),
        ]
        words.references = ["plan": "grid-plan"]
        return words
    }
}
