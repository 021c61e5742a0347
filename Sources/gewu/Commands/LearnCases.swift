import ArgumentParser
import Cases
import Foundation
import Ground
import Text

struct CasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases", abstract: "Learn from labelled matters what to suggest. 从已分类诉求学习分类建议。",
        subcommands: [TrainCases.self, EvaluateCases.self])
}

struct TrainCases: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Learn labels from tables that people labelled. 由人工分类的表格学习。",
        discussion: """
            Tables have the columns `subject,detail,label` or `tokens,label`. The same input gives the same model, byte for \
            byte. What it prints of its quality comes from cross-validation, never from texts that it learned.
            表格列为 subject,detail,label 或 tokens,label。同样的输入得到逐字节相同的模型；所报成绩来自交叉验证。
            """)

    @OptionGroup var common: CommonOptions

    @Option(
        name: .long, parsing: .upToNextOption, help: ArgumentHelp("Labelled tables. 已分类的表格", valueName: "file"))
    var input: [String]

    @Option(help: ArgumentHelp("Where the model is written. 模型文件", valueName: "file"))
    var model: String

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let table = try LabelledTable(files: input)
        let clock = ContinuousClock()
        let started = clock.now
        let training: TextClassifier.Training
        do { training = try TextClassifier.train(table.texts) } catch {
            throw Refusal(.ruleBroken, "cases.train", error.message)
        }
        let bytes = training.model.encoded()
        do { try Data(bytes).write(to: URL(fileURLWithPath: model), options: .atomic) } catch {
            throw Refusal(
                .unavailable, "cases.train.write",
                LocalizedText(
                    "模型无法写入 \(model)：\(error.localizedDescription)",
                    "The model cannot be written to \(model): \(error.localizedDescription)"))
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
            writer.key("crossValidation")
            writer.object { quality.write(to: &$0) }
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
