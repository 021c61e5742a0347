import Desk
import Ground
import Identity
import Ledger
import Places
import Storage
import Web

/// What is typed to register a target.
struct TargetAsked: Sendable, Hashable {
    var parent: TargetID?
    var indicator = ""
    var area = ""
    var value = ""
    var unit = ""
    var isAtMost = false
    var year = 0
}

extension Burdens {
    private static func wrong(_ field: String, _ chinese: String, _ english: String) -> Refusal {
        Refusal(.ruleBroken, "targets.\(field)", LocalizedText(chinese, english), field: field)
    }

    /// Whoever asks something in figures registers it: a department of its streets, a street of its communities; the
    /// coordination office also what came from above the county.
    func set(_ asked: TargetAsked, by scope: Scope, at now: Instant, in transaction: any Transaction) throws -> Target {
        guard scope.may(.fileDemand) || scope.may(.decideDemand) || scope.may(.answerDemand) else {
            try scope.require(.fileDemand)
            throw Refusal.nothingHere
        }
        let indicator = asked.indicator.trimmingSpaces()
        guard (2...80).contains(indicator.utf16.count) else {
            throw Self.wrong("indicator", "指标名称须为 2–80 字", "A name of 2 to 80 characters")
        }
        guard let value = Target.value(asked.value) else {
            throw Self.wrong("value", "要求须为数字，最多三位小数", "A number with three decimals at most")
        }
        let unit = asked.unit.trimmingSpaces()
        guard unit.utf16.count <= 12 else { throw Self.wrong("unit", "单位不超过 12 字", "A unit of 12 characters at most") }
        let thisYear = now.local().day.parts.year
        guard (thisYear - 5...thisYear + 2).contains(asked.year) else {
            throw Self.wrong("year", "年份须在近五年至后两年之间", "A year from five years back to two ahead")
        }
        guard let area = AreaPrefix(asked.area), area.level < .grid else {
            throw Self.wrong("area", "没有这个区域", "There is no such area")
        }
        let isAbove = area.contains(code: String(scope.area.code.prefix(6))) && area.level < .county
        guard scope.area.contains(area) || isAbove && scope.may(.decideDemand) else {
            throw Self.wrong("area", "只能登记本辖区内的要求", "Only for areas of your own")
        }
        guard isAbove || places.name(of: area.code) != nil else {
            throw Self.wrong("area", "没有这个区域", "There is no such area")
        }
        let id: TargetID = house.identifiers.next(at: now)
        var target = Target(
            id: id, parent: nil, root: id, indicator: indicator, area: area, bodyName: scope.bodyName,
            line: scope.line, value: value, unit: unit, isAtMost: asked.isAtMost, year: asked.year, at: now,
            isWithdrawn: false, version: 1)
        var markUp: Int64?
        if let above = asked.parent {
            guard let parent = try TargetStore.find(above, for: scope, in: transaction), !parent.isWithdrawn else {
                throw Self.wrong("parent", "没有这条上级要求", "There is no such target above")
            }
            guard parent.area.contains(area), parent.area != area else {
                throw Self.wrong("area", "须在上级要求的区域之内，且低一级", "An area within that of the target above, and below it")
            }
            guard parent.isAtMost == target.isAtMost, parent.unit == unit, parent.year == target.year else {
                throw Self.wrong("parent", "单位、年份和方向须与上级要求一致", "Unit, year and direction as in the target above")
            }
            target.parent = parent.id
            target.root = parent.root
            markUp = target.markUp(over: parent)
        }
        try TargetStore.insert(target, by: scope, in: transaction)
        try record("targets.set", target, scope, markUp, at: now, in: transaction)
        return target
    }

    func withdraw(_ id: TargetID, by scope: Scope, at now: Instant, in transaction: any Transaction) throws {
        guard let target = try TargetStore.find(id, for: scope, in: transaction) else { throw Refusal.nothingHere }
        guard try TargetStore.withdraw(id, by: scope, in: transaction) else {
            throw Refusal(
                .forbidden, "targets.not-own",
                LocalizedText("只有登记的单位可以撤销，且只能一次", "Only the body that set it takes it back, once"))
        }
        try record("targets.withdrawn", target, scope, nil, at: now, in: transaction)
    }

    private func record(
        _ act: String, _ target: Target, _ scope: Scope, _ markUp: Int64?, at now: Instant,
        in transaction: any Transaction
    ) throws {
        try Ledger.record(
            LedgerEntry(
                act, on: "target", target.id, by: Actor(scope), at: now, id: house.identifiers.next(at: now),
                area: target.area.level < .county ? String(scope.area.code.prefix(6)) : target.area.code
            ) { writer in
                writer.member("indicator", target.indicator)
                writer.member("value", target.valueText + target.unit)
                if let markUp { writer.member("markUp", markUp) }
            }, in: transaction)
    }
}
