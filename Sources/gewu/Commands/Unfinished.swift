import Ground

/// A command whose room is not built yet.
enum Unfinished {
    static func refusal(_ command: String) -> Refusal {
        Refusal(
            .unavailable, "command.unfinished",
            LocalizedText("gewu \(command) 尚未实现", "`gewu \(command)` is not there yet"))
    }
}
