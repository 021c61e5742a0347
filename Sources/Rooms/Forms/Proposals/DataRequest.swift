public import Desk
public import Ground
public import Registry
public import Storage

/// What a department asks the data bureau for, as another room or a generator says it.
public struct DataRequest: Sendable, Hashable {
    public var name: String
    public var purpose: String
    public var basis: String?
    public var kind: SubjectKind
    /// A condition; empty for all.
    public var filter: String
    /// As the department names them.
    public var columns: [String]
    public var timesAYear: Int
    /// The item, admission or contract that carries it; without one it cannot be approved.
    public var ground: String?

    public init(
        name: String, purpose: String, basis: String?, kind: SubjectKind, filter: String, columns: [String],
        timesAYear: Int, ground: String? = nil
    ) {
        self.name = name
        self.purpose = purpose
        self.basis = basis
        self.kind = kind
        self.filter = filter
        self.columns = columns
        self.timesAYear = timesAYear
        self.ground = ground
    }
}

extension Forms {
    /// Asks; see ``FormProposal``.
    /// - Returns: the id of the request.
    @discardableResult
    public func ask(_ request: DataRequest, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> String
    {
        try propose(
            FormProposal.Content(
                name: request.name, purpose: request.purpose, basis: request.basis, kind: request.kind,
                filter: request.filter, columns: request.columns, timesAYear: request.timesAYear,
                ground: request.ground),
            by: scope, at: now, in: transaction
        ).id.text
    }

    /// The data bureau approves what is held of a request; it is computed with the next forms.
    /// - Parameter admitted: columns that nobody holds and that may be asked from now on, each with its element.
    public func approve(
        _ id: String, admitting admitted: [String: String] = [:], reason: String?, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let id = FormProposal.ID(parsing: id) else { throw Refusal.nothingHere }
        _ = try decide(
            id, .approve, form: nil, admitting: admitted, reason: reason, by: scope, at: now, in: transaction)
    }
}
