import Cipher
import Desk
import Foundation
import Ground
import Identity
import Storage
import Synchronization
import Text

/// Proposes for texts, from what it holds in memory: the county's own model, or the one learned from the texts that ship.
final class Suggester: Sendable {
    /// The model that labels texts now, and where it comes from.
    struct Category: Sendable {
        var model: TextModel
        /// Nil for the model that ships.
        var stored: StoredModel?
        /// Of the shipped model, from cross-validation.
        var macroF1: Double
        var texts: Int64
    }

    private let house: House
    private let tree: CategoryTree
    let rules: SuggestionRules
    private let areas: any AreaLookup
    private let bodies: any BodyLookup
    private let category = Mutex<Category?>(nil)
    private let places = Mutex(KnownPlaces())

    /// More than any county has.
    private static let mostBodies = 20_000

    /// The gazetteer, and what it was made of.
    private struct KnownPlaces {
        var bodies: [BodyFacts] = []
        var gazetteer = Gazetteer([])
        var divisions: [Gazetteer.Entry] = []
        var landmarksOf: Instant?
        var isRead = false
    }

    init(house: House, tree: CategoryTree, areas: any AreaLookup, bodies: any BodyLookup) throws(Refusal) {
        self.house = house
        self.areas = areas
        self.bodies = bodies
        self.tree = tree
        rules = try SuggestionRules.load(from: house.rules)
    }

    /// Nil until the first refresh is over.
    var currentCategory: Category? { category.withLock { $0 } }

    /// Takes up what changed: names of places, another model. At first, learns from the texts that ship if the county has
    /// no model of its own.
    func refresh() async throws {
        try await refreshPlaces()
        try await refreshCategory()
    }

    private func refreshPlaces() async throws {
        let divisions = Gazetteer.divisions(of: house.settings.area, areas)
        let county = house.settings.area
        let (newest, acting) = try await house.database.read { [bodies] transaction in
            (
                try LandmarkStore.newest(in: transaction),
                try bodies.bodies(in: county, limit: Self.mostBodies, in: transaction)
            )
        }
        let isCurrent = places.withLock { places in
            places.bodies = acting
            return places.isRead && places.divisions == divisions && places.landmarksOf == newest
        }
        if isCurrent { return }
        let landmarks = try await LandmarkStore.entries(in: house.database)
        let gazetteer = Gazetteer(divisions + landmarks)
        places.withLock { places in
            places = KnownPlaces(
                bodies: acting, gazetteer: gazetteer, divisions: divisions, landmarksOf: newest, isRead: true)
        }
    }

    private func refreshCategory() async throws {
        let stored = try await house.database.read { try CategoryModels.newest(in: $0) }
        let current = currentCategory
        if let current, current.stored?.id == stored?.id { return }
        if let stored, let model = try await read(stored) {
            set(Category(model: model, stored: stored, macroF1: stored.macroF1, texts: stored.texts))
        } else if current == nil {
            set(try await shipped())
        }
    }

    private func set(_ new: Category) { category.withLock { $0 = new } }

    /// Nil when the model is of another version of the program or of another tree: then the one that ships serves.
    private func read(_ stored: StoredModel) async throws -> TextModel? {
        let bytes = try await house.database.read { try CategoryModels.bytes(of: stored.id, in: $0) }
        guard let bytes, let model = try? TextModel(decoding: bytes), fits(model) else { return nil }
        return model
    }

    /// Whether its labels are categories of this county.
    func fits(_ model: TextModel) -> Bool { model.labels.contains { tree[$0]?.isLeaf == true } }

    private func shipped() async throws -> Category {
        let texts = try CategoryExamples.texts(of: tree, from: house.rules)
        let training = try await Self.shippedTraining(texts)
        return Category(
            model: training.model, stored: nil, macroF1: training.evaluation.macroF1, texts: Int64(texts.count))
    }

    /// The same texts give the same model, so one process learns them once, however many servers it holds (as tests do).
    private static let trainings = Mutex<[String: Task<TextClassifier.Training, any Error>]>([:])

    private static func shippedTraining(_ texts: [LabelledText]) async throws -> TextClassifier.Training {
        let content = Digest.sha256(texts.map { "\($0)" }.joined(separator: "\u{1}")).hexadecimal
        let task = trainings.withLock { trainings in
            if let known = trainings[content] { return known }
            let task = Task { try await train(texts, options: shippedOptions) }
            trainings[content] = task
            return task
        }
        return try await task.value
    }

    /// Learns on a thread of its own: nobody's request waits behind it.
    static func train(_ texts: [LabelledText], options: TrainingOptions = TrainingOptions()) async throws
        -> TextClassifier.Training
    {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Result { try TextClassifier.train(texts, options: options) })
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// For some thousand short texts: nothing longer than two characters is known well enough. Fewer parts of the
    /// cross-validation, since the figure of a model that learned made-up texts says little.
    static var shippedOptions: TrainingOptions {
        var options = TrainingOptions()
        options.folds = 3
        options.rounds = 6
        options.longestGram = 2
        options.fewestTexts = 2
        options.cost = 0.5
        return options
    }

    // MARK: Proposing

    /// A matter without a title of its own has the beginning of its text there, which would count twice.
    static func ownTitle(_ title: String, _ detail: String) -> String {
        detail.hasPrefix(title.hasSuffix("…") ? String(title.dropLast()) : title) ? "" : title
    }

    /// Categories for a text, and the words that decided.
    func category(title: String, detail: String) -> MatterSuggestion.Proposal<String> {
        guard let model = currentCategory?.model else { return .init(candidates: [], words: []) }
        let answer = model.classify(title: Self.ownTitle(title, detail), body: detail, evidence: rules.words)
        let known = answer.candidates.prefix { $0.confidence >= rules.mention }.filter {
            tree[$0.label]?.isLeaf == true
        }
        let candidates = known.prefix(rules.candidates).map {
            MatterSuggestion.Candidate(value: $0.label, confidence: $0.confidence)
        }
        guard candidates.first?.value == answer.label else { return .init(candidates: candidates, words: []) }
        return .init(candidates: candidates, words: answer.evidence.map(\.words))
    }

    /// Areas for a matter: by the names in its text and address, by where it was seen, and by what its reporter chose.
    func area(of record: CaseRecord) -> Gazetteer.Answer {
        var clues: [Gazetteer.Clue] = []
        if record.area.level >= .street { clues.append(.init(area: record.area, certainty: 0.8)) }
        if let location = record.location, let grid = areas.area(at: location) {
            // Near a border the nearest centre may be the neighbour's.
            let community = grid.community.flatMap { AreaPrefix($0) } ?? grid
            clues.append(.init(area: community, certainty: 0.75))
        }
        let text = record.title + "\n" + (record.address ?? "") + "\n" + record.detail
        var answer = places.withLock { $0.gazetteer }.areas(in: text, clues)
        answer.candidates = Array(answer.candidates.filter { $0.confidence >= rules.mention }.prefix(rules.candidates))
        answer.words = Array(answer.words.prefix(rules.words))
        return answer
    }

    /// As they were a moment ago.
    func bodies(actingIn area: AreaPrefix) -> [BodyFacts] {
        places.withLock { $0.bodies }.filter { $0.area.contains(area) || area.contains($0.area) }
    }
}
