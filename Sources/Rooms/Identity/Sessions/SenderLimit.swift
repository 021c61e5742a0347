public import Desk
import Ground
public import Storage

/// How much somebody without an account may send in: enough for a whole compound behind one address, too little to bury a
/// street. Staff have no such limit.
public struct SenderLimit: Sendable {
    let keeper: SessionKeeper

    /// Counts one thing that was sent. Call it inside the transaction that takes the thing, so that a repeat of the same
    /// sending is not counted.
    /// - Throws: a refusal with the seconds to wait.
    public func count(_ visit: Visit, in transaction: any Transaction) throws {
        guard visit.context.scope == nil else { return }
        let rules = keeper.rules.residentReports
        let throttle =
            if let resident = visit.context.resident {
                Throttle(
                    key: "report:" + resident.phoneIndex, freeTries: rules.perPhoneAndDay, window: .hours(24),
                    firstWait: .minutes(10), longestWait: .hours(4))
            } else {
                Throttle(
                    key: "report-address:" + keeper.addressIndex(visit.context.clientAddress),
                    freeTries: rules.perAddressAndHour, window: .hours(1), firstWait: .minutes(1),
                    longestWait: .minutes(30))
            }
        try throttle.count(at: visit.now, in: transaction) { wait in
            Refusal(
                .tooOften, "identity.too-many-reports",
                LocalizedText(
                    "短时间内提交较多，请\(wait.chinese)后再提交", "Much was sent in a short time; send this in \(wait.english)"),
                wayOn: LocalizedText(
                    "已填内容仍在本页；紧急情况请拨打 110、119、120，或拨打 12345",
                    "What you typed is still here; in an emergency call 110, 119 or 120, else call 12345"))
        }
    }
}
