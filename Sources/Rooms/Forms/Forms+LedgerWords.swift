import Desk
import Identity
public import Ledger

extension Forms {
    /// What the entries of this room mean.
    public static var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [.init("forms.", FormTexts.forms)]
        words.acts = [
            .init("forms.list-shown", "按用途查看名单", "List seen in clear"),
            .init("forms.asked", "提出数据需求", "Data asked for"), .init("forms.approved", "批准数据需求", "Request approved"),
            .init("forms.merged", "数据需求并入已有表", "Request served by a form"),
            .init("forms.refused", "未批准数据需求", "Request refused"),
            .init("forms.own-readers-shown", "本人查看谁看过自己的信息", "A resident saw who read their data"),
            .init("forms.taking-refused", "取用过于频繁，未准", "Taken too often, refused"),
            .init("forms.exported", "导出表格", "Form exported"),
            .init("forms.template-kept", "上传部门版式", "Layout uploaded"),
            .init("forms.template-dropped", "删除部门版式", "Layout deleted"),
            .init("forms.import-file-taken", "生成其他系统导入文件", "Import file for another system"),
            .init("forms.template-filled", "按部门版式填表", "Layout filled"),
        ]
        words.subjects = [
            "form": .init("表", "Form", right: .formsRead) { "/forms/\($0)" },
            "form-proposal": .init("数据需求", "Request for data", right: .formsRead) { "/forms/proposals/\($0)" },
            "form-template": .init("部门版式", "Layout", right: .formsRead) { "/forms/templates/\($0)" },
        ]
        words.facts = [
            .init("columns", "栏目数", "Columns"), .init("form", "表", "Form"), .init("rows", "行数", "Rows"),
            .init("onDay", FormTexts.day), .init("inClear", "含原文", "In clear"),
            .init("admitted", "准予新采的栏目", "New columns admitted"), .init("ground", "依据", "Ground"),
        ]
        return words
    }
}
