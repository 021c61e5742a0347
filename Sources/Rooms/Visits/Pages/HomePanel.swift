import Cases
import Desk
import Ground
import Identity
import Registry
import Storage
import Web

/// What a home has to do with the house besides its facts: matters, and when somebody was there and comes again.
struct HomeAround: Sendable {
    struct Matter: Sendable {
        var matter: HomeMatter
        /// Whether it was reported from a telephone of this home; else it is only near.
        var isReported: Bool
    }

    var matters: [Matter] = []
    var call: VisitStore.Call?
    /// How many questions wait for the next visit; nil where nobody asks at homes.
    var questions: Int?
}

extension Visits {
    /// - Parameters:
    ///   - people: those whose telephones count: the person, or who lives in the household.
    ///   - purpose: for which they are shown in clear, noted by whoever calls; without one nothing tells who reported what.
    func around(
        _ subject: StoredSubject, people: [StoredSubject], purpose: String?, for scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> HomeAround {
        let day = now.local().day
        let home = try registry.homes(of: [subject], at: day, in: transaction)[subject.id] ?? Registry.Home()
        var around = HomeAround()
        if let purpose, let element = registry.dictionary[CoreElement.phone], element.purposes.contains(purpose) {
            let telephones = Set(people.compactMap { $0.record.value(CoreElement.phone, at: day) })
            around.matters = try cases.matters(
                reportedFrom: telephones.sorted(), limit: rules.matters.shown, for: scope, in: transaction
            ).map { HomeAround.Matter(matter: $0, isReported: true) }
        }
        if let point = home.dwelling?.record.value(CoreElement.place, at: day).flatMap({ PlacePoint($0) }),
            let place = Location(longitude: point.longitude, latitude: point.latitude)
        {
            let known = Set(around.matters.map(\.matter.id))
            around.matters += try cases.openMatters(
                around: place, metres: rules.matters.metres, limit: rules.matters.shown, for: scope, in: transaction
            ).filter { !known.contains($0.id) }.map { HomeAround.Matter(matter: $0, isReported: false) }
        }
        let visited = home.household ?? home.dwelling
        if let visited { around.call = try VisitStore.call(at: visited.id, in: transaction) }
        if let visited, scope.may(.registryWrite), scope.area.contains(visited.area) {
            around.questions = try self.home(visited.id, for: scope, at: now, in: transaction).questions.count
        }
        return around
    }
}

/// On the card of a person, a household or a dwelling: matters and visits.
struct HomePanel: Sendable {
    let visits: Visits

    func html(
        _ subject: StoredSubject, _ members: [StoredSubject], _ purpose: String?, _ staff: StaffVisit
    ) async throws -> HTML {
        let (visits, visit, scope) = (visits, staff.visit, staff.scope)
        guard [.person, .household, .dwelling].contains(subject.kind) else { return HTML() }
        let people = subject.kind == .person ? [subject] : subject.kind == .household ? members : []
        let now = visit.now
        let around = try await visits.house.database.read {
            try visits.around(subject, people: people, purpose: purpose, for: scope, at: now, in: $0)
        }
        return """
            <section class="panel"><h2>\(visit("诉求与走访", "Matters and visits"))</h2>\(matters(around, purpose, visit))\
            \(calls(around, subject, visit))</section>
            """
    }

    private func matters(_ around: HomeAround, _ purpose: String?, _ visit: Visit) -> HTML {
        let cases = visits.cases
        let hint: HTML =
            purpose == nil
            ? "<p class=\"hint\">\(visit("谁反映过什么，按用途查看后才显示。", "Who reported what is shown for a purpose only."))</p>"
            : HTML()
        guard !around.matters.isEmpty else {
            return "<p>\(visit("附近没有未办结的诉求。", "No open matters nearby."))</p>\(hint)"
        }
        return """
            <ul class="rows">\(around.matters.html { one in
                """
                <li><a href="/cases/\(one.matter.id)">\(visit(cases.title(of: one.matter)))</a> \
                <span class="tag">\(visit(cases.stateTitle(of: one.matter)))</span> \
                <span class="hint">\(one.matter.number) · \(visit.instantText(one.matter.receivedAt)) · \
                \(one.isReported ? visit("本户反映", "reported from here") : visit("住处附近", "nearby"))</span></li>
                """
            })</ul>\(hint)
            """
    }

    private func calls(_ around: HomeAround, _ subject: StoredSubject, _ visit: Visit) -> HTML {
        let last: HTML =
            around.call.map { call in
                let nobody = call.nobodyThere ? visit("，家里没人", ", nobody at home") : ""
                return "\(visit("上次上门", "Last visit"))\(visit("：", ": "))\(visit.instantText(call.seenAt))\(nobody)"
            } ?? "\(visit("还没有上门记录", "No visit yet"))"
        let next: HTML =
            around.questions.map { count in
                count == 0
                    ? " · \(visit("没有要问的", "nothing to ask"))"
                    : " · <a href=\"\(VisitsPage.path)?area=\(subject.area.code)\">\(visit("下次上门问 \(count) 项", "\(count) questions for the next visit"))</a>"
            } ?? HTML()
        return "<p>\(last)\(next)</p>"
    }
}
