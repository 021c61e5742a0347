import Desk
import Forms
import Ground
import Identity
import Mandates
import Registry
import Storage

/// What is done about burdens when the year turns: each by its own act, with its reason.
extension PlayedYear {
    /// Work that is bought, on its way from the offer to the payment.
    struct Purchased: Sendable {
        var demand: Demand
        var conditions: String
        var isOffered = false
        var isAgreed = false
        var isOver = false
    }

    /// Does what the script says about a series, once it runs.
    mutating func turn(_ index: Int, _ then: YearScript.Turn, on day: Day) async throws {
        // What is over in some days is left to end by itself; then the next one is looked at.
        guard let one = running[index], let sent = one.sent, one.demand.stage == .admitted,
            one.demand.terms.from <= day, let until = one.demand.terms.until, until >= day + 30,
            let officer = stage.coordination.first
        else { return }
        if then.measure == .withdrawn { return try await withdraw(index, then, one.demand, on: day) }
        var other: String?
        if let joins = then.joins {
            guard let position = script.series.firstIndex(where: { $0.title == joins }), let joined = running[position],
                joined.demand.stage == .admitted
            else { return }
            other = joined.demand.number
        }
        let series = script.series[index]
        let (minutes, monthly) = (then.minutes ?? series.minutes, then.monthly ?? series.monthly)
        let terms = one.demand.terms
        let times =
            then.monthly == nil
            ? terms.times : max(1, Int64((Double(terms.times) * monthly / series.monthly).rounded()))
        let isEnd = then.measure == .cut || then.measure == .merge
        let asked = MeasureAsked(
            measure: then.measure, minutes: isEnd ? nil : minutes, times: isEnd ? nil : times, other: other,
            words: then.words ?? "")
        let mandates = mandates
        let now = Instant(LocalTime(day: day, hour: 10, minute: 30))
        let demand = try await house.database.write { transaction in
            if let kind = then.as {
                _ = try mandates.classify(
                    one.demand.id, as: kind, words: then.because ?? "", by: officer, at: now, in: transaction)
            }
            return try mandates.take(asked, on: one.demand.id, by: officer, at: now, in: transaction)
        }
        running[index]?.demand = demand
        record.measures[then.measure, default: 0] += 1
        record.sent[sent].steps.append(
            DemoCounty.Sent.Step(day: day, minutes: isEnd ? 0 : minutes, times: isEnd ? 0 : times))
        done[index] = (minutes, monthly)
        if isEnd { next[index] = nil }
    }

    /// Its sender takes it back: a form of the dictionary serves it, or it is bought instead.
    private mutating func withdraw(
        _ index: Int, _ then: YearScript.Turn, _ demand: Demand, on day: Day
    ) async throws {
        guard let sender = stage.departments[script.series[index].line]?.handlers.first, let sent = running[index]?.sent
        else { return }
        if let form = then.serves { try await serve(form, by: sender, on: day) }
        let mandates = mandates
        let now = Instant(LocalTime(day: day, hour: 11, minute: 20))
        _ = try await house.database.write { transaction in
            try mandates.act(.withdraw, on: demand.id, by: sender, at: now, in: transaction)
        }
        running[index] = nil
        next[index] = nil
        let series = script.series[index]
        done[index] = (series.minutes, series.monthly)
        record.measures[.withdrawn, default: 0] += 1
        record.sent[sent].steps.append(DemoCounty.Sent.Step(day: day, minutes: 0, times: 0))
        if let purchase = then.buys { try await buy(purchase, by: sender, on: day) }
    }

    private func serve(_ form: YearScript.Form, by sender: Scope, on day: Day) async throws {
        guard let bureau = stage.dataOfficers.first else { return }
        let request = DataRequest(
            name: form.name, purpose: form.purpose, basis: form.basis, kind: .person, filter: form.filter,
            columns: form.columns, timesAYear: form.timesAYear, ground: form.ground)
        let forms = forms
        try await house.database.write { transaction in
            let id = try forms.ask(
                request, by: sender, at: Instant(LocalTime(day: day, hour: 9, minute: 40)), in: transaction)
            try forms.approve(
                id, reason: form.reason, by: bureau, at: Instant(LocalTime(day: day, hour: 10, minute: 40)),
                in: transaction)
        }
    }

    private mutating func buy(_ purchase: YearScript.Purchase, by sender: Scope, on day: Day) async throws {
        let from = day + script.notice
        let content = DemandContent(
            kind: .task, title: purchase.title, purpose: purchase.purpose, basis: purchase.basis,
            area: stage.county.code, level: .grid, minutes: purchase.minutes, times: purchase.times, from: from,
            until: from + (purchase.days - 1), isByHired: true)
        let demand = try await ask(content, by: sender, on: day)
        purchases.append(Purchased(demand: demand, conditions: purchase.conditions))
    }

    /// Bought work: offered with its price, taken by its sender, agreed to by streets, delivered, accepted and paid.
    mutating func follow(purchasesOn day: Day) async throws {
        for index in purchases.indices where !purchases[index].isOver {
            try await follow(purchase: index, on: day)
        }
    }

    private mutating func follow(purchase index: Int, on day: Day) async throws {
        var one = purchases[index]
        guard let officer = stage.coordination.first,
            let sender = stage.departments[one.demand.line ?? ""]?.handlers.first
        else { return }
        let (mandates, streets, script) = (mandates, stage.streets, script)
        let now = Instant(LocalTime(day: day, hour: 14, minute: 40))
        let before = one
        one = try await house.database.write { transaction in
            var one = before
            guard let demand = try mandates.demand(one.demand.id, for: officer, in: transaction) else {
                throw Refusal.nothingHere
            }
            one.demand = demand
            switch demand.stage {
            case .deciding:
                let isPriced = demand.answer.verdict == .priced
                one.demand = try mandates.act(
                    isPriced ? .offer(words: "清单外，按价购买") : .refuse(words: script.refuses), on: demand.id, by: officer,
                    at: now, in: transaction)
                if isPriced {
                    one.demand = try mandates.act(
                        .accept, on: demand.id, by: sender, at: now + .minutes(30), in: transaction)
                    one.isOffered = true
                } else {
                    one.isOver = true
                }
            case .admitted, .expired:
                let contracts = try mandates.contracts(of: demand.id, in: transaction)
                if !one.isAgreed {
                    for (position, contract) in contracts.enumerated() {
                        guard let leader = streets.first(where: { $0.area == contract.area })?.leaders.first else {
                            continue
                        }
                        // The last of several says no, which costs it nothing.
                        let isTaken = contracts.count < 3 || position < contracts.count - 1
                        _ = try mandates.act(
                            isTaken ? .agree(conditions: position == 0 ? one.conditions : "") : .decline,
                            on: contract.id, by: leader, at: now, in: transaction)
                    }
                    one.isAgreed = true
                } else if contracts.contains(where: { $0.until < day }) {
                    for contract in contracts where contract.stage == .agreed {
                        guard let leader = streets.first(where: { $0.area == contract.area })?.leaders.first else {
                            continue
                        }
                        _ = try mandates.act(
                            .deliver(quantity: contract.quantity), on: contract.id, by: leader, at: now,
                            in: transaction)
                        _ = try mandates.act(
                            .accept, on: contract.id, by: sender, at: now + .minutes(20), in: transaction)
                        _ = try mandates.act(.pay, on: contract.id, by: sender, at: now + .minutes(40), in: transaction)
                    }
                    one.isOver = true
                }
            case .refused, .withdrawn, .cut: one.isOver = true
            case .hearing, .offered, .appealed: break
            }
            return one
        }
        if one.isAgreed, !before.isAgreed {
            record.admitted += 1
            record.contracts += try await house.database.read {
                try mandates.contracts(of: before.demand.id, in: $0).count
            }
        }
        if one.isOver, !before.isOffered { record.refused += 1 }
        purchases[index] = one
    }
}
