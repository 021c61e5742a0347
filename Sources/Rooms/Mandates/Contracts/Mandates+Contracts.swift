public import Desk
public import Ground
import Identity
import Ledger
import Messages
import Places
public import Storage
import Web

/// What one side does with a contract.
public enum ContractCommand: Sendable, Hashable {
    /// The street takes it, with what it asks for besides.
    case agree(conditions: String)
    /// No reason is asked for, and it counts nowhere.
    case decline
    case deliver(quantity: Int64)
    case accept
    case contest(words: String)
    case settle(quantity: Int64, words: String)
    case pay
    case end
}

extension Mandates {
    static let contractPrefix = "购买"

    /// One contract for each street that was heard, when the buyer has accepted the price. The price is shared by how much
    /// of the work falls in each; the parts add up to the whole.
    func openContracts(_ demand: Demand, at now: Instant, in transaction: any Transaction) throws {
        let streets = try DemandStore.hearings(of: demand.id, in: transaction).map(\.area)
        guard let until = demand.terms.until, let load = demand.answer.load else { return }
        let counts = streets.map { load.areas[$0.code] ?? 0 }
        let whole = counts.reduce(0, +)
        guard whole > 0 else { return }
        var given: Int64 = 0
        var passed: Int64 = 0
        for (street, count) in zip(streets, counts) where count > 0 {
            passed += count
            let share = demand.terms.yuan * passed / whole - given
            given += share
            let contract = Contract(
                id: house.identifiers.next(at: now),
                number: try DemandStore.number(
                    Self.contractPrefix, year: now.local().day.parts.year, in: transaction),
                demand: demand.id, title: demand.terms.title, buyer: demand.body, buyerName: demand.bodyName,
                area: street, quantity: count * demand.terms.times, yuan: share, from: demand.terms.from, until: until,
                conditions: "", stage: .offered, delivered: 0, accepted: 0, paid: 0,
                isByHired: demand.terms.isByHired, minutes: demand.terms.minutes,
                times: demand.terms.times, level: demand.terms.level,
                roles: demand.terms.roles, dueAt: try dueAt(.offered, from: now), version: 1)
            try ContractStore.insert(contract, in: transaction)
            try record("contracts.offered", contract, by: .system, at: now, in: transaction) { writer in
                writer.member("yuan", contract.yuan)
                writer.member("quantity", contract.quantity)
            }
            try tellStreet(
                contract,
                LocalizedText(
                    "\(demand.bodyName)请求购买“\(contract.title)”，\(contract.yuan) 元；接受与否由街道自定，不计考核",
                    "\(demand.bodyName) wants to buy “\(contract.title)” for \(contract.yuan) yuan; declining costs nothing"
                ),
                at: now, in: transaction)
        }
    }

    public func act(
        _ command: ContractCommand, on id: ContractID, seen: Int64? = nil, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> Contract {
        guard var contract = try ContractStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        if let seen, seen != contract.version { throw Self.changed }
        switch command {
        case .agree(let conditions):
            try requireSeller(contract, scope)
            let words = conditions.trimmingSpaces()
            guard words.utf16.count <= Self.longestWords else { throw Self.tooLong }
            contract.conditions = words
            try go(&contract, .agree, words, by: scope, at: now, in: transaction)
        case .decline:
            try requireSeller(contract, scope)
            try go(&contract, .decline, "", by: scope, at: now, in: transaction)
        case .deliver(let quantity):
            try requireSeller(contract, scope)
            contract.delivered = try counted(quantity, contract)
            try go(&contract, .deliver, "", by: scope, at: now, in: transaction)
        case .accept:
            try requireBuyer(contract, scope)
            contract.accepted = contract.delivered
            try go(&contract, .accept, "", by: scope, at: now, in: transaction)
        case .contest(let words):
            try requireBuyer(contract, scope)
            guard !words.isBlank, words.utf16.count <= Self.longestWords else { throw Self.tooLong }
            try go(&contract, .contest, words.trimmingSpaces(), by: scope, at: now, in: transaction)
        case .settle(let quantity, let words):
            try scope.require(.decideDemand)
            guard !words.isBlank, words.utf16.count <= Self.longestWords else { throw Self.tooLong }
            contract.accepted = try counted(quantity, contract)
            try go(&contract, .settle, words.trimmingSpaces(), by: scope, at: now, in: transaction)
        case .pay:
            try requireBuyer(contract, scope)
            contract.paid = contract.worth(contract.accepted)
            try go(&contract, .pay, "", by: scope, at: now, in: transaction)
        case .end:
            try requireSeller(contract, scope)
            try go(&contract, .end, "", by: scope, at: now, in: transaction)
        }
        return contract
    }

    func go(
        _ contract: inout Contract, _ act: ContractCourse.Act, _ words: String, by scope: Scope?, at now: Instant,
        in transaction: any Transaction
    ) throws {
        guard let move = ContractCourse.move(act, from: contract.stage) else {
            throw Refusal(
                .conflict, "contracts.stage",
                LocalizedText(
                    "“\(contract.stage.title.chinese)”的合同不能这样办理", "“\(contract.stage.title.english)” does not allow it"),
                wayOn: LocalizedText("请刷新后看现在可以做什么", "Load it again and see what can be done now"))
        }
        contract.stage = move.to
        contract.dueAt =
            switch move.to {
            case .agreed: Instant(LocalTime(day: contract.until + rules.deliveryGraceDays + 1)) - Span(milliseconds: 1)
            case .offered, .delivered, .accepted: try dueAt(.offered, from: now)
            case .disputed: try dueAt(.appealed, from: now)
            case .paid, .declined, .ended: nil
            }
        guard try ContractStore.update(&contract, in: transaction) else { throw Self.changed }
        try record(
            "contracts.\(act.rawValue)", contract, by: scope.map { Actor($0) } ?? .system, at: now, in: transaction
        ) { writer in
            writer.member("stage", contract.stage.rawValue)
            writer.member("delivered", contract.delivered)
            writer.member("accepted", contract.accepted)
            writer.member("paid", contract.paid)
            if !words.isEmpty { writer.member("why", words) }
        }
        let text = LocalizedText(
            "“\(contract.title)”（\(contract.number)）：\(contract.stage.title.chinese)",
            "“\(contract.title)” (\(contract.number)): \(contract.stage.title.english)")
        if move.by == .receiver || move.by == .platform {
            try Messages.notify(
                Notice(
                    to: .body(contract.buyer, area: nil), kind: "contracts.\(act.rawValue)", subjectKind: "contract",
                    subjectID: contract.id.text, text: text, address: "/contracts/\(contract.id)", at: now),
                in: transaction)
        }
        if move.by != .receiver { try tellStreet(contract, text, at: now, in: transaction) }
        if contract.stage == .disputed, let county = AreaPrefix(contract.area.code.prefix(6)) {
            try tell(right: .decideDemand, over: county, contract, text, at: now, in: transaction)
        }
    }

    /// A debt does not go away: the buyer and the coordination body are told again at each limit.
    func remindToPay(_ contract: inout Contract, at now: Instant, in transaction: any Transaction) throws {
        contract.dueAt = try dueAt(.offered, from: now)
        guard try ContractStore.update(&contract, in: transaction) else { throw Self.changed }
        let text = LocalizedText(
            "“\(contract.title)”（\(contract.number)）已验收未付款：\(contract.worth(contract.accepted)) 元",
            "“\(contract.title)” (\(contract.number)) was accepted and is not paid: \(contract.worth(contract.accepted)) yuan"
        )
        try Messages.notify(
            Notice(
                to: .body(contract.buyer, area: nil), kind: "contracts.unpaid", subjectKind: "contract",
                subjectID: contract.id.text, text: text, address: "/contracts/\(contract.id)", at: now,
                isUrgent: true), in: transaction)
        if let county = AreaPrefix(contract.area.code.prefix(6)) {
            try tell(right: .decideDemand, over: county, contract, text, at: now, in: transaction)
        }
        try record("contracts.unpaid", contract, by: .system, at: now, in: transaction) { writer in
            writer.member("yuan", contract.worth(contract.accepted))
        }
    }

    private func counted(_ quantity: Int64, _ contract: Contract) throws -> Int64 {
        guard (0...contract.quantity).contains(quantity) else {
            throw Refusal(
                .ruleBroken, "contracts.quantity",
                LocalizedText("数量须为 0–\(contract.quantity)", "From 0 to \(contract.quantity)"), field: "quantity")
        }
        return quantity
    }

    private static let tooLong = Refusal(
        .ruleBroken, "contracts.words",
        LocalizedText("请写明（不超过 \(longestWords) 字）", "Say it in at most \(longestWords) characters"),
        field: "words")

    private func requireSeller(_ contract: Contract, _ scope: Scope) throws {
        guard scope.may(.answerDemand), scope.area == contract.area else {
            throw Refusal(
                .forbidden, "contracts.not-seller", LocalizedText("只有该街道可以这样办理", "Only that street may do it"))
        }
    }

    private func requireBuyer(_ contract: Contract, _ scope: Scope) throws {
        guard scope.may(.fileDemand), scope.body == contract.buyer else {
            throw Refusal(
                .forbidden, "contracts.not-buyer", LocalizedText("只有购买单位可以这样办理", "Only the body that buys may do it"))
        }
    }

    private func tellStreet(
        _ contract: Contract, _ text: LocalizedText, at now: Instant, in transaction: any Transaction
    ) throws {
        try tell(right: .answerDemand, over: contract.area, contract, text, at: now, in: transaction)
    }

    private func tell(
        right: Right, over area: AreaPrefix, _ contract: Contract, _ text: LocalizedText, at now: Instant,
        in transaction: any Transaction
    ) throws {
        let holders = try identity.directory.postHolders(right: right, area: area, in: transaction)
        guard let nearest = holders.map(\.post.area.code.utf8.count).max() else { return }
        for holder in holders.filter({ $0.post.area.code.utf8.count == nearest }).prefix(20) {
            try Messages.notify(
                Notice(
                    to: .post(holder.post.id), kind: "contracts.news", subjectKind: "contract",
                    subjectID: contract.id.text, text: text, address: "/contracts/\(contract.id)", at: now),
                in: transaction)
        }
    }

    func record(
        _ act: String, _ contract: Contract, by actor: Actor, at now: Instant, in transaction: any Transaction,
        facts: (inout JSONWriter) throws -> Void
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "contract", contract.id, by: actor, at: now, id: house.identifiers.next(at: now),
                area: contract.area.code
            ) { writer in
                writer.member("number", contract.number)
                try facts(&writer)
            }, in: transaction)
    }
}
