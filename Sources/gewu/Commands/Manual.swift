import ArgumentParser

extension Gewu {
    /// The help of every command as one document: docs/commands.md, which a test compares with this.
    static func manual() -> String {
        var text = """
            # Commands

            Written from `gewu --help` and the help of each command; a test keeps it true
            (`GEWU_UPDATE_DOCS=1 swift test --filter ServerTests` writes it anew).

            """
        for (name, command) in commands {
            text += "\n## \(name)\n```\n\(helpMessage(for: command, columns: 100))\n```\n"
        }
        return text
    }

    private static let commands: [(String, any ParsableCommand.Type)] = [
        ("gewu", Gewu.self), ("gewu serve", Serve.self), ("gewu config", Config.self),
        ("gewu import divisions", ImportDivisions.self), ("gewu import cases", ImportCases.self),
        ("gewu import landmarks", ImportLandmarks.self), ("gewu import residents", ImportResidents.self),
        ("gewu import buildings", ImportBuildings.self),
        ("gewu export", ExportCommand.self), ("gewu cases train", TrainCases.self),
        ("gewu cases evaluate", EvaluateCases.self), ("gewu demo", Demo.self), ("gewu audit verify", AuditVerify.self),
        ("gewu audit burden", AuditBurden.self), ("gewu backup", BackupCommand.self),
        ("gewu restore", RestoreCommand.self), ("gewu grids design", GridsDesign.self),
        ("gewu grids compare", GridsCompare.self), ("gewu grids check", GridsCheck.self),
        ("gewu staff add-administrator", AddAdministrator.self),
    ]
}
