import Desk

/// Finds divisions by the names that people write, each only within the one above: a name alone is no key, since many
/// communities of a county bear the same.
struct AreaNames {
    private let lookup: any AreaLookup
    private let county: AreaPrefix
    private var known: [AreaPrefix: [String: [AreaPrefix]]] = [:]

    init(_ lookup: any AreaLookup, county: AreaPrefix) {
        self.lookup = lookup
        self.county = county
    }

    struct Found: Hashable {
        var area: AreaPrefix
        /// Names that no division has there.
        var unknown: [String]
        /// The county that was named is another one.
        var isElsewhere: Bool
    }

    mutating func find(county name: String, street: String, community: String) -> Found {
        var found = Found(area: county, unknown: [], isElsewhere: false)
        if !name.isEmpty {
            if county.level < .county {
                if let one = child(of: county, named: name) { found.area = one } else { found.isElsewhere = true }
            } else if let own = lookup.name(of: county) {
                found.isElsewhere = Self.folded(own) != Self.folded(name)
            }
        }
        for part in [street, community] where !part.isEmpty {
            if found.unknown.isEmpty, let one = child(of: found.area, named: part) {
                found.area = one
            } else {
                found.unknown.append(part)
            }
        }
        // A community without its street could be any of several.
        if street.isEmpty, !community.isEmpty, found.area.level == .street {
            found.area = county
            found.unknown = [community]
        }
        return found
    }

    /// Nil when no child bears the name, or more than one.
    private mutating func child(of parent: AreaPrefix, named name: String) -> AreaPrefix? {
        if known[parent] == nil {
            var names: [String: [AreaPrefix]] = [:]
            for child in lookup.children(of: parent) {
                for form in Set([child.name, Self.folded(child.name)]) { names[form, default: []].append(child.area) }
            }
            known[parent] = names
        }
        let children = known[parent] ?? [:]
        for form in [name, Self.folded(name)] {
            if let found = children[form], found.count == 1 { return found[0] }
        }
        return nil
    }

    /// Without what says only which kind of division it is.
    static func folded(_ name: String) -> String {
        let trimmed = name.filter { !$0.isWhitespace }
        for ending in [
            "街道办事处", "地区办事处", "街道", "社区居民委员会", "社区居委会", "村民委员会", "村委会", "居委会", "社区", "镇", "乡", "村", "区",
            "县", "市",
        ] where trimmed.hasSuffix(ending) && trimmed.count > ending.count + 1 {
            return String(trimmed.dropLast(ending.count))
        }
        return trimmed
    }
}
