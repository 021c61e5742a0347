import Cipher
import Ground
import Testing

@testable import Closings

@Suite("The sample that nobody chooses")
struct SiteSampleTests {
    private func population(_ random: inout SeededRandom, _ count: Int) -> [SiteSample.Unit] {
        (0..<count).map { number in
            SiteSample.Unit(
                id: "closing-\(number)",
                category: ["010101", "010203", "050101", nil].randomElement(using: &random) ?? nil,
                area: ["330106001001", "330106001002", "330106002001", "330106"].randomElement(using: &random)
                    ?? "330106")
        }
    }

    private let rules = SampleRules(
        percent: 5, atLeast: 1, atMost: 20, shares: [.init(category: "05", area: "", percent: 50)], notOnSite: ["0102"])

    @Test("The same seed draws the same matters, in whatever order they come; another seed draws others")
    func reproducible() {
        var random = SeededRandom(seed: 3)
        for round in 0..<50 {
            let all = population(&random, 40 + round * 20)
            let seed = Digest.sha256("seed \(round)")
            let drawn = SiteSample.draw(all, seed: seed, rules)
            #expect(SiteSample.draw(all.shuffled(using: &random), seed: seed, rules) == drawn)
            #expect(Set(drawn).count == drawn.count)
            if all.count > 400 {
                #expect(Set(SiteSample.draw(all, seed: Digest.sha256("other \(round)"), rules)) != Set(drawn))
            }
        }
    }

    @Test("Every stratum gives its share, at least and at most what the rules say; what cannot be seen gives none")
    func strata() {
        var random = SeededRandom(seed: 4)
        for round in 0..<50 {
            let all = population(&random, 20 + round * 30)
            let drawn = Set(SiteSample.draw(all, seed: Digest.sha256("\(round)"), rules))
            let visible = all.filter { rules.isOnSite($0.category) }
            #expect(all.filter { $0.category == "010203" }.allSatisfy { !drawn.contains($0.id) })
            for (stratum, units) in Dictionary(grouping: visible, by: SiteSample.Stratum.init) {
                let here = units.filter { drawn.contains($0.id) }.count
                let percent = stratum.category == "05" ? 50.0 : 5.0
                let share = Int((Double(units.count) * percent / 100).rounded(.up))
                #expect(here == min(units.count, 20, max(1, share)))
            }
        }
    }

    @Test("Each matter of a stratum is drawn about as often as any other")
    func fair() {
        let all = (0..<20).map { SiteSample.Unit(id: "c\($0)", category: "010101", area: "330106001001") }
        var times: [String: Int] = [:]
        let rounds = 4_000
        for round in 0..<rounds {
            let one = SampleRules(percent: 5, atLeast: 1, atMost: 1, shares: [], notOnSite: [])
            for id in SiteSample.draw(all, seed: Digest.sha256("round \(round)"), one) { times[id, default: 0] += 1 }
        }
        // 200 expected of each; 14 is one standard deviation.
        for unit in all { #expect((130...270).contains(times[unit.id] ?? 0)) }
    }

    @Test("Hours are read as they are written, and wrong ones are none")
    func hours() {
        #expect(CallRules.Hours("09:00-12:00")?.text == "09:00–12:00")
        for wrong in ["9-12", "12:00-09:00", "09:60-12:00", "24:01-25:00", "", "09:00", "09:00-24:30"] {
            #expect(CallRules.Hours(wrong) == nil, "\(wrong)")
        }
    }
}
