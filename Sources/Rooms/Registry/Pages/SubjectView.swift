import Desk
import Ground
import Identity
import Places
import Web

/// How a card is laid out.
struct SubjectView: Sendable {
    let registry: Registry
    let staff: StaffVisit
    let card: Registry.Card
    let names: SubjectNames
    /// The purpose that was named for this look, if any.
    let purpose: String?
    let day: Day

    private var visit: Visit { staff.visit }
    private var subject: StoredSubject { card.subject }

    var title: String { name(of: subject) }

    private func name(of one: StoredSubject) -> String {
        if one.kind == .person, let purpose, let element = registry.dictionary[CoreElement.name],
            element.purposes.contains(purpose)
        {
            return one.record.value(CoreElement.name, at: day) ?? "—"
        }
        return names.title(of: one, registry.dictionary, visit.language)
    }

    var trail: [(text: String, address: String?)] {
        var trail: [(String, String?)] = []
        if let home = card.home, home.id != subject.id {
            trail.append((name(of: home), "/registry/subjects/\(home.id)"))
        }
        if let above = card.above, above.kind == .household {
            trail.append((name(of: above), "/registry/subjects/\(above.id)"))
        }
        return trail
    }

    /// Where it is and who belongs to it.
    var around: HTML {
        let registered: HTML =
            subject.registeredArea.flatMap { area -> HTML? in
                guard area != subject.area else { return nil }
                return
                    "<span class=\"tag warn\">\(visit("人户分离：户籍在\(registry.areaName(area))", "Registered elsewhere: \(registry.areaName(area))"))</span>"
            } ?? HTML()
        let members: HTML =
            card.below.isEmpty
            ? HTML()
            : """
            <h2>\(visit(belowTitle))（\(card.below.count)）</h2>\
            <ul class="rows">\(card.below.html { one in member(one) })</ul>
            """
        return """
            <section class="panel"><p>\(visit(subject.kind.title)) · \(registry.areaName(subject.area)) \(registered)\(onMap)</p>\(members)</section>
            """
    }

    /// Where it stands, close enough to tell one building from the next.
    private var onMap: HTML {
        let key = subject.kind == .building ? CoreElement.buildingPlace : CoreElement.place
        guard let standing = subject.kind == .building ? subject : card.home,
            let place = standing.record.value(key, at: day).flatMap({ PlacePoint($0) }),
            staff.scope.may(.placesRead)
        else { return HTML() }
        return " · <a href=\"/map?at=\(place.text),17\">\(visit("在地图上看", "Show on the map"))</a>"
    }

    /// What those below are: who lives in a household, works for an organisation.
    private var belowTitle: LocalizedText {
        switch subject.kind {
        case .household: RegistryTexts.members
        case .building: SubjectKind.dwelling.title
        case .organisation: LocalizedText("从业人员", "People working there")
        case .person, .dwelling: RegistryTexts.household
        }
    }

    private func member(_ one: StoredSubject) -> HTML {
        var notes: [String] = []
        for key in ["relation", CoreElement.sex] {
            guard let element = registry.dictionary[key] else { continue }
            let shown = registry.dictionary.shown(one.record.value(key, at: day), of: element, for: purpose)
            if case .clear(let text) = shown { notes.append(visit(text)) }
        }
        return """
            <li><a href="/registry/subjects/\(one.id)">\(name(of: one))</a> <span class="hint">\(notes.joined(separator: " · "))</span></li>
            """
    }

    /// What is known, each with since when and how fresh; below it what is not, by name only.
    var facts: HTML {
        let elements = registry.dictionary.elements(of: subject.kind).filter { !$0.isOff }
        let known = elements.filter { subject.record.value($0.key, at: day) != nil }
        let unknown = elements.filter { subject.record.value($0.key, at: day) == nil && $0.isAsked }
        let missing: HTML =
            unknown.isEmpty
            ? HTML()
            : """
            <details class="raw"><summary>\(visit(RegistryTexts.unknown))（\(unknown.count)）</summary>\
            <p class="hint">\(unknown.map { visit($0.name) }.joined(separator: visit("、", ", ")))</p></details>
            """
        return """
            <div class="panel scroll" tabindex="0" role="region" aria-label="\(visit("事实", "Facts"))"><table class="list"><caption>\(visit("事实", "Facts"))</caption><thead><tr>\
            <th scope="col">\(visit(RegistryTexts.element))</th><th scope="col">\(visit(RegistryTexts.value))</th>\
            <th scope="col">\(visit(RegistryTexts.since))</th><th scope="col">\(visit(RegistryTexts.seen))</th></tr></thead>\
            <tbody>\(known.html { row($0) })</tbody></table></div>\(missing)
            """
    }

    private func row(_ element: Element) -> HTML {
        let statement = subject.record.statement(element.key, at: day)
        let shown = registry.dictionary.shown(
            statement?.value, of: element, for: purpose, areaName: registry.places.name(of:),
            names: { reference($0) })
        let isStale = statement.map { registry.isStale($0, element, at: day) } ?? false
        let value: HTML =
            switch shown {
            case .unknown: "<span class=\"hint\">\(visit(RegistryTexts.unknown))</span>"
            case .hidden: "<span class=\"hint\">\(visit(RegistryTexts.hidden))</span>"
            case .clear, .masked: HTML(text: shown.text(visit.language))
            }
        let since: HTML =
            statement.flatMap { $0.value == nil ? nil : $0 }.map {
                $0.since <= Statement.always
                    ? HTML() : "<time datetime=\"\($0.since.description)\">\($0.since.description)</time>"
            } ?? HTML()
        let seen: HTML =
            statement.flatMap { $0.value == nil ? nil : $0 }.map { HTML(text: $0.seenAt.local().day.description) }
            ?? HTML()
        return """
            <tr><th scope="row" data-label="\(visit(RegistryTexts.element))">\(visit(element.name))</th><td data-label="\(visit(RegistryTexts.value))">\(value)</td>\
            <td data-label="\(visit(RegistryTexts.since))">\(since)</td><td data-label="\(visit(RegistryTexts.seen))">\(seen)\(isStale ? " <span class=\"tag warn\">\(visit(RegistryTexts.stale))</span>" : HTML())</td></tr>
            """
    }

    private func reference(_ id: String) -> String? {
        [card.above, card.home].compactMap { $0 }.first { $0.id.text == id }.map { name(of: $0) }
    }
}
