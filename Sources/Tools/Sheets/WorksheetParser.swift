/// Makes rows of a worksheet's XML events. Knows neither zip nor expat.
final class WorksheetParser: XMLEvents {
    private enum CellKind { case number, shared, text, boolean, error, date }

    private let sharedTexts: (Int) -> String?
    private let formats: [NumberFormat]
    private let dateSystem: DateSystem
    private let limits: SheetLimits
    private let emit: (SheetRow) throws -> Void

    private(set) var rowCount = 0
    private(set) var mergedRanges: [MergedRange] = []

    private var row = SheetRow(number: 0, cells: [])
    private var nextColumn = 0
    private var column = 0
    private var kind = CellKind.number
    private var style = 0
    private var hasFormula = false
    private var isTooLong = false
    private var value: [UInt8] = []
    private var isCapturing = false
    private var phoneticDepth = 0

    init(
        sharedTexts: @escaping (Int) -> String?, formats: [NumberFormat], dateSystem: DateSystem, limits: SheetLimits,
        emit: @escaping (SheetRow) throws -> Void
    ) {
        self.sharedTexts = sharedTexts
        self.formats = formats
        self.dateSystem = dateSystem
        self.limits = limits
        self.emit = emit
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "c": beginCell(attributes)
        case "v": isCapturing = true
        case "t": isCapturing = phoneticDepth == 0
        case "f": hasFormula = true
        case "row":
            let number = attributes["r"].flatMap { Int($0) } ?? row.number + 1
            row.number = (1...CellReference.rowLimit).contains(number) ? number : row.number + 1
            row.cells.removeAll(keepingCapacity: true)
            row.issues.removeAll(keepingCapacity: true)
            nextColumn = 0
        case "rPh": phoneticDepth += 1
        case "mergeCell":
            guard mergedRanges.count < 100_000, let range = attributes["ref"].flatMap({ MergedRange($0) }) else {
                return
            }
            mergedRanges.append(range)
        default: break
        }
    }

    func end(_ name: XMLName) throws {
        switch name {
        case "c": endCell()
        case "v", "t": isCapturing = false
        case "rPh": phoneticDepth -= 1
        case "row":
            guard row.cells.contains(where: { !$0.isEmpty }) || row.issues.contains(where: \.isProblem) else { return }
            rowCount += 1
            try emit(row)
        default: break
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard isCapturing else { return }
        if value.count + bytes.count <= limits.cellBytes {
            value.append(contentsOf: bytes)
        } else {
            isTooLong = true
        }
    }

    private func beginCell(_ attributes: XMLAttributes) {
        var column = nextColumn
        var kind = CellKind.number
        var style = 0
        attributes.forEach { name, value in
            switch name {
            case "r": column = Self.column(value) ?? column
            case "t": kind = Self.kind(value)
            case "s": style = Self.number(value)
            default: break
            }
        }
        (self.column, self.kind, self.style) = (column, kind, style)
        nextColumn = column + 1
        value.removeAll(keepingCapacity: true)
        (hasFormula, isTooLong, isCapturing) = (false, false, false)
    }

    private func endCell() {
        guard column < min(limits.columns, CellReference.columnLimit) else {
            if row.issues.last != .tooManyColumns { row.issues.append(.tooManyColumns) }
            return
        }
        guard !value.isEmpty || isTooLong else { return }
        let text = cellText()
        while row.cells.count < column { row.cells.append("") }
        // A cell named twice keeps its last value.
        if column < row.cells.count { row.cells[column] = text } else { row.cells.append(text) }
        if hasFormula { row.issues.append(.formula(column: column)) }
        if isTooLong { row.issues.append(.cellTooLong(column: column)) }
    }

    private func cellText() -> String {
        switch kind {
        case .shared:
            guard let text = Int(plain).flatMap(sharedTexts) else {
                row.issues.append(.brokenCell(column: column))
                return ""
            }
            return text
        case .text: return ExtendedText.decode(value)
        case .boolean: return value == [UInt8(ascii: "1")] || plain == "true" ? "TRUE" : "FALSE"
        case .error:
            row.issues.append(.errorValue(column: column, value: plain))
            return plain
        case .date: return plain
        case .number: return numberText()
        }
    }

    private var plain: String { String(decoding: value, as: UTF8.self) }

    private func numberText() -> String {
        let format = formats.indices.contains(style) ? formats[style] : .general
        let isWhole = value.allSatisfy { (0x30...0x39).contains($0) }
        if isWhole, value.count <= 15, format == .general { return plain }
        guard let number = Double(plain), number.isFinite else {
            row.issues.append(.brokenCell(column: column))
            return plain
        }
        if let moment = dateSystem.text(of: number, as: format) { return moment }
        if number.magnitude >= 1e15 {
            row.issues.append(.digitsLost(column: column))
            if isWhole { return plain }
        }
        guard number == number.rounded(), let whole = Int64(exactly: number) else { return "\(number)" }
        let text = String(whole)
        guard case .zeroPadded(let width) = format, whole >= 0, text.utf8.count < width else { return text }
        return String(repeating: "0", count: width - text.utf8.count) + text
    }

    /// The column of `AB12`, from 0.
    private static func column(_ text: UnsafePointer<CChar>) -> Int? {
        var column = 0
        var next = text
        while true {
            let byte = UInt8(bitPattern: next.pointee)
            guard (0x41...0x5A).contains(byte & 0xDF), column <= CellReference.columnLimit else { break }
            column = column * 26 + Int(byte & 0xDF) - 0x40
            next += 1
        }
        return column > 0 ? column - 1 : nil
    }

    private static func number(_ text: UnsafePointer<CChar>) -> Int {
        var value = 0
        var next = text
        while (0x30...0x39).contains(next.pointee), value < 1_000_000 {
            value = value * 10 + Int(next.pointee) - 0x30
            next += 1
        }
        return value
    }

    private static func kind(_ text: UnsafePointer<CChar>) -> CellKind {
        // XMLName compares plain text as well: types have no prefix.
        switch XMLName(text) {
        case "s": .shared
        case "str", "inlineStr": .text
        case "b": .boolean
        case "e": .error
        case "d": .date
        default: .number
        }
    }
}
