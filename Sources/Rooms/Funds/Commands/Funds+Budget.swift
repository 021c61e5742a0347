import Desk
import Ground
import Identity
import Ledger
import Storage
import Web

/// What somebody wants to pay in.
struct NewBudgetLine: Sendable {
    var area: String
    var title: String
    var ground: String?
    var yuan: Int64
    var paper: String
}

extension Funds {
    /// 资金直达: a department or the county pays money in to a street, for it or for one of its communities or grids. From
    /// then on the street holds it.
    func allot(_ new: NewBudgetLine, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> BudgetLine
    {
        try scope.require(.allotFunds)
        guard let area = AreaPrefix(new.area), scope.area.contains(area), area.level >= .street,
            let street = AreaPrefix(area.code.prefix(9))
        else { throw wrong("area", "请选择街道、社区或网格", "Choose a street, a community or a grid") }
        guard scope.area.level < .street else {
            throw Refusal(.forbidden, "funds.not-above", LocalizedText("由县级拨入", "The county pays in"))
        }
        let title = new.title.trimmingSpaces()
        guard !title.isBlank, title.utf16.count <= 60 else {
            throw wrong("title", "请写明用途（不超过 60 字）", "Say what it is for, in at most 60 characters")
        }
        let ground = new.ground?.trimmingSpaces()
        guard (ground?.utf16.count ?? 0) <= 40 else { throw wrong("ground", "不超过 40 字", "At most 40 characters") }
        var line = BudgetLine(
            id: house.identifiers.next(at: now), street: street, area: area, title: title, source: scope.line,
            ground: ground?.isBlank == false ? ground : nil, year: Int64(now.local().day.parts.year), allotted: 0,
            spent: 0, version: 1)
        let move = try move(.allot, new.yuan, words: title, paper: new.paper, by: scope, at: now)
        line = try move.applied(to: line)
        try BudgetStore.insert(line, in: transaction)
        try keep(move, of: line, by: scope, at: now, in: transaction)
        return line
    }

    /// Writes one movement. Only the street that holds the money spends it; only above more is paid in.
    func write(
        _ kind: BudgetMove.Kind, _ yuan: Int64, words: String, paper: String, on id: BudgetLineID, seen: Int64? = nil,
        by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> BudgetLine {
        guard var line = try BudgetStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        if let seen, seen != line.version { throw Self.changed }
        switch kind {
        case .allot:
            try scope.require(.allotFunds)
            guard line.source == scope.line else {
                throw Refusal(
                    .forbidden, "funds.not-source", LocalizedText("由原拨款单位追加", "Whoever paid in pays in more"))
            }
        case .spend, .refund, .commit, .release, .settle: try requireHolder(of: line, scope)
        }
        let move = try move(kind, yuan, words: words, paper: paper, by: scope, at: now)
        line = try move.applied(to: line)
        guard try BudgetStore.update(&line, in: transaction) else { throw Self.changed }
        try keep(move, of: line, by: scope, at: now, in: transaction)
        return line
    }

    /// 乡镇掌握、部门监督: whoever is not the street that holds it looks on.
    func requireHolder(of line: BudgetLine, _ scope: Scope) throws {
        guard scope.line == nil, scope.area == line.street, scope.may(.holdFunds) else {
            throw Refusal(
                .forbidden, "funds.not-holder",
                LocalizedText("资金由街道掌握，其他单位只能监督，不能支用", "The street holds it; others watch and cannot spend"),
                wayOn: LocalizedText("每一笔收支都能在本页看到；有疑问请向街道提出", "Every movement stands on this page; ask the street"),
                rule: "乡镇掌握、部门监督")
        }
    }

    private func move(
        _ kind: BudgetMove.Kind, _ yuan: Int64, words: String, paper: String, by scope: Scope, at now: Instant
    ) throws(Refusal) -> BudgetMove {
        guard (1...rules.mostYuan).contains(yuan) else {
            throw wrong("yuan", "金额须为 1–\(rules.mostYuan) 元", "From 1 to \(rules.mostYuan) yuan")
        }
        let (words, paper) = (words.trimmingSpaces(), paper.trimmingSpaces())
        guard !words.isBlank, words.utf16.count <= 120 else {
            throw wrong("words", "请写明事由（不超过 120 字）", "Say what for, in at most 120 characters")
        }
        guard !paper.isBlank, paper.utf16.count <= 60 else {
            throw wrong("paper", "请填写文号或凭证号", "Give the number of the paper or receipt")
        }
        return BudgetMove(kind: kind, yuan: yuan, words: words, paper: paper, at: now, post: scope.post)
    }

    private func keep(
        _ move: BudgetMove, of line: BudgetLine, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws {
        try BudgetStore.insert(move, id: house.identifiers.next(at: now), of: line.id, in: transaction)
        try Ledger.record(
            LedgerEntry(
                "funds.\(move.kind.rawValue)", on: "budget-line", line.id, by: Actor(scope), at: now,
                id: house.identifiers.next(at: now), area: line.street.code
            ) { writer in
                writer.member("yuan", move.yuan)
                writer.member("balance", line.balance)
                if move.kind.commitment != 0 { writer.member("committed", line.committed) }
                writer.member("paper", move.paper)
                writer.member("source", line.source)
                if let ground = line.ground { writer.member("ground", ground) }
            }, in: transaction)
    }
}
