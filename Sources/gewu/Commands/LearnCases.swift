import ArgumentParser
import Cases
import Foundation
import Ground
import Places
import Text

struct CasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases", abstract: "Learn from labelled matters what to suggest. 从已分类诉求学习分类建议。",
        subcommands: [TrainCases.self, EvaluateCases.self])
}

struct TrainCases: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Learn categories from labelled tables or from past matters. 学习分类。",
        discussion: """
            Tables have the columns `subject,detail,label` or `tokens,label`, as CSV (also gzip) or XLSX. With --from-history
            the matters of this installation teach that people gave a category; the new model suggests from then on if it is
            better than the present one on matters that neither had learned. The same input gives the same model, byte for
            byte. What is printed of its quality comes from cross-validation, never from texts that it learned.
            表格列为 subject,detail,label 或 tokens,label。--from-history 由本平台中已由人确定类别的诉求学习，
            若在双方都未学过的诉求上优于现用模型则启用。同样的输入得到逐字节相同的模型；所报成绩来自交叉验证。
            """)

    @OptionGroup var common: CommonOptions

    @Option(
        name: .long, parsing: .upToNextOption, help: ArgumentHelp("Labelled tables. 已分类的表格", valueName: "file"))
    var input: [String] = []

    @Flag(help: "Learn from the matters of this installation. 由本平台的诉求学习")
    var fromHistory = false

    @Option(help: ArgumentHelp("Where the model is written. 模型文件", valueName: "file"))
    var model: String?

    @Flag(help: "Let it suggest from now on, better or not. 无论优劣均启用")
    var use = false

    func validate() throws {
        guard fromHistory != !input.isEmpty else {
            throw ValidationError("Give --input FILE… or --from-history. 请给出 --input 或 --from-history 之一。")
        }
        guard fromHistory || use || model != nil else {
            throw ValidationError("Give --model FILE, or --use. 请给出 --model 或 --use。")
        }
    }

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        if fromHistory {
            try await learnFromHistory(configuration, console)
        } else {
            try await learnFromTables(configuration, console)
        }
    }

    private func learnFromTables(_ configuration: Configuration, _ console: Console) async throws {
        let table = try LabelledTable(files: input)
        let clock = ContinuousClock()
        let started = clock.now
        let training: TextClassifier.Training
        do { training = try TextClassifier.train(table.texts) } catch {
            throw Refusal(.ruleBroken, "cases.train", error.message)
        }
        let bytes = training.model.encoded()
        try write(bytes)
        if use {
            try await Assembly.withHouse(configuration, console) { house in
                try await Assembly.Rooms(in: house).cases
                    .use(training.model, learned: table.texts.count, quality: training.evaluation)
            }
        }
        let seconds = (clock.now - started) / .seconds(1)
        let quality = training.evaluation
        console.result(
            LocalizedText(
                "由 \(table.texts.count) 条学到 \(training.model.labels.count) 类；交叉验证宏平均 F1 \(quality.macroF1.thousandths)，准确率 \(quality.accuracy.thousandths)；模型 \(bytes.count) 字节，跳过 \(table.skipped) 行",
                "Learned \(training.model.labels.count) labels from \(table.texts.count) texts; cross-validated macro-F1 \(quality.macroF1.thousandths), accuracy \(quality.accuracy.thousandths); model of \(bytes.count) bytes, \(table.skipped) rows skipped"
            )
        ) { writer in
            writer.member("model", model)
            writer.member("texts", table.texts.count)
            writer.member("skipped", table.skipped)
            writer.member("bytes", bytes.count)
            writer.member("seconds", seconds)
            writer.member("used", use)
            writer.key("crossValidation")
            writer.object { quality.write(to: &$0) }
        }
    }

    private func learnFromHistory(_ configuration: Configuration, _ console: Console) async throws {
        let learning = try await Assembly.withHouse(configuration, console) { house in
            let rooms = try Assembly.Rooms(in: house)
            try await rooms.places.refresh()
            return try await rooms.cases.learnFromHistory(always: use)
        }
        let bytes = learning.model.encoded()
        try write(bytes)
        console.result(Self.sentence(learning)) { writer in
            writer.member("model", model)
            writer.member("matters", learning.matters)
            writer.member("bytes", bytes.count)
            writer.member("used", learning.isUsed)
            writer.key("crossValidation")
            writer.object { learning.quality.write(to: &$0) }
            writer.key("comparison")
            if let comparison = learning.comparison {
                writer.object { writer in
                    writer.member("matters", comparison.matters)
                    writer.key("new")
                    writer.object { comparison.new.write(to: &$0) }
                    writer.key("present")
                    writer.object { comparison.present.write(to: &$0) }
                }
            } else {
                writer.null()
            }
        }
    }

    private static func sentence(_ learning: HistoryLearning) -> LocalizedText {
        let quality = learning.quality
        var text = LocalizedText(
            "由 \(learning.matters) 件诉求学到 \(learning.model.labels.count) 类；交叉验证宏平均 F1 \(quality.macroF1.thousandths)，准确率 \(quality.accuracy.thousandths)。",
            "Learned \(learning.model.labels.count) categories from \(learning.matters) matters; cross-validated macro-F1 \(quality.macroF1.thousandths), accuracy \(quality.accuracy.thousandths)."
        )
        func add(_ chinese: String, _ english: String) {
            text = LocalizedText(text.chinese + chinese, text.english + " " + english)
        }
        if let comparison = learning.comparison {
            let (new, present) = (comparison.new.macroF1.thousandths, comparison.present.macroF1.thousandths)
            let which =
                learning.isPresentOwn
                ? LocalizedText("本县现用模型", "the county's present model") : LocalizedText("随附模型", "the shipped model")
            add(
                "在双方都未学过的 \(comparison.matters) 件上：新模型 \(new)，\(which.chinese) \(present)；\(learning.isBetter == true ? "新模型更好" : "新模型并不更好")。",
                "On \(comparison.matters) matters that neither had learned: the new one \(new), \(which.english) \(present): \(learning.isBetter == true ? "the new one is better" : "the new one is no better")."
            )
        } else {
            add("现用模型之后的诉求太少，无法比较。", "Too few matters since the present model to compare them.")
        }
        add(
            learning.isUsed ? "新模型已启用。" : "仍用现有模型（--use 可强制启用）。",
            learning.isUsed
                ? "The new one suggests from now on." : "The present one stays (--use to change it all the same).")
        return text
    }

    private func write(_ bytes: [UInt8]) throws {
        guard let model else { return }
        do { try Data(bytes).write(to: URL(fileURLWithPath: model), options: .atomic) } catch {
            throw Refusal(
                .unavailable, "cases.train.write",
                LocalizedText(
                    "模型无法写入 \(model)：\(error.localizedDescription)",
                    "The model cannot be written to \(model): \(error.localizedDescription)"))
        }
    }
}

struct EvaluateCases: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Try a model on labelled tables. 用已分类的表格检验模型。",
        discussion: "Only tables that the model did not learn from tell how good it is. 只有未参与学习的表格才能说明其好坏。")

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("The model. 模型文件", valueName: "file"))
    var model: String

    @Option(
        name: .long, parsing: .upToNextOption, help: ArgumentHelp("Labelled tables. 已分类的表格", valueName: "file"))
    var input: [String]

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        guard let data = FileManager.default.contents(atPath: model) else {
            throw Refusal(
                .notFound, "cases.evaluate.no-model",
                LocalizedText("模型文件 \(model) 不存在或无法读取", "The model \(model) is not there or cannot be read"),
                wayOn: LocalizedText("请先运行 gewu cases train", "Make one with `gewu cases train`"))
        }
        let learned: TextModel
        do { learned = try TextModel(decoding: Array(data)) } catch {
            throw Refusal(
                .malformed, "cases.evaluate.model",
                LocalizedText("\(model)：\(error.message.chinese)", "\(model): \(error.message.english)"))
        }
        let table = try LabelledTable(files: input)
        guard !table.texts.isEmpty else {
            throw Refusal(
                .ruleBroken, "cases.evaluate.nothing",
                LocalizedText("表格中没有可用的行", "The tables have no row with a text and a label"))
        }
        let clock = ContinuousClock()
        let started = clock.now
        let quality = learned.evaluate(on: table.texts)
        let seconds = (clock.now - started) / .seconds(1)
        let rate = seconds > 0 ? Double(table.texts.count) / seconds : 0
        console.result(
            LocalizedText(
                "\(table.texts.count) 条：宏平均 F1 \(quality.macroF1.thousandths)，准确率 \(quality.accuracy.thousandths)，每秒 \(Int(rate)) 条",
                "\(table.texts.count) texts: macro-F1 \(quality.macroF1.thousandths), accuracy \(quality.accuracy.thousandths), \(Int(rate)) a second"
            )
        ) { writer in
            quality.write(to: &writer)
            writer.member("messages", table.texts.count)
            writer.member("skipped", table.skipped)
            writer.member("messagesPerSecond", rate)
        }
    }
}

extension Evaluation {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("accuracy", accuracy)
        writer.member("macroF1", macroF1)
        writer.key("perClass")
        writer.array(perClass) { writer, one in
            writer.object { writer in
                writer.member("label", one.label)
                writer.member("precision", one.precision)
                writer.member("recall", one.recall)
                writer.member("f1", one.f1)
                writer.member("support", one.support)
            }
        }
    }
}

extension Double {
    /// `0.931`.
    fileprivate var thousandths: String {
        let rounded = Int((self * 1000).rounded())
        let rest = String(rounded % 1000)
        return "\(rounded / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
