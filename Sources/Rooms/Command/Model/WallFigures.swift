public import Cases
public import Desk
public import Emergencies
public import Ground

/// Every number that stands on a wall, as one value.
public struct WallFigures: Sendable, Hashable {
    public var area: AreaPrefix
    public var at: Instant
    public var open = OpenFigures()
    /// nil for whoever may not see emergencies.
    public var emergencies: EmergencyFigures?
    /// Shifts that run now, by kind of duty.
    public var onShift: [String: Int64] = [:]

    public init(area: AreaPrefix, at: Instant) {
        self.area = area
        self.at = at
    }

    public func count(_ kind: String) -> OpenCount { open.kinds[kind] ?? OpenCount() }

    /// Each figure that is not zero under a name of its own: `matter.overdue`, `areas.330106001.today`,
    /// `sensed.overdue`, `emergencies.late`, `ringing.contact`, `shift.lead`. Two walls show the same when these are equal.
    public var named: [String: Int64] {
        var named: [String: Int64] = [:]
        func add(_ name: String, _ count: OpenCount) {
            for pressure in OpenPressure.allCases { named["\(name).\(pressure.rawValue)"] = count[pressure] }
        }
        for (kind, count) in open.kinds { add(kind, count) }
        for (area, count) in open.areas { add("areas.\(area.code)", count) }
        add("sensed", open.sensed)
        if let emergencies {
            named["emergencies.running"] = emergencies.running
            named["emergencies.exercises"] = emergencies.exercises
            named["emergencies.unacknowledged"] = emergencies.unacknowledged
            named["emergencies.late"] = emergencies.late
            named["emergencies.differences"] = emergencies.differences
            for (kind, count) in emergencies.ringing { named["ringing.\(kind.rawValue)"] = count }
        }
        for (kind, count) in onShift { named["shift.\(kind)"] = count }
        return named.filter { $0.value != 0 }
    }
}
