public import Desk
public import Ground
public import Storage

/// Whoever has to do something when a street gives a power back: what it was given to do by that power goes with it.
public protocol PowerFollower: Sendable {
    /// - Parameter scope: of the street's post that returned or exchanged the power.
    func gaveBack(
        _ power: String, in street: AreaPrefix, by scope: Scope, at now: Instant, in transaction: any Transaction)
        throws
}
