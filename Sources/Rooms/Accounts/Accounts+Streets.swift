import Desk
import Faults
import Funds
import Ground
import Identity
import Mandates
import Storage
import Workload

extension Accounts {
    /// The account of each street that the scope sees, composed of what the rooms below say.
    func streets(for scope: Scope, at now: Instant) async throws -> [StreetAccount] {
        let loads = try await workload.streets(for: scope, at: now)
        let found = try await faults.streets(for: scope, at: now)
        let (mandates, funds, seesMoney) = (mandates, funds, scope.may(.readFunds))
        let year = now.local().day.parts.year
        let (powers, debts, money) = try await house.database.read { transaction in
            (
                try mandates.heldPowers(for: scope, in: transaction),
                try mandates.unpaidContracts(for: scope, in: transaction),
                seesMoney ? try funds.streets(year: year, for: scope, in: transaction) : []
            )
        }
        var accounts: [AreaPrefix: StreetAccount] = [:]
        for load in loads {
            var account = StreetAccount(street: load.area)
            account.posts = load.posts
            account.minutes = load.capacity
            account.neededMinutes = load.load
            account.overPosts = load.over
            account.money = seesMoney ? StreetAccount.Money() : nil
            accounts[load.area] = account
        }
        func at(_ street: AreaPrefix, _ change: (inout StreetAccount) -> Void) {
            change(&accounts[street, default: StreetAccount(street: street)])
        }
        for power in powers {
            at(power.street) {
                $0.heldPowers += 1
                if !power.lacks.isEmpty { $0.unreadyPowers += 1 }
            }
        }
        for debt in debts { at(debt.street) { $0.owed += debt.yuan } }
        for one in money {
            at(one.street) { $0.money = StreetAccount.Money(allotted: one.allotted, spent: one.spent) }
        }
        for fault in found { at(fault.street) { $0.faults.append(fault) } }
        return accounts.values.sorted { $0.street.code < $1.street.code }
    }
}
