import ArgumentParser
import Ground

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take in existing data: divisions, cases, landmarks, residents, buildings. 导入数据。",
        discussion: """
            Every import may be run again: what is there already is left as it is. A bad row is written to the file of \
            errors with its reason; the good ones go in. 可重复运行；错误行写入错误文件，其余照常导入。
            """,
        subcommands: [
            ImportDivisions.self, ImportCases.self, ImportLandmarks.self, ImportResidents.self, ImportBuildings.self,
        ])
}
