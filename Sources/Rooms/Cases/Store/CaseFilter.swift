import Desk
import Ground
import Storage
import Web

/// What a queue shows, as its address says it: every filter stands in the URL, so a list can be kept and shared.
struct CaseFilter: Sendable, Hashable {
    enum Ownership: String, Sendable, Hashable { case answerable, handler, reported }

    var states: [StateName] = []
    /// All states of the workflow, for lists without one.
    var knownStates: [StateName] = []
    /// The workflow; nil for residents' matters, and for what is due of every kind.
    var kind: String?
    var area: AreaPrefix?
    /// Any level: two digits, four or six.
    var category: String?
    var body: BodyID?
    var mine: Ownership?
    var isOverdue = false
    /// Due within 24 hours of ``now``.
    var isDueSoon = false
    /// Reported done at or after this instant.
    var finishedSince: Instant?
    /// Overdue before this instant; set from the clock by the caller.
    var now = Instant(milliseconds: 0)
    /// Last digits of the number.
    var numberEnd: String?
    var phoneIndex: String?
    var after: CaseID?
    var afterDue: (Instant, CaseID)? {
        get { afterDueAt.flatMap { at in afterDueID.map { (at, $0) } } }
        set {
            afterDueAt = newValue?.0
            afterDueID = newValue?.1
        }
    }
    private var afterDueAt: Instant?
    private var afterDueID: CaseID?
    var isByDue = false

    /// Everything but the states.
    ///
    /// - Parameter narrowing: false where another index serves the list (the due instants, the end of a number): the area
    ///   and the body are then written so that neither engine is tempted to walk all matters of an area instead.
    func condition(for scope: Scope, narrowing: Bool = true) -> SQL {
        var conditions = [Self.visibility(scope, narrowing: narrowing)]
        if let area { conditions.append(Self.within(area)) }
        if let category {
            conditions.append(
                category.utf8.count == 6
                    ? "category = \(category)" : "category >= \(category) AND category < \(category + ":")")
        }
        if let body { conditions.append("body = \(body)") }
        switch mine {
        case .answerable: conditions.append("answerable = \(scope.staff)")
        case .handler: conditions.append("handler = \(scope.staff)")
        case .reported: conditions.append("reporting_staff = \(scope.staff)")
        case nil: break
        }
        if let kind, states.isEmpty { conditions.append("kind = \(kind)") }
        if isOverdue { conditions.append("due_at < \(now)") }
        if isDueSoon { conditions.append("due_at >= \(now) AND due_at < \(now + .hours(24))") }
        if let finishedSince {
            conditions.append("id IN (SELECT id FROM cases WHERE finished_at >= \(finishedSince))")
        }
        if let numberEnd {
            let reversed = String(numberEnd.reversed())
            conditions.append(
                """
                id IN (SELECT id FROM cases WHERE number_reversed >= \(reversed) AND number_reversed < \(reversed + ":"))
                """)
        }
        if let phoneIndex { conditions.append("id IN (SELECT id FROM cases WHERE phone_index = \(phoneIndex))") }
        return SQL.all(conditions)
    }

    /// Found by one index of its own, whatever else is asked.
    var isPointed: Bool { numberEnd != nil || phoneIndex != nil || finishedSince != nil }

    /// What a scope may see of all matters: a body of an area those of its area, a department those it was given.
    static func visibility(_ scope: Scope, narrowing: Bool = true) -> SQL {
        guard scope.line == nil else { return narrowing ? "body = \(scope.body)" : "body || '' = \(scope.body)" }
        guard !narrowing else { return within(scope.area) }
        switch scope.area.level {
        case .street: return "street || '' = \(scope.area.code)"
        case .community, .grid:
            return "community || '' = \(String(scope.area.code.prefix(12))) AND \(scope.area.condition(on: "area"))"
        case .country, .province, .prefecture, .county: return scope.area.condition(on: "area")
        }
    }

    private static func within(_ area: AreaPrefix) -> SQL {
        switch area.level {
        case .street: "street = \(area.code)"
        case .community: "community = \(area.code)"
        case .grid: "community = \(String(area.code.prefix(12))) AND area = \(area.code)"
        case .country, .province, .prefecture, .county: area.condition(on: "area")
        }
    }
}

extension Scope {
    /// The same rule as ``CaseFilter/visibility(_:)``, for one matter.
    func mayRead(_ record: CaseRecord) -> Bool {
        may(.caseRead) && (line == nil ? area.contains(record.area) : record.body == body)
    }
}

extension Right {
    static let caseReport = Right("case.report")
    static let caseRead = Right("case.read")
    static let caseAccept = Right("case.accept")
    static let caseDispatch = Right("case.dispatch")
    static let caseExport = Right("case.export")
    static let caseImport = Right("case.import")
    static let caseRule = Right("case.rule")
    static let whistleRaise = Right("whistle.raise")
    static let whistleApprove = Right("whistle.approve")
    static let invitationSend = Right("invitation.send")
    static let programmeSet = Right("programme.set")
    static let personalReveal = Right("personal.reveal")
}
