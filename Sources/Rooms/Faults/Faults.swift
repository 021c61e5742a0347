public import Cases
public import Desk
public import Ground
import Identity
public import Mandates
public import Places
public import Storage
public import Workload

/// 三不问题: where powers were not really given, duties stand without power, and tasks without means. It owns no table: what
/// it says is read from the records of other rooms each time, so it is never older than they are.
public struct Faults: Room {
    let house: House
    let places: Places
    let cases: Cases
    let mandates: Mandates
    let workload: Workload
    let rules: FaultRules

    /// - Throws: a refusal naming the file when `faults.yaml` names what is not there.
    public init(house: House, places: Places, cases: Cases, mandates: Mandates, workload: Workload) throws(Refusal) {
        self.house = house
        self.places = places
        self.cases = cases
        self.mandates = mandates
        self.workload = workload
        rules = try FaultRules.load(
            from: house.rules, isPower: mandates.isPower, isCategory: { cases.rules.categories[$0] != nil },
            isReason: { cases.isReason($0) })
    }

    public static let migrations: [Migration] = []

    public var menu: [MenuEntry] {
        [MenuEntry("/faults", icon: "triangle-alert", FaultTexts.title, right: .readWorkload, order: 60)]
    }

    public func addRoutes(to routes: Routes) {
        FaultPages(faults: self).add(to: routes)
        SymptomPages(faults: self).add(to: routes)
        FaultAPI(faults: self).add(to: routes)
    }

    func areaName(_ area: AreaPrefix) -> String { places.name(of: area.code) ?? area.code }

    /// Of one category no more matters are read than this, the newest first.
    private static let mostMatters = 2_000

    /// Every fault in the streets of the scope, by street and kind.
    func findings(for scope: Scope, at now: Instant) async throws -> [Finding] {
        let today = now.local().day
        return try await facts(for: scope, at: now).flatMap { $0.findings(rules, on: today) }
    }

    /// What the records say of each street of the scope, by its code.
    func facts(for scope: Scope, at now: Instant) async throws -> [StreetFacts] {
        let rules = rules
        let loads = try await workload.streets(for: scope, at: now)
        let (cases, mandates) = (cases, mandates)
        let (held, matters, steps, debts) = try await house.database.read { transaction in
            (
                try mandates.heldPowers(for: scope, in: transaction),
                try cases.given(
                    categories: rules.powers.flatMap(\.categories), since: now - .days(Int64(rules.windowDays)),
                    limit: Self.mostMatters, for: scope, in: transaction),
                try cases.steps(
                    (rules.symptomActs ?? []) + (rules.approvalActs ?? []),
                    categories: rules.powers.flatMap(\.categories), since: now - .days(Int64(rules.windowDays)),
                    limit: Self.mostMatters, for: scope, in: transaction),
                try mandates.unpaidContracts(for: scope, in: transaction)
            )
        }
        var streets: [AreaPrefix: StreetFacts] = [:]
        func at(_ area: AreaPrefix, _ change: (inout StreetFacts) -> Void) {
            change(&streets[area, default: StreetFacts(street: area)])
        }
        for load in loads { at(load.area) { $0.load = load } }
        for power in held { at(power.street) { $0.held.append(power) } }
        for matter in matters { at(matter.street) { $0.matters.append(matter) } }
        for step in steps {
            let symptom = step.reason.flatMap { rules.symptom(ofReason: $0) }
            let isAsked = rules.approvalActs?.contains(step.act) == true
            guard symptom != nil || isAsked else { continue }
            at(step.street) { $0.symptoms.append(SymptomRecord(step: step, symptom: isAsked ? nil : symptom)) }
        }
        for debt in debts { at(debt.street) { $0.debts.append(debt) } }
        return streets.sorted { $0.key.code < $1.key.code }.map(\.value)
    }
}
