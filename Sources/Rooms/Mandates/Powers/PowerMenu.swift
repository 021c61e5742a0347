import Desk
import Ground
import WorkCalendar

/// One power on the menu (菜单式赋权).
struct Power: Sendable, Hashable, Decodable {
    /// What a street must have before it is given.
    struct Needs: Sendable, Hashable, Decodable {
        var staff: Int64
        var qualified: Int64
        var trainingHours: Int64
        var equipment: [String]
        /// Roles whose posts use the power, and qualifications that a qualified person has: what is told is compared with
        /// these.
        var roles: [String]
        var qualifications: [String]
    }

    var code: String
    var zh: String
    var en: String
    /// The department that has it now.
    var line: String
    var basis: [String]
    /// Cases a year in the county.
    var yearly: Int64
    var faceToFace: Bool
    /// 1 for what anybody learns, 5 for what only specialists can.
    var skill: Int64
    /// Must stay at the county by law.
    var central: Bool?
    var needs: Needs

    var title: LocalizedText { LocalizedText(zh, en) }
}

/// `Rules/powers.yaml`.
struct PowerMenu: Sendable, Decodable {
    struct Advice: Sendable, Decodable {
        var fewYearly: Int64
        var mostSkill: Int64
    }

    struct Limits: Sendable, Decodable {
        var ordered: String
        var training: String
    }

    var advice: Advice
    var trialDays: Int
    var helpDays: Int
    /// Training of so many days back counts when what is told is compared.
    var trainingDays: Int
    var help: HelpLines
    var limits: Limits
    var powers: [Power]
    /// In which order they are devolved; the first batch first.
    var batches: [PowerBatch]?

    subscript(code: String) -> Power? { powers.first { $0.code == code } }

    func compared(_ power: Power) -> ComparedMeans {
        ComparedMeans(roles: power.needs.roles, qualifications: power.needs.qualifications, trainingDays: trainingDays)
    }

    /// The qualifications that there are, as the file of staffing has them.
    private struct Qualifications: Decodable {
        struct One: Decodable { var key: String }
        var qualifications: [One]
    }

    static func load(
        from files: RuleFiles, lines: Set<String>, isRole: (String) -> Bool = { _ in true }
    ) throws(Refusal) -> PowerMenu {
        let menu = try files.decode(PowerMenu.self, from: "powers.yaml")
        let known = Set(
            try files.decode(Qualifications.self, from: "staffing.yaml").qualifications.map(\.key))
        let file = try files.file("powers.yaml")
        func wrong(_ code: String, _ chinese: String, _ english: String) -> Refusal {
            let line = file.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
                $0.contains("code: \(code)")
            }
            return RuleFiles.refusal(
                "\(code): \(english)", "\(code)：\(chinese)", in: file, line: line.map { $0 + 1 })
        }
        var seen: Set<String> = []
        for power in menu.powers {
            guard seen.insert(power.code).inserted else { throw wrong(power.code, "编码重复", "it stands twice") }
            guard power.basis.contains(where: { !$0.isBlank }) else {
                throw wrong(power.code, "没有法律依据，不得上菜单", "without a ground in law it cannot be offered")
            }
            guard lines.contains(power.line) else {
                throw wrong(power.code, "未知条线 \(power.line)", "no line \(power.line)")
            }
            guard menu.help.helper(of: power.line) != nil else {
                throw wrong(power.code, "没有帮扶单位（help.helpers 缺 \(power.line)）", "nobody helps with it: \(power.line)")
            }
            let needs = power.needs
            if let role = needs.roles.first(where: { !isRole($0) }) {
                throw wrong(power.code, "没有角色 \(role)", "no role \(role)")
            }
            if let key = needs.qualifications.first(where: { !known.contains($0) }) {
                throw wrong(power.code, "没有资格 \(key)（staffing.yaml）", "no qualification \(key) in staffing.yaml")
            }
            guard needs.staff >= 0, needs.qualified >= 0, needs.qualified <= needs.staff, needs.trainingHours >= 0,
                (1...5).contains(power.skill), power.yearly >= 0
            else { throw wrong(power.code, "数字超出范围", "a figure is out of range") }
        }
        if let fault = menu.batchFault { throw wrong("batches", fault.chinese, fault.english) }
        guard (1...3_650).contains(menu.trainingDays),
            menu.help.helpers.allSatisfy({ lines.contains($0.line) && !$0.telephone.isBlank })
        else {
            throw wrong(
                "help", "trainingDays 或帮扶单位（条线、电话）有误", "trainingDays, or a helper’s line or telephone, is wrong")
        }
        guard menu.trialDays > 0, menu.helpDays >= menu.trialDays else {
            throw wrong("trialDays", "试行、帮扶天数有误", "the days of trial or help are out of range")
        }
        _ = try TimeLimit(parsing: menu.limits.ordered)
        _ = try TimeLimit(parsing: menu.limits.training)
        _ = try TimeLimit(parsing: menu.help.limit)
        return menu
    }

    /// Whether a power is better devolved, with each reason; advice, no rule.
    func advice(on power: Power) -> (isAdvised: Bool, reasons: [(isFor: Bool, text: LocalizedText)]) {
        var reasons: [(isFor: Bool, text: LocalizedText)] = []
        let isOften = power.yearly >= advice.fewYearly
        reasons.append(
            (
                isOften,
                isOften
                    ? LocalizedText("高频：每年 \(power.yearly) 件", "Often used: \(power.yearly) a year")
                    : LocalizedText(
                        "少用：每年 \(power.yearly) 件，不足 \(advice.fewYearly) 件",
                        "Seldom used: \(power.yearly) a year, under \(advice.fewYearly)")
            ))
        reasons.append(
            (
                power.faceToFace,
                power.faceToFace
                    ? LocalizedText("面对群众、现场可见", "Face to face, seen on the spot")
                    : LocalizedText("不直接面对群众", "Not face to face")
            ))
        let isLearnt = power.skill <= advice.mostSkill
        reasons.append(
            (
                isLearnt,
                isLearnt
                    ? LocalizedText("专业要求 \(power.skill) 级，培训可胜任", "Skill \(power.skill) of 5: training is enough")
                    : LocalizedText("专业要求 \(power.skill) 级，街道难以承接", "Skill \(power.skill) of 5: hard to take on")
            ))
        let isCentral = power.central == true
        if isCentral { reasons.append((false, LocalizedText("依法须由县级行使", "By law it stays at the county"))) }
        return (!isCentral && isOften && isLearnt, reasons)
    }

    /// What a street says it has.
    struct Readiness: Sendable, Hashable, Codable {
        var staff: Int64 = 0
        var qualified: Int64 = 0
        var trainingHours: Int64 = 0
        var equipment: [String] = []
        /// Why it tells more than the platform knows; nil where it does not.
        var reason: String?
    }

    /// What lacks before the power can be given; empty when nothing does.
    static func lacks(_ power: Power, _ ready: Readiness) -> [LocalizedText] {
        var lacks: [LocalizedText] = []
        let needs = power.needs
        if ready.staff < needs.staff {
            lacks.append(
                LocalizedText(
                    "人员：需 \(needs.staff) 人，有 \(ready.staff) 人", "Staff: \(needs.staff) needed, \(ready.staff) there"))
        }
        if ready.qualified < needs.qualified {
            lacks.append(
                LocalizedText(
                    "持证：需 \(needs.qualified) 人，有 \(ready.qualified) 人",
                    "Qualified: \(needs.qualified) needed, \(ready.qualified) there"))
        }
        if ready.trainingHours < needs.trainingHours {
            lacks.append(
                LocalizedText(
                    "培训：需 \(needs.trainingHours) 学时，完成 \(ready.trainingHours) 学时",
                    "Training: \(needs.trainingHours) hours needed, \(ready.trainingHours) done"))
        }
        for thing in needs.equipment where !ready.equipment.contains(thing) {
            lacks.append(LocalizedText("设备：缺\(thing)", "Equipment: \(thing) lacks"))
        }
        return lacks
    }
}
