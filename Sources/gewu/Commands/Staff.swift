import ArgumentParser
import Cipher
import Desk
import Foundation
import Ground
import Identity
import Places
import Storage

struct Staff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The first administrator, and tokens for machines. 人员与令牌。",
        subcommands: [AddAdministrator.self, AddToken.self])
}

struct AddAdministrator: SpokenCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-administrator",
        abstract: "Make an account that may make all others. 新建管理员。",
        discussion: """
            The password is the first line of standard input; at a terminal, or when it is empty, one is made and shown \
            once. Where no body is entered yet, one for the whole area is. It is chosen anew at the first log-in.
            口令取标准输入第一行；在终端运行或留空时自动生成并只显示一次。尚无单位时，先建立一个覆盖全辖区的单位。
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Log-in name. 登录名", valueName: "name"))
    var login = "admin"

    @Option(help: ArgumentHelp("Name as shown. 姓名", valueName: "name"))
    var name = "系统管理员"

    @Option(help: ArgumentHelp("Or police_lead: a sealed role. 或密权限角色", valueName: "key"))
    var role = Roles.administratorKey

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        let given = isatty(STDIN_FILENO) == 1 ? nil : readLine(strippingNewline: true).flatMap { $0.isEmpty ? nil : $0 }
        let password = given ?? Self.madePassword()
        try await Assembly.withHouse(configuration, console) { house in
            let rooms = try Assembly.Rooms(in: house)
            try await Self.enterFirstBody(in: house)
            try await rooms.identity.createAdministrator(
                login: login, password: password, name: name, role: role)
        }
        let shown = given == nil ? password : nil
        console.result(
            LocalizedText(
                "已建立管理员 \(login)" + (shown.map { "，口令 \($0)（只显示这一次）" } ?? ""),
                "Made the administrator \(login)" + (shown.map { " with the password \($0) (shown only now)" } ?? ""))
        ) { writer in
            writer.member("login", login)
            writer.member("password", shown)
        }
    }

    /// Twenty letters and digits that are not mistaken for each other: 98 bits.
    static func madePassword() -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        var random = SystemRandomNumberGenerator()
        let picked = (0..<20).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }
        return stride(from: 0, to: 20, by: 5).map { String(picked[$0..<$0 + 5]) }.joined(separator: "-")
    }

    /// An administrator needs a body to stand in, and only an administrator can enter one.
    private static func enterFirstBody(in house: House) async throws {
        let area = house.settings.area
        let now = house.clock.now()
        let today = now.local().day
        let id: BodyID = house.identifiers.next(at: now)
        let title = house.settings.title
        try await house.database.write { transaction in
            guard try Places.bodies(within: area, at: today, limit: 1, in: transaction).isEmpty else { return }
            let body = BodyRecord(
                id: id, name: title.chinese, englishName: title.english, kind: .coordination, level: area.level,
                area: area, validFrom: today)
            try Places.register(bodies: [body], in: transaction)
        }
    }
}
