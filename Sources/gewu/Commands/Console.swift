import Foundation
import Ground
import Synchronization

/// Where a command speaks: results on standard output, everything else on standard error.
struct Console: Sendable {
    let language: Language
    let isJSON: Bool

    /// A sentence for the person, not part of the result.
    func say(_ text: LocalizedText) { Self.write(text(language) + "\n", to: STDERR_FILENO) }

    /// The result: JSON for programs, text for people.
    func result(_ text: LocalizedText, _ members: (inout JSONWriter) throws -> Void) rethrows {
        if isJSON {
            let json = try JSONWriter.object(members)
            Self.write(String(decoding: json, as: UTF8.self) + "\n", to: STDOUT_FILENO)
        } else {
            Self.write(text(language) + "\n", to: STDOUT_FILENO)
        }
    }

    /// One plain sentence on standard error; with `--json` also the refusal on standard output, unless the result stands
    /// there already.
    func fail(_ error: any Error, alsoAsResult: Bool = true) {
        let refusal = Failures.refusal(error)
        Self.write("gewu: " + Failures.sentence(refusal, language) + "\n", to: STDERR_FILENO)
        guard isJSON, alsoAsResult else { return }
        let json = JSONWriter.object { writer in
            writer.key("error")
            writer.object { writer in
                writer.member("code", refusal.code)
                writer.member("detail", refusal.message(language))
                if let wayOn = refusal.wayOn { writer.member("wayOn", wayOn(language)) }
                if let field = refusal.field { writer.member("field", field) }
            }
        }
        Self.write(String(decoding: json, as: UTF8.self) + "\n", to: STDOUT_FILENO)
    }

    func progress(_ label: LocalizedText) -> ProgressLine {
        ProgressLine(label: label(language), language: language, isTerminal: isatty(STDERR_FILENO) == 1)
    }

    /// The whole text at once, so lines of several tasks do not mix.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                return
            }
            bytes = bytes.dropFirst(written)
        }
    }
}

/// How far a long step is: a bar on a terminal, else a line every ten seconds.
final class ProgressLine: Sendable {
    private struct State {
        var began = ContinuousClock.now
        var shown: ContinuousClock.Instant?
        var isOnLine = false
    }

    private let label: String
    private let language: Language
    private let isTerminal: Bool
    private let state = Mutex(State())

    init(label: String, language: Language, isTerminal: Bool) {
        self.label = label
        self.language = language
        self.isTerminal = isTerminal
        state.withLock { $0.shown = isTerminal ? nil : ContinuousClock.now }
    }

    /// - Parameter total: nil while it is not known.
    func update(_ done: Int, of total: Int?, _ what: String? = nil) {
        let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
        state.withLock { state in
            let now = ContinuousClock.now
            if let shown = state.shown, now - shown < interval { return }
            state.shown = now
            let seconds = (now - state.began) / .seconds(1)
            let rate = seconds > 0 ? Int(Double(done) / seconds) : 0
            let figures = total.map { "\(done)/\($0)" } ?? "\(done)"
            var text = "\(what ?? label)  \(figures)  \(rate)/s"
            if let total, total > 0 {
                let share = min(1, Double(done) / Double(total))
                let filled = Int(share * 24)
                text =
                    isTerminal
                    ? "[\(String(repeating: "#", count: filled))\(String(repeating: "·", count: 24 - filled))] \(Int(share * 100)) %  \(text)"
                    : "\(text)  \(Int(share * 100)) %"
            }
            state.isOnLine = isTerminal
            Console.write(isTerminal ? "\r\u{1B}[K" + text : text + "\n", to: STDERR_FILENO)
        }
    }

    func finish() {
        state.withLock { state in
            if state.isOnLine { Console.write("\r\u{1B}[K", to: STDERR_FILENO) }
            state.isOnLine = false
        }
    }
}
