/// Reads units from a comma-separated text given in pieces: id, x, y, households and workload, compound if known.
/// A row that cannot stand is left out and listed; the rest goes on.
public struct UnitTableReader: ~Copyable {
    public private(set) var units = Units()
    /// The id of each unit as the file has it.
    public private(set) var ids: [Int64] = []
    public private(set) var problems: [InputProblem] = []
    public private(set) var rowsLeftOut = 0
    private var table = NumberTable(
        columns: ["id", "x", "y", "households", "workload", "compound"], named: ["compound"])
    private var seen: [Int64: Int32] = [:]
    private var idsAreRows = true
    private static let mostListed = 1_000

    public init() {}

    public mutating func read(_ bytes: UnsafeRawBufferPointer) throws(InputProblem) {
        let hadHeader = table.header != nil
        var table = self.table
        table.read(bytes) { row, present, line in take(row, present, line) }
        self.table = table
        if !hadHeader, table.header != nil { try checkHeader() }
    }

    public mutating func finish() throws(InputProblem) -> UnitIndex {
        if table.isBlank { throw InputProblem(.empty, line: 0, subject: "units") }
        var table = self.table
        table.finish { row, present, line in take(row, present, line) }
        self.table = table
        try checkHeader()
        if units.count == 0 { throw InputProblem(.empty, line: 0, subject: "units") }
        return UnitIndex(count: units.count, numbers: idsAreRows ? nil : seen)
    }

    private func checkHeader() throws(InputProblem) {
        for (slot, name) in ["id", "x", "y"].enumerated() where !table.has(slot) {
            throw InputProblem(.missingColumn, line: 1, subject: name)
        }
        if !table.has(3), !table.has(4) { throw InputProblem(.missingColumn, line: 1, subject: "workload") }
    }

    private mutating func take(_ row: [Double], _ present: [Bool], _ line: Int) {
        guard present[0], let id = Int64(exactly: row[0]) else { return leaveOut(.noNumber, line, "id") }
        for (slot, name) in [(1, "x"), (2, "y")] where !present[slot] || !row[slot].isFinite {
            return leaveOut(.noNumber, line, name)
        }
        let workload = present[4] ? row[4] : present[3] ? row[3] : .nan
        guard workload.isFinite else { return leaveOut(.noNumber, line, "workload") }
        if workload < 0 { return leaveOut(.negativeWorkload, line, "workload") }
        if workload > 2_000_000 { return leaveOut(.hugeWorkload, line, "workload") }
        if idsAreRows, id != Int64(units.count) {
            idsAreRows = false
            seen.reserveCapacity(units.count * 2)
            for (place, id) in ids.enumerated() { seen[id] = Int32(place) }
        }
        if !idsAreRows {
            if seen[id] != nil { return leaveOut(.duplicateID, line, "id \(id)") }
            seen[id] = Int32(units.count)
        }
        ids.append(id)
        units.xs.append(row[1])
        units.ys.append(row[2])
        units.households.append(present[3] ? Int32(max(0, min(row[3], 2_000_000))) : 0)
        units.workloads.append(workload)
        units.compounds.append(present[5] ? compound(row[5]) : -1)
    }

    private var compoundNumbers: [Double: Int32] = [:]

    private mutating func compound(_ value: Double) -> Int32 {
        if value >= 0, value < 1e8, let number = Int32(exactly: value) { return number }
        if let number = compoundNumbers[value] { return number }
        let number = Int32(1 << 27) + Int32(compoundNumbers.count)
        compoundNumbers[value] = number
        return number
    }

    private mutating func leaveOut(_ kind: InputProblem.Kind, _ line: Int, _ subject: String) {
        rowsLeftOut += 1
        if problems.count < Self.mostListed { problems.append(InputProblem(kind, line: line, subject: subject)) }
    }
}

/// From the ids of a file to the places of the units.
public struct UnitIndex: Sendable {
    private let count: Int
    /// Nil when the ids are the places.
    private let numbers: [Int64: Int32]?

    init(count: Int, numbers: [Int64: Int32]?) {
        self.count = count
        self.numbers = numbers
    }

    public func place(of id: Double) -> Int32? {
        guard let numbers else { return id >= 0 && id < Double(count) ? Int32(exactly: id) : nil }
        return Int64(exactly: id).flatMap { numbers[$0] }
    }
}

/// Reads neighbours: u, v and the affinity w (1 if there is no such column).
public struct EdgeTableReader: ~Copyable {
    public private(set) var adjacency = Adjacency()
    public private(set) var problems: [InputProblem] = []
    public private(set) var rowsLeftOut = 0
    private var table = NumberTable(columns: ["u", "v", "w"])
    private let index: UnitIndex

    public init(index: UnitIndex) { self.index = index }

    public mutating func read(_ bytes: UnsafeRawBufferPointer) throws(InputProblem) {
        var table = self.table
        table.read(bytes) { row, present, line in take(row, present, line) }
        self.table = table
        if table.header != nil { try checkHeader() }
    }

    public mutating func finish() throws(InputProblem) {
        var table = self.table
        table.finish { row, present, line in take(row, present, line) }
        self.table = table
        try checkHeader()
    }

    private func checkHeader() throws(InputProblem) {
        for (slot, name) in ["u", "v"].enumerated() where !table.has(slot) {
            throw InputProblem(.missingColumn, line: 1, subject: name)
        }
    }

    private mutating func take(_ row: [Double], _ present: [Bool], _ line: Int) {
        guard present[0], present[1] else { return leaveOut(.noNumber, line, "u, v") }
        guard let from = index.place(of: row[0]), let to = index.place(of: row[1]) else {
            return leaveOut(.unknownUnit, line, "\(Int64(row[0])), \(Int64(row[1]))")
        }
        if from == to { return leaveOut(.loop, line, "\(Int64(row[0]))") }
        adjacency.from.append(from)
        adjacency.to.append(to)
        adjacency.affinities.append(present[2] && row[2] >= 1 ? Int32(min(row[2].rounded(), 1_000_000)) : 1)
    }

    private mutating func leaveOut(_ kind: InputProblem.Kind, _ line: Int, _ subject: String) {
        rowsLeftOut += 1
        if problems.count < 1_000 { problems.append(InputProblem(kind, line: line, subject: subject)) }
    }
}

/// Reads a plan: id and grid. A unit without a row is in no grid (-1).
public struct PlanTableReader: ~Copyable {
    private var table = NumberTable(columns: ["id", "grid"])
    private let index: UnitIndex
    private var plan: [Int32]
    private var numbers: [Double: Int32] = [:]
    /// What the file calls each grid.
    public private(set) var names: [Int64] = []
    private var problem: InputProblem?

    public init(index: UnitIndex, count: Int) {
        self.index = index
        plan = Array(repeating: -1, count: count)
    }

    public mutating func read(_ bytes: UnsafeRawBufferPointer) throws(InputProblem) {
        var table = self.table
        table.read(bytes) { row, present, line in take(row, present, line) }
        self.table = table
        if let problem { throw problem }
    }

    public mutating func finish() throws(InputProblem) -> [Int32] {
        var table = self.table
        table.finish { row, present, line in take(row, present, line) }
        self.table = table
        if let problem { throw problem }
        for (slot, name) in ["id", "grid"].enumerated() where !table.has(slot) {
            throw InputProblem(.missingColumn, line: 1, subject: name)
        }
        return plan
    }

    private mutating func take(_ row: [Double], _ present: [Bool], _ line: Int) {
        guard problem == nil else { return }
        guard present[0], present[1] else {
            problem = InputProblem(.noNumber, line: line, subject: "id, grid")
            return
        }
        guard let unit = index.place(of: row[0]) else {
            problem = InputProblem(.unknownUnit, line: line, subject: "\(row[0])")
            return
        }
        if row[1] < 0 { return }
        // Grids are numbered in order of appearance: a plan may name them as it likes.
        if let number = numbers[row[1]] {
            plan[Int(unit)] = number
        } else {
            plan[Int(unit)] = Int32(numbers.count)
            numbers[row[1]] = Int32(numbers.count)
            names.append(Int64(exactly: row[1]) ?? Int64(names.count))
        }
    }
}
