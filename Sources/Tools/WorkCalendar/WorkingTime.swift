public import Ground

/// When something has to be done.
public struct Due: Sendable, Hashable {
    public var instant: Instant
    /// Counted over a day that no published notice settles yet.
    public var isProvisional: Bool

    public init(instant: Instant, isProvisional: Bool) {
        self.instant = instant
        self.isProvisional = isProvisional
    }
}

/// Arithmetic of deadlines: a calendar with the shifts of its days, in Beijing time. A value without a clock; every
/// answer follows from the instants given, and costs constant time.
public struct WorkingTime: Sendable {
    public let calendar: WorkCalendar
    public let hours: WorkingHours

    public init(calendar: WorkCalendar, hours: WorkingHours) {
        self.calendar = calendar
        self.hours = hours
    }

    /// Whether an instant lies within office hours: on a working day between the begin of the first shift and the end of
    /// the last, breaks between shifts included.
    public func isInOffice(at instant: Instant) -> Bool {
        let local = instant.local()
        guard let first = hours.shifts.first, calendar.isWorkday(local.day) else { return false }
        return first.start <= local.millisecondOfDay && local.millisecondOfDay < hours.endOfDay
    }

    /// When a limit that begins to run at `start` ends. The due instant itself is still in time.
    ///
    /// Working hours that begin outside the shifts begin with the next shift; those that run out with a shift are due
    /// at its end, not at the beginning of the next.
    public func due(from start: Instant, limit: TimeLimit) -> Due {
        switch limit {
        case .clockHours(let count):
            return Due(instant: start + .hours(Int64(count)), isProvisional: false)
        case .workingHours(let count):
            return moved(start, byWorking: Int64(count) * 3_600_000)
        case .workingDays(let count):
            let reached = calendar.add(workdays: count, to: start.local().day)
            return Due(
                instant: Instant(LocalTime(day: reached.day, millisecondOfDay: hours.endOfDay)),
                isProvisional: reached.isProvisional)
        }
    }

    /// The due that remains after a pause: later by the time that would have counted meanwhile. So the time left when
    /// the pause ends is the time left when it began. A pause after the limit has run out changes nothing.
    ///
    /// A limit in working days moves by the paused working time too, not by whole days: otherwise each short pause
    /// would give a day away.
    public func extend(
        _ due: Due, pausedFrom: Instant, pausedTo: Instant, limit: TimeLimit
    ) -> Due {
        guard pausedFrom < due.instant, pausedFrom < pausedTo else { return due }
        let paused = elapsed(from: pausedFrom, to: pausedTo, limit: limit).milliseconds
        guard paused > 0 else { return due }
        switch limit {
        case .clockHours:
            return Due(instant: due.instant + Span(milliseconds: paused), isProvisional: due.isProvisional)
        case .workingHours, .workingDays:
            let later = moved(due.instant, byWorking: paused)
            return Due(instant: later.instant, isProvisional: due.isProvisional || later.isProvisional)
        }
    }

    /// The time that counts for this kind of limit between two instants: on the clock, or within shifts. Below zero
    /// when `end` is the earlier one.
    public func elapsed(from start: Instant, to end: Instant, limit: TimeLimit) -> Span {
        switch limit {
        case .clockHours: end - start
        case .workingHours, .workingDays: Span(milliseconds: position(of: end) - position(of: start))
        }
    }

    /// Working milliseconds before an instant, from a fixed but arbitrary beginning.
    private func position(of instant: Instant) -> Int64 {
        let local = instant.local()
        let ordinal = calendar.ordinal(of: local.day)
        let isWorked = calendar.ordinal(of: local.day + 1) > ordinal
        return ordinal * hours.dailyLength + (isWorked ? hours.worked(before: local.millisecondOfDay) : 0)
    }

    /// The earliest instant with that many working milliseconds more behind it; `working` is above zero.
    private func moved(_ start: Instant, byWorking working: Int64) -> Due {
        // The millisecond that completes the work lies within a day; the one after may be a morning later.
        let last = position(of: start) + working - 1
        var (ordinal, rest) = last.quotientAndRemainder(dividingBy: hours.dailyLength)
        if rest < 0 {
            ordinal -= 1
            rest += hours.dailyLength
        }
        let day = calendar.day(ofOrdinal: ordinal)
        let time = LocalTime(day: day, millisecondOfDay: hours.millisecondOfDay(afterWorking: rest + 1))
        return Due(
            instant: Instant(time),
            isProvisional: calendar.hasProvisional(from: start.local().day, through: day))
    }
}
