import Cipher
public import Desk
public import Ground
import Identity
import Messages
import Places
public import Storage

/// What a resident may learn of their own data.
extension Registry {
    /// Those whose telephone a resident has proved and whose identity number ends so: as a rule one person. The number's end
    /// is asked for because telephones change hands. Counts as a try, whatever comes of it: the transaction must end well.
    /// - Parameter numberEnd: the last four characters.
    /// - Throws: a refusal with the seconds to wait when it was tried too often.
    public func persons(
        of resident: ResidentReference, numberEnd: String, _ visit: Visit, in transaction: any Transaction
    ) throws -> [SubjectID] {
        try identity.senderLimit.count(visit, in: transaction)
        let vault = house.keys.vault
        let telephone = try vault.open(resident.phoneSealed, for: ResidentText.phonePurpose)
        let (day, end) = (visit.now.local().day, numberEnd.uppercased())
        guard end.count == 4 else { return [] }
        var ids: Set<SubjectID> = []
        for key in searchKeys.keys(forTyped: telephone) {
            for row in try transaction.query(
                """
                SELECT subject FROM registry_keys WHERE search_key = \(key)
                ORDER BY search_key, area, subject LIMIT 51
                """)
            {
                ids.insert(try row.identifier(0))
            }
        }
        return try SubjectStore.find(ids.sorted(), vault: vault, in: transaction).values.filter { one in
            one.kind == .person && one.standing == .present && one.record.endDay.map { day < $0 } ?? true
                && one.record.value(CoreElement.phone, at: day) == telephone
                && one.record.value(CoreElement.citizenNumber, at: day)?.uppercased().hasSuffix(end) ?? false
        }.map(\.id).sorted()
    }

    /// What the body of a post is called.
    public func bodyName(ofPost post: String?, in transaction: any Transaction) throws -> String? {
        guard let id = post.flatMap({ PostID(parsing: $0) }),
            let body = try identity.directory.body(of: id, in: transaction)
        else { return nil }
        return try Places.body(body, in: transaction)?.name
    }
}
