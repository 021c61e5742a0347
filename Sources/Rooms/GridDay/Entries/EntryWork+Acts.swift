import Cases
import Desk
import Ground
import Identity
import Ledger
import Messages
import Places
import Storage

/// What an entry becomes, in one transaction.
extension EntryWork {
    func perform(
        _ record: inout EntryRecord, _ entry: DayEntry, _ photos: [Photo], by scope: Scope, isNew: Bool,
        at now: Instant, in transaction: any Transaction
    ) throws -> EntryOutcome {
        let (photos, rest) = Self.split(photos)
        let result: CaseRecord?
        switch entry.kind {
        case .report: result = try report(entry, photos, record, by: scope, at: now, in: transaction)
        case .act: result = try act(entry, photos, record, by: scope, at: now, in: transaction)
        case .check: result = try check(entry, photos, record, by: scope, at: now, in: transaction)
        case .help: result = try help(entry, record, by: scope, at: now, in: transaction)
        case .refuse: result = try refuse(entry, by: scope, at: now, in: transaction)
        }
        if let result { try add(rest, to: result, record, by: scope, at: now, in: transaction) }
        record.state = .done
        record.code = nil
        record.content = nil
        record.resultCase = result?.id
        record.resultVersion = result?.version
        try store(record, isNew: isNew, at: now, in: transaction)
        if now - record.happenedAt > .minutes(5) {
            try recordLate(record, by: scope, area: result?.area ?? scope.area, at: now, in: transaction)
        }
        return EntryOutcome(record: record, refusal: nil, number: result?.number)
    }

    // MARK: More photos than one step takes

    private static func split(_ photos: [Photo]) -> (first: [Photo], rest: [[Photo]]) {
        let most = Photo.mostPerStep
        let rest = stride(from: most, to: photos.count, by: most).map {
            Array(photos[$0..<min($0 + most, photos.count)])
        }
        return (Array(photos.prefix(most)), rest)
    }

    /// The rest follow as remarks in the same transaction: a phone that brings 200 brings all of them, or none.
    private func add(
        _ rest: [[Photo]], to matter: CaseRecord, _ record: EntryRecord, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws {
        for photos in rest {
            _ = try cases.act(
                matter.id, Command("remark", opinion: "更多照片"), by: scope, happenedAt: record.happenedAt,
                photos: photos, at: now, in: transaction)
        }
    }

    // MARK: What an entry is meant to be

    private func report(
        _ entry: DayEntry, _ photos: [Photo], _ record: EntryRecord, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> CaseRecord {
        try scope.require(.dayReport)
        let report = try entry.report(
            in: try area(of: entry, scope), at: record.happenedAt, channel: scope.isMachine ? .program : .staff,
            photos: photos)
        return try cases.report(report, by: Actor(scope), scope: scope, at: now, in: transaction)
    }

    /// Where it is: as it was said, else the grid at the place, else the post's own area.
    private func area(of entry: DayEntry, _ scope: Scope) throws(Refusal) -> AreaPrefix {
        let own = scope.line == nil ? scope.area : house.settings.area
        if let text = entry.area {
            guard let area = AreaPrefix(text), area != .everywhere else {
                throw Refusal(
                    .ruleBroken, "day.no-area", LocalizedText("区域代码有误", "That is no area code"), field: "area")
            }
            return area
        }
        guard let place = entry.location else { return own }
        guard day.places.hasGridCentres else { return own }
        guard let grid = day.places.grid(longitude: place.longitude, latitude: place.latitude) else {
            throw Refusal(
                .ruleBroken, "day.place-outside",
                LocalizedText("定位不在本县范围内，可能是手机定位偏差", "The place lies outside the county; the phone may be mistaken"),
                wayOn: LocalizedText(
                    "可去掉定位后重发，区域按您的网格登记", "Send it without the place: it then counts for your own grid"),
                field: "location")
        }
        // Who works for one grid reports from there, whatever a phone between tall houses thinks.
        let found = AreaPrefix(grid.code) ?? own
        return own.contains(found) || scope.area.level < .community ? found : own
    }

    private func act(
        _ entry: DayEntry, _ photos: [Photo], _ record: EntryRecord, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> CaseRecord {
        guard let id = entry.matter else { throw Refusal.nothingHere }
        let command = try entry.command()
        try checkUnchanged(id, entry, record, by: scope, in: transaction)
        return try cases.act(
            id, command, by: scope, happenedAt: record.happenedAt, arrivedAt: record.receivedAt, photos: photos,
            at: now, in: transaction)
    }

    /// What was seen must still hold for an act that moves a matter on. Words alone are added to whatever stands.
    private func checkUnchanged(
        _ id: CaseID, _ entry: DayEntry, _ record: EntryRecord, by scope: Scope, in transaction: any Transaction
    ) throws {
        guard let seen = entry.seenVersion, let matter = try cases.matter(id, for: scope, in: transaction),
            matter.version != seen,
            let act = cases.rules.workflow(of: matter)[ActName(rawValue: entry.act ?? "")], act.to != nil
        else { return }
        let moves = try cases.changes(of: id, since: seen, in: transaction).filter(\.isMove)
        let own = try EntryStore.ownVersions(
            of: id, by: scope.staff, among: moves.map(\.version), in: transaction)
        guard moves.allSatisfy({ own.contains($0.version) }) else { throw Self.changed }
    }

    private func check(
        _ entry: DayEntry, _ photos: [Photo], _ record: EntryRecord, by scope: Scope, at now: Instant,
        in transaction: any Transaction
    ) throws -> CaseRecord? {
        let work = PatrolWork(day: day)
        guard let id = entry.check.flatMap({ Identifier<PatrolCheck>(parsing: $0) }),
            let check = try PatrolStore.check(id, in: transaction),
            check.area.contains(scope.area) || scope.area.contains(check.area)
        else { throw Refusal.nothingHere }
        // Nothing said means that nothing was found, for the whole stretch.
        guard let detail = entry.detail, !detail.isEmpty else {
            try work.finish(check, found: nil, by: scope, happenedAt: record.happenedAt, at: now, in: transaction)
            return nil
        }
        try scope.require(.dayReport)
        let area = scope.area.contains(check.area) ? check.area : scope.area
        var report = try entry.report(in: area, at: record.happenedAt, channel: .patrol, photos: photos)
        report.category = report.category ?? check.category
        let found = try cases.report(report, by: Actor(scope), scope: scope, at: now, in: transaction)
        try work.finish(check, found: found, by: scope, happenedAt: record.happenedAt, at: now, in: transaction)
        return found
    }

    /// A remark on the matter, if there is one, and a word to the nearest head.
    private func help(
        _ entry: DayEntry, _ record: EntryRecord, by scope: Scope, at now: Instant, in transaction: any Transaction
    ) throws -> CaseRecord? {
        guard let words = entry.opinion, !words.isEmpty else {
            throw Refusal(
                .ruleBroken, "day.no-words", LocalizedText("请写明需要什么支援", "Say what help is needed"), field: "opinion")
        }
        guard words.count <= 500 else {
            throw Refusal(
                .ruleBroken, "day.too-long", LocalizedText("求助内容超过 500 字", "More than 500 characters"),
                field: "opinion")
        }
        var matter: CaseRecord?
        if let id = entry.matter {
            matter = try cases.act(
                id, Command("remark", opinion: "请求支援：" + words), by: scope, happenedAt: record.happenedAt, at: now,
                in: transaction)
        }
        let heads = try day.heads(of: scope, in: transaction)
        guard !heads.isEmpty else {
            throw Refusal(
                .conflict, "day.no-head",
                LocalizedText("没有找到可以求助的负责人", "There is no head who could be asked"),
                wayOn: LocalizedText("请电话联系街道指挥中心", "Call the street's command centre"))
        }
        for head in heads {
            try Messages.notify(
                Notice(
                    to: .post(head), kind: "gridday.help", subjectKind: matter == nil ? "post" : "case",
                    subjectID: matter?.id.text ?? scope.post.text,
                    text: LocalizedText(
                        "\(scope.staffName)请求支援：\(words.prefix(200))",
                        "\(scope.staffName) asks for help: \(words.prefix(200))"),
                    address: matter.map { "/cases/\($0.id)" } ?? "/messages", at: now, isUrgent: true),
                in: transaction)
        }
        return matter
    }

    /// A matter of the street with the body that sent the task. It is about the task; it says nothing of whoever raised it.
    private func refuse(_ entry: DayEntry, by scope: Scope, at now: Instant, in transaction: any Transaction) throws
        -> CaseRecord
    {
        let detail = entry.detail ?? ""
        let title = detail.prefix { !$0.isNewline && !"。！？!?".contains($0) }.prefix(40)
        return try cases.begin(
            Beginning(kind: GridDay.offList, title: String(title), detail: detail, body: entry.body), by: scope,
            at: now,
            in: transaction)
    }

    /// That it came later than it happened is a fact for whoever reads the record; on-time is judged by when it happened.
    private func recordLate(
        _ record: EntryRecord, by scope: Scope, area: AreaPrefix, at now: Instant, in transaction: any Transaction
    ) throws {
        let subject = record.resultCase?.text ?? record.id.text
        try Ledger.record(
            LedgerEntry(
                id: house.identifiers.next(at: now), act: "gridday.arrived-late",
                subjectKind: record.resultCase == nil ? "day-entry" : "case", subjectID: subject, actor: Actor(scope),
                happenedAt: record.happenedAt, receivedAt: now, area: area.code,
                facts: JSONWriter.object { writer in
                    writer.member("entry", record.kind.rawValue)
                    writer.member("version", record.resultVersion ?? 0)
                }), in: transaction)
    }
}
