import Desk
import Ground
import Web

/// The left side of a matter's page: what it is, where, whose, and by when.
struct CaseFacts {
    let cases: Cases
    let model: CasePage.Model
    let staff: StaffVisit
    let revealed: CasePage.Revealed?
    /// To be printed among others: nothing to press.
    var isSheet = false

    private var visit: Visit { staff.visit }
    private var record: CaseRecord { model.record }

    var html: HTML {
        let due = DueTag(rules: cases.rules, visit: visit)
        return """
            <section class="panel"><p><span class="badge">\(cases.rules.stateTitle(record.state, visit))</span> \(due.html(record))\(CaseRow.marks(record, visit))</p>\
            <p class="lead">\(lines(record.detail))</p>\(Self.photos(model.files.filter { $0.version == 1 }, of: record.id, visit))\
            <dl class="facts">\
            \(fact(visit(CaseTexts.number), "<code>\(record.number)</code>"))\
            \(fact(visit("类型", "Kind"), kind))\
            \(fact(visit(CaseTexts.category), record.category.map { HTML(text: cases.rules.categories.pathText($0, visit.language)) } ?? HTML(text: visit("待定", "not yet known"))))\
            \(fact(visit(CaseTexts.area), place))\
            \(fact(visit(CaseTexts.address), record.address.map { HTML(text: $0) }))\
            \(fact(visit("坐标", "Coordinates"), record.location.map { "\(Self.degrees($0.longitude)), \(Self.degrees($0.latitude))" }))\
            \(fact(visit("反映人", "Reporter"), reporter))\
            \(fact(visit("来源", "Channel"), channel))\
            \(fact(visit("反映时间", "Reported"), time(record.reportedAt)))\
            \(record.receivedAt == record.reportedAt ? HTML() : fact(visit("收到时间", "Received"), time(record.receivedAt)))\
            \(fact(visit("本环节时限", "This step is due"), record.due.map { due.time($0) }))\
            \(fact(visit("全程时限", "The whole is due"), record.finalDue.map { _ in due.whole(record) }))\
            \(fact(visit("首接责任人", "Answerable"), answerable))\
            \(fact(visit(CaseTexts.body), model.names.body(record.body).map { HTML(text: visit($0)) }))\
            \(fact(visit("经办人", "Handler"), model.names.staff(record.handler).map { HTML(text: $0) }))\
            \(fact(visit("延期申请", "More time asked"), record.extensionAsked.map { HTML(text: visit("\($0) 个工作日，待批", "\($0) working days, not answered yet")) }))\
            \(fact(visit(CaseTexts.result), record.result.map { lines($0) }))\
            \(fact(visit("办结时间", "Reported done"), record.finishedAt.map { time($0) }))\
            \(fact(visit("群众评价", "Rating"), rating))</dl>\(links)</section>
            """
    }

    private func fact(_ name: String, _ value: HTML?) -> HTML {
        value.map { "<dt>\(name)</dt><dd>\($0)</dd>" } ?? HTML()
    }

    private func time(_ instant: Instant) -> HTML {
        "<time datetime=\"\(instant.iso8601)\">\(visit.instantText(instant))</time>"
    }

    /// Only where it is not what residents report.
    private var kind: HTML? {
        guard record.kind != Workflow.matter else { return nil }
        let variants = cases.rules.workflow(of: record).variants
        let variant = variants.first { $0.code == record.variant }.map { " · " + visit($0.title) } ?? ""
        return HTML(text: visit(cases.rules.workflow(of: record).title) + variant)
    }

    private var place: HTML {
        let path = CaseNames.path(record.area, cases)
        guard staff.scope.may(.placesRead) else { return HTML(text: path) }
        return "<a href=\"/places/\(record.area.code)\">\(path)</a>"
    }

    private var channel: HTML {
        let staffName = model.names.staff(record.reportingStaff).map { " · \($0)" } ?? ""
        let source = record.source.map { " · \($0) \(record.sourceNumber ?? "")" } ?? ""
        return HTML(text: visit(record.channel.title) + staffName + source)
    }

    private var answerable: HTML {
        let post = model.names.post(record.answerablePost).map { " · " + visit($0) } ?? ""
        return HTML(text: (model.names.staff(record.answerable) ?? "—") + post)
    }

    private var rating: HTML? {
        guard let isSolved = record.isSolved else { return nil }
        let stars = record.satisfaction.map { " · " + visit(CaseTexts.satisfaction($0)) } ?? ""
        return HTML(text: (isSolved ? visit("已解决", "solved") : visit("未解决", "not solved")) + stars)
    }

    // MARK: The reporter

    private var reporter: HTML {
        if let revealed {
            return """
                \(revealed.name ?? "") \(revealed.phone.map { "<a href=\"tel:\($0)\">\($0)</a>" } ?? HTML())\
                <p class="hint">\(visit("本次查看已记入台账；离开本页后恢复隐藏。", "This look is in the ledger; the page hides it again when you leave."))</p>
                """
        }
        let reporter = record.reporter
        let masked = [reporter.nameMasked, reporter.phoneMasked].compactMap { $0 }.joined(separator: " ")
        guard !masked.isEmpty else { return HTML(text: visit(CaseTexts.anonymous)) }
        guard staff.scope.may(.personalReveal), !isSheet else { return HTML(text: masked) }
        return """
            \(masked) <details class="noprint"><summary>\(visit("查看原文", "Show in full"))</summary>\
            <form method="post" action="/cases/\(record.id)/reveal">\(visit.formFields)\
            \(Field.longText("purpose", visit("查看用途（记入台账）", "What for (kept in the ledger)"), required: true, maximum: 200, rows: 2, opinions: RevealPage.purposes.map { visit($0) }))\
            \(Field.submit(visit("查看", "Show"), tone: "ghost"))</form></details>
            """
    }

    private var links: HTML {
        guard staff.scope.may(.ledgerRead), !isSheet else { return HTML() }
        return """
            <p class="noprint"><a class="btn ghost" href="/ledger?subject=\(record.id)">\(symbol("scroll-text"))<span>\(visit("台账记录", "Entries in the ledger"))</span></a></p>
            """
    }

    // MARK: Shared with the timeline and the residents' pages

    /// Six places, about a decimetre.
    private static func degrees(_ value: Double) -> String {
        let millionths = Int64((value * 1_000_000).rounded())
        let digits = String(abs(millionths) % 1_000_000)
        return (millionths < 0 ? "-" : "") + "\(abs(millionths) / 1_000_000)."
            + String(repeating: "0", count: 6 - digits.count) + digits
    }

    private func lines(_ text: String) -> HTML { Self.lines(text) }

    /// Keeps the line ends that someone typed.
    static func lines(_ text: String) -> HTML {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { HTML(text: String($0)) }
            .joined(separator: "<br>")
    }

    static func photos(_ files: [CaseFile], of id: CaseID, _ visit: Visit) -> HTML {
        guard !files.isEmpty else { return HTML() }
        return """
            <div class="photos">\(files.enumerated().html { index, file in
                """
                <a href="/cases/\(id)/photos/\(file.id)"><img src="/cases/\(id)/photos/\(file.id)" alt="\(visit("照片 \(index + 1)", "Photo \(index + 1)"))" loading="lazy"></a>
                """
            })</div>
            """
    }
}

extension Right {
    static let placesRead = Right("places.read")
    static let ledgerRead = Right("ledger.read")
}
