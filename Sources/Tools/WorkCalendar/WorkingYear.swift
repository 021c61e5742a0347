/// How many working days a calendar year has.
public struct WorkingYear: Sendable, Hashable {
    public var workdays: Int
    public var isProvisional: Bool

    public init(workdays: Int, isProvisional: Bool) {
        self.workdays = workdays
        self.isProvisional = isProvisional
    }
}
