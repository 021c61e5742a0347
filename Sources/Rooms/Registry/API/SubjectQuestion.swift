import Cipher
import Desk
import Ground
import Storage
import Web

/// Which subjects a list asks for.
struct SubjectQuestion: Sendable {
    var kind: SubjectKind
    var area: AreaPrefix
    var after: (area: String, id: SubjectID)?
    /// Around this point, nearest first, instead of an area page by page.
    var near: PlacePoint?
    static let pageSize = 50

    init(_ query: QueryParameters, within scope: Scope) throws(Refusal) {
        let kindText = query.filled("kind") ?? SubjectKind.household.rawValue
        guard let kind = SubjectKind(rawValue: kindText) else {
            throw Refusal(
                .ruleBroken, "registry.kind",
                LocalizedText("kind 应为 person、household 或 dwelling", "kind is person, household or dwelling"),
                field: "kind")
        }
        self.kind = kind
        area = scope.area
        if let text = query.filled("area") {
            guard let asked = AreaPrefix(text) else {
                throw Refusal(
                    .malformed, "registry.area", LocalizedText("区划代码有误", "This is no code of an area"), field: "area")
            }
            guard scope.area.contains(asked) else { throw .nothingHere }
            area = asked
        }
        if let text = query.filled("near") {
            guard let point = PlacePoint(text), [.household, .dwelling, .building].contains(kind) else {
                throw Refusal(
                    .malformed, "registry.near",
                    LocalizedText(
                        "near 应为“经度,纬度”，用于家户、房屋或楼栋",
                        "near is “longitude,latitude”, of households, dwellings or buildings"),
                    field: "near")
            }
            near = point
        }
        if let text = query.filled("after") {
            let parts = text.split(separator: "-", maxSplits: 1).map(String.init)
            guard parts.count == 2, let id = SubjectID(parsing: parts[1]), AreaPrefix(parts[0]) != nil else {
                throw Refusal(
                    .malformed, "registry.after", LocalizedText("翻页标记有误", "This is no mark of a page"), field: "after")
            }
            after = (parts[0], id)
        }
    }

    func page(_ registry: Registry, _ scope: Scope, in transaction: any Transaction) throws
        -> (items: [StoredSubject], next: String?)
    {
        if let near {
            let around = try registry.near(near, kind, limit: Self.pageSize, for: scope, in: transaction)
            return (around.found.map(\.subject), nil)
        }
        let found = try SubjectStore.page(
            kind, in: area, for: scope, after: after, limit: Self.pageSize + 1, vault: registry.house.keys.vault,
            in: transaction)
        let items = Array(found.prefix(Self.pageSize))
        let next = found.count > Self.pageSize ? items.last.map { "\($0.area.code)-\($0.id)" } : nil
        return (items, next)
    }
}
