import Ground
import NationalCodes

/// Turns what was typed into statements. Pure: the same entry, dictionary and day give the same content or refusal.
struct EntryChecking {
    let dictionary: DataDictionary
    let now: Instant

    private var today: Day { now.local().day }
    /// Clocks of phones are not exact.
    private static let ahead = Span.minutes(10)
    static let mostFacts = 300

    /// What one is born with holds always, whenever it is written.
    private static let inborn: Set<String> = [
        CoreElement.name, CoreElement.sex, CoreElement.birthDay, CoreElement.citizenNumber, "ethnic",
    ]

    func content(of entry: NewEntry) throws(Refusal) -> SubjectRecord {
        guard !entry.facts.isEmpty, entry.facts.count <= Self.mostFacts else {
            throw Refusal(
                .ruleBroken, "registry.no-facts",
                LocalizedText(
                    "没有要登记的内容，或一次超过 \(Self.mostFacts) 项",
                    "There is nothing to write, or more than \(Self.mostFacts) facts"))
        }
        guard entry.seenAt <= now + Self.ahead else {
            throw Refusal(
                .ruleBroken, "registry.seen-in-future",
                LocalizedText("采集时间晚于现在", "It was seen in the future"), field: "seenAt")
        }
        var content = SubjectRecord(kind: entry.kind)
        for fact in entry.facts {
            let element = try element(fact.element, of: entry.kind)
            let value: String?
            if let input = fact.input {
                value = try dictionary.stored(input, of: element, today: today)
            } else {
                value = nil
            }
            let since = try since(fact, element, entry)
            content.state(
                element.key,
                Statement(
                    since: since, value: value, seenAt: entry.seenAt,
                    overrules: entry.isCorrection || entry.heldUntilSeen ? entry.seenAt : nil))
        }
        try followNumber(&content, entry)
        return content
    }

    private func element(_ key: String, of kind: SubjectKind) throws(Refusal) -> Element {
        guard let element = dictionary[key], element.kind == kind else {
            throw Refusal(
                .ruleBroken, "registry.unknown-element",
                LocalizedText(
                    "数据字典中\(kind.title.chinese)没有数据项“\(key.prefix(40))”",
                    "The data dictionary has no element “\(key.prefix(40))” of a \(kind.rawValue)"),
                wayOn: LocalizedText("请从数据字典中选择", "Choose one of the data dictionary"), field: "element")
        }
        guard !element.isOff else {
            throw Refusal(
                .forbidden, "registry.no-basis",
                LocalizedText(
                    "“\(element.name.chinese)”属敏感个人信息，未录入法律依据前不得采集",
                    "“\(element.name.english)” is sensitive and has no legal basis: it may not be collected"),
                wayOn: LocalizedText(
                    "如确有依据，由数据局写入数据字典后启用", "The data bureau turns it on by entering the basis in the data dictionary"),
                rule: "个人信息保护法 第二十八条", field: element.key)
        }
        return element
    }

    private func since(_ fact: NewEntry.Fact, _ element: Element, _ entry: NewEntry) throws(Refusal) -> Day {
        // A name may change; then it is said since when.
        if Self.inborn.contains(element.key), element.key != CoreElement.name || fact.since == nil {
            return Statement.always
        }
        let seen = min(entry.seenAt.local().day, today)
        let since = fact.since ?? seen
        guard since <= today else {
            throw Refusal(
                .ruleBroken, "registry.future",
                LocalizedText(
                    "“\(element.name.chinese)”的起始日期不能晚于今天", "“\(element.name.english)” cannot begin after today"),
                wayOn: LocalizedText("将来的打算不是事实；到那一天再登记", "What is planned is no fact: enter it when it has happened"),
                field: element.key)
        }
        guard since >= Statement.always else { throw DataDictionary.unfit(element, "的起始日期过早", "begins too early") }
        return since
    }

    /// An identity number holds sex and birth day: both are written with it, and what contradicts it is refused.
    private func followNumber(_ content: inout SubjectRecord, _ entry: NewEntry) throws(Refusal) {
        guard let text = content[CoreElement.citizenNumber].last?.value,
            let number = try? CitizenNumber(text, today: today)
        else { return }
        let follows = [
            (CoreElement.birthDay, number.birthDay.description), (CoreElement.sex, String(number.sex.rawValue)),
        ]
        for (key, value) in follows {
            if let said = content[key].last?.value, said != value { throw Self.contradiction(dictionary[key]) }
            content.state(
                key,
                Statement(
                    since: Statement.always, value: value, seenAt: entry.seenAt,
                    overrules: entry.isCorrection || entry.heldUntilSeen ? entry.seenAt : nil))
        }
    }

    /// What is known and what is written must not contradict the identity number that is known.
    func check(_ record: SubjectRecord) throws(Refusal) {
        let day = today
        if let text = record.value(CoreElement.citizenNumber, at: day),
            let number = try? CitizenNumber(text, today: day)
        {
            if let birth = record.value(CoreElement.birthDay, at: day), birth != number.birthDay.description {
                throw Self.contradiction(dictionary[CoreElement.birthDay])
            }
            if let sex = record.value(CoreElement.sex, at: day), sex != String(number.sex.rawValue) {
                throw Self.contradiction(dictionary[CoreElement.sex])
            }
        }
        if let birth = record.value(CoreElement.birthDay, at: day).flatMap({ Day($0) }),
            let death = record.value(CoreElement.deathDay, at: day).flatMap({ Day($0) }), death < birth
        {
            throw Refusal(
                .ruleBroken, "registry.death-before-birth",
                LocalizedText("死亡日期早于出生日期", "The day of death lies before the day of birth"),
                field: CoreElement.deathDay)
        }
    }

    private static func contradiction(_ element: Element?) -> Refusal {
        let name = element?.name ?? LocalizedText("该项", "It")
        return Refusal(
            .ruleBroken, "registry.contradicts-number",
            LocalizedText("“\(name.chinese)”与公民身份号码不符", "“\(name.english)” contradicts the identity number"),
            wayOn: LocalizedText(
                "请核对证件；号码有误时选择“更正”", "Compare the card; where the number was wrong, enter it as a correction"),
            rule: "GB 11643", field: element?.key)
    }
}
