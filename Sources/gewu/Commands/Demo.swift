import ArgumentParser
import DemoCounty
import Desk
import Foundation
import Ground
import Storage

struct Demo: SpokenCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a county with invented people and 60 days of cases. 生成演示县。",
        discussion: """
            Divisions and calendar are real, people and matters are invented. The same seed and the same end make the same \
            county. 区划与节假日为公开事实，人员与诉求均为程序生成。种子与截止时间相同，结果相同。

            --year makes two years instead: one of demands from above, measures when it turns, and the year after, to look at \
            on /accounts/year. 生成减负前后两年，在 /accounts/year 查看。

            --day plays the next workday of the county (made if there is none) in a minute, serves the pages meanwhile, and \
            ends with every figure beside its recount from the ledger; status 1 if one differs. 按分钟演示该县下一个工作日：\
            边演边可看页面，结束时逐项与台账重算核对，有不符则退出码为 1。
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Households, about 2.6 residents each. 户数", valueName: "n"))
    var households = DemoCounty.usualHouseholds

    @Option(help: ArgumentHelp("The same seed makes the same county. 种子", valueName: "s"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp("The county's present, such as 2026-11-21T17:00; else this hour. 截止时间", valueName: "time"))
    var until: String?

    @Flag(help: "Delete an earlier demonstration first. 先删除已有演示数据")
    var reset = false

    @Flag(help: "Make the year before burdens were cut and the year after. 生成减负前后两年")
    var year = false

    @Flag(help: "Play a day of a street with everything in it. 演示一个街道的一天")
    var day = false

    @Option(
        help: ArgumentHelp(
            "With --day: seconds that the day takes at least; 0 for as fast as it goes. 一天演示多少秒", valueName: "seconds"))
    var speed: Double = 60

    @Flag(inversion: .prefixedNo, help: "With --day: serve the pages meanwhile. 演示时提供页面")
    var serve = true

    @Flag(help: "With --day: go on serving when the day is over. 演完后继续提供页面")
    var stay = false

    @Option(help: ArgumentHelp("With --day: port of the pages; 0 takes any free one. 端口", valueName: "n"))
    var port: Int?

    func validate() throws {
        guard (1...2_000_000).contains(households) else {
            throw ValidationError("--households is 1 to 2,000,000. 户数为 1 至 2,000,000。")
        }
        guard (0...86_400).contains(speed) else {
            throw ValidationError("--speed is 0 to 86,400 seconds. --speed 为 0 至 86400 秒。")
        }
        guard !(year && day) else {
            throw ValidationError(
                "--year makes a county, --day plays its next day: one after the other. --year 生成县，--day 演示其下一天，请分两次运行。")
        }
        if let until, Instant(iso8601: until) == nil {
            throw ValidationError("--until is a time such as 2026-11-21T17:00. 截止时间格式如 2026-11-21T17:00。")
        }
    }

    func perform(_ configuration: Configuration, _ console: Console) async throws {
        if reset { try Self.delete(configuration.database) }
        let hour: Int64 = 3_600_000
        let present =
            until.flatMap { Instant(iso8601: $0) }
            ?? Instant(milliseconds: SystemClock().now().milliseconds / hour * hour)
        let plan = DemoCounty.Plan(households: households, seed: seed, until: present, playsYear: year)
        if day {
            var configuration = configuration
            if let port { try configuration.set(.listen, "\(configuration.listen.host):\(port)", option: "--port") }
            let played = DemoDay(
                plan: plan, seconds: speed, serves: serve, stays: stay, configuration: configuration, console: console)
            return try await played.perform()
        }
        let summary = try await Assembly.withHouse(configuration, console) { house in
            let line = console.progress(LocalizedText("生成演示县", "Making the county"))
            defer { line.finish() }
            return try await DemoCounty(plan: plan, knownRights: Assembly.rights).create(in: house) { progress in
                let stage =
                    switch progress.stage {
                    case .founding: LocalizedText("设立机构与岗位", "founding bodies and posts")
                    case .filling: LocalizedText("登记人房", "registering homes and people")
                    case .playing: LocalizedText("逐日办理诉求", "playing day after day")
                    case .sealing: LocalizedText("封存台账", "sealing the ledger")
                    }
                line.update(progress.done, of: progress.total, stage(console.language))
            }
        }
        let told = summary.year.map { DemoYearReport($0, of: summary) }
        let text = text(summary)
        console.result(
            told.map { LocalizedText("\(text.chinese)\n\n\($0.text.chinese)", "\(text.english)\n\n\($0.text.english)") }
                ?? text
        ) {
            write(summary, to: &$0)
            told?.write(to: &$0)
        }
    }

    /// Only a file can be deleted from here; a PostgreSQL database may hold more than we know of.
    private static func delete(_ database: String) throws {
        let location = try DatabaseLocation(database)
        guard location.connectionString.hasPrefix("sqlite:") else {
            throw Refusal(
                .ruleBroken, "demo.reset-postgres",
                LocalizedText("--reset 只能删除 SQLite 文件", "--reset can only delete an SQLite file"),
                wayOn: LocalizedText(
                    "请自行重建 PostgreSQL 数据库（dropdb、createdb）",
                    "Make the PostgreSQL database anew yourself: dropdb, createdb"))
        }
        let path = String(location.connectionString.dropFirst("sqlite:".count))
        for file in [path, path + "-wal", path + "-shm"] where FileManager.default.fileExists(atPath: file) {
            try FileManager.default.removeItem(atPath: file)
        }
    }

    private func text(_ summary: DemoCounty.Summary) -> LocalizedText {
        func pad(_ text: String, _ width: Int) -> String {
            // Chinese characters take two columns.
            let length = text.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 2 : 1) }
            return text + String(repeating: " ", count: max(1, width - length))
        }
        func table(_ language: Language) -> String {
            summary.accounts.map {
                "  \(pad($0.login, 24))\(pad($0.roleName(language), 24))\($0.name)　\($0.body(language))"
            }
            .joined(separator: "\n")
        }
        func body(_ role: String, _ language: Language) -> String {
            summary.accounts.first { $0.role == role }?.body(language) ?? "—"
        }
        let seconds = String(format: "%.1f", summary.seconds)
        return LocalizedText(
            """
            \(summary.areaName)：\(summary.streets) 个街镇、\(summary.communities) 个社区（村）、\(summary.grids) 个网格、\(summary.staff) 名工作人员、\(summary.posts) 个岗位，\
            \(summary.cases) 件诉求（在办 \(summary.openCases) 件）、\(summary.ledgerEntries) 条台账记录，用时 \(seconds) 秒。
            每个角色一个账号，口令都是 \(summary.password)：
            \(table(.chinese))

            可以先试：以居民身份打开 /report 上报一件，街道选“\(summary.street.chinese)”（街道和社区的账号都在这里）；
            用 street_dispatcher 受理并派给\(body("department_handler", .chinese))；用 department_handler 签收、办结；
            用 verifier 核查；再以居民身份评价；最后用 auditor 在台账里查到每一步。居民验证码和短信在 /demo/outbox。
            """,
            """
            \(summary.areaName): \(summary.streets) streets and towns, \(summary.communities) communities, \(summary.grids) grids, \(summary.staff) staff in \(summary.posts) posts, \
            \(summary.cases) matters (\(summary.openCases) open), \(summary.ledgerEntries) ledger entries, made in \(seconds) s.
            One account per role, all with the password \(summary.password):
            \(table(.english))

            Try first: report a matter at /report as a resident, in \(summary.street.chinese) (\(summary.street.english)), where the
            accounts of streets and communities work; accept it as street_dispatcher and dispatch it to the
            \(body("department_handler", .english)); take and finish it as department_handler; verify it as verifier; rate it
            as the resident; find each step in the ledger as auditor. Codes and texts to residents are at /demo/outbox.
            """)
    }

    private func write(_ summary: DemoCounty.Summary, to writer: inout JSONWriter) {
        writer.member("area", summary.area.code)
        writer.member("areaName", summary.areaName)
        writer.member("seed", summary.seed)
        writer.member("until", summary.until)
        writer.member("households", summary.households)
        writer.member("streets", summary.streets)
        writer.member("communities", summary.communities)
        writer.member("grids", summary.grids)
        writer.member("bodies", summary.bodies)
        writer.member("staff", summary.staff)
        writer.member("posts", summary.posts)
        writer.member("cases", summary.cases)
        writer.member("openCases", summary.openCases)
        writer.member("steps", summary.steps)
        writer.member("ledgerEntries", summary.ledgerEntries)
        writer.member("seconds", summary.seconds)
        writer.member("street", summary.street.chinese)
        writer.member("password", summary.password)
        writer.key("accounts")
        writer.array(summary.accounts) { writer, account in
            writer.object { writer in
                writer.member("role", account.role)
                writer.member("login", account.login)
                writer.member("name", account.name)
                writer.member("body", account.body.chinese)
                writer.member("bodyEnglish", account.body.english)
                writer.member("area", account.area)
            }
        }
    }
}
