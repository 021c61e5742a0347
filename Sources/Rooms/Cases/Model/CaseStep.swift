public import Desk
public import Ground

/// One step of a matter's way: what was done, by whom, and what was said.
public struct CaseStep: Sendable, Hashable {
    public var caseID: CaseID
    /// The version of the matter after the step.
    public var version: Int64
    public var act: ActName
    /// nil for the report itself.
    public var from: StateName?
    public var to: StateName
    public var at: Instant
    public var performer: Actor.Kind
    public var staff: StaffID?
    public var post: PostID?
    public var staffBody: BodyID?
    public var givenTo: BodyID?
    public var opinion: String?
    public var reason: String?
    public var due: Deadline?

    /// The act of the first step of every matter.
    public static let report: ActName = "report"
}

/// A photo that belongs to a step of a matter.
public struct CaseFile: Sendable, Hashable {
    public var id: Identifier<CaseFile>
    public var caseID: CaseID
    public var version: Int64
    public var name: String
    public var contentType: String
    public var at: Instant
}
