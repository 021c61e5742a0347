import Ground

/// Where somebody is follows from several subjects: a person lives in a household, the household in a dwelling, the dwelling
/// stands in a grid; each of them only from some day on. Pure.
enum Placement {
    /// For each stretch in which `outer` names something, what `inner` says of that thing in this stretch.
    static func composed(_ outer: [Statement], _ inner: (String) -> [Statement]) -> [Statement] {
        var result: [Statement] = []
        func add(_ since: Day, _ value: String?, _ seenAt: Instant) {
            if let last = result.last, last.since == since { result.removeLast() }
            guard result.last?.value != value || (result.isEmpty && value != nil) else { return }
            if result.isEmpty, value == nil { return }
            result.append(Statement(since: since, value: value, seenAt: seenAt))
        }
        for (index, statement) in outer.enumerated() {
            guard let name = statement.value else {
                add(statement.since, nil, statement.seenAt)
                continue
            }
            let end = index + 1 < outer.count ? outer[index + 1].since : nil
            let steps = inner(name)
            let first = steps.last { $0.since <= statement.since }
            add(statement.since, first?.value, statement.seenAt)
            for step in steps where step.since > statement.since && (end.map { step.since < $0 } ?? true) {
                add(step.since, step.value, step.seenAt)
            }
        }
        return result
    }

    /// Nothing holds before a day.
    static func begun(_ steps: [Statement], on day: Day?) -> [Statement] {
        guard let day else { return steps }
        var later = steps.filter { $0.since > day }
        if let first = steps.last(where: { $0.since <= day }), first.value != nil {
            later.insert(Statement(since: day, value: first.value, seenAt: first.seenAt), at: 0)
        } else if later.first?.value == nil, !later.isEmpty {
            later.removeFirst()
        }
        return later
    }

    /// Nothing holds any more from a day on.
    static func ended(_ steps: [Statement], on day: Day?) -> [Statement] {
        guard let day, let last = steps.last(where: { $0.since < day }) else { return day == nil ? steps : [] }
        let before = steps.filter { $0.since < day }
        return last.value == nil ? before : before + [Statement(since: day, value: nil, seenAt: last.seenAt)]
    }
}

extension SubjectRecord {
    /// The person's first day after life, when it is known: the day of death still counts.
    var endDay: Day? {
        self[CoreElement.deathDay].last.flatMap { $0.value }.flatMap { Day($0) }.map { $0 + 1 }
    }

    var birthDay: Day? { self[CoreElement.birthDay].last.flatMap { $0.value }.flatMap { Day($0) } }

    /// Sets what follows from others anew.
    /// - Parameter record: another subject's record as it will be after the write.
    mutating func derivePlacement(_ record: (SubjectID) throws -> SubjectRecord?) rethrows {
        switch kind {
        case .dwelling:
            replace(DerivedElement.livesIn, with: self[CoreElement.grid].map(Self.plain))
        case .building:
            replace(DerivedElement.livesIn, with: self[CoreElement.buildingGrid].map(Self.plain))
        case .organisation:
            replace(DerivedElement.livesIn, with: self[CoreElement.organisationGrid].map(Self.plain))
        case .household:
            replace(
                DerivedElement.livesIn,
                with: try place(self[CoreElement.dwelling], record))
        case .person:
            replace(
                DerivedElement.livesIn,
                with: lifetime(try place(self[CoreElement.household], record)))
            replace(
                DerivedElement.registeredIn,
                with: lifetime(try place(self[CoreElement.registeredAt], record)))
        }
    }

    /// Nobody lives anywhere before birth or after death.
    private func lifetime(_ steps: [Statement]) -> [Statement] {
        Placement.ended(Placement.begun(steps, on: birthDay), on: endDay)
    }

    private func place(_ references: [Statement], _ record: (SubjectID) throws -> SubjectRecord?) rethrows
        -> [Statement]
    {
        var targets: [String: [Statement]] = [:]
        for statement in references {
            guard let name = statement.value, targets[name] == nil else { continue }
            targets[name] = try SubjectID(parsing: name).flatMap { try record($0) }?[DerivedElement.livesIn] ?? []
        }
        return Placement.composed(references) { targets[$0] ?? [] }
    }

    private static func plain(_ statement: Statement) -> Statement {
        Statement(since: statement.since, value: statement.value, seenAt: statement.seenAt)
    }
}
