import Glibc
import Ground

/// Every reason why a whole table is not read or written. The list is complete, so that the texts can be read together.
enum SheetRefusals {
    /// The last part of a path: people know their file by its name.
    static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    static func cannotOpen(_ path: String, _ code: Int32) -> Refusal {
        let reason = String(cString: strerror(code))
        return Refusal(
            code == ENOENT ? .notFound : .unavailable, "sheets.file.cannot-open",
            LocalizedText("无法打开文件“\(name(path))”（\(reason)）。", "The file “\(name(path))” cannot be opened (\(reason)).")
        )
    }

    static func empty(_ path: String) -> Refusal {
        Refusal(
            .malformed, "sheets.file.empty",
            LocalizedText("文件“\(name(path))”是空的。", "The file “\(name(path))” is empty."),
            wayOn: LocalizedText("请选择有表头和数据的文件。", "Choose a file with a header and rows."))
    }

    static func notText(_ path: String, offset: Int) -> Refusal {
        Refusal(
            .malformed, "sheets.text.not-text",
            LocalizedText(
                "文件“\(name(path))”不是文本表格（第 \(offset) 字节处为二进制内容）。",
                "The file “\(name(path))” is no text table (binary content at byte \(offset))."),
            wayOn: saveAsWorkbookOrCSV)
    }

    static func unknownEncoding(_ path: String, offset: Int) -> Refusal {
        Refusal(
            .malformed, "sheets.text.unknown-encoding",
            LocalizedText(
                "文件“\(name(path))”第 \(offset) 字节处既不是 UTF-8 也不是 GB 18030 编码。",
                "The file “\(name(path))” is neither UTF-8 nor GB 18030 at byte \(offset)."),
            wayOn: LocalizedText(
                "请在 Excel 或 WPS 中另存为“CSV UTF-8”或 .xlsx。", "Save it from Excel or WPS as “CSV UTF-8” or as .xlsx."))
    }

    static func noConverter(_ encoding: TextEncoding) -> Refusal {
        Refusal(
            .unavailable, "sheets.text.no-converter",
            LocalizedText(
                "服务器缺少 \(encoding.rawValue) 转换表。", "The server lacks the conversion table of \(encoding.rawValue)."),
            wayOn: LocalizedText("请另存为“CSV UTF-8”或 .xlsx。", "Save it as “CSV UTF-8” or as .xlsx."))
    }

    static func damagedGzip(_ path: String, offset: Int64) -> Refusal {
        Refusal(
            .malformed, "sheets.gzip.damaged",
            LocalizedText(
                "压缩文件“\(name(path))”在第 \(offset) 字节附近损坏或不完整。",
                "The compressed file “\(name(path))” is damaged or cut near byte \(offset)."),
            wayOn: uploadAgain)
    }

    static func unpacksTooLarge(_ path: String, limit: Int64) -> Refusal {
        Refusal(
            .tooLarge, "sheets.file.unpacks-too-large",
            LocalizedText(
                "文件“\(name(path))”解压后超过 \(limit >> 20) MiB，已停止读取。",
                "The file “\(name(path))” unpacks to more than \(limit >> 20) MiB; reading was stopped."),
            wayOn: LocalizedText("请拆成几个较小的文件。", "Split it into several smaller files."))
    }

    static func unpacksTooMuch(_ path: String, part: String, ratio: Int64) -> Refusal {
        Refusal(
            .tooLarge, "sheets.workbook.unpacks-too-much",
            LocalizedText(
                "工作簿“\(name(path))”中的 \(part) 压缩比超过 \(ratio) 倍，疑似压缩炸弹，已拒绝。",
                "\(part) in the workbook “\(name(path))” unpacks to more than \(ratio) times its size, as a zip bomb does."
            ),
            wayOn: LocalizedText("请用 Excel 或 WPS 打开并另存后再上传。", "Open it in Excel or WPS, save it anew, and upload that.")
        )
    }

    static func oldWorkbook(_ path: String) -> Refusal {
        Refusal(
            .malformed, "sheets.workbook.old-format",
            LocalizedText(
                "文件“\(name(path))”是旧版 Excel（.xls）格式。", "The file “\(name(path))” is an old Excel workbook (.xls)."),
            wayOn: saveAsWorkbook)
    }

    static func encryptedWorkbook(_ path: String) -> Refusal {
        Refusal(
            .malformed, "sheets.workbook.encrypted",
            LocalizedText("工作簿“\(name(path))”设有打开密码。", "The workbook “\(name(path))” is protected by a password."),
            wayOn: LocalizedText("请去掉密码，另存为 .xlsx 后再上传。", "Remove the password, save it as .xlsx, and upload that."))
    }

    static func notWorkbook(_ path: String, _ what: LocalizedText) -> Refusal {
        Refusal(
            .malformed, "sheets.workbook.other-format",
            LocalizedText(
                "文件“\(name(path))”不是 .xlsx 工作簿，而是\(what.chinese)。",
                "The file “\(name(path))” is no .xlsx workbook but \(what.english)."),
            wayOn: saveAsWorkbook)
    }

    static func damagedWorkbook(_ path: String, part: String, detail: String) -> Refusal {
        Refusal(
            .malformed, "sheets.workbook.damaged",
            LocalizedText(
                "工作簿“\(name(path))”损坏或不完整：\(part)（\(detail)）。",
                "The workbook “\(name(path))” is damaged or cut: \(part) (\(detail))."),
            wayOn: LocalizedText(
                "请重新上传；仍不行时，用 Excel 或 WPS 打开并另存为新的 .xlsx。",
                "Upload it again; if that fails, open it in Excel or WPS and save it as a new .xlsx."))
    }

    static func tooManySharedTexts(_ path: String, limit: Int) -> Refusal {
        Refusal(
            .tooLarge, "sheets.workbook.too-many-texts",
            LocalizedText(
                "工作簿“\(name(path))”的文本总量超过 \(limit >> 20) MiB，无法在本机内存中读取。",
                "The texts of the workbook “\(name(path))” exceed \(limit >> 20) MiB, more than may be held in memory."),
            wayOn: LocalizedText(
                "请另存为“CSV UTF-8”，或拆成几个较小的文件。", "Save it as “CSV UTF-8”, or split it into smaller files."))
    }

    static func activeTemplate(_ path: String, part: String) -> Refusal {
        Refusal(
            .malformed, "sheets.template.active",
            LocalizedText(
                "模板“\(name(path))”含有宏、控件或指向其他文件的链接（\(part)）。",
                "The template “\(name(path))” holds macros, controls or links to other files (\(part))."),
            wayOn: LocalizedText("请去掉后另存为 .xlsx 再上传。", "Remove them, save it as .xlsx, and upload that."))
    }

    static func tooManyRows(_ path: String) -> Refusal {
        Refusal(
            .tooLarge, "sheets.template.too-many-rows",
            LocalizedText(
                "“\(name(path))”的行数超过 Excel 的上限。", "“\(name(path))” would have more rows than Excel allows."),
            wayOn: LocalizedText("请选较小的区域。", "Choose a smaller area."))
    }

    static func noSuchSheet(_ path: String, _ sheet: String, among names: [String]) -> Refusal {
        Refusal(
            .notFound, "sheets.workbook.no-such-sheet",
            LocalizedText(
                "工作簿“\(name(path))”中没有工作表“\(sheet)”，现有：\(names.joined(separator: "、"))。",
                "The workbook “\(name(path))” has no sheet “\(sheet)”; it has: \(names.joined(separator: ", "))."))
    }

    static func cannotWrite(_ path: String, detail: String) -> Refusal {
        Refusal(
            .unavailable, "sheets.file.cannot-write",
            LocalizedText(
                "无法写入文件“\(name(path))”（\(detail)）。", "The file “\(name(path))” cannot be written (\(detail))."))
    }

    static func diskFull(_ path: String) -> Refusal {
        Refusal(
            .unavailable, "sheets.file.disk-full",
            LocalizedText(
                "磁盘空间不足，文件“\(name(path))”没有写成。", "The disk is full; the file “\(name(path))” was not written."),
            wayOn: LocalizedText("请清理磁盘空间后重试。", "Free disk space and try again."))
    }

    static func alreadyClosed(_ path: String) -> Refusal {
        Refusal(
            .fault, "sheets.file.already-closed",
            LocalizedText("文件“\(name(path))”已经写完，不能再写。", "The file “\(name(path))” is finished and takes no more rows.")
        )
    }

    /// Disk full has its own answer; anything else names the system's reason.
    static func write(_ path: String, _ code: Int32) -> Refusal {
        code == ENOSPC || code == EDQUOT ? diskFull(path) : cannotWrite(path, detail: String(cString: strerror(code)))
    }

    private static let saveAsWorkbook = LocalizedText(
        "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传。", "Open it in Excel or WPS, save it as .xlsx, and upload that.")
    private static let saveAsWorkbookOrCSV = LocalizedText(
        "请另存为“CSV UTF-8”或 .xlsx 后再上传。", "Save it as “CSV UTF-8” or as .xlsx, and upload that.")
    private static let uploadAgain = LocalizedText("请重新压缩并上传。", "Compress and upload it again.")
}
