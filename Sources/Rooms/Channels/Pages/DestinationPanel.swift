import Desk
import Ground
import Identity
import Ledger
import Places
import Web

/// The part of the page about systems that are told what happens.
struct DestinationPanel: Sendable {
    let channels: Channels
    let scope: Scope
    let visit: Visit

    func html(_ destinations: [Destination], _ typed: QueryParameters) -> HTML {
        let listing = Listing(
            caption: visit("外发目的地", "Destinations"), columns: columns, items: destinations,
            whenEmpty: """
                <p>\(visit("还没有外发目的地。", "No destinations yet."))</p>\
                <p class="hint">\(visit("事件按顺序、至少一次送达，带签名，不含个人信息。", "Events arrive in order, at least once, signed, without anything personal."))</p>
                """)
        return """
            <section><h2>\(visit("事件外发（Webhook）", "Telling other systems (webhooks)"))</h2>\(listing.html(visit))\
            <details class="panel"\(flag: "open", !typed.isEmpty && typed["url"] != nil)><summary>\(visit("新增目的地", "Add a destination"))</summary>\
            <form method="post" action="/channels/destinations">\(visit.formFields)\
            \(Field.text("name", visit("名称", "Name"), value: typed["name"], required: true, maximum: 60))\
            \(Field.text("url", visit("地址", "Address"), value: typed["url"], type: "url", required: true, maximum: 1000, placeholder: "https://"))\
            \(Field.text("area", visit("区域代码", "Area code"), value: typed["area"] ?? scope.area.code, maximum: 15, hint: visit("只能在您的辖区之内", "Within your own area"), inputMode: "numeric"))\
            <fieldset class="field"><legend>\(visit("哪些事件（不选即全部）", "Which events (none: all)"))</legend>\
            \(channels.acts.html { act in
                "<label class=\"choice\"><input type=\"checkbox\" name=\"acts\" value=\"\(act.code)\"\(flag: "checked", typed.all("acts").contains(act.code))> \(visit(act.title))</label>"
            })</fieldset>\(Field.submit(visit("新增", "Add")))</form></details></section>
            """
    }

    private var columns: [Column<Destination>] {
        [
            .text("名称", "Name") { item, _ in item.name },
            .text("地址", "Address") { item, _ in item.url },
            .text("区域", "Area") { item, _ in channels.places.name(of: item.area.code) ?? item.area.code },
            .text("状态", "State") { item, visit in
                switch item.state {
                case .paused: visit("已停止", "stopped")
                case .active where item.failures > 0:
                    visit("重试中（连续失败 \(item.failures) 次）", "trying again (\(item.failures) failures)")
                case .active: visit("正常", "fine")
                }
            },
            .number("已送达", "Told") { $0.delivered },
            .instant("最近送达", "Last told") { $0.deliveredAt },
            .text("最近失败", "Last failure") { item, _ in item.failure },
            Column(
                "操作", "Acts", cell: { _, _ in .empty },
                html: { item, visit in
                    let path = "/channels/destinations/\(item.id)"
                    return item.state == .active
                        ? "\(button(path + "/pause", visit("停止", "Stop"), visit))\(button(path + "/remove", visit("删除", "Remove"), visit))"
                        : """
                        \(button(path + "/resume", visit("恢复（补发）", "Resume, with what was missed"), visit))\
                        \(button(path + "/skip", visit("恢复（跳过）", "Resume, from now"), visit))\
                        \(button(path + "/remove", visit("删除", "Remove"), visit))
                        """
                }),
        ]
    }
}
