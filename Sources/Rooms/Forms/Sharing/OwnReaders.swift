import Desk
import Ground
import Hummingbird
import Ledger
import Registry
import Storage
import Web

/// `Rules/my-data.yaml`: what a purpose means to the person whom it concerns.
struct OwnReaderRules: Sendable, Decodable {
    struct Words: Sendable, Decodable {
        var zh: String
        var en: String
    }

    var purposes: [String: Words]
    /// How many looks are listed.
    var most: Int

    static let file = "my-data.yaml"

    static func load(from files: RuleFiles, _ dictionary: DataDictionary) throws(Refusal) -> OwnReaderRules {
        let rules = try files.decode(OwnReaderRules.self, from: file)
        guard let missing = dictionary.purposes.first(where: { rules.purposes[$0.key] == nil }) else {
            guard (1...1_000).contains(rules.most) else {
                throw RuleFiles.refusal("most is 1 to 1000", "most 为 1–1000", in: try files.file(file), line: nil)
            }
            return rules
        }
        throw RuleFiles.refusal(
            "the purpose “\(missing.key)” has no words", "用途“\(missing.key)”没有说明", in: try files.file(file), line: nil)
    }

    func text(_ purpose: String) -> LocalizedText? { purposes[purpose].map { LocalizedText($0.zh, $0.en) } }
}

/// `/my-data`: a resident sees who read what is held of them, and why. Bodies are named, not the people who work there: the
/// body answers.
struct OwnReaders: Sendable {
    let forms: Forms

    private static let path = "/my-data"

    func add(to routes: Routes) {
        routes.openPage("my-data") { visit in
            guard visit.context.resident != nil else { return Self.logIn }
            return page(visit)
        }
        routes.openForm("my-data") { visit, submission in
            guard let resident = visit.context.resident else { return Self.logIn }
            do {
                let looks = try await looks(of: resident, numberEnd: submission.fields["numberEnd"] ?? "", visit)
                return page(visit, looks: looks)
            } catch let refusal as Refusal {
                return page(visit, refusal: refusal)
            }
        }
        routes.openAPI(
            APIOperation(
                .post, "/my-data/readers", id: "listMyReaders", tag: "residents",
                summary: LocalizedText("谁看过我的信息（居民会话）", "Who read my data, in a resident's session"),
                request: .object([
                    .init("numberEnd", .string(minimum: 4, maximum: 4), "the end of one's own identity number")
                ]),
                response: .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("at", .instant), .init("body", .text), .init("purpose", .text),
                                .init("meaning", .text, "the purpose in plain words"), .init("what", .text),
                            ])))
                ]), access: .session)
        ) { visit, submission in
            struct Asked: Decodable { var numberEnd: String }
            let numberEnd = try submission.decode(Asked.self).numberEnd
            guard let resident = visit.context.resident else { throw Self.noResident }
            let looks = try await looks(of: resident, numberEnd: numberEnd, visit)
            return .json(
                JSONWriter.object { writer in
                    writer.key("items")
                    writer.array(looks) { writer, look in
                        writer.object { writer in
                            writer.member("at", look.at)
                            writer.member("body", look.body)
                            writer.member("purpose", look.purpose)
                            writer.member("meaning", meaning(look.purpose, visit))
                            writer.member("what", visit(look.what))
                        }
                    }
                })
        }
    }

    private static let logIn = Response.seeOther("/resident/login?next=/my-data")

    private static let noResident = Refusal(
        .forbidden, "forms.no-resident",
        LocalizedText("需要居民以手机号登录", "This needs a resident who proved a phone number"),
        wayOn: LocalizedText("请在 /resident/login 用短信验证码登录", "Log in at /resident/login with the code of a text"))

    /// The latest first; that the person looked is on the ledger, too.
    private func looks(of resident: ResidentReference, numberEnd: String, _ visit: Visit) async throws
        -> [ReaderPages.Look]
    {
        let typed = numberEnd.filter { !$0.isWhitespace }.uppercased()
        guard typed.count == 4, typed.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "X") }) else {
            throw Refusal(
                .ruleBroken, "forms.number-end",
                LocalizedText("请填身份证号的最后四位", "Type the last four characters of your identity number"),
                field: "numberEnd")
        }
        let (forms, now, most) = (forms, visit.now, forms.ownReaders.most)
        let actor = Actor(kind: .resident, id: resident.phoneIndex, post: nil, name: resident.maskedPhone)
        let found = try await forms.house.database.write { transaction -> [ReaderPages.Look]? in
            let persons = try forms.registry.persons(of: resident, numberEnd: typed, visit, in: transaction)
            guard !persons.isEmpty else { return nil }
            var looks: [ReaderPages.Look] = []
            for person in persons {
                looks += try forms.looks(of: person, .person, after: nil, limit: most, in: transaction)
                try Ledger.record(
                    LedgerEntry(
                        "forms.own-readers-shown", on: SubjectKind.person.rawValue, person, by: actor, at: now,
                        id: forms.house.identifiers.next(at: now)), in: transaction)
            }
            return looks
        }
        guard let found else {
            throw Refusal(
                .ruleBroken, "forms.nobody-held",
                LocalizedText(
                    "没有找到：登记的电话或身份证号与您填的不一致", "Nothing was found: the telephone or the number held is another"),
                wayOn: LocalizedText(
                    "请带身份证到社区核对登记的电话，也可当面查询", "Come to your community with your identity card to have it checked"),
                field: "numberEnd")
        }
        return Array(found.sorted { $0.at > $1.at }.prefix(most))
    }

    private func meaning(_ purpose: String, _ visit: Visit) -> String {
        forms.ownReaders.text(purpose).map { visit($0) } ?? purpose
    }

    private func page(_ visit: Visit, looks: [ReaderPages.Look]? = nil, refusal: Refusal? = nil) -> Response {
        let title = visit(ReaderPages.title)
        let ask: HTML = """
            <form class="panel narrow" method="post" action="\(Self.path)">\(visit.formFields)\
            \(Field.text("numberEnd", visit("身份证号最后四位", "Last four characters of your identity number"), required: true, maximum: 4, hint: visit("电话可能换人，多核对一步，别人就查不到您的", "Telephones change hands; this keeps others from seeing yours"), error: refusal?.field == "numberEnd" ? refusal.map { visit($0.message) } : nil, autocomplete: "off"))\
            <p>\(Field.submit(visit("查看", "Show")))</p></form>
            """
        let listing: HTML =
            looks.map { looks in
                let columns: [Column<ReaderPages.Look>] = [
                    .instant("时间", "When") { $0.at },
                    .text("单位", "Body") { look, _ in look.body.isEmpty ? "—" : look.body },
                    .text("为了什么", "What for") { look, visit in meaning(look.purpose, visit) },
                    .text("看了什么", "What was read") { look, visit in visit(look.what) },
                ]
                return """
                    <p>\(visit("觉得不该看的，可向该单位询问，或", "If it should not have been read, ask that body, or"))\(visit("", " "))<a href="/report">\(visit("反映给我们", "report it to us"))</a>\(visit("。", "."))</p>\
                    \(Listing(caption: title, columns: columns, items: looks, whenEmpty: "<p>\(visit("还没有人看过您的原文信息。", "Nobody has read your data in clear."))</p>").html(visit))
                    """
            } ?? ask
        let notice = refusal.map { refusal in
            Page.Notice(
                .danger,
                [visit(refusal.message), refusal.wayOn.map { visit($0) }].compactMap { $0 }.joined(separator: " "))
        }
        return visit.page(
            Page(
                title, notice: notice,
                """
                <p class="lead">\(visit("政府工作人员每次看您的原文信息，都要写明用途，都记在这里。统计数字和打码的名单看不出您是谁，不列入。", "Whoever in government reads your data in clear has to say what for; each time stands here. Figures and masked lists do not show who you are and are not listed."))</p>\
                \(listing)
                """), status: refusal?.kind.status ?? .ok)
    }
}

extension Forms {
    /// Who read what is held of somebody, in clear; forms by the latest, and looks at the card itself on the first page.
    func looks(
        of subject: SubjectID, _ kind: SubjectKind, after: FormReading.ID?, limit: Int, in transaction: any Transaction
    ) throws -> [ReaderPages.Look] {
        let readings = try FormReadingsStore.page(of: subject, after: after, limit: limit, in: transaction)
        var looks = readings.map { reading in
            ReaderPages.Look(
                at: reading.readAt, staff: reading.staffName, body: reading.bodyName, purpose: reading.purpose,
                what: engine.library[reading.form]?.definition.name ?? LocalizedText(reading.form, reading.form),
                reading: reading.id)
        }
        guard after == nil else { return looks }
        // Looks at the card itself stand on the ledger under the person.
        for act in try Ledger.timeline(of: kind.rawValue, subject.text, in: transaction)
        where act.act == "registry.looked-at" {
            looks.append(
                ReaderPages.Look(
                    at: act.happenedAt, staff: act.actor.name,
                    body: try registry.bodyName(ofPost: act.actor.post, in: transaction) ?? "",
                    purpose: act.purpose ?? "", what: LocalizedText("个人档案", "The person's card")))
        }
        return looks
    }
}
