import Desk
import Identity
public import Ledger

extension Registry {
    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("registry.", RegistryTexts.registry)]
        words.acts = [
            .init("registry.registered", "建档", "Registered"), .init("registry.written", "登记事实", "Facts written"),
            .init("registry.corrected", "更正", "Corrected"), .init("registry.voided", "撤回登记", "Entry taken back"),
            .init("registry.joined", "合并重复档案", "Duplicates joined"), .init("registry.parted", "拆分档案", "Records parted"),
            .init("registry.looked-at", "查看原文", "Seen in clear"),
            .init("registry.searched", "查找", "Searched"), .init("registry.imported", "导入名册", "Register imported"),
            .init("registry.import-written", "写入名册的一批", "Some rows of a register were written"),
            .init("registry.exported", "导出全部数据", "All data exported"),
            .init("registry.uploaded", "上传名册", "Register sent in"),
            .init("registry.upload-cancelled", "取消导入名册", "Import of a register cancelled"),
            .init("registry.upload-errors-taken", "下载导入错误清单", "What was wrong with a register taken"),
        ]
        let address: @Sendable (String) -> String = { "/registry/subjects/\($0)" }
        words.subjects = [
            "person": .init("人员", "Person", right: .registryRead, address: address),
            "household": .init("家户", "Household", right: .registryRead, address: address),
            "dwelling": .init("房屋", "Dwelling", right: .registryRead, address: address),
            "building": .init("楼栋", "Building", right: .registryRead, address: address),
            "organisation": .init("单位", "Organisation", right: .registryRead, address: address),
            "search": .init("查找", "Search"), "residents": .init("名册", "Register of residents"),
            "residents-upload": .init("上传的名册", "Register sent in", right: .registryManage) {
                "\(ExchangePages.path)/uploads/\($0)"
            },
        ]
        words.facts = [
            .init("elements", "数据项", "Elements"), .init("source", RegistryTexts.source),
            .init("other", "另一档案", "Other record"), .init("seenAt", "采集时间", "Seen at"), .init("entry", "登记编号", "Entry"),
            .init("created", "新增", "New"), .init("changed", "更新", "Changed"), .init("rejected", "未导入", "Not taken"),
            .init("subjects", "档案数", "Records"), .init("file", "文件", "File"),
        ]
        words.value = { fact, code in
            fact == "source" ? FactSource(rawValue: code)?.title : nil
        }
        return words
    }
}
