public import Desk
import Storage

/// What somebody may see of the ledger: the entries of their area. Whoever answers for the whole installation also sees
/// those of no area. A department's post (条) stands for its line in the whole county, but answers for itself only: it
/// sees what the department's own posts wrote.
public struct LedgerView: Sendable {
    let condition: SQL

    /// - Parameters:
    ///   - whole: the area of the installation.
    ///   - words: tell by which posts an entry was written; where no room does, a department sees nothing.
    public init(of scope: Scope, in whole: AreaPrefix, _ words: LedgerWords) {
        let within: SQL = scope.area.contains(whole) ? "TRUE" : scope.area.condition(on: "area")
        guard scope.line != nil else {
            condition = within
            return
        }
        condition = SQL.all([words.writtenBy(scope.body) ?? "FALSE", within])
    }
}
