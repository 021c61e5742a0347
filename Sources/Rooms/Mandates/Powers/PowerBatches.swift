import Desk
import Ground

/// 渐进推进，成熟一批下放一批: powers come in batches, and a street takes the next one when it is done with those before.
struct PowerBatch: Sendable, Hashable, Decodable {
    var key: String
    var zh: String
    var en: String
    /// From this day on its powers may be ordered.
    var from: Day
    var powers: [String]

    var title: LocalizedText { LocalizedText(zh, en) }
}

extension PowerMenu {
    /// Nil for a power of no batch, which may be ordered at any time.
    func batch(of code: String) -> PowerBatch? { batches?.first { $0.powers.contains(code) } }

    /// Why a street may not order a power yet; nil when it may. Pure.
    /// - Parameter alive: the powers that the street has on the way or holds, with where they stand.
    func refusal(ofOrdering code: String, on day: Day, alive: [String: PowerStage]) -> Refusal? {
        guard let batches, let position = batches.firstIndex(where: { $0.powers.contains(code) }) else { return nil }
        let batch = batches[position]
        guard batch.from <= day else {
            return Refusal(
                .ruleBroken, "powers.batch-later",
                LocalizedText(
                    "\(batch.zh)于 \(batch.from) 起点单", "The \(batch.en) may be ordered from \(batch.from) on"),
                wayOn: LocalizedText("可先培训、配人", "People can be trained meanwhile"), rule: Self.ripeness, field: "power")
        }
        let unripe = batches[..<position].flatMap(\.powers).filter { alive[$0] == .ordered || alive[$0] == .training }
        guard unripe.isEmpty else {
            let names = unripe.compactMap { self[$0] }
            return Refusal(
                .ruleBroken, "powers.batch-unripe",
                LocalizedText(
                    "前一批还在准备中：" + names.map(\.zh).joined(separator: "、"),
                    "Those of an earlier batch are not ready yet: " + names.map(\.en).joined(separator: ", ")),
                wayOn: LocalizedText("前一批试行或退回后再点下一批", "Order the next when these are on trial or given back"),
                rule: Self.ripeness, field: "power")
        }
        return nil
    }

    private static let ripeness = "渐进推进：成熟一批下放一批"

    /// What is wrong with the batches; nil when nothing is.
    var batchFault: LocalizedText? {
        var seen: Set<String> = []
        var last: Day?
        for batch in batches ?? [] {
            if let last, batch.from < last {
                return LocalizedText("\(batch.key) 早于前一批", "\(batch.key) begins before the batch above it")
            }
            last = batch.from
            for code in batch.powers {
                if self[code] == nil { return LocalizedText("没有权力 \(code)", "there is no power \(code)") }
                if !seen.insert(code).inserted {
                    return LocalizedText("权力 \(code) 在两批中", "\(code) stands in two batches")
                }
            }
        }
        return nil
    }
}
