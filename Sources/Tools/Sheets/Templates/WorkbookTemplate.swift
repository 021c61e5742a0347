public import Ground

/// What is wrong with a template, cell by cell.
public struct TemplateProblem: Sendable, Hashable {
    public var sheet: String
    /// `B7`, or `7` where a whole row is meant.
    public var cell: String
    public var text: LocalizedText

    public init(sheet: String, cell: String, text: LocalizedText) {
        self.sheet = sheet
        self.cell = cell
        self.text = text
    }
}

/// A workbook of somebody else's layout whose cells carry marks, to be filled while all else of it stays as it is: widths,
/// borders, merged cells, print settings, pictures.
///
/// Rows below a repeated row move down, with their merged cells, validations and print areas; pictures and charts stay where
/// they are.
public struct WorkbookTemplate: Sendable {
    /// A mark and where it stands.
    public struct Place: Sendable, Hashable {
        public var sheet: Int
        public var cell: CellReference
        public var mark: TemplateMark
        public var isInRepeatedRow: Bool
    }

    let path: String
    let workbookPart: String
    let sheets: [TemplateSheet]
    /// What is wrong with the marks themselves; what they mean is for the caller to judge.
    public let problems: [TemplateProblem]

    /// What a template may ask of the machine: it is held in memory while it is filled.
    public static var limits: SheetLimits {
        var limits = SheetLimits()
        limits.unpackedBytes = 48 << 20
        limits.sharedTextBytes = 16 << 20
        limits.parts = 2_000
        limits.ratioFreeBytes = 4 << 20
        return limits
    }

    /// - Throws: a refusal when it is no workbook, unpacks to too much, holds programs, or asks other files for values.
    public init(path: String, limits: SheetLimits = Self.limits) throws {
        self.path = path
        let package = try WorkbookPackage(path: path, limits: limits)
        for part in package.parts {
            let name = part.lowercased()
            if name.hasSuffix("vbaproject.bin") || name.contains("/externallinks/") || name.contains("/activex/") {
                throw SheetRefusals.activeTemplate(path, part: part)
            }
        }
        let description = try XLSXReader.describe(package)
        let texts = SharedTextParser(limit: limits.sharedTextBytes)
        if let part = description.sharedTextPart, package.contains(part) {
            do { try package.read(part, texts) } catch is SharedTextParser.TooLarge {
                throw SheetRefusals.tooManySharedTexts(path, limit: limits.sharedTextBytes)
            }
        }
        var sheets: [TemplateSheet] = []
        for (sheet, part) in zip(description.sheets, description.sheetParts) {
            // Read once as XML: what is walked over below is well-formed and has no declarations of its own.
            try package.read(part, NoEvents())
            let bytes = try package.bytes(of: part)
            guard Self.isUTF8(bytes) else { throw SheetRefusals.damagedWorkbook(path, part: part, detail: "encoding") }
            sheets.append(TemplateSheet(name: sheet.name, part: part, bytes: bytes) { texts[$0] })
        }
        workbookPart = description.workbookPart
        self.sheets = sheets
        var problems = sheets.flatMap(\.problems)
        if let first = sheets.first, !sheets.contains(where: \.isMarked) {
            problems.append(
                TemplateProblem(
                    sheet: first.name, cell: "A1",
                    text: LocalizedText(
                        "模板里没有任何标记，请在要填的单元格写上 {{名称}}",
                        "There is no mark in it; write {{name}} in the cells to be filled")))
        }
        if sheets.contains(where: { $0.repeated != nil }) {
            for sheet in sheets where sheet.repeated == nil { problems += Self.foreignFormulas(sheet) }
        }
        self.problems = problems
    }

    private final class NoEvents: XMLEvents {
        func start(_ name: XMLName, _ attributes: XMLAttributes) {}
        func end(_ name: XMLName) {}
        func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        guard !bytes.contains(0) else { return false }
        let head = String(decoding: bytes.prefix(200), as: UTF8.self).lowercased()
        guard head.hasPrefix("<?xml") || head.dropFirst().hasPrefix("<?xml"), let end = head.firstRange(of: "?>") else {
            return true
        }
        let declaration = head[..<end.lowerBound]
        return !declaration.contains("encoding") || declaration.contains("utf-8")
    }

    /// A formula that looks at a sheet whose rows move.
    private static func foreignFormulas(_ sheet: TemplateSheet) -> [TemplateProblem] {
        sheet.rows.flatMap { row in
            row.cells.compactMap { cell in
                guard let formula = cell.formula, sheet.bytes[formula].contains(0x21) else { return nil }
                return TemplateProblem(
                    sheet: sheet.name, cell: CellReference.columnName(cell.column) + String(row.number),
                    text: LocalizedText(
                        "公式引用了其他工作表，而有工作表的行会移动，请改用统计标记",
                        "the formula looks at another sheet while rows of a sheet move; use a figure instead"))
            }
        }
    }

    public var sheetNames: [String] { sheets.map(\.name) }

    /// All marks, in the order of the cells.
    public var places: [Place] {
        sheets.enumerated().flatMap { index, sheet in
            sheet.rows.enumerated().flatMap { number, row in
                row.cells.flatMap { cell in
                    (cell.text?.marks ?? []).map {
                        Place(
                            sheet: index, cell: CellReference(column: cell.column, row: row.number), mark: $0,
                            isInRepeatedRow: sheet.repeated == number)
                    }
                }
            }
        }
    }

    /// Whether so many cells to the right of a cell are empty, for values that are spread over them.
    public func hasRoom(_ place: Place, cells: Int) -> Bool {
        (1..<max(1, cells)).allSatisfy { sheets[place.sheet].isFree(place.cell.row, place.cell.column + $0) }
    }
}
