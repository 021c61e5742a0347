import Desk
import Ground
import Places
import Registry
import Storage

/// One line of a list, with what its columns need.
struct ListedSubject: Sendable {
    var subject: StoredSubject
    var home: Registry.Home
    /// Where it is listed on the day.
    var area: String
}

extension Forms {
    static let listPage = 50

    /// One page of the list, and the key of the next.
    func listed(
        _ form: CompiledForm, _ question: FormQuestion, for scope: Scope, limit: Int = Forms.listPage,
        in transaction: any Transaction
    ) throws -> (items: [ListedSubject], next: String?) {
        guard form.definition.isList else { return ([], nil) }
        let rows = try FormReadingStore.rows(
            form, in: question.area, at: question.day, after: question.after, limit: limit + 1, for: scope,
            in: transaction)
        let shown = rows.prefix(limit)
        let subjects = try registry.listed(shown.map(\.subject), in: transaction)
        let homes = try registry.homes(of: Array(subjects.values), at: question.day, in: transaction)
        let items = shown.compactMap { row in
            subjects[row.subject].map {
                ListedSubject(subject: $0, home: homes[row.subject] ?? Registry.Home(), area: row.area)
            }
        }
        let next = rows.count > limit ? shown.last.map { "\($0.area)-\($0.subject)" } : nil
        return (items, next)
    }

    /// The columns of the list.
    /// - Parameter purpose: the one for which values are shown in clear; nil for masks.
    func columns(_ form: CompiledForm, at day: Day, purpose: String?) -> [Column<ListedSubject>] {
        let (dictionary, places) = (registry.dictionary, places)
        return form.definition.columns.compactMap { key in
            switch key {
            case "age":
                return .number("年龄", "Age") { item in
                    item.subject.record.value(CoreElement.birthDay, at: day).flatMap { Day($0) }.map {
                        Int64(CompiledForm.age(of: $0, at: day))
                    }
                }
            case "area": return .text("区域", "Area") { item, _ in places.name(of: item.area) ?? item.area }
            default:
                guard let element = dictionary[key] else { return nil }
                let shown = element.asPart(of: form.definition.kind)
                return Column(
                    element.name.chinese, element.name.english,
                    cell: { item, visit in
                        let value = item.record(of: element.kind)?.value(key, at: day)
                        let text = dictionary.shown(value, of: shown, for: purpose, areaName: places.name(of:))
                            .text(visit.language)
                        return text.isEmpty ? .empty : .text(text)
                    })
            }
        }
    }
}

extension ListedSubject {
    func record(of kind: SubjectKind) -> SubjectRecord? {
        if kind == subject.kind { return subject.record }
        switch kind {
        case .person: return nil
        case .household: return home.household?.record
        case .dwelling: return home.dwelling?.record
        case .building, .organisation: return nil
        }
    }
}

extension Element {
    /// What is open of a dwelling is personal as soon as it says where somebody lives.
    func asPart(of kind: SubjectKind) -> Element {
        guard kind != self.kind, sensitivity == .open else { return self }
        var element = self
        element.sensitivity = .personal
        return element
    }
}
