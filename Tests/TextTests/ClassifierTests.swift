import Testing
import Text

@Suite("A text classifier")
struct ClassifierTests {
    private static func trained(seed: UInt64 = 1, count: Int = 120) throws -> TextClassifier.Training {
        var source = MadeUpTexts(seed: seed)
        return try TextClassifier.train(source.texts(count))
    }

    @Test("It labels texts it has not seen")
    func unseen() throws {
        let model = try Self.trained().model
        var others = MadeUpTexts(seed: 2)
        let evaluation = model.evaluate(on: others.texts(90))
        #expect(evaluation.accuracy > 0.95)
        #expect(evaluation.macroF1 > 0.95)
        #expect(evaluation.confusion.joined().reduce(0, +) == 90)
    }

    @Test("The same texts give the same model, byte for byte; other texts another")
    func deterministic() throws {
        let first = try Self.trained().model.encoded()
        #expect(first == (try Self.trained().model.encoded()))
        #expect(first != (try Self.trained(seed: 3).model.encoded()))
    }

    @Test("It learns from segmented text what it needs for running text")
    func segmented() throws {
        var source = MadeUpTexts(seed: 4)
        let segmented = source.texts(120).map { text in
            LabelledText(
                title: "", body: (text.title + text.body).map(String.init).joined(separator: " "), label: text.label)
        }
        let model = try TextClassifier.train(segmented).model
        #expect(model.evaluate(on: source.texts(90)).accuracy > 0.95)
    }

    @Test("Confidences are ranked and together make one")
    func confidences() throws {
        let model = try Self.trained().model
        for body in ["路灯坏了", "", "😀😀😀", "学位不足，半夜装修", "完全无关的内容"] {
            let classification = model.classify(title: "", body: body)
            let confidences = classification.candidates.map(\.confidence)
            #expect(confidences.count == 3)
            #expect(abs(confidences.reduce(0, +) - 1) < 1e-5)
            #expect(confidences == confidences.sorted(by: >))
            #expect(classification.label == classification.candidates.first?.label)
        }
        #expect(model.classify(title: "路灯坏了", body: "井盖缺失").confidence > 0.9)
    }

    @Test("The evidence stands in the text and names what decided")
    func evidence() throws {
        let model = try Self.trained().model
        let title = "关于Ａ３区的问题"
        let body = "我们小区多次反映，路灯坏了😀，路面积水，请尽快处理。"
        let classification = model.classify(title: title, body: body, evidence: 4)
        #expect(classification.label == "道路")
        #expect(!classification.evidence.isEmpty && classification.evidence.count <= 4)
        for piece in classification.evidence { #expect((title + body).contains(piece.words)) }
        #expect(abs(classification.evidence.reduce(0) { $0 + $1.share } - 1) < 1e-5)
        let strongest = try #require(classification.evidence.first)
        #expect("路灯坏了路面积水".contains(strongest.words))
        #expect(model.classify(title: title, body: body, evidence: 0).evidence.isEmpty)
    }

    @Test("Width, case and white space do not matter")
    func folding() throws {
        var source = MadeUpTexts(seed: 5)
        let texts = source.texts(60).map { LabelledText(title: $0.title, body: $0.body + "WiFi12", label: $0.label) }
        let model = try TextClassifier.train(texts).model
        let plain = model.classify(title: "", body: "路灯坏了 wifi12", evidence: 0)
        #expect(plain == model.classify(title: "", body: "路 灯坏　了\nＷＩＦＩ１２", evidence: 0))
    }

    @Test("A model survives writing and reading")
    func roundTrip() throws {
        let model = try Self.trained().model
        let read = try TextModel(decoding: model.encoded())
        #expect(read.labels == model.labels)
        #expect(read.encoded() == model.encoded())
        var source = MadeUpTexts(seed: 6)
        for text in source.texts(20) {
            #expect(
                read.classify(title: text.title, body: text.body) == model.classify(title: text.title, body: text.body))
        }
    }

    @Test("A damaged model is refused")
    func damaged() throws {
        let bytes = try Self.trained(count: 30).model.encoded()
        #expect(throws: TextModelFault.notAModel) { try TextModel(decoding: []) }
        #expect(throws: TextModelFault.notAModel) { try TextModel(decoding: Array("PK\u{3}\u{4} something".utf8)) }
        for length in stride(from: 8, to: bytes.count, by: 97) {
            #expect(throws: TextModelFault.damaged) { try TextModel(decoding: Array(bytes.prefix(length))) }
        }
        for position in stride(from: 8, to: bytes.count, by: 53) {
            var changed = bytes
            changed[position] ^= 0x10
            #expect(throws: TextModelFault.damaged) { try TextModel(decoding: changed) }
        }
        var newer = bytes
        newer[4] = 9
        #expect(throws: TextModelFault.otherVersion(9)) { try TextModel(decoding: newer) }
    }

    @Test("Corrections added to the old texts are learned")
    func corrections() throws {
        var source = MadeUpTexts(seed: 7)
        let old = source.texts(90)
        let before = try TextClassifier.train(old).model.classify(title: "", body: "桥洞里有人卖鞭炮")
        let corrections = (0..<6).map { LabelledText(title: "桥洞里有人卖鞭炮", body: "第\($0)次", label: "安全") }
        let after = try TextClassifier.train(old + corrections).model.classify(title: "", body: "桥洞里有人卖鞭炮")
        #expect(before.label != "安全")
        #expect(after.label == "安全")
    }

    @Test("Fewer than two labels cannot be learned")
    func tooFewLabels() {
        let one = [LabelledText(title: "路灯", body: "坏了", label: "道路")]
        #expect(throws: TextClassifier.Fault.fewerThanTwoLabels) { try TextClassifier.train(one) }
        #expect(throws: TextClassifier.Fault.fewerThanTwoLabels) { try TextClassifier.train([]) }
    }

    @Test("Texts without a letter, and one of each label, are learned without harm")
    func sparse() throws {
        let texts = [
            LabelledText(title: "", body: "😀", label: "a"), LabelledText(title: "", body: "", label: "b"),
            LabelledText(title: "路灯", body: "路灯", label: "c"),
        ]
        let model = try TextClassifier.train(texts).model
        let candidates = model.classify(title: "路灯", body: "").candidates
        #expect(candidates.count == 3 && candidates.allSatisfy { $0.confidence.isFinite })
    }

    @Test("Options without sense are brought to the nearest that has")
    func senselessOptions() throws {
        var source = MadeUpTexts(seed: 9)
        var options = TrainingOptions()
        options.longestGram = -1
        options.titleWeight = -3
        options.cost = -1
        options.folds = 0
        options.rounds = 0
        let model = try TextClassifier.train(source.texts(30), options: options).model
        #expect(try TextModel(decoding: model.encoded()).labels.count == 3)
        #expect(model.classify(title: "", body: "路灯坏了").candidates.allSatisfy { $0.confidence.isFinite })
    }

    @Test("A huge text is read at its beginning only")
    func huge() throws {
        let model = try Self.trained().model
        let body = "路灯坏了，路面积水。" + String(repeating: "半夜装修，", count: 300_000)
        let cut = String(body.prefix(20_000))
        #expect(model.classify(title: "", body: body) == model.classify(title: "", body: cut))
        let time = ContinuousClock().measure { _ = model.classify(title: "", body: body) }
        #expect(time < .seconds(5))
    }

    @Test("Cross-validation does not praise what repeats itself")
    func repeats() throws {
        // Labels by chance: whatever is right is learned by heart from a copy.
        var source = MadeUpTexts(seed: 8)
        var texts: [LabelledText] = []
        for number in 0..<60 {
            let body = source.noise(40)
            for _ in 0..<4 { texts.append(LabelledText(title: "", body: body, label: number % 2 == 0 ? "甲" : "乙")) }
        }
        #expect(try TextClassifier.train(texts).evaluation.accuracy < 0.75)
    }

    @Test("An evaluation counts precision, recall and F1 per label")
    func evaluation() throws {
        let evaluation = Evaluation([("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("c", "b")])
        #expect(evaluation.accuracy == 0.6)
        let a = try #require(evaluation.perClass.first)
        #expect(a.precision == 1 && a.support == 3)
        #expect(abs(a.recall - 2.0 / 3) < 1e-9 && abs(a.f1 - 0.8) < 1e-9)
        #expect(abs(evaluation.macroF1 - (0.8 + 0.5 + 0) / 3) < 1e-9)
        #expect(evaluation.confusion == [[2, 1, 0], [0, 1, 0], [0, 1, 0]])
    }
}
