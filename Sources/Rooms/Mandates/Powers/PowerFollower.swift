public import Desk
public import Ground
public import Storage

/// Whoever has to do something when a power goes from a street: what it was given to do by that power goes with it.
public protocol PowerFollower: Sendable {
    /// - Parameters:
    ///   - end: how it went: given back or exchanged by the street, withdrawn by the county, or lapsed with its trial.
    ///   - scope: of the post that did it; nil when the platform did.
    func left(
        _ power: String, of street: AreaPrefix, as end: PowerStage, by scope: Scope?, at now: Instant,
        in transaction: any Transaction) throws
}
