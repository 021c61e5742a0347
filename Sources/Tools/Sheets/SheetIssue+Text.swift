public import Ground

extension SheetIssue {
    /// Stable, dotted, lower case: for programs.
    public var code: String {
        switch self {
        case .undecodableText: "sheets.row.undecodable-text"
        case .unterminatedQuote: "sheets.row.unterminated-quote"
        case .textAfterQuote: "sheets.row.text-after-quote"
        case .cellTooLong: "sheets.row.cell-too-long"
        case .rowTooLong: "sheets.row.too-long"
        case .tooManyColumns: "sheets.row.too-many-columns"
        case .formula: "sheets.row.formula"
        case .errorValue: "sheets.row.error-value"
        case .digitsLost: "sheets.row.digits-lost"
        case .brokenCell: "sheets.row.broken-cell"
        }
    }

    /// What is wrong and what to do, for the person who made the table.
    public var message: LocalizedText {
        switch self {
        case .undecodableText:
            LocalizedText(
                "本行有无法识别的字符（显示为“\u{FFFD}”），请改正后重新导入本行。",
                "This row holds characters that cannot be read (shown as “\u{FFFD}”). Correct the row and import it again."
            )
        case .unterminatedQuote(let line):
            LocalizedText(
                "第 \(line) 行的双引号没有配对，请补上或删去后重新导入本行。",
                "The double quote opened on line \(line) is never closed. Close or remove it and import the row again.")
        case .textAfterQuote:
            LocalizedText(
                "右引号后面还有文字，请检查本格的双引号。", "Text follows a closing quote. Check the double quotes of this cell.")
        case .cellTooLong:
            LocalizedText("本格内容过长，已被截断。", "This cell is too long and was cut.")
        case .rowTooLong:
            LocalizedText("本行内容过长，已被截断。", "This row is too long and was cut.")
        case .tooManyColumns:
            LocalizedText("本行列数过多，已被截断。", "This row has too many columns and was cut.")
        case .formula:
            LocalizedText("本格是公式，取其上次计算的结果。", "This cell is a formula; its last result was taken.")
        case .errorValue(_, let value):
            LocalizedText(
                "本格是错误值 \(value)，请改正公式或直接填写。",
                "This cell is the error \(value). Correct the formula or fill in the value.")
        case .digitsLost:
            LocalizedText(
                "本格是超过 15 位的数字，Excel 只保留前 15 位，末尾数字已丢失。请把该列设为“文本”格式后重新填写。",
                "This cell is a number of more than 15 digits, of which Excel keeps 15; its end is lost. Format the column as "
                    + "text and fill it in again.")
        case .brokenCell:
            LocalizedText("本格的内容在文件中已损坏。", "The content of this cell is damaged in the file.")
        }
    }
}
