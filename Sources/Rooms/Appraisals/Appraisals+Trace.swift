import Cases
import Desk
import Ground
import Identity
import Mandates
import Places
import Storage
import Web

extension Appraisals {
    /// The records that a figure of a department counts, the oldest first.
    /// - Throws: a refusal when there is no such department, or it is not the viewer's to see.
    func trace(
        _ figure: Figure, of body: BodyID, _ period: AppraisalPeriod, for scope: Scope, at now: Instant,
        after: String?, limit: Int, in transaction: any Transaction
    ) throws -> [TraceLine] {
        _ = try department(body, for: scope, in: transaction)
        if let counted = figure.ofMatters {
            return try cases.appraisedMatters(
                counted, of: body, period.days, for: scope, after: try after.map(Self.matterKey), limit: limit,
                in: transaction
            ).map(line)
        }
        let all: [TraceLine]
        switch figure {
        case .givenBack, .ruledItsOwn:
            all = try cases.givenBack(by: body, period.days, for: scope, in: transaction)
                .filter { figure == .givenBack || $0.isRuledItsOwn }.map(line)
        case .sentDown:
            all =
                scope.may(.readMandates)
                ? try mandates.sentDown(by: body, period.days, for: scope, in: transaction).map(line) : []
        case .called, .inTime, .late, .silent, .released, .rated:
            all = try cases.reportIns(of: body, period.days, for: scope, at: now, in: transaction)
                .filter(figure.counts).map(line)
        case .due, .closed, .closedOnTime, .contactedInTime, .followedUp, .solved, .satisfied, .excluded: all = []
        }
        guard let after else { return Array(all.prefix(limit)) }
        guard let index = all.firstIndex(where: { $0.key == after }) else { throw Refusal.filter("after") }
        return Array(all[(index + 1)...].prefix(limit))
    }

    private static func matterKey(_ text: String) throws(Refusal) -> (due: Instant, id: CaseID) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let due = Int64(parts[0]), let id = CaseID(parsing: parts[1]) else {
            throw Refusal.filter("after")
        }
        return (Instant(milliseconds: due), id)
    }

    private func line(_ matter: AppraisedMatter) -> TraceLine {
        let (record, figures) = (matter.record, matter.figures)
        let due = record.finalDue?.at ?? record.receivedAt
        var facts: [LocalizedText] = []
        if figures.closed == 0 {
            facts.append(LocalizedText("未结案", "not closed"))
        } else {
            facts.append(
                figures.closedOnTime > 0
                    ? LocalizedText("按期结案", "closed on time") : LocalizedText("逾期结案", "closed late"))
        }
        if let isInTime = record.isContactedInTime {
            facts.append(
                isInTime
                    ? LocalizedText("按时联系群众", "resident reached in time")
                    : LocalizedText("逾时联系群众", "resident reached late"))
        }
        if figures.followedUp > 0, let satisfaction = record.satisfaction {
            facts.append(
                figures.solved > 0
                    ? LocalizedText("群众：已解决", "solved, the resident says")
                    : LocalizedText("群众：未解决", "not solved, the resident says"))
            facts.append(LocalizedText("满意度 \(satisfaction)/5", "satisfaction \(satisfaction) of 5"))
        }
        if record.isExcluded { facts.append(LocalizedText("不计入", "left out")) }
        return TraceLine(
            number: record.number, address: "/cases/\(record.id)", at: due, text: Self.joined(facts),
            key: "\(due.milliseconds)-\(record.id)")
    }

    private func line(_ one: ReportIn) -> TraceLine {
        var facts = [Self.title(one.standing)]
        if let reportedAt = one.reportedAt {
            let minutes = max(0, (reportedAt - one.calledAt).milliseconds / 60_000)
            facts.append(LocalizedText("用时 \(minutes) 分钟", "after \(minutes) minutes"))
        }
        if let rating = one.rating {
            facts.append(LocalizedText("街道评价 \(rating)/5", "rated \(rating) of 5 by the street"))
        }
        return TraceLine(
            number: one.number, address: "/cases/\(one.id)", at: one.calledAt, text: Self.joined(facts),
            key: one.id.text)
    }

    private func line(_ one: GivenBack) -> TraceLine {
        TraceLine(
            number: one.number, address: one.mayOpen ? "/cases/\(one.matter)" : nil, at: one.at,
            text: one.isRuledItsOwn ? Figure.ruledItsOwn.title : Figure.givenBack.title, key: one.key)
    }

    private func line(_ one: SentDown) -> TraceLine {
        TraceLine(
            number: one.number, address: "/demands/\(one.id)", at: one.filedAt,
            text: LocalizedText(
                "\(one.title)（\(one.stage.title.chinese)）", "\(one.title) (\(one.stage.title.english))"),
            key: one.id.text)
    }

    private static func title(_ standing: ReportIn.Standing) -> LocalizedText {
        switch standing {
        case .inTime: Figure.inTime.title
        case .late: Figure.late.title
        case .silent: Figure.silent.title
        case .released: Figure.released.title
        case .waiting: LocalizedText("待报到，未逾时", "to report in, still in time")
        }
    }

    private static func joined(_ facts: [LocalizedText]) -> LocalizedText {
        LocalizedText(
            facts.map(\.chinese).joined(separator: "；"), facts.map(\.english).joined(separator: "; "))
    }
}

/// What an address asks for.
struct AppraisalQuestion: Sendable {
    var period: AppraisalPeriod

    init(_ staff: StaffVisit, _ rules: AppraisalRules) throws(Refusal) {
        guard let text = staff.visit.query.filled("period") else {
            period = AppraisalPeriod(rules.period, of: staff.visit.now.local().day)
            return
        }
        guard let period = AppraisalPeriod(text) else {
            throw Refusal(
                .malformed, "appraisals.period",
                LocalizedText(
                    "没有这样的考核周期，请写 2026-07、2026-Q3 或 2026",
                    "There is no such period: write 2026-07, 2026-Q3 or 2026"), field: "period")
        }
        self.period = period
    }
}

extension Refusal {
    static func filter(_ field: String) -> Refusal {
        Refusal(
            .malformed, "appraisals.filter",
            LocalizedText("筛选条件 \(field) 有误", "The filter \(field) cannot be understood"), field: field)
    }
}
