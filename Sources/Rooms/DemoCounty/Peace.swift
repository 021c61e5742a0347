import Cases
import Clues
import Desk
import Disputes
import Ground
import Storage

/// Disputes of the whole history, from quarrels that were settled in the community to one that went on to the court, and
/// agreements that were kept or not; a matter with mediation; one whose content was handed to the police.
struct Peace: Sendable {
    let stage: Stage
    let files: DemoFiles
    let cases: Cases
    let disputes: Disputes
    let clues: Clues
    let house: House
    let firstDay: Day
    let seed: UInt64

    private struct Story: Sendable {
        enum End: Sendable { case community, street, county, unsettled, declined, open }

        var kind: String
        var title: String
        var detail: String
        var agreed: String
        var end: End
        var isKept = true
    }

    private static let stories = [
        Story(
            kind: "neighbours", title: "楼上漏水，维修费用谁出", detail: "楼上卫生间漏水，楼下顶棚受损，双方对维修费用有争议。",
            agreed: "楼上住户负责修好防水，楼下顶棚修复费用双方各半。", end: .community),
        Story(
            kind: "neighbours", title: "公共楼道堆物", detail: "一方长期在楼道堆放杂物，另一方通行不便，多次口角。",
            agreed: "三日内清空楼道，今后不再堆放。", end: .community),
        Story(
            kind: "housing", title: "物业费与服务质量", detail: "业主以保洁不到位为由拒交物业费，物业公司要求补交。",
            agreed: "物业公司每日增加一次保洁，业主补交欠费的八成。", end: .street),
        Story(
            kind: "labour", title: "装修工程欠付工钱", detail: "小型装修完工后，雇主以质量问题为由扣留部分工钱。",
            agreed: "修补两处瑕疵后，十日内付清剩余工钱。", end: .street, isKept: false),
        Story(
            kind: "family", title: "赡养老人如何分担", detail: "兄弟二人对老人轮流照料和费用分担意见不一。",
            agreed: "按季轮流照料，医药费双方平摊。", end: .community),
        Story(
            kind: "consumer", title: "健身卡退费", detail: "门店搬迁后消费者要求退还余额，商家只同意转店。",
            agreed: "商家七日内退还余额的九成。", end: .county),
        Story(
            kind: "land", title: "两户宅基地界址", detail: "两户对宅旁界址各执一词，翻建时发生争执。", agreed: "", end: .unsettled),
        Story(
            kind: "damage", title: "遛狗受惊摔伤", detail: "行人被未牵绳的狗惊吓摔伤，对赔偿数额有争议。", agreed: "", end: .declined),
        Story(
            kind: "neighbours", title: "装修噪音扰民", detail: "周末装修噪音，楼下有老人和考生。", agreed: "", end: .open),
        Story(
            kind: "housing", title: "租房押金不退", detail: "退租后房东以墙面污损为由扣留押金。", agreed: "", end: .open),
    ]

    /// Registers mediators, at the beginning.
    func found(at now: Instant) async throws {
        guard let lead = stage.mediators[stage.county] else { return }
        var random = SeededRandom(seed: seed &+ 77)
        let surnames = Weighted(files.names.surnames)
        let fields = ["community", "family", "housing", "labour", "land", "commerce", "medical", "law"]
        var entries: [(String, String, AreaPrefix, String, Set<String>)] = []
        func add(_ count: Int, _ organisation: String, _ area: AreaPrefix, _ level: String) {
            for index in 0..<count {
                let first = fields[(entries.count + index) % fields.count]
                entries.append(
                    (files.names.person(&random, surnames: surnames), organisation, area, level, [first, "community"]))
            }
        }
        add(4, "县人民调解委员会", stage.county, "county")
        for street in stage.streets {
            add(3, street.name + "人民调解委员会", street.area, "street")
            for community in street.communities.prefix(4) {
                add(2, community.name + "人民调解委员会", community.area, "community")
            }
        }
        let ready = entries
        try await house.database.write { transaction in
            for (name, organisation, area, level, fields) in ready {
                try disputes.generateMediator(
                    name, of: organisation, area: area, level: level, fields: fields, by: lead, at: now,
                    in: transaction)
            }
        }
    }

    /// What is begun on a day, played on to its end: what lies behind has happened by then.
    func play(on day: Day, until: Instant) async throws {
        let index = Int(day.number - firstDay.number)
        guard index.isMultiple(of: 2), let street = stage.streets.first, let streetHand = stage.mediators[street.area],
            let county = stage.mediators[stage.county], !street.communities.isEmpty
        else { return }
        let story = Self.stories[index / 2 % Self.stories.count]
        let community = street.communities[index / 2 % street.communities.count]
        let hand = stage.mediators[community.area] ?? streetHand
        var random = SeededRandom(seed: seed &+ UInt64(index))
        let surnames = Weighted(files.names.surnames)
        let first = (
            name: files.names.person(&random, surnames: surnames), phone: Founding.phone(8_000 + index * 2)
        )
        let second = (
            name: files.names.person(&random, surnames: surnames), phone: Founding.phone(8_001 + index * 2)
        )
        @Sendable func at(_ days: Int, _ hour: Int, _ minute: Int = 0) -> Instant {
            Instant(LocalTime(day: day + days, hour: hour, minute: minute))
        }
        try await house.database.write { transaction in
            let id = try disputes.generate(
                story.kind, story.title, detail: story.detail, area: community.area, first: first, second: second,
                by: hand, at: min(at(0, 9, 20), until - .minutes(30)), in: transaction)
            /// Nothing of it happens after the end of the history.
            func step(_ when: Instant, _ body: (Instant) throws -> Void) rethrows {
                if when < until { try body(when) }
            }
            try step(at(0, 14)) {
                try disputes.generateMediation(of: id, by: hand, at: $0, in: transaction)
                try disputes.generateMeeting(
                    "goes-on", note: "双方到场，说明了经过，约定三日内再谈。", of: id, by: hand, at: $0, in: transaction)
            }
            var present = (day: 3, hand: hand)
            let ladder: [(ends: Set<Story.End>, next: Scope)] = [
                ([.street, .county, .unsettled], streetHand), ([.county, .unsettled], county),
            ]
            for (ends, next) in ladder where ends.contains(story.end) {
                let (when, who) = (at(present.day, 10), present.hand)
                guard when < until else { return }
                try disputes.generateMeeting(
                    "failed", note: "差距较大，本级未能调成。", of: id, by: who, at: when, in: transaction)
                present = (present.day + 3, next)
            }
            let (when, who) = (at(present.day, 10), present.hand)
            guard when < until else { return }
            switch story.end {
            case .open: break
            case .unsettled:
                try disputes.generateMeeting(
                    "failed", note: "双方各执一词，已告知可以起诉或申请仲裁。", of: id, by: who, at: when, in: transaction)
            case .declined:
                try disputes.generateMeeting(
                    "declined", note: "一方表示直接起诉，不再调解。", of: id, by: who, at: when, in: transaction)
            case .community, .street, .county:
                try disputes.generateAgreement(
                    story.agreed, duties: [("按协议内容履行", 10)], of: id, by: who, at: when, in: transaction)
                try step(at(present.day + 12, 15)) {
                    try disputes.generateRevisit(
                        1, isKept: story.isKept, note: story.isKept ? "已按约履行，双方满意。" : "到期仍未履行，已告知可申请司法救济。",
                        of: id, by: streetHand, at: $0, in: transaction)
                }
            }
        }
    }

    /// At the end: a matter that is with mediation, and one whose content was handed to the police.
    func underWay(at now: Instant) async throws {
        guard let street = stage.streets.first, let dispatcher = street.dispatchers.first else { return }
        let handled = try await house.database.query(
            """
            SELECT id, body FROM cases WHERE street = \(street.area.code) AND state = 'handling' AND open_parts = 0
            ORDER BY id DESC LIMIT 5
            """)
        let hands =
            street.handlers + street.communities.flatMap(\.handlers) + stage.departments.values.flatMap(\.handlers)
        let bodies = try handled.map { (id: try $0.identifier(0) as CaseID, body: try $0.identifier(1) as BodyID) }
        let found = bodies.lazy.compactMap { one in
            hands.filter { $0.body == one.body }.min { $0.post < $1.post }.map { (one.id, $0) }
        }.first
        if let (id, hand) = found {
            try await house.database.write { transaction in
                var command = Command("mediate", opinion: "双方对费用分担有争议，转人民调解。")
                command.variant = "neighbours"
                _ = try cases.act(id, command, by: .staff(hand), actor: Actor(hand), at: now, in: transaction)
            }
        }
        let report = Report(
            title: "夜市收费", detail: "有人自称管理人员，每月向摊主强收费用，不交就掀摊。", area: street.area, channel: .resident)
        let told = try await house.database.write { transaction in
            try cases.report(report, by: .system, scope: nil, at: now - .hours(1), in: transaction).id
        }
        try await clues.generateSealingOver(told, by: dispatcher, at: now)
    }
}
