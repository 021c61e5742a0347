import ArgumentParser

/// `gewu`: the command line, and the one place that wires the rooms together.
@main
struct Gewu: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gewu",
        abstract: "Gewu 格物: grassroots governance on one machine or several. 基层治理平台。",
        discussion: """
            Start here · 从这里开始
              gewu demo --households 2000     make a county with invented people · 生成演示县
              gewu serve                      serve its pages and interface · 启动服务
              gewu config                     show every setting and its source · 查看配置

            Settings come from gewu.yaml (here, or in /etc/gewu) and from GEWU_… in the \
            environment.
            配置来自当前目录或 /etc/gewu 下的 gewu.yaml，以及 GEWU_… 环境变量。
            """,
        subcommands: [
            Serve.self, Import.self, ExportCommand.self, CasesCommand.self, Demo.self, Audit.self, BackupCommand.self,
            RestoreCommand.self,
            Config.self,
            Staff.self, GridsCommand.self,
        ])
}
