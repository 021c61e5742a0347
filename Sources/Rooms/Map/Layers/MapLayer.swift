import Cases
import Desk
import Geo
import Ground
import Storage
import Web

/// Who looks, at what, when: all that decides what a tile holds.
struct MapQuestion: Sendable {
    var scope: Scope
    var filter: MatterFilter
    var now: Instant
    /// A past day, as of whose end the map is shown; nil for now.
    var day: Day?
    /// How matters stood then.
    var past: PastState?
}

/// One page of features, by key.
struct FeaturePage: Sendable {
    var box: Box?
    var after: String?
    var limit: Int

    /// What to throw where a box holds more than is sorted for one page.
    static let boxTooWide = Refusal(
        .ruleBroken, "map.box-too-wide", LocalizedText("范围内的要素太多", "Too much lies in this box"),
        wayOn: LocalizedText("请缩小 bbox，或不带 bbox 逐页读取", "Ask for a smaller bbox, or page without one"), field: "bbox")

    /// What to throw for a key that no page gave.
    static func unknownKey(_ text: String?) -> Refusal {
        QueryParameters.unreadable(
            "after", text ?? "", because: LocalizedText("须取自上一页的 next", "it must be that of the link `next`"))
    }
}

/// One kind of thing on the map. What a layer gives is cut to what the scope may see, here and nowhere else.
protocol MapLayer: Sendable {
    var name: String { get }
    var title: LocalizedText { get }
    /// What a viewer must hold besides the right to see the map.
    var right: Right? { get }
    /// The zooms at which it has tiles; deeper ones are drawn from the last.
    var zooms: ClosedRange<Int> { get }
    var fields: [MapField] { get }
    /// Whether the filter of the queue changes what it shows.
    var isFiltered: Bool { get }
    /// Whether it can show how it was on a past day.
    var isDated: Bool { get }

    /// Reads what it needs before its tiles or features are asked for.
    func prepared(for question: MapQuestion) async throws -> any MapLayer

    func tile(_ tile: TileAddress, _ question: MapQuestion, in transaction: any Transaction) throws -> TileWriter.Layer

    /// - Returns: features in the order of their keys, and the key after which the next page begins.
    func features(_ page: FeaturePage, _ question: MapQuestion, in transaction: any Transaction) throws
        -> (features: [MapFeature], next: String?)

    /// - Returns: nil for what is not there, or not for this viewer.
    func feature(_ id: String, _ question: MapQuestion, in transaction: any Transaction) throws -> MapFeature?
}

extension MapLayer {
    var isDated: Bool { false }

    func prepared(for question: MapQuestion) async throws -> any MapLayer { self }

    func isFor(_ scope: Scope) -> Bool { right.map(scope.may) ?? true }
}

extension TileWriter.Layer {
    /// What a tile may hold of what was found; where that is not all, the tile says so.
    mutating func atMost<Found: Collection>(_ most: Int, of found: Found) -> Found.SubSequence {
        if found.count > most { isShortened = true }
        return found.prefix(most)
    }

    mutating func add(_ feature: MapFeature, _ cutter: TileCutter) {
        guard let shape = TileShape(feature.geometry), let geometry = cutter.cut(shape) else { return }
        let values = feature.values.compactMap { one in one.value.tileValue.map { (key: one.key, value: $0) } }
        add(id: feature.number, geometry, [(key: "id", value: .text(feature.id))] + values)
    }
}
