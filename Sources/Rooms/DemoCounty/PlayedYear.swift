import Desk
import Ground
import Identity
import Mandates
import Storage

/// 减负一年: what departments send down in half a year, and what is done about it in the other half. Everything goes through
/// the gate and the coordination office as for anybody else: streets are heard, the rules answer, measures are noted.
struct PlayedYear: Sendable {
    /// `Rules/demo/burden-year.yaml`.
    private struct File: Decodable {
        struct Asked: Decodable, Sendable {
            var day: Int
            var line: String
            var kind: DemandKind
            var title: String
            var purpose: String
            var item: String?
            var minutes: Int64
            var times: Int64
            /// Of the period, which begins ten days later.
            var days: Int
            var characters: Int64?
            var then: [Done]?
        }

        struct Done: Decodable, Sendable {
            var day: Int
            /// What it is held to be, against the rule; nil for a measure.
            var kind: BurdenKind?
            var measure: BurdenMeasure?
            var minutes: Int64?
            var times: Int64?
            /// Title of the demand that it joins.
            var joins: String?
            var words: String
        }

        var demands: [Asked]
    }

    private let stage: Stage
    private let mandates: Mandates
    private let house: House
    private let demands: [File.Asked]
    /// By title, as they were filed.
    private var filed: [String: Demand] = [:]

    init(stage: Stage, mandates: Mandates, house: House) throws {
        self.stage = stage
        self.mandates = mandates
        self.house = house
        demands = try house.rules.decode(File.self, from: "demo/burden-year.yaml").demands
    }

    /// - Parameter index: of the day, 0 for the first of the history.
    mutating func play(on day: Day, index: Int) async throws {
        for asked in demands where asked.day == index { try await file(asked, on: day) }
        for asked in demands {
            for done in asked.then ?? [] where done.day == index {
                try await act(done, on: asked, at: Instant(LocalTime(day: day, hour: 15)))
            }
        }
    }

    private mutating func file(_ asked: File.Asked, on day: Day) async throws {
        guard let sender = stage.departments[asked.line]?.handlers.first,
            let coordination = stage.coordination.first
        else { return }
        let mandates = mandates
        let from = day + 10
        let content = DemandContent(
            kind: asked.kind, title: asked.title, purpose: asked.purpose, item: asked.item, area: stage.county.code,
            level: .grid, minutes: asked.minutes, times: asked.times, from: from, until: from + (asked.days - 1),
            characters: asked.characters)
        let morning = Instant(LocalTime(day: day, hour: 9, minute: 50))
        let answer = try await mandates.answer(to: content, by: sender, at: morning)
        let streets = stage.streets.compactMap(\.leaders.first)
        filed[asked.title] = try await house.database.write { transaction in
            var demand = try mandates.file(content, answer: answer, by: sender, at: morning, in: transaction)
            // What a rule bars was refused at once, and nobody below is asked.
            guard demand.stage == .hearing else { return demand }
            for leader in streets {
                demand = try mandates.act(
                    .hear(agrees: true, words: ""), on: demand.id, by: leader,
                    at: Instant(LocalTime(day: day, hour: 11)), in: transaction)
            }
            let decision: DemandCommand =
                answer.verdict == .admitted ? .admit(words: "属清单内，频次在标准内") : .refuse(words: "清单外或超出标准")
            return try mandates.act(
                decision, on: demand.id, by: coordination, at: Instant(LocalTime(day: day, hour: 14)), in: transaction)
        }
    }

    private func act(_ done: File.Done, on asked: File.Asked, at now: Instant) async throws {
        guard let demand = filed[asked.title], demand.stage == .admitted, let coordination = stage.coordination.first
        else { return }
        let mandates = mandates
        let other = done.joins.flatMap { filed[$0]?.number }
        try await house.database.write { transaction in
            if let kind = done.kind {
                _ = try mandates.classify(
                    demand.id, as: kind, words: done.words, by: coordination, at: now, in: transaction)
            }
            if let measure = done.measure {
                let taken = MeasureAsked(
                    measure: measure, minutes: done.minutes, times: done.times, other: other, words: done.words)
                _ = try mandates.take(taken, on: demand.id, by: coordination, at: now, in: transaction)
            }
        }
    }
}
