public import Ground

/// Reads an Excel workbook (.xlsx) in memory bounded by its shared texts: rows stream, formulas give their last result,
/// dates become ISO 8601.
public final class XLSXReader {
    /// One sheet of the workbook.
    public struct Sheet: Sendable, Hashable {
        public var name: String
        public var isHidden: Bool
    }

    public let sheets: [Sheet]
    /// Unpacked bytes of the sheet being read, and how many of them were read: for a progress bar.
    public private(set) var byteCount: Int64 = 0
    public private(set) var bytesRead: Int64 = 0

    private let path: String
    private let limits: SheetLimits
    private let package: WorkbookPackage
    private let sheetParts: [String]
    private let sharedTextPart: String?
    private let formats: [NumberFormat]
    private let dateSystem: DateSystem
    private var sharedTexts: SharedTextParser?

    /// Opens the workbook and reads what describes it; rows come later.
    public init(path: String, limits: SheetLimits = SheetLimits()) throws(Refusal) {
        self.path = path
        self.limits = limits
        package = try WorkbookPackage(path: path, limits: limits)
        let description = try Self.describe(package)
        sheets = description.sheets
        sheetParts = description.sheetParts
        sharedTextPart = description.sharedTextPart
        formats = description.formats
        dateSystem = description.dateSystem
    }

    /// Hands over every row that is not blank, in the order of the file. What the closure throws ends the reading and is
    /// thrown on.
    /// - Parameter sheet: nil for the first sheet that is not hidden.
    @discardableResult
    public func forEachRow(inSheet sheet: String? = nil, _ body: (SheetRow) throws -> Void) throws -> SheetSummary {
        let part = try part(ofSheet: sheet)
        let texts = try loadSharedTexts()
        byteCount = package.size(of: part)
        bytesRead = 0
        return try withoutActuallyEscaping(body) { body in
            let parser = WorksheetParser(
                sharedTexts: { texts?[$0] }, formats: formats, dateSystem: dateSystem, limits: limits, emit: body)
            try package.read(part, parser) { bytesRead = $0 }
            return SheetSummary(rowCount: parser.rowCount, mergedRanges: parser.mergedRanges)
        }
    }

    private func part(ofSheet name: String?) throws(Refusal) -> String {
        let index =
            name.map { name in sheets.firstIndex { $0.name == name } } ?? sheets.firstIndex { !$0.isHidden } ?? 0
        guard let index, sheetParts.indices.contains(index) else {
            throw SheetRefusals.noSuchSheet(path, name ?? "1", among: sheets.map(\.name))
        }
        return sheetParts[index]
    }

    private func loadSharedTexts() throws -> SharedTextParser? {
        if let sharedTexts { return sharedTexts }
        guard let part = sharedTextPart, package.contains(part) else { return nil }
        let texts = SharedTextParser(limit: limits.sharedTextBytes)
        do {
            try package.read(part, texts)
        } catch is SharedTextParser.TooLarge {
            throw SheetRefusals.tooManySharedTexts(path, limit: limits.sharedTextBytes)
        }
        sharedTexts = texts
        return texts
    }

    struct Description {
        var workbookPart = "xl/workbook.xml"
        var sheets: [Sheet] = []
        var sheetParts: [String] = []
        var sharedTextPart: String?
        var formats: [NumberFormat] = []
        var dateSystem = DateSystem.from1900
    }

    static func describe(_ package: WorkbookPackage) throws(Refusal) -> Description {
        do {
            let root = RelationshipParser()
            if package.contains("_rels/.rels") { try package.read("_rels/.rels", root) }
            let target = root.relationships.first { $0.kind == "officeDocument" }?.target ?? "xl/workbook.xml"
            let workbookPart = RelationshipParser.part(target, from: "")
            guard package.contains(workbookPart), !workbookPart.hasSuffix(".bin") else { throw otherFormat(package) }
            let folder = workbookPart.split(separator: "/").dropLast().joined(separator: "/")
            let file = workbookPart.split(separator: "/").last ?? ""

            let relations = RelationshipParser()
            try package.read((folder.isEmpty ? "" : folder + "/") + "_rels/\(file).rels", relations)
            let workbook = WorkbookParser()
            try package.read(workbookPart, workbook)

            func part(_ kind: String) -> String? {
                relations.relationships.first { $0.kind == kind }.map {
                    RelationshipParser.part($0.target, from: folder)
                }
            }
            var description = Description(
                workbookPart: workbookPart, sharedTextPart: part("sharedStrings"), dateSystem: workbook.dateSystem)
            for sheet in workbook.sheets {
                // Chart sheets hold no rows.
                guard
                    let relation = relations.relationships.first(where: {
                        $0.id == sheet.relationship && $0.kind == "worksheet"
                    })
                else { continue }
                description.sheets.append(Sheet(name: sheet.name, isHidden: sheet.isHidden))
                description.sheetParts.append(RelationshipParser.part(relation.target, from: folder))
            }
            guard !description.sheets.isEmpty else {
                throw SheetRefusals.damagedWorkbook(package.path, part: workbookPart, detail: "no sheet")
            }
            if let styles = part("styles"), package.contains(styles) {
                let parser = StyleParser()
                try package.read(styles, parser)
                description.formats = parser.formats
            }
            return description
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw SheetRefusals.damagedWorkbook(package.path, part: "workbook", detail: "\(error)")
        }
    }

    /// A zip file without a workbook in it: says what it is, as far as that shows.
    private static func otherFormat(_ package: WorkbookPackage) -> Refusal {
        let what =
            if package.contains("content.xml") {
                LocalizedText("OpenDocument 表格（.ods）", "an OpenDocument table (.ods)")
            } else if package.contains("xl/workbook.bin") {
                LocalizedText("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)")
            } else if package.contains("word/document.xml") {
                LocalizedText("Word 文档（.docx）", "a Word document (.docx)")
            } else {
                LocalizedText("普通压缩包", "an ordinary zip archive")
            }
        return SheetRefusals.notWorkbook(package.path, what)
    }
}

/// What is known of a table only after its last row.
public struct SheetSummary: Sendable, Hashable {
    /// Rows handed over.
    public var rowCount: Int
    /// Merged cells: every cell of the rectangle but the first reads as empty.
    public var mergedRanges: [MergedRange]

    public init(rowCount: Int, mergedRanges: [MergedRange] = []) {
        self.rowCount = rowCount
        self.mergedRanges = mergedRanges
    }
}
