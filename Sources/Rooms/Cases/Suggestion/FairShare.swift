import Desk
import Ground
import Identity
import Storage

/// 公允: who already has much is not given everything. Counts what bodies have open and how full their posts are by standard
/// times, never what a person does or could do.
struct FairShare: Sendable, Hashable, Decodable {
    /// From so many open matters on a body is not proposed beforehand.
    var mostOpen: Int64
    /// Nor when it has more than so many times what its peers have on average.
    var timesOfPeers: Double
    /// Nor when its posts are full: from so many per mille of their time this month on.
    var mostSaturation: Int64

    /// Why the likeliest body was not filled in. Whoever dispatches may still choose it.
    struct Finding: Sendable, Hashable {
        /// What the likeliest body has open.
        var open: Int64
        /// What its peers have, on average.
        var peers: Double
        /// The peer that has least. It is named and not filled in: a free hour is no order.
        var lighter: BodyID?
        var lighterOpen: Int64
        /// How full the posts of the likeliest body are, per mille; nil unless that is why.
        var saturation: Int64?
        /// And of the peer that is named, when it is known.
        var lighterSaturation: Int64?
    }

    /// - Parameters:
    ///   - open: what each body has open; a body that is missing has nothing.
    ///   - peers: bodies that could do the same: of the same kind and level, the likeliest one not among them.
    ///   - saturation: per mille of the time of each body's posts; a body that is missing has no posts on the load sheet, and
    ///     then only what it has open counts.
    /// - Returns: nil when there is nothing against filling it in, or nobody else who could do it.
    func finding(
        for body: BodyID, peers: [BodyID], open: [BodyID: Int64], saturation: [BodyID: Int64] = [:]
    ) -> Finding? {
        guard !peers.isEmpty else { return nil }
        let has = open[body] ?? 0
        let mean = Double(peers.map { open[$0] ?? 0 }.reduce(0, +)) / Double(peers.count)
        let full = saturation[body].flatMap { $0 >= mostSaturation ? $0 : nil }
        guard full != nil || has >= mostOpen || Double(has) > max(1, mean) * timesOfPeers else { return nil }
        // Whose posts are full is no help, however little it has open.
        let able = peers.filter { (saturation[$0] ?? 0) < mostSaturation }
        let lightest = able.min { (open[$0] ?? 0, $0) < (open[$1] ?? 0, $1) }
        let lighterOpen = lightest.map { open[$0] ?? 0 } ?? 0
        let isLighter = full != nil || lighterOpen < has
        return Finding(
            open: has, peers: mean, lighter: isLighter ? lightest : nil, lighterOpen: lighterOpen, saturation: full,
            lighterSaturation: isLighter ? lightest.flatMap { saturation[$0] } : nil)
    }

    /// Bodies that could do the same as another: a department's peers are of its line, a body of an area those beside it.
    static func peers(of body: BodyFacts, among choices: [BodyFacts]) -> [BodyID] {
        choices.filter {
            $0.id != body.id && $0.line == body.line && $0.area.level == body.area.level
                && $0.area.code.prefix(9) == body.area.code.prefix(9)
        }.map(\.id)
    }
}

extension CaseStore {
    /// What bodies have to take or are handling, as the maintained counts say.
    static func open(of bodies: [BodyID], in transaction: any Transaction) throws -> [BodyID: Int64] {
        guard !bodies.isEmpty else { return [:] }
        let rows = try transaction.query(
            """
            SELECT body, CAST(SUM(total) AS BIGINT) FROM case_counts
            WHERE body IN (\(list: bodies.map(\.text))) AND state IN ('dispatched', 'handling') GROUP BY body
            """)
        return try Dictionary(rows.map { (try $0.identifier(0) as BodyID, try $0.int(1)) }) { first, _ in first }
    }
}
