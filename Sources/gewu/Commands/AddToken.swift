import ArgumentParser
import Desk
import Ground
import Identity

struct AddToken: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-token",
        abstract: "Make a token for a machine that acts in somebody's post. 为接口程序签发令牌。",
        discussion: """
            The token has the rights of the account's present post and ends by itself. It is shown once; only its hash is \
            stored. 令牌拥有该账号当前岗位的权限，到期自动失效；只显示这一次。
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Account it acts for. 代表的账号", valueName: "login"))
    var login: String

    @Option(help: ArgumentHelp("What it is for. 用途", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Days until it ends. 有效天数", valueName: "days"))
    var days: Int64 = 30

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        try await Assembly.withHouse(configuration, console) { house in
            let rooms = try Assembly.Rooms(in: house)
            let token = try await rooms.identity.issueToken(login: login, name: name, days: days)
            console.result(
                LocalizedText(
                    "令牌（只显示这一次）：\(token.secret)\n代表 \(token.bodyName)，\(token.expires.local().day) 到期",
                    "The token (shown only now): \(token.secret)\nfor \(token.bodyName), until \(token.expires.local().day)"
                )
            ) { writer in
                writer.member("secret", token.secret)
                writer.member("area", token.post.area.code)
                writer.member("body", token.post.body)
                writer.member("expires", token.expires)
            }
        }
    }
}
