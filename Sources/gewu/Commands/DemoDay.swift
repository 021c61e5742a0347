import ArgumentParser
import DemoCounty
import Desk
import Foundation
import Ground
import Hummingbird
import Logging
import NIOCore
import Places
import ServiceLifecycle
import Storage
import UnixSignals

/// `gewu demo --day`: a day is played, shown while it happens, and recounted at its end.
struct DemoDay: Sendable {
    let plan: DemoCounty.Plan
    /// Of real time that the day takes at least; 0 for as fast as it goes.
    let seconds: Double
    /// Whether pages can be looked at meanwhile.
    let serves: Bool
    /// Whether they still can when the day is over.
    let stays: Bool
    let configuration: Configuration
    let console: Console

    func perform() async throws {
        let outcome = try await Assembly.withHouse(configuration, console) { house in
            let setting = try await setting(in: house)
            let own = try DayHouse(house, setting: setting)
            return serves ? try await playServing(own, setting) : try await playAlone(own, setting)
        }
        console.result(text(outcome)) { write(outcome, to: &$0) }
        guard outcome.agrees else { throw ExitCode.failure }
    }

    // MARK: The county and the day

    private func setting(in house: House) async throws -> DaySetting {
        let known = try await DaySetting.next(in: house, knownRights: Assembly.rights, seed: plan.seed)
        if let known {
            if known.midnight + .days(1) > house.clock.now() {
                console.say(
                    LocalizedText(
                        "该库的台账已记到今天，演示的是下一个工作日，时间会走在真实时钟之前。",
                        "The county's ledger reaches to today: the next workday is played, ahead of the real clock."))
            }
            return known
        }
        var plan = plan
        plan.until = try DaySetting.latestDay(before: house.clock.now(), house.rules)
        let line = console.progress(LocalizedText("生成演示县", "Making the county"))
        _ = try await DemoCounty(plan: plan, knownRights: Assembly.rights).create(in: house) { progress in
            line.update(progress.done, of: progress.total)
        }
        line.finish()
        guard
            let made = try await DaySetting.next(in: house, knownRights: Assembly.rights, seed: plan.seed)
        else { throw Refusal(.fault, "demo.no-county", LocalizedText("演示县未生成", "No county was made")) }
        return made
    }

    // MARK: Playing

    private func play(_ own: DayHouse, _ setting: DaySetting, door: any FrontDoor) async throws -> PlayedDay.Outcome {
        let day = setting.midnight.local().day
        console.say(LocalizedText("演示日 \(day)", "The day \(day)"))
        return try await own.day(setting, door: door).play(seconds: seconds) { told in
            let minute = told.at.local().millisecondOfDay / 60_000
            let time = String(format: "%02d:%02d", Int(minute / 60), Int(minute % 60))
            console.say(LocalizedText("\(time)  \(told.text.chinese)", "\(time)  \(told.text.english)"))
        }
    }

    private func playAlone(_ own: DayHouse, _ setting: DaySetting) async throws -> PlayedDay.Outcome {
        try await own.rooms.places.refresh()
        return try await play(own, setting, door: try own.door(Logger.gewu(.error)))
    }

    private func playServing(_ own: DayHouse, _ setting: DaySetting) async throws -> PlayedDay.Outcome {
        let logger = Logger.gewu(.error)
        let settings = ServerSettings(configuration)
        let (listening, listener) = AsyncStream<String>.makeStream()
        let application = try own.application(settings, logger: logger) { channel in
            let port = channel.localAddress?.port ?? settings.port
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            listener.yield("\(settings.tls == nil ? "http" : "https")://\(host):\(port)/")
            listener.finish()
        }
        let door = InsideDoor(responder: application.responder, logger: logger)
        var group = ServiceGroupConfiguration(
            services: [.init(service: application)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(configuration.stopSeconds)
        let services = ServiceGroup(configuration: group)
        return try await withThrowingTaskGroup(of: PlayedDay.Outcome?.self) { tasks in
            tasks.addTask {
                try await services.run()
                return nil
            }
            tasks.addTask {
                guard let address = await listening.first(where: { _ in true }) else { return nil }
                console.say(
                    LocalizedText(
                        "请在浏览器打开 \(address)command?mode=wall 观看（账号 coordination_officer，口令 \(DemoCounty.password)）",
                        "Watch it at \(address)command?mode=wall (account coordination_officer, password \(DemoCounty.password))"
                    ))
                let outcome: PlayedDay.Outcome
                do {
                    outcome = try await play(own, setting, door: door)
                } catch let error as DatabaseError where error.code == .connection {
                    // Ctrl-C closes the database while the day goes on.
                    throw Self.stopped
                }
                if stays {
                    console.say(
                        LocalizedText("这一天演示完了，页面仍可查看；Ctrl-C 结束。", "The day is over; look around, Ctrl-C ends it."))
                } else {
                    await services.triggerGracefulShutdown()
                }
                return outcome
            }
            defer { tasks.cancelAll() }
            var played: PlayedDay.Outcome?
            for try await outcome in tasks {
                // Stopped before the day was over: what was played stays, and nothing was proved.
                guard outcome != nil || played != nil else { throw Self.stopped }
                played = played ?? outcome
            }
            guard let played else { throw Self.stopped }
            return played
        }
    }

    private static let stopped = Refusal(
        .unavailable, "demo.day-broken-off",
        LocalizedText("演示日未演完即停止，未作核对", "The day was stopped before its end; nothing was compared"),
        wayOn: LocalizedText("再次运行将演示下一个工作日", "The next run plays the next workday"))

    // MARK: Telling

    private func text(_ outcome: PlayedDay.Outcome) -> LocalizedText {
        func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 2 : 1) } }
        func pad(_ text: String, _ columns: Int) -> String {
            text + String(repeating: " ", count: max(1, columns - width(text)))
        }
        func table(_ language: Language) -> String {
            let columns = (outcome.figures.map { width($0.title(language)) }.max() ?? 0) + 4
            let head = LocalizedText("系统", "shown")(language)
            let second = LocalizedText("台账重算", "recounted")(language)
            var lines = ["  " + pad("", columns) + pad(head, 10) + second]
            var group: LocalizedText?
            for figure in outcome.figures {
                if figure.group != group { lines.append(figure.group(language)) }
                group = figure.group
                let mark = figure.agrees ? "" : LocalizedText("   ← 不符", "   ← differs")(language)
                lines.append(
                    "  " + pad(figure.title(language), columns) + pad("\(figure.shown)", 10) + "\(figure.recounted)"
                        + mark)
            }
            return lines.joined(separator: "\n")
        }
        let seconds = String(format: "%.1f", outcome.seconds)
        let differing = outcome.figures.count { !$0.agrees }
        return LocalizedText(
            """
            \(outcome.day) 演示完毕：受理 \(outcome.reported) 件，新增台账 \(outcome.ledgerEntries) 条，用时 \(seconds) 秒。
            \(table(.chinese))
            \(outcome.agrees ? "全部 \(outcome.figures.count) 项数字与台账重算一致。" : "\(differing) 项数字与台账重算不一致。")
            """,
            """
            \(outcome.day) was played: \(outcome.reported) matters came in, \(outcome.ledgerEntries) entries in the ledger, \(seconds) s.
            \(table(.english))
            \(outcome.agrees ? "All \(outcome.figures.count) figures agree with a recount from the ledger." : "\(differing) figures differ from the recount from the ledger.")
            """)
    }

    private func write(_ outcome: PlayedDay.Outcome, to writer: inout JSONWriter) {
        writer.member("day", outcome.day.description)
        writer.member("seed", plan.seed)
        writer.member("agrees", outcome.agrees)
        writer.member("reported", outcome.reported)
        writer.member("ledgerEntries", outcome.ledgerEntries)
        writer.member("refusedActs", outcome.refusedActs)
        writer.member("seconds", outcome.seconds)
        writer.key("figures")
        writer.array(outcome.figures) { writer, figure in
            writer.object { writer in
                writer.member("group", figure.group.chinese)
                writer.member("groupEnglish", figure.group.english)
                writer.member("title", figure.title.chinese)
                writer.member("titleEnglish", figure.title.english)
                writer.member("shown", figure.shown)
                writer.member("recounted", figure.recounted)
                writer.member("agrees", figure.agrees)
            }
        }
        writer.key("told")
        writer.array(outcome.told) { writer, told in
            writer.object { writer in
                writer.member("at", told.at)
                writer.member("zh", told.text.chinese)
                writer.member("en", told.text.english)
            }
        }
    }
}
