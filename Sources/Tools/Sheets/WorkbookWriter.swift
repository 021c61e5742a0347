import CXlsxWriter
import Glibc
public import Ground

/// Writes an Excel workbook row by row in constant memory. The file appears under its name only when `close` succeeds.
public final class WorkbookWriter {
    /// Cells that were longer than Excel allows and were cut.
    public private(set) var cutCells = 0

    private let file: FileReplacement
    private let rowsPerSheet: Int
    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private var sheet: UnsafeMutablePointer<lxw_worksheet>?
    private var sheetTitle = ""
    private var sheetNumber = 1
    private var columns: [SheetColumn] = []
    private var nextRow = 0
    private var linkCount = 0
    private var takenNames: Set<String> = []
    /// Bytes of XML that the rows of each finished sheet take.
    private var rowBytes: [Int64] = []
    private let formats: Formats

    private struct Formats {
        var header: UnsafeMutablePointer<lxw_format>?
        var instant: UnsafeMutablePointer<lxw_format>?
        var day: UnsafeMutablePointer<lxw_format>?
        var text: UnsafeMutablePointer<lxw_format>?
    }

    /// Excel allows so many links on a sheet; further ones are written as text.
    private static let linkLimit = 65_530
    private static let addressLimit = 2_079

    public convenience init(path: String) throws(Refusal) {
        try self.init(path: path, rowsPerSheet: CellReference.rowLimit)
    }

    /// - Parameter rowsPerSheet: with the header; fewer than Excel's limit only in tests.
    init(path: String, rowsPerSheet: Int) throws(Refusal) {
        let file = FileReplacement(path: path)
        // The library would tell only at the end that the place cannot be written to.
        let probe = Glibc.open(file.temporaryPath, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard probe >= 0 else { throw SheetRefusals.write(path, errno) }
        Glibc.close(probe)
        let opened = file.folder.withCString { folder in
            var options = lxw_workbook_options()
            options.constant_memory = 1
            options.use_zip64 = 1
            // Copied by the library. Beside the file: the system's temporary folder may be small, or in memory.
            options.tmpdir = UnsafeMutablePointer(mutating: folder)
            return workbook_new_opt(file.temporaryPath, &options)
        }
        guard let opened else {
            file.discard()
            throw SheetRefusals.cannotWrite(path, detail: "memory")
        }
        var formats = Formats()
        formats.header = workbook_add_format(opened)
        format_set_bold(formats.header)
        format_set_bg_color(formats.header, 0xE8EEF4)
        format_set_bottom(formats.header, UInt8(LXW_BORDER_THIN.rawValue))
        formats.instant = workbook_add_format(opened)
        format_set_num_format(formats.instant, "yyyy-mm-dd hh:mm:ss")
        formats.day = workbook_add_format(opened)
        format_set_num_format(formats.day, "yyyy-mm-dd")
        // Text format, so that a person who edits a number there does not lose its zeros or digits.
        formats.text = workbook_add_format(opened)
        format_set_num_format(formats.text, "@")
        self.file = file
        self.rowsPerSheet = rowsPerSheet
        self.formats = formats
        workbook = opened
    }

    deinit {
        if let workbook {
            lxw_workbook_free(workbook)
            file.discard()
        }
    }

    /// Begins a sheet with a bold header row that stays in view and filters. Rows added next go there.
    public func addSheet(named name: String, columns: [SheetColumn]) throws(Refusal) {
        try finishSheet()
        sheetTitle = name
        sheetNumber = 1
        self.columns = columns
        try beginSheet()
    }

    /// Adds a row; when the sheet is full, a further one with the same header takes it.
    public func addRow(_ cells: [SheetCell]) throws(Refusal) {
        guard sheet != nil else { throw SheetRefusals.alreadyClosed(file.path) }
        if nextRow >= rowsPerSheet {
            try finishSheet()
            sheetNumber += 1
            try beginSheet()
        }
        for (column, cell) in cells.enumerated() {
            let result = write(cell, row: UInt32(nextRow), column: UInt16(clamping: column))
            guard result == LXW_NO_ERROR else { throw refusal(result) }
        }
        nextRow += 1
        if nextRow & 0xFFF == 0 { try checkTemporaryFile() }
    }

    /// Adds a sheet of names and values: which filters were set, when, and by whom the table was made.
    public func addFacts(_ facts: [(name: String, value: String)], named title: String = "说明") throws(Refusal) {
        try finishSheet()
        sheetTitle = title
        sheetNumber = 1
        columns = []
        guard let sheet = try addWorksheet() else { return }
        worksheet_set_column(sheet, 0, 0, 24, nil)
        worksheet_set_column(sheet, 1, 1, 80, nil)
        for (row, fact) in facts.enumerated() {
            for (column, text) in [fact.name, fact.value].enumerated() {
                let format = column == 0 ? formats.header : formats.text
                let clean = WorkbookText.escaped(WorkbookText.clean(text).text)
                let result = worksheet_write_string(sheet, UInt32(row), UInt16(column), clean, format)
                guard result == LXW_NO_ERROR else { throw refusal(result) }
            }
        }
        try finishSheet()
    }

    /// Finishes the file and puts it in its place. After a refusal there is no file.
    public func close() throws(Refusal) {
        guard let workbook else { throw SheetRefusals.alreadyClosed(file.path) }
        try finishSheet()
        try checkSpace()
        self.workbook = nil
        errno = 0
        // Frees the workbook whatever it answers.
        let result = workbook_close(workbook)
        let code = errno
        do throws(Refusal) {
            guard result == LXW_NO_ERROR else {
                throw code == ENOSPC || code == EDQUOT ? SheetRefusals.diskFull(file.path) : refusal(result)
            }
            guard WorkbookPackage.isComplete(file.temporaryPath, rowBytes: rowBytes) else {
                throw SheetRefusals.diskFull(file.path)
            }
            try file.commit()
        } catch {
            file.discard()
            throw error
        }
    }

    private func addWorksheet() throws(Refusal) -> UnsafeMutablePointer<lxw_worksheet>? {
        guard let workbook else { throw SheetRefusals.alreadyClosed(file.path) }
        let name = WorkbookText.sheetName(sheetTitle, number: sheetNumber, taken: takenNames)
        takenNames.insert(name.lowercased())
        guard let added = workbook_add_worksheet(workbook, name) else {
            throw SheetRefusals.cannotWrite(file.path, detail: "sheet “\(name)”")
        }
        sheet = added
        nextRow = 0
        linkCount = 0
        return added
    }

    private func beginSheet() throws(Refusal) {
        guard let sheet = try addWorksheet() else { return }
        for (index, column) in columns.enumerated() {
            let place = UInt16(clamping: index)
            worksheet_set_column(sheet, place, place, column.width, nil)
            let result = worksheet_write_string(
                sheet, 0, place, WorkbookText.escaped(WorkbookText.clean(column.title).text), formats.header)
            guard result == LXW_NO_ERROR else { throw refusal(result) }
        }
        worksheet_freeze_panes(sheet, 1, 0)
        nextRow = 1
    }

    private func finishSheet() throws(Refusal) {
        guard let sheet else { return }
        try checkTemporaryFile()
        var status = stat()
        let rows = sheet.pointee.optimize_tmpfile
        rowBytes.append(rows.map { fstat(fileno($0), &status) == 0 ? Int64(status.st_size) : 0 } ?? 0)
        if !columns.isEmpty, nextRow > 0 {
            worksheet_autofilter(sheet, 0, 0, UInt32(nextRow - 1), UInt16(clamping: columns.count - 1))
        }
        self.sheet = nil
    }

    /// The library copies a sheet once more and then packs it, without looking whether there is room: so look before.
    private func checkSpace() throws(Refusal) {
        var space = statvfs()
        guard statvfs(file.folder, &space) == 0 else { return }
        let free = Int64(
            clamping: UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize)).partialValue)
        let needed = (rowBytes.max() ?? 0) + rowBytes.reduce(0, +) / 2 + (1 << 20)
        guard free >= needed else { throw SheetRefusals.diskFull(file.path) }
    }

    /// The library does not look whether its own temporary file takes the rows.
    private func checkTemporaryFile() throws(Refusal) {
        guard let rows = sheet?.pointee.optimize_tmpfile else { return }
        guard fflush(rows) == 0, ferror(rows) == 0 else { throw SheetRefusals.write(file.path, errno) }
    }

    private func write(_ cell: SheetCell, row: UInt32, column: UInt16) -> lxw_error {
        switch cell {
        case .text(let text): writeText(text, row, column)
        // Beyond 15 digits a number would lose its end.
        case .integer(let value) where value.magnitude >= 1_000_000_000_000_000: writeText(String(value), row, column)
        case .integer(let value): worksheet_write_number(sheet, row, column, Double(value), nil)
        case .number(let value) where value.isFinite: worksheet_write_number(sheet, row, column, value, nil)
        case .number(let value): writeText("\(value)", row, column)
        case .instant(let instant): writeInstant(instant, row, column)
        case .day(let day):
            // Before 1900-03-01 Excel counts wrongly, and before 1900 not at all.
            day.number > 60 - 25_569
                ? worksheet_write_number(sheet, row, column, Double(day.number + 25_569), formats.day)
                : writeText(day.description, row, column)
        case .link(let text, let address): writeLink(text, address, row, column)
        case .empty: LXW_NO_ERROR
        }
    }

    private func writeText(_ text: String, _ row: UInt32, _ column: UInt16) -> lxw_error {
        guard !text.isEmpty else { return LXW_NO_ERROR }
        let (clean, isCut) = WorkbookText.clean(text)
        if isCut { cutCells += 1 }
        guard !clean.isEmpty else { return LXW_NO_ERROR }
        return worksheet_write_string(sheet, row, column, WorkbookText.escaped(clean), formats.text)
    }

    private func writeInstant(_ instant: Instant, _ row: UInt32, _ column: UInt16) -> lxw_error {
        let local = instant.local()
        guard local.day.number > 60 - 25_569 else { return writeText(local.secondText, row, column) }
        let serial = Double(local.day.number + 25_569) + Double(local.millisecondOfDay) / 86_400_000
        return worksheet_write_number(sheet, row, column, serial, formats.instant)
    }

    private func writeLink(_ text: String, _ address: String, _ row: UInt32, _ column: UInt16) -> lxw_error {
        let clean = WorkbookText.clean(address).text
        let isAllowed = ["https://", "http://", "mailto:"].contains { clean.lowercased().hasPrefix($0) }
        guard isAllowed, clean.utf16.count <= Self.addressLimit, linkCount < Self.linkLimit else {
            return writeText(text.isEmpty ? address : text, row, column)
        }
        linkCount += 1
        let shown = WorkbookText.escaped(WorkbookText.clean(text.isEmpty ? address : text).text)
        return worksheet_write_url_opt(sheet, row, column, clean, nil, shown, nil)
    }

    private func refusal(_ error: lxw_error) -> Refusal {
        let reason = lxw_strerror(error).map { String(cString: $0) } ?? "\(error.rawValue)"
        return SheetRefusals.cannotWrite(file.path, detail: reason)
    }
}
